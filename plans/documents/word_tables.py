"""The tables of a Word document, cell by cell on the grid."""

from __future__ import annotations

from dataclasses import dataclass, field

from plans.documents.office_parts import OfficeFile
from plans.documents.tables import MOST_CELLS, Cell, FoundTable, FoundTables, TableRow, tidy, too_large

_WIDEST = 200


@dataclass
class _OpenCell:
    column: int
    width: int = 1
    merged: str = ""
    text: list[str] = field(default_factory=list)


@dataclass
class _OpenTable:
    before: tuple[str, ...]
    rows: list[dict[int, Cell]] = field(default_factory=list)
    row: dict[int, Cell] = field(default_factory=dict)
    column: int = 0
    cell: _OpenCell | None = None

    def end_row(self) -> None:
        self.rows.append(self.row)
        self.row, self.column = {}, 0

    def end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None:
            return
        text = tidy("".join(cell.text))
        above = self.rows[-1].get(cell.column) if self.rows and cell.merged == "continue" else None
        if above and not text:
            self.row[cell.column] = Cell(above.text, cell.width, True)
        elif text or cell.width > 1 or cell.merged:
            self.row[cell.column] = Cell(text, cell.width)
        self.column = cell.column + cell.width


class _WordWalker:
    """Follows tables, rows and cells. Text that was deleted under tracked changes is not text."""

    def __init__(self) -> None:
        self.done: list[_OpenTable] = []
        self.open: list[_OpenTable] = []
        self._paragraph: list[str] = []
        self._before: list[str] = []
        self._in_text = False
        self._fallback = 0
        self._cells = 0

    @property
    def _cell(self) -> _OpenCell | None:
        return self.open[-1].cell if self.open else None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Fallback":
            self._fallback += 1  # a second rendering of what was just read
        if self._fallback:
            return
        match name:
            case "t":
                self._in_text = True
            case "br" | "cr":
                self._say("\n")
            case "tab" | "ptab":
                self._say(" ")
            case "noBreakHyphen":
                self._say("-")
            case "numPr":
                self._bullet()
            case "tbl":
                self.open.append(_OpenTable(tuple(self._before)))
                self._before = []
            case "tr" | "tc" | "gridSpan" | "vMerge" | "gridBefore" if self.open:
                self._start_in_table(name, attributes)

    def _bullet(self) -> None:
        if self._cell is not None and not "".join(self._paragraph).strip():
            self._paragraph.append("• ")

    def _start_in_table(self, name: str, attributes: dict[str, str]) -> None:
        table, value = self.open[-1], attributes.get("val", "")
        match name:
            case "tr":
                table.row, table.column = {}, 0
            case "gridBefore":
                table.column = _count(value)
            case "tc":
                self._cells += 1
                if self._cells > MOST_CELLS:
                    raise too_large()
                table.cell = _OpenCell(table.column)
            case "gridSpan" if table.cell:
                table.cell.width = max(1, _count(value))
            case "vMerge" if table.cell:
                table.cell.merged = value or "continue"

    def end(self, name: str) -> None:
        if name == "Fallback":
            self._fallback -= 1
        if self._fallback:
            return
        match name:
            case "t":
                self._in_text = False
            case "p":
                self._end_paragraph()
            case "tc" if self.open:
                self.open[-1].end_cell()
            case "tr" if self.open:
                self.open[-1].end_row()
            case "tbl" if self.open:
                self._end_table()

    def text(self, text: str) -> None:
        if self._in_text and not self._fallback:
            self._say(text)

    def _say(self, text: str) -> None:
        self._paragraph.append(text)

    def _end_paragraph(self) -> None:
        words, self._paragraph = "".join(self._paragraph), []
        if self._cell is not None:
            self._cell.text.append(f"{'' if words.strip() == '•' else words}\n")
        elif words.strip():
            self._before.append(tidy(words))

    def _end_table(self) -> None:
        """A table inside a cell is that cell's text, unless the cell only lays out the page."""
        table = self.open.pop()
        outer = self._cell
        lays_out = not self.open or (outer is not None and outer.column == 0 and not self.open[-1].row)
        if outer is None or (lays_out and len(table.rows) > 1):
            self.done.append(table)
        else:
            outer.text.extend(f"{cell.text}\n" for row in table.rows for cell in row.values())


def _count(value: str) -> int:
    return min(int(value), _WIDEST) if value.isdecimal() and len(value) < 9 else 0


def word_tables(file: OfficeFile) -> FoundTables:
    """Every table of the document's body, in order."""
    walker = _WordWalker()
    file.walk("word/document.xml", walker)
    tables = []
    for number, table in enumerate(walker.done, start=1):
        rows = tuple(TableRow(f"Table {number}, row {place}", cells) for place, cells in enumerate(table.rows, start=1))
        tables.append(FoundTable(f"Table {number}", rows, table.before, continues=number > 1))
    return FoundTables(tuple(tables))
