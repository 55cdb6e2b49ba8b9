"""Counts and ages in words, the same on every page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plans.improvement_plan.wording import (
    counted,
    day_of,
    day_words,
    due_wording,
    first_due_wording,
    listed_words,
    moment_words,
    moved_words,
)

# Pages take these from here; papers have the same.
__all__ = ["ago", "counted", "day_of", "day_words", "due_parts", "moment_words", "moved_words", "what_changed"]


def ago(moment: datetime | None, now: datetime) -> str:
    """How long since, in whole London days: “today”, “yesterday”, “12 days ago”, “never”."""
    if moment is None:
        return "never"
    days = (day_of(now) - day_of(moment)).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")


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
    "withheld": "what is kept out of public papers",
}


def what_changed(before: Any, after: Any) -> str:
    """What differs between two states of an action, in words: “the lead and the date”."""
    names = [name for column, name in NAMES.items() if getattr(before, column) != getattr(after, column)]
    return listed_words(names) or "this action"
