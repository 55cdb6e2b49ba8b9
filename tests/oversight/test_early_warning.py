"""Likely to miss: which actions, told why, before they are overdue; the same now and as at any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.improvement_plan import timeliness
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, end_of_day
from plans.improvement_plan.rules import OPEN_STATUSES, Confidence, Kind, Status
from plans.oversight import early_warning
from tests import factories
from tests.cast import Cast

DAY = date(2026, 3, 1)
DUE = factories.due(date(2026, 3, 31))
NOW = factories.moment(2026, 3, 1)


def add(cast: Cast, **fields: Any) -> Action:
    return factories.an_action(cast.plan, cast.lead, **{**DUE, "status": Status.IN_PROGRESS, **fields})


def listed(day: date = DAY, moment: datetime | None = None) -> set[int]:
    rows = Action.objects.as_at(moment)
    return {row.action_pk for row in early_warning.likely_to_miss(rows, day)}


def told(action: Action, day: date = DAY, moment: datetime | None = None) -> list[str]:
    rows = Action.objects.as_at(moment)
    own = rows.filter(**{rows.action_path: action.pk})
    return early_warning.reasons(early_warning.with_signs(own, day, rows).get(), day)


def say(action: Action, cast: Cast, at: datetime, **said: Any) -> None:
    record(action, by=cast.lead, at=at, kind=Kind.PROGRESS, note="Said", **said)


@pytest.mark.parametrize(
    ("forecast", "precision", "reason"),
    [
        (date(2026, 4, 1), "day", "Forecast 1 April 2026, a day after it is due"),
        (date(2026, 4, 9), "day", "Forecast 9 April 2026, 9 days after it is due"),
        (date(2026, 4, 30), "month", "Forecast April 2026, a month after it is due"),
        (date(2026, 8, 31), "month", "Forecast August 2026, 5 months after it is due"),
        (date(2029, 3, 31), "day", "Forecast 31 March 2029, 3 years after it is due"),
    ],
)
def test_a_forecast_after_the_date_is_told_with_how_long_after(
    cast: Cast, forecast: date, precision: str, reason: str
) -> None:
    action = add(cast, forecast_date=forecast, forecast_precision=precision)
    assert listed() == {action.pk}
    assert told(action)[0] == reason


def test_a_forecast_on_the_date_is_no_warning(cast: Cast) -> None:
    add(cast, forecast_date=date(2026, 3, 31), forecast_precision="month")
    assert listed() == set()


def test_low_confidence_is_told(cast: Cast) -> None:
    action = add(cast, confidence=Confidence.LOW)
    add(cast, confidence=Confidence.MEDIUM)
    assert listed() == {action.pk}
    assert told(action)[0] == "The owner has low confidence in the date"


@pytest.mark.parametrize(
    ("done", "day", "reason"),
    [
        (20, date(2026, 3, 5), "69% of the time has gone, 20% is done"),
        (0, date(2026, 3, 31), "100% of the time has gone, 0% is done"),
        (39, date(2026, 3, 5), "69% of the time has gone, 39% is done"),
        (40, date(2026, 3, 5), ""),
        (100, date(2026, 3, 31), ""),
        (0, date(2026, 1, 5), ""),
        (None, date(2026, 3, 31), ""),
    ],
)
def test_the_time_that_has_gone_is_held_against_what_is_done(
    cast: Cast, done: int | None, day: date, reason: str
) -> None:
    action = add(cast, share_done=done)
    assert listed(day) == ({action.pk} if reason else set())
    assert [one for one in told(action, day) if "gone" in one] == ([reason] if reason else [])


def test_the_time_counts_from_when_the_action_was_added_not_from_its_last_update(cast: Cast) -> None:
    action = add(cast, share_done=0)
    say(action, cast, factories.moment(2026, 2, 25), share_done=20)
    assert told(action, date(2026, 3, 5)) == ["69% of the time has gone, 20% is done"]
    then = end_of_day(date(2026, 3, 5))
    assert listed(date(2026, 3, 5), then) == {action.pk}
    assert told(action, date(2026, 3, 5), then) == ["69% of the time has gone, 20% is done"]


def move(action: Action, cast: Cast, to: date = date(2026, 6, 30)) -> None:
    at = factories.moment(2026, 2, 1)
    record(action, by=cast.lead, at=at, kind=Kind.AMENDED, note="Agreed", **factories.due(to))


def test_a_lead_whose_other_dates_moved_or_were_missed_is_a_warning(cast: Cast) -> None:
    post = factories.a_post("Service Manager", cast.council)
    watched, moved, passed = (add(cast, lead_id=post.pk) for _ in range(3))
    move(moved, cast)
    assert listed() == set()
    late = add(cast, lead_id=post.pk, **factories.due(date(2026, 2, 10)))
    assert watched.pk in listed()
    assert told(watched) == ["2 of this lead’s 3 other dates moved or were missed"]
    # The row that moved itself has one other that was missed, of three: not half.
    assert listed() == {watched.pk, passed.pk}
    assert late.pk not in listed()


def test_one_missed_date_is_no_record_and_withdrawn_or_undated_actions_make_none(cast: Cast) -> None:
    post = factories.a_post("Service Manager", cast.council)
    add(cast, lead_id=post.pk)
    add(cast, lead_id=post.pk, **factories.due(date(2026, 2, 10)))
    add(cast, lead_id=post.pk, status=Status.WITHDRAWN, **factories.due(date(2026, 2, 10)))
    add(cast, lead_id=post.pk, **factories.due(None))
    assert listed() == set()


def test_another_plan_tells_nothing_of_a_lead(cast: Cast) -> None:
    elsewhere = factories.a_plan(cast.council)
    watched = add(cast, lead_id=cast.post.pk)
    for _ in range(2):
        factories.an_action(elsewhere, cast.lead, lead_id=cast.post.pk, **factories.due(date(2026, 2, 10)))
    assert watched.pk not in listed()


def test_what_ended_late_counts_in_the_record_and_what_ended_in_time_does_not(cast: Cast) -> None:
    post = factories.a_post("Service Manager", cast.council)
    watched = add(cast, lead_id=post.pk)
    ends = [factories.moment(2026, 2, 11), factories.moment(2026, 2, 12), factories.moment(2026, 2, 10, 23, 30)]
    for at in ends:
        action = add(cast, lead_id=post.pk, **factories.due(date(2026, 2, 10)))
        record(action, by=cast.owner, at=at, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    assert listed() == {watched.pk}
    assert told(watched) == ["2 of this lead’s 3 other dates moved or were missed"]
    # On the day before, they were open and overdue or not yet.
    assert listed(date(2026, 2, 10), end_of_day(date(2026, 2, 10))) == set()


def test_beside_what_decides_stand_the_areas_record_moves_an_extension_and_silence(cast: Cast) -> None:
    area = factories.an_area(cast.inspection, "Supervision")
    asked = {"asked_due_date": date(2026, 9, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    action = add(cast, area_id=area.pk, confidence=Confidence.LOW)
    move(action, cast)
    for _ in range(2):
        move(add(cast, area_id=area.pk), cast)
    at = factories.moment(2026, 2, 2)
    record(action, by=cast.owner, at=at, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    assert told(action, date(2026, 4, 16)) == [
        "The owner has low confidence in the date",
        "Both other dates for this area moved or were missed",
        "Its own date has moved once already",
        "An extension to September 2026 is asked for and not decided",
        "No update for 73 days",
    ]
    assert listed(date(2026, 4, 16)) == {action.pk}


def test_quiet_goes_by_the_days_of_each_plan(cast: Cast) -> None:
    other = factories.a_plan(cast.council, quiet_days=10)
    asked = factories.moment(2026, 2, 1)
    patient = add(cast)
    strict = factories.an_action(other, cast.lead)
    for action in (patient, strict):
        say(action, cast, asked)

    def quiet_at(moment: datetime) -> set[int]:
        rows = Action.objects.filter(pk__in=[patient.pk, strict.pk])
        return {row.pk for row in early_warning.quiet(rows, moment)}

    assert quiet_at(asked + timedelta(days=10)) == set()
    assert quiet_at(asked + timedelta(days=10, seconds=1)) == {strict.pk}
    assert quiet_at(asked + timedelta(days=61)) == {patient.pk, strict.pk}


def test_silence_is_told_in_days(cast: Cast) -> None:
    action = add(cast)
    row = early_warning.with_signs(Action.objects.filter(pk=action.pk), DAY).get()
    assert early_warning.quiet_words(row, DAY) == "Nobody has reported on it yet"
    say(action, cast, factories.moment(2026, 1, 10))
    row = early_warning.with_signs(Action.objects.filter(pk=action.pk), DAY).get()
    assert early_warning.quiet_words(row, date(2026, 1, 11)) == "No update for 1 day"


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("pending", [False, True])
def test_only_what_is_open_and_not_overdue_is_likely_to_miss(cast: Cast, status: Status, pending: bool) -> None:
    asked = {"asked_due_date": date(2026, 9, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    action = add(cast, status=status, confidence=Confidence.LOW, **(asked if pending else {}))
    assert listed() == ({action.pk} if status in OPEN_STATUSES else set())
    assert listed(date(2026, 4, 1)) == set()


dates = st.dates(date(2026, 1, 1), date(2026, 6, 30))
rows = st.fixed_dictionaries(
    {
        "due": st.none() | dates,
        "status": st.sampled_from(list(Status)),
        "forecast_date": st.none() | dates,
        "confidence": st.sampled_from(["", "low", "high"]),
        "share_done": st.none() | st.integers(0, 100),
        "lead": st.sampled_from([None, 0, 1]),
        "moved": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(rows, min_size=1, max_size=7), day=dates)
def test_every_row_listed_has_a_reason_that_decides_and_no_other_row_has_one(
    cast: Cast, made: list[dict[str, Any]], day: date
) -> None:
    """Rows and reasons are told by different means, a query and Python: neither says what the other does not."""
    plan = factories.a_plan(cast.council)
    posts = [factories.a_post(f"Post {plan.pk}-{place}", cast.council).pk for place in range(2)]
    for said in made:
        fields = {name: said[name] for name in ("status", "forecast_date", "confidence", "share_done")}
        lead = None if said["lead"] is None else posts[said["lead"]]
        action = factories.an_action(plan, cast.lead, lead_id=lead, **fields, **factories.due(said["due"]))
        if said["moved"] and said["due"]:
            later = factories.due(said["due"] + timedelta(days=20))
            record(action, by=cast.lead, at=factories.START, kind=Kind.AMENDED, note="Agreed", **later)
    deciding = ("Forecast", "The owner", "of this lead’s", "of the time")
    for moment in (None, end_of_day(max(day, date(2026, 1, 5)))):
        found = Action.objects.as_at(moment).filter(plan=plan)
        assert found.count() == len(made)
        expected = {
            row.action_pk
            for row in early_warning.with_signs(found, day)
            if row.status in OPEN_STATUSES
            and row.due_date
            and row.due_date >= day
            and any(word in reason for word in deciding for reason in early_warning.reasons(row, day))
        }
        assert {row.action_pk for row in early_warning.likely_to_miss(found, day)} == expected
        alone = found.filter(timeliness.likely_to_miss(day)).values_list(found.action_path, flat=True)
        assert set(alone) <= expected
