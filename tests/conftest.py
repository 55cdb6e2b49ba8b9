"""Fixtures for every test."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache
from typing import Any

import pytest
from django.db import connection
from simple_history.manager import HistoryManager
from xdist.scheduler import LoadScopeScheduling

from tests.cast import Cast, make_cast

# The library makes a class for each row that it keeps, which is a fifth of the time that the cast takes.
HistoryManager.from_queryset = cache(HistoryManager.from_queryset)

READS_OR_WRITES = {"db", "transactional_db", "live_server"}
# What shares a server for a browser, or two hosts, beyond one file.
TOGETHER = ("tests/journeys/", "tests/hosts/")
# The longest, and what mostly waits: begun first, so that no process is left alone with one of them at the end.
FIRST = (
    "tests/journeys/",
    "tests/web/test_access.py",
    "tests/hosts/",
    "tests/faults/test_killed_web.py",
    "tests/faults/test_killed_database.py",
    "tests/faults/test_full_disk.py",
    "tests/documents/test_published_reports.py",
    "tests/management/test_send_reminders.py",
    "tests/papers/test_kinds.py",
    "tests/papers/test_hostile_text.py",
    "tests/web/test_two_at_once.py",
    "tests/web/test_overdue.py",
    "tests/web/test_meetings.py",
    "tests/web/test_workbooks.py",
    "tests/web/test_security_uploads.py",
    "tests/access/test_erasure.py",
    "tests/oversight/test_movement.py",
    "tests/web/test_every_case.py",
    "tests/web/access/",
    "tests/management/",
)


def _place(nodeid: str) -> str:
    """The file of a test, or the folder where its files share something."""
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid.partition("::")[0])


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Any process takes the next file whole, so that what its tests share is set up once."""

    def _split_scope(self, nodeid: str) -> str:
        return _place(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    # The order is the one below.
    config.option.loadscopereorder = False
    return _ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files come first. A second run, on another database, repeats the tests that have to do with one."""
    if os.environ.get("TEST_ON"):
        config.hook.pytest_deselected(items=[item for item in items if not _has_to_do_with_a_database(item)])
        items[:] = [item for item in items if _has_to_do_with_a_database(item)]
    tests_of = Counter(_place(item.nodeid) for item in items)
    # They empty every table when they end, and with them what the migrations wrote: nothing comes after.
    emptying = {_place(item.nodeid) for item in items if _empties_the_database(item)}

    def turn(item: pytest.Item) -> tuple[bool, int, int, str]:
        place = _place(item.nodeid)
        early = next((number for number, first in enumerate(FIRST) if place.startswith(first)), len(FIRST))
        return place in emptying, early, -tests_of[place], place

    items.sort(key=turn)


def _has_to_do_with_a_database(item: pytest.Item) -> bool:
    return bool(READS_OR_WRITES & set(getattr(item, "fixturenames", ()))) or bool(item.get_closest_marker("django_db"))


def _empties_the_database(item: pytest.Item) -> bool:
    return "transactional_db" in getattr(item, "fixturenames", ())


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def migrated_file(django_db_setup: None, django_db_blocker: Any) -> bytes:
    """A SQLite database with every table and no rows but Django's own, to be written to a file of a test's own.

    Copied in a moment, where migrating a new one takes seconds. Only in a run on SQLite.
    """
    with django_db_blocker.unblock():
        connection.ensure_connection()
        return bytes(connection.connection.serialize())
