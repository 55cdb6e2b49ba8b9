"""How fast the pages are as a browser gets them: through the web server on this machine, beside a floor under the same.

The floor is a plain application of the same SQL by the bare driver and as many bytes (benchmark_floor.py).
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from plans.improvement_plan.models import LONDON
from plans.management import benchmark_floor, benchmark_pages
from plans.management.benchmark_floor import Page, Site
from plans.management.benchmark_pages import PAGE, RUNS, WARMING
from plans.management.benchmark_requests import Answer, Asked, Visitor, listening, page_of, signed_in, undone
from plans.management.benchmark_servers import (
    Browser,
    Server,
    collect_static_files,
    ended_in_order,
    environment_of,
    server,
    wait_for,
)

READ = ("overdue, page 1", f"overdue, page {PAGE} or last", "search", "action", "my work")
WRITTEN = ("save an update",)
# What many ask for at once.
BUSY = ("overdue, page 1", "all councils")
CONNECTIONS, SECONDS = 8, 10.0
SHARED_MEMORY = Path("/dev/shm")
# Who keeps a connection stays with one process of the server: renewed so often, both have their share of them.
REQUESTS_A_CONNECTION = 10
# So often ours and the floor take turns in being busy.
TURNS = 2
Call = Callable[[], Answer]


@dataclass(frozen=True)
class Served:
    """Of one path: the seconds that passed for a browser (median and the 95th of a hundred), and the floor's median."""

    path: str
    reader: str
    seconds: float
    late: float
    floor_seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Busy:
    """Requests a second of all connections together, and what the workers then held, in MB, where the system says."""

    a_second: float
    floor_a_second: float
    megabytes: float | None
    floor_megabytes: float | None

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Asked:
    """A path, the session of who reads it, and where the floor has it."""

    path: benchmark_pages.Path
    session_key: str
    address: str
    page: Page


@dataclass(frozen=True)
class Bench:
    """Both servers, which answer, and what they are asked."""

    ours: Server
    floor: Server
    asked: list[_Asked]

    def lines(self, runs: int = RUNS) -> Iterator[Served]:
        """Each path, ours and the floor's in turn. Raises CommandError where a page is not what it should be."""
        for one in self.asked:
            with Browser(self.ours, one.session_key) as browser, Browser(self.floor, one.session_key) as plain:
                ours, floor = self._timed(one, browser, plain, runs)
            late = benchmark_pages.late_of(ours)
            yield Served(one.path.name, one.path.reader, median(ours), late, median(floor))

    def busy(self, seconds: float = SECONDS) -> Busy | None:
        """How many requests a second of one page each answers in so many seconds; None where it was not chosen."""
        chosen = next((one for one in self.asked if (one.path.name, one.path.reader) == BUSY), None)
        if chosen is None:
            return None

        def ours(browser: Browser) -> Call:
            return chosen.path.ready(browser)

        def floor(browser: Browser) -> Call:
            return lambda: browser.get(chosen.address)

        rates: dict[str, list[float]] = {self.ours.name: [], self.floor.name: []}
        for _ in range(TURNS):
            for one, ready in ((self.ours, ours), (self.floor, floor)):
                rates[one.name].append(_a_second(one, chosen, ready, seconds / TURNS))
        mean, plain_mean = (sum(rates[one.name]) / TURNS for one in (self.ours, self.floor))
        return Busy(mean, plain_mean, self.ours.megabytes(), self.floor.megabytes())

    def _timed(self, one: _Asked, browser: Browser, plain: Browser, runs: int) -> tuple[list[float], list[float]]:
        ours: list[float] = []
        floor: list[float] = []
        ask = one.path.ready(browser)
        for number in range(-min(WARMING, runs), runs):
            passed = _timed(ask, one, self.ours, 302 if one.path.writes else 200)
            plainly = _timed(lambda: plain.get(one.address), one, self.floor, 200)
            if number >= 0:
                ours.append(passed)
                floor.append(plainly)
            if one.path.writes:
                # A form is sent once.
                ask = one.path.ready(browser)
        return ours, floor


@contextmanager
def bench(*, writes: bool = False, only: str = "") -> Iterator[Bench]:
    """Both servers on the population that is there, until the block ends. Raises CommandError with a sentence.

    ``writes``: saving, too, of which every update stays. ``only``: paths whose name has these words.
    """
    if connection.vendor == "sqlite" and connection.is_in_memory_db():  # type: ignore[attr-defined]
        raise CommandError("This database is in the memory of this process: no server reaches it. Name one in a file.")
    with ExitStack() as stack:
        stack.enter_context(ended_in_order())
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tracker-benchmark-")))
        names = READ + WRITTEN if writes else READ
        asked = list(_asked(stack, [name for name in names if only in name]))
        environment = environment_of(folder)
        collect_static_files(environment)
        told = folder / "floor"
        told.write_bytes(pickle.dumps(_site(asked)))
        settings_file = str(settings.BASE_DIR / "gunicorn.conf.py")
        words = ["tracker.wsgi", "--config", settings_file]
        ours = stack.enter_context(server("The product", words, environment, folder / "ours.log"))
        (folder / "nothing.py").touch()
        words = [f"{benchmark_floor.__name__}:site('{told}')", "--config", str(folder / "nothing.py")]
        words += ["--no-control-socket", *(("--worker-tmp-dir", str(SHARED_MEMORY)) if SHARED_MEMORY.is_dir() else ())]
        floor = stack.enter_context(server("The floor", words, environment, folder / "floor.log"))
        wait_for(ours, "/health/live")
        wait_for(floor, "/")
        yield Bench(ours, floor, asked)


def _asked(stack: ExitStack, names: list[str]) -> Iterator[_Asked]:
    """What each path asks of the database, found by asking for it in this process. Its people stay signed in."""
    who, today = benchmark_pages.people(), timezone.now().astimezone(LONDON).date()
    visitors: dict[int, Visitor] = {}
    for number, path in enumerate(benchmark_pages.paths(who, today)):
        if path.name not in names:
            continue
        if path.person.pk not in visitors:
            visitors[path.person.pk] = stack.enter_context(signed_in(path.person))
        visitor = visitors[path.person.pk]
        apart = undone if path.writes else nullcontext
        with apart():
            # What the floor writes is not what ours will have written: history is written once.
            alike = benchmark_pages.paths(who, today, passed_over=1)[number] if path.writes else path
            ask = alike.ready(visitor)
            ask()
        with apart(), listening() as asked:
            answer = ask()
        if answer.status != (302 if path.writes else 200):
            raise CommandError(f"{path.name} ({path.reader}) answers {answer.status}.")
        page = _page(benchmark_pages.without_savepoints(asked), len(answer.body))
        if path.writes:
            page = replace(page, committed=_touched(visitor.session_key))
        yield _Asked(path, visitor.session_key, f"/{number}", page)


def _page(asked: Asked, size: int) -> Page:
    page = page_of(asked, size)
    return replace(page, statements=tuple((sql, _plain(params), many) for sql, params, many in page.statements))


def _plain(value: Any) -> Any:
    """Nothing that only the product could read again."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(_plain, value))
    return value


def _touched(session_key: str) -> tuple[str, tuple[Any, ...]]:
    """A change of one row that changes nothing: what it costs is the commit."""
    table = connection.ops.quote_name(Session._meta.db_table)
    place = "%s" if connection.vendor == "postgresql" else "?"
    return f"UPDATE {table} SET expire_date = expire_date WHERE session_key = {place}", (session_key,)


def _site(asked: list[_Asked]) -> Site:
    pages = {one.address: one.page for one in asked}
    said = connection.get_connection_params()
    if connection.vendor == "postgresql":
        for name in ("cursor_factory", "context"):
            said.pop(name, None)
        return Site(connection.vendor, said, "SET TIME ZONE 'UTC'", pages)
    return Site(
        connection.vendor,
        {"database": str(said["database"]), "timeout": said.get("timeout", 5), "uri": True},
        connection.settings_dict["OPTIONS"].get("init_command", ""),
        pages,
    )


def _a_second(one: Server, chosen: _Asked, ready: Callable[[Browser], Call], seconds: float) -> float:
    """The requests that it answers in a second, of all connections together."""
    over = Event()

    def warmed(browser: Browser) -> Call:
        call = ready(browser)
        for _ in range(WARMING):
            call()
        return call

    def rate(browser: Browser, call: Call) -> float:
        answered, began = 0, time.perf_counter()
        while not answered or (time.perf_counter() - began < seconds and not over.is_set()):
            _timed(call, chosen, one, 200)
            answered += 1
            if answered % REQUESTS_A_CONNECTION == 0:
                browser.close()
        return answered / (time.perf_counter() - began)

    with ExitStack() as stack, ThreadPoolExecutor(CONNECTIONS) as pool:
        browsers = [stack.enter_context(Browser(one, chosen.session_key)) for _ in range(CONNECTIONS)]
        try:
            calls = list(pool.map(warmed, browsers))
            return sum(pool.map(rate, browsers, calls))
        finally:
            over.set()


def _timed(ask: Call, one: _Asked, of: Server, expected: int) -> float:
    """Seconds that passed. Raises CommandError where another status is answered."""
    began = time.perf_counter()
    answer = ask()
    passed = time.perf_counter() - began
    if answer.status != expected:
        said = f"{of.name} answers {answer.status} to “{one.path.name}” ({one.path.reader})"
        raise CommandError(f"{said}{of.last_words()}")
    return passed
