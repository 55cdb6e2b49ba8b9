"""The one definition of late. Lists, counts, charts, mails and papers use these expressions and no others.

Each takes the day that is asked about. ``due < day`` strictly: due today is not late. A month means its last
day, which is the date that is stored. Days are calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import ResolvedOuterRef
from django.db.models.functions import Cast, TruncDate

from plans.improvement_plan.models import LONDON, Update
from plans.improvement_plan.rules import OPEN_STATUSES, Confidence, Kind, Status, Words

DUE_SOON_DAYS = 30
QUIET_DAYS = 60
BEHIND_BY = 30  # points between the share of the time that has gone and the share that is done


class _ResolvedOwnAction(ResolvedOuterRef):
    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        named = ResolvedOuterRef("action_id" if query.model is Update else "pk")
        return named.resolve_expression(query, *args, **kwargs)


class OwnAction(OuterRef):
    """Within a subquery: the id of the action that the outer row is a state of, on ``Action`` and ``Update`` alike."""

    def __init__(self) -> None:
        super().__init__("pk")

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        return _ResolvedOwnAction("pk")


class DayNumber(Func):
    """A date as a whole number: the difference of two is the number of days between them."""

    output_field = IntegerField()
    template = "(%(expressions)s - DATE '2000-01-01')"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(julianday(%(expressions)s) AS INTEGER)", **extra)


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


def quiet_for_its_plan(moment: datetime) -> Q:
    """As ``quiet``, by the number of days that each action's own plan allows."""
    allowed = ExpressionWrapper(
        Cast("plan__quiet_days", IntegerField()) * Value(timedelta(days=1), DurationField()),
        output_field=DurationField(),
    )
    since = ExpressionWrapper(Value(moment, DateTimeField()) - allowed, output_field=DateTimeField())
    return is_open() & (Q(reported_at__lt=since) | Q(reported_at__isnull=True))


def likely_to_miss(day: date) -> Q:
    """Open and not yet overdue, but forecast later than its date, of low confidence, or behind.

    What the action says of itself; ``oversight.early_warning.likely_to_miss`` adds the record of its lead.
    """
    says_so = Q(forecast_date__gt=F("due_date")) | Q(confidence=Confidence.LOW) | behind(day)
    return still_in_time(day) & says_so


def still_in_time(day: date) -> Q:
    """Open, with a date that has not passed."""
    return is_open() & Q(due_date__gte=day)


def behind(day: date) -> Q:
    """At least ``BEHIND_BY`` points less is done, as the owner puts it, than time has gone since it was added."""
    added = TruncDate("at", tzinfo=LONDON)
    gone = DayNumber(Value(day, DateField())) - DayNumber(added)
    lasts = DayNumber(OuterRef("due_date")) - DayNumber(added)
    short = Update.objects.filter(action_id=OwnAction(), sequence=1).annotate(
        gone=ExpressionWrapper(gone * 100, output_field=IntegerField()),
        expected=ExpressionWrapper((OuterRef("share_done") + BEHIND_BY) * lasts, output_field=IntegerField()),
    )
    return Q(share_done__isnull=False) & Q(Exists(short.filter(gone__gt=0, gone__gte=F("expected"))))


def ended_late() -> Q:
    """Complete or signed off, and reported complete after its date. Unknown, and so not late, where imported done."""
    due = OuterRef("due_date")
    # The day in London costs far more than the instant, which settles nearly all.
    after = (
        Update.objects.filter(action_id=OwnAction(), kind=Kind.COMPLETED, at__lte=OuterRef("reported_at"))
        .filter(at__gt=Cast(due, DateTimeField()))
        .annotate(on=TruncDate("at", tzinfo=LONDON))
        .filter(on__gt=due)
    )
    return Q(status__in=(Status.COMPLETE, Status.SIGNED_OFF)) & Q(Exists(after))


def missed_or_moved(day: date) -> Q:
    """It had a date that it did not keep: moved to a later one, passed while open, or ended late."""
    return Q(due_date__isnull=False) & (slipped() | overdue(day) | ended_late())


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
