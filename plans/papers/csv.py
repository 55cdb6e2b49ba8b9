"""A paper's table as CSV: UTF-8 with a byte order mark, one row an action, merged cells repeated."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from plans.papers.content import Cell, Paper
from plans.papers.safe_text import inert


class _Line:
    """A file that hands back what is written, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_lines(paper: Paper) -> Iterator[bytes]:
    """The file's lines. Numbers stay numbers; text that begins like a formula is made inert."""
    writer = csv.writer(_Line())
    yield b"\xef\xbb\xbf"
    for table in paper.tables:
        yield writer.writerow([inert(column.heading) for column in table.columns]).encode()
        above: list[Cell | None] = [None] * len(table.columns)
        for row in table.rows:
            above = [cell or before for cell, before in zip(row.cells, above, strict=True)]
            yield writer.writerow([_text(cell) for cell in above]).encode()


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return str(cell.value) if isinstance(cell.value, int) else inert(cell.text)
