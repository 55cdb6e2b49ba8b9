"""The cabinet report: every format says what the Word file says, in the council's own words, nothing invented."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from plans.oversight.models import Meeting
from plans.papers import word_template
from plans.papers.brief import Brief, Choices, ChosenColumn, Recommendation
from plans.papers.columns import EVERYTHING
from plans.papers.content import (
    KEY_HEADING,
    Block,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Points,
    Table,
    as_plain,
    from_plain,
)
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import paper_for
from plans.papers.models import YoungPeoplesSummary
from plans.papers.rules import Audience, Format, Kind, Verb
from plans.papers.shipped_templates import shipped_bytes, shipped_templates
from plans.papers.word_template import RefusedTemplate, template_facts
from tests import factories
from tests.cast import Cast
from tests.papers.making_templates import in_this_process, saved, template_of

AT = factories.moment(2026, 4, 14)
DAY = date(2026, 4, 14)
WORDS = {
    "purpose": "It asks for two things:\n- one;\n- two.\n\nAnd {{ title }} & <b>.",
    "legal": "None arising from this report.",
    "summary": "Short.",
    "report_of": "the Director",
    "agenda_item": "6",
}
NOTES = (Recommendation(Verb.NOTE, "the plan"), Recommendation(Verb.DELEGATE, "its wording to the Director."))
KEYS = [key for key, _ in shipped_templates()]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_template, "exchange", in_this_process)


@pytest.fixture
def brief(cast: Cast) -> Brief:
    YoungPeoplesSummary.objects.create(plan=cast.plan, title="What they said", introduction="They came to see us.")
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    return Brief(
        cast.plan, DAY, None, "Lena Lead", AT, reader=cast.lead, meeting=meeting, words=WORDS, recommendations=NOTES,
        title="Progress of the plan",
    )  # fmt: skip


def paper(brief: Brief, *lines: str, **template: Any) -> Paper:
    data = template_of(*lines, **template) if lines else brief.template
    return paper_for(Kind.CABINET, replace(brief, template=data))


def word(made: Paper) -> Any:
    return Document(io.BytesIO(file_of(made, Format.WORD, AT)))


def texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield block.text
        elif isinstance(block, Points):
            yield from block.items
        elif isinstance(block, Table):
            yield block.caption
            yield from (head.heading for head in block.columns)
            yield from (cell.text for row in block.rows for cell in row.cells if cell)


def letters_of(document: Any) -> str:
    return " ".join(
        "".join(piece.text or "" for piece in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p"))
    )


# The same words.


@pytest.mark.parametrize("key", KEYS)
def test_every_text_of_the_paper_is_in_the_word_file_in_order(brief: Brief, key: str) -> None:
    made = paper(replace(brief, template=shipped_bytes(key)))
    said = " ".join(letters_of(word(made)).split())
    place = 0
    for text in texts(made.blocks):
        # Word works out the numbers of headings itself.
        plain = " ".join(text.split()).lstrip("0123456789. ")
        place = said.index(plain, place) + len(plain)
    for once in (made.title, made.organisation, *made.stamp.sentences()):
        assert said.count(once) >= 1


@pytest.mark.parametrize("key", KEYS)
def test_every_text_of_the_word_file_is_in_the_paper(brief: Brief, key: str) -> None:
    made = paper(replace(brief, template=shipped_bytes(key)))
    said = " ".join(" ".join(text.split()) for text in texts(made.blocks))
    more = {made.title, made.organisation, *made.stamp.sentences()}
    for paragraph in word(made).element.body.iter(qn("w:p")):
        text = " ".join("".join(piece.text or "" for piece in paragraph.iter(qn("w:t"))).split())
        assert text in more or text in said


@pytest.mark.parametrize("file_format", list(Format))
def test_every_format_is_made(brief: Brief, file_format: Format) -> None:
    assert file_of(paper(brief), file_format, AT)


def test_the_paper_is_kept_as_plain_values_and_made_again_to_the_byte(brief: Brief) -> None:
    made = paper(brief)
    again = from_plain(as_plain(made))
    assert again == made
    assert again.content_hash() == paper(brief).content_hash()
    assert file_of(again, Format.WORD, AT) == file_of(made, Format.WORD, AT)


# What it says.


def test_what_was_typed_is_text_and_nothing_of_it_runs(brief: Brief) -> None:
    made = paper(brief, "{{ purpose }}")
    assert made.blocks[:3] == (
        Paragraph("It asks for two things:"), Points(("one;", "two.")), Paragraph("And {{ title }} & <b>.")
    )  # fmt: skip


def test_recommendations_are_what_the_committee_does(brief: Brief) -> None:
    blocks = paper(brief, "{{ recommendations }}", "{{ recommendations_to }}").blocks
    assert blocks[0] == Points(("Notes the plan; and", "Delegates its wording to the Director."), "i")
    assert blocks[1] == Points(("To note the plan; and", "To delegate its wording to the Director."), "i")
    three = (*NOTES, Recommendation(Verb.APPROVE, "the summary;"), Recommendation(Verb.NOTE, " "))
    assert paper(replace(brief, recommendations=three), "{{ recommendations }}").blocks[0] == Points(
        ("Notes the plan;", "Delegates its wording to the Director; and", "Approves the summary."), "i"
    )


def test_facts_are_counted(brief: Brief, cast: Cast) -> None:
    said = paper(
        brief, "{{ meeting_body }}, {{ meeting_date }}; {{ actions_total }}/{{ areas_total }}/{{ actions_overdue }}",
        "{{ position }}", "{{ inspection }}", "{{ as_at }}",
    ).blocks  # fmt: skip
    assert said[:4] == (
        Paragraph("Improvement board, 14 April 2026; 2/1/1"),
        Paragraph("On 14 April 2026 the plan had 2 actions for 1 area: 1 was overdue."),
        Paragraph("Inspection of 2025"),
        Paragraph("14 April 2026"),
    )


def test_nothing_is_put_in_for_what_nobody_wrote(brief: Brief) -> None:
    lines = ("# Finance", "{{ financial }}", "# Legal", "{{ legal }}", "{{ recommendations }}")
    made = paper(replace(brief, recommendations=()), *lines)
    assert made.blocks[:3] == (Heading("Finance", 2), Heading("Legal", 2), Paragraph("None arising from this report."))
    assert [field.name for field in template_facts(template_of(*lines)).empty(WORDS)] == ["financial"]
    draft = paper(replace(brief, recommendations=(), draft=True), *lines)
    assert draft.blocks[1] == Paragraph("[Financial considerations: not written yet]")
    assert draft.blocks[4] == Paragraph("[Recommendations: not written yet]")


def test_the_plan_and_the_summary_are_appended_by_number(brief: Brief) -> None:
    blocks = paper(brief, "Report", "{{ appendix_list }}", "{{ appendices }}", "After").blocks
    summary = "Appendix 2: Summary for children and young people"
    assert blocks[1:4] == (Paragraph("Appendix 1: Improvement plan 2026"), Paragraph(summary), PageBreak())
    assert isinstance(blocks[4], Table)
    assert blocks[4].caption == "Appendix 1: Improvement plan 2026"
    assert blocks[5:] == (PageBreak(), Heading(summary, 2), Paragraph("They came to see us."), Paragraph("After"))
    inside = paper(brief, "{{ plan_table }}", "{{ appendices }}").blocks
    assert [block.caption for block in inside if isinstance(block, Table)] == ["The plan"]
    assert Heading("Appendix 1: Summary for children and young people", 2) in inside
    YoungPeoplesSummary.objects.all().delete()
    assert not any(isinstance(block, Heading) for block in paper(brief, "{{ appendices }}").blocks)


def test_what_a_template_has_no_place_for_stands_at_its_end(brief: Brief) -> None:
    made = paper(brief, "Report")
    assert [name for name, _, _ in made.slots] == ["stamp", "appendices", "rag_key"]
    said = letters_of(word(made))
    assert said.index("Report") < said.index("As at 14 April 2026.") < said.index("Appendix 1")


def test_columns_that_were_chosen_are_those_of_the_appendix(brief: Brief) -> None:
    columns = tuple(ChosenColumn(key) for key in ("reference", "wording", "reported_rag"))
    made = paper(replace(brief, choices=Choices(columns=columns)), "{{ rag_key }}", "{{ appendices }}")
    assert [head.key for head in made.tables[0].columns][-3:] == ["wording", "timeliness", "reported_rag"]
    assert made.key
    said = letters_of(word(made))
    assert said.index(KEY_HEADING) < said.index("Owner’s rating:") < said.index("Appendix 1")


def test_no_heading_skips_a_level(brief: Brief) -> None:
    document = Document()
    document.add_paragraph("Deep", style="Heading 3")
    document.add_paragraph("{{ exceptions }}")
    blocks = paper(replace(brief, template=saved(document))).blocks
    levels = [block.level for block in blocks if isinstance(block, Heading | Table)]
    assert levels[0] == 2
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_exceptions_and_measures_have_their_place(brief: Brief) -> None:
    made = paper(brief, "{{ exceptions }}", "{{ measures }}", "{{ areas }}")
    assert [table.caption for table in made.tables[:2]] == [
        "Overdue, the longest first", "Later than first agreed, and not overdue because the date was moved"
    ]  # fmt: skip
    assert Points(("Recording of strategy discussions",)) in made.blocks


# Whose words.


def test_it_names_nobody(brief: Brief, cast: Cast) -> None:
    data = file_of(paper(brief), Format.WORD, AT)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not any(b"Lena" in package.read(name) for name in package.namelist())
    properties = Document(io.BytesIO(data)).core_properties
    assert (properties.title, properties.author, properties.last_modified_by, properties.language) == (
        "Progress of the plan", "Westshire", "", "en-GB"
    )  # fmt: skip


def test_a_public_report_tells_only_what_is_published(brief: Brief, cast: Cast) -> None:
    public = replace(brief, audience=Audience.PUBLIC, words={"purpose": "Ask Olive Owner about it."})
    made = paper(public, "{{ purpose }}", "{{ actions_total }} actions", "{{ position }}")
    assert made.blocks[:2] == (Paragraph("Ask Head of Service about it."), Paragraph("0 actions"))
    assert b"Olive" not in b64decode(made.skeleton)
    assert "Olive" not in letters_of(word(made))


def test_a_template_that_is_no_template_is_refused_with_a_sentence(brief: Brief) -> None:
    with pytest.raises(RefusedTemplate, match="There is no field “purpos”"):
        paper(brief, "{{ purpos }}")
    with pytest.raises(ValueError, match="This is not a Word document"):
        paper_for(Kind.CABINET, replace(brief, template=b"nothing"))


# How it looks.


def test_a_wide_appendix_of_an_upright_report_lies_across_in_a_section_of_its_own(brief: Brief) -> None:
    found = word(paper(brief, "Report", "{{ appendices }}", header="{{ organisation }}")).sections
    assert [one.orientation for one in found] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert found[1].page_width == found[0].page_height
    assert [one.header.paragraphs[0].text for one in found] == ["Westshire"] * 3
    upright = replace(brief, choices=Choices(landscape=False))
    assert len(word(paper(upright, "Report", "{{ appendices }}")).sections) == 1


def test_a_wide_appendix_at_the_end_leaves_no_empty_page(brief: Brief) -> None:
    YoungPeoplesSummary.objects.all().delete()
    found = word(paper(brief, "Report", "{{ stamp }}", "{{ appendices }}"))
    assert [one.orientation for one in found.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert found.element.body[-2].tag in (qn("w:p"), qn("w:tbl"))


def test_a_table_within_the_report_stays_with_its_heading_and_the_first_page_is_the_first_alone(brief: Brief) -> None:
    document = Document()
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Logo"
    for text in ("{{ exceptions }}", "{{ plan_table }}"):
        document.add_paragraph(text)
    assert len(word(paper(replace(brief, template=saved(document)))).sections) == 1
    document.add_paragraph("{{ appendices }}")
    document.element.body.remove(document.paragraphs[1]._p)
    found = word(paper(replace(brief, template=saved(document)))).sections
    assert [one.different_first_page_header_footer for one in found] == [True, False, False]


def test_blocks_take_the_styles_of_the_template_and_bring_those_that_it_lacks(brief: Brief) -> None:
    document = Document()
    for name in ("Heading 1", "Heading 2", "Heading 3", "Table Grid", "List Bullet"):
        document.styles.element.remove(document.styles[name].element)
    for text in ("{{ title }}", "{{ areas }}", "{{ appendices }}"):
        document.add_paragraph(text)
    made = word(paper(replace(brief, template=saved(document))))
    names = {style.name for style in made.styles}
    assert all(one.style is not None and one.style.name in names for one in made.paragraphs)
    assert made.tables
    assert made.tables[0].style.name == "Table Grid"


def test_every_column_fits_the_page(brief: Brief) -> None:
    wide = replace(brief, choices=Choices(columns=tuple(ChosenColumn(key) for key in EVERYTHING)))
    made = word(paper(wide, "Report", "{{ appendices }}"))
    section = made.sections[1]
    room = (section.page_width - section.left_margin - section.right_margin) / 635
    assert sum(int(one.get(qn("w:w"))) for one in made.tables[0]._tbl.tblGrid.gridCol_lst) <= room + 60
