"""Pages of the past and papers are read from a replica of the database, where there is one and it has caught up.

A replica is read only when it has replayed everything that the primary had kept when the reading began. So it makes no
difference to what is seen, whoever wrote on whichever host a moment before: a plan, a back-dated import, a role taken
away. Where it lags, or is gone, the primary is read, and the replica is left in peace for some seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from plans.web.as_at import as_at_of
from tracker.databases import REPLICA

PRIMARY = "default"
# What arrives a few thousandths of a second later is worth waiting for; more is not.
WAIT_SECONDS = 0.1
LOOK_EVERY_SECONDS = 0.005
LEFT_WHEN_LATE_SECONDS = 5
LEFT_WHEN_GONE_SECONDS = 30

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


@dataclass
class Reading:
    """A piece of work that reads from the replica, until it has written."""

    wrote: bool = False


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class Router:
    """Sends what a reading reads of our own tables to the replica, and everything else to the primary.

    Sessions, the queue, the shared counts of wrong passwords: always the primary.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        at_replica = reading is not None and not reading.wrote and model._meta.app_label == "plans"
        return REPLICA if at_replica else PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        if (reading := _reading.get()) is not None:
            reading.wrote = True
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Rows of both are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != REPLICA


class Peace:
    """For how long the replica of this process is left alone, and why. It says each reason once."""

    def __init__(self) -> None:
        self.until = 0.0
        self.why = ""

    def leave(self, seconds: float, why: str) -> None:
        self.until = time.monotonic() + seconds
        if why != self.why:
            _log.warning("The primary database is read instead of the replica: %s", why)
        self.why = why

    def lasts(self) -> bool:
        return time.monotonic() < self.until

    def ended(self) -> None:
        if self.why:
            _log.warning("The replica is read again.")
        self.why = ""


peace = Peace()


def from_replica(read: Callable[[], Answer]) -> Answer:
    """What ``read`` answers, read from the replica where that is the same; asked again of the primary if it fails.

    ``read`` may be called twice, unless it has written.
    """
    if _reading.get() is not None or REPLICA not in connections.settings or not _may_use():
        return read()
    reading = Reading()
    token = _reading.set(reading)
    try:
        return read()
    except (OperationalError, InterfaceError) as error:
        if reading.wrote:
            raise
        _gone(error)
    finally:
        _reading.reset(token)
    return read()


def _may_use() -> bool:
    """Not within a transaction, whose own changes no other server has."""
    return not connections[PRIMARY].in_atomic_block and not peace.lasts() and _has_caught_up()


def _has_caught_up() -> bool:
    """Whether the replica has replayed all that the primary has on disk now. Waits a moment for it."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        (wanted,) = cursor.fetchone()
    give_up = time.monotonic() + WAIT_SECONDS
    try:
        with connections[REPLICA].cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted])
                is_replica, has_it = cursor.fetchone()
                if not is_replica:
                    peace.leave(LEFT_WHEN_GONE_SECONDS, "DATABASE_REPLICA_URL names a server that is no replica.")
                    return False
                if has_it:
                    peace.ended()
                    return True
                if time.monotonic() > give_up:
                    peace.leave(LEFT_WHEN_LATE_SECONDS, "the replica is behind.")
                    return False
                time.sleep(LOOK_EVERY_SECONDS)
    except DatabaseError as error:
        _gone(error)
    except InterfaceError as error:
        _gone(error)
    return False


def _gone(error: Exception) -> None:
    lines = str(error).strip().splitlines()
    peace.leave(LEFT_WHEN_GONE_SECONDS, f"the replica does not answer ({lines[0] if lines else type(error).__name__}).")
    with suppress(DatabaseError, InterfaceError):
        connections[REPLICA].close()


def reads_replica(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that reads much, such as one that makes a paper: on GET the replica is read, whatever the day."""
    view.reads_replica = True  # type: ignore[attr-defined]
    return view


class ReplicaMiddleware:
    """GET of a day that is past, or of a view that reads much, from the replica. The last one: who asks is known.

    Not used where there is no replica.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if REPLICA not in connections.settings:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method not in ("GET", "HEAD"):
            return None
        if not getattr(view, "reads_replica", False) and not as_at_of(request).is_past:
            return None
        return from_replica(lambda: view(request, *args, **kwargs))
