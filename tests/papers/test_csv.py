"""CSV of several tables: one table where they are alike, one under the other where they are not."""

from __future__ import annotations

import csv
import io

from plans.papers.content import Cell, Head, Heading, Paper, Paragraph, Row, Table
from plans.papers.csv import csv_lines
from tests.papers.made_papers import STAMP

NAME, SAYS = Head("name", "Name", 1), Head("says", "Says", 1)


def rows_of(*blocks: Table | Heading | Paragraph) -> list[list[str]]:
    text = b"".join(csv_lines(Paper("Westshire Council", "Plan", "", blocks, STAMP))).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def table(caption: str, *names: str, heads: tuple[Head, ...] = (NAME,)) -> Table:
    return Table(caption, heads, tuple(Row(tuple(Cell(name) for _ in heads)) for name in names))


def test_one_table_is_plain_and_words_beside_it_are_left_out() -> None:
    assert rows_of(Heading("Words"), table("People", "A", "B"), Paragraph("More")) == [["Name"], ["A"], ["B"]]


def test_tables_with_the_same_columns_are_one_that_says_which() -> None:
    assert rows_of(table("Late", "A"), table("Quiet", "B", "=C")) == [
        ["List", "Name"],
        ["Late", "A"],
        ["Quiet", "B"],
        ["Quiet", "'=C"],
    ]


def test_tables_with_other_columns_follow_one_another() -> None:
    assert rows_of(table("=Late", "A"), table("Both", "B", heads=(NAME, SAYS))) == [
        ["'=Late"],
        ["Name"],
        ["A"],
        [],
        ["Both"],
        ["Name", "Says"],
        ["B", "B"],
    ]


def test_a_merged_cell_is_said_in_each_row_and_a_number_stays_one() -> None:
    rows = (Row((Cell("A", rows=2), Cell("-1", -1))), Row((None, Cell("-x"))))
    assert rows_of(Table("T", (NAME, SAYS), rows))[1:] == [["A", "-1"], ["A", "'-x"]]
