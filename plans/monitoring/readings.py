"""Where a measure stands on a day: its readings up to then, the latest, its direction, its rating."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from plans.improvement_plan.rules import Rag
from plans.monitoring.models import Measure, Reading
from plans.monitoring.rules import Concern, TargetKind, concerns, is_better, measure_rag, target_kind

# What may be changed later, so that a page as at a day shows what it was then.
_OF_A_MEASURE = (
    "code", "name", "unit", "better", "baseline", "target", "target_high", "target_printed",
    "comparator", "comparator_value", "rag_printed",
)  # fmt: skip
_OF_A_READING = ("kind", "period_ends", "period_printed", "value", "note")


@dataclass(frozen=True)
class MeasureState:
    """``readings``: all by the day, oldest first. ``better``: whether the latest beats the one before it, if either."""

    readings: list[Reading]
    latest: Reading | None
    before: Reading | None
    start: Reading | None
    rag: Rag | None
    better: bool | None
    kind: TargetKind
    concerns: tuple[Concern, ...]

    @property
    def period_readings(self) -> list[Reading]:
        """Readings for single periods, in order."""
        return [reading for reading in self.readings if reading.kind == Reading.Kind.PERIOD]

    @property
    def series(self) -> list[Reading]:
        """What the chart draws: single periods, or year-to-date figures where there are no others."""
        return self.period_readings or self.readings

    @property
    def year_to_date(self) -> Reading | None:
        """The latest year-to-date figure, where the latest reading is not one."""
        found = [reading for reading in self.readings if reading.kind == Reading.Kind.YEAR_TO_DATE]
        return found[-1] if found and self.period_readings else None


def state_of_measure(measure: Measure, readings: Iterable[Reading], day: date) -> MeasureState:
    """The measure as at ``day``: readings of periods that had ended by then."""
    known = sorted(
        (reading for reading in readings if reading.period_ends <= day),
        key=lambda reading: (reading.period_ends, reading.kind),
    )
    periods = [reading for reading in known if reading.kind == Reading.Kind.PERIOD] or known
    latest = periods[-1] if periods else None
    before = periods[-2] if len(periods) > 1 else None
    lower = measure.better == Measure.Better.LOWER
    ends: dict[str, Any] = {"target": _exact(measure.target), "target_high": _exact(measure.target_high)}
    better = (
        is_better(before.value, latest.value, lower_is_better=lower, **ends) if latest and before is not None else None
    )
    return MeasureState(
        readings=known,
        latest=latest,
        before=before,
        start=periods[0] if len(periods) > 1 else None,
        rag=measure_rag(latest.value, **ends, lower_is_better=lower) if latest else None,
        better=better,
        kind=target_kind(**ends, printed=measure.target_printed),
        concerns=concerns(
            latest.value,
            before.value if before else None,
            baseline=_exact(measure.baseline),
            **ends,
            lower_is_better=lower,
        )
        if latest
        else (),
    )


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def as_they_stood(measures: Sequence[Measure], moment: datetime) -> None:
    """Set each measure, and its prefetched readings, to what was recorded of them by ``moment``.

    What was first entered later shows as it was first entered: a reading is known once its period has ended.
    The rows are to be shown, never saved. Two queries for any number of measures.
    """
    keys = [measure.pk for measure in measures]
    _overlay(measures, Measure.history.filter(id__in=keys), _OF_A_MEASURE, moment)
    readings = [reading for measure in measures for reading in measure.readings.all()]
    _overlay(readings, Reading.history.filter(measure_id__in=keys), _OF_A_READING, moment)


def _overlay(rows: Iterable[Any], entries: Any, names: Sequence[str], moment: datetime) -> None:
    then: dict[int, Any] = {}
    for entry in entries.order_by("history_id"):
        if entry.id not in then or entry.history_date <= moment:
            then[entry.id] = entry
    for row in rows:
        if entry := then.get(row.pk):
            for name in names:
                setattr(row, name, getattr(entry, name))


@dataclass(frozen=True)
class Correction:
    """A reading that was changed: what it said before and after, by whom, when and why."""

    before: Any
    after: Any

    @property
    def why(self) -> str:
        return self.after.history_change_reason or (self.after.note if self.after.note != self.before.note else "")


def corrections_of(readings: Iterable[Reading], moment: datetime) -> list[Correction]:
    """What had been changed by ``moment`` in readings after they were first entered, oldest first. One query."""
    keys = [reading.pk for reading in readings]
    entries = Reading.history.filter(id__in=keys, history_date__lte=moment).select_related("history_user")
    last: dict[int, Any] = {}
    found = []
    for entry in entries.order_by("history_id"):
        before = last.get(entry.id)
        if before and any(getattr(before, name) != getattr(entry, name) for name in _OF_A_READING if name != "note"):
            found.append(Correction(before, entry))
        last[entry.id] = entry
    return found
