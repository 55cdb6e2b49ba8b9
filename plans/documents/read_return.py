"""A workbook of actions that an officer sends back: which rows were touched, and what stands in their cells.

Only what the file itself can tell: whether the actions exist, are theirs, or have moved on is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plans.documents.lines import RefusedDocument
from plans.documents.proposals import Problem
from plans.documents.read_tables import read_tables
from plans.documents.return_keys import COLUMNS, LOCKED, OPEN, SHEET, Key, ReturnColumn, read_key
from plans.documents.returned import LONGEST_TEXT, ReturnedCell, ReturnedRow, ReturnedWorkbook, UnusableRow
from plans.documents.tables import FoundTable, FoundTables, TableRow
from plans.documents.workbook_tables import column_letters

MOST_ROWS = 2_000
_ROWS_ABOVE = 10
_LONGEST_NAME = 90
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_SEND_WHAT = "Send back the workbook that you downloaded, saved as .xlsx or .csv."
_NO_KEY = "The row has no key, so nobody can tell which action it is. New actions are added in the tracker, not here."
_MISTYPED = "The key was changed. Copy the row’s key again from the workbook that you downloaded, or leave the row out."


def read_return(data: bytes, name: str) -> ReturnedWorkbook:
    """Read what came back, from a workbook or from CSV. Raises RefusedDocument, with a sentence, for anything else."""
    if not data.startswith(b"PK") and name.rpartition(".")[2].lower() != "csv" and data.strip():
        raise RefusedDocument(f"The file is neither an Excel workbook nor CSV. {_SEND_WHAT}")
    found = read_tables(data, name)
    table, notes = _sheet_of(found)
    if table is None:
        problem = Problem(
            "the file", f"No sheet “{SHEET}” with the column “{COLUMNS[0].heading}” was found. {_SEND_WHAT}"
        )
        return ReturnedWorkbook(faults=(problem,))
    return _Reader(table, found.problems, notes).read()


def _sheet_of(found: FoundTables) -> tuple[FoundTable | None, tuple[str, ...]]:
    """The sheet of actions: by its name where several have keys (a copy may lie beside it)."""
    keyed = [table for table in found.tables if _headings_at(table) is not None]
    named = [table for table in keyed if table.where == SHEET]
    taken = named[0] if named else keyed[0] if len(keyed) == 1 else None
    others = [f"The sheet “{table.where}” was not read." for table in keyed if taken and table is not taken]
    return taken, tuple(others)


def _headings_at(table: FoundTable) -> int | None:
    """The place of the row of headings: the first that names the key."""
    for place, row in enumerate(table.rows[:_ROWS_ABOVE]):
        if any(_plain(cell.text) == _plain(COLUMNS[0].heading) for cell in row.cells.values()):
            return place
    return None


def _plain(heading: str) -> str:
    return " ".join(heading.replace("’", "'").lower().split())


class _Reader:
    def __init__(self, table: FoundTable, problems: Sequence[Problem], notes: tuple[str, ...]) -> None:
        at = _headings_at(table)
        assert at is not None
        self._table, self._headings, self._body = table, table.rows[at], table.rows[at + 1 :]
        self._notes = notes
        self._places = self._columns()
        self._broken = {problem.where: problem for problem in problems}
        self._problems = problems

    def _columns(self) -> dict[str, int]:
        wanted = {_plain(column.heading): column.name for column in COLUMNS}
        places: dict[str, int] = {}
        for place in sorted(self._headings.cells):
            name = wanted.get(_plain(self._headings.cells[place].text))
            if name:
                places.setdefault(name, place)
        return places

    def read(self) -> ReturnedWorkbook:
        faults = self._faults()
        if faults:
            return ReturnedWorkbook(faults=faults)
        keyed: list[tuple[TableRow, Key | None]] = [(row, read_key(self._text(row, "key"))) for row in self._body]
        standing: dict[int, list[str]] = {}
        for row, key in keyed:
            if key:
                standing.setdefault(key.action_id, []).append(self._where(row, "key"))
        rows: list[ReturnedRow] = []
        unusable: list[UnusableRow] = []
        untouched = 0
        for row, key in keyed:
            texts = {column.name: self._text(row, column.name) for column in (*LOCKED, *OPEN)}
            if key and key.is_as_written(texts) and not self._broken_cells(row):
                untouched += 1
                continue
            problems = self._row_problems(row, key, standing)
            if key is None or problems:
                unusable.append(UnusableRow(row.where, _named(texts), problems))
            else:
                rows.append(self._touched(row, key, texts))
        return ReturnedWorkbook(tuple(rows), tuple(unusable), untouched, (*self._notes, *self._hidden()))

    def _faults(self) -> tuple[Problem, ...]:
        if len(self._body) > MOST_ROWS:
            said = f"The workbook has more than {MOST_ROWS:,} rows. Send back the one that you downloaded."
            return (Problem(self._table.where, said),)
        return tuple(
            Problem(self._heading_place(column), self._missing(column))
            for column in COLUMNS
            if column.name not in self._places and not column.optional
        )

    def _heading_place(self, column: ReturnColumn) -> str:
        """Where the heading stood when the workbook was written."""
        written = [one for one in COLUMNS if not one.optional or one.name in self._places]
        if self._headings.where.startswith("line"):
            return self._headings.where
        return f"{self._table.where}!{column_letters(written.index(column) + 1)}{self._line(self._headings)}"

    def _missing(self, column: ReturnColumn) -> str:
        reference = _CELL.fullmatch(self._heading_place(column).rpartition("!")[2])
        letters = reference[1] if reference else ""
        for place, cell in self._headings.cells.items():
            if column_letters(place + 1) == letters and place not in self._places.values():
                said = cell.text[:60]
                return f"The heading should be “{column.heading}”; it says “{said}”. Put it back, then send again."
        return f"The heading “{column.heading}” is missing. Put the column back, then send again."

    @staticmethod
    def _line(row: TableRow) -> str:
        return re.sub(r"\D", "", row.where.rpartition("!")[2])

    def _where(self, row: TableRow, name: str) -> str:
        if row.where.startswith("line"):
            heading = next(column.heading for column in COLUMNS if column.name == name)
            return f"{row.where}, {heading}"
        place = self._places.get(name, 0)
        return f"{self._table.where}!{column_letters(place + 1)}{self._line(row)}"

    def _text(self, row: TableRow, name: str) -> str:
        cell = row.cells.get(self._places.get(name, -1))
        return cell.text if cell else ""

    def _broken_cells(self, row: TableRow) -> tuple[Problem, ...]:
        """Open cells whose value the spreadsheet could not say: a formula that was never computed, an error."""
        return tuple(self._broken[where] for column in OPEN if (where := self._where(row, column.name)) in self._broken)

    def _row_problems(self, row: TableRow, key: Key | None, standing: Mapping[int, list[str]]) -> tuple[Problem, ...]:
        where = self._where(row, "key")
        if key is None:
            return (Problem(where, _MISTYPED if self._text(row, "key") else _NO_KEY),)
        problems = self._broken_cells(row)
        others = [place for place in standing[key.action_id] if place != where]
        if others:
            said = f"The same key stands in {', '.join(others)}. Keep one row of each action."
            problems = (Problem(where, said), *problems)
        return problems

    def _touched(self, row: TableRow, key: Key, texts: Mapping[str, str]) -> ReturnedRow:
        cells = tuple(self._cell(row, column.name, texts, LONGEST_TEXT + 1) for column in OPEN)
        locked = tuple(self._cell(row, name, texts, _LONGEST_NAME) for name in key.changed_cells(texts))
        return ReturnedRow(key.action_id, key.version, row.where, _named(texts), cells, locked)

    def _cell(self, row: TableRow, name: str, texts: Mapping[str, str], longest: int) -> ReturnedCell:
        return ReturnedCell(name, texts[name][:longest], self._where(row, name))

    def _hidden(self) -> tuple[str, ...]:
        """What the sheet itself said of rows and columns that are not shown."""
        cells = {self._where(row, column.name) for row in self._body for column in COLUMNS[1:]}
        here = f"{self._table.where}!"
        return tuple(
            problem.message
            for problem in self._problems
            if problem.where.startswith(here) and problem.where not in cells
        )


def _named(texts: Mapping[str, str]) -> str:
    """What the row itself calls the action."""
    name = " ".join(f"{texts['reference']} {texts['action']}".split())
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
