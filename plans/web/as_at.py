"""The day that a page is about: ``?as_at=2020-03-16``, or today where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone

from plans.documents.dates import Precision, read_typed_date, wording
from plans.improvement_plan.models import LONDON, end_of_day


@dataclass(frozen=True)
class AsAt:
    """``moment`` is None for today: the state now. ``error`` says what was wrong with the day that was typed."""

    day: date
    now: datetime
    moment: datetime | None
    typed: str
    error: str = ""

    @property
    def words(self) -> str:
        return wording(self.day, Precision.DAY)

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
        return f"?as_at={self.day.isoformat()}" if self.is_past else ""


def as_at_of(request: HttpRequest) -> AsAt:
    """The day of this request; today, with an error to show beside the field, where it is no usable day."""
    now = timezone.now()
    today = now.astimezone(LONDON).date()
    typed = request.GET.get("as_at", "").strip()
    if not typed:
        return AsAt(today, now, None, "")
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
