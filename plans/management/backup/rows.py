"""How a row is written: one line of JSON, the same whichever database it was read from.

Moments are in UTC with six decimals, decimals are text with all their places, JSON is text with its keys in order.
Rows come in the order of their key, so that a hash over the lines is a hash of the table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.contents import Column, Kind, Table

ROWS_AT_ONCE = 2000
_LONGEST_REMEMBERED = 1000
_LARGEST_EXACT = 1e16

Row = list[Any]
Convert = Callable[[Any], Any]
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def line_of(row: Row) -> bytes:
    return _encode(row).encode("ascii") + b"\n"


def rows_of(connection: BaseDatabaseWrapper, table: Table) -> Iterator[Row]:
    """Every row of the table in the order of its key, in constant memory.

    On PostgreSQL it must be called inside a transaction.
    """
    converts = [_reader(column) if connection.vendor == "sqlite" else _POSTGRESQL.get(column.kind) for column in
                table.columns]  # fmt: skip
    places = [(place, convert) for place, convert in enumerate(converts) if convert is not None]
    for batch in _batches(connection, _question(connection, table)):
        for found in batch:
            row = list(found)
            for place, convert in places:
                if row[place] is not None:
                    row[place] = convert(row[place])
            yield row


def digest_of(connection: BaseDatabaseWrapper, table: Table) -> tuple[int, str]:
    """How many rows the table has, and the SHA-256 over their lines."""
    count, digest = 0, hashlib.sha256()
    for row in rows_of(connection, table):
        count += 1
        digest.update(line_of(row))
    return count, digest.hexdigest()


def for_database(vendor: str, column: Column) -> Convert | None:
    """What makes an archive's value into the one to be stored; nothing where it is stored as it is."""
    if vendor == "postgresql":
        return None
    return _SQLITE_STORES.get(column.kind)


def _batches(connection: BaseDatabaseWrapper, question: str) -> Iterator[list[tuple[Any, ...]]]:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        cursor = connection.connection.cursor()
    else:
        cursor = psycopg.ServerCursor(connection.connection, "rows_of_backup")
    try:
        cursor.execute(question)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield batch
    finally:
        cursor.close()


def _question(connection: BaseDatabaseWrapper, table: Table) -> str:
    quote = connection.ops.quote_name
    shapes = _SHAPES[connection.vendor]
    columns = ", ".join(shapes.get(each.kind, "{}").format(quote(each.name)) for each in table.columns)
    return f"SELECT {columns} FROM {quote(table.name)} ORDER BY {quote(table.key)}"


# SQLite: no declared type is left, so that the driver does not parse what is to stay text.
_SHAPES = {
    "sqlite": {
        Kind.BOOLEAN: "+{}",
        Kind.DATE: "CAST({} AS TEXT)",
        Kind.MOMENT: "CAST({} AS TEXT)",
        Kind.DECIMAL: "+{}",
        Kind.JSON: "CAST({} AS TEXT)",
    },
    "postgresql": {
        Kind.DATE: "to_char({}, 'YYYY-MM-DD')",
        Kind.MOMENT: "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
        Kind.DECIMAL: "{}::text",
        Kind.JSON: "{}::text",
    },
}


def _reader(column: Column) -> Convert | None:
    """What makes a value of SQLite into an archive's."""
    if column.kind == Kind.DECIMAL:
        places = column.places
        return lambda value: f"{Decimal(str(value)):.{places}f}"
    return _SQLITE.get(column.kind)


def _moment(text: str) -> str:
    if len(text) == 26 and text[10] == " ":
        return f"{text[:10]}T{text[11:]}Z"
    if len(text) == 19 and text[10] == " ":
        return f"{text[:10]}T{text[11:]}.000000Z"
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _as_django_writes_it(text: str) -> str:
    """SQLite compares moments as text: they must be in the one form that Django writes."""
    day, clock, decimals = text[:10], text[11:19], text[20:26]
    return f"{day} {clock}" if decimals == "000000" else f"{day} {clock}.{decimals}"


def _ordered(text: str) -> str:
    """JSON as Django writes it, with its keys in order: PostgreSQL does not keep the order that they came in."""
    return _ordered_once(text) if len(text) <= _LONGEST_REMEMBERED else _in_order(text)


def _in_order(text: str) -> str:
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


_ordered_once = lru_cache(4096)(_in_order)


def _number(text: str) -> float | int:
    """PostgreSQL writes out what Python gives an exponent, and knows no negative nought."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) >= _LARGEST_EXACT else number or 0.0


_POSTGRESQL: dict[Kind, Convert] = {Kind.JSON: _ordered}
_SQLITE: dict[Kind, Convert] = {Kind.BOOLEAN: bool, Kind.MOMENT: _moment, Kind.JSON: _ordered}
_SQLITE_STORES: dict[Kind, Convert] = {Kind.BOOLEAN: int, Kind.MOMENT: _as_django_writes_it}
