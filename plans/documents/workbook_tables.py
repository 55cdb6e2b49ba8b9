"""The sheets of an Excel workbook as tables: values as shown, never computed, dates no finer than their format."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from plans.documents.dates import Precision, last_day_of, wording
from plans.documents.office_parts import OfficeFile
from plans.documents.proposals import Problem
from plans.documents.tables import LONGEST_CELL, MOST_CELLS, Cell, FoundTable, FoundTables, TableRow, tidy, too_large

LAST_SERIAL = 2_958_465
_FIRST_DAY = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_DATE_FORMATS = {17: "mmm-yy", **dict.fromkeys([14, 15, 22, *range(27, 37), *range(50, 59)], "d/m/yy"), 16: "d-mmm"}
_PERCENT_FORMATS = {9: "0%", 10: "0.00%"}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_NAMED = 5


def serial_date(serial: float, from_1904: bool = False) -> date | None:
    """The day that a spreadsheet stores as a number; None where it can be none."""
    if not 1 <= serial <= LAST_SERIAL - 2_000:
        return None
    # Excel keeps a 29 February 1900 that never was, so its first sixty days are one short.
    early = 1 if serial < 60 and not from_1904 else 0
    return _FIRST_DAY[from_1904] + timedelta(days=int(serial) + early)


def workbook_tables(file: OfficeFile) -> FoundTables:
    """Every sheet that is shown, as one table each, and what was left out or cannot be known."""
    book = _Book()
    file.walk("xl/workbook.xml", book)
    links = _Links()
    file.walk("xl/_rels/workbook.xml.rels", links)
    strings, styles = _Strings(), _Styles()
    for part, walker in (("sharedStrings", strings), ("styles", styles)):
        name = links.part_of_kind(part)
        if name in file.names:
            file.walk(name, walker)
    tables, problems = [], []
    for name, state, link in book.sheets:
        part_name = links.parts.get(link, "")
        if part_name not in file.names or "/worksheets/" not in f"/{part_name}":
            continue
        if state != "visible":
            problems.append(Problem(name, f"The sheet “{name}” is hidden; it was not read."))
            continue
        sheet = _Sheet(name, strings.texts, styles.formats(), book.from_1904)
        file.walk(part_name, sheet)
        tables.append(sheet.table())
        problems += sheet.problems()
    return FoundTables(tuple(tables), tuple(problems))


class _Silent:
    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Book(_Silent):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            title = tidy(attributes.get("name", "")).replace("\n", " ")
            self.sheets.append((title, attributes.get("state", "visible"), attributes.get("id", "")))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Links(_Silent):
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            self.parts[attributes.get("Id", "")] = part
            self._kinds[attributes.get("Type", "").rpartition("/")[2]] = part

    def part_of_kind(self, kind: str) -> str:
        return self._kinds.get(kind, "")


class _Strings(_Silent):
    """The texts that cells share, without the reading aids for East Asian names."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._now: list[str] = []
        self._in_text = self._aside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._now = []
        elif name == "rPh":
            self._aside = True
        self._in_text = name == "t" and not self._aside

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "si":
            self.texts.append("".join(self._now)[:LONGEST_CELL])
        elif name == "rPh":
            self._aside = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._now.append(text)


class _Styles(_Silent):
    def __init__(self) -> None:
        self._codes: dict[int, str] = {**_DATE_FORMATS, **_PERCENT_FORMATS}
        self._cells: list[int] = []
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "")
            self._cells.append(int(number) if number.isdecimal() else 0)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def formats(self) -> list[str]:
        """For each style of a cell, the marks in its number format: some of "d", "m", "y" and "%"."""
        marks = {number: _marks(code) for number, code in self._codes.items()}
        return [marks.get(number, "") for number in self._cells]


def _marks(code: str) -> str:
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code[:200]).split(";")[0].lower()
    if "%" in plain:
        return "%"
    # With hours or seconds beside it and no day, m stands for minutes.
    shown = "".join(mark for mark in "dmy" if mark in plain)
    return "" if re.search("[hs]", plain) and "d" not in plain else shown


@dataclass
class _SheetRow:
    cells: dict[int, Cell] = field(default_factory=dict)
    hidden: bool = False


class _Sheet(_Silent):
    """One sheet: only the cells that hold something are kept, however large the sheet says it is."""

    def __init__(self, name: str, shared: list[str], formats: list[str], from_1904: bool) -> None:
        self.name = name
        self._shared, self._formats, self._from_1904 = shared, formats, from_1904
        self._rows: dict[int, _SheetRow] = {}
        self._merges: list[str] = []
        self._hidden_columns: list[str] = []
        self._problems: list[Problem] = []
        self._attributes: dict[str, str] = {}
        self._value: list[str] = []
        self._row = self._column = self._cells = 0
        self._row_hidden = self._formula = self._in_value = self._aside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._in_value = False
        match name:
            case "row":
                number = attributes.get("r", "")
                self._row = int(number[:8]) if number.isdecimal() else self._row + 1
                self._column = 0
                self._row_hidden = attributes.get("hidden") in ("1", "true")
            case "c":
                self._start_cell(attributes)
            case "f":
                self._formula = True
            case "rPh":
                self._aside = True
            case "v" | "t":
                self._in_value = not self._aside
            case "mergeCell":
                self._merges.append(attributes.get("ref", ""))
            case "col" if attributes.get("hidden") in ("1", "true"):
                self._hidden_columns.append(attributes.get("min", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1
        self._attributes, self._value, self._formula = attributes, [], False

    def text(self, text: str) -> None:
        if self._in_value:
            self._value.append(text)

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "rPh":
            self._aside = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        where = self._reference(self._row, self._column)
        raw = "".join(self._value)[:LONGEST_CELL]
        if self._formula and not raw:
            self._problems.append(
                Problem(where, "The formula’s result was never stored. Open the workbook in Excel, save it, try again.")
            )
        text = tidy(self._shown(raw, where)) if raw else ""
        if not text:
            return
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise too_large()
        row = self._rows.setdefault(self._row, _SheetRow(hidden=self._row_hidden))
        row.cells[self._column - 1] = Cell(text, where=where)

    def _shown(self, raw: str, where: str) -> str:
        style = self._attributes.get("s", "")
        number = int(style[:8]) if style.isdecimal() else 0
        marks = self._formats[number] if number < len(self._formats) else ""
        match self._attributes.get("t", "n"):
            case "s":
                index = int(raw[:9]) if raw.isdecimal() else -1
                return _unescaped(self._shared[index]) if 0 <= index < len(self._shared) else ""
            case "n":
                return _number_as_shown(raw, marks, self._from_1904)
            case "b":
                return "TRUE" if raw == "1" else "FALSE"
            case "e":
                self._problems.append(Problem(where, f"The cell shows the error “{raw}”; it was left out."))
                return ""
            case _:
                return _unescaped(raw)

    def _reference(self, row: int, column: int) -> str:
        return f"{self.name}!{column_letters(column)}{row}"

    def table(self) -> FoundTable:
        """The sheet's rows in order, merged cells spread over the rows that they cover."""
        numbers = sorted(self._rows)
        filled = self._cells
        for reference in self._merges:
            ends = [_PLACE.fullmatch(end) for end in reference.split(":")]
            if len(ends) != 2 or not (ends[0] and ends[1]):
                continue
            top, bottom = int(ends[0][2]), int(ends[1][2])
            left, right = column_number(ends[0][1]), column_number(ends[1][1])
            first = self._rows.get(top, _SheetRow()).cells.get(left - 1)
            if first is None:
                continue
            width = max(1, right - left + 1)
            self._rows[top].cells[left - 1] = Cell(first.text, width, where=first.where)
            covered = numbers[bisect_right(numbers, top) : bisect_left(numbers, bottom + 1)]
            filled += len(covered)
            if filled > MOST_CELLS:
                raise too_large()
            for number in covered:
                where = self._reference(number, left)
                self._rows[number].cells[left - 1] = Cell(first.text, width, above=True, where=where)
        rows = (TableRow(f"{self.name}!A{number}", self._rows[number].cells) for number in numbers)
        return FoundTable(self.name, tuple(rows))

    def problems(self) -> list[Problem]:
        hidden = [number for number in sorted(self._rows) if self._rows[number].hidden]
        found = list(self._problems)
        if hidden:
            named = ", ".join(str(number) for number in hidden[:_MOST_NAMED])
            more = f" and {len(hidden) - _MOST_NAMED} more" if len(hidden) > _MOST_NAMED else ""
            rows = "Row" if len(hidden) == 1 else "Rows"
            verb = "is hidden; it was" if len(hidden) == 1 else "are hidden; they were"
            found.append(Problem(f"{self.name}!A{hidden[0]}", f"{rows} {named}{more} {verb} read like the others."))
        for column in self._hidden_columns:
            letters = column_letters(int(column)) if column.isdecimal() and len(column) < 6 else column
            where = f"{self.name}!{letters}1"
            found.append(Problem(where, f"Columns from {letters} on are hidden; they were read like the others."))
        return found


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold, written as _x000D_, and an underscore that only looks like one of those."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _number_as_shown(raw: str, marks: str, from_1904: bool) -> str:
    try:
        number = float(raw)
    except ValueError:
        return raw
    if marks == "%":
        return f"{number * 100:.10g}%"
    day = serial_date(number, from_1904) if marks else None
    if day is None:
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else raw
    if "d" in marks:
        return wording(day, Precision.DAY)
    if "m" in marks:
        return wording(last_day_of(day.year, day.month), Precision.MONTH)
    return str(day.year)


def column_letters(number: int) -> str:
    """The letters over a column, counted from 1."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters or "A"


def column_number(letters: str) -> int:
    """A column counted from 1, from the letters over it."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
