"""Papers of every kind are built for those who hear them, and for a word processor: tags, headings, language."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import warnings
import zipfile
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import pdfplumber
import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from page import SafetyLimits, validate_pdf_bytes

from plans.papers.content import Chart, Paper, Table
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.rules import Format, Kind
from tests import factories
from tests.papers.every_block import every_block
from tests.papers.every_kind import papers_of_seeds
from tests.papers.read_back import structure

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
EVERY_BLOCK = "every block"
KINDS = [*(kind for kind in Kind if kind in CATALOGUE), EVERY_BLOCK]
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

papers_of_kinds = pytest.fixture(scope="module")(papers_of_seeds)
pytestmark = pytest.mark.django_db


@pytest.fixture(params=KINDS)
def paper(request: pytest.FixtureRequest, papers_of_kinds: dict[Kind, Paper]) -> Paper:
    return every_block() if request.param == EVERY_BLOCK else papers_of_kinds[request.param]


@lru_cache(200)
def made(paper: Paper, file_format: Format) -> bytes:
    return file_of(paper, file_format, MADE_AT)


tags = lru_cache(50)(structure)


def charts(paper: Paper) -> list[Chart]:
    return [block for block in paper.blocks if isinstance(block, Chart)]


def no_level_is_left_out(levels: list[int]) -> bool:
    return levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_a_pdf_is_accessible(paper: Paper) -> None:
    file = made(paper, Format.PDF)
    report = validate_pdf_bytes(file, profile="ua1", limits=SafetyLimits.unlimited())
    assert report.is_compliant, [failure.message for failure in report.failures]
    with pdfplumber.open(io.BytesIO(file)) as document:
        catalogue = document.doc.catalog
        assert catalogue["Lang"] in (b"en-GB", "en-GB")
        assert catalogue["MarkInfo"]["Marked"] is True
        assert catalogue["ViewerPreferences"]["DisplayDocTitle"] is True
    tree = tags(file)
    levels = [int(element.tag[1:]) for element in tree.all(*(f"H{level}" for level in range(1, 7)))]
    assert no_level_is_left_out(levels)
    assert levels.count(1) == 1
    for table in tree.all("Table"):
        heads = table.all("THead")[0].all("TH")
        assert heads
        assert {head.attributes.get("Scope").name for head in heads} == {"Column"}
    assert len(tree.all("Table")) == len([table for table in paper.tables if table.rows])
    assert [figure.alternative for figure in tree.all("Figure")] == [chart.alt for chart in charts(paper)]
    assert len(tree.all("L")) >= len([block for block in paper.blocks if type(block).__name__ == "Points"])


def test_a_pdf_has_a_bookmark_for_each_heading(paper: Paper) -> None:
    file = made(paper, Format.PDF)
    document = pypdfium2.PdfDocument(file)
    titles = [bookmark.get_title() for bookmark in document.get_toc()]
    about = document.get_metadata_dict()
    document.close()
    assert titles[0] == about["Title"] == paper.title
    headings = {element.text for element in tags(file).all("H1", "H2", "H3", "H4", "H5")}
    assert {"".join(title.split()) for title in titles} == {"".join(heading.split()) for heading in headings}
    assert all(before != after for before, after in zip(titles, titles[1:], strict=False))


def test_a_word_document_is_built_of_styles(paper: Paper) -> None:
    document = Document(io.BytesIO(made(paper, Format.WORD)))
    paragraphs = document.paragraphs
    headings = [int(one.style.name[-1]) for one in paragraphs if one.style.name.startswith("Heading")]
    assert no_level_is_left_out(headings)
    assert headings.count(1) == 1
    # A section of a council's template ends in a paragraph, which may hold nothing else.
    empty = [one for one in paragraphs if not one.text.strip() and not one._p.xpath(".//w:drawing | .//w:sectPr")]
    assert not empty
    described = document.element.xpath("//wp:docPr/@descr")
    assert described == [chart.alt for chart in charts(paper)]
    numbers = document.element.xpath("//wp:docPr/@id")
    assert len(numbers) == len(set(numbers))
    assert document.core_properties.title == paper.title
    assert document.core_properties.language == "en-GB"
    languages = document.styles.element.xpath("//w:docDefaults//w:lang/@w:val")
    assert languages == ["en-GB"]
    assert document.settings.element.find(qn("w:themeFontLang")).get(qn("w:val")) == "en-GB"
    landscape = document.sections[0].page_width > document.sections[0].page_height
    assert landscape == (paper.landscape and not paper.skeleton)


def test_a_word_table_repeats_its_header_and_says_what_it_is(paper: Paper) -> None:
    document = Document(io.BytesIO(made(paper, Format.WORD)))
    tables = [table for table in paper.tables if table.rows]
    assert len(document.tables) == len(tables)
    for table_made, table in zip(document.tables, tables, strict=True):
        properties = table_made._tbl.tblPr
        assert properties.find(qn("w:tblCaption")).get(qn("w:val")) == table.caption
        assert properties.find(qn("w:tblDescription")).get(qn("w:val"))
        flagged = [
            row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None for row in table_made._tbl.tr_lst
        ]
        assert flagged == [True, *[False] * (len(flagged) - 1)]
        rooms = {section.page_width - section.left_margin - section.right_margin for section in document.sections}
        assert sum(column.width for column in table_made.columns) in [pytest.approx(room, abs=20_000) for room in rooms]
        caption = table_made._tbl.getprevious()
        assert "".join(text.text for text in caption.iter(qn("w:t"))) == table.caption
        assert caption.pPr.pStyle.val.startswith("Heading")


def test_a_word_document_points_to_nothing_outside_and_holds_no_leftovers(paper: Paper) -> None:
    with zipfile.ZipFile(io.BytesIO(made(paper, Format.WORD))) as package:
        assert package.testzip() is None
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(name))
            if name.endswith(".rels"):
                assert b"External" not in package.read(name)
                assert b"http://schemas" in package.read(name)
        assert not [name for name in package.namelist() if "thumbnail" in name or "theme" in name]
        styles = ElementTree.fromstring(package.read("word/styles.xml"))
        assert len(styles) < 30
        assert len({entry.date_time for entry in package.infolist()}) == 1


def test_the_same_paper_of_the_same_moment_is_the_same_file(paper: Paper) -> None:
    for each in (Format.WORD, Format.PDF, Format.CSV):
        assert made(paper, each) == file_of(paper, each, MADE_AT)


@pytest.fixture(scope="module")
def opened(papers_of_kinds: dict[Kind, Paper], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every paper's Word file as LibreOffice prints it."""
    if SOFFICE is None:
        warnings.warn("LibreOffice is not here: that Word documents open was not tried.", stacklevel=1)
        pytest.skip("LibreOffice is not here")
    folder = tmp_path_factory.mktemp("opened")
    papers = {**papers_of_kinds, EVERY_BLOCK: every_block()}
    for kind, paper in papers.items():
        (folder / f"{kind}.docx").write_bytes(made(paper, Format.WORD))
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "pdf", "--outdir",
         folder, *folder.glob("*.docx")],
        check=True, capture_output=True, timeout=240, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return {str(kind): folder / f"{kind}.pdf" for kind in papers}


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_document_opens_elsewhere_with_every_word(
    kind: Kind | str, opened: dict[str, Path], papers_of_kinds: dict[Kind, Paper]
) -> None:
    paper = every_block() if kind == EVERY_BLOCK else papers_of_kinds[Kind(kind)]
    with pdfplumber.open(opened[str(kind)]) as document:
        turned = [page.width > page.height for page in document.pages]
        assert all(each == paper.landscape for each in turned) or paper.skeleton
        said = "".join("".join((page.extract_text(use_text_flow=True) or "").split()) for page in document.pages)
    for table in paper.tables:
        assert "".join(table.caption.split()) in said
    assert _words_of(paper) <= {word for word in _words_of(paper) if word in said}


def _words_of(paper: Paper) -> set[str]:
    """Words of its tables that are short enough to stand on one line."""
    tables: tuple[Table, ...] = paper.tables
    texts = [cell.text for table in tables for row in table.rows for cell in row.cells if cell]
    return {word for text in texts for word in text.split() if len(word) < 8 and word.isalpha() and word.isascii()}
