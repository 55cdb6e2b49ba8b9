"""Work outside the web process: queued in the database, done by a worker that is woken when none is kept running."""

from __future__ import annotations

import subprocess
import sys
from threading import Lock

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from plans.oversight.chasing import Reminder
from plans.papers import making as papers
from plans.papers.models import Making
from plans.web.reminder_sending import send_waiting

# Of one web process: long papers would otherwise take the memory of the machine from each other.
AT_ONCE = 2
_workers: list[subprocess.Popen[bytes]] = []
_lock = Lock()


@task()
def make_paper(pk: int) -> None:
    """Make the paper that the Making of this id asks for."""
    papers.make(pk, timezone.now)


def start(making: Making) -> None:
    """Queue the paper, and wake a worker unless one runs beside the web processes (SEPARATE_WORKER)."""
    make_paper.enqueue(making.pk)
    if settings.WAKE_WORKER:
        _wake()


@task()
def send_chases() -> None:
    """Send the chases that are written and not sent."""
    send_waiting(timezone.now, kinds=[Reminder.Kind.CHASE])


def start_sending_chases() -> None:
    """Queue their sending, as ``start`` queues a paper."""
    send_chases.enqueue()
    if settings.WAKE_WORKER:
        _wake()


def _wake() -> None:
    """Start a worker that does what is queued and ends. One that runs already takes the new work as well."""
    with _lock:
        _workers[:] = [worker for worker in _workers if worker.poll() is None]
        if len(_workers) < AT_ONCE:
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "db_worker", "--batch"]
            _workers.append(
                subprocess.Popen(
                    [*command, "--no-startup-delay", "--no-reload"],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )


def wake_for(making: Making) -> None:
    """Wake a worker again for what still waits: one that was just ending may have missed it."""
    if settings.WAKE_WORKER and making.state == Making.State.WAITING:
        _wake()
