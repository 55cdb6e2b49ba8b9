"""Two officers save the same action at once, 200 times: nothing that either typed is lost, and each is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from plans.audit.append_only import APPEND_ONLY, install_triggers
from tests.web.two_at_once import race

ROUNDS = 200
ROOT = Path(__file__).resolve().parent.parent.parent


def check(found: dict[str, Any]) -> None:
    print(found)
    assert found["faults"] == []
    assert found["history"] == []
    assert sum(found["outcome"].values()) == 2 * ROUNDS
    # In every round one was first.
    assert found["outcome"]["recorded"] == found["updates"] == ROUNDS
    assert found["outcome"]["kept and told"] == ROUNDS


@pytest.mark.skipif(bool(os.environ.get("TEST_ON")), reason="the same is tried on PostgreSQL below")
def test_two_officers_at_once_lose_nothing_in_a_file(tmp_path: Path, migrated_file: bytes) -> None:
    (tmp_path / "race.sqlite3").write_bytes(migrated_file)
    environment = {**os.environ, "TEST_ON": f"sqlite:///{tmp_path / 'race.sqlite3'}"}
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.web.two_at_once", str(ROUNDS)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    check(json.loads(ended.stdout))


@pytest.fixture
def tables_that_can_be_emptied(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """History may be emptied after the test, by nothing but TRUNCATE; afterwards it is kept again."""
    if connection.vendor != "postgresql":
        pytest.skip("two connections do not share a database in memory: the test above uses a file")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in APPEND_ONLY:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_keep_truncate ON {table}")
    yield
    with django_db_blocker.unblock():
        for table in APPEND_ONLY:
            install_triggers(connection, table)


def test_two_officers_at_once_lose_nothing_on_postgresql(
    tables_that_can_be_emptied: None, transactional_db: None
) -> None:
    check(race(ROUNDS))
