"""PostgreSQL is killed outright while people save, and started again: nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.faults.sites import Site, lost_or_doubled, people_writing, site_on
from tests.hosts.servers import PostgreSQL, postgresql_programs, postgresql_with_replica, wait_until

ROUNDS = 3


@pytest.fixture
def database() -> Iterator[PostgreSQL]:
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("NOT TESTED WITH POSTGRESQL KILLED: there is no initdb on this machine.")
    if os.getuid() != 0 and shutil.which("initdb") is None:
        pytest.skip("NOT TESTED WITH POSTGRESQL KILLED: its programs are not ours to run.")
    folder = Path(mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    try:
        with postgresql_with_replica(programs, folder / "postgresql") as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kill(database: PostgreSQL) -> None:
    """Kill the primary and every process of it, with no chance to tidy."""
    pid = int((database.folder / "primary" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for number in [pid, *map(int, children)]:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    wait_until(lambda: not any(Path(f"/proc/{number}").exists() for number in [pid, *children]), "Its end", 20)


@pytest.fixture
def site(database: PostgreSQL, tmp_path: Path) -> Iterator[Site]:
    with site_on(database.url("primary"), tmp_path) as found:
        yield found


def test_a_killed_database_comes_back_with_every_acknowledged_update(site: Site, database: PostgreSQL) -> None:
    site.start()
    with people_writing(site) as outcome:
        for _ in range(ROUNDS):
            before = len(outcome.acknowledged)
            wait_until(lambda before=before: len(outcome.acknowledged) > before + 3, "An update")
            kill(database)
            closed = len(outcome.closed)
            wait_until(lambda closed=closed: len(outcome.closed) > closed, "A page that says so")
            database.start("primary")
        before = len(outcome.acknowledged)
        wait_until(lambda: len(outcome.acknowledged) > before + 3, "People go on")
    assert lost_or_doubled(outcome, site.examine()) == []
    assert {page.split()[0] for page in outcome.closed + outcome.refused} == {"503"}
    assert all("not saved" in page for page in outcome.refused)
