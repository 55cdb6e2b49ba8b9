"""A plan with something of everything that a board looks at, and briefs for papers of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from plans.improvement_plan import changes
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, end_of_day
from plans.improvement_plan.rules import Kind, Rag, Status
from plans.monitoring.measure_changes import add_measure, add_reading
from plans.oversight.changes import answer_challenge, decide, raise_challenge
from plans.oversight.models import Decision, Meeting
from plans.papers.brief import Brief
from plans.papers.content import Block, Paper, Table
from plans.papers.rules import Audience
from tests import factories
from tests.cast import Cast

BEFORE = factories.moment(2026, 2, 3, 10)
AT = factories.moment(2026, 3, 10)
DAY = date(2026, 4, 14)
NOW = factories.moment(2026, 4, 14, 15)
LATER = date(2026, 12, 31)


def brief_of(cast: Cast, day: date = DAY, *, moment: datetime | None = None, **fields: Any) -> Brief:
    """The brief of a paper as at the end of ``day``, for the lead; as at ``moment`` where it is given."""
    said: dict[str, Any] = {"made_by": cast.lead.name, "made_at": NOW, "reader": cast.lead, **fields}
    return Brief(cast.plan, day, moment or end_of_day(day), **said)


def public(cast: Cast, **fields: Any) -> Brief:
    return brief_of(cast, audience=Audience.PUBLIC, **fields)


def an_action(cast: Cast, reference: str, day: date | None, **fields: Any) -> Action:
    said = {"area_id": cast.area.pk, "lead_id": cast.post.pk, "published": True, **fields}
    position = int(reference.rsplit(".", 1)[1])
    return factories.an_action(
        cast.plan, cast.lead, reference=reference, position=position, **{**factories.due(day), **said}
    )


@pytest.fixture
def under_way(cast: Cast) -> Cast:
    """``1.1`` falls overdue by itself and ``1.2`` has no date (both of the cast); the others say what they are."""
    for action in (cast.action, cast.partner_action):
        changes.amend(action, by=cast.lead, at=factories.moment(2026, 1, 6), published=True)
    Meeting.objects.create(board=cast.board, starts_at=BEFORE)
    at = {"by": cast.lead, "at": AT}
    an_action(cast, "1.3", date(2026, 1, 20), wording="Longest overdue")
    extended = an_action(cast, "1.4", date(2026, 2, 20), wording="Extended")
    record(extended, **at, kind=Kind.EXTENSION_AGREED, note="Vacancies", **factories.due(LATER))
    asks = an_action(cast, "1.5", date(2026, 3, 1), wording="Overdue, and asks")
    asked = {"asked_due_date": LATER, "asked_due_precision": "day", "asked_reason": "The supplier is late"}
    record(asks, by=cast.owner, at=AT, kind=Kind.EXTENSION_ASKED, note="More time", **asked)
    an_action(cast, "1.6", LATER, wording="Nobody's", lead_id=None)
    done = an_action(cast, "1.7", LATER, wording="Launch the pathway")
    record(done, by=cast.owner, at=AT, kind=Kind.COMPLETED, note="All teams do", status=Status.COMPLETE)
    gone = an_action(cast, "1.8", LATER, wording="Overtaken by events")
    decide(gone, Decision.Outcome.WITHDRAWN, reason="Overtaken", **at)
    again = an_action(cast, "1.9", LATER, wording="Taken up again", status=Status.SIGNED_OFF)
    reopened = {"status": Status.IN_PROGRESS, "reported_rag": Rag.RED}
    record(again, **at, kind=Kind.REOPENED, note="The audit found gaps", **reopened)
    late = an_action(cast, "1.10", LATER, wording="Forecast late")
    forecast = {"forecast_date": date(2027, 2, 1), "forecast_precision": "day", "progress": "Waits"}
    forecast.pop("progress")
    record(late, by=cast.owner, at=AT, kind=Kind.PROGRESS, note="Waits for a supplier", **forecast)
    an_action(cast, "1.11", LATER, wording="New since", at=AT)
    kept = an_action(cast, "1.12", LATER, wording="Signed off", status=Status.COMPLETE)
    record(kept, **at, kind=Kind.SIGNED_OFF, note="It holds", status=Status.SIGNED_OFF)
    measure = add_measure(
        cast.council, by=cast.lead, at=factories.START, name="Plans begun in time", unit="%", baseline=Decimal(14),
        target=Decimal(90), rag_printed="amber", plans=[cast.plan], areas=[cast.area],
    )  # fmt: skip
    for month, value in ((1, 40), (2, 73)):
        add_reading(
            measure, by=cast.lead, at=factories.START, kind="month", value=Decimal(value),
            period_ends=date(2026, month, 28), note="A note within the council",
        )  # fmt: skip
    asked_of = {"by": cast.lead, "at": AT, "owed_by": cast.post, "answer_due": date(2026, 4, 1)}
    raise_challenge(cast.plan, "Why is it late?", action=cast.action, **asked_of)
    answered = raise_challenge(cast.plan, "Who leads it?", **asked_of)
    answer_challenge(answered, "The head of service", by=cast.owner, at=factories.moment(2026, 4, 20))
    return cast


def tables(paper: Paper) -> dict[str, Table]:
    return {table.caption: table for table in paper.tables}


def column(table: Table, heading: str) -> list[str]:
    place = [head.heading for head in table.columns].index(heading)
    return [cell.text if (cell := row.cells[place]) else "" for row in table.rows]


def references(table: Table) -> list[str]:
    return column(table, "Reference")


def texts(blocks: tuple[Block, ...]) -> list[str]:
    """Every paragraph, in order."""
    return [block.text for block in blocks if type(block).__name__ == "Paragraph"]
