"""The benchmark through the web server: figures of ours and of the floor, and nothing that runs on afterwards."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from plans.improvement_plan.models import Update
from plans.management import benchmark_served, benchmark_servers
from plans.management.benchmark_floor import Page, Site, site
from plans.management.benchmark_servers import Browser, Server, ended_in_order, server, wait_for
from tests.hosts.servers import ROOT, wait_until
from tests.management.own_databases import Databases, databases, in_database

__all__ = ["databases"]
SAYS = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'here']\n"
Started = list[Server]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The servers that the benchmark begins."""
    found: Started = []

    @contextmanager
    def noted(*given: Any) -> Iterator[Server]:
        with server(*given) as one:
            found.append(one)
            yield one

    monkeypatch.setattr(benchmark_served, "server", noted)
    return found


def assert_ended(one: Server) -> None:
    """Neither the process nor any worker of it is there; one that was killed may take a moment to be gone."""
    assert one.process.poll() is not None
    wait_until(lambda: not _members(one.process.pid), "The end of every worker", seconds=10)


def _members(group: int) -> list[str]:
    """The processes of a group that have not ended: one that nobody has taken note of yet has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if of == str(group) and state != "Z":
                found.append(folder.name)
    return found


def test_pages_are_measured_through_the_web_server_beside_a_floor(
    databases: Databases, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    address = databases.migrated()
    monkeypatch.setenv("DATABASE_URL", address)
    settings.DATA_DIR = tmp_path
    out, file = StringIO(), tmp_path / "200.json"
    with in_database(address):
        call_command("load_sample", actions=200, updates_per_action=3, seed=2, stdout=StringIO())
        before = Update.objects.count()
        call_command("benchmark", "--served", "--writes", runs=1, seconds=0.2, save=file, stdout=out)
        assert Session.objects.count() == 0
        # One to warm up and one that is measured; what was done to know the floor's is not there.
        assert Update.objects.count() == before + 2
    there, heading, *lines, _, a_second, memory = out.getvalue().splitlines()
    assert there.startswith("200 actions, 600 updates, ")
    assert all(len(heading) == len(line) for line in lines)
    saved = json.loads(file.read_text())
    found = {(path["path"], path["reader"]): path for path in saved["served"]["paths"]}
    assert len(found) == len(lines) == 9
    assert {name for name, _ in found} == {*benchmark_served.READ, *benchmark_served.WRITTEN}
    assert all(path["seconds"] > 0 and path["floor_seconds"] > 0 for path in found.values())
    busy = saved["served"]["busy"]
    assert min(busy["a_second"], busy["floor_a_second"]) > 0
    assert a_second.startswith("requests a second, 8 connections")
    if Path("/proc/self/smaps_rollup").exists():
        assert busy["megabytes"] > busy["floor_megabytes"] > 10
        assert memory.split()[-2:] == [f"{busy['megabytes']:.0f}", f"{busy['floor_megabytes']:.0f}"]
    assert [one.name for one in started] == ["The product", "The floor"]
    for one in started:
        assert_ended(one)


def test_a_product_that_does_not_start_is_a_sentence(
    databases: Databases, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = databases.migrated()
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with in_database(address):
        call_command("load_sample", actions=60, updates_per_action=5, seed=2, stdout=StringIO())
        with pytest.raises(CommandError, match="does not start: .*LOG_LEVEL"):
            call_command("benchmark", "--served", stdout=StringIO(), only="action")
        assert Session.objects.count() == 0
    assert started == []


def test_no_server_reaches_a_database_in_memory(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("This database is on a server.")
    with pytest.raises(CommandError, match="in the memory of this process"):
        call_command("benchmark", "--served", stdout=StringIO())


# ---- a server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a web application is that says one word."""
    (tmp_path / "word.py").write_text(SAYS)
    (tmp_path / "nothing.py").touch()
    return tmp_path


@contextmanager
def a_server(folder: Path, application: str) -> Iterator[Server]:
    words = [application, "--config", str(folder / "nothing.py"), "--no-control-socket"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    with server("The word", words, environment, folder / "log") as one:
        yield one


def test_a_server_ends_with_its_workers_whatever_ended_the_block(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt), a_server(folder, "word") as one:  # noqa: PT012
        wait_for(one, "/")
        with closing(Browser(one, "no session")) as browser:
            assert browser.get("/?q=1").body == b"here"
            raise KeyboardInterrupt
    assert_ended(one)
    with closing(Browser(one, "no session")) as browser, pytest.raises(CommandError, match="The word did not answer"):
        browser.get("/")


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    with pytest.raises(CommandError, match="The word did not start: ModuleNotFoundError: .*nowhere"):  # noqa: SIM117
        with a_server(folder, "nowhere") as one:
            wait_for(one, "/")
    assert_ended(one)


def test_what_asks_this_process_to_end_ends_it_in_order() -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("Only the main thread is asked.")
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit), ended_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_counts_of_the_server_in_service_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org")
    environment = benchmark_servers.environment_of(tmp_path)
    assert "PROMETHEUS_MULTIPROC_DIR" not in environment
    assert environment["EMAIL_URL"] == "dummymail://"
    assert environment["DEBUG"] == environment["HTTPS"] == "false"


# ---- the floor


@pytest.fixture
def floor(tmp_path: Path) -> Any:
    """A floor over a table of one row; what asks it gives back the status and the page."""
    file = tmp_path / "floor.sqlite3"
    with closing(sqlite3.connect(file)) as made:
        made.executescript("CREATE TABLE kept (name TEXT); INSERT INTO kept VALUES ('<one>');")
    read = ("SELECT name, django_format_dtdelta('+', ?, 1) FROM kept", [1], False)
    written: tuple[tuple[str, Any, bool], ...] = (
        ("INSERT INTO kept VALUES (?)", [("two",), ("three",)], True),
        ("SELECT name FROM kept", None, False),
    )
    pages = {
        "/read": Page((read,), 1, 500),
        "/small": Page(written[1:], 1, 5),
        "/saved": Page(written, 3, 500, ("UPDATE kept SET name = ?", ("touched",))),
        "/wrong": Page((*written, ("SELECT 1 FROM nowhere", None, False)), 3, 500, ("SELECT 1", ())),
    }
    told = tmp_path / "told"
    told.write_bytes(pickle.dumps(Site("sqlite", {"database": str(file)}, "PRAGMA cache_size=-1000;", pages)))
    application = site(str(told))

    def ask(address: str) -> tuple[str, bytes]:
        said: list[str] = []
        page = b"".join(application({"PATH_INFO": address}, lambda status, headers: said.append(status)))
        return said[0], page

    return ask


def test_the_floor_answers_as_many_bytes_of_the_rows(floor: Any) -> None:
    status, page = floor("/read")
    assert (status, len(page)) == ("200 OK", 500)
    assert b"0:00:00.000002</tr>" in page
    assert len(floor("/small")[1]) == 5
    assert floor("/elsewhere")[0] == "404 Not Found"


def test_the_floor_commits_one_row_and_rolls_the_others_back(floor: Any, tmp_path: Path) -> None:
    assert b"three" in floor("/saved")[1]
    with pytest.raises(sqlite3.OperationalError):
        floor("/wrong")
    assert b"three" in floor("/saved")[1]
    with closing(sqlite3.connect(tmp_path / "floor.sqlite3")) as after:
        assert after.execute("SELECT name FROM kept").fetchall() == [("touched",)]


def test_the_floor_holds_nothing_of_the_product() -> None:
    asked = "import sys, plans.management.benchmark_floor; print([name for name in sys.modules if 'django' in name])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
