"""The web server with the product, and with its floor, on this machine for as long as they are measured."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import Any, Self

from django.conf import settings
from django.core.management.base import CommandError

from plans.management.benchmark_requests import CSRF, Answer, Visitor

WORKERS, THREADS = 2, 4
HERE = "127.0.0.1"
# Seconds that a server has to begin, to answer and to end.
PATIENCE, ENDING = 120, 15
_KILOBYTES_PER_MEGABYTE = 1_024
_WRONG = re.compile(r"[\w.]*(Error|Exception|ImproperlyConfigured): ")
# Of the web server that this machine may serve with; the counts in that folder are deleted by whoever begins.
_OF_ANOTHER = ("PROMETHEUS_MULTIPROC_DIR", "GUNICORN_CMD_ARGS", "GUNICORN_FD", "LISTEN_FDS", "LISTEN_PID")


@dataclass(frozen=True)
class Server:
    """One that answers at ``port`` of this machine; ``log`` is what it said."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """What went wrong, as it said last, or else its last line; as the end of a sentence."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        said = [line for line in lines if _WRONG.match(line)] or lines
        return f": {said[-1]}" if said else "."

    def megabytes(self) -> float | None:
        """What its workers hold together, memory that several share counted in parts. None where no system says it."""
        try:
            workers = [folder for folder in Path("/proc").iterdir() if _parent_of(folder) == self.process.pid]
            texts = [(worker / "smaps_rollup").read_text() for worker in workers]
        except OSError:
            return None
        held = [int(found[1]) for text in texts if (found := re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE))]
        return sum(held) / _KILOBYTES_PER_MEGABYTE if held else None


class Browser(Visitor):
    """A visitor who asks a server over one connection that is kept. Raises CommandError where it does not answer."""

    def __init__(self, server: Server, session_key: str) -> None:
        self.session_key = session_key
        self._server = server
        self._connection = HTTPConnection(HERE, server.port, timeout=PATIENCE)
        names = (name.removeprefix("__Host-") for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME))
        cookies = zip(names, (session_key, CSRF), strict=True)
        self._headers = {"Cookie": "; ".join("=".join(cookie) for cookie in cookies)}

    def _ask(self, method: str, address: str, body: bytes) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            self._connection.request(method, address, body or None, self._headers | form)
            response = self._connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, HTTPException) as problem:
            raise CommandError(f"{self._server.name} did not answer ({problem!r}){self._server.last_words()}") from None

    def close(self) -> None:
        """Whoever asks again opens a new connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def collect_static_files(environment: dict[str, str]) -> None:
    """Put the files that every page names where ``environment`` says."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "collectstatic", "--noinput", "-v0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(
            f"The product does not start: {(done.stderr.strip().splitlines() or ['no reason said'])[-1]}"
        )


def environment_of(folder: Path) -> dict[str, str]:
    """As this process's, which names the database and all else; but as in service, without HTTPS, and mailing nobody.

    Files that pages name are in ``folder``.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    return inherited | {
        "ALLOWED_HOSTS": HERE,
        "BEHIND_PROXY": "false",
        "DATA_DIR": str(settings.DATA_DIR),
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "EMAIL_URL": "dummymail://",
        "HTTPS": "false",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(settings.BASE_DIR), os.environ.get("PYTHONPATH")))),
        "SECRET_KEY": settings.SECRET_KEY,
        "SEPARATE_WORKER": "true",
        "STATIC_ROOT": str(folder / "static"),
        "TMPDIR": str(folder),
    }


@contextmanager
def server(name: str, words: list[str], environment: dict[str, str], log: Path) -> Iterator[Server]:
    """The web server with the application that ``words`` say, on a free port. It and its workers end with the block."""
    with closing(socket.socket()) as listener, log.open("wb") as said:
        listener.bind((HERE, 0))
        port = listener.getsockname()[1]
        # Handed over open, so that nobody else takes the port meanwhile.
        place = listener.fileno()
        number = ("--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", str(PATIENCE))
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *words, "--bind", f"fd://{place}", *number],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=[place],
            start_new_session=True,
        )
    try:
        yield Server(name, port, process, log)
    finally:
        try:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(ENDING)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(one: Server, address: str) -> None:
    """Until it answers there. Raises CommandError where it ends instead, or has not begun in time."""
    until = time.monotonic() + PATIENCE
    while True:
        if one.process.poll() is not None:
            raise CommandError(f"{one.name} did not start{one.last_words()}")
        with closing(HTTPConnection(HERE, one.port, timeout=5)) as connection, suppress(OSError, HTTPException):
            connection.request("GET", address)
            connection.getresponse().read()
            return
        if time.monotonic() > until:
            raise CommandError(f"{one.name} has not begun in {PATIENCE} seconds{one.last_words()}")
        time.sleep(0.05)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Who ends this process from outside ends what it began: the request to end is raised as SystemExit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> Any:
    raise SystemExit(128 + number)


def _parent_of(folder: Path) -> int | None:
    """The parent of a process by its folder, None where it is none or has ended."""
    if not folder.name.isdigit():
        return None
    try:
        # The name in brackets may hold anything.
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
