"""What single cells say: who, how far, by when, and whether a sentence was cut."""

from __future__ import annotations

from datetime import date

import pytest

from plans.documents.owners import owners, parted_at_names, people_named
from plans.documents.plan_columns import meaning, recognise
from plans.documents.plan_words import goes_on, inspected_from, join, read_when, short_status, status_of
from plans.documents.tables import Cell


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("A Bell Head of Service, East & B Moss Team Manager, West",
         ("A Bell Head of Service, East", "B Moss Team Manager, West")),
        ("Jo Bell\nHead of Service, East", ("Jo Bell Head of Service, East",)),
        ("Jo Bell\nHead of Service\nLou Moss\nTeam Manager", ("Jo Bell Head of Service", "Lou Moss Team Manager")),
        ("Jo Bell\nLou Moss Team Manager", ("Jo Bell", "Lou Moss Team Manager")),
        ("Head of Service,\nEast", ("Head of Service, East",)),
        ("Head of Service\n(East)", ("Head of Service (East)",)),
        ("Head of Service\nTeam Manager", ("Head of Service", "Team Manager")),
        ("• Head of Service\n• Police", ("Head of Service", "Police")),
        ("Head of Service; Designated nurse (ICB); ", ("Head of Service", "Designated nurse (ICB)")),
        ("Service Director, Learning & Skills", ("Service Director, Learning & Skills",)),
        ("Director of Children and Young People", ("Director of Children and Young People",)),
        ("East and West CCG", ("East and West CCG",)),
        ("Police, ICB, Council", ("Police", "ICB", "Council")),
        ("Head of Service, Team Manager", ("Head of Service", "Team Manager")),
        ("Headteacher, Virtual School", ("Headteacher, Virtual School",)),
        ("Jo Bell, Lou Moss", ("Jo Bell", "Lou Moss")),
        ("Jo Bell and Lou Moss", ("Jo Bell", "Lou Moss")),
        ("Jo Bell / Police", ("Jo Bell", "Police")),
        ("Jo Bell Head of Service and Lou Moss", ("Jo Bell Head of Service", "Lou Moss")),
        ("Police and Health", ("Police", "Health")),
        ("DCS/AD", ("DCS", "AD")),
        ("& Head of Service", ("& Head of Service",)),
        ("TBC", ()), ("No owner", ()), ("-", ()), ("", ()), ("Head of QA; tbc", ("Head of QA",)),
    ],
)  # fmt: skip
def test_who(cell: str, read: tuple[str, ...]) -> None:
    assert owners(cell) == read


def test_people_met_before_are_known_without_their_title() -> None:
    names = people_named([["Jo Bell Head of Service", "Police"], ["Lou Moss Senior Team Manager", "Head of QA"]])
    assert names == {"Jo Bell", "Lou Moss"}
    assert parted_at_names("Jo Bell Lou Moss", names) == ("Jo Bell", "Lou Moss")
    assert parted_at_names("Jo Bell Amy Hill", names) == ("Jo Bell Amy Hill",)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Complete", "complete"), ("Completed – signed off", "complete"), ("Blue", "complete"), ("B", "complete"),
        ("100% complete", "complete"), ("Green – complete", "complete"), ("Action completed", "complete"),
        ("57% complete", "in progress"), ("Partially complete", "in progress"), ("On track", "in progress"),
        ("Ongoing", "in progress"), ("In-progress", "in progress"), ("Started, not yet complete", "in progress"),
        ("Not started", "not started"), ("Red: not yet started", "not started"), ("Yet to begin", "not started"),
        ("Not complete", ""), ("Incomplete", ""), ("To be completed", ""), ("Green", ""), ("A", ""), ("R/A", ""),
        ("", ""),
        ("Overdue", ""),
    ],
)  # fmt: skip
def test_status(text: str, status: str) -> None:
    assert status_of(text) == status


def test_progress_is_a_status_only_when_it_says_nothing_else() -> None:
    assert short_status("Action completed.") == "complete"
    assert short_status("First audit done") == ""


@pytest.mark.parametrize(
    ("text", "last_day", "precision", "status"),
    [
        ("March 2027", date(2027, 3, 31), "month", ""),
        ("31/3/27", date(2027, 3, 31), "day", ""),
        ("Ongoing", None, "ongoing", "in progress"),
        ("Monthly", None, "ongoing", ""),
        ("Already in progress, as below", None, "", "in progress"),
        ("Achieved – July 2026 14%", None, "", "complete"),
        ("Completed March 2026", None, "", "complete"),
        ("Spring 2027", None, "season", ""),
        ("Q2 2027", None, "quarter", ""),
        ("Not started", None, "", ""),
        ("No date", None, "", ""),
        ("46112", date(2026, 3, 31), "day", ""),
    ],
)
def test_when(text: str, last_day: date | None, precision: str, status: str) -> None:
    read, said, _ = read_when(text)
    assert (read.last_day, read.precision, said) == (last_day, precision, status)


def test_a_cut_sentence_goes_on() -> None:
    assert goes_on("targets for each stage of the", "Process")
    assert goes_on("Review the whole process, staged", "over two years")
    assert not goes_on("Review the whole process.", "over two years")
    assert not goes_on("review the process", "audit the files")
    assert not goes_on("", "x")
    assert join("Draft is out.", "Sent") == "Draft is out.\nSent"
    assert join("", "Sent") == "Sent"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("INSPECTION (ILACS) – 1st July to 12th July and 5th August 2019", date(2019, 7, 1)),
        ("The inspection of February 2020", date(2020, 2, 1)),
        ("Inspection on 31 February 2020", None),
        ("Plan of March 2020", None),
    ],
)
def test_when_the_inspection_began(line: str, day: date | None) -> None:
    assert inspected_from(line) == day


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("What needs to improve?", "area"), ("AREAS FOR IMPROVEMENT:", "area"), ("Ofsted recommendation", "area"),
        ("Areas for priority action", "area"), ("What did the inspectors say", "area"), ("Strategic priority", "area"),
        ("Actions", "action"), ("What we will do", "action"), ("How?", "action"), ("Agreed actions (SMART)", "action"),
        ("Lead Officer", "by_who"), ("Action owner", "by_who"), ("Responsible Officer(s)", "by_who"),
        ("Who will do it?", "by_who"), ("Lead agency / partner", "by_who"),
        ("By When", "by_when"), ("Timescales", "by_when"), ("Target completion date", "by_when"),
        ("Timeline", "by_when"),
        ("Progress update – May", "progress"), ("Current status", "progress"), ("Update", "progress"),
        ("RAG", "status"), ("B.R.A.G", "status"), ("RAG rating (May)", "status"), ("Status", "status"),
        ("Success measures", "evidence"), ("Evidence of impact", "evidence"), ("How will we know?", "evidence"),
        ("Ref.", "reference"), ("No.", "reference"), ("NOS", "reference"), ("Action no", "reference"),
        ("Start date", "other"), ("Telephone", ""), ("", ""), ("x" * 100, ""),
    ],
)  # fmt: skip
def test_headings_by_meaning(heading: str, field: str) -> None:
    assert meaning(heading)[0] == field


def test_what_is_no_row_of_headings() -> None:
    def row(*texts: str) -> dict[int, Cell]:
        return {place: Cell(text) for place, text in enumerate(texts)}

    assert recognise({}) is None
    assert recognise(row("Action")) is None
    assert recognise(row("Action", "Telephone", "Room")) is None
    assert recognise(row("Area", "Target")) is None
    assert recognise(row("Area", "Lead")) is None
    assert recognise(row("Publish the thresholds", "Head of QA", "March 2027")) is None
    wide = recognise({0: Cell("Action"), 1: Cell("Progress", 2), 3: Cell("Lead")})
    assert wide is not None
    assert dict(wide.fields) == {0: "action", 1: "progress", 2: "progress", 3: "by_who"}
    assert wide.columns == ("Action", "Progress", "Progress", "Lead")
