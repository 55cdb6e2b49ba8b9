"""A paper's table as a page shows it: a cell that goes over several rows becomes a heading over them.

So the rows can be cards on a phone, and a screen reader hears what the rows have in common once.
"""

from __future__ import annotations

from dataclasses import dataclass

from plans.papers.content import Cell, Head, Row, Table

# With more columns than a screen has room for, each row is a list of its own.
MOST_ACROSS = 8


@dataclass(frozen=True)
class RowShown:
    """``over``: what stands over this row and those that follow, with the column it is of; ``cells`` without it."""

    over: tuple[tuple[Head, str], ...]
    cells: tuple[tuple[Head, Cell], ...]


def goes_over(table: Table) -> frozenset[int]:
    """The places of the columns whose cells go over rows."""
    several = {place for row in table.rows for place, cell in enumerate(row.cells) if cell is None or cell.rows > 1}
    marked = {place for place, head in enumerate(table.columns) if head.spans}
    return frozenset(several | marked) if len(several | marked) < len(table.columns) else frozenset()


def heads_across(table: Table) -> tuple[Head, ...]:
    """The columns that stay columns."""
    over = goes_over(table)
    return tuple(head for place, head in enumerate(table.columns) if place not in over)


def rows_shown(table: Table) -> list[RowShown]:
    """The rows in order."""
    over = goes_over(table)
    return [_shown(table, row, over) for row in table.rows]


def _shown(table: Table, row: Row, over: frozenset[int]) -> RowShown:
    cells = list(zip(table.columns, row.cells, strict=True))
    return RowShown(
        tuple((head, cell.text) for place, (head, cell) in enumerate(cells) if place in over and cell is not None),
        tuple((head, cell or Cell("")) for place, (head, cell) in enumerate(cells) if place not in over),
    )
