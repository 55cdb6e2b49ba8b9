"""What is said of a measure, with links and tags: ``monitoring.measure_words`` as pages show it."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.monitoring import measure_words
from plans.monitoring.measure_words import SHORT_CONCERNS, Figure
from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState


def opening(measure: Measure, state: MeasureState) -> SafeString:
    """“From 14% to 73% since July 2019, against a target of 90%”: each figure leads to its reading."""
    said = measure_words.opening(measure, state)
    return format_html(said.pattern, *(_figure(part) if isinstance(part, Figure) else part for part in said.parts))


def _figure(figure: Figure) -> SafeString:
    strong = format_html("<strong>{}</strong>", figure.words)
    return format_html('<a href="#reading-{}">{}</a>', figure.reading.pk, strong) if figure.reading else strong


def concern_list(state: MeasureState) -> SafeString:
    """The concerns in a few words each, for a cell of a list."""
    return format_html_join(
        "", '<span class="app-secondary">{}</span>', ((SHORT_CONCERNS[concern],) for concern in state.concerns)
    )
