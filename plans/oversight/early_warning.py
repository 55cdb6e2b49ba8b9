"""What is likely to miss its date, told before it is overdue and with the reasons in words, on any day.

A row is a state of an action, now or as it was: both are asked by the same expressions. The record of a lead is
that of the same plan, so that everybody who reads the plan in full is told the same.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON, Update
from plans.improvement_plan.rules import Confidence, Status
from plans.improvement_plan.timeliness import (
    BEHIND_BY,
    OwnAction,
    forecast_is_late,
    missed_or_moved,
    quiet_for_its_plan,
    slipped,
    still_in_time,
)
from plans.improvement_plan.timeliness import (
    likely_to_miss as says_it_will_miss,
)

# A record tells something from two dates on that were not kept, if they are half of all.
LEAST_MISSED = 2
# A plan and a lead as one value, which both databases look up in a list.
OF_LEAD = Concat(Cast("plan_id", CharField()), Value("-"), Cast("lead_id", CharField()))
LEADS_RECORD = ("of this lead’s {} other dates", "of this lead’s other dates")
AREAS_RECORD = ("of the {} other dates for this area", "other dates for this area")


def likely_to_miss(rows: QuerySet[Any], day: date, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Those of ``rows`` that are open, not overdue on ``day``, and likely to miss their date.

    Likely: forecast later than due; of low confidence; behind (the share of the time that has gone against the
    share done); or at least half, and at least two, of the lead's other dates in the plan moved or were missed.
    ``among`` holds the states from which that record is told, ``rows`` included: ``rows`` where they are whole plans.
    """
    states = rows if among is None else among
    # The row itself is among the dated actions of its lead, and among those not kept where it moved.
    others, itself_moved = F("dated") - 1, slipped()
    kept_itself = _leads(states, day).filter(missed__gte=LEAST_MISSED, twice__gte=others)
    moved_itself = _leads(states, day).filter(missed__gt=LEAST_MISSED, twice__gte=others + 2)
    record = ~itself_moved & Q(of_lead__in=kept_itself.values("of_lead")) | itself_moved & Q(
        of_lead__in=moved_itself.values("of_lead")
    )
    return rows.alias(of_lead=OF_LEAD).filter(says_it_will_miss(day) | still_in_time(day) & record)


def _leads(states: QuerySet[Any], day: date) -> QuerySet[Any]:
    """Each lead of each plan, with how many dated actions it has and how many of them were not kept.

    Grouped once for all rows: asked for each row, it takes seconds where there are many thousands.
    """
    dated = states.filter(lead__isnull=False, due_date__isnull=False).exclude(status=Status.WITHDRAWN).order_by()
    counted = dated.annotate(of_lead=OF_LEAD).values("of_lead").annotate(**_counts(day))
    return counted.annotate(twice=F("missed") * 2)


def _counts(day: date) -> dict[str, Count]:
    return {"dated": Count("pk"), "missed": Count("pk", filter=missed_or_moved(day))}


def quiet(rows: QuerySet[Any], moment: datetime) -> QuerySet[Any]:
    """Those of ``rows`` that are open and had no update for longer than their plan allows, or never."""
    return rows.filter(quiet_for_its_plan(moment))


def with_signs(rows: QuerySet[Any], day: date, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """``rows`` with what ``reasons`` reads. Costly for thousands of rows: meant for those of one page."""
    states = rows if among is None else among
    first = Update.objects.filter(action_id=OwnAction(), sequence=1)
    counts = {
        f"{key}_{count}": Coalesce(Subquery(_others(states, key, day).values(count), output_field=IntegerField()), 0)
        for key in ("lead", "area")
        for count in ("dated", "missed")
    }
    return rows.annotate(added_at=Subquery(first.values("at")[:1]), quiet_after=F("plan__quiet_days"), **counts)


def _others(states: QuerySet[Any], key: str, day: date) -> QuerySet[Any]:
    """Of the outer row's plan, the other dated actions of the same lead or area: how many, and how many not kept."""
    same = states.filter(**{key: OuterRef(f"{key}_id")}, plan=OuterRef("plan_id"), due_date__isnull=False)
    own = {states.action_path: OwnAction()}  # type: ignore[attr-defined]
    return same.exclude(status=Status.WITHDRAWN).filter(~Q(**own)).order_by().values(key).annotate(**_counts(day))


def reasons(row: Any, day: date, *, of_its_lead: bool = True) -> list[str]:
    """Why a row of ``with_signs`` is likely to miss its date, in words; what decides comes first.

    ``of_its_lead``: whether the record of its lead may be told.

    After what decides comes what a reader weighs beside it: dates that moved, the area's record, silence.
    """
    said = [
        _forecast(row),
        "The owner has low confidence in the date" if row.confidence == Confidence.LOW else "",
        _behind(row, day),
        _record(row.lead_missed, row.lead_dated, *LEADS_RECORD) if row.lead_id and of_its_lead else "",
        _record(row.area_missed, row.area_dated, *AREAS_RECORD) if row.area_id else "",
        _moved(row),
        f"An extension to {wording(row.asked_due_date, row.asked_due_precision)} is asked for and not decided"
        if row.extension_pending
        else "",
        quiet_words(row, day) if _days_quiet(row, day) > row.quiet_after else "",
    ]
    return [reason for reason in said if reason]


def quiet_words(row: Any, day: date) -> str:
    """“No update for 73 days”."""
    if row.reported_at is None:
        return "Nobody has reported on it yet"
    days = _days_quiet(row, day)
    return f"No update for {days:,} day{'' if days == 1 else 's'}"


def _days_quiet(row: Any, day: date) -> int:
    at = row.reported_at or row.added_at
    return (day - at.astimezone(LONDON).date()).days


def _forecast(row: Any) -> str:
    if not forecast_is_late(row):
        return ""
    after = gap_words((row.forecast_date - row.due_date).days)
    return f"Forecast {wording(row.forecast_date, row.forecast_precision or Precision.DAY)}, {after} after it is due"


def gap_words(days: int) -> str:
    """A length of time as one would say it: “9 days”, “a month”, “5 months”, “2 years”."""
    if days < 28:
        return "a day" if days == 1 else f"{days} days"
    months = round(days / 30.44)
    if months < 24:
        return "a month" if months == 1 else f"{months} months"
    return f"{round(months / 12)} years"


def shares(row: Any, day: date) -> tuple[int, int] | None:
    """Per cent of the time that has gone since it was added, and per cent done; None where either is unknown."""
    if row.share_done is None or row.due_date is None:
        return None
    added = row.added_at.astimezone(LONDON).date()
    gone, lasts = (day - added).days, (row.due_date - added).days
    return (gone * 100 // lasts, row.share_done) if 0 < gone <= lasts else None


def _behind(row: Any, day: date) -> str:
    found = shares(row, day)
    if found is None or found[0] - found[1] < BEHIND_BY:
        return ""
    return f"{found[0]}% of the time has gone, {found[1]}% is done"


def _record(missed: int, dated: int, whose: str, all_of_them: str) -> str:
    """How many of the others were not kept, where that tells something."""
    if missed < LEAST_MISSED or missed * 2 < dated:
        return ""
    if missed == dated:
        return f"{'Both' if dated == 2 else f'All {dated}'} {all_of_them} moved or were missed"
    return f"{missed} {whose.format(dated)} moved or were missed"


def _moved(row: Any) -> str:
    if not row.extensions:
        return ""
    return f"Its own date has moved {({1: 'once', 2: 'twice'}).get(row.extensions, f'{row.extensions} times')} already"
