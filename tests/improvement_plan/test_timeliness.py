"""One definition of late: the same for lists, counts and rows, today and on any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.improvement_plan import changes, timeliness
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Confidence, Kind, Rag, Status, rag
from plans.improvement_plan.timeliness import Timeliness, lateness, with_timeliness
from tests import factories
from tests.cast import Cast

DAY = date(2026, 3, 31)


def word_on(action: Action, day: date) -> str:
    return with_timeliness(Action.objects.filter(pk=action.pk), day).get().timeliness


@pytest.mark.parametrize(
    ("day", "word", "days"),
    [
        (date(2026, 2, 28), Timeliness.ON_TIME, 0),
        (date(2026, 3, 1), Timeliness.DUE_SOON, 0),
        (DAY, Timeliness.DUE_SOON, 0),
        (date(2026, 4, 1), Timeliness.OVERDUE, 1),
        (date(2026, 4, 14), Timeliness.OVERDUE, 14),
    ],
)
def test_a_month_is_late_from_the_day_after_its_last(cast: Cast, day: date, word: str, days: int) -> None:
    row = with_timeliness(Action.objects.filter(pk=cast.action.pk), day).get()
    assert row.timeliness == word
    assert lateness(row, day).days == days


def test_without_a_date_nothing_is_late(cast: Cast) -> None:
    assert word_on(cast.partner_action, date(2030, 1, 1)) == Timeliness.NO_DATE
    assert Action.objects.filter(timeliness.without_date()).get() == cast.partner_action


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.COMPLETE, Timeliness.COMPLETE),
        (Status.SIGNED_OFF, Timeliness.SIGNED_OFF),
        (Status.WITHDRAWN, Timeliness.WITHDRAWN),
    ],
)
def test_what_is_done_or_withdrawn_is_not_late(cast: Cast, status: str, word: str) -> None:
    action = factories.an_action(cast.plan, cast.lead, status=status, **factories.due(date(2026, 1, 31)))
    assert word_on(action, date(2027, 1, 1)) == word
    row = with_timeliness(Action.objects.filter(pk=action.pk), date(2027, 1, 1)).get()
    assert (lateness(row, date(2027, 1, 1)).days, lateness(row, date(2027, 1, 1)).days_first) == (0, 0)


def test_asking_for_an_extension_does_not_clear_overdue(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 9, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    late = factories.moment(2026, 4, 20)
    record(cast.action, by=cast.owner, at=late, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    assert word_on(cast.action, date(2026, 4, 21)) == Timeliness.OVERDUE
    assert Action.objects.filter(timeliness.extension_pending()).get() == cast.action


def test_an_agreed_extension_still_shows_on_the_first_clock(cast: Cast) -> None:
    changes.amend(
        cast.action,
        by=cast.lead,
        at=factories.moment(2026, 3, 1),
        note="Agreed",
        **factories.due(date(2026, 6, 30), "month"),
    )
    day = date(2026, 5, 1)
    row = with_timeliness(Action.objects.filter(pk=cast.action.pk), day).get()
    assert (row.timeliness, lateness(row, day).days, lateness(row, day).days_first) == ("on_time", 0, 31)
    assert Action.objects.filter(timeliness.late_against_first_agreed(day)).get() == cast.action
    assert Action.objects.filter(timeliness.slipped()).get() == cast.action


def test_quiet_means_nobody_has_reported_for_so_long(cast: Cast) -> None:
    said = factories.moment(2026, 2, 1)
    record(cast.action, by=cast.owner, at=said, kind=Kind.PROGRESS, note="Begun")
    quiet_after = Action.objects.filter(timeliness.quiet(said + timedelta(days=61)))
    assert set(quiet_after) == {cast.action, cast.partner_action}
    assert set(Action.objects.filter(timeliness.quiet(said + timedelta(days=59)))) == {cast.partner_action}


def test_likely_to_miss_is_said_before_the_date(cast: Cast) -> None:
    record(
        cast.action,
        by=cast.owner,
        at=factories.moment(2026, 2, 1),
        kind=Kind.PROGRESS,
        note="Slow",
        forecast_date=date(2026, 4, 30),
        forecast_precision="month",
    )
    assert Action.objects.filter(timeliness.likely_to_miss(date(2026, 2, 2))).get() == cast.action
    assert not Action.objects.filter(timeliness.likely_to_miss(date(2026, 4, 2))).exists()


dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(due=st.none() | dates, status=st.sampled_from(list(Status)), day=dates)
def test_every_action_has_exactly_one_word_and_counts_agree_with_it(
    cast: Cast, due: date | None, status: Status, day: date
) -> None:
    action = factories.an_action(cast.plan, cast.lead, status=status, **factories.due(due))
    word = word_on(action, day)
    counted = {
        Timeliness.OVERDUE: timeliness.overdue(day),
        Timeliness.DUE_SOON: timeliness.due_soon(day),
        Timeliness.NO_DATE: timeliness.without_date(),
    }
    mine = Action.objects.filter(pk=action.pk)
    assert [found for found, rule in counted.items() if mine.filter(rule).exists()] == (
        [word] if word in counted else []
    )
    assert (word == Timeliness.OVERDUE) == (lateness(with_timeliness(mine, day).get(), day).days > 0)


@pytest.mark.parametrize(
    ("status", "word", "confidence", "late_forecast", "rating"),
    [
        (Status.SIGNED_OFF, "signed_off", "", False, Rag.BLUE),
        (Status.COMPLETE, "complete", "low", True, Rag.GREEN),
        (Status.IN_PROGRESS, "overdue", "high", False, Rag.RED),
        (Status.IN_PROGRESS, "due_soon", "high", False, Rag.AMBER),
        (Status.IN_PROGRESS, "on_time", "high", True, Rag.AMBER),
        (Status.IN_PROGRESS, "on_time", Confidence.LOW, False, Rag.AMBER),
        (Status.IN_PROGRESS, "on_time", "", False, Rag.GREEN),
        (Status.UNREPORTED, "no_date", "", False, None),
        (Status.WITHDRAWN, "withdrawn", "", False, None),
    ],
)
def test_the_rating_follows_the_printed_key(
    status: str, word: str, confidence: str, late_forecast: bool, rating: Rag | None
) -> None:
    assert rag(status, word, confidence, late_forecast) == rating
