"""Tables as a document prints them: what every table reader makes, and the finder of actions reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plans.documents.lines import RefusedDocument
from plans.documents.proposals import Problem

MOST_CELLS = 100_000
MOST_TEXT = 20_000_000
LONGEST_CELL = 32_767

_BULLETS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf06e\uf0d8\u25fc\u25aa\u25cf\u00b7\u2023", "•"))
_NOT_PRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, one line a paragraph. ``width``: how many columns it covers.

    ``above``: the cell only continues the one above (a merged cell); its text is then that cell's.
    """

    text: str
    width: int = 1
    above: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells that hold something, by column from 0, and a reference by which a person finds the row."""

    where: str
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class FoundTable:
    """A table and the lines printed between it and the table before.

    ``continues``: it may go on from the table before, without headings of its own.
    """

    where: str
    rows: tuple[TableRow, ...]
    before: tuple[str, ...] = ()
    continues: bool = False


@dataclass(frozen=True)
class FoundTables:
    tables: tuple[FoundTable, ...]
    problems: tuple[Problem, ...] = ()


def tidy(text: str) -> str:
    """Text with one kind of bullet, no unprintable characters, single spaces and no empty lines."""
    text = _NOT_PRINTED.sub("", text[:LONGEST_CELL].translate(_BULLETS))
    lines = (" ".join(line.split()) for line in text.replace("\x0b", "\n").splitlines())
    return "\n".join(line for line in lines if line)


def within_bounds(tables: Iterable[FoundTable]) -> tuple[FoundTable, ...]:
    """The same tables. Raises RefusedDocument when they hold more than any plan does."""
    kept = tuple(tables)
    cells = text = 0
    for table in kept:
        for row in table.rows:
            cells += len(row.cells)
            text += sum(len(cell.text) for cell in row.cells.values())
    if cells > MOST_CELLS or text > MOST_TEXT:
        raise too_large()
    return kept


def too_large() -> RefusedDocument:
    return RefusedDocument(
        f"The file holds more than {MOST_CELLS:,} cells or {MOST_TEXT // 1_000_000} million characters. "
        "Save the plan on its own and send that."
    )
