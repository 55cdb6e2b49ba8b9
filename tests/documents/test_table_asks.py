"""The tables in which area SEND reports set their asks: bodies, torn rows, heads printed twice, rules lost."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from plans.documents.find_column_asks import find_column_asks
from plans.documents.find_table_asks import find_table_asks
from plans.documents.lines import Line, PageTable
from plans.documents.read_report import read_report
from plans.documents.read_text import lines_of_text
from tests.documents.making_documents import BOLD, REGULAR

COUNCIL = "Sandshire County Council and NHS Sandshire ICB"
HEAD = ("Responsible body", "Areas for priority action")
Row = tuple[str | None, ...]


def asks_of(headings: dict[int, str], tables: dict[int, Sequence[Sequence[Row]]]) -> list[tuple[str, str, str]]:
    """Kind, body and words of the asks in tables by page, below headings by page."""
    lines = [Line(text, page, page, size=14, bold=True) for page, text in headings.items()]
    lines.append(Line("Local area partnership details", max([*headings, *tables]), 99, size=14, bold=True))
    found = find_table_asks(
        lines, lambda page: [PageTable(page, tuple(tuple(row) for row in rows)) for rows in tables.get(page, ())]
    )
    return [(one.kind, one.body, one.text) for one in found]


def test_each_row_is_an_ask_of_the_body_beside_it() -> None:
    rows = [HEAD, (COUNCIL, "Leaders should shorten\nthe waits."), ("NHS Sandshire ICB", "The ICB should act.")]
    assert asks_of({8: "Areas for priority action"}, {8: [rows]}) == [
        ("area for priority action", COUNCIL, "Leaders should shorten the waits."),
        ("area for priority action", "NHS Sandshire ICB", "The ICB should act."),
    ]


def test_a_cell_that_covers_two_rows_is_the_body_of_both() -> None:
    rows: list[Row] = [HEAD, (COUNCIL, "Leaders should act."), (None, "Leaders should act again.")]
    assert [body for _kind, body, _text in asks_of({3: "Areas for priority action"}, {3: [rows]})] == [COUNCIL, COUNCIL]


def test_a_row_torn_over_pages_is_one_ask() -> None:
    tables = {
        8: [[HEAD, (COUNCIL, "Leaders should shorten the waits for an assessment, including those of")]],
        9: [[HEAD, ("", "children under five."), (COUNCIL, "Leaders should tell families what they do.")]],
    }
    assert [text for _kind, _body, text in asks_of({8: "Areas for priority action"}, tables)] == [
        "Leaders should shorten the waits for an assessment, including those of children under five.",
        "Leaders should tell families what they do.",
    ]


def test_a_head_printed_twice_is_no_ask_and_begins_the_other_kind() -> None:
    rows = [("Areas for improvement",), ("The partnership should plan ahead.",), ("NHS Sandshire ICB should publish.",)]
    tables = {8: [[HEAD, (COUNCIL, "Leaders should act.")], rows]}
    assert asks_of({8: "Areas for improvement"}, tables) == [
        ("area for priority action", COUNCIL, "Leaders should act."),
        ("area for improvement", "partnership", "The partnership should plan ahead."),
        ("area for improvement", "NHS Sandshire ICB", "NHS Sandshire ICB should publish."),
    ]


def test_bullets_in_a_cell_are_part_of_its_ask() -> None:
    rows = [
        ("Areas for improvement",),
        ("Leaders should improve plans. This includes:\n• advice\n• the voice of families.",),
    ]
    assert [text for *_other, text in asks_of({5: "Areas for improvement"}, {5: [rows]})] == [
        "Leaders should improve plans. This includes: advice the voice of families."
    ]


def test_the_table_of_addresses_ends_the_asks_and_other_tables_are_none() -> None:
    details = [("Local authority", "Integrated care board"), ("Sandshire", "NHS Sandshire ICB")]
    rows = [("Areas for improvement",), ("The partnership should plan ahead.",)]
    assert len(asks_of({5: "Areas for improvement"}, {5: [rows, details]})) == 1
    assert asks_of({5: "Inspection outcome"}, {5: [[("Age", "Children"), ("5", "17")]]}) == []


def ruled(pages: Sequence[Sequence[tuple[float, Sequence[tuple[float, float, Sequence[str]]]]]], above: str) -> bytes:
    """A PDF whose pages hold rows: (top, cells), a cell being (left, width, lines of text); each row 60 high."""
    document = pdfium.PdfDocument.new()
    for number, rows in enumerate(pages):
        page = document.new_page(595, 842)
        texts = [(72.0, 800.0, REGULAR, "Area SEND inspection of Sandshire Local Area Partnership"),
                 (72.0, 780.0, REGULAR, "Inspection dates: 8 to 12 July 2024"),
                 (72.0, 740.0, BOLD, above)] if number == 0 else []  # fmt: skip
        for top, cells in rows:
            for left, width, lines in cells:
                box = raw.FPDFPageObj_CreateNewRect(left, top - 60, width, 60)
                raw.FPDFPath_SetDrawMode(box, 0, 1)
                raw.FPDFPageObj_SetStrokeColor(box, 0, 0, 0, 255)
                raw.FPDFPage_InsertObject(page.raw, box)
                texts += [(left + 5, top - 16 - 14 * at, REGULAR, text) for at, text in enumerate(lines)]
        for left, bottom, font, text in texts:
            made = raw.FPDFPageObj_NewTextObj(document.raw, font.encode(), ctypes.c_float(12))
            buffer = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
            raw.FPDFText_SetText(made, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
            raw.FPDFPageObj_Transform(made, 1, 0, 0, 1, left, bottom)
            raw.FPDFPage_InsertObject(page.raw, made)
        page.gen_content()
    stream = BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


def test_a_ruled_table_of_a_pdf_gives_bodies_and_the_place_of_each_row() -> None:
    body = ["Sandshire Council and", "NHS Sandshire ICB"]
    first = ["Leaders should shorten the waits", "for children, and should tell their", "families so."]
    data = ruled(
        [
            [(700, [(72, 150, ["Responsible body"]), (222, 250, ["Areas for priority action"])]),
             (640, [(72, 150, body), (222, 250, first)])],
            [(760, [(72, 150, body), (222, 250, ["Leaders should plan for each child", "who leaves school."])])],
        ],
        "Areas for priority action",
    )  # fmt: skip
    read = read_report(data, "report.pdf")
    assert [(one.body, one.text, one.page) for one in read.areas] == [
        ("Sandshire Council and NHS Sandshire ICB", " ".join(first), 1),
        ("Sandshire Council and NHS Sandshire ICB", "Leaders should plan for each child who leaves school.", 2),
    ]
    one, two = read.areas
    assert [line.text for line in one.source] == [
        "Sandshire Council and Leaders should shorten the waits",
        "NHS Sandshire ICB for children, and should tell their",
        "families so.",
    ]
    assert {line.page for line in two.source} == {2}
    for line in one.source:
        assert line.box
        assert (842 - 640) / 842 < line.box[1] < line.box[3] < (842 - 580) / 842


@pytest.mark.parametrize(
    "pasted",
    [
        "Responsible body\tAreas for priority action\n"
        "Sandshire Council\tLeaders should shorten\nand NHS Sandshire\tthe waits for children.\nICB\n"
        "Sandshire Council\tLeaders should plan better.\n",
        "Responsible body\tAreas for priority action\n"
        "Sandshire Council and NHS Sandshire ICB\tLeaders should shorten the waits for children.\n"
        "Sandshire Council\tLeaders should plan better.\n",
        "| Responsible body | Areas for priority action |\n| --- | --- |\n"
        "| Sandshire Council and NHS Sandshire ICB | Leaders should shorten the waits for children. |\n"
        "| Sandshire Council | Leaders should plan better. |\n",
        "Responsible body Areas for priority action\nSandshire Council and\nNHS Sandshire ICB\n"
        "Leaders should shorten\nthe waits for children.\nSandshire Council\nLeaders should plan better.\n",
    ],
)
def test_a_pasted_table_keeps_its_bodies(pasted: str) -> None:
    text = f"Areas for priority action\n\n{pasted}\nAreas for improvement\n\nThe partnership should listen.\n"
    asks, others = find_column_asks(lines_of_text(text).lines)
    assert [(one.body, one.text) for one in asks] == [
        ("Sandshire Council and NHS Sandshire ICB", "Leaders should shorten the waits for children."),
        ("Sandshire Council", "Leaders should plan better."),
    ]
    assert [line.text for line in others] == [
        "Areas for priority action", "Areas for improvement", "The partnership should listen."
    ]  # fmt: skip
    assert all(one.source for one in asks)


def test_a_table_without_a_head_goes_on_from_the_page_before() -> None:
    tables = {
        8: [[HEAD, (COUNCIL, "Leaders should act.")]],
        9: [[(COUNCIL, "Leaders should plan for each child who")], [("Age", "Need", "Children")]],
        10: [[("", "leaves school.")]],
    }
    assert [text for *_other, text in asks_of({8: "Areas for priority action"}, tables)] == [
        "Leaders should act.",
        "Leaders should plan for each child who leaves school.",
    ]


def test_a_table_without_a_head_takes_the_heading_of_its_page() -> None:
    assert asks_of({5: "Areas for improvement"}, {5: [[("The partnership should plan ahead.",)]]}) == [
        ("area for improvement", "partnership", "The partnership should plan ahead.")
    ]


def test_the_rest_of_a_torn_row_may_stand_without_rules() -> None:
    lines = [
        Line("Areas for improvement", 5, 1, size=14, bold=True),
        Line("leaves school in the county.", 6, 2, size=12, printed="leaves school in the county."),
        Line("Local area partnership details", 6, 3, size=14, bold=True),
    ]
    table = PageTable(5, (("Areas for improvement",), ("Leaders should plan for each child who",)))
    (ask,) = find_table_asks(lines, lambda page: [table] if page == 5 else [])
    assert ask.text == "Leaders should plan for each child who leaves school in the county."
    assert [line.number for line in ask.source] == [2]


def test_without_a_heading_over_asks_no_table_is_read() -> None:
    assert find_table_asks([Line("Context", 1, 1)], lambda page: [PageTable(page, (("A", "B"),))]) == []
