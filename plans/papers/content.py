"""One content tree for every format: what a paper says, in order, with nothing of how it looks in a format.

Builders turn a queryset of actions (now or as at any day) into a tree; ``word`` and ``csv`` only render it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from plans.documents.dates import wording
from plans.improvement_plan.models import LONDON, Plan, PlanArea, end_of_day
from plans.improvement_plan.rag_key import Key, key_of
from plans.improvement_plan.rules import RAG_KEY, Status
from plans.improvement_plan.timeliness import with_timeliness
from plans.papers.columns import PLAN_COLUMNS, Column, PlanRow

OWN_ACTIONS = "The council’s own actions"
RATING, TIMELINESS = "reported_rag", "timeliness"
KEY_HEADING = "What the ratings mean"


@dataclass(frozen=True)
class Cell:
    """Text as printed; ``value`` is the same as a date or a number where it is one. ``rows``: how many it spans."""

    text: str
    value: date | int | None = None
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """One cell a column; None where the cell above continues."""

    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Stamp:
    """What the paper was made from: printed on every paper."""

    as_at: str
    rows: int
    selection: str
    made_by: str
    made_on: str
    illustration: bool

    def sentences(self) -> list[str]:
        """The stamp as a reader sees it."""
        counted = "1 action" if self.rows == 1 else f"{self.rows} actions"
        said = [f"As at {self.as_at}. {counted}{f', {self.selection}' if self.selection else ''}."]
        said.append(f"Made by {self.made_by} on {self.made_on}.")
        said.append("For use within the council. Not for publication.")
        if self.illustration:
            said.append("Some of the progress shown is an illustration: it was made up and is not the council’s.")
        return said


@dataclass(frozen=True)
class Paper:
    """Title, where it belongs, its tables, the stamp; ``key``: what the ratings in a table mean, in sentences."""

    organisation: str
    title: str
    subtitle: str
    tables: tuple[Table, ...]
    stamp: Stamp
    key: tuple[str, ...] = ()

    def content_hash(self) -> str:
        """SHA-256 of what the paper says, whatever the format."""

        def plain(value: Any) -> Any:
            return value.isoformat() if isinstance(value, date) else str(value)

        tree = asdict(self)
        for table, source in zip(tree["tables"], self.tables, strict=True):
            table["columns"] = [column.key for column in source.columns]
        return hashlib.sha256(json.dumps(tree, sort_keys=True, default=plain).encode()).hexdigest()


def plan_paper(
    plan: Plan,
    rows: Any,
    *,
    day: date,
    made_by: str,
    made_at: datetime,
    columns: Sequence[str],
    selection: str = "",
) -> Paper:
    """The plan as a paper: its actions grouped by area, in the order of the paper it came from.

    ``rows`` is a queryset of actions of the plan as at ``day``; ``columns`` are keys of ``PLAN_COLUMNS``.
    Withdrawn actions are left out.
    """
    actions = _actions(rows, day)
    columns = _rating_beside_timeliness(columns)
    lines = _lines(plan, actions, day, columns)
    return Paper(
        organisation=plan.organisation.paper_name,
        title=plan.title,
        subtitle="Improvement plan",
        tables=(_table(f"{plan.title}: actions by area", columns, lines),),
        stamp=_stamp(actions, day, made_by, made_at, selection),
        key=_key({plan.title: key_of(plan, _moment(day, made_at))}, columns),
    )


def selection_paper(
    rows: Any, *, day: date, made_by: str, made_at: datetime, columns: Sequence[str], selection: str = ""
) -> Paper:
    """Actions of any plans as one table, plan after plan. Arguments as for ``plan_paper``."""
    actions = _actions(rows, day)
    by_plan: dict[Plan, list[Any]] = {}
    for action in actions:
        by_plan.setdefault(action.plan, []).append(action)
    columns = _rating_beside_timeliness(columns)
    lines = [line for plan, members in by_plan.items() for line in _lines(plan, members, day, columns)]
    return Paper(
        organisation="",
        title="Actions",
        subtitle="Selected actions",
        tables=(_table("Actions", columns, lines),),
        stamp=_stamp(actions, day, made_by, made_at, selection),
        key=_key({plan.title: key_of(plan, _moment(day, made_at)) for plan in by_plan}, columns),
    )


def _moment(day: date, made_at: datetime) -> datetime | None:
    """The moment that a paper as at ``day`` is about; None for the day on which it is made."""
    return end_of_day(day) if day < made_at.astimezone(LONDON).date() else None


def _rating_beside_timeliness(columns: Sequence[str]) -> Sequence[str]:
    """An owner's rating never stands alone: green beside “Overdue” is seen for what it is."""
    if RATING not in columns or TIMELINESS in columns:
        return columns
    place = columns.index(RATING)
    return (*columns[:place], TIMELINESS, *columns[place:])


def _key(keys: dict[str, Key], columns: Sequence[str]) -> tuple[str, ...]:
    """What an owner's rating means, where the columns have one: a sentence for all plans, or one for each."""
    if RATING not in columns:
        return ()
    common = set(keys.values())
    if len(common) <= 1:
        said = [f"Owner’s rating: {_meanings(next(iter(common), RAG_KEY))}."]
    else:
        said = [f"Owner’s rating in {title}: {_meanings(key)}." for title, key in keys.items()]
    return (*said, "Timeliness is worked out from dates and is not typed: an owner may rate green what is overdue.")


def _meanings(key: Key) -> str:
    return "; ".join(f"{word.label.lower()}, {meaning}" for word, meaning in key)


def _actions(rows: Any, day: date) -> list[Any]:
    kept = with_timeliness(rows, day).exclude(status=Status.WITHDRAWN)
    return list(
        kept.select_related("plan__organisation", "lead__organisation", "area").order_by("plan", "position", "id")
    )


def _lines(plan: Plan, actions: list[Any], day: date, columns: Sequence[str]) -> list[Row]:
    chosen = [PLAN_COLUMNS[key] for key in columns]
    groups = group_by_area(actions, plan.plan_areas.select_related("area").order_by("position", "id"))
    return [
        Row(
            tuple(
                _cell(column, PlanRow(action, group.number, group.wording, day, plan), place, len(group.actions))
                for column in chosen
            )
        )
        for group in groups
        for place, action in enumerate(group.actions)
    ]


def _table(caption: str, columns: Sequence[str], lines: Sequence[Row]) -> Table:
    return Table(caption, tuple(PLAN_COLUMNS[key] for key in columns), tuple(lines))


def _stamp(actions: list[Any], day: date, made_by: str, made_at: datetime, selection: str) -> Stamp:
    local = made_at.astimezone(LONDON)
    return Stamp(
        as_at=wording(day, "day"),
        rows=len(actions),
        selection=selection,
        made_by=made_by,
        made_on=f"{wording(local.date(), 'day')} at {local:%H:%M}",
        illustration=any(action.illustration for action in actions),
    )


def _cell(column: Column, line: PlanRow, place: int, of: int) -> Cell | None:
    if column.spans:
        return Cell(column.text(line), rows=of) if place == 0 else None
    return Cell(column.text(line), column.value(line) if column.value else None)


@dataclass(frozen=True)
class AreaGroup:
    """An area with its actions. ``number`` is its place in the plan; None for the council's own actions."""

    number: int | None
    wording: str
    actions: list[Any]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.wording}" if self.number else self.wording


def group_by_area(actions: Sequence[Any], plan_areas: Iterable[PlanArea]) -> list[AreaGroup]:
    """Actions under their areas, areas numbered by their place in the plan, the council's own actions last.

    Areas without an action are left out and keep their number.
    """
    by_area: dict[int | None, list[Any]] = {}
    for action in actions:
        by_area.setdefault(action.area_id, []).append(action)
    own = by_area.pop(None, [])
    groups, place = [], 0
    for place, row in enumerate(plan_areas, start=1):
        if row.area_id in by_area:
            groups.append(AreaGroup(place, row.area.wording, by_area.pop(row.area_id)))
    outside = enumerate(by_area.values(), start=place + 1)
    groups += [AreaGroup(number, members[0].area.wording, members) for number, members in outside]
    return groups + ([AreaGroup(None, OWN_ACTIONS, own)] if own else [])
