"""What was read from a workbook of actions that came back: plain values. Nothing here touches the database."""

from __future__ import annotations

from dataclasses import dataclass

from plans.documents.proposals import Problem

LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class ReturnedCell:
    """What stands in a column's cell. ``where`` is a cell reference that a person can find."""

    name: str
    text: str
    where: str


@dataclass(frozen=True)
class ReturnedRow:
    """A row that somebody touched: its open cells, and the grey ones whose text was changed."""

    action_id: int
    version: int
    where: str
    named: str
    cells: tuple[ReturnedCell, ...]
    locked: tuple[ReturnedCell, ...] = ()


@dataclass(frozen=True)
class UnusableRow:
    """A row that cannot be taken, and why, with the cell that each sentence is about."""

    where: str
    named: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ReturnedWorkbook:
    """``untouched`` counts the rows that are as they were written. ``faults`` leave nothing that can be read."""

    rows: tuple[ReturnedRow, ...] = ()
    unusable: tuple[UnusableRow, ...] = ()
    untouched: int = 0
    notes: tuple[str, ...] = ()
    faults: tuple[Problem, ...] = ()
