"""Which rows of a Word table stay together: Word decides where pages end, and must not tear what it need not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from plans.papers.content import Cell, Row
from plans.papers.text_room import depth

_LINE, _PADDING = 11.5, 6.0  # points
_MOST_OF_A_PAGE, _KEPT_TOGETHER = 0.8, 0.45  # shares of a page's height


@dataclass(frozen=True)
class PlacedRow:
    """``whole``: it may not tear. ``kept``: it stays on one page with the row below."""

    cells: tuple[Cell | None, ...]
    whole: bool
    kept: bool


def placed_rows(rows: Sequence[Row], widths: Sequence[float], page_height: float) -> Iterator[PlacedRow]:
    """The rows with what Word is told of them. ``widths`` in millimetres, ``page_height`` in points.

    A short group stays on one page. Of a longer one the first rows do, so that all of a merged cell's text is beside
    them. Of one that is longer than a page the merged cell begins again where about a page is full: on no page is it
    empty.
    """
    room = _MOST_OF_A_PAGE * page_height
    for group in _groups(rows):
        heights = [_height(row, widths) for row in group]
        begun = group[0]
        if len(group) == 1:
            yield PlacedRow(begun.cells, max(heights[0], _merged(begun, widths)) <= room, kept=False)
            continue
        for begin, end in _pieces(heights, room):
            again = _begun_again(group[begin], begun, end - begin)
            lines = (again, *group[begin + 1 : end])
            yield from _placed(lines, heights[begin:end], _merged(begun, widths), room, page_height)


def _placed(
    rows: Sequence[Row], heights: Sequence[float], merged: float, room: float, page_height: float
) -> Iterator[PlacedRow]:
    reached = list(accumulate(heights))
    short = max(reached[-1], merged) <= _KEPT_TOGETHER * page_height
    for place, (row, height) in enumerate(zip(rows, heights, strict=True)):
        last = place == len(rows) - 1
        # The last row grows by what of the merged cell's text the others had no room for.
        grown = max(height, merged - (reached[place] - height)) if last else height
        kept = not last and (short or (reached[place] < merged <= room))
        yield PlacedRow(row.cells, grown <= room, kept)


def _groups(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Rows with those that continue a cell of theirs."""
    begin = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or None not in rows[place].cells:
            yield rows[begin:place]
            begin = place


def _pieces(heights: Sequence[float], room: float) -> Iterator[tuple[int, int]]:
    """The rows of a group from and up to which about a page is full."""
    begin, filled = 0, 0.0
    for place, height in enumerate(heights):
        if place > begin and filled + height > room:
            yield begin, place
            begin, filled = place, 0.0
        filled += height
    yield begin, len(heights)


def _begun_again(row: Row, begun: Row, rows: int) -> Row:
    """The row with the group's merged cells at its beginning, over so many rows."""
    return Row(
        tuple(
            replace(first, rows=rows) if first is not None and (cell is None or cell.rows > 1) else cell
            for cell, first in zip(row.cells, begun.cells, strict=True)
        )
    )


def _height(row: Row, widths: Sequence[float]) -> float:
    """Of the row by its own cells, in points."""
    own = (depth(cell.text, width) for cell, width in zip(row.cells, widths, strict=True) if cell and cell.rows == 1)
    return _LINE * max(own, default=1) + _PADDING


def _merged(row: Row, widths: Sequence[float]) -> float:
    """Of the deepest merged cell that begins in the row, in points."""
    over = (depth(cell.text, width) for cell, width in zip(row.cells, widths, strict=True) if cell and cell.rows > 1)
    lines = max(over, default=0)
    return _LINE * lines + _PADDING if lines else 0.0
