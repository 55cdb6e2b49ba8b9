"""A paper as an Excel workbook: a row an action with dates as dates, ready to filter, and a sheet about the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from plans.documents.dates import wording
from plans.papers.content import Cell, Paper, Table
from plans.papers.safe_text import printable

DAY_FORMAT, MONTH_FORMAT = "d mmmm yyyy", "mmmm yyyy"
HEADER_FILL = "#DCE6EA"
LONGEST_TEXT = 32_767  # in UTF-16 units: what a cell of Excel holds
CUT = " … (cut here: a cell of Excel holds no more)"
_LONGEST_FOOTER = 200  # Excel holds 255 characters of a footer, marks and page numbers among them
_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_ROOM_FOR_FILTER = 3  # characters
_A4 = 9
_SHOWN_IN_PRINT = 0
LONGEST_DAY = 18  # characters: 30 September 2027
_LINE_HEIGHT, _ROW_SPACE, _HIGHEST_ROW = 13, 3, 409  # points
_MANY_ROWS = 2_000  # beyond which the rows wait on disk: fewer are faster in memory
_FONT = {"font_name": "Arial", "font_size": 10}
_BASE = {**_FONT, "text_wrap": True, "valign": "top"}

Write = Callable[[int, int, Cell | None], Any]


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
    footer = _footer(paper)
    for number, table in enumerate(paper.tables, start=1):
        name = "Actions" if number == 1 else f"Actions {number}"
        _add_table(book, book.add_worksheet(name), table, footer)
    _add_about(book, book.add_worksheet("About this paper"), paper, footer)
    book.close()
    return file.getvalue()


def _add_table(book: Any, sheet: Any, table: Table, footer: str) -> None:
    _set_up_page(sheet, footer)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    widths = [_width(table, place) for place in range(len(table.columns))]
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
            write(number, place, cell)


def _writer(book: Any, sheet: Any) -> Write:
    """Writes a cell as what it is: a number, a date shown as finely as it was written, or a text."""
    text, number = book.add_format(_BASE), book.add_format({**_BASE, "align": "center"})
    day, month = (
        book.add_format({**_BASE, "num_format": shown, "align": "left"}) for shown in (DAY_FORMAT, MONTH_FORMAT)
    )

    def write(row: int, column: int, cell: Cell | None) -> None:
        if cell is None or not cell.text:
            return
        if isinstance(cell.value, int):
            sheet.write_number(row, column, cell.value, number)
        elif cell.value is not None and (finest := _as_fine_as(cell.text, cell.value)):
            sheet.write_datetime(row, column, datetime.combine(cell.value, time()), day if finest == "day" else month)
        else:
            sheet.write_string(row, column, _fitting(cell.text), text)

    return write


def _as_fine_as(text: str, value: date) -> str:
    """How fine a date the text gives: "day", "month", or "" where no date format would say the same."""
    if value < _FIRST_DAY:
        return ""
    if text in (value.isoformat(), wording(value, "day")):
        return "day"
    return "month" if text == wording(value, "month") else ""


def _fitting(text: str) -> str:
    text = printable(text)
    if len(text) <= LONGEST_TEXT // 2 or len(text.encode("utf-16-le")) <= 2 * LONGEST_TEXT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(CUT))]
    return kept.decode("utf-16-le", errors="ignore") + CUT


def _width(table: Table, place: int) -> int:
    """In characters: the column's share, room for its longest word beside the filter's button, and for any date."""
    column = table.columns[place]
    dated = any(isinstance(row.cells[place] and row.cells[place].value, date) for row in table.rows)  # type: ignore[union-attr]
    words = (len(word) + _ROOM_FOR_FILTER for word in column.heading.split())
    return max(column.width, LONGEST_DAY if dated else 0, *words)


def _height(texts: Sequence[str], widths: Sequence[int]) -> int:
    """In points: not every program makes a row as high as its text, so it is said, a little too high."""
    lines = 1
    for text, width in zip(texts, widths, strict=True):
        if len(text) > width or "\n" in text:
            lines = max(lines, sum(len(line) * 10 // (11 * width) + 1 for line in text.split("\n")))
    return min(_HIGHEST_ROW, _LINE_HEIGHT * lines + _ROW_SPACE)


def _add_about(book: Any, sheet: Any, paper: Paper, footer: str) -> None:
    _set_up_page(sheet, footer)
    sheet.set_column(0, 0, 100)
    title = book.add_format({**_FONT, "bold": True, "font_size": 16, "text_wrap": True})
    text = book.add_format({**_FONT, "text_wrap": True, "valign": "top"})
    lines: Sequence[tuple[str, Any]] = [
        (paper.title, title),
        (paper.organisation, text),
        (paper.subtitle, text),
        *((sentence, text) for sentence in (*paper.stamp.sentences(), *paper.key)),
    ]
    for row, (line, shown) in enumerate((line, shown) for line, shown in lines if line):
        sheet.write_string(row, 0, _fitting(line), shown)


def _set_up_page(sheet: Any, footer: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.75)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(_SHOWN_IN_PRINT)
    sheet.set_footer(footer)


def _footer(paper: Paper) -> str:
    """The stamp's first sentence, then page numbers; an ampersand begins a mark of Excel's, so it is doubled."""
    said = " ".join(printable(f"{paper.title}. {paper.stamp.sentences()[0]}").split())
    said = said if len(said) <= _LONGEST_FOOTER else f"{said[: _LONGEST_FOOTER - 1]}…"
    while len(said.replace("&", "&&")) > _LONGEST_FOOTER:
        said = f"{said[:-2]}…"
    return f"&L&8{said.replace('&', '&&')}&R&8Page &P of &N"
