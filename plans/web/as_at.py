"""The day that a page is about: ``?as_at=2020-03-16``, or today where nothing is said.

A meeting's pages are about its instant: ``?as_at=2020-03-16T10:00``, London time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone

from plans.documents.dates import Precision, read_typed_date, wording
from plans.improvement_plan.models import LONDON, end_of_day

FIRST_YEAR = 1900
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True)
class AsAt:
    """``moment`` is None for today: the state now. ``error`` says what was wrong with the day that was typed.

    ``at_an_instant``: the moment is a time of that day, not its end.
    """

    day: date
    now: datetime
    moment: datetime | None
    typed: str
    error: str = ""
    at_an_instant: bool = False

    @property
    def words(self) -> str:
        day = wording(self.day, Precision.DAY)
        if not self.at_an_instant or self.moment is None:
            return day
        local = self.moment.astimezone(LONDON)
        return f"{day} at {local.hour}:{local:%M}"

    @property
    def day_words(self) -> str:
        """The day alone, as the field for another day shows it."""
        return wording(self.day, Precision.DAY)

    @property
    def value(self) -> str:
        """The day or the instant as an address has it."""
        if self.at_an_instant and self.moment is not None:
            return f"{self.moment.astimezone(LONDON):%Y-%m-%dT%H:%M}"
        return self.day.isoformat()

    @property
    def note(self) -> str:
        """What a page of the past is made of."""
        when = "then" if self.at_an_instant else "at the end of that day"
        return f"Actions as they stood {when}; titles, boards and areas are today’s."

    @property
    def is_past(self) -> bool:
        return self.moment is not None

    @property
    def instant(self) -> datetime:
        """The moment to measure ages against."""
        return self.moment or self.now

    @property
    def query(self) -> str:
        """What links to other pages carry, so that they stay on the same day."""
        return f"?as_at={self.value}" if self.is_past else ""


def as_at_of(request: HttpRequest, name: str = "as_at") -> AsAt:
    """The day of this request; today, with an error to show beside the field, where it is no usable day.

    ``name`` is the parameter that says it, for a page that is about two days.
    """
    now = timezone.now()
    today = now.astimezone(LONDON).date()
    typed = request.GET.get(name, "").strip()
    if not typed:
        return AsAt(today, now, None, "")
    if _INSTANT.fullmatch(typed):
        return _at_an_instant(typed, now, today)
    try:
        read = read_typed_date(typed)
    except ValueError:
        read = None
    if read is None or read.precision != Precision.DAY or read.last_day is None:
        return AsAt(today, now, None, typed, "Enter a day, like 16 March 2020 or 2020-03-16")
    if read.last_day > today:
        return AsAt(today, now, None, typed, "Enter today’s date or an earlier one")
    if read.last_day == today:
        return AsAt(today, now, None, typed)
    return AsAt(read.last_day, now, end_of_day(read.last_day), typed)


def as_at_words(moment: datetime | None) -> str:
    """The moment that a paper is about: the day that it is the end of, or its day and time."""
    if moment is None:
        return ""
    local = moment.astimezone(LONDON)
    day = wording(local.date(), Precision.DAY)
    return day if moment == end_of_day(local.date()) else f"{day} at {local.hour}:{local:%M}"


def at_meeting(starts_at: datetime, now: datetime) -> AsAt:
    """What a meeting's pages are about: its instant once that has come, and until then what holds now."""
    local = starts_at.astimezone(LONDON)
    if starts_at > now:
        return AsAt(now.astimezone(LONDON).date(), now, None, "")
    return AsAt(local.date(), now, starts_at, f"{local:%Y-%m-%dT%H:%M}", at_an_instant=True)


def _at_an_instant(typed: str, now: datetime, today: date) -> AsAt:
    try:
        moment = datetime.fromisoformat(typed.replace(" ", "T")).replace(tzinfo=LONDON)
    except ValueError:
        return AsAt(today, now, None, typed, "Enter a day and a time, like 2020-03-16T10:00")
    if moment.year < FIRST_YEAR:
        return AsAt(today, now, None, typed, f"Enter a day after the year {FIRST_YEAR}")
    if moment > now:
        return AsAt(today, now, None, typed, "Enter today’s date or an earlier one")
    return AsAt(moment.date(), now, moment, typed, at_an_instant=True)
