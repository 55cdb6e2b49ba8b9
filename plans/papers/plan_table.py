"""The table of a plan's actions, in groups; and a list of actions of any plans as a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from plans.improvement_plan.models import LONDON, Action, Plan, PlanArea, end_of_day
from plans.improvement_plan.rag_key import Key, key_of
from plans.improvement_plan.rules import RAG_KEY, Status
from plans.improvement_plan.timeliness import Timeliness, with_timeliness
from plans.papers.brief import Brief, ChosenColumn
from plans.papers.columns import PLAN_COLUMNS, Column, PlanRow
from plans.papers.content import Paper, Row, Table
from plans.papers.rules import Grouping

OWN_ACTIONS = "The council’s own actions"
RATING, TIMELINESS = "reported_rag", "timeliness"
# The column that goes over all rows of a group.
OVER: dict[Grouping, str] = {Grouping.AREA: "area", Grouping.LEAD: "by_whom", Grouping.TIMELINESS: "timeliness"}


def actions_of(rows: Any, day: date) -> list[Any]:
    """``rows`` as a list in the order of the plan, with their timeliness; withdrawn ones left out."""
    kept = with_timeliness(rows, day).exclude(status=Status.WITHDRAWN)
    return list(
        kept.select_related("plan__organisation", "lead__organisation", "area").order_by("plan", "position", "id")
    )


def columns_for(brief: Brief, usual: Sequence[str]) -> tuple[ChosenColumn, ...]:
    """The columns that were chosen, or those that are usual, with timeliness beside an owner's rating.

    A rating never stands alone: green beside “Overdue” is seen for what it is.
    """
    chosen = brief.choices.columns or tuple(ChosenColumn(key) for key in usual)
    keys = [column.key for column in chosen]
    if RATING not in keys or TIMELINESS in keys:
        return chosen
    place = keys.index(RATING)
    return (*chosen[:place], ChosenColumn(TIMELINESS), *chosen[place:])


def action_table(
    brief: Brief,
    actions: Sequence[Any],
    columns: Sequence[ChosenColumn],
    *,
    caption: str,
    level: int = 2,
    empty: str = "There are no actions.",
) -> Table:
    """The actions of one plan, those of ``actions_of``, in the groups that the brief asks for."""
    grouping = brief.choices.grouping
    over = OVER.get(grouping, "")
    if grouping != Grouping.AREA:
        columns = [ChosenColumn("area_each_row", one.width) if one.key == "area" else one for one in columns]
    if over and over not in [column.key for column in columns] and grouping != Grouping.AREA:
        columns = [ChosenColumn(over), *columns]
    rows = [
        Row(
            tuple(
                (
                    None
                    if place and column.key == over
                    else PLAN_COLUMNS[column.key].cell(
                        row, rows=len(lines) if column.key == over else 1, public=brief.public
                    )
                )
                for column in columns
            )
        )
        for lines in _in_groups(brief, actions)
        for place, row in enumerate(lines)
    ]
    heads = tuple(PLAN_COLUMNS[one.key].head(one.width, spans=one.key == over) for one in columns)
    return Table(caption, heads, tuple(rows), level, empty)


class RowMaker:
    """Makes the row of any action of the brief's plan: its area by its place, and what is kept out of public papers."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.plan_areas = list(brief.plan.plan_areas.select_related("area").order_by("position", "id"))
        self._numbers = {place.area_id: number for number, place in enumerate(self.plan_areas, start=1)}
        self._marks = marks_now(brief)

    def __call__(self, action: Any) -> PlanRow:
        """The row of an action with its area."""
        return self.of(action, self._numbers.get(action.area_id), action.area.wording if action.area else OWN_ACTIONS)

    def of(self, action: Any, number: int | None, area: str) -> PlanRow:
        """The row of an action of that area."""
        marks = (
            frozenset((*action.withheld, *self._marks.get(action.action_pk, ()))) if self.brief.public else frozenset()
        )
        return PlanRow(action, number, area, self.brief.day, self.brief.plan, marks)


def marks_now(brief: Brief) -> dict[int, list[str]]:
    """What of each action is marked now as not for publication. With the marks of then, whichever says more."""
    if not brief.public:
        return {}
    return dict(Action.objects.filter(plan=brief.plan).exclude(withheld=[]).values_list("pk", "withheld"))


def listing(
    brief: Brief,
    rows: Sequence[PlanRow],
    columns: Sequence[Column],
    *,
    caption: str,
    level: int = 2,
    empty: str = "There are no actions.",
) -> Table:
    """The rows as they come, in no groups, with any columns; in a public paper without what is kept out of it."""
    cells = [Row(tuple(column.cell(row, public=brief.public) for column in columns)) for row in rows]
    return Table(caption, tuple(column.head(spans=False) for column in columns), tuple(cells), level, empty)


def _in_groups(brief: Brief, actions: Sequence[Any]) -> list[list[PlanRow]]:
    maker = RowMaker(brief)
    groups = group_by_area(actions, maker.plan_areas)
    rows = [maker.of(action, group.number, group.wording) for group in groups for action in group.actions]
    keys: dict[Grouping, Callable[[PlanRow], Any]] = {
        Grouping.AREA: lambda row: (row.area_number, row.area),
        Grouping.LEAD: lambda row: PLAN_COLUMNS["by_whom"].cell(row, public=brief.public).text,
        Grouping.TIMELINESS: lambda row: PLAN_COLUMNS["timeliness"].cell(row, public=brief.public).text,
    }
    key = keys.get(brief.choices.grouping)
    if key is None:
        return [[row] for row in rows]
    found: dict[Any, list[PlanRow]] = {}
    if brief.choices.grouping == Grouping.TIMELINESS:
        found = {word.label: [] for word in Timeliness}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    if brief.choices.grouping == Grouping.LEAD:
        found = dict(sorted(found.items(), key=lambda group: (group[0] == "No owner", group[0].casefold())))
    return [lines for lines in found.values() if lines]


def rating_key(brief: Brief, columns: Iterable[str]) -> tuple[str, ...]:
    """What an owner's rating means in this plan, where the columns have one."""
    return key_sentences({brief.plan.title: key_of(brief.plan, brief.moment)}, columns)


def key_sentences(keys: dict[str, Key], columns: Iterable[str]) -> tuple[str, ...]:
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


def selection_paper(
    rows: Any, *, day: date, made_by: str, made_at: datetime, columns: Sequence[str], selection: str = ""
) -> Paper:
    """Actions of any plans, a queryset as at ``day``, as one table, plan after plan. For use within the council."""
    actions = actions_of(rows, day)
    moment = end_of_day(day) if day < made_at.astimezone(LONDON).date() else None
    by_plan: dict[Plan, list[Any]] = {}
    for action in actions:
        by_plan.setdefault(action.plan, []).append(action)
    tables = []
    for plan, members in by_plan.items():
        brief = Brief(plan, day, moment, made_by, made_at)
        tables.append(action_table(brief, members, columns_for(brief, columns), caption="Actions"))
    heads = columns_for(Brief(Plan(), day, moment, made_by, made_at), columns)
    return Paper(
        organisation="",
        title="Actions",
        subtitle="Selected actions",
        blocks=(
            Table(
                "Actions",
                tuple(PLAN_COLUMNS[one.key].head() for one in heads),
                tuple(row for table in tables for row in table.rows),
            ),
        ),
        stamp=replace(
            Brief(Plan(), day, moment, made_by, made_at).stamp(
                len(actions), illustration=any(action.illustration for action in actions)
            ),
            selection=selection,
        ),
        key=key_sentences({plan.title: key_of(plan, moment) for plan in by_plan}, [column.key for column in heads]),
    )


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
