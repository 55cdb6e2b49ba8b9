"""Word, PDF, Excel and CSV of a paper say the same, cell by cell, and what the tree says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.papers.content import Cell, Head, Heading, Paper, Paragraph, Points, Row, Table
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.rules import Format, Kind
from tests import factories
from tests.papers.every_kind import papers_of_seeds
from tests.papers.made_papers import STAMP
from tests.papers.read_back import RIGHT_TO_LEFT, Grid, in_csv, in_excel, in_paper, in_pdf, in_word, plain

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
NOTHING_LEFT = "Area without words"


def all_agree(paper: Paper) -> None:
    """The four files, read back, hold the tree's tables."""
    files = {each: file_of(paper, each, MADE_AT) for each in Format}
    expected = in_paper(paper)
    assert in_word(files[Format.WORD]) == _printed(paper, expected)
    assert in_csv(files[Format.CSV], paper) == expected
    assert in_excel(files[Format.EXCEL], paper) == _with_days(paper, expected)
    tagged = _with_bands(paper, expected)
    assert _one_way(in_pdf(files[Format.PDF], paper), tagged) == _one_way(tagged, tagged)


def _printed(paper: Paper, grids: list[Grid]) -> list[Grid]:
    """Of a table without a row Word prints its sentence."""
    return [grid for grid, table in zip(grids, paper.tables, strict=True) if table.rows]


def _with_days(paper: Paper, grids: list[Grid]) -> list[Grid]:
    """A day that the tree gives in figures is shown in a workbook as its other dates are."""
    changed = [[list(row) for row in grid] for grid in grids]
    for grid, table in zip(changed, paper.tables, strict=True):
        for line, row in zip(grid[1:], table.rows, strict=True):
            for place, cell in enumerate(row.cells):
                if cell and isinstance(cell.value, date) and cell.text == cell.value.isoformat():
                    line[place] = plain(f"{cell.value.day} {cell.value:%B %Y}")
    return changed


def _one_way(grids: list[Grid], expected: list[Grid]) -> list[Grid]:
    """Without cells that hold a script that runs from right to left: this reader does not find their letters."""
    return [
        [
            ["" if RIGHT_TO_LEFT.search(printed) else text for text, printed in zip(row, line, strict=True)]
            for row, line in zip(grid, lines, strict=True)
        ]
        for grid, lines in zip(grids, expected, strict=True)
    ]


def _with_bands(paper: Paper, grids: list[Grid]) -> list[Grid]:
    """In a PDF an area is a heading, which cannot be empty."""
    changed = [[list(row) for row in grid] for grid in grids]
    for grid, table in zip(changed, paper.tables, strict=True):
        for place, column in enumerate(table.columns):
            for line in grid[1:]:
                if column.spans and not line[place]:
                    line[place] = plain(NOTHING_LEFT)
    return changed


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind in CATALOGUE])
def test_every_kind_says_the_same_in_every_format(kind: Kind, papers: dict[Kind, Paper]) -> None:
    all_agree(papers[kind])


papers = pytest.fixture(scope="module")(papers_of_seeds)

NASTY = st.sampled_from(
    ["=1+1", "=cmd|'/C calc'!A0", "+44 20", "-rm", "@SUM(A1)", "'=x", "''", "'tis", "{{7*7}}", "{%a%}", "<b>&amp;</b>",
     "]]>", "<!--", "&#0;", "_x0041_", "\U0001f600", "שלום", "מה", "漢字", "a\x00b", "\x0b", "\ud800", "\ufffe",
     "\r\n", "\n\n", "\t", "\u2028", "#set text(red)", "$x$", "*b*", "\\", '"', ",", ";", "1.10", "007", "1e9", "TRUE",
     "x" * 300, "é", "e\u0301", "fi ffl", "--", "---", "...", "~", "word", "and/or"]
)  # fmt: skip
TEXTS = st.lists(NASTY, max_size=6).map(" ".join)
HEADINGS = TEXTS.map(lambda text: f"Column {text}")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    count = draw(st.integers(1, 5))
    over = draw(st.booleans()) and count > 2
    columns = tuple(
        Head(f"column{place}", draw(HEADINGS), draw(st.integers(1, 30)), spans=over and place == 0)
        for place in range(count)
    )
    rows: list[Row] = []
    for group in range(draw(st.integers(0, 3))):
        size = draw(st.integers(1, 3)) if over else 1
        for place in range(size):
            first = (Cell(f"{group} {draw(TEXTS)}", rows=size) if place == 0 else None) if over else Cell(draw(TEXTS))
            rest = (
                draw(st.one_of(TEXTS.map(Cell), st.integers(0, 99).map(lambda n: Cell(str(n), n)))) for _ in columns[1:]
            )
            rows.append(Row((first, *rest)))
    return Table(draw(TEXTS), columns, tuple(rows), draw(st.integers(2, 2)))


@st.composite
def nasty_papers(draw: st.DrawFn) -> Paper:
    blocks = draw(
        st.lists(
            st.one_of(
                tables(),
                TEXTS.map(Heading),
                TEXTS.map(Paragraph),
                st.builds(Points, st.lists(TEXTS, max_size=3).map(tuple), st.sampled_from(["", "1", "i"])),
            ),
            max_size=4,
        )
    )
    return Paper(draw(TEXTS), draw(TEXTS), draw(TEXTS), tuple(blocks), STAMP, (draw(TEXTS),), draw(st.booleans()))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(paper=nasty_papers())
def test_any_text_says_the_same_in_every_format(paper: Paper) -> None:
    all_agree(paper)
