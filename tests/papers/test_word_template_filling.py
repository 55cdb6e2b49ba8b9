"""A filled template says what was typed, as text and in its paragraph's style; and it is read back as it says it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plans.papers.content import Block, Heading, PageBreak, Paragraph, Points
from plans.papers.safe_text import printable
from plans.papers.word_template_fill import fields_of, filled
from plans.papers.word_template_package import RefusedTemplate
from plans.papers.word_template_reading import Mark, document_of, read_back
from tests.papers.making_templates import saved, template_of, with_runs

LONG = "x" * 300
# Letters that the tracker keeps for itself.
OURS = dict.fromkeys(range(0xE000, 0xE007))
TWO_FIELDS = template_of("{{ report_of }}|{{ contact }}")
STRANGE = [
    LONG,
    "{{ title }} {% for a in b %} {# no #}",
    "{_{ }_} {_% %_}",
    "A & B <w:p/> \"quoted\" 'single' ]]>",
    "🙂 emoji, עברית, العربية, 中文, e\u0301",
    "tabs\tand\x00control\x07characters\x1f",
    "\ue000plan_table\ue001 \ue002 \ue003 \ue004",
]


def read(skeleton: bytes, *leave_out: str) -> list[Block | Mark]:
    return list(read_back(document_of(skeleton), leave_out=leave_out).pieces)


def made(template: bytes, **words: Any) -> list[Block | Mark]:
    return read(filled(template, words))


@pytest.mark.parametrize("typed", STRANGE)
def test_whatever_people_type_is_text_and_nothing_of_it_runs(typed: str) -> None:
    skeleton = filled(template_of("{{ purpose }}", header="{{ report_of }}"), {"purpose": typed, "report_of": typed})
    kept = printable(typed).translate(OURS).strip()
    (piece,) = read(skeleton)
    assert piece == Paragraph(kept)
    header = document_of(skeleton).sections[0].header.paragraphs[0].text
    assert header.split() == kept.split()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
@example("{{", "}}")
@example("{%", "%}")
@example("\ta", "b\n\nc")
def test_no_text_changes_another_field(first: str, second: str) -> None:
    skeleton = filled(TWO_FIELDS, {"report_of": first, "contact": second})
    said = "|".join(" ".join(printable(one).translate(OURS).split()) for one in (first, second))
    assert document_of(skeleton).paragraphs[0].text == said


def test_paragraphs_and_lists_take_the_style_of_their_field() -> None:
    document = Document()
    paragraph = document.add_paragraph(style="Quote")
    paragraph.add_run("Why: ").bold = True
    paragraph.add_run("{{ purpose }}").italic = True
    paragraph.add_run(" End")
    skeleton = filled(saved(document), {"purpose": "One\n\n- a\n- b\n\nTwo\nlines"})
    found = document_of(skeleton).paragraphs
    assert [(one.text, one.style.name) for one in found] == [
        ("Why: One", "Quote"),
        ("a", "Quote"),
        ("b", "Quote"),
        ("Two\nlines End", "Quote"),
    ]
    assert [one.runs[0].italic for one in found[1:]] == [True, True, True]
    assert read(skeleton) == [Paragraph("Why: One"), Points(("a", "b")), Paragraph("Two\nlines End")]


def test_what_is_empty_leaves_no_empty_paragraph() -> None:
    template = template_of(
        "# Risk", "{{ risk }}", "Contact: {{ contact }}", "{%p if legal %}", "# Legal", "{{ legal }}", "{%p endif %}",
        "{{ exceptions }}", cells=[["{{ wards }}", "x"]],
    )  # fmt: skip
    skeleton = filled(template, {})
    assert [one.text for one in document_of(skeleton).paragraphs] == ["Risk", "Contact: "]
    assert read(skeleton) == [Heading("Risk", 2), Paragraph("Contact:"), Paragraph("x")]
    assert [type(piece) for piece in made(template, legal="Said", exceptions=True)] == [
        Heading, Paragraph, Heading, Paragraph, Mark, Paragraph
    ]  # fmt: skip


def test_loops_make_lists_in_the_templates_own_style() -> None:
    document = Document()
    for text in ("{%p for item in each_recommendation %}", "{{ item }}", "{%p endfor %}"):
        document.add_paragraph(text, style="List Number")
    assert made(saved(document), each_recommendation=["Notes a; and", "Approves {{ b }}."]) == [
        Points(("Notes a; and", "Approves {{ b }}."), "1")
    ]


def test_a_field_cut_into_runs_keeps_its_place() -> None:
    assert made(with_runs("For {", "{ pur", "pose ", "}", "} now"), purpose="us") == [Paragraph("For us now")]


def test_blocks_are_marks_where_they_stand() -> None:
    template = template_of("# Plan", "{{ plan_table }}", "After", cells=[["Do", "{{ recommendations }}"]])
    pieces = made(template, plan_table=True, recommendations=True)
    assert [piece.name if isinstance(piece, Mark) else piece for piece in pieces] == [
        Heading("Plan", 2), "plan_table", Paragraph("After"), Paragraph("Do"), "recommendations"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cells",
    [
        ["{% if risk %}a", "b{% endif %}"],
        ["{%p if risk %}", "{%p endif %}"],
        ["a", "{%p endfor %}"],
        ["{% for a", "%}"],
    ],
)
def test_a_condition_or_loop_ends_where_it_was_begun(cells: list[str]) -> None:
    with pytest.raises(RefusedTemplate, match="not closed|has nothing that it ends"):
        filled(template_of("x", cells=[cells, ["c", "d"]]), {})


def test_rows_of_a_table_are_made_by_a_loop() -> None:
    rows = [["{%tr for item in each_area %}", ""], ["Area", "{{ item }}"], ["{%tr endfor %}", ""]]
    pieces = made(template_of("x", cells=rows), each_area=["a", "b"])
    assert pieces == [Paragraph("x"), Paragraph("Area: a"), Paragraph("Area: b")]


def test_fields_are_not_filled_in_footnotes() -> None:
    document = Document()
    document.add_comment(document.add_paragraph("{{ title }}").runs, text="{{ purpose }}", author="", initials="")
    # A comment stands for every part that is not filled; the package would refuse it before.
    from plans.papers import word_template_fill

    problems = word_template_fill._found(word_template_fill._opened(saved(document))).problems
    assert problems == ["Fields are not filled in a comment. Move it into the text. (in the paragraph “{{ purpose }}”)"]


def test_the_same_words_make_the_same_file() -> None:
    template = template_of("{{ purpose }}", "{{ areas }}")
    assert filled(template, {"purpose": "- a", "areas": True}) == filled(template, {"purpose": "- a", "areas": True})


def test_who_wrote_the_template_is_forgotten() -> None:
    document = Document()
    document.add_paragraph("{{ title }}")
    document.core_properties.author = document.core_properties.last_modified_by = "Jo Bloggs"
    document.core_properties.comments, document.core_properties.keywords = "Jo’s", "Jo"
    skeleton = filled(saved(document), {"title": "T"})
    import zipfile

    with zipfile.ZipFile(io.BytesIO(skeleton)) as package:
        assert not any(b"Jo" in package.read(name) for name in package.namelist())
        assert "docProps/app.xml" not in package.namelist()


# Reading back.


def test_headings_come_by_style_or_outline_and_the_title_is_said_once() -> None:
    document = Document()
    document.add_paragraph("Council", style="Normal")
    document.add_paragraph("The report", style="Heading 1")
    document.add_paragraph("Section", style="Heading 2")
    own = document.styles.add_style("Council Heading", 1)
    own.base_style = document.styles["Heading 3"]
    document.add_paragraph("Deeper", style="Council Heading")
    outlined = document.add_paragraph("Outlined")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    reading = read_back(document_of(saved(document)), leave_out=("Council", "The report"))
    assert reading.pieces == (Heading("Section", 2), Heading("Deeper", 3), Heading("Outlined", 2))
    assert reading.lowered == 0
    below = read_back(document_of(saved(document)), leave_out=("Council", "Another"))
    assert below.pieces[0] == Heading("The report", 2)
    assert below.lowered == 1


def test_numbers_that_word_prints_are_printed() -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate([("decimal", "%1."), ("decimal", "%1.%2"), ("lowerRoman", "(%3)")])
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def add(text: str, depth: int, style: str | None = None) -> None:
        properties = document.add_paragraph(text, style=style)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = depth, 77

    add("Purpose", 0, "Heading 1")
    add("First", 1)
    add("a", 2)
    add("b", 2)
    add("Second", 1)
    add("Legal", 0, "Heading 1")
    add("Third", 1)
    assert list(read_back(document).pieces) == [
        Heading("1. Purpose", 2), Paragraph("1.1 First"), Points(("a", "b"), "i"), Paragraph("1.2 Second"),
        Heading("2. Legal", 2), Paragraph("2.1 Third"),
    ]  # fmt: skip


def test_tables_are_read_row_by_row_and_text_boxes_once() -> None:
    document = document_of(template_of("Before", cells=[["Wards", "All"], ["One", ""], ["", ""]]))
    box = (
        f'<w:p {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r>'
        "<mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p>"
        "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent>"
        "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Own</w:t></w:r></w:p>"
    )
    document.element.body.insert(0, parse_xml(box))
    assert list(read_back(document).pieces) == [
        Paragraph("Own"), Paragraph("Boxed"), Paragraph("Before"), Paragraph("Wards: All"), Paragraph("One")
    ]  # fmt: skip


def test_page_breaks_are_kept_once_and_not_at_the_ends() -> None:
    document = Document()
    document.add_page_break()
    document.add_paragraph("a")
    document.add_page_break()
    document.add_paragraph("b").paragraph_format.page_break_before = True
    document.add_page_break()
    assert list(read_back(document).pieces) == [Paragraph("a"), PageBreak(), Paragraph("b")]


def test_the_fields_of_a_template_are_those_that_filling_finds() -> None:
    assert fields_of(template_of("{{ title }}", "{{ nothing }}")).problems
    assert fields_of(template_of("{{ title }}")).used == ["title"]


def test_a_section_that_ends_in_a_field_still_ends_once() -> None:
    document = Document()
    paragraph = document.add_paragraph("{{ purpose }}")
    document.add_section()
    document.add_paragraph("After")
    assert paragraph._p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None or len(document.sections) == 2
    found = document_of(filled(saved(document), {"purpose": "a\n\nb\n\nc"}))
    assert len(found.sections) == 2
    assert [one.text for one in found.paragraphs if one.text] == ["a", "b", "c", "After"]
