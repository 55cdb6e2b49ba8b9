"""A document as lines with their place: what every reader makes, and every finder reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plans.documents.proposals import SourceLine

Box = tuple[float, float, float, float]


# Published reports are a few megabytes; those with many pictures reach forty.
MOST_BYTES = 60 * 1024 * 1024


class RefusedDocument(ValueError):
    """The file cannot be read at all. The message is a sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Line:
    """One printed line. ``page`` counts from 1 (1 throughout where the document has no pages).

    ``number`` is its place in the whole document, from 1. ``bullet`` is the mark or number that was printed
    before the text ("•", "1.", "(a)"), taken off the text; ``x`` its left edge and ``size`` its type size in
    points, 0 where unknown; ``gap``: whether white space or a blank line stands above it. ``printed`` is the whole
    line with its mark; ``box`` its place on the page, as ``SourceLine`` has it.
    """

    text: str
    page: int
    number: int
    bullet: str = ""
    x: float = 0.0
    size: float = 0.0
    bold: bool = False
    gap: bool = False
    printed: str = ""
    box: Box | None = None


@dataclass(frozen=True)
class Document:
    """A document's lines and the tables found in it (rows of cell texts, with the page of each table)."""

    lines: tuple[Line, ...]
    pages: int
    tables: tuple[PageTable, ...] = ()


@dataclass(frozen=True)
class PageTable:
    """A table as printed: its page and its rows of cells; None where a cell is covered by another.

    ``lines`` are the document's lines that stand in each row, row by row.
    """

    page: int
    rows: tuple[tuple[str | None, ...], ...]
    lines: tuple[tuple[Line, ...], ...] = ()


def source_of(lines: Iterable[Line]) -> tuple[SourceLine, ...]:
    """The lines as a proposal names them, each once, in the order printed."""
    once = {line.number: line for line in lines}
    return tuple(
        SourceLine(line.page, line.number, " ".join(line.printed.split()), line.box)
        for _number, line in sorted(once.items())
    )
