"""What is missing in a paper is said, row by row and for the paper itself, with where to mend it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import OPEN_STATUSES, Rag, Status
from plans.improvement_plan.timeliness import Timeliness
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.missing import (
    MENDED_AT,
    Lack,
    counts_of,
    empty_columns,
    lacking_words,
    lacks_of,
    missing_in_paper,
    missing_in_rows,
)
from plans.papers.models import Release
from plans.papers.rules import Kind
from plans.web.urls import urlpatterns
from tests import factories

DAY = date(2026, 3, 1)


def a_row(**said: Any) -> Action:
    """An open action that lacks nothing, but for what is said."""
    said = {
        "pk": 7,
        "status": Status.IN_PROGRESS,
        "lead_id": 1,
        "due_date": DAY,
        "reported_rag": Rag.GREEN,
        "reported_at": factories.START,
        "progress": "Begun",
        **said,
    }
    timeliness = said.pop("timeliness", Timeliness.ON_TIME)
    row = Action(**said)
    row.timeliness = timeliness  # type: ignore[attr-defined]
    return row


@pytest.mark.parametrize(
    ("said", "lack"),
    [
        ({"lead_id": None}, Lack.OWNER),
        ({"due_date": None}, Lack.DATE),
        ({"reported_rag": ""}, Lack.RATING),
        ({"timeliness": Timeliness.OVERDUE}, Lack.REASON),
        ({"reported_at": None, "progress": ""}, Lack.PROGRESS),
    ],
)
def test_an_open_row_lacks_what_is_not_there(said: dict[str, Any], lack: Lack) -> None:
    assert lacks_of(a_row()) == ()
    assert lacks_of(a_row(**said)) == (lack,)


def test_what_is_late_with_a_reason_lacks_none() -> None:
    assert lacks_of(a_row(timeliness=Timeliness.OVERDUE, delay_reason="A vacancy")) == ()


def test_what_the_plan_itself_said_is_progress() -> None:
    assert lacks_of(a_row(reported_at=None, progress="Already in progress")) == ()


@given(
    status=st.sampled_from(sorted(set(Status) - set(OPEN_STATUSES))),
    lead=st.sampled_from([None, 1]),
    day=st.sampled_from([None, DAY]),
    rating=st.sampled_from(["", Rag.RED]),
    timeliness=st.sampled_from(list(Timeliness)),
)
def test_what_is_done_is_not_chased(
    status: Status, lead: int | None, day: date | None, rating: str, timeliness: Timeliness
) -> None:
    row = a_row(status=status, lead_id=lead, due_date=day, reported_rag=rating, timeliness=timeliness)
    assert lacks_of(row) == ()


def test_each_lack_names_a_page_that_there_is_and_the_action() -> None:
    routes = {pattern.name for pattern in urlpatterns}
    (found,) = missing_in_rows([a_row(), a_row(lead_id=None, due_date=None)])
    assert found.places == ((Lack.OWNER, "amend_action", 7), (Lack.DATE, "amend_action", 7))
    assert set(MENDED_AT) == set(Lack)
    assert set(MENDED_AT.values()) <= routes


def test_the_counts_are_said_in_the_order_of_what_matters() -> None:
    rows = missing_in_rows([a_row(reported_rag=""), a_row(lead_id=None), a_row(lead_id=None, reported_rag="")])
    assert counts_of(rows) == {Lack.OWNER: 2, Lack.RATING: 2}
    assert lacking_words(counts_of(rows)) == "2 rows lack an owner and 2 rows lack the owner’s rating"
    assert lacking_words({Lack.DATE: 1}) == "1 row lacks a date"
    assert lacking_words({}) == ""


def a_release(**said: Any) -> Release:
    return Release(**{"pk": 3, "plan_id": 5, "kind": Kind.CABINET, "meeting_id": 2, **said})


def test_a_report_to_cabinet_lacks_what_nobody_wrote() -> None:
    found = missing_in_paper(a_release(), empty=["Legal considerations", "Risk"], areas_without_action=1)
    assert [(one.sentence, one.page, one.pk) for one in found] == [
        ("No template is chosen: the paper has the usual layout.", "release_words", 3),
        ("2 considerations are empty: Legal considerations and Risk.", "release_words", 3),
        ("There is no recommendation.", "release_recommendations", 3),
        ("1 area of the plan has no action.", "plan_coverage", 5),
    ]


def test_a_paper_without_words_of_its_own_lacks_none() -> None:
    assert missing_in_paper(a_release(kind=Kind.FULL_PLAN)) == []
    whole = a_release(shipped_template="cabinet", recommendations=[["note", "the report"]])
    assert missing_in_paper(whole) == []


def test_a_paper_without_a_meeting_says_so() -> None:
    (found,) = missing_in_paper(a_release(kind=Kind.FULL_PLAN, meeting_id=None))
    assert (found.page, found.pk) == ("release_details", 3)


def test_every_page_that_mends_a_paper_is_there() -> None:
    routes = {pattern.name for pattern in urlpatterns}
    found = missing_in_paper(a_release(meeting_id=None), empty=["Risk"], areas_without_action=2)
    assert {one.page for one in found} <= routes


def test_a_column_is_empty_where_no_row_has_anything_in_it() -> None:
    rows = [a_row(progress=""), a_row(progress="", next_step="Ask again")]
    keys = ("progress", "next_step", "delay_reason", "by_when")
    assert empty_columns(Plan(), rows, keys, DAY) == {"progress", "delay_reason"}
    assert empty_columns(Plan(), [], PLAN_COLUMNS, DAY) == frozenset()
