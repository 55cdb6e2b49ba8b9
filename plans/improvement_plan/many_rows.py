"""Many new rows of a table at once: COPY on PostgreSQL, one prepared statement on SQLite. For the ledger alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connections, models, router, transaction

# Values of these are bound by either driver as they are.
_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def new_keys(model: type[models.Model], number: int) -> Sequence[int]:
    """Keys for so many rows that ``write_rows`` is to add within the same transaction, in order."""
    connection = connections[router.db_for_write(model)]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            column = model._meta.pk.column
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, number]
            )
            return [row[0] for row in cursor.fetchall()]
        # A writer has the database to itself, and a number that was given out is not given again.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + number)


def write_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert ``rows``, each a value for every column by its attribute's name; the key may be left to the database.

    All rows name the same columns. Constraints and triggers hold as for any insert.
    """
    connection = connections[router.db_for_write(model)]
    rows = list(rows)
    if not rows:
        return
    fields = [field for field in model._meta.local_concrete_fields if field.attname in rows[0]]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    bound = [(field.attname, _bound_as(field, connection)) for field in fields]
    values = [
        [row[name] if bind is None or row[name] is None else bind(row[name]) for name, bind in bound] for row in rows
    ]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for each in values:
                    copy.write_row(each)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)


def _bound_as(field: models.Field[Any, Any], connection: Any) -> Callable[[Any], Any] | None:
    """What makes a value one that the driver binds; None where it is one already."""
    if isinstance(field, _AS_THEY_ARE):
        return None
    bind = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, models.JSONField):
        empty = bind([])
        return lambda value: empty if value == [] else bind(value)
    # Days and moments come again from row to row.
    return lru_cache(maxsize=256)(bind)
