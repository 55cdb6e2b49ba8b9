"""Database triggers that keep history append-only, whoever writes: SQL for SQLite and PostgreSQL.

A migration that rebuilds one of these tables must end with ``KeepAppendOnly`` for it, because SQLite
drops a table's triggers when Django rebuilds it. A test compares what is installed with what is wanted.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

# Table to the column that may be set once.
APPEND_ONLY: dict[str, str | None] = {"plans_update": "until", "plans_event": None, "plans_releasefile": None}
# Table to the column and the value with which a row is closed for ever.
CLOSED: dict[str, tuple[str, str]] = {"plans_release": ("stage", "issued")}


def _sqlite(table: str, set_once: str | None, columns: list[str]) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only');"
    allowed = "0"
    if set_once:
        same = " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in columns if name != set_once)
        allowed = f'OLD."{set_once}" IS NULL AND NEW."{set_once}" IS NOT NULL AND {same}'
    return [
        f"CREATE TRIGGER {table}_keep_update BEFORE UPDATE ON {table} WHEN NOT ({allowed}) BEGIN {refuse} END",
        f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} BEGIN {refuse} END",
    ]


def _postgresql(table: str, set_once: str | None) -> list[str]:
    allowed = "FALSE"
    if set_once:
        allowed = (
            f"OLD.{set_once} IS NULL AND NEW.{set_once} IS NOT NULL"
            f" AND to_jsonb(OLD) - '{set_once}' = to_jsonb(NEW) - '{set_once}'"
        )
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF {allowed} THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION '{table} is append-only';
        END $$""",
        f"CREATE TRIGGER {table}_keep_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
        f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
        f"CREATE TRIGGER {table}_keep_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_keep()",
    ]


def _sqlite_closed(table: str, column: str, value: str) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} is closed when {value}');"
    return [
        f"CREATE TRIGGER {table}_keep_{what} BEFORE {what.upper()} ON {table} WHEN OLD.\"{column}\" = '{value}'"
        f" BEGIN {refuse} END"
        for what in ("update", "delete")
    ]


def _postgresql_closed(table: str, column: str, value: str) -> list[str]:
    function = f"""CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is closed when {value}';
        END $$"""
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_keep_{what} BEFORE {what.upper()} ON {table} FOR EACH ROW"
            f" WHEN (OLD.{column} = '{value}') EXECUTE FUNCTION {table}_keep()"
            for what in ("update", "delete")
        ),
    ]


def remove_triggers(connection: Any, table: str) -> None:
    """Drop the table's triggers, if any."""
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for what in ("update", "delete", "truncate"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_keep_{what}{on_table}")


def install_triggers(connection: Any, table: str) -> None:
    """(Re)install the table's triggers over the columns that it has now."""
    remove_triggers(connection, table)
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if table in CLOSED:
            statements = (_postgresql_closed if postgresql else _sqlite_closed)(table, *CLOSED[table])
        elif postgresql:
            statements = _postgresql(table, APPEND_ONLY[table])
        else:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            statements = _sqlite(table, APPEND_ONLY[table], columns)
        for statement in statements:
            cursor.execute(statement)


class KeepAppendOnly(Operation):
    """Migration operation: the table's rows, or those that are closed, can be added and read, nothing else."""

    reversible = True
    reduces_to_sql = False

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # SQLite's schema editor runs in a transaction of its own; deferred SQL must not come after the trigger.
        install_triggers(schema_editor.connection, self.table)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        remove_triggers(schema_editor.connection, self.table)

    def describe(self) -> str:
        return f"Keep {self.table} append-only"
