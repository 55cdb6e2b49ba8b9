"""Requests of signed-in people through the whole product in this process, and the plainest way to do as much.

The whole product: its WSGI application with every middleware, sessions and the forgery check included; only the web
server and the network are not there. The floor: the same SQL by the bare driver on the same connection, and as many
bytes made of its rows by string formatting.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from plans.access.models import User
from plans.management.benchmark_floor import Page, rows_of
from plans.web.sign_in_middleware import SEEN_AT, SIGNED_IN_AT

_NANOSECONDS = 1e9
_WITHIN = "SET LOCAL "
CSRF = ("benchmark" * 4)[:32]


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the bytes of the page."""

    status: int
    body: bytes


@dataclass
class Asked:
    """What one piece of work asked the database: each statement with its parameters, and the rows it fetched."""

    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    rows: int = 0


class Visitor:
    """A person with a session of their own, which ends with ``signed_in``."""

    def __init__(self, session_key: str) -> None:
        self.session_key = session_key
        self._application = get_wsgi_application()
        host = next((name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))), "localhost")
        scheme = "https" if settings.HTTPS else "http"
        self._environ: dict[str, Any] = {
            "SERVER_NAME": host,
            "SERVER_PORT": "443" if settings.HTTPS else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": host,
            "HTTP_REFERER": f"{scheme}://{host}/",
            "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "wsgi.url_scheme": scheme,
            "wsgi.version": (1, 0),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, b"")

    def post(self, address: str, sent: dict[str, str]) -> Answer:
        return self._ask("POST", address, urlencode({"csrfmiddlewaretoken": CSRF, **sent}).encode())

    def _ask(self, method: str, address: str, body: bytes) -> Answer:
        path, _, query = address.partition("?")
        environ = {
            **self._environ,
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        said: list[str] = []
        response = self._application(environ, lambda status, headers, *_: said.append(status))  # type: ignore[arg-type]
        page = b"".join(response)
        response.close()
        return Answer(int(said[0][:3]), page)


@contextmanager
def signed_in(person: User) -> Iterator[Visitor]:
    """A visitor who is ``person``, signed in just now. The session is deleted afterwards."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    now = timezone.now().timestamp()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[SIGNED_IN_AT] = session[SEEN_AT] = now
    session.save()
    try:
        yield Visitor(session.session_key)
    finally:
        session.delete()


@contextmanager
def undone() -> Iterator[None]:
    """What is written within is rolled back. Requests leave the connection open, which else they might close."""
    listeners = [signal for signal in (request_started, request_finished) if signal.disconnect(close_old_connections)]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for signal in listeners:
            signal.connect(close_old_connections)


@contextmanager
def listening() -> Iterator[Asked]:
    """What is asked of the database within."""
    asked = Asked()

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.statements.append((sql, list(params) if many else params, many))
        return run(sql, params, many, context)

    plain = connection.make_cursor

    def counting(cursor: Any) -> Any:
        made = plain(cursor)
        for name in ("fetchone", "fetchmany", "fetchall"):
            setattr(made, name, _counted(made, name, asked))
        return made

    connection.make_cursor = counting  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(execute):
            yield asked
    finally:
        del connection.make_cursor


def _counted(cursor: Any, name: str, asked: Asked) -> Callable[..., Any]:
    fetch = getattr(cursor, name)

    def fetched(*args: Any, **kwargs: Any) -> Any:
        rows = fetch(*args, **kwargs)
        asked.rows += (rows is not None) if name == "fetchone" else len(rows)
        return rows

    return fetched


def page_of(asked: Asked, size: int) -> Page:
    """What was asked as the bare driver is asked it, for a page of ``size`` bytes."""
    postgresql = connection.vendor == "postgresql"
    statements = tuple(
        (
            sql.replace(_WITHIN, "SET ", 1)
            if postgresql or params is None
            else sql.replace("%%", "\0").replace("%s", "?").replace("\0", "%"),
            params,
            many,
        )
        for sql, params, many in asked.statements
    )
    # What holds within a transaction of ours holds for the connection here, and is to end with the page.
    ended = tuple((f"RESET {sql.split()[2]}", None, False) for sql, *_ in asked.statements if sql.startswith(_WITHIN))
    return Page(statements + ended, asked.rows, size)


def floor_of(asked: Asked, size: int) -> Callable[[], bytes]:
    """The same SQL by the bare driver on this connection, and about ``size`` bytes made of its rows."""
    page = page_of(asked, size)

    def plainly() -> bytes:
        connection.ensure_connection()
        cursor = connection.connection.cursor()
        made = rows_of(cursor, page)
        cursor.close()
        return made

    return plainly


def worked() -> float:
    """Seconds that this process has worked, and the database's own for this connection where it is on this machine."""
    here = time.process_time()
    if connection.vendor != "postgresql" or connection.connection is None:
        return here
    spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    try:
        return here + int(spent.read_text().split()[0]) / _NANOSECONDS
    except OSError:
        return here
