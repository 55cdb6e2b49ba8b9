"""One content, many papers: what the files say when they are opened again."""

from __future__ import annotations

import csv as csv_module
import io
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from plans.improvement_plan import changes
from plans.improvement_plan.models import Action
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.content import Paper
from plans.papers.csv import csv_lines
from plans.papers.plan_table import OWN_ACTIONS, selection_paper
from plans.papers.safe_text import inert, printable
from plans.papers.word import word_document
from tests import factories
from tests.cast import Cast
from tests.papers.made_papers import plan_paper

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
DAY = date(2026, 4, 14)


def paper_of(cast: Cast, columns: tuple[str, ...]) -> Paper:
    return plan_paper(cast.plan, DAY, columns, made_at=MADE_AT, reader=cast.lead)


def csv_rows(paper: Paper) -> list[dict[str, str]]:
    text = b"".join(csv_lines(paper)).decode("utf-8-sig")
    return list(csv_module.DictReader(io.StringIO(text)))


def word_of(cast: Cast) -> Document:
    return Document(io.BytesIO(word_document(paper_of(cast, CABINET_TABLE), MADE_AT)))


def test_csv_has_a_row_an_action_with_both_clocks(cast: Cast) -> None:
    rows = csv_rows(paper_of(cast, EVERYTHING))
    assert [row["Reference"] for row in rows] == ["1.1", "1.2"]
    assert rows[0]["By when"] == "March 2026"
    assert rows[0]["Due by (last day)"] == "2026-03-31"
    assert rows[0]["Days late"] == rows[0]["Days later than first agreed"] == "14"
    assert rows[0]["Timeliness"] == "Overdue"
    assert rows[1]["By when"] == "No date"
    assert rows[1]["By whom"] == "Designated nurse (Westshire ICB)"
    assert rows[0]["What needs to improve"] == rows[1]["What needs to improve"] == cast.area.wording


def test_csv_begins_with_a_byte_order_mark(cast: Cast) -> None:
    assert next(csv_lines(paper_of(cast, EVERYTHING))) == b"\xef\xbb\xbf"


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-rm", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_begins_like_a_formula_is_inert_in_csv(cast: Cast, text: str) -> None:
    changes.amend(cast.action, by=cast.lead, at=MADE_AT, wording=f"{text} everything")
    row = csv_rows(paper_of(cast, EVERYTHING))[0]
    assert not row["Action"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_word_table_repeats_its_header_and_merges_the_area(cast: Cast) -> None:
    table = word_of(cast).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [
        "What needs to improve",
        "Action",
        "By whom",
        "By when",
    ]
    assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
    first_column = [row.tc_lst[0] for row in table._tbl.tr_lst[1:]]
    assert [cell.vMerge for cell in first_column] == ["restart", "continue"]
    assert [cell.text for cell in table.columns[1].cells][1:] == [cast.action.wording] * 2
    assert table.rows[1].cells[3].text == "March 2026"


def test_word_is_landscape_british_and_says_what_it_is(cast: Cast) -> None:
    document = word_of(cast)
    section = document.sections[0]
    assert section.page_width > section.page_height
    assert document.core_properties.title == cast.plan.title
    assert document.core_properties.language == "en-GB"
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [cast.plan.title, f"{cast.plan.title}: actions by area"]
    assert not [p for p in document.paragraphs if not p.text.strip()]
    assert "As at 14 April 2026. 2 actions." in [p.text for p in document.paragraphs]
    assert "Made by Lena Lead on 14 April 2026 at 09:05." in [p.text for p in document.paragraphs]


def test_word_keeps_every_element_in_the_order_that_word_demands(cast: Cast) -> None:
    order = [
        "tblStyle",
        "tblW",
        "tblInd",
        "tblLayout",
        "tblCellMar",
        "tblLook",
        "tblCaption",
        "tblDescription",
    ]
    found = [child.tag.split("}")[1] for child in word_of(cast).tables[0]._tbl.tblPr]
    assert found == [name for name in order if name in found]


def test_word_has_no_trace_of_another_language(cast: Cast) -> None:
    archive = zipfile.ZipFile(io.BytesIO(word_document(paper_of(cast, CABINET_TABLE), MADE_AT)))
    assert b'w:lang w:val="en-US"' not in archive.read("word/styles.xml")
    assert b"python-docx" not in archive.read("docProps/core.xml")


def test_the_same_rows_say_the_same_in_every_format(cast: Cast) -> None:
    factories.an_action(cast.plan, cast.lead, wording="Our own action", reference="9", position=9)
    in_csv = [row["Action"] for row in csv_rows(paper_of(cast, EVERYTHING))]
    table = word_of(cast).tables[0]
    assert [row.tc_lst[1].p_lst[0].text for row in table._tbl.tr_lst[1:]] == in_csv
    assert csv_rows(paper_of(cast, EVERYTHING))[-1]["What needs to improve"] == OWN_ACTIONS


def test_withdrawn_actions_are_left_out_and_illustration_is_said(cast: Cast) -> None:
    changes.withdraw(cast.action, by=cast.lead, at=MADE_AT, note="Overtaken")
    factories.an_action(cast.plan, cast.lead, illustration=True, reference="7", position=7, area_id=cast.area.pk)
    paper = paper_of(cast, EVERYTHING)
    assert [row["Reference"] for row in csv_rows(paper)] == ["1.2", "7"]
    assert any("made up" in sentence for sentence in paper.stamp.sentences())


def test_an_action_of_an_area_outside_the_plan_is_not_lost(cast: Cast) -> None:
    elsewhere = factories.an_area(cast.inspection, "Supervision of newly qualified social workers")
    factories.an_action(cast.plan, cast.lead, area_id=elsewhere.pk, reference="8", position=8)
    rows = csv_rows(paper_of(cast, EVERYTHING))
    assert rows[-1]["What needs to improve"] == elsewhere.wording


def test_a_paper_as_at_a_day_is_the_same_whenever_it_is_made(cast: Cast) -> None:
    then = factories.moment(2026, 2, 1)

    def as_at_then() -> Paper:
        return plan_paper(cast.plan, then.date(), CABINET_TABLE, made_at=MADE_AT, moment=then, reader=cast.lead)

    before = as_at_then().content_hash()
    changes.amend(cast.action, by=cast.lead, at=MADE_AT, wording="Something else")
    assert as_at_then().content_hash() == before
    assert paper_of(cast, CABINET_TABLE).content_hash() != before


def test_a_selection_of_several_plans_is_one_table(cast: Cast) -> None:
    other = factories.a_plan(cast.council, title="Another plan")
    factories.an_action(other, cast.lead, reference="1.1")
    paper = selection_paper(
        Action.objects.all(),
        day=DAY,
        made_by="A",
        made_at=MADE_AT,
        columns=("plan", *EVERYTHING),
        selection="mine",
    )
    assert [row["Plan"] for row in csv_rows(paper)] == ["Another plan", cast.plan.title, cast.plan.title]
    assert paper.stamp.sentences()[0] == "As at 14 April 2026. 3 actions, mine."


def test_supporting_posts_follow_the_lead_and_no_owner_is_said(cast: Cast) -> None:
    second = factories.a_post("Team manager", cast.council)
    changes.amend(cast.action, by=cast.lead, at=MADE_AT, support_posts=[second])
    changes.amend(cast.partner_action, by=cast.lead, at=MADE_AT, lead_id=None)
    rows = csv_rows(paper_of(cast, EVERYTHING))
    assert [row["By whom"] for row in rows] == ["Head of Service; Team manager", "No owner"]


def test_characters_that_no_document_holds_are_removed() -> None:
    assert printable("a\x0bb\x00c\ud800\ufffed\r\ne\rf") == "a\nbcd\ne\nf"
    assert inert("\x00=1") == "'=1"
