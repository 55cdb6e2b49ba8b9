"""The workbook: dates as dates, numbers as numbers, text always text, ready to filter and to print."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from plans.papers import excel
from plans.papers.columns import EVERYTHING, PLAN_COLUMNS
from plans.papers.content import Cell, Paper, Row, Table
from plans.papers.excel import excel_workbook
from plans.papers.excel_about import point, sheet_names
from plans.papers.excel_text import CUT, LONGEST_TEXT
from tests import factories
from tests.papers.every_block import every_block
from tests.papers.made_papers import LAST_DAY, STAMP, Group, a_paper

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
WHO, WHEN = "Head of Service, Front Door", "March 2027"
PLAN: list[Group] = [
    ("Decisions take too long", [("Publish", WHO, WHEN), ("Train", "No owner", "No date")]),
    ("Visits", [("Audit", WHO, "Ongoing")]),
]


def opened(paper: Paper) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(excel_workbook(paper, MADE_AT)))


def column(paper: Paper, key: str) -> list[object]:
    sheet = opened(paper).worksheets[0]
    place = [column.key for column in paper.tables[0].columns].index(key) + 1
    return [sheet.cell(row, place).value for row in range(2, sheet.max_row + 1)]


def one_cell(key: str, cell: Cell) -> openpyxl.cell.Cell:
    table = Table("Table", (PLAN_COLUMNS[key].head(),), (Row((cell,)),))
    return opened(Paper("Westshire Council", "Plan", "", (table,), STAMP)).worksheets[0]["A2"]


def test_a_row_an_action_under_headings_that_stay_and_filter() -> None:
    book = opened(a_paper(PLAN, EVERYTHING))
    assert book.sheetnames == ["Improvement plan actions by", "About this paper"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [PLAN_COLUMNS[key].heading for key in EVERYTHING]
    assert sheet.max_row == 4
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(4, len(EVERYTHING)).coordinate}"
    assert not sheet.merged_cells.ranges


def test_an_area_is_said_in_each_row_even_where_other_papers_merge_it() -> None:
    areas = ["Decisions take too long"] * 2 + ["Visits"]
    assert column(a_paper(PLAN, EVERYTHING), "area_each_row") == areas
    assert column(a_paper(PLAN, ("area", "wording")), "area") == areas


def test_dates_are_dates_as_fine_as_they_were_written() -> None:
    day = one_cell("due_date", Cell("2027-03-31", LAST_DAY))
    assert (day.value, day.number_format, day.is_date) == (datetime(2027, 3, 31), "d mmmm yyyy", True)
    month = one_cell("forecast", Cell("March 2027", LAST_DAY))
    assert (month.value, month.number_format) == (datetime(2027, 3, 31), "mmmm yyyy")
    quarter = one_cell("forecast", Cell("Q4 2026/27", LAST_DAY))
    assert (quarter.value, quarter.data_type) == ("Q4 2026/27", "s")
    ancient = one_cell("due_date", Cell("1850-01-01", LAST_DAY.replace(year=1850, month=1, day=1)))
    assert ancient.value == "1850-01-01"


def test_numbers_are_numbers_and_text_that_looks_like_one_is_text() -> None:
    assert column(a_paper(PLAN, EVERYTHING), "area_number") == [1, 1, 2]
    assert one_cell("reference", Cell("1.10")).value == "1.10"


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", "https://example.org/", "+44", "@SUM(A1)", "'=x", "mailto:a@b.org"])
def test_text_is_never_a_formula_or_a_link(text: str) -> None:
    cell = one_cell("wording", Cell(text))
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_no_workbook_holds_is_cleaned_or_cut_and_it_is_said() -> None:
    assert one_cell("wording", Cell("a\x00b\x0bc\ud800")).value == "ab\nc"
    assert one_cell("wording", Cell("x" * LONGEST_TEXT)).value == "x" * LONGEST_TEXT
    cut = one_cell("wording", Cell("\U0001f600" * LONGEST_TEXT)).value
    assert cut.endswith(CUT)
    assert len(cut.encode("utf-16-le")) <= 2 * LONGEST_TEXT


def test_it_prints_across_landscape_a4_with_headings_on_each_page() -> None:
    paper = a_paper(PLAN, EVERYTHING, title="Health & care & " + "long " * 60)
    for sheet in opened(paper).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # One page wide is what a workbook means where it says nothing; as many high as it takes is the 0.
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    first = opened(paper).worksheets[0]
    assert first.print_options.gridLines
    assert first.print_title_rows == "$1:$1"
    assert first.oddFooter.right.text == "Page &P of &N"
    assert first.oddFooter.left.text.startswith("Health && care")
    assert "As at 14 April 2026" in opened(a_paper(PLAN, EVERYTHING)).worksheets[0].oddFooter.left.text


def test_it_says_what_it_is_and_names_nobody_but_in_its_stamp() -> None:
    book = opened(a_paper(PLAN, EVERYTHING))
    lines = [row[0].value for row in book.worksheets[1]]
    assert lines[:3] == ["Improvement plan", "Westshire Council", "Improvement plan"]
    assert "Made by Lena Lead on 14 April 2026 at 09:05." in lines
    assert (book.properties.title, book.properties.creator) == ("Improvement plan", "Westshire Council")
    assert book.properties.created == datetime(2026, 4, 14, 8, 5)
    with zipfile.ZipFile(io.BytesIO(excel_workbook(a_paper(PLAN, EVERYTHING), MADE_AT))) as parts:
        assert not [name for name in parts.namelist() if "docProps" in name and b"Lena" in parts.read(name)]


def test_many_rows_wait_on_disk_and_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = a_paper(PLAN, EVERYTHING)
    usual = [[cell.value for cell in row] for row in opened(paper).worksheets[0]]
    monkeypatch.setattr(excel, "_MANY_ROWS", 1)
    assert [[cell.value for cell in row] for row in opened(paper).worksheets[0]] == usual


def test_a_plan_without_actions_is_a_workbook_too() -> None:
    assert opened(a_paper([], EVERYTHING)).worksheets[0].max_row == 1


@pytest.mark.parametrize(
    ("captions", "names"),
    [
        (["Late", "late", "LATE"], ["Late", "late 2", "LATE 3"]),
        (["a/b\\c?d*e[f]g:h"], ["a b c d e f g h"]),
        (["About this paper", "History"], ["About this paper 2", "History 2"]),
        (["'quoted'", "", "\x00", "'"], ["quoted", "Table", "Table 2", "Table 3"]),
        (["Where the actions stand, in figures"] * 2, ["Where the actions stand, in", "Where the actions stand, in 2"]),
        (["x" * 40, "\U0001f600" * 40], ["x" * 31, "\U0001f600" * 15]),
    ],
)
def test_a_sheet_is_named_after_its_table_as_excel_allows(captions: list[str], names: list[str]) -> None:
    assert sheet_names(captions) == names
    tables = tuple(Table(caption, (PLAN_COLUMNS["wording"].head(),), ()) for caption in captions)
    assert opened(Paper("Westshire Council", "Plan", "", tables, STAMP)).sheetnames == [*names, "About this paper"]


def test_what_the_paper_says_beside_its_tables_is_in_order_on_the_last_sheet() -> None:
    lines = [row[0].value for row in opened(every_block()).worksheets[-1]]
    assert lines[lines.index("Purpose") : lines.index("Appendix") + 1] == [
        "Purpose",
        "To ask for approval.\nThe second line.",
        "The second paragraph.",
        "A note.",
        "Recommendations",
        "i) That the plan is noted",
        "ii) That the dates are approved",
        "1. First",
        "2. Second",
        "1. First again",
        "2. Second again",
        "• One",
        "• Another",
        "Deeper",
        "Actions by timeliness",
        "11 of 22 actions are overdue.",
        "Actions by area",
        "On the sheet “Actions by area”.",
        "Nothing here",
        "On the sheet “Nothing here”.",
        "There is nothing to show.",
        "Appendix",
    ]
    assert lines[-2:] == ["What the ratings mean", "Owner’s rating: red, late."]


@pytest.mark.parametrize(
    ("place", "said"), [(1, "i)"), (4, "iv)"), (9, "ix)"), (14, "xiv)"), (40, "xl)"), (99, "xcix)")]
)
def test_points_are_numbered_as_they_are_in_print(place: int, said: str) -> None:
    assert point("i", place) == said


def test_a_portrait_paper_is_a_portrait_workbook() -> None:
    assert {sheet.page_setup.orientation for sheet in opened(every_block()).worksheets} == {"portrait"}
