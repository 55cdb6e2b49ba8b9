"""A line chart of a measure's readings: plain SVG, with its table beside it on the page."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.documents.dates import short_wording
from plans.monitoring.models import Measure, Reading

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 400, 160, 40, 22, 120


def amount(measure: Measure, value: Decimal) -> str:
    """A value with its unit: “73%”, “4 days”."""
    number = f"{value.normalize():f}"
    return f"{number}{measure.unit}" if measure.unit in ("", "%") else f"{number} {measure.unit}"


def line_chart(measure: Measure, readings: list[Reading]) -> SafeString | str:
    """The chart; nothing where fewer than two readings would make no line."""
    if len(readings) < 2:
        return ""
    values = [reading.value for reading in readings] + ([measure.target] if measure.target is not None else [])
    low, high = min(values), max(values)
    spread = (high - low) or Decimal(1)

    def up(value: Decimal) -> int:
        return round(BOTTOM - float((value - low) / spread) * (BOTTOM - TOP))

    step = (WIDTH - 2 * LEFT) / (len(readings) - 1)
    points = [(round(LEFT + step * place), up(reading.value), reading) for place, reading in enumerate(readings)]
    line = " ".join(f"{x},{y}" for x, y, _ in points)
    dots = format_html_join(
        "",
        '<circle class="app-chart__point" cx="{}" cy="{}" r="5"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (
                x,
                y,
                x,
                y - 10,
                amount(measure, reading.value),
                x,
                BOTTOM + 24,
                short_wording(reading.period_ends, "month"),
            )
            for x, y, reading in points
        ),
    )
    target: SafeString | str = ""
    if measure.target is not None:
        y = up(measure.target)
        target = format_html(
            '<line class="app-chart__target" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">'
            "target {}</text>",
            LEFT,
            WIDTH - LEFT,
            y,
            y,
            WIDTH - LEFT,
            y - 6,
            amount(measure, measure.target),
        )
    said = ", ".join(
        f"{amount(measure, reading.value)} in {short_wording(reading.period_ends, 'month')}" for reading in readings
    )
    return format_html(
        '<svg class="app-chart" viewBox="0 0 {} {}" role="img"><title>{}: {}</title>'
        '<line class="app-chart__axis" x1="{}" x2="{}" y1="{}" y2="{}"/>{}'
        '<polyline class="app-chart__line" points="{}"/>{}</svg>',
        WIDTH,
        HEIGHT,
        measure.name,
        said,
        LEFT - 16,
        WIDTH - LEFT + 16,
        BOTTOM + 6,
        BOTTOM + 6,
        target,
        line,
        dots,
    )
