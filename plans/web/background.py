"""Work outside the web process: queued in the database, done by a worker that is woken when none is kept running."""

from __future__ import annotations

import subprocess
import sys
from threading import Lock

from django.conf import settings
from django.utils import timezone
from django_tasks import TaskContext, task
from django_tasks_db.models import DBTaskResult

from plans.oversight.chasing import Reminder
from plans.papers import making as papers
from plans.papers.models import Making
from plans.web.operations.log_lines import named
from plans.web.read_replica import from_replica
from plans.web.reminder_sending import send_waiting
from plans.web.workers import lost

# Of one web process: long papers would otherwise take the memory of the machine from each other.
AT_ONCE = 2
_workers: list[subprocess.Popen[bytes]] = []
_lock = Lock()


@task(takes_context=True)
def make_paper(context: TaskContext, pk: int) -> None:
    """Make the paper that the Making of this id asks for; from the start where the worker that began it was lost."""
    with named(f"task-{context.task_result.id}"):
        if context.attempt > 1:
            papers.begin_again(pk)
        papers.make(pk, timezone.now, from_replica)


def give_up(lost_task: DBTaskResult) -> None:
    """Say that it was not made, where the workers that were to make a paper were lost."""
    if lost_task.task_path == make_paper.module_path:
        papers.give_up(lost_task.args_kwargs["args"][0], timezone.now())


def start(making: Making) -> None:
    """Queue the paper, and wake a worker unless one runs beside the web processes (SEPARATE_WORKER)."""
    make_paper.enqueue(making.pk)
    if settings.WAKE_WORKER:
        _wake()


@task(takes_context=True)
def send_chases(context: TaskContext) -> None:
    """Send the chases that are written and not sent."""
    with named(f"task-{context.task_result.id}"):
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
    """Wake a worker again for what still waits, as one that was just ending may have missed it; or was killed at it."""
    if settings.WAKE_WORKER and (
        making.state == Making.State.WAITING or (making.state == Making.State.WORKING and lost())
    ):
        _wake()
