"""Counts and ages in words, the same on every page."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON
from plans.papers.columns import due_wording, first_due_wording


def counted(number: int, one: str, many: str = "") -> str:
    """“1 action”, “3 actions”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day_of(moment: datetime) -> date:
    """The London day of a moment."""
    return moment.astimezone(LONDON).date()


def day_words(day: date | None) -> str:
    """“16 March 2020”, or nothing."""
    return wording(day, Precision.DAY) if day else ""


def moment_words(moment: datetime) -> str:
    """“16 March 2020 at 9:05”; the day alone where the record begins with it, as imported history does."""
    local = moment.astimezone(LONDON)
    if local.time() == time():
        return wording(local.date(), Precision.DAY)
    return f"{wording(local.date(), Precision.DAY)} at {local.hour}:{local:%M}"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long since, in whole London days: “today”, “yesterday”, “12 days ago”, “never”."""
    if moment is None:
        return "never"
    days = (day_of(now) - day_of(moment)).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")


def moved_words(times: int) -> str:
    """How often a date moved: “moved once”, “moved 3 times”, or nothing."""
    return {0: "", 1: "moved once", 2: "moved twice"}.get(times, f"moved {times} times")


def due_parts(action: Any) -> tuple[str, str, str]:
    """The due date as written; the date first agreed where it differs; how often it moved."""
    first = first_due_wording(action)
    return (
        due_wording(action),
        first if action.due_date != action.first_due_date else "",
        moved_words(action.extensions),
    )


NAMES = {
    "area_id": "the area",
    "reference": "the reference",
    "wording": "the action",
    "lead_id": "the lead",
    "support": "the supporting posts",
    "status": "the status",
    "due_date": "the date",
    "asked_due_date": "the extension asked",
    "forecast_date": "the forecast",
    "confidence": "the confidence",
    "reported_rag": "the rating",
    "share_done": "how much is done",
    "delay_reason": "the reason for delay",
    "next_step": "the next step",
    "progress": "the progress",
    "published": "the mark for public papers",
}


def what_changed(before: Any, after: Any) -> str:
    """What differs between two states of an action, in words: “the lead and the date”."""
    names = [name for column, name in NAMES.items() if getattr(before, column) != getattr(after, column)]
    if not names:
        return "this action"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
