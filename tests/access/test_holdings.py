"""Posts and who holds them: who may change them, what is refused and why, what stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plans.access.holdings import (
    RefusedHolding,
    add_deputy,
    add_post,
    change_holder,
    change_post,
    end_holding,
    holder_of,
    organisations_with_posts_of,
    posts_read_by,
    vacant_since,
)
from plans.access.models import PostHolding
from plans.access.standing import holds_any
from plans.audit.changes import note_event
from plans.audit.models import Event
from tests import factories
from tests.cast import Cast

TODAY = date(2026, 3, 10)


@pytest.fixture
def by(cast: Cast) -> dict[str, Any]:
    return {"by": cast.lead, "at": factories.moment(2026, 3, 10), "note": note_event}


def present(cast: Cast) -> int:
    found = holder_of(cast.post)
    assert found is not None
    return found.pk


def test_who_reads_and_who_changes_posts(cast: Cast) -> None:
    reads = {name for name, user in cast.everybody().items() if posts_read_by(user).filter(pk=cast.post.pk).exists()}
    changes = {
        name
        for name, user in cast.everybody().items()
        if organisations_with_posts_of(user).filter(pk=cast.council.pk).exists()
    }
    assert reads == {"owner", "team_mate", "lead", "administrator", "reader", "auditor"}
    assert changes == {"lead", "administrator"}


def test_a_new_holder_takes_the_actions_and_the_one_before_leaves(cast: Cast, by: dict[str, Any]) -> None:
    add_deputy(cast.post, cast.team_mate, since=date(2026, 1, 1), until=None, today=TODAY, **by)
    change_holder(cast.post, cast.team_mate, since=date(2026, 3, 1), expected=present(cast), today=TODAY, **by)
    rows = list(cast.post.holdings.order_by("since", "kind").values_list("person__name", "kind", "since", "until"))
    assert rows == [
        ("Olive Owner", "holder", date(2020, 1, 1), date(2026, 3, 1)),
        ("Tim Mate", "deputy", date(2026, 1, 1), date(2026, 3, 1)),
        ("Tim Mate", "holder", date(2026, 3, 1), None),
    ]
    assert holds_any(cast.team_mate, [cast.post.pk])
    assert not holds_any(cast.owner, [cast.post.pk])
    assert [event.what for event in Event.objects.order_by("pk")][-2:] == ["post.deputy_added", "post.holder_changed"]


@pytest.mark.parametrize(
    ("since", "field", "says"),
    [
        (date(2026, 3, 11), "since", "today or an earlier day"),
        (date(2019, 12, 31), "since", "Olive Owner holds this post since 1 January 2020"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(
    cast: Cast, by: dict[str, Any], since: date, field: str, says: str
) -> None:
    with pytest.raises(RefusedHolding) as refusal:
        change_holder(cast.post, cast.team_mate, since=since, expected=present(cast), today=TODAY, **by)
    assert (refusal.value.field, says in str(refusal.value)) == (field, True)
    assert not Event.objects.exists()


def test_a_stranger_and_a_closed_account_hold_nothing(cast: Cast, by: dict[str, Any]) -> None:
    cast.team_mate.is_active = False
    cast.team_mate.save()
    for person in (cast.stranger, cast.team_mate):
        with pytest.raises(RefusedHolding, match="is not of Westshire, or their account is closed"):
            change_holder(cast.post, person, since=TODAY, expected=present(cast), today=TODAY, **by)


def test_somebody_elses_change_is_told(cast: Cast, by: dict[str, Any]) -> None:
    opened_with = present(cast)
    change_holder(cast.post, cast.team_mate, since=TODAY, expected=opened_with, today=TODAY, **by)
    with pytest.raises(RefusedHolding, match="Tim Mate holds it since 10 March 2026"):
        change_holder(cast.post, cast.reader, since=TODAY, expected=opened_with, today=TODAY, **by)


def test_a_post_is_vacant_from_the_last_day(cast: Cast, by: dict[str, Any]) -> None:
    holding = cast.post.holdings.get()
    assert vacant_since([holding]) is None
    with pytest.raises(RefusedHolding, match="Enter that day or a later one"):
        end_holding(holding, until=date(2019, 1, 1), today=TODAY, **by)
    end_holding(holding, until=date(2026, 3, 2), today=TODAY, **by)
    assert vacant_since(list(cast.post.holdings.all())) == date(2026, 3, 2)
    with pytest.raises(RefusedHolding, match="has left this post already, on 2 March 2026"):
        end_holding(holding, until=date(2026, 3, 2), today=TODAY, **by)
    with pytest.raises(RefusedHolding, match="Olive Owner held this post until 2 March 2026"):
        change_holder(cast.post, cast.team_mate, since=date(2026, 3, 1), expected=None, today=TODAY, **by)
    change_holder(cast.post, cast.team_mate, since=date(2026, 3, 5), expected=None, today=TODAY, **by)


def test_a_deputy_is_there_once_and_is_not_the_holder(cast: Cast, by: dict[str, Any]) -> None:
    with pytest.raises(RefusedHolding, match="does not deputise in it too"):
        add_deputy(cast.post, cast.owner, since=TODAY, until=None, today=TODAY, **by)
    add_deputy(cast.post, cast.team_mate, since=date(2026, 1, 1), until=date(2026, 1, 31), today=TODAY, **by)
    with pytest.raises(RefusedHolding, match="deputises here already, since 1 January 2026 until 31 January 2026"):
        add_deputy(cast.post, cast.team_mate, since=date(2026, 1, 20), until=None, today=TODAY, **by)
    with pytest.raises(RefusedHolding, match="The last day is before the first"):
        add_deputy(cast.post, cast.reader, since=TODAY, until=date(2026, 3, 1), today=TODAY, **by)
    add_deputy(cast.post, cast.team_mate, since=date(2026, 2, 1), until=None, today=TODAY, **by)
    assert PostHolding.objects.filter(post=cast.post, kind="deputy").count() == 2


def test_history_keeps_the_title_of_the_time(cast: Cast, by: dict[str, Any]) -> None:
    assert change_post(cast.post, "Head of Help", None, **by)
    assert not change_post(cast.post, "Head of Help", None, **by)
    update = cast.action.updates.get()
    assert update.lead_name == "Head of Service"
    cast.action.refresh_from_db()
    assert cast.action.lead_name == "Head of Help"


def test_titles_are_taken_once_and_nobody_reports_to_themselves(cast: Cast, by: dict[str, Any]) -> None:
    director = add_post(cast.council, "Director", None, **by)
    with pytest.raises(RefusedHolding, match="has a post of that title already"):
        add_post(cast.council, "Director", None, **by)
    change_post(cast.post, cast.post.title, director, **by)
    with pytest.raises(RefusedHolding, match="reports to this post, directly or by way of others"):
        change_post(director, "Director", cast.post, **by)
