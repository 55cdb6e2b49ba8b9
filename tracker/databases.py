"""Which databases there are, from the environment: one file, or PostgreSQL with a pool and a replica to read from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from tracker import env

REPLICA = "replica"
SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def databases(data_dir: Path) -> dict[str, dict[str, Any]]:
    """The settings of each database by its alias: “default”, and “replica” where DATABASE_REPLICA_URL names one.

    One file in ``data_dir`` unless DATABASE_URL names a server. Raises ImproperlyConfigured, with a sentence, where
    something that only a server has is asked of a file.
    """
    address = os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.sqlite3'}"
    replica = os.environ.get("DATABASE_REPLICA_URL") or ""
    primary = environ.Env.db_url_config(address)
    if primary["ENGINE"] == SQLITE:
        if replica:
            raise ImproperlyConfigured(
                "DATABASE_REPLICA_URL is set, and DATABASE_URL names no PostgreSQL server. Set both or neither."
            )
        if "DATABASE_URL" not in os.environ:
            data_dir.mkdir(parents=True, exist_ok=True)
        return {"default": _in_a_file(primary)}
    found = {"default": _on_a_server(primary)}
    if primary["ENGINE"] == POSTGRESQL:
        # Seconds: who waits for a page is not to wait for minutes for a server that is gone.
        found["default"]["OPTIONS"].setdefault("connect_timeout", 10)
    if replica:
        second = _on_a_server(environ.Env.db_url_config(replica))
        if second["ENGINE"] != POSTGRESQL:
            raise ImproperlyConfigured("DATABASE_REPLICA_URL is not the address of a PostgreSQL server.")
        second["OPTIONS"].setdefault("connect_timeout", 3)
        found[REPLICA] = second | {"TEST": {"MIRROR": "default"}}
    return found


def _in_a_file(settings: dict[str, Any]) -> dict[str, Any]:
    # IMMEDIATE: a writer waits at the start of its transaction instead of failing half-way through it.
    # Recursive triggers: without them INSERT OR REPLACE would slip past those that keep history append-only.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        " PRAGMA cache_size=-65536;",
    }
    return settings | {"OPTIONS": options}


def _on_a_server(settings: dict[str, Any]) -> dict[str, Any]:
    """Connections kept for DATABASE_CONN_MAX_AGE seconds by each thread, or shared from a pool of DATABASE_POOL."""
    options = dict(settings.get("OPTIONS", {}))
    said: dict[str, Any] = {"CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
    if pool := env.number("DATABASE_POOL", 0):
        if pool < 0:
            raise ImproperlyConfigured(f"DATABASE_POOL is “{pool}”. Set it to the most connections of a process, or 0.")
        # A pool hands each connection round; one that a thread kept for itself would never come back to it.
        said["CONN_MAX_AGE"] = 0
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    if env.boolean("DATABASE_TRANSACTION_POOLING", False):
        # Each transaction may go to another connection of the server: nothing may be left on one.
        said["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    return settings | said | {"OPTIONS": options}
