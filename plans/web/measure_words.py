"""What is said of a measure: its opening sentence, its distances, and what a reader should ask about."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plans.documents.dates import Precision, wording
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import MeasureState
from plans.monitoring.rules import Concern, missed_by
from plans.web.chart import amount, plain_number, target_amount

SHORT_CONCERNS = {
    Concern.WORSE_THAN_BASELINE: "Worse than the baseline",
    Concern.AWAY_FROM_TARGET: "Moving away from the target",
    Concern.MET_BUT_SLIPPING: "Met, but slipping",
    Concern.TARGET_EASIER: "Target easier than the baseline",
}


def period_of(reading: Reading) -> str:
    """The period as somebody called it, or the day that it ends on."""
    return reading.period_printed or wording(reading.period_ends, Precision.DAY)


def opening(measure: Measure, state: MeasureState) -> SafeString:
    """“From 14% to 73% since July 2019, against a target of 90%”: each figure leads to its reading."""
    if state.latest is None:
        return mark_safe("No reading yet")
    latest = _figure(measure, state.latest)
    if state.start is not None:
        said = format_html(
            "From {} to {} since {} (latest: {})",
            _figure(measure, state.start),
            latest,
            period_of(state.start),
            period_of(state.latest),
        )
    elif measure.baseline is not None:
        baseline = amount(measure, measure.baseline)
        said = format_html("From a baseline of {} to {} for {}", baseline, latest, period_of(state.latest))
    else:
        said = format_html("{} for {}", latest, period_of(state.latest))
    return format_html("{}{}", said, _against(measure))


def _figure(measure: Measure, reading: Reading) -> SafeString:
    return format_html('<a href="#reading-{}"><strong>{}</strong></a>', reading.pk, amount(measure, reading.value))


def _against(measure: Measure) -> SafeString:
    if measure.target is not None:
        return format_html(", against a target of <strong>{}</strong>", target_amount(measure))
    if measure.target_printed:
        return format_html(", against “{}”", measure.target_printed)
    return mark_safe("; no target is set")


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


def concern_list(state: MeasureState) -> SafeString:
    """The concerns in a few words each, for a cell of a list."""
    return format_html_join(
        "", '<span class="app-secondary">{}</span>', ((SHORT_CONCERNS[concern],) for concern in state.concerns)
    )
