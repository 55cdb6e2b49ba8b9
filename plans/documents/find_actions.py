"""Rows of a table to actions: what is carried down, what was torn, what belongs to the row above.

Nothing is made up: a lead that was carried down is said to be, a date is due only where one was printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from plans.documents.plan_columns import Layout, heads_areas, recognise
from plans.documents.plan_words import goes_on, is_a_date, join
from plans.documents.proposals import Problem
from plans.documents.tables import LONGEST_CELL, Cell, FoundTable, TableRow

_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_HEADS_A_TABLE = re.compile(
    r"(?:recommendation|priority|area|theme|objective|finding|workstream|what needs)\b", re.IGNORECASE
)
_NUMBERS_AN_AREA = re.compile(
    r"(?:recommendation|priority|area(?: for improvement)?|theme|objective|finding|workstream)\s*"
    r"(?:\d|:|one\b|two\b|three\b|four\b|five\b)",
    re.IGNORECASE,
)
_SHORT_REFERENCE = 15
_MOST_TITLE_LINES = 3
_MOST_LINES_ABOVE = 200


@dataclass
class FoundRow:
    """An action's cells as printed, by field, before they are read. ``area``: which of the areas it answers."""

    where: str
    area: int
    cells: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    by_merging: frozenset[str] = frozenset()


@dataclass
class FoundRows:
    """All actions' rows, the areas that they answer, each table's layout, the lines above the first table.

    ``area``: the one that was named last, maybe at the foot of a page whose rows are on the next.
    """

    rows: list[FoundRow] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    leads: dict[int, str] = field(default_factory=dict)
    area_numbers: dict[str, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    title_lines: list[str] = field(default_factory=list)
    area: int = -1


def find_rows(tables: Iterable[FoundTable], mapping: Mapping[int, str] | None = None) -> FoundRows:
    """The rows of every table whose headings name an action and who, when or how far."""
    found = FoundRows()
    layout: Layout | None = None
    for table in tables:
        found.lines += table.before
        reader = _TableReader(found, table, mapping)
        carried = layout if table.continues and _goes_on_from(layout, table) else None
        layout = reader.read(carried) or (layout if not table.rows else None)
    return found


def _goes_on_from(layout: Layout | None, table: FoundTable) -> bool:
    widest = max((column + cell.width for row in table.rows for column, cell in row.cells.items()), default=0)
    return layout is not None and 2 <= widest <= layout.width and widest >= layout.width - 1


class _TableReader:
    """Reads one table into ``found``, row after row."""

    def __init__(self, found: FoundRows, table: FoundTable, mapping: Mapping[int, str] | None) -> None:
        self._found = found
        self._table = table
        self._mapping = mapping
        self._area = -1
        self._last: FoundRow | None = None
        self._first_row = True

    def read(self, layout: Layout | None) -> Layout | None:
        """The layout by which the table's last rows were read; None when it is no plan."""
        if layout:
            self._area = self._found.area
            last = self._found.rows[-1] if self._found.rows else None
            self._last = last if last and last.area == self._area else None
        rows = self._table.rows
        for place, row in enumerate(rows):
            if layout is not None and self._belongs_to_headings(row, layout):
                continue
            headings = self._headings(row, rows[place + 1] if place + 1 < len(rows) else None, layout)
            if headings is not None:
                layout = self._begin(headings, row, layout)
            elif layout is not None:
                self._take(row, layout)
        self._found.area = self._area
        return layout

    def _headings(self, row: TableRow, following: TableRow | None, layout: Layout | None) -> Layout | None:
        """The row's layout if it is a row of headings and the next is not a better one."""
        mapping = self._mapping if layout is None and not self._found.layouts else None
        headings = recognise(row.cells, mapping)
        if headings is None or following is None or layout is not None:
            return headings
        better = recognise(following.cells)
        if better and len(set(better.fields.values())) > len(set(headings.fields.values())):
            return None
        return headings

    def _begin(self, headings: Layout, row: TableRow, layout: Layout | None) -> Layout:
        if layout is not None and headings.headings == layout.headings:
            return layout
        if self._mapping is not None:
            same = not self._found.layouts or headings.columns == self._found.layouts[0].columns
            headings = (recognise(row.cells, self._mapping) if same else None) or headings
        self._found.layouts.append(headings)
        if headings.unread:
            named = ", ".join(f"“{heading}”" for heading in headings.unread)
            self._problem(row.where, f"Columns that were not read: {named}.")
        if not headings.has("action"):
            self._problem(row.where, "No column of actions: each area was taken as its own action.")
        for name, missing in (("by_who", "No column says who leads."), ("by_when", "No column says by when.")):
            if not headings.has(name) and not (name == "by_when" and headings.has("first_date")):
                self._problem(row.where, missing)
        if layout is None:
            self._last = None
            self._name_area_from_title(headings, row)
        return headings

    def _name_area_from_title(self, headings: Layout, row: TableRow) -> None:
        """Without a column of areas, the line over the table may name the one that it is about."""
        above = self._table.rows[: self._table.rows.index(row)]
        titles = [cell.text for line in above for cell in line.cells.values() if not cell.above]
        self._found.lines += titles
        self._found.title_lines = self._found.title_lines or self._found.lines[-_MOST_LINES_ABOVE:]
        if not headings.has("area"):
            for title in reversed([*self._table.before, *titles][-_MOST_TITLE_LINES:]):
                if _HEADS_A_TABLE.match(title) and not heads_areas(title):
                    self._area = self._area_number(title)
                    return

    @staticmethod
    def _belongs_to_headings(row: TableRow, layout: Layout) -> bool:
        """A second row of headings, under a first whose cells reach down into it."""
        above = [column for column, cell in row.cells.items() if cell.above]
        return bool(above) and all(row.cells[column].text == layout.headings.get(column) for column in above)

    def _problem(self, where: str, message: str) -> None:
        self._found.problems.append(Problem(where, message))

    def _area_number(self, text: str) -> int:
        """The area's place, whether it was met before or not."""
        text = " ".join(text.split()).removeprefix("• ")
        if text not in self._found.area_numbers:
            self._found.area_numbers[text] = len(self._found.areas)
            self._found.areas.append(text)
        return self._found.area_numbers[text]

    def _take(self, row: TableRow, layout: Layout) -> None:
        first, self._first_row = self._first_row, False
        fresh = {column: cell for column, cell in row.cells.items() if cell.text and not cell.above}
        if not fresh:
            return
        if len(fresh) == 1:
            column, only = next(iter(fresh.items()))
            if _PAGE_NUMBER.fullmatch(only.text) and layout.fields.get(column) not in (
                "by_when",
                "progress",
                "evidence",
            ):
                return
            if self._is_a_band(column, only, layout, row):
                self._begin_band(only.text)
                return
        cells, places, merged = _by_field(row.cells, layout)
        area = cells.pop("area", "")
        if not layout.has("action") and area and "area" not in merged:
            cells["action"] = area
        action = "" if "action" in merged else cells.get("action", "")
        if "action" in merged:
            cells.pop("action", None)
        same_area = self._place_area(area, bool(action), first)
        if not action:
            self._add_to_last(row, cells, merged, same_area)
        elif self._is_torn(cells, merged, same_area):
            self._join(cells, merged)
        else:
            where = places.get("action") or row.where
            self._last = FoundRow(where, self._area, cells, places, merged)
            self._found.rows.append(self._last)

    def _begin_band(self, text: str) -> None:
        """A page repeats the headings and the band above its rows: neither begins anything new."""
        if heads_areas(text):
            return
        area = self._area_number(text)
        if area != self._area:
            self._area, self._last = area, None

    @staticmethod
    def _is_a_band(column: int, cell: Cell, layout: Layout, row: TableRow) -> bool:
        """One cell alone in its row that names what the rows below are about."""
        name = layout.fields.get(column)
        if cell.width >= max(2, layout.width - 1):
            return True
        if name == "action" and not layout.has("area"):
            return len(row.cells) == 1 and _NUMBERS_AN_AREA.match(cell.text) is not None
        if len(row.cells) > 1 or name in ("area", "action", "by_when", "progress", "evidence", "by_who", "status"):
            return False
        return name == "reference" and len(cell.text) > _SHORT_REFERENCE and " " in cell.text and not layout.has("area")

    def _place_area(self, text: str, acts: bool, first: bool) -> bool:
        """Make the area that a row prints the current one; whether the row stays in the area above."""
        text = " ".join(text.split()).removeprefix("• ")
        now = self._found.areas[self._area] if self._area >= 0 else ""
        if not text or text == now:
            return True
        if now and (first or not acts) and goes_on(now, text):
            self._found.areas[self._area] = f"{now} {text}"
            self._found.area_numbers[f"{now} {text}"] = self._area
            return True
        self._area = self._area_number(text)
        return False

    def _is_torn(self, cells: Mapping[str, str], merged: frozenset[str], same_area: bool) -> bool:
        """Whether the row is the rest of the one above, cut by the end of a page."""
        last = self._last
        if last is None or not same_area or not goes_on(last.cells.get("action", ""), cells["action"]):
            return False
        if any(cells.get(name) and name not in merged for name in ("by_when", "reference", "status")):
            return False
        who = "" if "by_who" in merged else cells.get("by_who", "")
        return not who or goes_on(last.cells.get("by_who", ""), who)

    def _add_to_last(self, row: TableRow, cells: dict[str, str], merged: frozenset[str], same_area: bool) -> None:
        """A row that prints no action: it says more about the action above, or only names an area."""
        said = {name: text for name, text in cells.items() if name not in merged and name != "other"}
        if not said:
            return
        if not same_area or self._last is None:
            if "by_who" in said:
                self._found.leads[self._area] = said["by_who"]
            if set(said) - {"by_who", "reference"}:
                self._problem(row.where, f"No action is printed in this row: “{_short(' '.join(said.values()))}”.")
            if not same_area:
                self._last = None
            return
        self._add_date(row, said)
        self._join(said, frozenset())

    def _add_date(self, row: TableRow, said: dict[str, str]) -> None:
        """Under By When: the rest of a date, a second date (which is asked), or what was achieved (evidence)."""
        text, last = said.pop("by_when", ""), self._last
        if not text or last is None:
            return
        printed = last.cells.get("by_when", "")
        if not printed or (not is_a_date(printed) and is_a_date(f"{printed} {text}")):
            last.cells["by_when"] = f"{printed} {text}".strip()
        elif is_a_date(text):
            self._problem(row.where, f"“{_short(text)}” is a second date beside one action; the first was kept.")
        else:
            last.cells["evidence"] = join(last.cells.get("evidence", ""), text)
            self._problem(row.where, f"“{_short(text)}” was taken as evidence of the action above it.")

    def _join(self, cells: Mapping[str, str], merged: frozenset[str]) -> None:
        assert self._last is not None
        for name, text in cells.items():
            if name in merged or not text:
                continue
            above = self._last.cells.get(name, "")
            if len(above) > LONGEST_CELL:
                self._problem(
                    self._last.where, "The rows that go on from this one are too long; the rest was left out."
                )
            elif name in ("reference", "status", "revised", "first_date", "last_day"):
                self._last.cells[name] = above or text
            else:
                self._last.cells[name] = join(above, text)


def _by_field(cells: Mapping[int, Cell], layout: Layout) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Texts by field, the place of each, and the fields whose cell only continues the one above."""
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    merged: dict[str, bool] = {}
    several = {name for name in ("progress", "evidence") if list(layout.fields.values()).count(name) > 1}
    for column in sorted(cells):
        cell, name = cells[column], layout.fields.get(column, "")
        if not cell.text or not name:
            continue
        text = cell.text if "\n" in cell.text else cell.text.removeprefix("• ")
        if name in several and not cell.above:
            text = f"{layout.headings[column]}: {text}"
        texts[name] = f"{texts[name]}\n{text}" if name in texts else text
        places.setdefault(name, cell.where)
        merged[name] = merged.get(name, True) and cell.above
    return texts, places, frozenset(name for name, above in merged.items() if above)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"
