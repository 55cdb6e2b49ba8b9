"""The lists of the overdue page, their figures and their groups, for any day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Case, Count, DateField, F, Func, Max, Min, OrderBy, Q, QuerySet, When, Window

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


# Among more rows than these, which only somebody sees who reads many councils’ plans, numbers are “more than …”: the
# length of the list shown counts as far as its pages go, the figures beside it only so far.
MOST_COUNTED = 10_000
MOST_BESIDE = 1_000
_OPEN_NUMBERS = ("overdue", "late_against_first", "due_soon", "without_date")
# So many rows are counted in these that a few are soon found wherever one looks.
_COMMON = ("all", "signed_off")
# Answers a question that was answered before, by its key; otherwise asks it.
Keep = Callable[[str, Callable[[], Any]], Any]


class _OpenByIndex(Func):
    """As ``is_open``, with the statuses in the SQL itself: by that SQLite knows the indexes of open rows alone.

    For lists over every council: for those of a few plans it would read all that is open instead of those plans.
    """

    output_field = BooleanField()
    template = "%(expressions)s IN ('" + "', '".join(OPEN_STATUSES) + "')"

    def __init__(self) -> None:
        super().__init__(F("status"))


class _WithoutIndex(Func):
    """A date as it is, by which PostgreSQL knows no index."""

    output_field = DateField()
    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="(%(expressions)s + 0)", **extra)


def among_few_plans(order: Iterable[Any]) -> list[Any]:
    """The same order, for rows of a few plans: PostgreSQL would else read every council's by the index of a date's
    order, in the hope of finding enough of these plans' soon."""
    clocks = {clock: OrderBy(_WithoutIndex(F(clock))) for clock in {shown.clock for shown in Shown}}
    clocks |= {f"-{clock}": OrderBy(_WithoutIndex(F(clock)), descending=True) for clock in clocks}
    return [clocks.get(each, each) if isinstance(each, str) else each for each in order]


def _open_by_index(condition: Q) -> Q:
    """``condition`` with ``_OpenByIndex`` wherever it says ``is_open``: no row is read to see whether it is."""
    of_open = is_open().children[0]
    children = [
        _open_by_index(each) if isinstance(each, Q) else _OpenByIndex() if each == of_open else each
        for each in condition.children
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def from_every_council(rows: QuerySet[Any], shown: Shown) -> QuerySet[Any]:
    """The rows of a list that are taken from every council’s plans, found by the index of what is open."""
    return rows.filter(_OpenByIndex()) if shown in OPEN_LISTS else rows


class MoreThanCounted(int):
    """A number of which nobody counted more than ``counted``. Written, it says so."""

    def __new__(cls, counted: int) -> MoreThanCounted:
        return super().__new__(cls, counted + 1)

    def __str__(self) -> str:
        return f"more than {self - 1:,}"

    def __format__(self, spec: str) -> str:
        return str(self)


def figures_and_length(
    rows: QuerySet[Any], day: date, condition: Q, *, keep: Keep, of_open: bool = False
) -> tuple[ListFigures, int]:
    """The figures of ``rows``, and how many of them are as ``condition`` says (``of_open``: open ones alone).

    One query, and exact, for up to ``MOST_COUNTED`` rows; beyond those each number that is as large is
    ``MoreThanCounted``, so that it takes no longer however many there are. On a past day they are exact, and
    ``keep`` may answer for them: they do not change, save by rows that were recorded for that day since.
    """
    asked = {"length": condition, **_lists(day)}
    if rows.model is Action and not rows.query.where and rows.order_by("pk").values("pk")[MOST_COUNTED:].exists():
        # All there are, by somebody who sees every council: nothing has to be read to know that they are too many.
        return _figures_and_length(_bounded(rows, asked, of_open=of_open))
    first = rows.order_by()[: MOST_COUNTED + 1].aggregate(rows=Count("pk"), **_counted(asked))
    if first.pop("rows") <= MOST_COUNTED:
        counted = first
    elif rows.model is Action:
        counted = _bounded(rows, asked, of_open=of_open)
    else:
        question = question_of(rows.order_by().values("pk"), sorted(asked.items(), key=str))
        counted = dict(keep(question, lambda: rows.aggregate(**_counted(asked))))
    return _figures_and_length(counted)


def _figures_and_length(counted: dict[str, int]) -> tuple[ListFigures, int]:
    length = counted.pop("length")
    return ListFigures(**counted), length


def _bounded(rows: QuerySet[Any], asked: Mapping[str, Q], *, of_open: bool) -> dict[str, int]:
    """Each number counted by itself, from the index of its rows, as far as is needed; in one query."""
    own = next((name for name in asked if name != "length" and asked[name] == asked["length"]), None)
    most = {name: MOST_COUNTED if name == "length" else MOST_BESIDE for name in asked if name != own}
    parts: list[str] = []
    parameters: list[Any] = []
    connection = connections[rows.db]
    for name, counted in most.items():
        by_index = name in _OPEN_NUMBERS or (name == "length" and of_open)
        condition = _open_by_index(asked[name]) if by_index else asked[name]
        # In the order of the index, without which PostgreSQL reads the table from its start in the hope of enough.
        order = "first_due_date" if "late_against_first" in (name, own if name == "length" else "") else "due_date"
        ordered = () if name in _COMMON else (order,)
        limited = rows.filter(condition).order_by(*ordered).values("pk")[: counted + 1]
        sql, given = limited.query.get_compiler(connection=connection).as_sql()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        parameters += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        numbers = cursor.fetchone()
    found = {
        name: number if number <= most[name] else MoreThanCounted(most[name])
        for name, number in zip(most, numbers, strict=True)
    }
    return found | ({own: found["length"]} if own else {})


def question_of(rows: QuerySet[Any], asked: object) -> str:
    """What is asked, and of whose rows, as one key."""
    last = Action.objects.aggregate(last=Max("pk"))["last"]
    return f"overdue-{sha256(f'{rows.query} {asked} {last}'.encode()).hexdigest()}"


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
