"""What moved between two moments, in numbers that add up and lists that are as long as their numbers.

Each action that exists at the later moment stands in one cell of the matrix: its state before (“new” where the plan
did not have it yet) and its state after. Actions never leave a plan, withdrawn ones included, so the cells sum to the
rows. A kind of movement is a set of cells, or of cells and a fact beside them; its count and its list come from that
one definition. Kinds overlap: an action may be completed and reworded. MOVED and UNCHANGED together are ALL, each
action once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from itertools import product
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from plans.improvement_plan.models import LONDON, StateQuerySet, end_of_day
from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.models import Meeting
from plans.oversight.movement_rows import BETWEEN, Fact, with_movement

Cell = tuple[str, str]

NEW = "new"
ROWS = "number_of_rows"
STATES: tuple[str, ...] = (
    Timeliness.ON_TIME,
    Timeliness.DUE_SOON,
    Timeliness.OVERDUE,
    Timeliness.NO_DATE,
    Timeliness.COMPLETE,
    Timeliness.SIGNED_OFF,
    Timeliness.WITHDRAWN,
)
STATES_BEFORE: tuple[str, ...] = (*STATES, NEW)
DONE = (Timeliness.COMPLETE, Timeliness.SIGNED_OFF)
OPEN = (Timeliness.ON_TIME, Timeliness.DUE_SOON, Timeliness.OVERDUE, Timeliness.NO_DATE)


@dataclass(frozen=True)
class Point:
    """One end of a period: whose states (``moment``; None is now), and the London day that lateness is told by."""

    day: date
    moment: datetime | None

    @classmethod
    def end_of(cls, day: date) -> Point:
        """A day means all that was recorded by its end."""
        return cls(day, end_of_day(day))

    @classmethod
    def at(cls, meeting: Meeting) -> Point:
        """A meeting means the instant at which it starts."""
        return cls(meeting.starts_at.astimezone(LONDON).date(), meeting.starts_at)


class Move(StrEnum):
    """A kind of movement."""

    COMPLETED = "completed"
    SIGNED_OFF = "signed_off"
    NEWLY_OVERDUE = "newly_overdue"
    NO_LONGER_OVERDUE = "no_longer_overdue"
    NOW_DUE_SOON = "now_due_soon"
    DATED = "dated"
    EXTENDED = "extended"
    BROUGHT_FORWARD = "brought_forward"
    FORECAST_WORSE = "forecast_worse"
    NEW = "new"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    REWORDED = "reworded"
    REASSIGNED = "reassigned"
    FELL = "fell"
    UNEXPLAINED = "unexplained"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    ALL = "all"


@dataclass(frozen=True)
class Part:
    """Actions in some cells; where a fact is named, only those of whom it is ``holds``."""

    cells: frozenset[Cell]
    fact: Fact | None = None
    holds: bool = True


# Better to worse. Coming nearer to its date is no fall, and neither is leaving the plan.
RANKS: dict[str, int] = {
    Timeliness.SIGNED_OFF: 3,
    Timeliness.COMPLETE: 2,
    Timeliness.ON_TIME: 1,
    Timeliness.DUE_SOON: 1,
    Timeliness.NO_DATE: 1,
    Timeliness.OVERDUE: 0,
}


def direction(cell: Cell) -> str:
    """“same”, “better” or “worse”; “” where a move is neither, as to withdrawn."""
    before, after = cell
    if before == after:
        return "same"
    ranks = RANKS.get(before), RANKS.get(after)
    if ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return ""
    return "better" if ranks[1] > ranks[0] else "worse"


def _but(states: Iterable[str], *left_out: str) -> tuple[str, ...]:
    return tuple(state for state in states if state not in left_out)


def _cells(before: Iterable[str], after: Iterable[str]) -> frozenset[Cell]:
    return frozenset((str(was), str(now)) for was, now in product(before, after))


EVERY = _cells(STATES_BEFORE, STATES)
SAME = frozenset(cell for cell in EVERY if direction(cell) == "same")
FALLS = frozenset(cell for cell in EVERY if direction(cell) == "worse")

# The kinds without a fact are sums of cells; those with one say what else happened to an action, whatever its cell.
PARTS: dict[Move, tuple[Part, ...]] = {
    Move.COMPLETED: (Part(_cells(_but(STATES_BEFORE, *DONE), DONE)),),
    Move.SIGNED_OFF: (Part(_cells(_but(STATES_BEFORE, Timeliness.SIGNED_OFF), [Timeliness.SIGNED_OFF])),),
    Move.NEWLY_OVERDUE: (Part(_cells(_but(STATES_BEFORE, Timeliness.OVERDUE), [Timeliness.OVERDUE])),),
    Move.NO_LONGER_OVERDUE: (Part(_cells([Timeliness.OVERDUE], _but(OPEN, Timeliness.OVERDUE))),),
    Move.NOW_DUE_SOON: (Part(_cells([Timeliness.ON_TIME], [Timeliness.DUE_SOON])),),
    Move.DATED: (Part(_cells([Timeliness.NO_DATE], _but(OPEN, Timeliness.NO_DATE))),),
    Move.EXTENDED: (Part(EVERY, Fact.EXTENDED),),
    Move.BROUGHT_FORWARD: (Part(EVERY, Fact.BROUGHT_FORWARD),),
    Move.FORECAST_WORSE: (Part(EVERY, Fact.FORECAST_WORSE),),
    Move.NEW: (Part(_cells([NEW], STATES)),),
    Move.REOPENED: (Part(_cells(DONE, OPEN)),),
    Move.WITHDRAWN: (Part(_cells(_but(STATES_BEFORE, Timeliness.WITHDRAWN), [Timeliness.WITHDRAWN])),),
    Move.REINSTATED: (Part(_cells([Timeliness.WITHDRAWN], _but(STATES, Timeliness.WITHDRAWN))),),
    Move.REWORDED: (Part(EVERY, Fact.REWORDED),),
    Move.REASSIGNED: (Part(EVERY, Fact.REASSIGNED),),
    Move.FELL: (Part(FALLS),),
    Move.UNEXPLAINED: (Part(FALLS, Fact.EXPLAINED, holds=False),),
    Move.MOVED: (Part(EVERY - SAME), Part(SAME, Fact.CHANGED)),
    Move.UNCHANGED: (Part(SAME, Fact.CHANGED, holds=False),),
    Move.ALL: (Part(EVERY),),
}


@dataclass(frozen=True)
class Matrix:
    """How many actions went from which state to which. What has no entry in ``counts`` is none."""

    counts: Mapping[Cell, int]

    def row_total(self, before: str) -> int:
        return sum(count for cell, count in self.counts.items() if cell[0] == before)

    def column_total(self, after: str) -> int:
        return sum(count for cell, count in self.counts.items() if cell[1] == after)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def rows(self) -> list[str]:
        """The states before that any action had, in the order of STATES_BEFORE."""
        return [state for state in STATES_BEFORE if self.row_total(state)]

    @property
    def columns(self) -> list[str]:
        """The states after that any action has."""
        return [state for state in STATES if self.column_total(state)]


@dataclass(frozen=True)
class Movement:
    """What moved from ``since`` to ``until`` among ``rows``: one query has counted it, each list is another.

    ``tallies`` has, of each cell, the number of its actions and of how many of them each Fact holds.
    """

    since: Point
    until: Point
    rows: QuerySet[Any]
    tallies: Mapping[Cell, Mapping[str, int]]

    @cached_property
    def matrix(self) -> Matrix:
        return Matrix({cell: tally[ROWS] for cell, tally in self.tallies.items()})

    @cached_property
    def counts(self) -> dict[Move, int]:
        """How many actions are of each kind."""
        return {move: self.count_behind(move) for move in Move}

    def count_behind(self, move: Move = Move.ALL, before: str = "", after: str = "") -> int:
        """The length of ``behind``, without a query."""
        return sum(_counted(part, self.tallies) for part in _parts(move, before, after))

    def behind(self, move: Move = Move.ALL, before: str = "", after: str = "") -> QuerySet[Any]:
        """The states after of the actions behind a number: of a kind, of a cell, of a row or column of the matrix.

        Each has ``cell`` (see ``cell_of``) and whether each Fact holds of it under the fact's own name.
        """
        wanted = Q()
        for part in _parts(move, before, after):
            one = Q(cell__in=[_written(cell) for cell in sorted(part.cells)])
            if part.fact:
                one &= Q(**{part.fact.value: part.holds})
            wanted |= one
        return self.rows.filter(wanted)


def _parts(move: Move, before: str, after: str) -> list[Part]:
    cells = _cells([before] if before else STATES_BEFORE, [after] if after else STATES)
    return [replace(part, cells=part.cells & cells) for part in PARTS[move]]


def worst_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of ``Movement.rows``: falls before all else, what got better last, each in the order of its plan."""
    ranks = [
        When(cell__in=[_written(cell) for cell in sorted(EVERY) if direction(cell) == word], then=Value(rank))
        for word, rank in (("worse", 0), ("better", 2))
    ]
    order = Case(*ranks, default=Value(1), output_field=IntegerField())
    return rows.order_by(order, "plan_id", "position", "pk")


def _written(cell: Cell) -> str:
    return f"{cell[0]}{BETWEEN}{cell[1]}"


def is_of(row: Any, move: Move) -> bool:
    """Whether a row of ``Movement.rows`` is of a kind: the rule by which ``behind`` finds it, without a query."""
    cell = cell_of(row)
    return any(
        cell in part.cells and (part.fact is None or bool(getattr(row, part.fact.value)) == part.holds)
        for part in PARTS[move]
    )


def cell_of(row: Any) -> Cell:
    """The cell of a row of ``Movement.rows``."""
    return _read(row.cell)


def _read(written: str) -> Cell:
    before, _, after = written.partition(BETWEEN)
    return before, after


def movement(rows: StateQuerySet, since: Point, until: Point) -> Movement:
    """Count what moved among ``rows``, in one query.

    ``rows`` are the states that hold at ``until``: ``Action.objects.as_at(until.moment).visible_to(user)``, narrowed
    as one likes. Who sees an action sees it at every moment, so what it was before needs no second permission.
    Raises ValueError where ``since`` names no moment.
    """
    if since.moment is None:
        raise ValueError("A period begins at a moment.")
    moved = with_movement(rows, since.moment, since.day, until.moment, until.day, absent=NEW)
    tallies = {fact.tally: Count("pk", filter=Q(**{fact.value: True})) for fact in Fact}
    found = moved.order_by().values("cell").annotate(**{ROWS: Count("pk")}, **tallies)
    return Movement(since, until, moved, {_read(row.pop("cell")): row for row in found})


def _counted(part: Part, tallies: Mapping[Cell, Mapping[str, int]]) -> int:
    total = 0
    for cell in part.cells & tallies.keys():
        tally = tallies[cell]
        if part.fact is None:
            total += tally[ROWS]
        else:
            holding = tally[part.fact.tally]
            total += holding if part.holds else tally[ROWS] - holding
    return total
