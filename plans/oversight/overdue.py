"""The lists of the overdue page, their figures and their groups, for any day."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.db.models import BooleanField, Case, Count, F, Func, Max, Min, Q, QuerySet, When, Window

from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import OPEN_STATUSES, Status
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
OPEN_LISTS = (*LATE, Shown.DUE_SOON, Shown.NO_DATE)


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


@dataclass(frozen=True, kw_only=True)
class ListFigures:
    """How many rows each list of the overdue page has. ``all`` leaves withdrawn actions out."""

    all: int
    overdue: int
    late_against_first: int
    due_soon: int
    without_date: int
    complete: int
    signed_off: int
    extension_pending: int


@dataclass(frozen=True, kw_only=True)
class Figures(ListFigures):
    """Counts of a set of actions as at a day."""

    open: int
    withdrawn: int
    without_owner: int


def figures(rows: QuerySet[Any], day: date) -> Figures:
    """Count ``rows`` in one query."""
    beside = {
        "open": is_open(),
        "withdrawn": Q(status=Status.WITHDRAWN),
        "without_owner": is_open() & Q(lead__isnull=True),
    }
    return Figures(**rows.aggregate(**_counted(_lists(day) | beside)))


# Among more rows than these, which only somebody sees who reads many councils’ plans, numbers are “more than …”.
MOST_COUNTED = 10_000
_OPEN_NUMBERS = ("overdue", "late_against_first", "due_soon", "without_date")
# For how many seconds the numbers of so many rows on a past day are kept.
KEPT_FOR = 600


class _OpenByIndex(Func):
    """As ``is_open``, with the statuses in the SQL itself: by that SQLite knows the indexes of open rows alone.

    For lists over every council: for those of a few plans it would read all that is open instead of those plans.
    """

    output_field = BooleanField()
    template = "%(expressions)s IN ('" + "', '".join(OPEN_STATUSES) + "')"

    def __init__(self) -> None:
        super().__init__(F("status"))


def from_every_council(rows: QuerySet[Any], shown: Shown) -> QuerySet[Any]:
    """The rows of a list that are taken from every council’s plans, found by the index of what is open."""
    return rows.filter(_OpenByIndex()) if shown in OPEN_LISTS else rows


class MoreThanCounted(int):
    """A number beyond ``MOST_COUNTED``, of which nobody counted the rest. Written, it says so."""

    def __new__(cls) -> MoreThanCounted:
        return super().__new__(cls, MOST_COUNTED + 1)

    def __str__(self) -> str:
        return f"more than {MOST_COUNTED:,}"

    def __format__(self, spec: str) -> str:
        return str(self)


def figures_and_length(
    rows: QuerySet[Any], day: date, condition: Q, *, of_open: bool = False
) -> tuple[ListFigures, int]:
    """The figures of ``rows``, and how many of them are as ``condition`` says (``of_open``: open ones alone).

    One query, and exact, for up to ``MOST_COUNTED`` rows; beyond those each number that is as large is
    ``MoreThanCounted``, so that it takes no longer however many there are. On a past day they are exact, and kept.
    """
    asked = {"length": condition, **_lists(day)}
    first = rows.order_by()[: MOST_COUNTED + 1].aggregate(rows=Count("pk"), **_counted(asked))
    if first.pop("rows") <= MOST_COUNTED:
        counted = first
    elif rows.model is Action:
        counted = _bounded(rows, asked, {*_OPEN_NUMBERS, *(["length"] if of_open else [])})
    else:
        counted = _kept(rows, asked)
    length = counted.pop("length")
    return ListFigures(**counted), length


def _bounded(rows: QuerySet[Any], asked: Mapping[str, Q], of_open: Set[str]) -> dict[str, int]:
    """Each number counted by itself, from the index of its rows, as far as ``MOST_COUNTED``; in one query."""
    parts: list[str] = []
    parameters: list[Any] = []
    connection = connections[rows.db]
    for name, condition in asked.items():
        by_index = Q(_OpenByIndex()) if name in of_open else Q()
        limited = rows.filter(condition, by_index).order_by().values("pk")[: MOST_COUNTED + 1]
        sql, given = limited.query.get_compiler(connection=connection).as_sql()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        numbers = cursor.fetchone()
    pairs = zip(asked, numbers, strict=True)
    return {name: number if number <= MOST_COUNTED else MoreThanCounted() for name, number in pairs}


def _kept(rows: QuerySet[Any], asked: Mapping[str, Q]) -> dict[str, int]:
    """The numbers of a past day, counted once: it does not change, save by rows that were recorded for it since."""
    # What counts is the whole question, whose answer also says who asks.
    last = Action.objects.aggregate(last=Max("pk"))["last"]
    question = f"{rows.order_by().values('pk').query} {sorted(asked.items(), key=str)} {last}"
    key = f"figures-{sha256(question.encode()).hexdigest()}"
    counted = cache.get_or_set(key, lambda: rows.aggregate(**_counted(asked)), KEPT_FOR) or {}
    return dict(counted)


def _counted(asked: Mapping[str, Q]) -> dict[str, Count]:
    return {name: Count("pk", filter=condition) for name, condition in asked.items()}


def _lists(day: date) -> dict[str, Q]:
    return {
        "all": listed(Shown.ALL, day),
        "overdue": listed(Shown.OVERDUE, day),
        "late_against_first": listed(Shown.FIRST, day),
        "due_soon": listed(Shown.DUE_SOON, day),
        "without_date": listed(Shown.NO_DATE, day),
        "complete": listed(Shown.COMPLETE, day),
        "signed_off": listed(Shown.SIGNED_OFF, day),
        "extension_pending": listed(Shown.PENDING, day),
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
