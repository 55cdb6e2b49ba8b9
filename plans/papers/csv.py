"""A paper's tables as CSV: UTF-8 with a byte order mark, one row an action, merged cells repeated."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from plans.papers.content import Cell, Paper, Table
from plans.papers.safe_text import inert, on_one_line

LIST = "List"  # the heading of the column that says of which table a row is


class _Line:
    """A file that hands back what is written, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_lines(paper: Paper) -> Iterator[bytes]:
    """The file's lines. Numbers stay numbers; text that begins like a formula is made inert.

    Tables with the same columns are one, with the caption in the first column; others follow one another, each under
    a line with its caption.
    """
    yield b"\xef\xbb\xbf"
    writer, tables = csv.writer(_Line()), paper.tables
    headings = {_headings(table) for table in tables}
    if len(tables) == 1:
        yield from _whole(writer, tables[0])
    elif len(headings) == 1:
        yield writer.writerow([LIST, *headings.pop()]).encode()
        for table in tables:
            yield from _rows(writer, table, _caption(table))
    else:
        for place, table in enumerate(tables):
            if place:
                yield b"\r\n"
            yield writer.writerow([_caption(table)]).encode()
            yield from _whole(writer, table)


def _whole(writer: Any, table: Table) -> Iterator[bytes]:
    yield writer.writerow(_headings(table)).encode()
    yield from _rows(writer, table)


def _rows(writer: Any, table: Table, *first: str) -> Iterator[bytes]:
    above: list[Cell | None] = [None] * len(table.columns)
    for row in table.rows:
        above = [cell or before for cell, before in zip(row.cells, above, strict=True)]
        yield writer.writerow([*first, *map(_text, above)]).encode()


def _headings(table: Table) -> tuple[str, ...]:
    return tuple(inert(column.heading) for column in table.columns)


def _caption(table: Table) -> str:
    return inert(on_one_line(table.caption, "Actions"))


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return str(cell.value) if isinstance(cell.value, int) else inert(cell.text)
