"""Tables in comma-separated files, and in plain text where a tab stands between cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

from plans.documents.lines import RefusedDocument
from plans.documents.plan_columns import recognise
from plans.documents.tables import LONGEST_CELL, MOST_CELLS, Cell, FoundTable, FoundTables, TableRow, tidy, too_large

_DELIMITERS = ",;\t|"
_ROWS_TRIED = 40
# Our own papers write an apostrophe before text that a spreadsheet would take for a formula.
_MADE_INERT = re.compile(r"\A'(?='*[=+\-@\t\r])")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)


def decoded(data: bytes) -> str:
    """The file's text. Raises RefusedDocument for a file that holds none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    elif b"\x00" in data:
        raise RefusedDocument("The file is not text, whatever its name says. Send it as .docx, .xlsx, .csv or .pdf.")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise RefusedDocument("The file is empty. Send the file that holds the plan.")
    return text


def csv_tables(text: str) -> FoundTables:
    """The file as one table, whatever stands between its cells."""
    tried = [_rows(text, delimiter) for delimiter in _DELIMITERS if delimiter in text] or [_rows(text, ",")]
    known = [rows for rows in tried if any(recognise(row.cells) for row in rows[:_ROWS_TRIED])]
    best = max(known or tried, key=lambda rows: sum(len(row.cells) for row in rows[:_ROWS_TRIED]))
    return FoundTables((FoundTable("the file", tuple(best)),))


def _rows(text: str, delimiter: str) -> list[TableRow]:
    reader = csv.reader(text.replace("\x00", "").splitlines(keepends=True), delimiter=delimiter)
    rows, first, kept = [], 1, 0
    try:
        for row in reader:
            cells = _cells(_MADE_INERT.sub("", cell) if cell[:1] == "'" else cell for cell in row)
            if cells:
                rows.append(TableRow(f"line {first}", cells))
            first = reader.line_num + 1
            kept += len(cells)
            if kept > MOST_CELLS:  # refused later, unless another mark parts the cells
                break
    except csv.Error as error:
        raise RefusedDocument(
            f"The file cannot be read as comma-separated from line {first} on. Save it again as CSV."
        ) from error
    return rows


def _cells(texts: Iterable[str]) -> dict[int, Cell]:
    tidied = ((column, tidy(text)) for column, text in enumerate(texts))
    return {column: Cell(text) for column, text in tidied if text}


def tabbed_tables(text: str) -> FoundTables:
    """Each run of lines with tabs in them as a table.

    Empty lines and page numbers do not end a table; a line that goes on in the middle of a sentence belongs
    to the cell above it.
    """
    tables: list[FoundTable] = []
    before: list[str] = []
    rows: list[TableRow] = []
    gap = True
    kept = 0

    def close() -> None:
        nonlocal before
        if rows:
            tables.append(FoundTable(f"lines from {rows[0].where[5:]}", tuple(rows), tuple(before)))
            before = []
            rows.clear()

    for number, line in enumerate(text.replace("\x0c", "\n").split("\n"), start=1):
        words = line.strip()
        if "\t" in line.rstrip("\r\n") and words:
            rows.append(TableRow(f"line {number}", _cells(line.split("\t"))))
            kept += len(rows[-1].cells)
            if kept > MOST_CELLS:
                raise too_large()
        elif not words or _PAGE_NUMBER.fullmatch(words):
            gap = True
            continue
        elif rows and not gap and words[0].islower() and _has_room(rows[-1]):
            rows[-1] = _longer(rows[-1], words)
        else:
            close()
            before.append(tidy(words))
        gap = False
    close()
    return FoundTables(tuple(tables))


def _has_room(row: TableRow) -> bool:
    return bool(row.cells) and len(row.cells[max(row.cells)].text) < LONGEST_CELL


def _longer(row: TableRow, words: str) -> TableRow:
    last = max(row.cells)
    return TableRow(row.where, {**row.cells, last: Cell(f"{row.cells[last].text} {tidy(words)}")})
