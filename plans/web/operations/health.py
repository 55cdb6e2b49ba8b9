"""Whether this process lives, whether it can serve people, and whether work outside the web processes goes on.

Answered before anything else looks at the request: a load balancer asks by the machine’s own address, without HTTPS and
without a name that ALLOWED_HOSTS knows. The answers do not depend on either, and name nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

STORAGE_ANSWERS_WITHIN = 2.0  # seconds
DATABASE_ANSWERS_WITHIN = 2_000  # milliseconds
WORK_WAITS_AT_MOST = timedelta(minutes=10)
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, and a sentence."""

    well: bool
    says: str


class HealthMiddleware:
    """Answers these addresses whatever the request’s host and scheme are; all others go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            match = resolve(request.path_info, "plans.web.operations.urls")
        except Resolver404:
            match = None
        if match is None:
            # Outside the “except”: the path, which may hold a secret, would stand in the trace of every later fault.
            return self.get_response(request)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing, so that a database that is away restarts nobody."""
    return JsonResponse({"ok": True, "process": "The process answers."}, headers=NO_STORE)


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether people can be sent here; 503 where not. Work that waits is told of and is no reason to send nobody."""
    found = {"database": database()}
    if found["database"].well:
        found["migrations"] = migrations()
    found["storage"] = storage()
    well = all(finding.well for finding in found.values())
    if found["database"].well and found["migrations"].well:
        found["work"] = waiting_work()
    return _answer(found, well)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Whether what is queued gets done; 503 where it has waited for too long."""
    found = {"database": database()}
    if found["database"].well:
        found["work"] = waiting_work()
    return _answer(found, all(finding.well for finding in found.values()))


def _answer(found: dict[str, Finding], well: bool) -> HttpResponse:
    said = {name: {"ok": finding.well, "says": finding.says} for name, finding in found.items()}
    return JsonResponse({"ok": well, **said}, status=200 if well else 503, headers=NO_STORE)


def database() -> Finding:
    """Whether the database answers a question that costs nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL statement_timeout = {DATABASE_ANSWERS_WITHIN}")
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return Finding(False, "The database does not answer.")
    return Finding(True, "The database answers.")


_migrated = False


def migrations() -> Finding:
    """Whether the tables are those of this version. Once they are, they stay so while the process lives."""
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        except (DatabaseError, InterfaceError):
            return Finding(False, "It cannot be read which migrations are applied.")
        if missing:
            return Finding(False, f"Migrations not applied: {missing}. Run “manage.py migrate”.")
        _migrated = True
    return Finding(True, "All migrations are applied.")


_asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")
_asked: Future[bool] | None = None


def storage() -> Finding:
    """Whether evidence and papers can be written, or, of storage on another machine, whether it answers in time."""
    global _asked
    if isinstance(default_storage, FileSystemStorage):
        place = Path(default_storage.location)
        while not place.exists() and place != place.parent:
            place = place.parent
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
            return Finding(True, "The folder for files can be written.")
        return Finding(False, "The folder for files cannot be written.")
    try:
        # One question at a time: storage that hangs must not gather threads.
        if _asked is None or _asked.done():
            _asked = _asking.submit(default_storage.exists, "health/asked")
        _asked.result(timeout=STORAGE_ANSWERS_WITHIN)
    except TookTooLong:
        return Finding(False, "The storage of files did not answer in time.")
    except Exception:  # each storage has its own errors
        return Finding(False, "The storage of files cannot be reached.")
    return Finding(True, "The storage of files answers.")


def waiting_work() -> Finding:
    """How long the oldest piece of work has waited for a worker."""
    try:
        oldest = DBTaskResult.objects.ready().aggregate(at=Min("enqueued_at"))["at"]
    except (DatabaseError, InterfaceError):
        return Finding(False, "It cannot be read what work waits.")
    if oldest is None:
        return Finding(True, "No work waits.")
    waited = timezone.now() - oldest
    minutes = int(waited.total_seconds() // 60)
    says = f"The oldest piece of work has waited {minutes} minute{'' if minutes == 1 else 's'}."
    return Finding(waited <= WORK_WAITS_AT_MOST, says)
