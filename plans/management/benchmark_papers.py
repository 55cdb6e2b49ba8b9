"""How fast papers are written, and with how much memory, beside the plainest writer of each format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import typst
import xlsxwriter
from lxml import etree

from plans.management.measuring import Line, measured
from plans.papers.content import Cell, Head, Paper, Row, Stamp, Table
from plans.papers.files import file_of
from plans.papers.pictures import own_fonts
from plans.papers.rules import Format

SIZES = (300, 3_000, 10_000)
# How many times the floor's time a paper may take.
MOST: dict[Format, float] = {Format.WORD: 5.0, Format.PDF: 1.5, Format.EXCEL: 1.5, Format.CSV: 3.0}
MADE_AT = datetime(2026, 4, 14, 9, 5, tzinfo=UTC)
ACTIONS_OF_AN_AREA = 5
HEADS = (
    Head("area", "What needs to improve", 26, spans=True),
    Head("wording", "Action", 40),
    Head("by_whom", "By whom", 20),
    Head("by_when", "By when", 14),
)
_AREA = "The timeliness and quality of decisions in the first response team, and how they are recorded"
_ACTION = (
    "Hold a weekly meeting of team managers on each case without a decision after one working day, and report what "
    "was late to the head of service every month"
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BARE_PDF = b"""
#let rows = json(bytes(sys.inputs.rows))
#set document(title: "Plan")
#set text(font: "Liberation Sans", size: 9.5pt, lang: "en", hyphenate: false, fallback: false)
#set page(paper: "a4", flipped: true)
= Plan
#table(columns: (26fr, 40fr, 20fr, 14fr), table.header(..rows.first()), ..rows.slice(1).flatten())
"""


def lines(sizes: Sequence[int] = SIZES, runs: int = 3) -> Iterator[Line]:
    """Every format at every size, as it is measured."""
    for each in Format:
        for size in sizes:
            ours = measured(_paper_of, each.value, size, runs=runs)
            floor = measured(_floor_of, each.value, size, runs=runs)
            yield Line(f"{each.label} paper, rows", size, ours, floor, MOST[each])


def _paper_of(file_format: str, size: int) -> Callable[[], bytes]:
    write = partial(file_of, file_format=Format(file_format), made_at=MADE_AT)
    write(a_paper(ACTIONS_OF_AN_AREA))
    return partial(write, a_paper(size))


def _floor_of(file_format: str, size: int) -> Callable[[], Any]:
    floors = {"docx": lxml_rows, "pdf": bare_typst, "xlsx": bare_xlsxwriter, "csv": csv_writer}
    floors[file_format](texts(ACTIONS_OF_AN_AREA))
    return partial(floors[file_format], texts(size))


def a_paper(size: int) -> Paper:
    """A plan of so many actions, five in each area."""
    rows = tuple(
        Row(
            (
                Cell(area, rows=min(ACTIONS_OF_AN_AREA, size - place)) if place % ACTIONS_OF_AN_AREA == 0 else None,
                Cell(action),
                Cell(who),
                Cell(when, date(2027, 3, 31)),
            )
        )
        for place, (area, action, who, when) in enumerate(texts(size)[1:])
    )
    stamp = Stamp("14 April 2026", size, "", "", "14 April 2026 at 09:05", illustration=True)
    return Paper("Westshire Council", "Improvement plan", "", (Table("Actions by area", HEADS, rows),), stamp)


def texts(size: int) -> list[list[str]]:
    """The headings and the same rows as plain texts, the area in each."""
    rows = (
        [
            f"{place // ACTIONS_OF_AN_AREA + 1}. {_AREA}",
            f"{_ACTION} ({place})",
            "Head of Service, Front Door",
            "March 2027",
        ]
        for place in range(size)
    )
    return [[head.heading for head in HEADS], *rows]


def lxml_rows(rows: list[list[str]]) -> bytes:
    """The rows as bare elements of a Word table, in a zip file."""
    body = etree.Element(f"{{{_WORD}}}document", nsmap={"w": _WORD})
    table = etree.SubElement(etree.SubElement(body, f"{{{_WORD}}}body"), f"{{{_WORD}}}tbl")
    for row in rows:
        line = etree.SubElement(table, f"{{{_WORD}}}tr")
        for text in row:
            cell = etree.SubElement(etree.SubElement(line, f"{{{_WORD}}}tc"), f"{{{_WORD}}}p")
            etree.SubElement(etree.SubElement(cell, f"{{{_WORD}}}r"), f"{{{_WORD}}}t").text = text
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", etree.tostring(body))
    return file.getvalue()


def bare_typst(rows: list[list[str]]) -> bytes:
    """The rows as one table of the typesetter, tagged, with nothing done to them."""
    made: bytes = typst.compile(
        _BARE_PDF, font_paths=own_fonts(), pdf_standards=["ua-1"], sys_inputs={"rows": json.dumps(rows)}
    )
    return made


def bare_xlsxwriter(rows: list[list[str]]) -> bytes:
    """The rows as texts of a sheet, which wait on disk."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(place, column, text)
    book.close()
    return file.getvalue()


def csv_writer(rows: list[list[str]]) -> bytes:
    """The rows as the standard library writes them."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()
