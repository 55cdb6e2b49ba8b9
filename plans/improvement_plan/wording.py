"""Counts, days and an action's dates in words: the same on every page and in every paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON

_ORDINALS = {1: "First extension", 2: "Second extension", 3: "Third extension", 4: "Fourth extension"}


def counted(number: int, one: str, many: str = "") -> str:
    """“1 action”, “3 actions”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed_words(words: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”; nothing of nothing."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sentence_case(text: str) -> str:
    """The text with a capital letter at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def shortened(text: str, most: int = 160) -> str:
    """The beginning of a text, up to a whole word; the action's own page has the rest."""
    return text if len(text) <= most else text[: most - 3].rsplit(" ", 1)[0] + " …"


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


def moved_words(times: int) -> str:
    """How often a date moved: “moved once”, “moved 3 times”, or nothing."""
    return {0: "", 1: "moved once", 2: "moved twice"}.get(times, f"moved {times} times")


def due_wording(action: Any) -> str:
    """The due date as it was written; never a day that nobody wrote."""
    return action.due_printed or wording(action.due_date, action.due_precision) or "No date"


def first_due_wording(action: Any) -> str:
    """The date first agreed as it was written."""
    return action.first_due_printed or wording(action.first_due_date, action.first_due_precision)


def extension_asked(action: Any) -> str:
    """“Third extension, to June 2020”."""
    nth = _ORDINALS.get(action.extensions + 1, f"Extension number {action.extensions + 1}")
    return f"{nth}, to {wording(action.asked_due_date, action.asked_due_precision)}"
