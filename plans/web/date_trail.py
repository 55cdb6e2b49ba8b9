"""The date trail: our one picture of slippage, the same small SVG everywhere, with its words beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.documents.dates import short_wording

WIDTH, MARGIN, MIDDLE = 200, 14, 14
RADIUS = 5


@dataclass(frozen=True)
class Mark:
    """A point of the trail: what it is, the day it stands for, and the day as written."""

    kind: str  # first, move, due, forecast, asked, today, done
    day: date
    words: str


def marks_of(
    action: Any, day: date, *, moves: Iterable[tuple[date, str]] = (), done_on: date | None = None
) -> list[Mark]:
    """First agreed, each move, the current date, the forecast, a date that is asked for, the day, completion."""
    marks = []
    if action.first_due_date:
        marks.append(
            Mark("first", action.first_due_date, short_wording(action.first_due_date, action.first_due_precision))
        )
    marks += [Mark("move", moved, short_wording(moved, precision)) for moved, precision in moves]
    if action.due_date and action.due_date != action.first_due_date:
        marks.append(Mark("due", action.due_date, short_wording(action.due_date, action.due_precision)))
    if action.forecast_date and not done_on:
        marks.append(
            Mark("forecast", action.forecast_date, short_wording(action.forecast_date, action.forecast_precision))
        )
    if action.asked_due_date:
        marks.append(
            Mark("asked", action.asked_due_date, short_wording(action.asked_due_date, action.asked_due_precision))
        )
    if done_on:
        marks.append(Mark("done", done_on, short_wording(done_on, "day")))
    elif marks:
        marks.append(Mark("today", day, short_wording(day, "day")))
    return marks


SAID = {
    "first": "first agreed {}",
    "move": "moved to {}",
    "due": "now due {}",
    "forecast": "forecast {}",
    "asked": "extension asked to {}",
    "today": "as at {}",
    "done": "done {}",
}


def in_words(marks: list[Mark]) -> str:
    """The trail as a sentence: what the picture shows, for everybody."""
    said = ", ".join(SAID[mark.kind].format(mark.words) for mark in marks)
    return said[:1].upper() + said[1:] + "." if said else ""


def date_trail(marks: list[Mark]) -> SafeString | str:
    """The picture; nothing where there is no date to show."""
    if not marks:
        return ""
    first, last = min(mark.day for mark in marks), max(mark.day for mark in marks)
    span = max((last - first).days, 1)

    def across(day: date) -> int:
        return MARGIN + round((day - first).days / span * (WIDTH - 2 * MARGIN))

    shapes = format_html_join("", "{}", ((_shape(mark, across(mark.day)),) for mark in marks))
    return format_html(
        '<svg class="app-trail" viewBox="0 0 {} 28" role="img" focusable="false">'
        "<title>{}</title>"
        '<line class="app-trail__line" x1="{}" x2="{}" y1="{}" y2="{}"/>{}</svg>',
        WIDTH,
        in_words(marks),
        MARGIN,
        WIDTH - MARGIN,
        MIDDLE,
        MIDDLE,
        shapes,
    )


def _shape(mark: Mark, x: int) -> SafeString:
    if mark.kind == "today":
        return format_html('<line class="app-trail__today" x1="{}" x2="{}" y1="3" y2="25"/>', x, x)
    if mark.kind == "done":
        return format_html('<circle class="app-trail__done" cx="{}" cy="{}" r="{}"/>', x, MIDDLE, RADIUS)
    kind = "forecast" if mark.kind == "asked" else mark.kind
    return format_html('<circle class="app-trail__{}" cx="{}" cy="{}" r="{}"/>', kind, x, MIDDLE, RADIUS)
