"""Filling an empty database fast: most indexes of the large tables go first, and are built again from all rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from plans.oversight.search_index import ACTIONS, NOTES, install, remove

LARGE = ("plans_action", "plans_update")
# What holding a meeting asks while the rows still come.
KEPT = "update_of_a_plan"

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (%s, %s)"
_POSTGRESQL = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema AND tablename IN (%s, %s) AND NOT EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE conindid = (quote_ident(schemaname) || '.' || quote_ident(indexname))::regclass
    )"""


@contextmanager
def without_most_indexes() -> Iterator[None]:
    """Within: rows are written about twice as fast, and little else is. Not for a database that anybody uses.

    If the process is killed within, begin again with a new database.
    """
    for indexed in (ACTIONS, NOTES):
        remove(connection, indexed.table)
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE, LARGE)
        indexes = {name: statement for name, statement in cursor.fetchall() if name != KEPT}
        for name in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in indexes.values():
                cursor.execute(statement)
        for indexed in (ACTIONS, NOTES):
            install(connection, indexed.table)
