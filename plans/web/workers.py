"""Workers of the queue that were killed: their beat in the database tells, and others take up what they were doing.

A worker sets its beat every BEAT_SECONDS in the shared cache. What it was doing when the beat ran out goes back into
the queue; what has been tried MOST_ATTEMPTS times is given up, as it may be what kills the workers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from django.core.cache import cache
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

BEAT_SECONDS = 10.0
# Several beats may be late: a machine under load, a database that was away for a moment.
LOST_AFTER_SECONDS = 60
MOST_ATTEMPTS = 3

_log = logging.getLogger(__name__)


class WorkerLost(Exception):
    """The workers that were to do it were killed, as often as it was tried."""


def beat(worker_id: str) -> None:
    """Say that this worker is at work."""
    cache.set(_key(worker_id), True, LOST_AFTER_SECONDS)


def _key(worker_id: str) -> str:
    return f"worker:{worker_id}"


def lost() -> list[DBTaskResult]:
    """What is being done by workers that are not there any more."""
    running = list(DBTaskResult.objects.running())
    beats = cache.get_many({_key(task.worker_ids[-1]) for task in running if task.worker_ids})
    return [task for task in running if not task.worker_ids or _key(task.worker_ids[-1]) not in beats]


def take_over(give_up: Callable[[DBTaskResult], None]) -> None:
    """Put what lost workers were doing into the queue again, or tell ``give_up`` where that was done often enough.

    Of several that do so at once, one succeeds for each task.
    """
    for task in lost():
        mine = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
        if len(task.worker_ids) < MOST_ATTEMPTS:
            if mine.update(status="READY", started_at=None):
                _log.warning("A worker was lost; task %s (%s) is queued again.", task.pk, task.task_path)
        elif mine.update(status="FAILED", finished_at=timezone.now(), exception_class_path=_path(WorkerLost)):
            _log.error(
                "Task %s (%s) is given up: %s workers were lost over it.", task.pk, task.task_path, MOST_ATTEMPTS
            )
            give_up(task)


def _path(kind: type[Exception]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class Heart:
    """Beats for a worker from a thread of its own, and takes over what lost workers left."""

    def __init__(self, worker_id: str, give_up: Callable[[DBTaskResult], None]) -> None:
        self.worker_id, self.give_up = worker_id, give_up
        self._ended = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        # Before the first task is claimed, so that no other takes this worker for lost.
        self.once()
        self._thread.start()

    def __exit__(self, *why: object) -> None:
        self._ended.set()
        self._thread.join(BEAT_SECONDS)

    def once(self) -> None:
        """One beat. A database that is away for a moment is asked again at the next."""
        try:
            beat(self.worker_id)
            take_over(self.give_up)
        except DatabaseError as error:
            _log.warning("The worker could not say that it is at work: %s", error)

    def _run(self) -> None:
        try:
            while not self._ended.wait(BEAT_SECONDS):
                close_old_connections()
                self.once()
        finally:
            connections.close_all()
