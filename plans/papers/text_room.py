"""About how much room texts take in a table's columns: rather too much than too little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from plans.papers.content import Head, Row
from plans.papers.pdf_text import advance

CELL_PADDING = 5  # millimetres, both sides of a cell, and a little over
TEXT_SIZE, SMALL_SIZE = 9.5, 7.5  # points
WIDEST, _MEAN = 4.5, 1.75  # millimetres that a letter takes at the most, and on average, at the usual size
_MILLIMETRES = TEXT_SIZE * 25.4 / 72
_SMALL = SMALL_SIZE / TEXT_SIZE
_LONGEST_HEADING = 20  # letters; a longer word is broken
_LONGEST_WORD = 27  # millimetres
_ROWS_LOOKED_AT = 200


@dataclass(frozen=True)
class Columns:
    """The columns' widths in millimetres, which together are the page's; ``small``: its text has to be small."""

    widths: tuple[float, ...]
    small: bool

    @property
    def for_usual_text(self) -> tuple[float, ...]:
        """How wide they would be with as many letters in a line, were the text not small."""
        return (
            tuple((width - CELL_PADDING) / _SMALL + CELL_PADDING for width in self.widths)
            if self.small
            else self.widths
        )


def columns_within(columns: Sequence[Head], rows: Sequence[Row], page: float) -> Columns:
    """The columns' shares of ``page`` millimetres, but none too narrow for its words, or at least for its heading's.

    Small text comes before words that are broken.
    """
    headings = [_longest(column.heading) for column in columns]
    words = list(headings)
    for row in rows[:_ROWS_LOOKED_AT]:
        for place, cell in enumerate(row.cells):
            if cell is not None:
                words[place] = max(words[place], min(_LONGEST_WORD, _longest(cell.text)))
    ways = [([of * size + CELL_PADDING for of in each], size < 1) for each in (words, headings) for size in (1, _SMALL)]
    needed, small = next((way for way in ways if sum(way[0]) <= page), ways[-1])
    if sum(needed) > page:
        needed = [need * page / sum(needed) for need in needed]
    widths = [0.0] * len(columns)
    narrow: set[int] = set()
    while True:
        room = page - sum(needed[place] for place in narrow)
        shares = sum(column.width for place, column in enumerate(columns) if place not in narrow) or 1
        for place, column in enumerate(columns):
            widths[place] = needed[place] if place in narrow else room * column.width / shares
        too_narrow = {place for place in range(len(columns)) if widths[place] < needed[place]} - narrow
        if not too_narrow or len(narrow | too_narrow) == len(columns):
            break
        narrow |= too_narrow
    scale = page / sum(widths)
    return Columns(tuple(width * scale for width in widths), small)


def _longest(text: str) -> float:
    """How many millimetres the widest word of the text takes, at the usual size."""
    return max((sum(map(breadth, word[:_LONGEST_HEADING])) for word in set(text.split())), default=0.0)


def breadth(letter: str) -> float:
    """In millimetres, at the usual size, in the wider face."""
    return advance(letter) * _MILLIMETRES


def depth(text: str, width: float) -> int:
    """About how many lines the text takes in a cell of that many millimetres."""
    room = max(1, int((width - CELL_PADDING) / _MEAN))
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, ceil(len(line) / room)) for line in text.split("\n"))
