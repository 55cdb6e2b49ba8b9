"""A paper as an Excel workbook: a row an action with dates as dates, ready to filter, and a sheet about the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

import xlsxwriter

from plans.documents.dates import wording
from plans.papers.content import Cell, Head, Paper, Table
from plans.papers.excel_about import ABOUT, add_about, sheet_names
from plans.papers.excel_text import FONT, fitting
from plans.papers.safe_text import printable

DAY_FORMAT, MONTH_FORMAT = "d mmmm yyyy", "mmmm yyyy"
HEADER_FILL = "#DCE6EA"
_LONGEST_FOOTER = 200  # Excel holds 255 characters of a footer, marks and page numbers among them
_DAY_NOUGHT = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_ROOM_FOR_FILTER, _WIDEST = 3, 100  # characters
_A4 = 9
_SHOWN_IN_PRINT = 0
LONGEST_DAY = 18  # characters: 30 September 2027
_LINE_HEIGHT, _ROW_SPACE, _HIGHEST_ROW = 13, 3, 409  # points
_MANY_ROWS = 2_000  # beyond which the rows wait on disk: fewer are faster in memory
_BASE = {**FONT, "text_wrap": True, "valign": "top"}

Write = Callable[[int, int, Cell], Any]


def excel_workbook(paper: Paper, made_at: datetime) -> bytes:
    """The .xlsx file: a sheet for each table, headings in its first row, then a sheet that says what the paper is."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": sum(len(table.rows) for table in paper.tables) > _MANY_ROWS,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    organisation = printable(paper.organisation)
    book.set_properties(
        {
            "title": printable(paper.title),
            "subject": printable(paper.subtitle),
            "author": organisation,
            "company": organisation,
            "created": made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    names = sheet_names(table.caption for table in paper.tables)
    for name, table in zip(names, paper.tables, strict=True):
        _add_table(book, _set_up_page(book.add_worksheet(name), paper), table)
    add_about(book, _set_up_page(book.add_worksheet(ABOUT), paper), paper, names)
    book.close()
    return file.getvalue()


def _add_table(book: Any, sheet: Any, table: Table) -> None:
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    cells = zip(*(row.cells for row in table.rows), strict=True) if table.rows else [()] * len(table.columns)
    widths = [_width(column, below) for column, below in zip(table.columns, cells, strict=True)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    header = book.add_format({**_BASE, "bold": True, "bg_color": HEADER_FILL})
    headings = [printable(column.heading) for column in table.columns]
    sheet.set_row(0, _height(headings, [width - _ROOM_FOR_FILTER for width in widths]))
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, header)
    write = _writer(book, sheet)
    above: list[Cell | None] = [None] * len(table.columns)
    for number, row in enumerate(table.rows, start=1):
        above = [cell or before for cell, before in zip(row.cells, above, strict=True)]
        sheet.set_row(number, _height([cell.text if cell else "" for cell in above], widths))
        for place, cell in enumerate(above):
            if cell is not None and cell.text:
                write(number, place, cell)


def _writer(book: Any, sheet: Any) -> Write:
    """Writes a cell as what it is: a number, a date shown as finely as it was written, or a text."""
    text, number = book.add_format(_BASE), book.add_format({**_BASE, "align": "center"})
    day, month = (
        book.add_format({**_BASE, "num_format": shown, "align": "left"}) for shown in (DAY_FORMAT, MONTH_FORMAT)
    )

    def write(row: int, column: int, cell: Cell) -> None:
        if cell.value is None:
            sheet.write_string(row, column, fitting(cell.text), text)
        elif isinstance(cell.value, int):
            sheet.write_number(row, column, cell.value, number)
        elif finest := _as_fine_as(cell.text, cell.value):
            sheet.write_number(row, column, cell.value.toordinal() - _DAY_NOUGHT, day if finest == "day" else month)
        else:
            sheet.write_string(row, column, fitting(cell.text), text)

    return write


@lru_cache(1_024)
def _as_fine_as(text: str, value: date) -> str:
    """How fine a date the text gives: "day", "month", or "" where no date format would say the same."""
    if value < _FIRST_DAY:
        return ""
    if text in (value.isoformat(), wording(value, "day")):
        return "day"
    return "month" if text == wording(value, "month") else ""


def _width(column: Head, cells: Sequence[Cell | None]) -> int:
    """In characters: the column's share, room for its longest word beside the filter's button, and for any date."""
    dated = any(cell is not None and cell.value.__class__ is date for cell in cells)
    words = (len(word) + _ROOM_FOR_FILTER for word in column.heading.split())
    return min(_WIDEST, max(column.width, LONGEST_DAY if dated else 0, *words))


def _height(texts: Sequence[str], widths: Sequence[int]) -> int:
    """In points: not every program makes a row as high as its text, so it is said, a little too high."""
    lines = 1
    for text, width in zip(texts, widths, strict=True):
        if len(text) > width or "\n" in text:
            own = text.split("\n") if "\n" in text else (text,)
            lines = max(lines, sum([len(line) * 10 // (11 * width) + 1 for line in own]))
    return min(_HIGHEST_ROW, _LINE_HEIGHT * lines + _ROW_SPACE)


def _set_up_page(sheet: Any, paper: Paper) -> Any:
    if paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.75)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(_SHOWN_IN_PRINT)
    sheet.set_footer(_footer(paper))
    return sheet


def _footer(paper: Paper) -> str:
    """The stamp's first sentence, then page numbers; an ampersand begins a mark of Excel's, so it is doubled."""
    said = " ".join(printable(f"{paper.title}. {paper.stamp.sentences()[0]}").split())
    said = said if len(said) <= _LONGEST_FOOTER else f"{said[: _LONGEST_FOOTER - 1]}…"
    while len(said.replace("&", "&&")) > _LONGEST_FOOTER:
        said = f"{said[:-2]}…"
    return f"&L&8{said.replace('&', '&&')}&R&8Page &P of &N"
