"""Which databases the environment asks for, and a pool that holds on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from tracker.databases import REPLICA, SQLITE, databases

SERVER = "postgres://me@db.example.org/tracker?sslmode=require"


def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **environment: str) -> dict[str, dict[str, Any]]:
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL", "DATABASE_POOL", "DATABASE_TRANSACTION_POOLING"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return databases(tmp_path / "data")


def test_nothing_said_is_a_file_in_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = asked(monkeypatch, tmp_path)
    assert list(found) == ["default"]
    assert found["default"]["ENGINE"] == SQLITE
    assert found["default"]["NAME"] == str(tmp_path / "data" / "tracker.sqlite3")
    assert "recursive_triggers=ON" in found["default"]["OPTIONS"]["init_command"]


def test_each_thread_keeps_its_connection_unless_a_pool_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plain = asked(monkeypatch, tmp_path, DATABASE_URL=SERVER)["default"]
    assert (plain["CONN_MAX_AGE"], plain["CONN_HEALTH_CHECKS"]) == (60, True)
    assert plain["OPTIONS"] == {"sslmode": "require", "connect_timeout": 10}
    pooled = asked(monkeypatch, tmp_path, DATABASE_URL=SERVER, DATABASE_POOL="4")["default"]
    assert pooled["CONN_MAX_AGE"] == 0
    assert pooled["OPTIONS"]["pool"]["max_size"] == 4
    assert pooled["OPTIONS"]["sslmode"] == "require"
    with pytest.raises(ImproperlyConfigured, match="DATABASE_POOL"):
        asked(monkeypatch, tmp_path, DATABASE_URL=SERVER, DATABASE_POOL="-1")


def test_behind_a_pool_of_transactions_nothing_is_left_on_a_connection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = asked(monkeypatch, tmp_path, DATABASE_URL=SERVER, DATABASE_TRANSACTION_POOLING="true")["default"]
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert found["OPTIONS"]["prepare_threshold"] is None


def test_a_replica_is_a_second_database_that_is_given_up_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = asked(
        monkeypatch, tmp_path, DATABASE_URL=SERVER, DATABASE_REPLICA_URL="postgres://me@copy/tracker", DATABASE_POOL="2"
    )
    assert (found[REPLICA]["HOST"], found[REPLICA]["TEST"]) == ("copy", {"MIRROR": "default"})
    assert found[REPLICA]["OPTIONS"]["connect_timeout"] == 3
    assert found[REPLICA]["OPTIONS"]["pool"]["max_size"] == 2


@pytest.mark.parametrize(("address", "seconds"), [(SERVER, 10), (f"{SERVER}&connect_timeout=5", 5)])
def test_a_server_that_is_gone_is_given_up_after_seconds(
    address: str, seconds: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = asked(monkeypatch, tmp_path, DATABASE_URL=address)["default"]
    assert int(found["OPTIONS"]["connect_timeout"]) == seconds


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATABASE_REPLICA_URL": SERVER}, "DATABASE_URL names no PostgreSQL server"),
        ({"DATABASE_URL": SERVER, "DATABASE_REPLICA_URL": "sqlite:///x"}, "not the address of a PostgreSQL server"),
    ],
)
def test_a_replica_needs_servers(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        asked(monkeypatch, tmp_path, **environment)


def test_on_postgresql_many_threads_share_the_connections_of_a_pool(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no pool of connections.")
    own = connection.settings_dict
    settings = own | {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 2, "timeout": 10}}}

    def ask(_: int) -> int:
        wrapper = DatabaseWrapper(settings, alias="pooled")
        try:
            with wrapper.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.02)")
                return int(cursor.fetchone()[0])
        finally:
            wrapper.close()

    try:
        with ThreadPoolExecutor(8) as threads:
            used = set(threads.map(ask, range(24)))
    finally:
        DatabaseWrapper(settings, alias="pooled").close_pool()
    assert 1 <= len(used) <= 2
