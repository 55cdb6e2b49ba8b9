"""Fixtures for every test."""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.cast import Cast, make_cast

READS_OR_WRITES = {"db", "transactional_db", "live_server"}
# What is slow to set up and shared: a server for a browser, two hosts, everybody and everything.
TOGETHER = ("tests/journeys/", "tests/hosts/", "tests/web/test_access.py", "tests/admin/test_every_form.py")


class _Together(LoadScopeScheduling):  # type: ignore[misc]
    """Any process takes the next test; those that share what is slow to set up go to one."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return _Together(config, log)


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
