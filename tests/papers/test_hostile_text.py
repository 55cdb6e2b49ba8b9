"""No text and no size tears a file: every format is made, opens, and holds what was said."""

from __future__ import annotations

import csv
import io

import openpyxl
import pdfplumber
import pytest
from docx import Document

from plans.papers.content import Cell, Chart, Head, Heading, Paper, Paragraph, Points, Row, Table
from plans.papers.excel_text import CUT
from plans.papers.files import file_of, pages_in
from plans.papers.rules import Format
from tests import factories
from tests.papers.every_block import AREA_COLUMNS, area_rows
from tests.papers.made_papers import STAMP
from tests.papers.read_back import in_csv, in_excel, in_paper, in_pdf, in_word, plain

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
COLUMNS = (Head("action", "Action", 40), Head("who", "By whom", 20))
NASTY = {
    "a word of 300 letters": "x" * 300,
    "a word of 300 wide letters": "W" * 300,
    "emoji": "\U0001f600 done \U0001f44d\U0001f3fd \U0001f1ec\U0001f1e7",
    "Hebrew": "שלום עולם",
    "Arabic": "مرحبا بالعالم",
    "both ways": "from right: שלום (1) to left \u202eevil\u202c",
    "control characters": "a\x00b\x07c\x1bd\x7fe\x0bf\x0cg",
    "surrogates": "a\ud83db\udc00c\ud800",
    "not characters": "a\ufffeb\uffffc\U0010ffffd",
    "a command": "=cmd|'/C calc'!A0",
    "a template": "{{7*7}} {% now 'Y' %} {#x#}",
    "XML": "<w:p/> ]]> &amp; &#0; <!DOCTYPE x [<!ENTITY y 'z'>]> &y;",
    "typesetting": "#panic() $x$ *b* _i_ `c` @ref <label> \\ // /* ] [ #let",
    "white space": " \t a \n\n\n b \r\n c \u2028 d \u00a0 ",
    "nothing": "",
    "only what is removed": "\x00\x01",
}


def a_paper(text: str, *, landscape: bool = True) -> Paper:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20"><text x="1" y="15">{}</text></svg>'
    said = text[:20].replace("&", "&amp;").replace("<", "&lt;")
    return Paper(
        text,
        text,
        text,
        (
            Heading(text),
            Paragraph(text),
            Points((text, text), "1"),
            Chart(text, text, svg.format(said)),
            Table(text, (*COLUMNS, Head("third", text, 5)), (Row((Cell(text), Cell("Lead"), Cell(text))),)),
            Table(text, AREA_COLUMNS, area_rows(2, 2, area=text, action=text)),
        ),
        STAMP,
        (text,),
        landscape,
    )


def table_of(*rows: Row, columns: tuple[Head, ...] = COLUMNS) -> Paper:
    return Paper("Westshire Council", "Plan", "", (Table("Actions", columns, rows),), STAMP)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_tears_a_file(text: str) -> None:
    paper = a_paper(text)
    expected = in_paper(paper)
    assert in_word(file_of(paper, Format.WORD, MADE_AT)) == expected
    assert in_excel(file_of(paper, Format.EXCEL, MADE_AT), paper) == expected
    assert in_csv(file_of(paper, Format.CSV, MADE_AT), paper) == expected
    assert pages_in(file_of(paper, Format.PDF, MADE_AT)) >= 1
    assert pages_in(file_of(a_paper(text, landscape=False), Format.PDF, MADE_AT)) >= 1


@pytest.mark.parametrize("text", [NASTY["a word of 300 letters"], NASTY["a word of 300 wide letters"]])
@pytest.mark.parametrize("landscape", [True, False])
def test_nothing_leaves_a_page_of_a_pdf(text: str, landscape: bool) -> None:
    with pdfplumber.open(io.BytesIO(file_of(a_paper(text, landscape=landscape), Format.PDF, MADE_AT))) as document:
        for page in document.pages:
            edge = page.width - 40
            assert max(char["x1"] for char in page.chars) < edge
            assert min(char["x0"] for char in page.chars) > 40


def test_right_to_left_text_is_printed() -> None:
    with pdfplumber.open(
        io.BytesIO(file_of(table_of(Row((Cell("שלום"), Cell("A")))), Format.PDF, MADE_AT))
    ) as document:
        assert set("שלום") <= {char["text"] for page in document.pages for char in page.chars}


@pytest.mark.parametrize("svg", ["", "not a picture", "<svg", "<html/>", "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                 "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>"])  # fmt: skip
def test_a_picture_that_cannot_be_drawn_is_said_in_words(svg: str) -> None:
    paper = Paper("Westshire Council", "Plan", "", (Chart("How many", "Eleven are overdue.", svg),), STAMP)
    document = Document(io.BytesIO(file_of(paper, Format.WORD, MADE_AT)))
    described = document.element.xpath("//wp:docPr/@descr") + [one.text for one in document.paragraphs]
    assert "Eleven are overdue." in described
    assert pages_in(file_of(paper, Format.PDF, MADE_AT)) == 1


def test_a_cell_of_a_hundred_thousand_letters_is_whole_where_it_can_be() -> None:
    text = "word " * 20_000
    paper = table_of(Row((Cell(text), Cell("Lead"))))
    expected = in_paper(paper)
    assert in_word(file_of(paper, Format.WORD, MADE_AT)) == expected
    assert in_csv(file_of(paper, Format.CSV, MADE_AT), paper) == expected
    book = openpyxl.load_workbook(io.BytesIO(file_of(paper, Format.EXCEL, MADE_AT)))
    assert book.worksheets[0]["A2"].value.endswith(CUT)
    assert in_pdf(file_of(paper, Format.PDF, MADE_AT), paper) == expected


def test_ten_thousand_rows_are_ten_thousand_rows() -> None:
    paper = table_of(*area_rows(2_500, 4), columns=AREA_COLUMNS)
    expected = in_paper(paper)[0]
    assert in_word(file_of(paper, Format.WORD, MADE_AT))[0] == expected
    assert in_csv(file_of(paper, Format.CSV, MADE_AT), paper)[0] == expected
    book = openpyxl.load_workbook(io.BytesIO(file_of(paper, Format.EXCEL, MADE_AT)))
    assert book.worksheets[0].max_row == 10_001
    assert pages_in(file_of(paper, Format.PDF, MADE_AT)) > 250


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("count", [1, 20])
def test_a_table_of_one_column_and_of_twenty(count: int, landscape: bool) -> None:
    columns = tuple(Head(f"column{place}", f"The heading number {place}", 10) for place in range(count))
    rows = [Row(tuple(Cell(f"Safeguarding {place}") for place in range(count))) for _ in range(3)]
    paper = Paper(
        "Westshire Council", "Plan", "", (Table("Actions", columns, tuple(rows)),), STAMP, landscape=landscape
    )
    expected = in_paper(paper)
    assert in_word(file_of(paper, Format.WORD, MADE_AT)) == expected
    file = file_of(paper, Format.PDF, MADE_AT)
    assert in_pdf(file, paper) == expected
    with pdfplumber.open(io.BytesIO(file)) as document:
        assert max(char["x1"] for page in document.pages for char in page.chars) < document.pages[0].width - 40


def test_a_column_that_is_empty_throughout_stays() -> None:
    paper = table_of(Row((Cell("Do"), Cell(""))), Row((Cell("And do"), Cell(""))))
    for read in (
        in_word(file_of(paper, Format.WORD, MADE_AT)),
        in_excel(file_of(paper, Format.EXCEL, MADE_AT), paper),
        in_csv(file_of(paper, Format.CSV, MADE_AT), paper),
        in_pdf(file_of(paper, Format.PDF, MADE_AT), paper),
    ):
        assert read == [[["Action", plain("By whom")], ["Do", ""], [plain("And do"), ""]]]


def test_a_table_without_rows_says_so() -> None:
    paper = table_of()
    said = [one.text for one in Document(io.BytesIO(file_of(paper, Format.WORD, MADE_AT))).paragraphs]
    assert "There are no actions." in said
    book = openpyxl.load_workbook(io.BytesIO(file_of(paper, Format.EXCEL, MADE_AT)))
    assert [[cell.value for cell in row] for row in book.worksheets[0]] == [["Action", "By whom"]]
    assert "There are no actions." in [row[0].value for row in book.worksheets[1]]
    text = file_of(paper, Format.CSV, MADE_AT).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["Action", "By whom"]]
    with pdfplumber.open(io.BytesIO(file_of(paper, Format.PDF, MADE_AT))) as document:
        assert "There are no actions." in document.pages[0].extract_text()


def test_a_paper_without_anything_is_a_paper() -> None:
    paper = Paper("", "", "", (), STAMP)
    for each in Format:
        assert file_of(paper, each, MADE_AT)
    assert pages_in(file_of(paper, Format.PDF, MADE_AT)) == 1
