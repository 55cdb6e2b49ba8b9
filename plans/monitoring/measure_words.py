"""What is said of a measure, in words: amounts, where it stands, its trend, what a reader should ask about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plans.documents.dates import Precision, short_wording, wording
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import MeasureState
from plans.monitoring.rules import Concern, missed_by

BEFORE_NUMBER = ("£", "€", "$")


def amount(measure: Measure, value: Decimal) -> str:
    """A value with its unit: “73%”, “4 days”, “£1,200”."""
    number = plain_number(value)
    if measure.unit in BEFORE_NUMBER:
        return f"{measure.unit}{number}".replace(f"{measure.unit}-", f"-{measure.unit}")
    return f"{number}{measure.unit}" if measure.unit in ("", "%") else f"{number} {measure.unit}"


def plain_number(value: Decimal) -> str:
    """“63.1”, “1,200”: no zeros that say nothing."""
    return f"{Decimal(value).normalize():,f}"


def target_amount(measure: Measure) -> str:
    """The target as a number or a range with its unit: “70%”, “14 to 17 days”; nothing without a number."""
    if measure.target is None:
        return ""
    if measure.target_high is None:
        return amount(measure, measure.target)
    low = amount(measure, measure.target) if measure.unit in BEFORE_NUMBER else plain_number(measure.target)
    return f"{low} to {amount(measure, measure.target_high)}"


SHORT_CONCERNS = {
    Concern.WORSE_THAN_BASELINE: "Worse than the baseline",
    Concern.AWAY_FROM_TARGET: "Moving away from the target",
    Concern.MET_BUT_SLIPPING: "Met, but slipping",
    Concern.TARGET_EASIER: "Target easier than the baseline",
}


def period_of(reading: Reading) -> str:
    """The period as somebody called it, or the day that it ends on."""
    return reading.period_printed or wording(reading.period_ends, Precision.DAY)


@dataclass(frozen=True)
class Figure:
    """A number of a sentence; ``reading`` is the one that it is, if it is one."""

    words: str
    reading: Reading | None = None


@dataclass(frozen=True)
class Opening:
    """A sentence with a “{}” for each of its ``parts``: figures, and words that somebody typed."""

    pattern: str
    parts: tuple[Figure | str, ...] = ()

    def __str__(self) -> str:
        return self.pattern.format(*(part if isinstance(part, str) else part.words for part in self.parts))


def opening(measure: Measure, state: MeasureState) -> Opening:
    """“From 14% to 73% since July 2019, against a target of 90%”, without its full stop."""
    if state.latest is None:
        return Opening("{}", ("No reading yet",))
    latest = Figure(amount(measure, state.latest.value), state.latest)
    period = period_of(state.latest)
    if state.start is not None:
        first = Figure(amount(measure, state.start.value), state.start)
        said = Opening("From {} to {} since {} (latest: {})", (first, latest, period_of(state.start), period))
    elif measure.baseline is not None:
        said = Opening("From a baseline of {} to {} for {}", (amount(measure, measure.baseline), latest, period))
    else:
        said = Opening("{} for {}", (latest, period))
    if measure.target is not None:
        return Opening(f"{said.pattern}, against a target of {{}}", (*said.parts, Figure(target_amount(measure))))
    if measure.target_printed:
        return Opening(f"{said.pattern}, against “{{}}”", (*said.parts, measure.target_printed))
    return Opening(f"{said.pattern}; no target is set", said.parts)


def distance_words(measure: Measure, value: Decimal, other: Decimal) -> str:
    """How far a value is from another: “59 percentage points higher than”; “the same as”."""
    if value == other:
        return "the same as"
    apart = abs(Decimal(value) - Decimal(other))
    if measure.unit == "%":
        said = f"{plain_number(apart)} percentage point{'' if apart == 1 else 's'}"
    else:
        said = amount(measure, apart)
    return f"{said} {'higher' if value > other else 'lower'} than"


def missed_words(measure: Measure, state: MeasureState) -> str:
    """“Missed by 6.9 percentage points”, “Met”; nothing where no number can be compared."""
    if state.latest is None or measure.target is None:
        return ""
    lower = measure.better == Measure.Better.LOWER
    missed, end = missed_by(state.latest.value, measure.target, measure.target_high, lower_is_better=lower)
    if missed == 0:
        return "Met"
    return f"Missed by {distance_words(measure, end + missed, end).rsplit(' ', 2)[0]}"


def concern_words(measure: Measure, state: MeasureState) -> list[str]:
    """A sentence for each of the state's concerns, with its figures."""
    if state.latest is None:
        return []
    latest = amount(measure, state.latest.value)
    before = f"{amount(measure, state.before.value)} to {latest}" if state.before else ""
    baseline = amount(measure, measure.baseline) if measure.baseline is not None else ""
    target = target_amount(measure)
    sentences = {
        Concern.WORSE_THAN_BASELINE: f"Worse than the baseline: {latest} against {baseline}.",
        Concern.AWAY_FROM_TARGET: f"Moving away from the target of {target}: {before} since the reading before.",
        Concern.MET_BUT_SLIPPING: f"The target is met, but the trend goes the wrong way: {before}.",
        Concern.TARGET_EASIER: f"The target of {target} asks for less than the baseline of {baseline}.",
    }
    return [sentences[concern] for concern in state.concerns]


def trend_words(state: MeasureState) -> str:
    """Which way it goes, against the reading before."""
    if state.better is None:
        return "No change to show"
    return "Getting better" if state.better else "Getting worse"


def series_in_words(measure: Measure, readings: Sequence[Reading]) -> str:
    """What the chart shows, for those who do not see it; the table has every reading."""
    first, last = (
        f"{amount(measure, reading.value)} in {short_wording(reading.period_ends, 'month')}"
        for reading in (readings[0], readings[-1])
    )
    said = [f"{measure.name}: {len(readings)} readings, from {first} to {last}"]
    if measure.target is not None:
        said.append(f"target {target_amount(measure)}")
    if measure.baseline is not None:
        said.append(f"baseline {amount(measure, measure.baseline)}")
    if measure.comparator_value is not None:
        said.append(f"{measure.comparator} {amount(measure, measure.comparator_value)}")
    return "; ".join(said)
