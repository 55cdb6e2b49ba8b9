"""A council's own plan, from whatever file it is kept in, as a proposal that a person confirms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plans.documents.dates import Precision, PrintedDate, read_printed_date, wording
from plans.documents.find_actions import FoundRow, FoundRows, find_rows
from plans.documents.owners import names_nobody, owners, parted_at_names, people_named
from plans.documents.plan_words import inspected_from, read_when, short_status, status_of
from plans.documents.proposals import Problem, ProposedAction, ProposedPlan
from plans.documents.read_tables import read_tables
from plans.documents.tables import FoundTable

_FEWEST_COLUMNS = 3
SAMPLE_ROWS = 3
LONGEST_SAMPLE = 120


def read_plan(data: bytes, name: str, mapping: Mapping[int, str] | None = None) -> ProposedPlan:
    """Read a plan's actions from a file's bytes; ``name`` is the file's own, for its ending alone.

    ``mapping`` says what a column holds, by its place from 0: a name of ``plan_columns.FIELDS``, "" for none.
    Raises RefusedDocument, with a sentence, for a file that cannot be read at all.
    """
    found_tables = read_tables(data, name)
    found = find_rows(found_tables.tables, mapping)
    problems = [*found_tables.problems, *found.problems]
    if not found.layouts:
        problems.append(_no_plan(found_tables.tables))
        columns = _likely_columns(found_tables.tables)
        return ProposedPlan(columns, (), tuple(problems), samples=_samples(found_tables.tables, columns))
    rows, said = _Proposals(found).made()
    problems += said
    if not rows:
        problems.append(Problem("the file", "The headings of a plan stand there, with no action under them."))
    layout = found.layouts[0]
    return ProposedPlan(
        layout.columns,
        tuple(rows),
        tuple(problems),
        fields=tuple(layout.fields.get(place, "") for place in range(layout.width)),
        samples=_samples(found_tables.tables, layout.columns),
    )


def plan_as_json(plan: ProposedPlan) -> dict[str, Any]:
    """The proposal as plain values, in the form that scripts rely on."""

    def row(action: ProposedAction) -> dict[str, Any]:
        due = action.by_when
        return {
            "area": action.area,
            "action": action.action,
            "by_who": list(action.by_who),
            "by_when": {
                "printed": due.printed,
                "due": due.last_day.isoformat() if due.last_day else None,
                "precision": due.precision.value or None,
                "status": action.when_status or None,
            },
            "status": action.status,
            "progress": action.progress,
            "reference": action.reference,
            "where": action.where,
        }

    return {
        "columns": list(plan.columns),
        "rows": [row(action) for action in plan.rows],
        "problems": [{"where": problem.where, "message": problem.message} for problem in plan.problems],
    }


def _no_plan(tables: tuple[FoundTable, ...]) -> Problem:
    columns = _likely_columns(tables)
    if columns:
        named = ", ".join(f"“{heading}”" for heading in columns if heading)
        return Problem(
            _largest(tables).where,
            f"No plan table was found: {named} name no action with who or by when. Say what each column holds.",
        )
    return Problem("the file", "No plan table was found: no headings name an action with who or by when.")


def _largest(tables: tuple[FoundTable, ...]) -> FoundTable:
    return max(tables, key=lambda table: len(table.rows))


def _likely_columns(tables: tuple[FoundTable, ...]) -> tuple[str, ...]:
    """The first full row of the largest table, whose columns a person may then name."""
    if not tables:
        return ()
    rows = _largest(tables).rows
    fullest = max((len(row.cells) for row in rows), default=0)
    if fullest < _FEWEST_COLUMNS:
        return ()
    first = next(row for row in rows if len(row.cells) == fullest)
    return tuple(first.cells[column].text if column in first.cells else "" for column in range(max(first.cells) + 1))


def _samples(tables: tuple[FoundTable, ...], columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The first rows under the row of headings, as printed and cut short, so that a person can name the columns."""
    for table in tables:
        for place, row in enumerate(table.rows):
            texts = {column: " ".join(cell.text.split()) for column, cell in row.cells.items()}
            if texts and all(columns[column : column + 1] == (text,) for column, text in texts.items() if text):
                below = table.rows[place + 1 : place + 1 + SAMPLE_ROWS]
                return tuple(
                    tuple(
                        _short(sample.cells[column].text) if column in sample.cells else ""
                        for column in range(len(columns))
                    )
                    for sample in below
                )
    return ()


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_SAMPLE else f"{plain[: LONGEST_SAMPLE - 2]} …"


class _Proposals:
    """Turns rows as printed into actions, and says what is doubtful about each."""

    def __init__(self, found: FoundRows) -> None:
        self._found = found
        self._problems: list[Problem] = []
        self._unread_status: dict[str, list[str]] = {}
        self._inspected = next((day for line in reversed(found.title_lines) if (day := inspected_from(line))), None)
        self._names = people_named(owners(row.cells.get("by_who", "")) for row in found.rows)

    def made(self) -> tuple[list[ProposedAction], list[Problem]]:
        actions: list[ProposedAction] = []
        lead: tuple[int, str, str] | None = None
        for row in self._found.rows:
            who = row.cells.get("by_who", "")
            if who:
                lead = (row.area, who, row.where)
            elif lead is None or lead[0] != row.area:
                given = self._found.leads.get(row.area, "")
                lead = (row.area, given, "the row that names the area") if given else None
            actions.append(self._action(row, lead))
        without_area = [row.where for row in self._found.rows if row.area < 0]
        if without_area and not self._has("area"):
            self._say(without_area[0], "No column or heading says what needs to improve; the areas were left open.")
        for word, places in self._unread_status.items():
            more = f" (and {len(places) - 1} more rows)" if len(places) > 1 else ""
            self._problems.append(
                Problem(places[0], f"“{word}”{more} does not say how far the action has got; the status was left open.")
            )
        return actions, self._problems

    def _say(self, where: str, message: str) -> None:
        self._problems.append(Problem(where, message))

    def _action(self, row: FoundRow, lead: tuple[int, str, str] | None) -> ProposedAction:
        due, when_status, moved_from = self._due(row)
        progress = row.cells.get("progress", "")
        area = self._found.areas[row.area] if row.area >= 0 else ""
        if not area and self._has("area"):
            self._say(row.where, "No area is printed for this action.")
        return ProposedAction(
            area=area,
            action=row.cells["action"],
            by_who=self._who(row, lead),
            by_when=due,
            when_status=when_status,
            status=self._status(row) or short_status(progress) or when_status,
            progress=progress,
            reference=" ".join(row.cells.get("reference", "").split()),
            evidence=row.cells.get("evidence", ""),
            where=row.where,
            moved_from=moved_from,
        )

    def _who(self, row: FoundRow, lead: tuple[int, str, str] | None) -> tuple[str, ...]:
        where = row.places.get("by_who") or row.where
        printed = row.cells.get("by_who", "")
        text = printed or (lead[1] if lead else "")
        people = tuple(one for owner in owners(text) for one in parted_at_names(owner, self._names))
        if not printed and people and lead:
            self._say(where, f"No lead is printed; “{' and '.join(people)}” was carried down from {lead[2]}.")
        elif not people and self._has("by_who") and not names_nobody(printed):
            self._say(where, "No lead is printed.")
        supporting = owners(row.cells.get("support", ""))
        return tuple(dict.fromkeys((*people, *supporting)))

    def _has(self, name: str) -> bool:
        return any(layout.has(name) for layout in self._found.layouts)

    def _due(self, row: FoundRow) -> tuple[PrintedDate, str, PrintedDate | None]:
        where = row.places.get("by_when") or row.where
        printed = row.cells.get("by_when", "") or row.cells.get("first_date", "")
        moved_from = None
        if revised := row.cells.get("revised", ""):
            if printed and read_when(revised)[0].last_day:
                self._say(where, f"The date was moved from “{printed}” to “{revised}”; the later wording was taken.")
                moved_from = read_when(printed)[0]
                printed = revised
            printed = printed or revised
        due, status, said = read_when(printed)
        due, said = self._with_last_day(row, due, said)
        for sentence in said:
            self._say(where, sentence)
        if not due.printed and self._has("by_when"):
            self._say(where, "No date is printed.")
        if self._inspected and due.last_day and due.last_day < self._inspected:
            began = wording(self._inspected, Precision.DAY)
            self._say(
                where, f"“{due.printed}” is before the inspection, which began on {began}. It was kept as printed."
            )
        return due, status, moved_from

    def _with_last_day(
        self, row: FoundRow, due: PrintedDate, said: tuple[str, ...]
    ) -> tuple[PrintedDate, tuple[str, ...]]:
        """The date with the last day that our own papers print beside it."""
        day = self._last_day(row)
        if day is None or day == due.last_day:
            return due, said
        if due.last_day is None:
            return PrintedDate(day, due.precision or Precision.DAY, due.printed), ()
        disagreement = f"“{due.printed}” and the last day {wording(day, Precision.DAY)} disagree; the first was kept."
        return due, (*said, disagreement)

    @staticmethod
    def _last_day(row: FoundRow) -> date | None:
        text = row.cells.get("last_day", "")
        read = read_printed_date(text).date if text else None
        return read.last_day if read and read.precision is Precision.DAY else None

    def _status(self, row: FoundRow) -> str:
        printed = " ".join(row.cells.get("status", "").split())
        status = status_of(printed)
        if printed and not status and printed not in ("Not yet reported", "Withdrawn"):
            self._unread_status.setdefault(printed[:60], []).append(row.where)
        return status
