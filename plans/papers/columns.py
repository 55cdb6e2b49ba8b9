"""The columns that a paper can have: heading, width, and how each reads a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.documents.dates import wording
from plans.improvement_plan.models import LONDON, Plan
from plans.improvement_plan.rules import Confidence, Rag, Status
from plans.improvement_plan.timeliness import Timeliness, lateness
from plans.improvement_plan.wording import due_wording, first_due_wording
from plans.papers.content import Cell, Head


@dataclass(frozen=True)
class PlanRow:
    """An action with what a column may need to know beside it."""

    action: Any
    area_number: int | None
    area: str
    day: date
    plan: Plan
    withheld: frozenset[str] = frozenset()


# What may be kept out of public papers of an action that is itself published: the marks of ``ActionState.withheld``.
WITHHOLDABLE: dict[str, str] = {
    "lead": "Who leads and supports it",
    "dates": "Its dates, and how late it is",
    "standing": "Its status and ratings",
    "progress": "What was said of its progress",
    "delay_reason": "The reason for delay",
    "next_step": "The next step",
}
WITHHELD = "Not published"


@dataclass(frozen=True)
class Column:
    """``width`` is a share of the page's width; ``spans``: one cell for all rows of an area.

    ``mark``: the key of ``WITHHOLDABLE`` that keeps it out of a public paper.
    """

    key: str
    heading: str
    width: int
    text: Callable[[PlanRow], str]
    value: Callable[[PlanRow], date | int | None] | None = None
    spans: bool = False
    mark: str = ""

    def head(self, width: int | None = None, *, spans: bool | None = None) -> Head:
        """The column as a table prints it."""
        return Head(self.key, self.heading, width or self.width, self.spans if spans is None else spans)

    def cell(self, row: PlanRow, *, rows: int = 1, public: bool = False) -> Cell:
        """The row's cell; in a public paper without what is marked as not for publication."""
        if public and self.mark and self.mark in row.withheld:
            return Cell(WITHHELD, rows=rows)
        return Cell(self.text(row), self.value(row) if self.value else None, rows)


def by_whom(row: PlanRow) -> str:
    """Lead and supporting posts; the body in brackets where it is not the plan's own."""
    lead = row.action.lead
    if lead is None:
        return "No owner"
    title = row.action.lead_name
    if lead.organisation_id != row.plan.organisation_id and lead.organisation.name not in title:
        title = f"{title} ({lead.organisation.name})"
    return "; ".join([title, *row.action.support_titles])


def _reported_on(row: PlanRow) -> date | None:
    at = row.action.reported_at
    return at.astimezone(LONDON).date() if at else None


def _reported_text(row: PlanRow) -> str:
    day = _reported_on(row)
    return wording(day, "day") if day else ""


def _label(words: Any, value: str) -> str:
    return words(value).label if value else ""


COLUMNS = (
    Column("plan", "Plan", 16, lambda row: row.plan.title),
    Column("area_number", "Area number", 6, lambda row: str(row.area_number or ""), lambda row: row.area_number),
    Column("area", "What needs to improve", 26, lambda row: row.area, spans=True),
    Column("area_each_row", "What needs to improve", 26, lambda row: row.area),
    Column("reference", "Reference", 8, lambda row: row.action.reference),
    Column("wording", "Action", 40, lambda row: row.action.wording),
    Column("by_whom", "By whom", 18, by_whom, mark="lead"),
    Column("by_when", "By when", 16, lambda row: due_wording(row.action), mark="dates"),
    Column(
        "due_date",
        "Due by (last day)",
        10,
        lambda row: row.action.due_date.isoformat() if row.action.due_date else "",
        lambda row: row.action.due_date,
        mark="dates",
    ),
    Column("first_agreed", "First agreed", 12, lambda row: first_due_wording(row.action), mark="dates"),
    Column(
        "extensions",
        "Times moved",
        6,
        lambda row: str(row.action.extensions),
        lambda row: row.action.extensions,
        mark="dates",
    ),
    Column(
        "forecast",
        "Forecast",
        12,
        lambda row: wording(row.action.forecast_date, row.action.forecast_precision),
        lambda row: row.action.forecast_date,
        mark="dates",
    ),
    Column("status", "Status", 12, lambda row: Status(row.action.status).label, mark="standing"),
    Column("timeliness", "Timeliness", 10, lambda row: Timeliness(row.action.timeliness).label, mark="dates"),
    Column("reported_rag", "Owner’s rating", 8, lambda row: _label(Rag, row.action.reported_rag), mark="standing"),
    Column(
        "days_late",
        "Days late",
        6,
        lambda row: str(lateness(row.action, row.day).days),
        lambda row: lateness(row.action, row.day).days,
        mark="dates",
    ),
    Column(
        "days_late_first",
        "Days later than first agreed",
        6,
        lambda row: str(lateness(row.action, row.day).days_first),
        lambda row: lateness(row.action, row.day).days_first,
        mark="dates",
    ),
    Column("confidence", "Confidence", 8, lambda row: _label(Confidence, row.action.confidence), mark="standing"),
    Column("progress", "Progress", 36, lambda row: row.action.progress, mark="progress"),
    Column("delay_reason", "Reason for delay", 24, lambda row: row.action.delay_reason, mark="delay_reason"),
    Column("next_step", "Next step", 20, lambda row: row.action.next_step, mark="next_step"),
    Column("reported_on", "Last update", 10, _reported_text, _reported_on, mark="standing"),
    Column(
        "illustration",
        "Illustration",
        8,
        lambda row: "Made-up sample progress" if row.action.illustration else "",
    ),
)
PLAN_COLUMNS: dict[str, Column] = {column.key: column for column in COLUMNS}

# The four columns of the Derbyshire cabinet paper of March 2020.
CABINET_TABLE = ("area", "wording", "by_whom", "by_when")
EVERYTHING = tuple(key for key in PLAN_COLUMNS if key not in ("plan", "area"))
