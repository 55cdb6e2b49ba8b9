"""The lists of the overdue page, their figures and their groups, for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, F, Min, Q, QuerySet, When, Window

from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import (
    due_soon,
    extension_pending,
    is_open,
    late_against_first_agreed,
    overdue,
    without_date,
)


class Shown(StrEnum):
    """A list of the overdue page. The page's opening sentence counts each of them."""

    OVERDUE = "overdue"
    FIRST = "first"
    DUE_SOON = "due_soon"
    NO_DATE = "no_date"
    PENDING = "pending"
    COMPLETE = "complete"
    SIGNED_OFF = "signed_off"
    ALL = "all"

    @property
    def clock(self) -> str:
        """The date by which the list is in order: the one first agreed, or the current one."""
        return "first_due_date" if self is Shown.FIRST else "due_date"


LATE = (Shown.OVERDUE, Shown.FIRST)


def listed(shown: Shown, day: date, late_by: int = 0) -> Q:
    """What stands in that list on ``day``: for the two late ones, late by more than ``late_by`` days."""
    match shown:
        case Shown.OVERDUE:
            return overdue(day - timedelta(days=late_by))
        case Shown.FIRST:
            return late_against_first_agreed(day - timedelta(days=late_by))
        case Shown.DUE_SOON:
            return due_soon(day)
        case Shown.NO_DATE:
            return without_date()
        case Shown.PENDING:
            return extension_pending()
        case Shown.COMPLETE:
            return Q(status=Status.COMPLETE)
        case Shown.SIGNED_OFF:
            return Q(status=Status.SIGNED_OFF)
        case Shown.ALL:
            return ~Q(status=Status.WITHDRAWN)


@dataclass(frozen=True)
class Figures:
    """Counts of a set of actions as at a day. ``all`` leaves withdrawn actions out."""

    all: int
    open: int
    overdue: int
    late_against_first: int
    due_soon: int
    without_date: int
    complete: int
    signed_off: int
    withdrawn: int
    without_owner: int
    extension_pending: int


def figures(rows: QuerySet[Any], day: date) -> Figures:
    """Count ``rows`` in one query."""
    return Figures(**rows.aggregate(**_counts(day)))


def figures_and_length(rows: QuerySet[Any], day: date, condition: Q) -> tuple[Figures, int]:
    """The figures of ``rows``, and how many of them are as ``condition`` says, in one query."""
    counted = rows.aggregate(length=Count("pk", filter=condition), **_counts(day))
    length = counted.pop("length")
    return Figures(**counted), length


def _counts(day: date) -> dict[str, Count]:
    def number(shown: Shown) -> Count:
        return Count("pk", filter=listed(shown, day))

    return {
        "all": number(Shown.ALL),
        "open": Count("pk", filter=is_open()),
        "overdue": number(Shown.OVERDUE),
        "late_against_first": number(Shown.FIRST),
        "due_soon": number(Shown.DUE_SOON),
        "without_date": number(Shown.NO_DATE),
        "complete": number(Shown.COMPLETE),
        "signed_off": number(Shown.SIGNED_OFF),
        "withdrawn": Count("pk", filter=Q(status=Status.WITHDRAWN)),
        "without_owner": Count("pk", filter=is_open() & Q(lead__isnull=True)),
        "extension_pending": number(Shown.PENDING),
    }


class GroupBy(StrEnum):
    """What a list can be grouped by."""

    AREA = "area"
    LEAD = "lead"
    ORGANISATION = "organisation"
    PLAN = "plan"

    @property
    def key(self) -> str:
        """The column whose value is the same in all rows of a group."""
        return "lead__organisation_id" if self is GroupBy.ORGANISATION else f"{self.value}_id"


@dataclass(frozen=True)
class Group:
    """The rows of a list that belong together. ``longest`` is the most days late by the list's clock, 0 for none."""

    heading: str
    count: int
    longest: int


GROUP_ORDER = (F("group_since").asc(nulls_last=True), F("group_key").asc(nulls_last=True))


def in_groups(rows: QuerySet[Any], by: GroupBy, shown: Shown) -> QuerySet[Any]:
    """``rows`` with what they are grouped by, over all pages of the list.

    ``GROUP_ORDER`` puts them in order: the group whose longest is latest comes first.
    """
    key = [F(by.key)]
    # The earliest date of an open action is the one that is late by most days.
    since = Min(Case(When(is_open(), then=F(shown.clock))))
    return rows.select_related("lead__organisation", "plan__organisation", "area").annotate(
        group_key=F(by.key),
        group_count=Window(Count("pk"), partition_by=key),
        group_since=Window(since, partition_by=key),
    )


def group_of(row: Any, by: GroupBy, day: date) -> Group:
    """The group that a row of ``in_groups`` stands in."""
    longest = max((day - row.group_since).days, 0) if row.group_since else 0
    return Group(_heading(row, by), row.group_count, longest)


def _heading(row: Any, by: GroupBy) -> str:
    if by == GroupBy.AREA:
        return f"{row.area.number}. {row.area.wording}" if row.area else "The councils’ own actions"
    if by == GroupBy.PLAN:
        return f"{row.plan.title}, {row.plan.organisation.name}"
    if row.lead is None:
        return "No owner"
    body = row.lead.organisation.name
    return body if by == GroupBy.ORGANISATION or body in row.lead_name else f"{row.lead_name}, {body}"
