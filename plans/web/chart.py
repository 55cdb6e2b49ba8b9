"""A measure's line chart as pages show it: coloured by their style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

from plans.monitoring.models import Measure, Reading
from plans.papers.drawing import by_class
from plans.papers.drawing_measure import line_chart as drawn_line_chart

LOOK = by_class("app-chart")


def line_chart(measure: Measure, readings: Sequence[Reading]) -> SafeString:
    """The chart; nothing where fewer than two readings would make no line."""
    return mark_safe(drawn_line_chart(measure, readings, LOOK))  # its words are escaped
