"""The one definition of late. Lists, counts, charts, mails and papers use these expressions and no others.

Each takes the day that is asked about. ``due < day`` strictly: due today is not late. A month means its last
day, which is the date that is stored. Days are calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from plans.improvement_plan.rules import OPEN_STATUSES, Confidence, Status, Words

DUE_SOON_DAYS = 30
QUIET_DAYS = 60


class Timeliness(Words):
    """Where an action stands against its current date. Computed, never typed."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    ON_TIME = "on_time"
    NO_DATE = "no_date"
    COMPLETE = "complete"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"


def is_open() -> Q:
    """Neither complete, signed off nor withdrawn."""
    return Q(status__in=OPEN_STATUSES)


def overdue(day: date) -> Q:
    """Open, and its current date has passed."""
    return is_open() & Q(due_date__lt=day)


def late_against_first_agreed(day: date) -> Q:
    """Open, and the date first agreed has passed, however often it was extended since."""
    return is_open() & Q(first_due_date__lt=day)


def due_soon(day: date, within: int = DUE_SOON_DAYS) -> Q:
    """Open, not overdue, and due within so many days."""
    return is_open() & Q(due_date__gte=day, due_date__lte=day + timedelta(days=within))


def due_between(first: date, last: date) -> Q:
    """Open, and due from the one day to the other, both included."""
    return is_open() & Q(due_date__gte=first, due_date__lte=last)


def without_date() -> Q:
    """Open, with no date to be late against."""
    return is_open() & Q(due_date__isnull=True)


def slipped() -> Q:
    """Its current date is later than the date first agreed, done or not."""
    return Q(due_date__gt=F("first_due_date"))


def extension_pending() -> Q:
    """An extension was asked and not yet decided. It clears nothing."""
    return Q(asked_due_date__isnull=False)


def quiet(moment: datetime, days: int = QUIET_DAYS) -> Q:
    """Open, and nobody has reported for more than ``days`` days, or ever."""
    return is_open() & (Q(reported_at__lt=moment - timedelta(days=days)) | Q(reported_at__isnull=True))


def likely_to_miss(day: date) -> Q:
    """Open and not yet overdue, but forecast later than its date, or confidence is low."""
    return is_open() & Q(due_date__gte=day) & (Q(forecast_date__gt=F("due_date")) | Q(confidence=Confidence.LOW))


def with_timeliness(rows: QuerySet[Any], day: date, within: int = DUE_SOON_DAYS) -> QuerySet[Any]:
    """``rows`` with ``timeliness``, one of the words above, as at ``day``."""
    return rows.annotate(
        timeliness=Case(
            When(status=Status.COMPLETE, then=Value(Timeliness.COMPLETE.value)),
            When(status=Status.SIGNED_OFF, then=Value(Timeliness.SIGNED_OFF.value)),
            When(status=Status.WITHDRAWN, then=Value(Timeliness.WITHDRAWN.value)),
            When(without_date(), then=Value(Timeliness.NO_DATE.value)),
            When(overdue(day), then=Value(Timeliness.OVERDUE.value)),
            When(due_soon(day, within), then=Value(Timeliness.DUE_SOON.value)),
            default=Value(Timeliness.ON_TIME.value),
            output_field=CharField(),
        )
    )


def forecast_is_late(row: Any) -> bool:
    """Whether the owner expects to finish after the current date."""
    return bool(row.forecast_date and row.due_date and row.forecast_date > row.due_date)


@dataclass(frozen=True)
class Lateness:
    """The two clocks of one row: days past the current date, and past the date first agreed (0: not late)."""

    days: int
    days_first: int


def lateness(row: Any, day: date) -> Lateness:
    """Both clocks of a row that ``with_timeliness`` annotated; a row that is not open is not late."""
    if row.timeliness not in (Timeliness.OVERDUE, Timeliness.DUE_SOON, Timeliness.ON_TIME):
        return Lateness(0, 0)
    return Lateness(_days(row.due_date, day), _days(row.first_due_date, day))


def _days(due: date | None, day: date) -> int:
    return max((day - due).days, 0) if due else 0
