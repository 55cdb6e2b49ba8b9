"""Fixtures for every test."""

from __future__ import annotations

import os

import pytest

from tests.cast import Cast, make_cast

READS_OR_WRITES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second run, on another database, repeats the tests that have to do with one."""
    if not os.environ.get("TEST_ON"):
        return
    same = [item for item in items if not _has_to_do_with_a_database(item)]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if _has_to_do_with_a_database(item)]


def _has_to_do_with_a_database(item: pytest.Item) -> bool:
    return bool(READS_OR_WRITES & set(getattr(item, "fixturenames", ()))) or bool(item.get_closest_marker("django_db"))


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
