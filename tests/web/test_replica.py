"""What is read from a replica, and what never is. Here the second alias is the same database: a mirror."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections
from django.db.models.query import QuerySet
from django.test import Client
from django.urls import reverse

from plans.improvement_plan.models import Action, Plan, Update
from plans.papers.models import WorkingCopy
from plans.web import read_replica
from plans.web.read_replica import PRIMARY, Router, from_replica
from tests.cast import Cast
from tracker.databases import REPLICA

Asked = list[tuple[str, str]]


@pytest.fixture
def mirror(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    """A replica that is the primary itself and has always caught up."""
    monkeypatch.setitem(connections.settings, REPLICA, connections.settings[PRIMARY])
    connections[REPLICA] = connections[PRIMARY]
    settings.DATABASE_ROUTERS = ["plans.web.read_replica.Router"]
    monkeypatch.setattr(read_replica, "_may_use", lambda: True)
    monkeypatch.setattr(read_replica, "peace", read_replica.Peace())
    yield
    del connections[REPLICA]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Each query set that was read, by the name of its table and the alias that it was read from."""
    found: Asked = []
    plain = QuerySet._fetch_all

    def noted(self: QuerySet[Any]) -> None:
        if self._result_cache is None:
            found.append((self.model._meta.db_table, self.db))
        plain(self)

    monkeypatch.setattr(QuerySet, "_fetch_all", noted)
    return found


def of(asked: Asked, alias: str) -> set[str]:
    return {table for table, read_from in asked if read_from == alias}


def test_a_day_that_is_past_is_read_from_the_replica_and_today_is_not(
    cast: Cast, mirror: None, asked: Asked, client: Client
) -> None:
    client.force_login(cast.lead)
    page = reverse("plan", args=[cast.plan.pk])
    asked.clear()
    assert client.get(page).status_code == 200
    assert of(asked, REPLICA) == set()
    asked.clear()
    assert client.get(page, {"as_at": "2020-03-16"}).status_code == 200
    assert "plans_plan" in of(asked, REPLICA)
    # Who asks, and whether they are signed in, is known before.
    assert {"django_session", "plans_user"} <= of(asked, PRIMARY)
    assert "django_session" not in of(asked, REPLICA)


@pytest.mark.parametrize("day", ["2099-01-01", "nonsense", ""])
def test_a_day_that_is_none_or_not_past_is_read_from_the_primary(
    day: str, cast: Cast, mirror: None, asked: Asked, client: Client
) -> None:
    client.force_login(cast.lead)
    client.get(reverse("overdue"), {"as_at": day})
    assert of(asked, REPLICA) == set()


def test_nothing_that_is_sent_reads_from_the_replica(cast: Cast, mirror: None, asked: Asked, client: Client) -> None:
    client.force_login(cast.owner)
    before = cast.action.version
    sent = {"version": before, "status": "in_progress", "note": "Two more trained"}
    client.post(reverse("update_action", args=[cast.action.pk]) + "?as_at=2020-03-16", sent)
    assert of(asked, REPLICA) == set()


def test_a_paper_is_read_from_the_replica_and_noted_in_the_primary(
    cast: Cast, mirror: None, asked: Asked, client: Client
) -> None:
    client.force_login(cast.lead)
    assert client.get(reverse("plan_csv", args=[cast.plan.pk])).status_code == 200
    assert "plans_action" in of(asked, REPLICA)
    assert WorkingCopy.objects.get()._state.db == PRIMARY


def test_after_a_write_everything_is_read_from_the_primary(cast: Cast, mirror: None) -> None:
    def work() -> list[str]:
        found = Plan.objects.get(pk=cast.plan.pk)
        first = found._state.db
        found.title = "Another title"
        found.save()
        again = Plan.objects.get(pk=cast.plan.pk)
        assert again.title == "Another title"
        return [str(first), str(again._state.db)]

    assert from_replica(work) == [REPLICA, PRIMARY]


def test_a_row_that_was_read_there_is_followed_and_saved_in_the_primary_afterwards(cast: Cast, mirror: None) -> None:
    action = from_replica(lambda: Action.objects.get(pk=cast.action.pk))
    assert action._state.db == REPLICA
    assert action.plan._state.db == PRIMARY
    assert Update.objects.filter(action=action)[0].action == action


def test_a_replica_that_fails_half_way_is_left_and_the_primary_asked(
    cast: Cast, mirror: None, caplog: pytest.LogCaptureFixture
) -> None:
    read_from = []

    def work() -> str:
        read_from.append(Plan.objects.all().db)
        if read_from[-1] == REPLICA:
            raise OperationalError("terminating connection due to conflict with recovery")
        return "read"

    with caplog.at_level(logging.WARNING):
        assert from_replica(work) == "read"
    assert read_from == [REPLICA, PRIMARY]
    assert "terminating connection due to conflict with recovery" in caplog.text
    assert read_replica.peace.lasts()


def test_what_has_written_is_not_done_twice(cast: Cast, mirror: None) -> None:
    done = []

    def work() -> None:
        done.append(1)
        Plan.objects.filter(pk=cast.plan.pk).update(title="Once")
        raise OperationalError("the primary is gone")

    with pytest.raises(OperationalError):
        from_replica(work)
    assert done == [1]


def test_a_replica_is_left_in_peace_and_each_reason_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    peace = read_replica.Peace()
    peace.leave(30, "it is gone.")
    peace.leave(30, "it is gone.")
    assert peace.lasts()
    assert caplog.text.count("it is gone.") == 1
    peace.leave(0, "it is behind.")
    assert not peace.lasts()
    peace.ended()
    peace.ended()
    assert caplog.text.count("The replica is read again.") == 1


def test_tables_that_are_not_ours_and_work_without_a_reading_stay_with_the_primary(cast: Cast, mirror: None) -> None:
    assert Plan.objects.all().db == PRIMARY
    assert from_replica(lambda: Session.objects.all().db) == PRIMARY
    assert not Router().allow_migrate(REPLICA, "plans")
    assert Router().allow_migrate(PRIMARY, "plans")


def test_without_a_replica_nothing_is_asked(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert from_replica(lambda: Plan.objects.count()) > 0


def test_on_postgresql_a_server_that_is_no_replica_is_not_read(
    cast: Cast, mirror: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The same server under two addresses, or a replica that was made the primary: its rows may be others."""
    if connections[PRIMARY].vendor != "postgresql":
        pytest.skip("Only PostgreSQL knows whether it is a replica.")
    assert not read_replica._has_caught_up()
    assert "is no replica" in caplog.text
