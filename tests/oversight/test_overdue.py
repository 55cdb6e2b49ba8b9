"""The lists of the overdue page: each number is its list's length, groups add up and stand in their order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, end_of_day
from plans.improvement_plan.rules import Kind, Status
from plans.oversight.overdue import GROUP_ORDER, GroupBy, Shown, figures, group_of, in_groups, listed
from tests import factories
from tests.cast import Cast
from tests.oversight.random_plans import NOW, THEN, Places, drawn_actions

NUMBERS = {
    Shown.OVERDUE: "overdue",
    Shown.FIRST: "late_against_first",
    Shown.DUE_SOON: "due_soon",
    Shown.NO_DATE: "without_date",
    Shown.PENDING: "extension_pending",
    Shown.COMPLETE: "complete",
    Shown.SIGNED_OFF: "signed_off",
    Shown.ALL: "all",
}
LENIENT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def places(cast: Cast) -> Places:
    return Places(cast)


def on(moment: datetime | None) -> Any:
    return Action.objects.as_at(moment)


@LENIENT
@given(drawn=drawn_actions)
def test_every_number_is_the_length_of_its_list_now_and_then(places: Places, drawn: list[dict[str, Any]]) -> None:
    places.fill(drawn)
    for moment, day in ((None, NOW), (end_of_day(THEN), THEN)):
        counted = figures(on(moment), day)
        assert {shown: getattr(counted, name) for shown, name in NUMBERS.items()} == {
            shown: on(moment).filter(listed(shown, day)).count() for shown in Shown
        }


@LENIENT
@given(drawn=drawn_actions)
def test_groups_add_up_to_the_list_and_the_latest_comes_first(places: Places, drawn: list[dict[str, Any]]) -> None:
    places.fill(drawn)
    for moment, day in ((None, NOW), (end_of_day(THEN), THEN)):
        for by in GroupBy:
            for shown in (Shown.OVERDUE, Shown.FIRST, Shown.ALL):
                rows = on(moment).filter(listed(shown, day))
                ordered = list(in_groups(rows, by, shown).order_by(*GROUP_ORDER, shown.clock, "pk"))
                keys = list(dict.fromkeys(row.group_key for row in ordered))
                found = {row.group_key: group_of(row, by, day) for row in ordered}
                for key in keys:
                    own = [row for row in ordered if row.group_key == key]
                    dates = [
                        getattr(row, shown.clock)
                        for row in own
                        if getattr(row, shown.clock) and row.status in (Status.UNREPORTED, Status.IN_PROGRESS)
                    ]
                    assert found[key].count == len(own)
                    assert found[key].longest == max([(day - each).days for each in dates] + [0])
                assert [row.group_key for row in ordered] == [key for key in keys for _ in range(found[key].count)]
                longest = [found[key].longest for key in keys]
                assert longest == sorted(longest, reverse=True)
                assert sum(group.count for group in found.values()) == rows.count()


def test_a_list_of_what_is_late_by_more_than_so_many_days(cast: Cast) -> None:
    rows = Action.objects.filter(pk=cast.action.pk)
    assert rows.filter(listed(Shown.OVERDUE, date(2026, 4, 30), 29)).exists()
    assert not rows.filter(listed(Shown.OVERDUE, date(2026, 4, 30), 30)).exists()


def test_headings_name_what_is_grouped(cast: Cast) -> None:
    factories.an_action(cast.plan, cast.lead, wording="Our own", position=9)
    rows = Action.objects.all()

    def headings(by: GroupBy) -> set[str]:
        return {group_of(row, by, NOW).heading for row in in_groups(rows, by, Shown.ALL)}

    assert headings(GroupBy.AREA) == {f"{cast.area.number}. {cast.area.wording}", "The councils’ own actions"}
    assert headings(GroupBy.LEAD) == {"Head of Service, Westshire", "Designated nurse, Westshire ICB", "No owner"}
    assert headings(GroupBy.ORGANISATION) == {"Westshire", "Westshire ICB", "No owner"}
    assert headings(GroupBy.PLAN) == {"Improvement plan 2026, Westshire"}


def test_a_group_of_the_past_has_the_title_that_its_lead_had(cast: Cast) -> None:
    cast.post.title = "Assistant Director"
    cast.post.save()
    led = {"lead": cast.post}
    (then,) = in_groups(on(factories.moment(2026, 2, 1)).filter(**led), GroupBy.LEAD, Shown.ALL)
    (now,) = in_groups(on(None).filter(**led), GroupBy.LEAD, Shown.ALL)
    assert group_of(then, GroupBy.LEAD, THEN).heading == "Head of Service, Westshire"
    assert group_of(now, GroupBy.LEAD, NOW).heading == "Assistant Director, Westshire"


def test_an_extension_that_is_asked_takes_nothing_off_the_overdue_list(cast: Cast) -> None:
    asked = {"asked_due_date": date(2027, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    at = factories.moment(2026, 6, 1)
    record(cast.action, by=cast.owner, at=at, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    for shown in (Shown.OVERDUE, Shown.FIRST, Shown.PENDING):
        assert list(Action.objects.filter(listed(shown, NOW))) == [cast.action]
