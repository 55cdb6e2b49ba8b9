"""A file that cannot be read is refused with a sentence; one that can is read within bounds."""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from datetime import date

import openpyxl
import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.documents import pdf_tables, tables, text_tables, workbook_tables
from plans.documents.lines import RefusedDocument
from plans.documents.read_plan import read_plan
from plans.documents.workbook_tables import column_letters, column_number, serial_date
from tests.documents.plan_files import (
    Rows,
    csv_file,
    excel_file,
    part_of,
    pdf_file,
    pdf_of,
    saved,
    text_file,
    with_part,
    word_file,
)

PLAN: Rows = [
    ["Ref", "What needs to improve", "Action", "Lead", "By when", "Status"],
    ["1", "Timeliness", "Publish the thresholds", "Head of QA", "March 2027", "In progress"],
    ["2", None, "Train managers", "Principal Social Worker", "June 2027", "Not started"],
]
WIDTHS = [40, 130, 180, 150, 90, 90]
WORD, EXCEL, PDF, CSV = word_file(PLAN), excel_file(PLAN), pdf_file([PLAN], WIDTHS), csv_file(PLAN)
SHEET = "xl/worksheets/sheet1.xml"


def locked_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b"0" * 300_000_000)
    return file.getvalue()


def with_declaration(data: bytes, name: str, encoding: str = "utf-8") -> bytes:
    attack = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
    text = part_of(data, name).decode()
    body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
    return with_part(data, name, f'<?xml version="1.0" encoding="{encoding}"?>{attack}{body}'.encode(encoding))


def locked_pdf() -> bytes:
    return PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (" + b"x" * 32
                       + b") /U (" + b"y" * 32 + b") >> /ID [(a) (a)]")  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "plan.docx", "The file is empty"),
        (b" \n ", "plan.csv", "The file is empty"),
        (b"\xff\xfe", "plan.csv", "The file is empty"),
        (b"<!DOCTYPE html><html>", "plan.docx", "web page"),
        (b"<p>no</p>", "plan.docx", "name says a Word document"),
        (b"Area,Action", "plan.xlsx", "name says an Excel workbook"),
        (b"GIF89a", "plan.gif", "Files of this kind cannot be read"),
        (b"{\\rtf1 }", "plan.doc", "web page or the like"),
        (b"Area\x00Action", "plan.csv", "The file is not text"),
        (locked_office(), "plan.xlsx", "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "plan.xls", "saved until 2003"),
        (b"PK\x05\x06" + b"\0" * 18, "plan.docx", "a zip or a kind of document that cannot be read"),
        (WORD[: len(WORD) // 2], "plan.docx", "damaged or was cut short"),
        (EXCEL[: len(EXCEL) // 2], "plan.xlsx", "damaged or was cut short"),
        (PDF[:40], "plan.pdf", "damaged or was cut short"),
        (with_part(WORD, "word/vbaProject.bin", b"x"), "plan.docx", "holds macros"),
        (with_part(EXCEL, "xl/vbaProject.bin", b"x"), "plan.xlsx", "holds macros"),
        (with_declaration(WORD, "word/document.xml"), "plan.docx", "declares a document type"),
        (with_declaration(WORD, "word/document.xml", "utf-16"), "plan.docx", "declares a document type"),
        (with_declaration(EXCEL, SHEET), "plan.xlsx", "declares a document type"),
        (with_part(WORD, "word/document.xml", b"<w:document"), "plan.docx", "damaged or was cut short"),
        (locked_pdf(), "plan.pdf", "protected by a password"),
        (pdf_of([""]), "plan.pdf", "pictures of pages and no text"),
        (pdf_of([""] * 401), "plan.pdf", "has 401 pages; at most 400 are read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, name: str, said: str) -> None:
    with pytest.raises(RefusedDocument, match=said):
        read_plan(data, name)


def test_a_zip_bomb_is_not_opened() -> None:
    with pytest.raises(RefusedDocument, match="unpacks to more than 250 MB"):
        read_plan(zip_bomb(), "plan.docx")


def deflated_page(content: bytes) -> bytes:
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(content)
    return pdf_of(["@@"]).replace(b"<< /Length 2 >>\nstream\n@@", stream + content)


def test_a_pdf_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedDocument, match="unpacks to far more"):
        read_plan(deflated_page(zlib.compress(b" " * 70_000_000)), "plan.pdf")
    with pytest.raises(RefusedDocument, match="unpacks to far more"):
        read_plan(PDF.replace(b"/Catalog", b"/Catalog /Filter [/FlateDecode /FlateDecode]"), "plan.pdf")
    monkeypatch.setattr(pdf_tables, "MOST_INFLATED", 5_000)
    for harmless in (zlib.compress(b"BT /F1 9 Tf 30 30 Td (Words) Tj ET"), b"no deflated bytes"):
        with contextlib.suppress(RefusedDocument):
            assert read_plan(deflated_page(harmless), "plan.pdf").rows == ()


def test_a_locked_zip_is_refused() -> None:
    locked = bytearray(WORD)
    place = -1
    while (place := locked.find(b"PK\x01\x02", place + 1)) >= 0:
        locked[place + 8] |= 1
    with pytest.raises(RefusedDocument, match="protected by a password"):
        read_plan(bytes(locked), "plan.docx")


def test_files_beyond_the_bounds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plans.documents.read_tables.MOST_BYTES", 10)
    with pytest.raises(RefusedDocument, match="larger than"):
        read_plan(CSV, "plan.csv")
    monkeypatch.undo()
    for module, data, name in (
        (tables, CSV, "x.csv"), (workbook_tables, EXCEL, "x.xlsx"), (pdf_tables, PDF, "x.pdf"),
    ):  # fmt: skip
        monkeypatch.setattr(module, "MOST_CELLS", 3)
        with pytest.raises(RefusedDocument, match="holds more than"):
            read_plan(data, name)
    monkeypatch.setattr("plans.documents.word_tables.MOST_CELLS", 3)
    with pytest.raises(RefusedDocument, match="holds more than"):
        read_plan(WORD, "x.docx")


def test_many_table_pages_of_a_pdf_are_cut_off_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_tables, "MOST_TABLE_PAGES", 1)
    plan = read_plan(pdf_file([PLAN, PLAN], WIDTHS), "x.pdf")
    assert len(plan.rows) == 2
    assert "Tables were read on the first 1 pages" in plan.problems[0].message
    monkeypatch.setattr(pdf_tables, "MOST_SHAPES", 5)
    assert "a drawing" in read_plan(PDF, "x.pdf").problems[0].message


def test_a_pdf_without_rules_holds_no_table() -> None:
    plan = read_plan(pdf_file([PLAN], WIDTHS, rules=False), "x.pdf")
    assert plan.rows == ()
    assert "No plan table was found" in plan.problems[-1].message


def test_a_workbook_that_says_it_is_vast_is_read_at_once() -> None:
    book = openpyxl.Workbook()
    page = book.active
    for row in PLAN:
        page.append([text or "" for text in row])
    page["XFD1048576"] = " "
    assert len(read_plan(saved(book), "x.xlsx").rows) == 2
    empty = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (number, number) for number in range(10, 200_000))
    vast = with_part(EXCEL, SHEET, part_of(EXCEL, SHEET).replace(b"</sheetData>", empty + b"</sheetData>"))
    assert len(read_plan(vast, "x.xlsx").rows) == 2


def workbook(cells: dict[str, object], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Plan"
    for column, text in enumerate(["Ref", "Area", "Action", "Lead", "By when", "Progress"], start=1):
        page.cell(1, column, text)
    page["B2"], page["C2"], page["D2"] = "Timeliness", "Publish", "Head of QA"
    for place, value in cells.items():
        page[place] = value
    for place, code in (formats or {}).items():
        page[place].number_format = code
    return saved(book)


@pytest.mark.parametrize(
    ("value", "code", "last_day", "precision", "printed"),
    [
        (date(2027, 3, 1), "dd/mm/yyyy", date(2027, 3, 1), "day", "1 March 2027"),
        (date(2027, 3, 1), "mmm-yy", date(2027, 3, 31), "month", "March 2027"),
        (date(2027, 3, 1), "yyyy", date(2027, 12, 31), "year", "2027"),
        (46447, "[$-809]d mmmm yyyy;@", date(2027, 3, 1), "day", "1 March 2027"),
        (46447, "General", date(2027, 3, 1), "day", "46447"),
        ("March 2027", "@", date(2027, 3, 31), "month", "March 2027"),
        (-5, "dd/mm/yyyy", None, "", "-5"),
        (True, "General", None, "", "TRUE"),
    ],
)  # fmt: skip
def test_a_date_in_a_workbook_is_as_fine_as_it_is_shown(
    value: object, code: str, last_day: date | None, precision: str, printed: str
) -> None:
    (row,) = read_plan(workbook({"E2": value}, {"E2": code}), "x.xlsx").rows
    assert (row.by_when.last_day, row.by_when.precision, row.by_when.printed) == (last_day, precision, printed)


def test_numbers_are_as_shown() -> None:
    (row,) = read_plan(workbook({"A2": 1.5, "F2": 0.73, "E2": "May 2027"}, {"F2": "0%"}), "x.xlsx").rows
    assert (row.reference, row.progress) == ("1.5", "73%")
    (timed,) = read_plan(workbook({"A2": 3, "F2": 0.5}, {"F2": "hh:mm"}), "x.xlsx").rows
    assert (timed.reference, timed.progress) == ("3", "0.5")


def test_formulas_errors_links_and_hidden_rows_are_said() -> None:
    data = workbook({"E2": "=DATE(2027,3,31)", "F2": '=HYPERLINK("http://example.org","see")'})
    plan = read_plan(data, "x.xlsx")
    assert [problem.where for problem in plan.problems if "formula" in problem.message] == ["Plan!E2", "Plan!F2"]
    assert plan.rows[0].by_when.last_day is None
    sheet = part_of(data, SHEET)
    cached = sheet.replace(b"<f>DATE(2027,3,31)</f><v></v>", b"<f>DATE(2027,3,31)</f><v>46477</v>")
    cached = cached.replace(b'<row r="2"', b'<row r="2" hidden="1"').replace(b'<c r="F2">', b'<c r="F2" t="str">')
    cached = cached.replace(b'"see")</f><v></v>', b'"see")</f><v>see</v>')
    plan = read_plan(with_part(data, SHEET, cached), "x.xlsx")
    assert plan.rows[0].by_when.last_day == date(2027, 3, 31)
    assert plan.rows[0].progress == "see"
    assert "Row 2 is hidden; it was read like the others." in [problem.message for problem in plan.problems]
    error = sheet.replace(b"</row></sheetData>", b'<c r="G2" t="e"><v>#REF!</v></c></row></sheetData>')
    assert "shows the error “#REF!”" in str(read_plan(with_part(data, SHEET, error), "x.xlsx").problems)


def test_hidden_sheets_columns_and_many_rows_are_said() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Plan"
    for row in PLAN:
        page.append([text or "" for text in row])
    for number in range(4, 12):
        page.append(["", "", f"Task {number}", "", "May 2027"])
        page.row_dimensions[number].hidden = True
    page.column_dimensions["F"].hidden = True
    book.create_sheet("Lists").sheet_state = "hidden"
    book.create_chartsheet("Chart")
    said = str(read_plan(saved(book), "x.xlsx").problems)
    assert "Rows 4, 5, 6, 7, 8 and 3 more are hidden" in said
    assert "Columns from F on are hidden" in said
    assert "The sheet “Lists” is hidden; it was not read." in said


def with_shared_strings(data: bytes) -> bytes:
    """The workbook as Excel itself saves it: "Publish" shared, in two runs, with a reading aid."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    links = part_of(data, "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9"/></Relationships>'.encode(),
    )
    strings = b"<sst><si><r><t>Pub</t></r><r><t>lish</t></r><rPh><t>aside</t></rPh></si><si><t>Zed</t></si></sst>"
    sheet = part_of(data, SHEET).replace(b't="inlineStr"><is><t>Publish</t></is>', b't="s"><v>0</v>')
    for name, part in (("xl/_rels/workbook.xml.rels", links), ("xl/sharedStrings.xml", strings), (SHEET, sheet)):
        data = with_part(data, name, part)
    return data


@pytest.mark.parametrize(
    ("cell", "progress"),
    [
        (b'<c t="inlineStr"><is><t>Begun</t><rPh><t>no</t></rPh></is></c>', "Begun"),
        (b'<c t="s"><v>1</v></c>', "Zed"),
        (b'<c t="s"><v>999</v></c>', ""),
        (b'<c t="n" s="99"><v>soon</v></c>', "soon"),
    ],
)
def test_shared_rich_and_inline_texts_are_read(cell: bytes, progress: str) -> None:
    data = with_shared_strings(workbook({"E2": "May 2027"}))
    sheet = part_of(data, SHEET).replace(b"</row></sheetData>", cell + b"</row></sheetData>")
    (row,) = read_plan(with_part(data, SHEET, sheet), "x.xlsx").rows
    assert (row.action, row.progress) == ("Publish", progress)


def test_odd_merges_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = part_of(EXCEL, SHEET)
    merges = b'<mergeCell ref="A1"/><mergeCell ref="Z9:Z12"/><mergeCell ref="B2:B1048576"/></mergeCells>'
    odd = with_part(EXCEL, SHEET, sheet.replace(b"</mergeCells>", merges))
    assert len(read_plan(odd, "x.xlsx").rows) == 2
    monkeypatch.setattr(workbook_tables, "MOST_CELLS", 18)
    with pytest.raises(RefusedDocument, match="holds more than"):
        read_plan(odd, "x.xlsx")


def test_serials_columns_and_1904() -> None:
    assert serial_date(1) == date(1900, 1, 1)
    assert serial_date(61) == date(1900, 3, 1)
    assert serial_date(0) is None
    assert serial_date(44985, from_1904=True) == date(2027, 3, 1)
    assert (column_letters(1), column_letters(28), column_letters(0)) == ("A", "AB", "A")
    assert column_number("XFD") == 16_384


def test_what_word_adds_is_not_text() -> None:
    document = Document()
    document.add_paragraph("Recommendation 1: timeliness")
    table = document.add_table(2, 3)
    for cell, text in zip(table.rows[0].cells, ["Action", "Lead", "By when"], strict=True):
        cell.text = text
    body = table.rows[1]
    body.cells[1].text, body.cells[2].text = "Head of QA\tEast", "May 2027"
    paragraph = body.cells[0].paragraphs[0]._p
    for xml in (
        "<w:r {}><w:t>Write</w:t><w:noBreakHyphen/><w:t>up</w:t></w:r>",
        "<w:del {}><w:r><w:delText>gone</w:delText></w:r></w:del>",
        '<mc:AlternateContent {} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice/><mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback></mc:AlternateContent>",
    ):
        paragraph.append(parse_xml(xml.format(nsdecls("w"))))
    listed = body.cells[0].add_paragraph("then post", style="List Bullet")
    numbering = OxmlElement("w:numPr")
    listed._p.get_or_add_pPr().append(numbering)
    empty = body.cells[0].add_paragraph("")
    empty._p.get_or_add_pPr().append(OxmlElement("w:numPr"))
    before = OxmlElement("w:gridBefore")
    before.set(qn("w:val"), "0")
    body._tr.get_or_add_trPr().append(before)
    (row,) = read_plan(saved(document), "x.docx").rows
    assert row.action == "Write-up\n• then post"
    assert row.area == "Recommendation 1: timeliness"
    assert row.by_who == ("Head of QA East",)


def test_a_table_in_a_cell_is_that_cells_text_and_a_layout_table_is_not() -> None:
    document = Document()
    outer = document.add_table(1, 1)
    inner = outer.cell(0, 0).add_table(2, 3)
    for row, texts in zip(inner.rows, (["Action", "Lead", "By when"], ["Write", "Head of QA", ""]), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    nested = inner.cell(1, 2).add_table(1, 2)
    nested.cell(0, 0).text, nested.cell(0, 1).text = "May", "2027"
    (row,) = read_plan(saved(document), "x.docx").rows
    assert (row.action, row.by_when.last_day) == ("Write", date(2027, 5, 31))


def test_text_in_other_encodings_and_with_other_marks() -> None:
    rows: Rows = [["Action", "Lead", "By when"], ["Café – “open”", "Head of QA", "May 2027"]]
    for data in (csv_file(rows).decode().encode("cp1252"), csv_file(rows).decode().encode("utf-16")):
        assert read_plan(data, "x.csv").rows[0].action == "Café – “open”"
    assert read_plan(csv_file(rows, "|"), "x.csv").rows[0].by_when.last_day == date(2027, 5, 31)
    assert read_plan(b"just words", "x.csv").rows == ()


def test_a_cell_too_long_for_the_format_is_refused() -> None:
    with pytest.raises(RefusedDocument, match="cannot be read as comma-separated"):
        read_plan(b'Action,Lead\n"' + b"x" * 200_000, "x.csv")


def test_a_wrapped_line_of_text_goes_on() -> None:
    lines = ["Area\tAction\tLead\tBy when", "Visits\tAudit\tHead of QA, East and", "west\tMay 2027"]
    assert text_tables.tabbed_tables("\n".join(lines)).tables[0].rows
    lines = [
        "Area\tAction\tLead\tBy when\tProgress",
        "Visits\tAudit\tHead of QA\tMay 2027\tBegun with two",
        "teams in May",
    ]
    (row,) = read_plan(text_file(lines), "x.txt").rows
    assert row.progress == "Begun with two teams in May"


# Whatever is done to a file, it is read or refused.

KINDS = {
    "docx": WORD,
    "xlsx": EXCEL,
    "pdf": PDF,
    "csv": CSV,
    "txt": text_file(["\t".join(t or "" for t in r) for r in PLAN]),
}
CHANGES = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=5
)
XML_PARTS = {"docx": "word/document.xml", "xlsx": SHEET}
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def mutated(data: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    out = bytearray(data)
    for place, new, cut in changes:
        at = place % (len(out) + 1)
        out[at : at + cut] = new
    return bytes(out)


def read_or_refused(data: bytes, name: str) -> None:
    try:
        plan = read_plan(data, name)
    except RefusedDocument:
        pass
    else:
        assert all(row.action for row in plan.rows)
        assert plan.rows or plan.problems


@pytest.mark.parametrize("kind", KINDS)
@QUIET
@given(changes=CHANGES)
def test_a_mutated_file_is_read_or_refused(kind: str, changes: list[tuple[int, bytes, int]]) -> None:
    read_or_refused(mutated(KINDS[kind], changes), f"x.{kind}")


@pytest.mark.parametrize("kind", XML_PARTS)
@QUIET
@given(changes=CHANGES)
def test_a_mutated_part_is_read_or_refused(kind: str, changes: list[tuple[int, bytes, int]]) -> None:
    part = mutated(part_of(KINDS[kind], XML_PARTS[kind]), changes)
    read_or_refused(with_part(KINDS[kind], XML_PARTS[kind], part), f"x.{kind}")


CELLS = st.sampled_from(
    ["", "Action", "Lead", "By when", "Area", "Progress", "Status", "7", "March 2027", "Head of QA & Police", "the",
     "goes on", "Achieved – 14%", "• one\n• two", "Publish it", "Improve visits", "46112", "n/a", "June 2027;May 2028",
     "a" * 200]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(
        st.lists(
            st.one_of(CELLS, st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)),
            max_size=7,
        ),
        max_size=12,
    )
)
def test_any_table_of_words_is_read_and_no_date_is_made_up(rows: list[list[str]]) -> None:
    data = (
        csv_file([["Area", "Action", "Lead", "By when", "Progress", "Status", "Ref"], *rows])
        .decode()
        .encode(errors="replace")
    )
    plan = read_plan(data, "x.csv")
    for row in plan.rows:
        assert row.action
        if row.by_when.last_day:
            digits = row.by_when.printed
            assert str(row.by_when.last_day.year)[2:] in digits or digits.isdecimal()
