"""What a proposal was read from: the printed lines of each ask and judgement, and their place on the page."""

from __future__ import annotations

import ctypes
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from plans.documents.proposals import SourceLine
from plans.documents.read_pdf import read_pdf
from plans.documents.read_report import read_report
from tests.documents.making_documents import A4, Pages, word_of

WIDTH, HEIGHT = A4
WORDS = "Leaders should make sure that every visit is written up within five days."


def ilacs() -> Pages:
    pages = Pages()
    pages.heading("Inspection of Sandshire local authority children’s services", size=18)
    pages.line("Inspection dates: 8 to 19 January 2024")
    pages.line("The experiences and progress of children in care", gap=20).beside("Good", left=430)
    pages.line("Overall effectiveness", gap=6).beside("Good", left=430)
    pages.heading("What needs to improve?")
    pages.item("•", "The oversight of plans, so that", "drift is seen early.")
    pages.item("•", "The work with fathers, at")
    return pages


def test_an_ask_names_the_lines_it_was_read_from_over_pages() -> None:
    pages = ilacs().page().line("every stage.", left=90)
    read = read_report(pages.bytes(), "report.pdf")
    first, second = read.areas
    assert [line.text for line in first.source] == ["• The oversight of plans, so that", "drift is seen early."]
    assert [(line.page, line.text) for line in second.source] == [
        (1, "• The work with fathers, at"),
        (2, "every stage."),
    ]
    numbers = [line.number for area in read.areas for line in area.source]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_a_box_is_the_place_of_the_line_from_the_top_left() -> None:
    read = read_report(ilacs().bytes(), "report.pdf")
    mark, second = read.areas[0].source
    assert mark.box
    assert second.box
    assert mark.box[0] * WIDTH == pytest.approx(72, abs=2)
    assert second.box[0] * WIDTH == pytest.approx(90, abs=2)
    assert (second.box[3] - mark.box[3]) * HEIGHT == pytest.approx(14, abs=3)
    assert 0 < second.box[3] - second.box[1] < 0.03
    assert mark.box[0] < mark.box[2] < 1


def test_a_judgement_names_the_lines_of_its_label_and_its_grade() -> None:
    judgement, overall = read_report(ilacs().bytes(), "report.pdf").judgements
    assert [line.text for line in judgement.source] == ["The experiences and progress of children in care Good"]
    assert [line.text for line in overall.source] == ["Overall effectiveness Good"]
    assert overall.source[0].box
    assert judgement.source[0].box
    assert overall.source[0].box[1] > judgement.source[0].box[1]


def changed(data: bytes, *, crop: tuple[float, float, float, float] | None = None, turn: int = 0) -> bytes:
    document = pdfium.PdfDocument(data)
    for page in document:
        if crop:
            page.set_cropbox(*crop)
        if turn:
            page.set_rotation(turn)
    stream = BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


def one_line(matrix: tuple[float, float, float, float, float, float]) -> bytes:
    """A page with one line of text, drawn through a matrix."""
    document = pdfium.PdfDocument.new()
    page = document.new_page(*A4)
    made = raw.FPDFPageObj_NewTextObj(document.raw, b"Helvetica", ctypes.c_float(12))
    buffer = ctypes.create_string_buffer((WORDS + "\0").encode("utf-16-le"))
    raw.FPDFText_SetText(made, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    raw.FPDFPageObj_Transform(made, *matrix)
    raw.FPDFPage_InsertObject(page.raw, made)
    page.gen_content()
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_cropped_page_is_measured_as_it_is_seen() -> None:
    whole = read_report(ilacs().bytes(), "report.pdf").areas[0].source[1].box
    cropped = read_report(changed(ilacs().bytes(), crop=(50, 100, 595, 842)), "report.pdf").areas[0].source[1].box
    assert whole
    assert cropped
    assert cropped[0] * 545 == pytest.approx(whole[0] * WIDTH - 50, abs=1)
    assert cropped[1] * 742 == pytest.approx(whole[1] * HEIGHT, abs=1)


@pytest.mark.parametrize(
    ("turn", "matrix"),
    [
        (0, (1, 0, 0, 1, 100, HEIGHT - 200)),
        (90, (0, 1, -1, 0, 200, 100)),
        (180, (-1, 0, 0, -1, WIDTH - 100, 200)),
        (270, (0, -1, 1, 0, WIDTH - 200, HEIGHT - 100)),
    ],
)
def test_a_turned_page_is_read_as_it_is_seen(
    turn: int, matrix: tuple[float, float, float, float, float, float]
) -> None:
    (line,) = read_pdf(changed(one_line(matrix), turn=turn)).lines
    width, height = (HEIGHT, WIDTH) if turn in (90, 270) else (WIDTH, HEIGHT)
    assert (line.text, line.size) == (WORDS, 12)
    assert line.box
    assert line.box[0] * width == pytest.approx(100, abs=2)
    assert line.box[3] * height == pytest.approx(200, abs=4)
    assert line.box[2] > line.box[0] + 0.3


def test_text_and_word_have_lines_without_a_place() -> None:
    text = (
        "Inspection of Sandshire children's services\n\nWhat needs to improve\n\n- The quality of plans for children.\n"
    )
    (area,) = read_report(text.encode(), "report.txt").areas
    assert area.source == (SourceLine(1, 3, "- The quality of plans for children."),)
    written = word_of([
        "# Inspection of Sandshire children's services",
        "# What needs to improve",
        "* The quality of plans for children."
    ])  # fmt: skip
    (area,) = read_report(written, "report.docx").areas
    assert area.source == (SourceLine(1, 3, "• The quality of plans for children."),)


def test_a_row_of_a_table_is_the_source_of_its_ask() -> None:
    rows = [["Responsible body", "Areas for priority action"],
            ["Sandshire Council", "Leaders should act so that children wait less."]]  # fmt: skip
    read = read_report(
        word_of(["# Area SEND inspection of Sandshire Local Area Partnership", "# Areas for priority action", rows]),
        "report.docx",
    )
    (area,) = read.areas
    assert [line.text for line in area.source] == ["Sandshire Council Leaders should act so that children wait less."]
