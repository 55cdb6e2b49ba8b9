"""The date trail: our one picture of slippage, the same small drawing everywhere, with its words beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.documents.dates import MONTHS, short_wording
from plans.improvement_plan.wording import sentence_case
from plans.papers.drawing import INK, LINE_GREY, Drawing, Look, on_paper

WIDTH, HEIGHT, MARGIN, MIDDLE, WORDS_AT = 240, 42, 24, 14, 39
RADIUS = 6
APART = 54  # what two labels need between them
ON_PAPER = on_paper(
    {
        "line": {"stroke": LINE_GREY, "stroke-width": "2"},
        "first": {"fill": "#ffffff", "stroke": INK, "stroke-width": "2"},
        "move": {"fill": "#8a8f91"},
        "due": {"fill": INK},
        "forecast": {"fill": "#ffffff", "stroke": INK, "stroke-width": "2", "stroke-dasharray": "3 2"},
        "today": {"stroke": "#a2260f", "stroke-width": "2"},
        "today-word": {"fill": "#a2260f"},
        "done": {"fill": "#00703c"},
    }
)


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


def trail_in_words(marks: Sequence[Mark]) -> str:
    """The trail as a sentence: what the picture shows, for everybody."""
    said = ", ".join(SAID[mark.kind].format(mark.words) for mark in marks)
    return f"{sentence_case(said)}." if said else ""


def date_trail(marks: Sequence[Mark], look: Look) -> str:
    """The picture; nothing where there is no date to show."""
    if not marks:
        return ""
    picture = Drawing(WIDTH, HEIGHT, look, trail_in_words(marks))
    first, last = min(mark.day for mark in marks), max(mark.day for mark in marks)
    picture.line("line", MARGIN, MIDDLE, WIDTH - MARGIN, MIDDLE)
    placed = [(mark, across(mark.day, first, last, MARGIN, WIDTH - MARGIN)) for mark in marks]
    for mark, x in placed:
        draw_mark(picture, mark, x, MIDDLE)
    for mark, x in _with_words(placed):
        picture.words("today-word" if mark.kind == "today" else "", x, WORDS_AT, _label(mark))
    return picture.svg()


def across(day: date, first: date, last: date, left: int, right: int) -> int:
    """Where a day stands between ``left`` and ``right``: time apart is room apart."""
    return left + round((day - first).days / max((last - first).days, 1) * (right - left))


def draw_mark(picture: Drawing, mark: Mark, x: int, y: int) -> None:
    """One mark of a trail whose line lies at the height ``y``."""
    if mark.kind == "today":
        picture.line("today", x, y - 12, x, y + 12)
    else:
        picture.circle("forecast" if mark.kind == "asked" else mark.kind, x, y, RADIUS)


def _with_words(placed: Sequence[tuple[Mark, int]]) -> list[tuple[Mark, int]]:
    """The marks that matter most, as many as their words have room; the sentence has them all."""
    order = ("first", "today", "done", "due", "asked", "forecast")
    found: list[tuple[Mark, int]] = []
    for mark, x in sorted((one for one in placed if one[0].kind in order), key=lambda one: order.index(one[0].kind)):
        if all(abs(x - other) >= APART for _, other in found):
            found.append((mark, x))
    return found


def _label(mark: Mark) -> str:
    month = f"{MONTHS[mark.day.month - 1][:3]} {mark.day.year % 100:02}"
    return {"asked": f"asks {month}", "today": f"{mark.day.day} {month}"}.get(mark.kind, month)
