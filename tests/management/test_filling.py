"""Filling without most indexes: the database is the same afterwards, and what was written within is found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection

from plans.management.filling import KEPT, LARGE, without_most_indexes
from plans.oversight import search_index
from plans.oversight.search import search
from tests import factories
from tests.cast import Cast, make_cast
from tests.management.own_databases import Databases, databases, in_database

__all__ = ["databases"]


@pytest.fixture
def cast(databases: Databases) -> Iterator[Cast]:
    """Everybody, in a database in which each statement is committed."""
    with in_database(databases.migrated()):
        yield make_cast()


def shape() -> set[tuple[str, str]]:
    """Each table, index, trigger and constraint, with what it is."""
    if connection.vendor == "sqlite":
        return _all("SELECT name, coalesce(sql, '') FROM sqlite_master")
    # PostgreSQL says again what it read in its own words: the same condition, with its casts in other places.
    return {(name, re.sub(r"::[a-z ]+(\[\])?|[()]", "", what)) for name, what in _on_postgresql()}


def _on_postgresql() -> set[tuple[str, str]]:
    return (
        _all("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema")
        | _all("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint")
        | _all("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
        | _all("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema::regnamespace")
    )


def indexes() -> set[str]:
    """The names of the indexes of the large tables, with those that are a table's own constraints."""
    if connection.vendor == "sqlite":
        question = "SELECT name, '' FROM sqlite_master WHERE type = 'index' AND tbl_name IN (%s, %s)"
    else:
        question = "SELECT indexname, '' FROM pg_indexes WHERE schemaname = current_schema AND tablename IN (%s, %s)"
    return {name for name, _ in _all(question, LARGE)}


def _all(question: str, given: tuple[str, ...] | None = None) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return set(cursor.fetchall())


def test_afterwards_it_is_as_before_and_what_was_written_is_found(cast: Cast) -> None:
    before, all_indexes = shape(), indexes()
    with without_most_indexes():
        action = factories.an_action(cast.plan, cast.lead, wording="Chronologies are begun on the first day")
        within, left = search_index.installed(connection), indexes()
    assert shape() == before
    assert KEPT in left < all_indexes
    assert len(left) < len(all_indexes) / 2
    assert not [name for name in within if name.startswith(LARGE)]
    assert search_index.installed(connection) == search_index.wanted(connection)
    hits = [hit.pk for group in search("chronologies", cast.lead).groups for hit in group.found]
    assert hits == [action.pk]


def test_after_an_error_too(cast: Cast) -> None:
    before = shape()
    with pytest.raises(ZeroDivisionError), without_most_indexes():
        raise ZeroDivisionError
    assert shape() == before


def test_twice_is_as_once(cast: Cast) -> None:
    before = shape()
    for _ in range(2):
        with without_most_indexes():
            pass
    assert shape() == before
