"""What our own papers say is read back equal, whatever the format: nobody types a plan twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.documents.plan_words import status_of
from plans.documents.proposals import ProposedAction
from plans.documents.read_plan import read_plan
from plans.documents.tables import tidy
from plans.improvement_plan.models import Action, Plan, end_of_day
from plans.improvement_plan.rules import Status
from plans.papers.columns import CABINET_TABLE, EVERYTHING, PlanRow, by_whom, due_wording
from plans.papers.content import Paper
from plans.papers.csv import csv_lines
from plans.papers.excel import excel_workbook
from plans.papers.pdf import pdf_document
from plans.papers.word import word_document
from tests import factories
from tests.papers.made_papers import Group, a_paper, plan_paper

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
CABINET = date(2020, 3, 16)
RENDER: dict[str, Callable[[Paper], bytes]] = {
    "docx": lambda paper: word_document(paper, MADE_AT),
    "pdf": lambda paper: pdf_document(paper, MADE_AT),
    "xlsx": lambda paper: excel_workbook(paper, MADE_AT),
    "csv": lambda paper: b"".join(csv_lines(paper)),
}
# As the plan's page offers them.
COLUMNS = {"docx": CABINET_TABLE, "pdf": CABINET_TABLE, "xlsx": EVERYTHING, "csv": EVERYTHING}


def read_back(paper: Paper, kind: str) -> tuple[ProposedAction, ...]:
    return read_plan(RENDER[kind](paper), f"plan.{kind}").rows


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_seeds", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [CABINET, MADE_AT.date()])
@pytest.mark.parametrize("kind", RENDER)
def test_the_plan_of_2020_is_read_back_equal(kind: str, day: date, loaded: None) -> None:
    plan = Plan.objects.get(organisation__name="Derbyshire")
    rows = Action.objects.as_at(end_of_day(day)).filter(plan=plan)
    paper = plan_paper(plan, day, COLUMNS[kind], made_at=MADE_AT, moment=end_of_day(day))
    read = read_back(paper, kind)
    kept = list(rows.select_related("area", "lead__organisation").order_by("position"))
    assert len(read) == len(kept) == 22
    assert len({row.area for row in read}) == 5
    for row, action in zip(read, kept, strict=True):
        assert (row.area, row.action) == (action.area.wording, action.wording)
        assert row.by_who == tuple(by_whom(PlanRow(action, None, "", day, plan)).split("; "))
        assert row.by_when.printed == due_wording(action)
        assert row.by_when.last_day == action.due_date
        if "status" in COLUMNS[kind]:
            assert row.reference == action.reference
            assert row.progress == tidy(action.progress)
            assert row.status == (status_of(Status(action.status).label) or row.when_status)


# Any text at all.

PIECES = st.sampled_from(
    ["=1+1", "+44 20", "-rm", "@SUM(A1)", "'=x", "''", "'tis", "it's-y '=z", "• one", "\n• two", "\n- three",
     "\n1. four", "\nand on", "\n\n", "a|b", "||", "“said”", '"q"', "&", "<b>&amp;</b>", "#set", "$x$", "*b*",
     "_x0041_", "well-known", "pre- and", "and/or", "2019-20", "2019–20", "3-year", "…so", "x" * 60, "Wa" * 20,
     "\t", "  ", "https://www.example.gov.uk/a/b?c=d&e=f", "Train", "managers,", "East;", "(West)", "é", "e\u0301",
     "\u00a0", "\\n", "%", "{}", "a,b;c", "\x00", "\x0b", "\r\n"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, min_size=1, max_size=12).map(" ".join), st.just("word and/or " * 250), st.just("in all, " * 375)
).map(lambda text: f"Do {text} now")
WHO = ("Head of Service, Front Door", "Principal Social Worker; Designated nurse (Westshire ICB)", "No owner")
WHEN = ("March 2027", "16 March 2027", "No date", "By June 2027 (rolling programme thereafter)")
ACTIONS = st.lists(st.tuples(TEXTS, st.sampled_from(WHO), st.sampled_from(WHEN)), min_size=1, max_size=3)
PLANS = st.lists(
    st.tuples(TEXTS.map(lambda text: text[:1_500].rstrip()), ACTIONS),
    min_size=1,
    max_size=3,
    unique_by=lambda group: " ".join(tidy(group[0]).split()),
)


def on_one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", tidy(text)).split())


def as_read(text: str, kind: str) -> str:
    """What every reader does to white space; a PDF does not tell a new line from one that was full."""
    return on_one_line(text) if kind == "pdf" else tidy(text)


def is_read_back_equal(plan: list[Group], kind: str) -> None:
    found = [
        (on_one_line(row.area), as_read(row.action, kind), row.by_who, row.by_when.printed)
        for row in read_back(a_paper(plan, COLUMNS[kind]), kind)
    ]
    assert found == [
        (
            on_one_line(area),
            as_read(action, kind),
            () if who == "No owner" else tuple(who.split("; ")),
            "" if when == "No date" else when,
        )
        for area, actions in plan
        for action, who, when in actions
    ]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=PLANS)
def test_any_text_is_read_back_equal(kind: str, plan: list[Group]) -> None:
    is_read_back_equal(plan, kind)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=PLANS)
def test_any_text_is_read_back_equal_from_a_pdf(plan: list[Group]) -> None:
    is_read_back_equal(plan, "pdf")


def test_an_area_that_reaches_over_pages_keeps_its_rows() -> None:
    areas = [f"{'Timeliness of the decisions and plans, ' * 60}{number}" for number in range(2)]
    actions = [(f"{'Do this or that with the others in the team ' * 40}{number}", WHO[0], WHEN[0]) for number in (1, 2)]
    is_read_back_equal([(area, actions) for area in areas], "pdf")


def test_an_action_longer_than_a_page_is_one() -> None:
    is_read_back_equal([("Timeliness", [("Do this or that with the others " * 200, WHO[0], WHEN[0])])], "pdf")
