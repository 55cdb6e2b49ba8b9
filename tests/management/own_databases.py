"""Databases of a test's own, beside the one of all tests: real files and real commits, on either engine.

While ``in_database`` lasts, everything that uses the default database uses this one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import environ
import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend
from psycopg import sql

numbers = count(1)


class Databases:
    """Makes databases, and takes away at the end what it made on the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []

    def migrated(self) -> str:
        """The address of a new one on the engine of this run, with every table and no rows but Django's own."""
        test = connections[DEFAULT_DB_ALIAS]
        test.ensure_connection()
        if test.vendor == "sqlite":
            path = self._folder / f"{next(numbers)}.sqlite3"
            path.write_bytes(test.connection.serialize())
            return f"sqlite:///{path}"
        name = str(test.settings_dict["NAME"])
        # No database is copied while somebody is connected to it; the test has nothing there to lose.
        test.close()
        return self._on_server(os.environ["TEST_ON"], template=name)

    def blank(self, vendor: str) -> str:
        """The address of a new one without tables. Skips the test where there is no server to make it on."""
        if vendor == "sqlite":
            return f"sqlite:///{self._folder / f'{next(numbers)}.sqlite3'}"
        server = os.environ.get("TEST_DATABASE_URL") or os.environ.get("TEST_ON", "")
        if not server.startswith("postgres"):
            pytest.skip("TEST_DATABASE_URL is not set: crossing from one engine to the other is not tested")
        return self._on_server(server)

    def _on_server(self, server: str, template: str = "template1") -> str:
        name = f"test_backup_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(server, autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            connection.execute(made)
        self._made.append(name)
        self._server = server
        return f"{server.rpartition('/')[0]}/{name}"

    def end(self) -> None:
        for name in self._made:
            with psycopg.connect(self._server, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def in_database(address: str) -> Iterator[Any]:
    """The connection, which is the default one while it lasts."""
    config = environ.Env.db_url_config(address)
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA recursive_triggers=ON;",
        }
    wanted = type(connections)({DEFAULT_DB_ALIAS: config}).settings[DEFAULT_DB_ALIAS]
    own = load_backend(wanted["ENGINE"]).DatabaseWrapper(wanted, DEFAULT_DB_ALIAS)
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield own
    finally:
        own.close()
        connections[DEFAULT_DB_ALIAS] = before


@pytest.fixture
def databases(db: None, tmp_path: Path) -> Iterator[Databases]:
    made = Databases(tmp_path)
    yield made
    made.end()
