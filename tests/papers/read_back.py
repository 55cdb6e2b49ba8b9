"""The tables of a paper's files, read back by libraries that did not write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import openpyxl
import pdfplumber
from docx import Document
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name
from pdfminer.utils import decode_text

from plans.documents.dates import wording
from plans.papers.content import Cell, Paper, Table
from plans.papers.csv import LIST
from plans.papers.excel_about import ABOUT
from plans.papers.excel_text import CUT
from plans.papers.pdf_text import within_fonts
from plans.papers.safe_text import STARTS_A_FORMULA

# Headings and rows, cells that continue the one above filled in.
Grid = list[list[str]]
NO_CAPTION = "Actions"  # what a table without a caption is called
RIGHT_TO_LEFT = re.compile("[\u0590-\u05ff]")


def plain(text: str) -> str:
    """What every format keeps of a text: its letters as the papers' fonts have them, without white space."""
    return "".join(within_fonts(text).split())


def in_paper(paper: Paper) -> list[Grid]:
    """The tables as the tree has them."""
    return [_of_tree(table) for table in paper.tables]


def _of_tree(table: Table) -> Grid:
    grid = [[plain(column.heading) for column in table.columns]]
    above: list[Cell | None] = [None] * len(table.columns)
    for row in table.rows:
        above = [cell or before for cell, before in zip(row.cells, above, strict=True)]
        grid.append([plain(cell.text) if cell else "" for cell in above])
    return grid


def in_word(file: bytes) -> list[Grid]:
    return [_of_word(table) for table in Document(io.BytesIO(file)).tables]


def _of_word(table: Any) -> Grid:
    grid: Grid = []
    for row in table._tbl.tr_lst:
        cells = []
        for place, cell in enumerate(row.tc_lst):
            text = plain("\n".join(paragraph.text for paragraph in cell.p_lst))
            cells.append(grid[-1][place] if cell.vMerge == "continue" else text)
        grid.append(cells)
    return grid


def in_excel(file: bytes, paper: Paper) -> list[Grid]:
    """The sheets' tables; a date is read as the tree words it, where it is that day or the end of that month."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheets = [sheet for sheet in book.worksheets if sheet.title != ABOUT]
    return [_of_sheet(sheet, table) for sheet, table in zip(sheets, paper.tables, strict=True)]


def _of_sheet(sheet: Any, table: Table) -> Grid:
    assert sheet.max_row <= len(table.rows) + 1
    expected = _of_tree(table)
    cells = sheet.iter_rows(max_row=len(expected), max_col=len(table.columns))
    grid = [["" if cell.value is None else _shown(cell) for cell in row] for row in cells]
    for row, line in zip(grid, expected, strict=True):
        for place, text in enumerate(row):
            if text.endswith(plain(CUT)):
                assert line[place].startswith(text.removesuffix(plain(CUT)))
                row[place] = line[place]
    return grid


def _shown(cell: Any) -> str:
    """As a reader of the workbook sees it; a day of figures is given as the tree gives it."""
    assert cell.data_type != "f"
    assert cell.hyperlink is None
    if isinstance(cell.value, datetime):
        finest = "day" if cell.number_format.startswith("d") else "month"
        return plain(wording(cell.value.date(), finest))
    return plain(str(cell.value))


def in_csv(file: bytes, paper: Paper) -> list[Grid]:
    """The tables of the file, split as its rules say."""
    lines = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    tables = paper.tables
    if len(tables) > 1 and len({tuple(column.heading for column in table.columns) for table in tables}) == 1:
        assert lines[0][0] == LIST
        rows = iter(lines[1:])
        grids = []
        for table in tables:
            own = [next(rows) for _ in table.rows]
            assert {_text(row[0]) for row in own} <= {plain(table.caption) or NO_CAPTION}
            grids.append([[_text(cell) for cell in row[1:]] for row in (lines[0], *own)])
        assert next(rows, None) is None
        return grids
    return list(_apart(lines, tables))


def _apart(lines: list[list[str]], tables: tuple[Table, ...]) -> Iterator[Grid]:
    place = 0
    for number, table in enumerate(tables):
        if len(tables) > 1:
            if number:
                assert lines[place] == []
                place += 1
            assert _text(lines[place][0]) == (plain(table.caption) or NO_CAPTION)
            place += 1
        own = lines[place : place + len(table.rows) + 1]
        place += len(own)
        yield [[_text(cell) for cell in row] for row in own]
    assert place == len(lines)


def _text(cell: str) -> str:
    """The cell without the apostrophe that makes a formula inert."""
    return plain(cell[1:] if cell.startswith("'") and STARTS_A_FORMULA.match(cell[1:]) else cell)


def in_pdf(file: bytes, paper: Paper) -> list[Grid]:
    """The tables by the file's own tags, whatever the pages look like; areas are in headings over their rows."""
    tables = [table for table in paper.tables if table.rows]
    grids = iter([_of_tags(rows, table) for rows, table in zip(tagged_tables(file), tables, strict=True)])
    return [next(grids) if table.rows else _of_tree(table) for table in paper.tables]


@dataclass(frozen=True)
class Element:
    """An element of the file's structure: its tag, what is in it in order (elements and texts), its alternative."""

    tag: str
    inside: tuple[Element | str, ...]
    attributes: dict[str, Any]
    alternative: str = ""

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    def all(self, *tags: str) -> list[Element]:
        """The elements with these tags, from the top down, itself included."""
        own = [self] if self.tag in tags else []
        return own + [found for one in self.inside if isinstance(one, Element) for found in one.all(*tags)]


def structure(file: bytes) -> Element:
    """The file's tags with the texts that they mark."""
    with pdfplumber.open(io.BytesIO(file)) as document:
        said: dict[tuple[int, int], list[str]] = {}
        for page in document.pages:
            for char in page.chars:
                if char["mcid"] is not None:
                    said.setdefault((page.page_obj.pageid, char["mcid"]), []).append(char["text"])
            page.close()
        return _element(resolve1(document.doc.catalog["StructTreeRoot"]), said, 0)


def _element(found: dict[str, Any], said: dict[tuple[int, int], list[str]], page: int) -> Element:
    page = found["Pg"].objid if "Pg" in found else page
    below = resolve1(found.get("K", []))
    inside: list[Element | str] = []
    for each in below if isinstance(below, list) else [below]:
        one = resolve1(each)
        if isinstance(one, int):
            inside.append("".join(said.get((page, one), [])))
        elif "MCID" in one:
            inside.append("".join(said.get((one["Pg"].objid if "Pg" in one else page, one["MCID"]), [])))
        elif "S" in one:
            inside.append(_element(one, said, page))
    given = resolve1(found.get("A", {}))
    attributes = {
        key: value for one in (given if isinstance(given, list) else [given]) for key, value in resolve1(one).items()
    }
    alternative = found.get("Alt", b"")
    return Element(
        literal_name(found["S"]) if "S" in found else "", tuple(inside), attributes, decode_text(alternative)
    )


def tagged_tables(file: bytes) -> list[list[list[tuple[str, str]]]]:
    """Each table's rows: each cell's tag and its text."""
    return [
        [[(cell.tag, plain(cell.text)) for cell in row.all("TH", "TD")] for row in table.all("TR")]
        for table in structure(file).all("Table")
    ]


def _of_tags(rows: list[list[tuple[str, str]]], table: Table) -> Grid:
    over = next((place for place, column in enumerate(table.columns) if column.spans), None)
    lines = [[text for _, text in row] for row in rows]
    if over is None:
        return lines
    (above,), heads, *rest = lines
    grid, band = [[*heads[:over], above, *heads[over:]]], ""
    for row, tagged in zip(rest, rows[2:], strict=True):
        if tagged[0][0] == "TH":
            band = row[0]
        elif len(row) == 1 != len(heads):
            band += row[0]
        else:
            grid.append([*row[:over], band, *row[over:]])
    return grid
