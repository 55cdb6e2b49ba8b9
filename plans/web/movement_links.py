"""The movement between two days as a page shows it: its numbers as phrases and as a matrix, each with its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.movement import NEW, Cell, Move, Movement, direction

# Where the list begins on its page.
ANCHOR = "#actions"

KINDS: dict[Move, str] = {
    Move.MOVED: "All that moved",
    Move.COMPLETED: "Completed",
    Move.SIGNED_OFF: "Signed off",
    Move.NEWLY_OVERDUE: "Newly overdue",
    Move.NO_LONGER_OVERDUE: "No longer overdue, and not done",
    Move.NOW_DUE_SOON: "Now due soon",
    Move.DATED: "Given a date",
    Move.EXTENDED: "Date moved later",
    Move.BROUGHT_FORWARD: "Date brought forward",
    Move.FORECAST_WORSE: "Forecast later",
    Move.NEW: "New",
    Move.REOPENED: "Reopened",
    Move.WITHDRAWN: "Withdrawn",
    Move.REINSTATED: "Reinstated",
    Move.REWORDED: "Reworded",
    Move.REASSIGNED: "Lead or supporting posts changed",
    Move.FELL: "Got worse",
    Move.UNEXPLAINED: "Got worse without an explanation",
    Move.UNCHANGED: "Unchanged",
    Move.ALL: "All actions",
}
# What the opening sentence says, first what a chair asks for first; of one, and of several.
SAID: dict[Move, tuple[str, str]] = {
    Move.COMPLETED: ("completed", "completed"),
    Move.SIGNED_OFF: ("signed off", "signed off"),
    Move.NEWLY_OVERDUE: ("newly overdue", "newly overdue"),
    Move.EXTENDED: ("date moved", "dates moved"),
    Move.REOPENED: ("reopened", "reopened"),
    Move.WITHDRAWN: ("withdrawn", "withdrawn"),
    Move.NEW: ("new", "new"),
}
SAID_BELOW: dict[Move, tuple[str, str]] = {
    Move.NOW_DUE_SOON: ("now due soon", "now due soon"),
    Move.NO_LONGER_OVERDUE: ("no longer overdue, but not done", "no longer overdue, but not done"),
    Move.FORECAST_WORSE: ("with a later forecast", "with a later forecast"),
    Move.DATED: ("given a date", "given a date"),
    Move.BROUGHT_FORWARD: ("brought forward", "brought forward"),
    Move.REINSTATED: ("reinstated", "reinstated"),
    Move.REWORDED: ("reworded", "reworded"),
    Move.REASSIGNED: ("with other posts", "with other posts"),
}


def state_label(state: str) -> str:
    """A state of the matrix in words."""
    if state == NEW:
        return "New"
    return "Complete" if state == Timeliness.COMPLETE else Timeliness(state).label


def cell_words(before: str, after: str) -> str:
    """“from on time to overdue”; of a row or a column, its one end."""
    was = "not in the plan yet" if before == NEW else state_label(before).lower() if before else ""
    now = state_label(after).lower() if after else ""
    if was and now:
        return f"{was} before and after" if was == now else f"from {was} to {now}"
    return f"{was} before" if was else f"{now} after" if now else ""


class MovementLinks:
    """Addresses of the movement page for one scope and period: what ``chosen`` holds, every link keeps."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self.chosen = {name: value for name, value in chosen.items() if value}

    def kind_url(self, move: Move) -> str:
        """The list behind the number of that kind."""
        return self._address({"kind": move.value})

    def cell_url(self, before: str = "", after: str = "") -> str:
        """The list behind a cell of the matrix, or behind the total of a row or a column."""
        return self._address({"from": before, "to": after})

    def page_url(self) -> str:
        """The page itself, with all that moved."""
        query = urlencode(self.chosen)
        return f"{reverse('movement')}?{query}" if query else reverse("movement")

    def _address(self, asked: dict[str, str]) -> str:
        query = urlencode(self.chosen | {name: value for name, value in asked.items() if value})
        return f"{reverse('movement')}?{query}{ANCHOR}"


@dataclass(frozen=True)
class Phrase:
    """A number of a sentence, its words, and the address of the rows that it counts."""

    number: int
    words: str
    url: str

    def __str__(self) -> str:
        return f"{self.number:,} {self.words}"


def phrase(found: Movement, links: MovementLinks, move: Move, one: str, many: str = "") -> Phrase:
    """The count of a kind with its words and its address."""
    number = found.counts[move]
    return Phrase(number, one if number == 1 else many or one, links.kind_url(move))


@dataclass(frozen=True)
class Sentence:
    """What the page opens with. Kinds of which there are none are left out; ``unexplained`` is of those that fell."""

    first: list[Phrase]
    also: list[Phrase]
    unchanged: Phrase
    fell: Phrase
    unexplained: Phrase


def sentence(found: Movement, links: MovementLinks) -> Sentence:
    """The numbers that a chair could read out."""
    first, also = (
        [phrase(found, links, move, *words) for move, words in each.items() if found.counts[move]]
        for each in (SAID, SAID_BELOW)
    )
    return Sentence(
        first=first or also,
        also=also if first else [],
        unchanged=phrase(found, links, Move.UNCHANGED, "unchanged"),
        fell=phrase(found, links, Move.FELL, "got worse"),
        unexplained=phrase(found, links, Move.UNEXPLAINED, "without an explanation"),
    )


@dataclass(frozen=True)
class MatrixCell:
    """A number of the matrix. ``url`` is "" where it is nought; ``direction`` as ``movement.direction`` has it."""

    number: int
    url: str
    words: str
    direction: str = ""
    chosen: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}"


@dataclass(frozen=True)
class MatrixRow:
    label: str
    cells: list[MatrixCell]
    total: MatrixCell


@dataclass(frozen=True)
class MatrixTable:
    """The matrix as ``templates/oversight/movement_matrix.html`` shows it; ``totals`` ends with that of all."""

    since: str
    until: str
    columns: list[str]
    rows: list[MatrixRow]
    totals: list[MatrixCell]

    @property
    def caption(self) -> str:
        return f"Actions by their state on {self.since} (down) and on {self.until} (across)"


def matrix_table(
    found: Movement, links: MovementLinks, *, since: str, until: str, chosen: Cell = ("", "")
) -> MatrixTable:
    """The matrix with an address behind each number. States that no action had are left out."""
    matrix = found.matrix

    def cell(number: int, before: str = "", after: str = "") -> MatrixCell:
        where = (before, after)
        words = cell_words(before, after)
        heading = direction(where) if before and after else ""
        return MatrixCell(
            number, links.cell_url(before, after) if number else "", words, heading, number > 0 and where == chosen
        )

    return MatrixTable(
        since,
        until,
        [state_label(after) for after in matrix.columns],
        [
            MatrixRow(
                state_label(before),
                [cell(matrix.counts.get((before, after), 0), before, after) for after in matrix.columns],
                cell(matrix.row_total(before), before),
            )
            for before in matrix.rows
        ],
        [*(cell(matrix.column_total(after), after=after) for after in matrix.columns), _all(found, links)],
    )


def _all(found: Movement, links: MovementLinks) -> MatrixCell:
    number = found.counts[Move.ALL]
    return MatrixCell(number, links.kind_url(Move.ALL) if number else "", "in all")
