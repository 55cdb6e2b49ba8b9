"""The movement between two days as a page shows it: its numbers as phrases and as a matrix, each with its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from plans.oversight.movement import Cell, Move, Movement, direction
from plans.oversight.movement_words import Number, cell_words, matrix_caption, numbers_of, state_label

# Where the list begins on its page.
ANCHOR = "#actions"


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


@dataclass(frozen=True)
class Sentence:
    """What the page opens with: ``movement_words.Numbers``, each with its address."""

    first: list[Phrase]
    also: list[Phrase]
    unchanged: Phrase
    fell: Phrase
    unexplained: Phrase


def sentence(found: Movement, links: MovementLinks) -> Sentence:
    """The numbers that a chair could read out."""

    def linked(said: Number) -> Phrase:
        return Phrase(said.number, said.words, links.kind_url(said.move))

    said = numbers_of(found)
    return Sentence(
        first=[linked(each) for each in said.first],
        also=[linked(each) for each in said.also],
        unchanged=linked(said.unchanged),
        fell=linked(said.fell),
        unexplained=linked(said.unexplained),
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
        return matrix_caption(self.since, self.until)


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
