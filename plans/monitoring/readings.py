"""Where a measure stands on a day: its readings up to then, the latest, its direction and its rating."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plans.improvement_plan.rules import Rag
from plans.monitoring.models import Measure, Reading
from plans.monitoring.rules import is_better, measure_rag


@dataclass(frozen=True)
class MeasureState:
    """``better``: whether the latest reading beats the one before it; None where it cannot be said."""

    readings: list[Reading]
    latest: Reading | None
    rag: Rag | None
    better: bool | None

    @property
    def period_readings(self) -> list[Reading]:
        """Readings for single periods, in order: what the chart draws."""
        return [reading for reading in self.readings if reading.kind == Reading.Kind.PERIOD]


def state_of_measure(measure: Measure, readings: Iterable[Reading], day: date) -> MeasureState:
    """The measure as at ``day``: readings of periods that had ended by then."""
    known = sorted(
        (reading for reading in readings if reading.period_ends <= day),
        key=lambda reading: (reading.period_ends, reading.kind),
    )
    periods = [reading for reading in known if reading.kind == Reading.Kind.PERIOD] or known
    latest = periods[-1] if periods else None
    lower = measure.better == Measure.Better.LOWER
    return MeasureState(
        readings=known,
        latest=latest,
        rag=measure_rag(latest.value, measure.target, lower_is_better=lower) if latest else None,
        better=is_better(periods[-2].value, periods[-1].value, lower_is_better=lower) if len(periods) > 1 else None,
    )
