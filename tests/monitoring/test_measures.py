"""A measure is rated by a stated rule, says where its trend goes, and keeps what it said before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from plans.audit.models import Event
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.rules import Rag
from plans.monitoring.measure_changes import (
    MeasureChangedSince,
    add_measure,
    add_reading,
    change_measure,
    correct_reading,
    version_of,
)
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import as_they_stood, corrections_of, state_of_measure
from plans.monitoring.rules import (
    RULES,
    Concern,
    TargetKind,
    concerns,
    is_better,
    measure_rag,
    missed_by,
    rule_in_words,
    target_kind,
)
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 5, 1)
LATER = factories.moment(2026, 6, 1)
numbers = st.decimals(min_value=-1000, max_value=1000, places=1)


def number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@pytest.mark.parametrize(
    ("value", "target", "high", "lower", "rag"),
    [
        # NI59, NI60 and NI64 as printed in 2009.
        (63.1, 70, None, False, Rag.AMBER),
        (80.1, 88, None, False, Rag.AMBER),
        (15.3, 8, None, True, Rag.RED),
        (70, 70, None, False, Rag.GREEN),
        (63, 70, None, False, Rag.AMBER),
        (62.9, 70, None, False, Rag.RED),
        (8.8, 8, None, True, Rag.AMBER),
        (8.9, 8, None, True, Rag.RED),
        (10, 10, 20, False, Rag.GREEN),
        (20, 10, 20, True, Rag.GREEN),
        (9, 10, 20, False, Rag.AMBER),
        (8.9, 10, 20, True, Rag.RED),
        (22, 10, 20, False, Rag.AMBER),
        (22.1, 10, 20, False, Rag.RED),
        (0.1, 0, None, True, Rag.RED),
        (50, None, None, False, None),
        (None, 50, None, False, None),
    ],
)
def test_the_rating_is_by_the_rule(
    value: float | None, target: float | None, high: float | None, lower: bool, rag: Rag | None
) -> None:
    assert measure_rag(number(value), number(target), number(high), lower_is_better=lower) == rag


@given(value=numbers, ends=st.tuples(numbers, numbers), lower=st.booleans())
def test_inside_a_range_is_green_and_outside_is_not(value: Decimal, ends: tuple[Decimal, Decimal], lower: bool) -> None:
    low, high = sorted(ends)
    assert (measure_rag(value, low, high, lower_is_better=lower) == Rag.GREEN) == (low <= value <= high)


@given(one=numbers, other=numbers, target=numbers, lower=st.booleans())
def test_the_better_value_never_has_the_worse_rating(
    one: Decimal, other: Decimal, target: Decimal, lower: bool
) -> None:
    order = [Rag.RED, Rag.AMBER, Rag.GREEN]
    if is_better(one, other, lower_is_better=lower):
        before, after = (measure_rag(value, target, lower_is_better=lower) for value in (one, other))
        assert before is not None
        assert after is not None
        assert order.index(after) >= order.index(before)


def test_of_a_range_the_nearer_value_is_the_better() -> None:
    ends: dict[str, Any] = {"target": Decimal(10), "target_high": Decimal(20), "lower_is_better": False}
    assert is_better(Decimal(30), Decimal(22), **ends) is True
    assert is_better(Decimal(8), Decimal(30), **ends) is False
    assert is_better(Decimal(12), Decimal(19), **ends) is None
    assert missed_by(Decimal(8), Decimal(10), Decimal(20), lower_is_better=True) == (2, 10)


def test_the_rule_is_said_in_words_for_every_kind_of_target() -> None:
    assert {rule_in_words(kind) for kind in TargetKind} == set(RULES.values())
    assert target_kind(None, None, "Improve from baseline") == TargetKind.WORDS
    assert target_kind(None) == TargetKind.NONE
    assert target_kind(Decimal(70), None, "year end target of 70%") == TargetKind.NUMBER
    assert target_kind(Decimal(10), Decimal(15)) == TargetKind.RANGE
    assert "a tenth of the target" in rule_in_words(TargetKind.NUMBER)
    assert "nearer end" in rule_in_words(TargetKind.RANGE)
    assert "in words" in rule_in_words(TargetKind.WORDS)


@pytest.mark.parametrize(
    ("latest", "before", "baseline", "target", "high", "lower", "found"),
    [
        (73, 14, 14, 90, None, False, []),
        (60, 65, 70, 90, None, False, [Concern.WORSE_THAN_BASELINE, Concern.AWAY_FROM_TARGET]),
        (91, 95, 80, 90, None, False, [Concern.MET_BUT_SLIPPING]),
        # 90% cannot be a stretch target where there was 92% already.
        (93, 92, 92, 90, None, False, [Concern.TARGET_EASIER]),
        (12, 10, 15, 8, None, True, [Concern.AWAY_FROM_TARGET]),
        (25, 22, 21, 10, 20, True, [Concern.WORSE_THAN_BASELINE, Concern.AWAY_FROM_TARGET]),
        (12, 18, 11, 10, 20, True, []),
        (60, 65, 70, None, None, False, [Concern.WORSE_THAN_BASELINE]),
        (60, None, None, 90, None, False, []),
    ],
)
def test_a_trend_the_wrong_way_is_said(
    latest: float,
    before: float | None,
    baseline: float | None,
    target: float | None,
    high: float | None,
    lower: bool,
    found: list[Concern],
) -> None:
    value = number(latest)
    assert value is not None
    assert concerns(
        value,
        number(before),
        baseline=number(baseline),
        target=number(target),
        target_high=number(high),
        lower_is_better=lower,
    ) == tuple(found)


@pytest.fixture
def measure(cast: Cast) -> Measure:
    return add_measure(cast.council, by=cast.lead, at=AT, name="Visits in time", unit="%", target=Decimal(90))


def a_reading(measure: Measure, cast: Cast, month: int, value: float, at: datetime = AT, **fields: Any) -> Reading:
    ends = date(2026, month + 1, 1) - timedelta(days=1)
    return add_reading(
        measure,
        by=cast.lead,
        at=at,
        **{"period_ends": ends, "kind": "month", "value": Decimal(str(value)), "period_printed": "", **fields},
    )


def test_a_measure_is_added_once_with_its_links(cast: Cast) -> None:
    links = {"plans": [cast.plan], "areas": [cast.area], "actions": [cast.action]}
    made = add_measure(cast.council, by=cast.lead, at=AT, name="Plans in time", **links)
    assert (list(made.plans.all()), list(made.areas.all()), list(made.actions.all())) == (
        [cast.plan],
        [cast.area],
        [cast.action],
    )
    assert Event.objects.get(what="measure.added").details["actions"] == [cast.action.pk]
    with pytest.raises(RefusedChange, match="of that name already") as refused:
        add_measure(cast.council, by=cast.lead, at=AT, name="Plans in time")
    assert refused.value.field == "name"


def test_a_change_keeps_who_and_when_and_what_it_was(measure: Measure, cast: Cast) -> None:
    assert change_measure(measure, by=cast.administrator, at=LATER, target=Decimal(80), plans=[cast.plan])
    measure.refresh_from_db()
    assert measure.target == 80
    assert list(measure.plans.all()) == [cast.plan]
    after, before = measure.history.order_by("-history_id")
    assert (before.target, after.target) == (90, 80)
    assert (after.history_user, after.history_date) == (cast.administrator, LATER)
    assert not change_measure(measure, by=cast.lead, at=LATER, target=Decimal(80), plans=[cast.plan])
    assert measure.history.count() == 2


def test_a_second_writer_is_told_of_the_first(measure: Measure, cast: Cast) -> None:
    opened = version_of(measure)
    change_measure(measure, by=cast.administrator, at=LATER, target=Decimal(80))
    with pytest.raises(MeasureChangedSince) as refused:
        change_measure(measure, by=cast.lead, at=LATER, expected_version=opened, target=Decimal(85))
    assert refused.value.entry.history_user == cast.administrator
    measure.refresh_from_db()
    assert measure.target == 80


def test_a_period_has_one_reading_of_a_kind(measure: Measure, cast: Cast) -> None:
    a_reading(measure, cast, 1, 70)
    a_reading(measure, cast, 1, 68, kind="year to date")
    with pytest.raises(RefusedChange, match="for this period already"):
        a_reading(measure, cast, 1, 71)
    second = a_reading(measure, cast, 2, 71)
    with pytest.raises(RefusedChange, match="for this period already"):
        correct_reading(second, by=cast.lead, at=LATER, note="Wrong month", period_ends=date(2026, 1, 31))
    assert measure.readings.count() == 3


def test_a_correction_needs_a_note_and_keeps_the_old_value(measure: Measure, cast: Cast) -> None:
    reading = a_reading(measure, cast, 1, 70)
    with pytest.raises(RefusedChange, match="Say why"):
        correct_reading(reading, by=cast.lead, at=LATER, note=" ", value=Decimal(60))
    assert correct_reading(reading, by=cast.lead, at=LATER, note="Agency staff left out", value=Decimal(60))
    assert not correct_reading(reading, by=cast.lead, at=LATER, note="Again", value=Decimal(60))
    (correction,) = corrections_of([reading], LATER)
    assert (correction.before.value, correction.after.value) == (70, 60)
    assert (correction.why, correction.after.history_user) == ("Agency staff left out", cast.lead)
    assert corrections_of([reading], AT) == []
    event = Event.objects.get(what="reading.corrected")
    assert event.details["note"] == "Agency staff left out"


def test_a_board_finds_what_it_was_shown(measure: Measure, cast: Cast) -> None:
    reading = a_reading(measure, cast, 1, 70)
    late = a_reading(measure, cast, 2, 72, at=LATER)
    correct_reading(reading, by=cast.lead, at=LATER, note="Recounted", value=Decimal(60))
    change_measure(measure, by=cast.lead, at=LATER, target=Decimal(65))

    def state_on(moment: datetime) -> Any:
        found = Measure.objects.prefetch_related("readings").get(pk=measure.pk)
        as_they_stood([found], moment)
        return found.target, [
            (row.pk, row.value) for row in state_of_measure(found, found.readings.all(), AT.date()).readings
        ]

    # A reading entered later is of a period that had ended: it shows as it was first entered.
    assert state_on(AT) == (90, [(reading.pk, 70), (late.pk, 72)])
    assert state_on(LATER) == (65, [(reading.pk, 60), (late.pk, 72)])


def test_what_stood_then_is_two_queries_for_any_number(cast: Cast) -> None:
    for place in range(5):
        made = add_measure(cast.council, by=cast.lead, at=AT, name=f"Measure {place}")
        a_reading(made, cast, 1, place)
    rows = list(Measure.objects.prefetch_related("readings"))
    with CaptureQueriesContext(connection) as captured:
        as_they_stood(rows, AT)
    assert len(captured) == 2


def test_the_chart_draws_year_to_date_where_there_is_nothing_else(measure: Measure, cast: Cast) -> None:
    for month in (1, 2):
        a_reading(measure, cast, month, 60 + month, kind="year to date")
    state = state_of_measure(measure, measure.readings.all(), LATER.date())
    assert [reading.value for reading in state.series] == [61, 62]
    assert state.year_to_date is None
    a_reading(measure, cast, 1, 64)
    state = state_of_measure(measure, measure.readings.all(), LATER.date())
    assert [reading.value for reading in state.series] == [64]
    assert state.year_to_date is not None
    assert state.year_to_date.value == 62
