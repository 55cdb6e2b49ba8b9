"""The date trail: our one picture of slippage, the same small SVG everywhere, with its words beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.documents.dates import MONTHS, short_wording

WIDTH, HEIGHT, MARGIN, MIDDLE, WORDS_AT = 240, 42, 24, 14, 39
RADIUS = 6
APART = 54  # what two labels need between them


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
            Mark(
                "first",
                action.first_due_date,
                short_wording(action.first_due_date, action.first_due_precision),
            )
        )
    marks += [Mark("move", moved, short_wording(moved, precision)) for moved, precision in moves]
    if action.due_date and action.due_date != action.first_due_date:
        marks.append(Mark("due", action.due_date, short_wording(action.due_date, action.due_precision)))
    if action.forecast_date and not done_on:
        marks.append(
            Mark(
                "forecast",
                action.forecast_date,
                short_wording(action.forecast_date, action.forecast_precision),
            )
        )
    if action.asked_due_date:
        marks.append(
            Mark(
                "asked",
                action.asked_due_date,
                short_wording(action.asked_due_date, action.asked_due_precision),
            )
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
        '<svg class="app-trail" viewBox="0 0 {} {}" role="img" focusable="false">'
        "<title>{}</title>"
        '<line class="app-trail__line" x1="{}" x2="{}" y1="{}" y2="{}"/>{}{}</svg>',
        WIDTH,
        HEIGHT,
        in_words(marks),
        MARGIN,
        WIDTH - MARGIN,
        MIDDLE,
        MIDDLE,
        shapes,
        _labels([(mark, across(mark.day)) for mark in marks]),
    )


def _labels(placed: list[tuple[Mark, int]]) -> SafeString:
    """Words under the marks that matter most, as many as have room; the sentence has them all."""
    order = ("first", "today", "done", "due", "asked", "forecast")
    taken: list[int] = []
    labels = []
    for mark, x in sorted((one for one in placed if one[0].kind in order), key=lambda one: order.index(one[0].kind)):
        if all(abs(x - other) >= APART for other in taken):
            taken.append(x)
            word_class = "app-trail__today-word" if mark.kind == "today" else ""
            labels.append((word_class, x, WORDS_AT, _label(mark)))
    return format_html_join("", '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>', labels)


def _label(mark: Mark) -> str:
    month = f"{MONTHS[mark.day.month - 1][:3]} {mark.day.year % 100:02}"
    return {"asked": f"asks {month}", "today": f"{mark.day.day} {month}"}.get(mark.kind, month)


def _shape(mark: Mark, x: int) -> SafeString:
    if mark.kind == "today":
        return format_html('<line class="app-trail__today" x1="{}" x2="{}" y1="2" y2="26"/>', x, x)
    kind = "forecast" if mark.kind == "asked" else mark.kind
    return format_html('<circle class="app-trail__{}" cx="{}" cy="{}" r="{}"/>', kind, x, MIDDLE, RADIUS)
