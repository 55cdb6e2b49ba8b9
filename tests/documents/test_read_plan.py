"""A council's own plan is read whatever its columns, its file and its tears, and nothing is made up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from plans.documents.dates import Precision
from plans.documents.proposals import ProposedAction, ProposedPlan
from plans.documents.read_plan import plan_as_json, read_plan
from plans.improvement_plan.models import Action
from plans.papers.columns import CABINET_TABLE, EVERYTHING, PLAN_COLUMNS
from plans.papers.content import Cell, Paper, Row, Stamp, Table
from plans.papers.csv import csv_lines
from plans.papers.word import word_document
from tests import factories
from tests.cast import Cast
from tests.documents.plan_files import Rows, csv_file, excel_file, pdf_file, text_file, word_file
from tests.papers.made_papers import plan_paper

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
FRONT_DOOR = "Decisions at the front door take too long"
VISITS = "Visits are not always purposeful"


def messages(plan: ProposedPlan) -> str:
    return "\n".join(f"{problem.where}: {problem.message}" for problem in plan.problems)


def brief(row: ProposedAction) -> tuple[str, str, tuple[str, ...], date | None]:
    return row.area, row.action, row.by_who, row.by_when.last_day


# Ten layouts, seen in councils' plans or made from the same words, each in a file of its own.

DERBYSHIRE: Rows = [
    ["What needs to improve", "Action", "By Who", "By When"],
    [FRONT_DOOR, "Publish the thresholds", "Head of Service, Front Door", "March 2027"],
    [None, "Train all team managers", "Principal Social Worker", "By June 2027 (rolling programme thereafter)"],
    [VISITS, "Audit a sample each month", "Head of Quality Assurance", "Ongoing"],
]
HEREFORDSHIRE: Rows = [
    ["No.", "Ofsted Para No", "Ofsted Area for Improvement", "Lead", "Action", "By When", "Progress", "R/A/G",
     "Monitoring and Evaluation"],
    ["1", "14", FRONT_DOOR, "Head of Service, Front Door", "Publish the thresholds", "31/03/2027", "Draft is out", "A",
     "Monthly report"],
    ["2", "14", None, "Principal Social Worker", "Train all team managers", "30/6/27", "", "Not started", "Attendance"],
    ["3", "20", VISITS, "Head of Quality Assurance", "Audit a sample each month", "Ongoing", "First audit done", "G",
     ""],
]  # fmt: skip
ROTHERHAM: Rows = [
    ["Ref No", "Area requiring improvement", "Action Required", "Planned Completion Date", "Lead Officer / Agency",
     "Progress against agreed action and impact monitoring"],
    ["1.1", FRONT_DOOR, "Publish the thresholds", "March 2027", "Head of Service, Front Door", "Draft is out"],
    ["1.2", "", "Train all team managers", "end of June 2027", "Principal Social Worker", ""],
    ["2.1", VISITS, "Audit a sample each month", "Ongoing", "Head of Quality Assurance", "First audit done"],
]  # fmt: skip
TORBAY: Rows = [
    ["NOS", "What?", "Who?", "How?", "When?", "Success measures", "Current Status", "Outcome (Q1–Q4)"],
    ["1", "Publish the thresholds", "Head of Service, Front Door", "With partners", "March 2027", "Fewer contacts",
     "In progress", ""],
    ["2", "Train all team managers", "Principal Social Worker", "In two half days", "June 2027", "", "", ""],
    ["3", "Audit a sample each month", "Head of Quality Assurance", "By dip sample", "Ongoing", "", "", ""],
]  # fmt: skip
STOCKTON: Rows = [
    [
        "No.",
        "Recommendation",
        "Responsibility",
        "Date",
        "Progress presented to Committee",
        "Assessment of progress 1–4",
    ],
    ["1", "Publish the thresholds", "Head of Service, Front Door", "March 2027", "Draft is out", "2 – On track"],
    ["2", "Train all team managers", "Principal Social Worker", "June 2027", "", "1 – Fully achieved"],
    ["3", "Audit a sample each month", "Head of Quality Assurance", "Ongoing", "First audit done", "3"],
]
DORSET: Rows = [
    ["Objective", "Action(s) required", "Expected outcome", "When", "Lead", "Progress at March 2026"],
    [
        FRONT_DOOR,
        "Publish the thresholds",
        "Fewer contacts",
        "March 2027",
        "Head of Service, Front Door",
        "Draft is out",
    ],
    ["", "Train all team managers", "", "June 2027", "Principal Social Worker", ""],
    [VISITS, "Audit a sample each month", "", "Ongoing", "Head of Quality Assurance", ""],
]
TELFORD: Rows = [
    ["Action", "Desired outcome", "How success is measured", "Officer", "Timescale"],
    [f"Recommendation 1: {FRONT_DOOR}", "", "", "", ""],
    ["Publish the thresholds", "Quicker help", "Monthly count", "Head of Service, Front Door", "March 2027"],
    ["Train all team managers", "", "", "Principal Social Worker", "June 2027"],
    ["Audit a sample each month", "", "", "Head of Quality Assurance", "Ongoing"],
]
BRACKNELL: Rows = [
    ["What we will do", "Responsible officer", "Timeline", "Link to other action plans", "Expected outcome"],
    ["Publish the thresholds", "Head of Service, Front Door", "March 2027", "Early help plan", "Quicker help"],
    ["Train all team managers", "Principal Social Worker", "June 2027", "", ""],
    ["Audit a sample each month", "Head of Quality Assurance", "Ongoing", "", ""],
]
QUESTIONS: Rows = [
    ["What did Ofsted say?", "What are we going to do?", "Who will do it?", "By when?",
     "How will we know it has worked?", "BRAG"],
    [FRONT_DOOR, "Publish the thresholds", "Head of Service, Front Door", "March 2027", "Fewer contacts", "Blue"],
    [None, "Train all team managers", "Principal Social Worker", "June 2027", "", "Red"],
    [VISITS, "Audit a sample each month", "Head of Quality Assurance", "Ongoing", "", "Complete"],
]  # fmt: skip
INVENTED: Rows = [
    ["Improvement theme", "Key tasks", "Accountable", "Original date", "Revised date", "Latest update", "RAG status"],
    [
        FRONT_DOOR,
        "Publish the thresholds",
        "Head of Service, Front Door",
        "January 2027",
        "March 2027",
        "Late",
        "Amber",
    ],
    ["", "Train all team managers", "Principal Social Worker", "June 2027", "", "", "Green – complete"],
    [VISITS, "Audit a sample each month", "Head of Quality Assurance", "Ongoing", "", "", "G"],
]
BAND = f"Recommendation 1: {FRONT_DOOR}"
TITLE = ["Westshire Council", "Improvement plan, version 4"]
PDF_WIDTHS = [130, 150, 110, 90, 90, 110, 90]

LAYOUTS = {
    "derbyshire.docx": (DERBYSHIRE, word_file(DERBYSHIRE, title=TITLE), [FRONT_DOOR, FRONT_DOOR, VISITS]),
    "herefordshire.xlsx": (HEREFORDSHIRE, excel_file(HEREFORDSHIRE, title=TITLE), [FRONT_DOOR, FRONT_DOOR, VISITS]),
    "rotherham.csv": (ROTHERHAM, csv_file(ROTHERHAM), [FRONT_DOOR, FRONT_DOOR, VISITS]),
    "torbay.xlsx": (TORBAY, excel_file(TORBAY), ["", "", ""]),
    "stockton.docx": (
        STOCKTON,
        word_file(STOCKTON),
        ["Publish the thresholds", "Train all team managers", "Audit a sample each month"],
    ),
    "dorset.pdf": (DORSET, pdf_file([DORSET], PDF_WIDTHS, title=TITLE), [FRONT_DOOR, FRONT_DOOR, VISITS]),
    "telford.csv": (TELFORD, csv_file(TELFORD, ";"), [BAND, BAND, BAND]),
    "bracknell.docx": (BRACKNELL, word_file(BRACKNELL, title=[*TITLE, BAND]), [BAND, BAND, BAND]),
    "questions.pdf": (QUESTIONS, pdf_file([QUESTIONS], PDF_WIDTHS), [FRONT_DOOR, FRONT_DOOR, VISITS]),
    "invented.xlsx": (INVENTED, excel_file(INVENTED, sheet="Plan 2027", title=TITLE), [FRONT_DOOR, FRONT_DOOR, VISITS]),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_is_read_without_a_hint(name: str) -> None:
    rows, data, areas = LAYOUTS[name]
    plan = read_plan(data, name)
    assert plan.columns == tuple(rows[0])
    read = plan.rows
    assert [row.action.split("\n")[0] for row in read] == [
        "Publish the thresholds",
        "Train all team managers",
        "Audit a sample each month",
    ]
    assert [row.by_who for row in read] == [
        ("Head of Service, Front Door",),
        ("Principal Social Worker",),
        ("Head of Quality Assurance",),
    ]
    assert [row.by_when.last_day for row in read] == [date(2027, 3, 31), date(2027, 6, 30), None]
    assert read[2].by_when.precision == Precision.ONGOING
    assert read[2].when_status == "in progress"
    assert [row.area for row in read] == areas


def test_what_else_a_layout_prints_is_read_too() -> None:
    read = {name: read_plan(data, name).rows for name, (_, data, _) in LAYOUTS.items()}
    hereford = read["herefordshire.xlsx"]
    assert [row.reference for row in hereford] == ["1", "2", "3"]
    assert [row.status for row in hereford] == ["", "not started", "in progress"]
    assert hereford[0].progress == "Draft is out"
    assert hereford[0].evidence == "Monthly report"
    assert hereford[0].where == "Plan!E4"
    assert [row.status for row in read["questions.pdf"]] == ["complete", "", "complete"]
    assert [row.status for row in read["stockton.docx"]] == ["in progress", "complete", "in progress"]
    assert read["torbay.xlsx"][0].action == "Publish the thresholds\nWith partners"
    assert read["torbay.xlsx"][0].status == "in progress"
    assert read["dorset.pdf"][0].where == "page 1, row 2"
    assert read["derbyshire.docx"][1].where == "Table 1, row 3"
    assert read["rotherham.csv"][1].where == "line 3"


def test_a_word_that_says_nothing_of_delivery_is_named_once() -> None:
    plan = read_plan(LAYOUTS["herefordshire.xlsx"][1], "x.xlsx")
    assert "“A” does not say how far the action has got" in messages(plan)
    assert "Columns that were not read: “Ofsted Para No”." in messages(plan)


def test_a_moved_date_is_said() -> None:
    plan = read_plan(LAYOUTS["invented.xlsx"][1], "x.xlsx")
    assert "The date was moved from “January 2027” to “March 2027”" in messages(plan)
    only_revised: Rows = [["Action", "Lead", "Revised date"], ["Write it", "Head of QA", "May 2027"]]
    assert read_plan(csv_file(only_revised), "x.csv").rows[0].by_when.last_day == date(2027, 5, 31)


# Tears, blanks and leftovers, as a cabinet paper's text has them.

TORN = [
    "WESTSHIRE IMPROVEMENT PLAN",
    "INSPECTION OF CHILDREN'S SERVICES – 6th July to 17th July 2026",
    "",
    "What needs to improve\tAction\tBy Who\tBy When",
    f"{FRONT_DOOR}\tPublish the thresholds\tJo Bell Head of Service, Front Door\tJanuary 2026",
    "\tReview how calls are handled\t\tMarch 2027",
    "\tChange the team's shape\t\tAlready in progress, with results as below",
    "\t\t\tOctober 2026 performance: contacts 1 working day assessments 30 days",
    f"{VISITS}\tLeads make sure that the pathway is known\t"
    "Amy Hill Head of Service, East & Lou Finch Team Manager, West\tFebruary 2027",
    "",
    "7",
    "",
    "\tAudit the pathway\tAmy Hill Lou Finch\tFebruary 2027",
    "\tA group to oversee the review of the process, with targets for each stage of the\tSal Moss Service Director,"
    " Learning & Skills\tMarch 2027",
    "\tassessment process.Its results go to the board.\t\t",
    "\tAdd clinics\tEast and West ICB\tBy March 2027 (rolling programme thereafter)",
    "\tFind new entrants each day\tKit Wood Headteacher, Virtual School\t"
    "Achieved - as below: July 2026 – 14% Sep 2026 – 73%",
    "APPENDIX 2",
    "Nothing of this\tis an action",
]


def test_tears_blanks_and_leftovers_of_a_paper() -> None:
    plan = read_plan(text_file(TORN), "paper.txt")
    rows = plan.rows
    assert len(rows) == 8
    assert [row.area for row in rows] == [FRONT_DOOR] * 3 + [VISITS] * 5
    lead = "Jo Bell Head of Service, Front Door"
    assert [row.by_who for row in rows] == [
        (lead,), (lead,), (lead,),
        ("Amy Hill Head of Service, East", "Lou Finch Team Manager, West"), ("Amy Hill", "Lou Finch"),
        ("Sal Moss Service Director, Learning & Skills",), ("East and West ICB",),
        ("Kit Wood Headteacher, Virtual School",),
    ]  # fmt: skip
    assert rows[2].by_when.printed == "Already in progress, with results as below"
    assert (rows[2].when_status, rows[2].by_when.precision, rows[2].status) == ("in progress", "", "in progress")
    assert rows[2].evidence.startswith("October 2026 performance")
    assert rows[5].action.endswith("for each stage of the assessment process.Its results go to the board.")
    assert rows[6].by_when.last_day == date(2027, 3, 31)
    assert (rows[7].when_status, rows[7].by_when.last_day) == ("complete", None)
    said = messages(plan)
    assert f"line 6: No lead is printed; “{lead}” was carried down from line 5." in said
    assert "line 8: “October 2026 performance" in said
    assert (
        "line 5: “January 2026” is before the inspection, which began on 6 July 2026. It was kept as printed." in said
    )


def test_the_published_paper_of_2020() -> None:
    source = next(SEEDS.glob("004_*.txt"), None)
    if source is None:
        pytest.skip(f"The published paper is not in {SEEDS}: its 22 actions were NOT checked")
    expected = json.loads((SEEDS / "004.expected.json").read_text())
    plan = read_plan(source.read_bytes(), source.name)
    assert list(plan.columns) == expected["action_columns"]
    assert len(plan.rows) == 22
    assert len({row.area for row in plan.rows}) == 5
    for row, wanted in zip(plan_as_json(plan)["rows"], expected["actions"], strict=True):
        assert row["area"].startswith(wanted["area"])
        assert row["action"].startswith(wanted["action_start"])
        assert " ".join(row["by_who"]).replace(" & ", " ") in (
            (wanted["by_who"] or wanted["by_who_inherited"]).replace("Chesterfield & ", "Chesterfield "),
        ) or row["by_who"] == [wanted["by_who"] or wanted["by_who_inherited"]]
        normal = wanted["by_when_normalised"]
        assert row["by_when"]["printed"] == wanted["by_when"]
        assert row["by_when"]["due"] == normal["due_by"]
        assert row["by_when"]["precision"] == normal["precision"]
        assert row["by_when"]["status"] == {"achieved": "complete"}.get(normal["status"], normal["status"])
    assert sum(len(row.by_who) == 2 for row in plan.rows) == 2
    assert "before the inspection, which began on 1 July 2019" in messages(plan)


@pytest.mark.parametrize("number", range(4))
def test_published_reports_are_no_plans(number: int) -> None:
    source = next(SEEDS.glob(f"00{number}_*.txt"), None)
    if source is None:
        pytest.skip(f"The published reports are not in {SEEDS}: they were NOT checked")
    plan = read_plan(source.read_bytes(), source.name)
    assert plan.rows == ()
    assert "No plan table was found" in messages(plan)


def test_a_torn_row_of_a_pdf_is_joined_and_its_header_read_once() -> None:
    head = ["What needs to improve", "Action", "Lead", "By when", "Progress"]
    first = [head, [FRONT_DOOR, "Publish the thresholds with all\npartners, and tell every member of the",
                    "Head of Service", "March\n2027", "Draft is out and goes to the"]]  # fmt: skip
    second = [
        head,
        ["", "staff", "", "", "board in May"],
        ["", "Train managers", "Principal Social Worker", "June 2027", ""],
    ]
    third = [[VISITS, "Audit cases:\n• monthly\n• by two people", "Head of QA", "May 2027", ""]]
    plan = read_plan(pdf_file([first, second, third], [150, 220, 120, 90, 160]), "plan.pdf")
    assert [brief(row) for row in plan.rows] == [
        (FRONT_DOOR, "Publish the thresholds with all partners, and tell every member of the staff",
         ("Head of Service",),
         date(2027, 3, 31)),
        (FRONT_DOOR, "Train managers", ("Principal Social Worker",), date(2027, 6, 30)),
        (VISITS, "Audit cases:\n• monthly\n• by two people", ("Head of QA",), date(2027, 5, 31)),
    ]  # fmt: skip
    assert plan.rows[0].progress == "Draft is out and goes to the board in May"
    assert plan.rows[2].where == "page 3, row 1"


def test_merged_cells_of_a_pdf_are_carried_down() -> None:
    rows: Rows = [
        ["Area", "Action", "Lead", "By when"],
        [FRONT_DOOR, "Publish the thresholds", "Head of Service", "March 2027"],
        [None, "Train managers", None, "June 2027"],
        [VISITS, "Audit cases", "Head of QA", "May 2027"],
    ]
    plan = read_plan(pdf_file([rows], [150, 220, 120, 90]), "plan.pdf")
    assert [row.area for row in plan.rows] == [FRONT_DOOR, FRONT_DOOR, VISITS]
    assert plan.rows[1].by_who == ("Head of Service",)
    assert not plan.problems


HEAD = ["Ref", "What needs to improve", "Action", "Lead", "By when", "Evidence"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["", "", "", "", "April 2027", ""]], "“April 2027” is a second date beside one action; the first was kept."),
        ([["", "", "", "Head of QA", "", ""]], None),
        ([["", VISITS, "", "Head of QA", "May 2027", ""]], "No action is printed in this row: “Head of QA May 2027”."),
        ([["", VISITS, "", "Head of QA", "", ""], ["2", "", "Visit", "", "May 2027", ""]],
         "“Head of QA” was carried down from the row that names the area."),
        ([["2", VISITS, "Visit", "", "May 2027", ""]], "line 3: No lead is printed."),
        ([["2", VISITS, "Visit", "TBC", "", ""]], "line 3: No date is printed."),
        ([["2", VISITS, "Visit", "TBC", "46112", ""]],
         "“46112” is how a spreadsheet stores 31 March 2026; check the day."),
        ([["2", VISITS, "Visit", "TBC", "31 June 2027", ""]], "cannot be: June 2027 has 30 days"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_said(rows: Rows, said: str | None) -> None:
    first = ["1", FRONT_DOOR, "Publish the thresholds", "Head of Service", "March 2027", ""]
    plan = read_plan(csv_file([HEAD, first, *rows]), "plan.csv")
    assert (said or "") in messages(plan)
    if said is None:
        assert plan.rows[0].by_who == ("Head of Service", "Head of QA")
    assert plan.rows[0].by_when.last_day == date(2027, 3, 31)


def test_a_date_torn_in_two_is_one() -> None:
    rows = [
        HEAD,
        ["1", FRONT_DOOR, "Publish", "Head of QA", "By the end of", ""],
        ["", "", "", "", "March 2027", "Letter"],
    ]
    (row,) = read_plan(csv_file(rows), "plan.csv").rows
    assert row.by_when.last_day == date(2027, 3, 31)
    assert row.evidence == "Letter"


def test_an_area_torn_by_a_page_is_one() -> None:
    head = ["What needs to improve", "Action", "Lead", "By when"]
    first = [head, ["Decisions at the front", "Publish", "Head of QA", "March 2027"]]
    second = [["door take too long", "Train", "Head of QA", "May 2027"]]
    plan = read_plan(pdf_file([first, second], [150, 220, 120, 90]), "plan.pdf")
    assert [row.area for row in plan.rows] == [FRONT_DOOR] * 2


def test_bands_name_the_areas_below_them() -> None:
    document = word_file(
        [["Ref", "Action", "Lead", "By when"], ["Priority one: the front door", "", "", ""],
         ["1.1", "Publish", "Head of QA", "March 2027"], ["Priority two: visits", "", "", ""],
         ["2.1", "Audit", "Head of QA", "May 2027"]]
    )  # fmt: skip
    assert [row.area for row in read_plan(document, "x.docx").rows] == [
        "Priority one: the front door",
        "Priority two: visits",
    ]


def test_tables_of_one_plan_are_read_one_after_another() -> None:
    head = ["Area", "Action", "Lead", "By when"]
    document = word_file(
        [head, [FRONT_DOOR, "Publish", "Head of QA", "March 2027"]],
        tables=[[["", "Train", "Head of QA", "May 2027"]], [["Name", "Telephone"], ["Jo", "1"]],
                [head, [VISITS, "Audit", "Head of QA", "June 2027"]]],
    )  # fmt: skip
    plan = read_plan(document, "x.docx")
    assert [(row.area, row.action) for row in plan.rows] == [
        (FRONT_DOOR, "Publish"),
        (FRONT_DOOR, "Train"),
        (VISITS, "Audit"),
    ]


def test_two_rows_of_headings() -> None:
    rows: Rows = [
        ["Area", "Action", "Lead", "By when", "Progress", ""],
        [None, None, None, None, "Quarter 1", "Quarter 2"],
        [FRONT_DOOR, "Publish", "Head of QA", "March 2027", "Begun", "Nearly there"],
    ]
    (row,) = read_plan(excel_file(rows), "x.xlsx").rows
    assert row.progress == "Begun"
    titled: Rows = [
        ["Action", "Lead", "", ""],
        ["Area", "Action", "Lead", "By when"],
        [VISITS, "Audit", "HoS", "May 2027"],
    ]
    assert [row.action for row in read_plan(csv_file(titled), "x.csv").rows] == ["Audit"]


def test_a_person_says_what_the_columns_hold() -> None:
    rows = [["Alpha", "Beta", "Gamma", "Delta"], [FRONT_DOOR, "Publish", "Head of QA", "March 2027"]]
    data = csv_file(rows)
    unknown = read_plan(data, "x.csv")
    assert unknown.columns == ("Alpha", "Beta", "Gamma", "Delta")
    assert unknown.rows == ()
    assert "Say what each column holds" in messages(unknown)
    plan = read_plan(data, "x.csv", {0: "area", 1: "action", 2: "by_who", 3: "by_when"})
    assert [brief(row) for row in plan.rows] == [(FRONT_DOOR, "Publish", ("Head of QA",), date(2027, 3, 31))]
    known = csv_file([["Area", "Action", "Lead", "By when"], ["Write", FRONT_DOOR, "Head of QA", "May 2027"]])
    turned = read_plan(known, "x.csv", {0: "action", 1: "area", 2: ""})
    assert [brief(row) for row in turned.rows] == [(FRONT_DOOR, "Write", (), date(2027, 5, 31))]


def test_an_action_with_nothing_in_the_column_of_areas_is_said() -> None:
    plan = read_plan(csv_file([["Area", "Action", "Lead"], ["", "Publish", "Head of QA"]]), "x.csv")
    assert "No area is printed for this action." in messages(plan)


def test_one_area_lead_and_date_stand_for_several_rows() -> None:
    rows: Rows = [
        ["Area", "Action", "Owner", "Deadline", "Update"],
        [VISITS, "Audit", "Head of QA", "May 2027", "Begun"],
        [None, None, "Police", "June 2027", "Asked"],
    ]
    plan = read_plan(excel_file(rows), "x.xlsx")
    assert [(row.by_who, row.progress) for row in plan.rows] == [(("Head of QA", "Police"), "Begun\nAsked")]
    assert "“June 2027” is a second date" in messages(plan)


def test_a_row_that_goes_on_without_end_is_cut_and_it_is_said() -> None:
    more = [["", "", "", "", "", "x" * 30_000]] * 3
    plan = read_plan(csv_file([HEAD, ["1", VISITS, "Audit", "Head of QA", "May 2027", ""], *more]), "x.csv")
    assert "the rest was left out" in messages(plan)


def test_headings_without_rows_are_said() -> None:
    plan = read_plan(csv_file([["Area", "Action", "Lead", "By when"]]), "x.csv")
    assert plan.rows == ()
    assert "with no action under them" in messages(plan)


def test_columns_that_are_missing_are_said() -> None:
    plan = read_plan(csv_file([["Action", "Progress"], ["Publish", "Done"]]), "x.csv")
    said = messages(plan)
    assert "No column says who leads." in said
    assert "No column says by when." in said
    assert "No column or heading says what needs to improve" in said
    assert plan.rows[0].status == "complete"


# What our own papers write is read back equal.

OWN = [
    # area, reference, action, by whom, by when, last day, status, progress
    (FRONT_DOOR, "1.1", "Publish the thresholds", "Head of Service, Front Door", "March 2027", "2027-03-31",
     "In progress", "Draft is out"),
    (FRONT_DOOR, "1.2", "- train managers\n- train staff", "Principal Social Worker; Designated nurse (Westshire ICB)",
     "16 March 2027", "2027-03-16", "Not started", "=SUM(A1) is text\n+44 too"),
    (VISITS, "2.1", "Audit a sample, each “month” & more", "Service Director, Commissioning & Transformation",
     "Q2 2027", "2027-06-30", "Complete, awaiting sign-off", ""),
    (VISITS, "2.2", "Find a lead", "No owner", "No date", "", "Not yet reported", ""),
    (VISITS, "2.3", "Close it", "Head of QA", "Spring 2027", "", "Signed off", "Done"),
]  # fmt: skip
STATUSES = {
    "In progress": "in progress",
    "Not started": "not started",
    "Complete, awaiting sign-off": "complete",
    "Not yet reported": "",
    "Signed off": "complete",
}


def paper(keys: tuple[str, ...]) -> Paper:
    rows = []
    for place, (area, reference, action, who, when, last_day, status, progress) in enumerate(OWN):
        first = place == 0 or OWN[place - 1][0] != area
        values = {
            "area": Cell(area, rows=sum(one[0] == area for one in OWN)) if first else None,
            "area_each_row": Cell(area), "reference": Cell(reference), "wording": Cell(action), "by_whom": Cell(who),
            "by_when": Cell(when), "due_date": Cell(last_day), "status": Cell(status), "progress": Cell(progress),
            "area_number": Cell("1", 1), "first_agreed": Cell("January 2027"), "days_late": Cell("0", 0),
        }  # fmt: skip
        rows.append(Row(tuple(values.get(key, Cell("")) for key in keys)))
    stamp = Stamp("1 May 2026", len(rows), "", "Lena Lead", "1 May 2026 at 10:00", illustration=False)
    table = Table("Plan: actions by area", tuple(PLAN_COLUMNS[key].head() for key in keys), tuple(rows))
    return Paper("Westshire", "Improvement plan", "", (table,), stamp)


def people(text: str) -> tuple[str, ...]:
    return () if text == "No owner" else tuple(text.split("; "))


@pytest.mark.parametrize("kind", ["docx", "csv"])
def test_the_cabinet_paper_is_read_back_equal(kind: str) -> None:
    made = paper(CABINET_TABLE)
    data = word_document(made, factories.moment(2026, 5, 1)) if kind == "docx" else b"".join(csv_lines(made))
    plan = read_plan(data, f"paper.{kind}")
    assert plan.columns == ("What needs to improve", "Action", "By whom", "By when")
    assert [(row.area, row.action, row.by_who) for row in plan.rows] == [
        (one[0], one[2], people(one[3])) for one in OWN
    ]
    assert [row.by_when.printed for row in plan.rows] == ["March 2027", "16 March 2027", "Q2 2027", "", "Spring 2027"]
    assert [row.by_when.last_day for row in plan.rows] == [date(2027, 3, 31), date(2027, 3, 16), None, None, None]


@pytest.mark.parametrize("kind", ["docx", "csv"])
def test_the_full_paper_is_read_back_equal(kind: str) -> None:
    made = paper(EVERYTHING)
    data = word_document(made, factories.moment(2026, 5, 1)) if kind == "docx" else b"".join(csv_lines(made))
    plan = read_plan(data, f"paper.{kind}")
    read = [
        (row.area, row.reference, row.action, row.by_who, row.by_when.printed or "No date",
         row.by_when.last_day.isoformat() if row.by_when.last_day else "", row.status, row.progress)
        for row in plan.rows
    ]  # fmt: skip
    assert read == [(*one[:3], people(one[3]), *one[4:6], STATUSES[one[6]], one[7]) for one in OWN]
    assert {problem.message for problem in plan.problems} == {
        "No date is printed.",
        "“Spring 2027” is a time of year; enter the month or the day by which it is due.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["docx", "csv"])
def test_a_plan_of_the_tracker_is_read_back_equal(cast: Cast, kind: str) -> None:
    actions = Action.objects.visible_to(cast.lead).filter(plan=cast.plan)
    at = factories.moment(2026, 4, 14)
    made = plan_paper(cast.plan, at.date(), EVERYTHING, made_at=at)
    data = word_document(made, at) if kind == "docx" else b"".join(csv_lines(made))
    read = read_plan(data, f"paper.{kind}").rows
    kept = list(actions.order_by("position"))
    assert [(row.area, row.reference, row.action, row.by_when.last_day) for row in read] == [
        (action.area.wording, action.reference, action.wording, action.due_date) for action in kept
    ]
    assert [row.by_who for row in read] == [("Head of Service",), ("Designated nurse (Westshire ICB)",)]


def test_a_last_day_that_disagrees_is_said() -> None:
    rows = [["Action", "By whom", "By when", "Due by (last day)"], ["Write", "Head of QA", "March 2027", "2027-04-30"]]
    plan = read_plan(csv_file(rows), "x.csv")
    assert plan.rows[0].by_when.last_day == date(2027, 3, 31)
    assert "“March 2027” and the last day 30 April 2027 disagree; the first was kept." in messages(plan)


# The command.


def test_the_command_prints_the_proposal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.docx"
    file.write_bytes(LAYOUTS["derbyshire.docx"][1])
    call_command("read_plan", str(file), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["columns", "rows", "problems"]
    assert printed["rows"][0] == {
        "area": FRONT_DOOR,
        "action": "Publish the thresholds",
        "by_who": ["Head of Service, Front Door"],
        "by_when": {"printed": "March 2027", "due": "2027-03-31", "precision": "month", "status": None},
        "status": "",
        "progress": "",
        "reference": "",
        "where": "Table 1, row 2",
    }
    call_command("read_plan", str(file))
    text = capsys.readouterr().out
    assert "3 actions, 2 areas, 0 problems." in text
    assert "Principal Social Worker · By June 2027 (rolling programme thereafter) (due 2027-06-30)" in text


def test_the_command_refuses_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.docx"
    file.write_bytes(b"<html><body>A page</body></html>")
    for path in (file, tmp_path / "none.docx"):
        with pytest.raises(SystemExit) as stopped:
            call_command("read_plan", str(path), "--json")
        assert stopped.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "web page" in said.err
