"""Web processes are killed outright while people save: what was acknowledged is there, and there once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.faults.sites import WRITERS, Outcome, Site, lost_or_doubled, people_writing, site_on
from tests.hosts.servers import wait_until

SERVER = os.environ.get("TEST_DATABASE_URL", "")
LONGEST = 600


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    if request.param == "sqlite":
        (tmp_path / "tracker.sqlite3").write_bytes(request.getfixturevalue("migrated_file"))
        with site_on(f"sqlite:///{tmp_path / 'tracker.sqlite3'}", tmp_path) as found:
            yield found
        return
    if not SERVER:
        pytest.skip("NOT TESTED ON POSTGRESQL: TEST_DATABASE_URL is not set.")
    name = f"faults_{uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        with site_on(f"{SERVER.rpartition('/')[0]}/{name}", tmp_path) as found:
            yield found
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def killed_again_and_again(site: Site, rounds: int, seed: int) -> tuple[int, Outcome]:
    """How often a web process was killed, and what the writers were told."""
    chance, began, done = random.Random(seed), time.monotonic(), 0
    site.start()
    with people_writing(site) as outcome:
        wait_until(lambda: len(outcome.acknowledged) >= WRITERS, "The first updates")
        while done < rounds and time.monotonic() - began < LONGEST:
            wait_until(lambda: outcome.on_the_way > 0, "An update on its way")
            # Anywhere within it, and now and then just after it.
            time.sleep(chance.uniform(0, 1.3 * outcome.took))
            if site.kill_one(chance.randrange(2)):
                done += 1
    return done, outcome


def test_what_was_acknowledged_outlives_the_process_that_said_so(site: Site) -> None:
    rounds, outcome = killed_again_and_again(site, 12, seed=3)
    assert rounds == 12
    assert outcome.acknowledged
    assert outcome.unknown, "nobody was interrupted"
    assert lost_or_doubled(outcome, site.examine()) == []


@pytest.mark.slow
@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_thousand_killed_processes_lose_nothing(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    rounds, outcome = killed_again_and_again(site, 1000, seed=11)
    held = site.examine()
    kept = sum(note in held["notes"] for note in outcome.unknown)
    with capsys.disabled():
        print(
            f"\n{rounds} web processes killed; {len(outcome.acknowledged)} updates acknowledged,"
            f" {len(outcome.unknown)} interrupted, {kept} of those kept"
        )
    assert lost_or_doubled(outcome, held) == []
    assert rounds == 1000
    assert outcome.unknown
