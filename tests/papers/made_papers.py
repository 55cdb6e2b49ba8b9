"""Papers made without a database, from areas with their actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.content import Cell, Paper, Row, Stamp, Table
from plans.papers.kinds.catalogue import paper_for
from plans.papers.rules import Kind

# An area with its actions: wording, by whom, by when.
Group = tuple[str, Sequence[tuple[str, str, str]]]

STAMP = Stamp("14 April 2026", 0, "", "Lena Lead", "14 April 2026 at 09:05", illustration=False)
LAST_DAY = date(2027, 3, 31)


def a_paper(plan: Sequence[Group], columns: Sequence[str], title: str = "Improvement plan") -> Paper:
    """A paper with these columns; what the plan does not say is the same in every row."""
    rows = []
    for number, (area, actions) in enumerate(plan, start=1):
        for place, (action, who, when) in enumerate(actions, start=1):
            cells = {
                "area": Cell(area, rows=len(actions)) if place == 1 else None,
                "area_each_row": Cell(area),
                "area_number": Cell(str(number), number),
                "reference": Cell(f"{number}.{place}"),
                "wording": Cell(action),
                "by_whom": Cell(who),
                "by_when": Cell(when),
                "status": Cell("In progress"),
                "reported_on": Cell("14 April 2026", date(2026, 4, 14)),
                "forecast": Cell("March 2027", LAST_DAY),
                "extensions": Cell("0", 0),
            }
            rows.append(Row(tuple(cells.get(key, Cell("")) for key in columns)))
    table = Table(f"{title}: actions by area", tuple(PLAN_COLUMNS[key].head() for key in columns), tuple(rows))
    return Paper("Westshire Council", title, "Improvement plan", (table,), STAMP)


def plan_paper(
    plan: Plan,
    day: date,
    columns: Sequence[str],
    *,
    made_at: datetime,
    made_by: str = "Lena Lead",
    moment: datetime | None = None,
    reader: User | None = None,
) -> Paper:
    """The full plan with these columns."""
    chosen = Choices(columns=tuple(ChosenColumn(key) for key in columns))
    return paper_for(Kind.FULL_PLAN, Brief(plan, day, moment, made_by, made_at, reader=reader, choices=chosen))
