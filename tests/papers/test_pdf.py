"""The PDF is accessible by a checker's verdict, and no text can stop it, leave its cell or become markup."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page import SafetyLimits, validate_pdf_bytes

from plans.documents.read_plan import read_plan
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.content import Paper
from plans.papers.pdf import pdf_document
from plans.papers.pdf_text import within_fonts
from plans.papers.plan_table import OWN_ACTIONS
from tests import factories
from tests.papers.made_papers import Group, a_paper

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
WHO, WHEN = "Head of Service, Front Door", "March 2027"
TWO_AREAS: list[Group] = [
    ("Decisions take too long", [(f"Publish the thresholds, part {part}", WHO, WHEN) for part in range(40)]),
    (OWN_ACTIONS, [("Train team managers", "No owner", "No date")]),
]


def made(paper: Paper) -> bytes:
    """The file, which the checker has passed."""
    file = pdf_document(paper, MADE_AT)
    report = validate_pdf_bytes(file, profile="ua1", limits=SafetyLimits.unlimited())
    assert report.is_compliant, [failure.message for failure in report.failures]
    return file


def said_by(file: bytes) -> str:
    with pdfplumber.open(io.BytesIO(file)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def tags(file: bytes) -> list[tuple[str, str]]:
    """The kind and the title of each element, from the top of the tree down."""

    def walk(elements: list[Any]) -> list[tuple[str, str]]:
        return [
            one for element in elements
            for one in [(element["type"], element.get("title", "")), *walk(element.get("children", []))]
        ]  # fmt: skip

    with pdfplumber.open(io.BytesIO(file)) as document:
        return walk(document.structure_tree)


def test_a_table_over_pages_is_one_table_with_its_areas_as_headings() -> None:
    file = made(a_paper(TWO_AREAS, CABINET_TABLE))
    kinds = [kind for kind, _ in tags(file)]
    assert kinds.count("Table") == 1
    assert kinds.count("THead") == 1
    assert [(kind, title) for kind, title in tags(file) if kind.startswith("H")] == [
        ("H1", "Improvement plan"),
        ("H2", "Improvement plan: actions by area"),
        ("H3", "Decisions take too long"),
        ("H3", OWN_ACTIONS),
    ]


def test_each_page_repeats_the_headings_and_the_area_and_says_what_it_is() -> None:
    file = made(a_paper(TWO_AREAS, CABINET_TABLE))
    with pdfplumber.open(io.BytesIO(file)) as document:
        pages = [page.extract_text() for page in document.pages]
        assert all(page.width > page.height for page in document.pages)
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        for words in ("What needs to improve", "By whom", "Decisions take too long", f"Page {number} of 2",
                      "Westshire Council: Improvement plan. As at 14 April 2026."):  # fmt: skip
            assert words in page
    assert "Made by Lena Lead on 14 April 2026 at 09:05." in pages[0]
    assert "Not for publication" in pages[0]


def test_bookmarks_name_each_area_once_and_the_file_is_british() -> None:
    document = pypdfium2.PdfDocument(made(a_paper(TWO_AREAS, CABINET_TABLE)))
    assert [bookmark.get_title() for bookmark in document.get_toc()] == [
        "Improvement plan",
        "Improvement plan: actions by area",
        "Decisions take too long",
        OWN_ACTIONS,
    ]
    properties = document.get_metadata_dict()
    assert (properties["Title"], properties["Author"]) == ("Improvement plan", "Westshire Council")
    assert datetime.strptime(properties["CreationDate"], "D:%Y%m%d%H%M%SZ").replace(tzinfo=UTC) == MADE_AT
    document.close()


def test_its_fonts_are_its_own_and_its_language_is_british_english() -> None:
    with pdfplumber.open(io.BytesIO(made(a_paper(TWO_AREAS, CABINET_TABLE)))) as document:
        catalogue = document.doc.catalog
        assert {char["fontname"].split("+")[1] for page in document.pages for char in page.chars} == {
            "LiberationSans",
            "LiberationSans-Bold",
        }
    assert catalogue["Lang"] in (b"en-GB", "en-GB")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\U0001f600 well done \U0001f44d\U0001f3fd", "□ well done □"),
        ("漢字", "□□"),
        ("\uf0b7 one", "• one"),
        ("ｆｕｌｌ ①", "full 1"),
        ("e\u0301\u200b\u00ad\x00", "é"),
        ("a\tb\u3000c\u2028d", "a b c\nd"),
        ("\ud800\U0010ffff", "□"),
    ],
)
def test_what_the_fonts_lack_is_shown_to_be_missing(text: str, printed: str) -> None:
    assert within_fonts(text) == printed
    said = said_by(made(a_paper([("Area", [(text, WHO, WHEN)])], CABINET_TABLE)))
    assert all(line in said for line in printed.split("\n"))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(
        st.one_of(st.characters(codec="utf-8"), st.characters(exclude_categories=["Cs"], max_codepoint=0x3000))
    )
)
def test_no_text_stops_the_export(text: str) -> None:
    made(a_paper([(text, [(text, text, text)])], CABINET_TABLE, title=text))


@pytest.mark.parametrize(
    "markup", ["#panic()", "$x$ *b* _i_ `c`", "= Heading", "@ref <label>", "\\", "//a /* b", "[#it]"]
)
def test_no_text_is_markup(markup: str) -> None:
    file = made(a_paper([(f"{markup} of the area", [(f"{markup} to do", WHO, WHEN)])], CABINET_TABLE))
    assert f"{markup} of the area" in said_by(file)
    assert f"{markup} to do" in said_by(file)


def test_a_word_wider_than_its_column_is_broken_within_it() -> None:
    word = "W" * 700
    file = made(a_paper([(word, [(word, "x" * 300, WHEN)])], CABINET_TABLE))
    (row,) = read_plan(file, "plan.pdf").rows
    assert row.action.replace(" ", "") == row.area.replace(" ", "") == word
    assert row.by_when.printed == WHEN
    with pdfplumber.open(io.BytesIO(file)) as document:
        assert max(char["x1"] for page in document.pages for char in page.chars) < document.pages[0].width - 40


def test_a_paper_with_every_column_and_one_with_no_actions() -> None:
    full = made(a_paper(TWO_AREAS, EVERYTHING))
    assert [kind for kind, _ in tags(full)].count("Table") == 1
    assert "There are no actions." in said_by(made(a_paper([], CABINET_TABLE)))


def test_an_area_longer_than_a_page_is_printed_whole() -> None:
    area = " ".join(f"word{number}" for number in range(2_000))
    said = " ".join(
        said_by(made(a_paper([(area, [("Act", WHO, WHEN)]), ("Next", [("Act", WHO, WHEN)])], CABINET_TABLE))).split()
    )
    assert all(f"word{number}" in said for number in range(2_000))
