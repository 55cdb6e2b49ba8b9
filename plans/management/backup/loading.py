"""Filling the tables of an empty database fast: what slows it down is put aside, and put back over all rows at once.

All of it happens inside the caller's transaction, on SQLite and on PostgreSQL: where something fails, everything is
as it was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.contents import Table, TableSum
from plans.management.backup.problems import BackupProblem
from plans.management.backup.rows import Row, for_database


@contextmanager
def bare(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> Iterator[None]:
    """While it lasts, the tables have no indexes, no foreign keys and no triggers that act on a new row.

    At its end all are back, the search index holds every row, and each foreign key was checked. Raises
    ``django.db.IntegrityError`` where one leads nowhere.
    """
    names = [table.name for table in tables]
    if connection.vendor == "sqlite":
        again = _put_aside_on_sqlite(connection, names)
        yield
        _run(connection, again)
        connection.check_constraints(table_names=names)
    else:
        again = _put_aside_on_postgresql(connection, names)
        yield
        _run(connection, again)


def empty(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> None:
    """Take away what migrations and Django itself put into tables that hold nothing else."""
    quote = connection.ops.quote_name
    for table in tables:
        if has_rows(connection, table.name):
            _run(connection, [f"DELETE FROM {quote(table.name)}"])


def has_rows(connection: BaseDatabaseWrapper, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
        return cursor.fetchone() is not None


def insert(connection: BaseDatabaseWrapper, table: Table, rows: Iterable[Row]) -> None:
    """Add rows of an archive. Raises BackupProblem where the database cannot hold one of them."""
    converts = [(place, made) for place, each in enumerate(table.columns) if
                (made := for_database(connection.vendor, each)) is not None]  # fmt: skip

    def stored() -> Iterator[Row]:
        for row in rows:
            for place, convert in converts:
                if row[place] is not None:
                    row[place] = convert(row[place])
            yield row

    quote = connection.ops.quote_name
    columns = ", ".join(quote(each.name) for each in table.columns)
    try:
        with connection.wrap_database_errors:
            if connection.vendor == "sqlite":
                marks = ", ".join("?" * len(table.columns))
                question = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"
                connection.connection.executemany(question, stored())
            else:
                with (
                    connection.cursor() as cursor,
                    cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy,
                ):
                    for row in stored():
                        copy.write_row(row)
    except DatabaseError as problem:
        raise BackupProblem(f"The database cannot hold a row of {table.name}: {problem}") from problem


def go_on_counting(connection: BaseDatabaseWrapper, tables: Iterable[Table], sums: Mapping[str, TableSum]) -> None:
    """The next key in each table is one that was never given before."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in tables:
            highest = sums[table.name].highest
            if not highest:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, highest])
                continue
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table.name), table.key])
            sequence = cursor.fetchone()[0]
            if sequence is not None:
                cursor.execute("SELECT setval(%s, %s)", [sequence, highest])


def _put_aside_on_sqlite(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """Drop indexes and triggers; answers what makes them again, and fills the search index."""
    marks = ", ".join(["%s"] * len(tables))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            f" AND tbl_name IN ({marks}) ORDER BY type, name",
            tables,
        )
        found = cursor.fetchall()
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%%VIRTUAL TABLE%%fts5(%%'")
        searched = [name for (name,) in cursor.fetchall()]
    _run(connection, [f"DROP {kind} {connection.ops.quote_name(name)}" for kind, name, _ in found])
    return [*(sql for *_, sql in found), *(f"INSERT INTO {name}({name}) VALUES ('rebuild')" for name in searched)]


def _put_aside_on_postgresql(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """Drop foreign keys and the indexes that no constraint needs; answers what makes them again."""
    again, drop = ["SET LOCAL maintenance_work_mem = '256MB'"], []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indrelid"
            " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')",
            [tables],
        )
        for name, definition in cursor.fetchall():
            drop.append(f"DROP INDEX {name}")
            again.append(definition)
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(pg_constraint.oid)"
            " FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE contype = 'f' AND relnamespace = current_schema()::regnamespace AND relname = ANY(%s)",
            [tables],
        )
        for table, name, definition in cursor.fetchall():
            drop.insert(0, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    _run(connection, drop)
    return again


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
