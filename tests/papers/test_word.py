"""The Word file: lists that begin again, areas that are never empty, rows that stay together, a council's styles."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from hypothesis import given
from hypothesis import strategies as st

from plans.papers.content import Cell, Chart, Head, Heading, PageBreak, Paper, Paragraph, Points, Row, Table
from plans.papers.text_room import columns_within
from plans.papers.word import word_document
from plans.papers.word_blocks import add_block, add_blocks
from plans.papers.word_rows import placed_rows
from tests import factories
from tests.papers.every_block import AREA_COLUMNS, SVG, area_rows, every_block
from tests.papers.made_papers import STAMP

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
WIDTHS = [60.0, 100.0, 50.0, 30.0]
LANDSCAPE = 490.0  # points between the margins


def opened(*blocks: Any, landscape: bool = True) -> Any:
    paper = Paper("Westshire Council", "Plan", "", blocks, STAMP, landscape=landscape)
    return Document(io.BytesIO(word_document(paper, MADE_AT)))


def numbers_of(document: Any) -> list[str]:
    return document.element.body.xpath(".//w:pPr/w:numPr/w:numId/@w:val")


def test_each_list_begins_again_and_has_its_own_numbers() -> None:
    document = opened(Points(("a", "b"), "1"), Points(("c",), "1"), Points(("d",), "i"), Points(("e", "f")))
    first, again, roman, bullets = dict.fromkeys(numbers_of(document))
    assert len({first, again, roman, bullets}) == 4
    numbering = document.part.numbering_part.element
    for number in (first, again, roman):
        assert numbering.xpath(f"w:num[@w:numId={number}]/w:lvlOverride/w:startOverride/@w:val") == ["1"]
    kinds = [
        numbering.xpath(
            f"w:abstractNum[@w:abstractNumId=//w:num[@w:numId={number}]/w:abstractNumId/@w:val]//w:numFmt/@w:val"
        )
        for number in (first, again, roman, bullets)
    ]
    assert kinds == [["decimal"], ["decimal"], ["lowerRoman"], ["bullet"]]


def test_a_page_break_is_in_what_follows_and_no_paragraph_of_its_own() -> None:
    document = opened(Paragraph("Before"), PageBreak(), Heading("After"), Paragraph("And on"))
    breaks = [one.text for one in document.paragraphs if one._p.xpath("w:pPr/w:pageBreakBefore")]
    assert breaks == ["After"]


def test_empty_lines_part_paragraphs_and_a_line_break_stays_one() -> None:
    document = opened(Paragraph("One\ntwo\n\n \nThree\n"), Paragraph(" \n "), Points(("", " ")))
    assert [one.text for one in document.paragraphs][-2:] == ["One\ntwo", "Three"]


def test_the_page_is_turned_and_its_table_with_it() -> None:
    for landscape in (True, False):
        document = opened(Table("Actions", AREA_COLUMNS, area_rows()), landscape=landscape)
        section = document.sections[0]
        assert (section.page_width > section.page_height) == landscape
        room = section.page_width - section.left_margin - section.right_margin
        assert sum(column.width for column in document.tables[0].columns) == pytest.approx(room, abs=20_000)


def test_a_heading_over_a_table_and_its_first_rows_stay_together() -> None:
    document = opened(Table("Actions", AREA_COLUMNS, area_rows(1, 2)))
    assert document.styles["Heading 2"].paragraph_format.keep_with_next
    header = document.tables[0].rows[0]
    assert all(cell.paragraphs[0].style.paragraph_format.keep_with_next for cell in header.cells)


def test_a_drawing_stays_under_its_caption_and_has_a_size_within_the_page() -> None:
    wide = SVG.replace('width="300" height="60"', 'width="3000" height="600"')
    document = opened(Chart("Caption", "In words", wide))
    caption, picture = document.paragraphs[-2:]
    assert (caption.text, caption.style.name) == ("Caption", "Caption")
    assert caption.style.paragraph_format.keep_with_next
    (extent,) = picture._p.xpath(".//wp:extent")
    section = document.sections[0]
    assert extent.cx <= section.page_width - section.left_margin - section.right_margin


# Rows and pages.


def placed(rows: tuple[Row, ...], height: float = LANDSCAPE) -> list[Any]:
    return list(placed_rows(rows, WIDTHS, height))


def test_a_short_group_stays_on_one_page() -> None:
    assert [row.kept for row in placed(area_rows(2, 3))] == [True, True, False, True, True, False]
    assert all(row.whole for row in placed(area_rows(2, 3)))


def test_a_merged_cell_stays_beside_the_rows_that_its_text_needs() -> None:
    rows = placed(area_rows(1, 20, area="The timeliness of decisions " * 12))
    kept = [row.kept for row in rows]
    assert kept[0]
    assert not any(kept[12:])


def test_a_merged_cell_begins_again_where_a_page_is_full() -> None:
    rows = placed(area_rows(1, 120))
    begun = [place for place, row in enumerate(rows) if row.cells[0] is not None]
    assert len(begun) > 3
    assert {row.cells[0].text for row in rows if row.cells[0]} == {"1. The timeliness of decisions"}
    ends = [*begun[1:], len(rows)]
    assert [rows[begin].cells[0].rows for begin in begun] == [
        end - begin for begin, end in zip(begun, ends, strict=True)
    ]


def test_only_a_row_that_is_longer_than_a_page_may_tear() -> None:
    long = "Do this or that with the others. " * 200
    rows = placed(
        (Row((Cell("A"), Cell("Short"), Cell(""), Cell(""))), Row((Cell("B"), Cell(long), Cell(""), Cell(""))))
    )
    assert [row.whole for row in rows] == [True, False]


@given(
    groups=st.lists(st.lists(st.integers(0, 4_000), min_size=1, max_size=30), max_size=5),
    area=st.integers(0, 5_000),
    height=st.sampled_from([LANDSCAPE, 740.0]),
)
def test_no_row_is_lost_and_no_merged_cell_is_empty_at_its_beginning(
    groups: list[list[int]], area: int, height: float
) -> None:
    rows = tuple(
        Row((Cell("a" * area, rows=len(lengths)) if place == 0 else None, Cell("x" * length), Cell(""), Cell("")))
        for lengths in groups
        for place, length in enumerate(lengths)
    )
    made = placed(rows, height)
    assert [row.cells[1:] for row in made] == [row.cells[1:] for row in rows]
    left = 0
    for row in made:
        if row.cells[0] is None:
            left -= 1
        else:
            assert left == 0
            left = row.cells[0].rows - 1
    assert left == 0
    assert not made or not made[-1].kept


@given(
    shares=st.lists(st.integers(1, 50), min_size=1, max_size=20),
    heading=st.text("abcdefghijkmwW ", max_size=40),
    page=st.sampled_from([265.0, 178.0]),
)
def test_columns_fill_the_page_and_none_is_without_room(shares: list[int], heading: str, page: float) -> None:
    heads = [Head(str(place), heading, share) for place, share in enumerate(shares)]
    columns = columns_within(heads, (), page)
    assert sum(columns.widths) == pytest.approx(page)
    assert min(columns.widths) > 3


# In a document that is there already.


def test_blocks_stand_where_they_are_put_in_styles_that_the_document_has() -> None:
    document = Document()
    mark = document.add_paragraph("MARK")
    add_blocks(document, every_block().blocks, Cm(16), before=mark._p)
    add_block(document, Paragraph("At the end"), Cm(16))
    file = io.BytesIO()
    document.save(file)
    again = Document(io.BytesIO(file.getvalue()))
    texts = [one.text for one in again.paragraphs]
    assert texts.index("Purpose") < texts.index("MARK") < texts.index("At the end")
    assert len(again.tables) == 2
    names = {one.style.name for one in again.paragraphs}
    assert {"Heading 2", "Heading 3", "Heading 4", "List Bullet", "List Number", "Note", "Caption"} <= names
    drawn = again.element.xpath("//wp:docPr/@id")
    assert len(drawn) == len(set(drawn)) == 2
    assert len(set(numbers_of(again))) == 4


def test_a_document_without_styles_and_numbers_is_given_ours_once() -> None:
    document = Document(io.BytesIO(word_document(Paper("", "Bare", "", (), STAMP), MADE_AT)))
    for one in document.paragraphs:
        one._p.getparent().remove(one._p)
    styles = document.styles.element
    for style in list(styles.findall(qn("w:style"))):
        if style.get(qn("w:default")) != "1":
            styles.remove(style)
    for relation in [key for key, each in document.part.rels.items() if each.reltype.endswith("/numbering")]:
        del document.part.rels[relation]
    blocks = every_block().blocks
    add_blocks(document, blocks, Cm(16))
    count = len(styles.findall(qn("w:style")))
    add_blocks(document, blocks, Cm(16))
    assert len(styles.findall(qn("w:style"))) == count
    identities = styles.xpath("w:style/@w:styleId")
    assert len(identities) == len(set(identities))
    used = set(document.element.body.xpath("//w:pStyle/@w:val | //w:tblStyle/@w:val"))
    assert used <= set(identities)
    based = set(styles.xpath("w:style/w:basedOn/@w:val | w:style/w:next/@w:val"))
    assert based <= set(identities)
    file = io.BytesIO()
    document.save(file)
    assert len(set(numbers_of(Document(io.BytesIO(file.getvalue()))))) == 8
