"""Files made to harm or mislead: each is read or refused with a sentence, in bounded time and memory.

Each is read in a process with the bounds of the child's own, in which everything that reading should not do
(write a file, start a program, open a connection) is noted.
"""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from plans.documents import office_parts
from plans.documents.apart import page_picture, report_apart
from plans.documents.lines import RefusedDocument
from plans.documents.read_plan import read_plan
from plans.documents.read_report import read_report
from tests.documents.making_documents import word_of
from tests.documents.plan_files import csv_file, excel_file, part_of, pdf_of, with_part, word_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
ROOT = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 1024 * 1024

WATCHED = """
import json, os, sys
from plans.documents import child_process, page_pictures, read_in_child, read_plan, read_report

done = []


def hear(event, args):
    if event == "open" and (set(str(args[1])) & set("wax+") or (args[2] or 0) & 3):
        done.append(f"{event} {args[0]}")
    elif event.split(".")[0] in ("socket", "subprocess", "shutil", "urllib", "ftplib", "smtplib", "tempfile"):
        done.append(event)
    elif event in ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir"):
        done.append(event)


def tell(*told):
    written = json.dumps(told).encode()
    sys.stdout.buffer.write(b"%d\\n" % len(written) + written)
    sys.stdout.buffer.flush()


def read():
    child_process.bounded(read_in_child.SECONDS, read_in_child.MEMORY)
    sys.addaudithook(hear)
    exec(wanted.get("first", ""))
    answer = read_in_child.answer(wanted, data)
    try:
        peak = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        peak = 0
    tell(answer, peak, done)


while line := sys.stdin.buffer.readline():
    wanted = json.loads(line)
    data = sys.stdin.buffer.read(wanted["bytes"])
    child = os.fork()
    if not child:
        try:
            read()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    data = b""
    if status:
        tell({"ended": status}, 0, [])
"""


@dataclass(frozen=True)
class Outcome:
    """What was read or said; seconds from start to end; the most bytes resident; what else was done."""

    read: Any
    said: str
    seconds: float
    peak: int
    done: list[str]


@pytest.fixture(scope="module", autouse=True)
def watching() -> Iterator[None]:
    """A process that has the readers ready, and reads each document in a fork of itself."""
    started = [sys.executable, "-B", "-c", WATCHED]
    with subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        WATCHING.append(process)
        yield
        WATCHING.clear()


WATCHING: list[subprocess.Popen[bytes]] = []


def outcome_of(kind: str, data: bytes, name: str = "", first: str = "") -> Outcome:
    """What comes of a document. ``first`` is run before it is read."""
    wanted = {"kind": kind, "name": name, "page": 1, "mapping": None, "bytes": len(data), "first": first}
    (process,) = WATCHING
    assert process.stdin is not None
    assert process.stdout is not None
    began = time.perf_counter()
    process.stdin.write(json.dumps(wanted).encode() + b"\n" + data)
    process.stdin.flush()
    answer, peak, done = json.loads(process.stdout.read(int(process.stdout.readline())))
    seconds = time.perf_counter() - began
    assert answer.keys() & {"read", "refused", "memory"}, answer
    said = "needs more memory" if "memory" in answer else answer.get("refused", "")
    return Outcome(answer.get("read"), said, seconds, peak, done)


def harmless(outcome: Outcome, seconds: float = 20) -> Outcome:
    assert outcome.done == []
    assert outcome.peak < 500 * MEGABYTE
    assert outcome.seconds < seconds
    return outcome


# Files.

WORDS = "BT /F1 9 Tf 30 300 Td (What needs to improve, by whom and by when, in some forty letters and more) Tj ET"
PLAN = [["Area", "Action", "Lead", "By when"], ["Visits", "Visit each child", "Head of QA", "March 2027"]]
WORD = word_of(["# What needs to improve?", "* How often children are visited."])
WORD_PLAN, EXCEL = word_file(PLAN), excel_file(PLAN)
BODY, SHEET = "word/document.xml", "xl/worksheets/sheet1.xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def body(xml: str, before: str = "") -> bytes:
    """A Word document with this body."""
    return with_part(WORD, BODY, f"{before}<w:document {W}><w:body>{xml}</w:body></w:document>".encode())


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def sheet(xml: bytes) -> bytes:
    """A workbook with these rows after its own."""
    return with_part(EXCEL, SHEET, part_of(EXCEL, SHEET).replace(b"</sheetData>", xml + b"</sheetData>"))


def with_stream(content: bytes, keys: bytes) -> bytes:
    """A PDF whose page is drawn by this stream, as it stands."""
    head = b"<< %s /Length %d >>\nstream\n" % (keys, len(content))
    return pdf_of(["@@"]).replace(b"<< /Length 2 >>\nstream\n@@", head + content)


def blanks(size: int) -> bytes:
    """So many blanks, deflated, without holding them."""
    deflater = zlib.compressobj(1)
    return b"".join(deflater.compress(b" " * MEGABYTE) for _ in range(size // MEGABYTE)) + deflater.flush()


def bomb(size: int) -> bytes:
    return with_stream(blanks(size), b"/Filter /FlateDecode")


def twice_packed_bomb(size: int) -> bytes:
    return with_stream(zlib.compress(blanks(size), 9), b"/Filter [/FlateDecode /FlateDecode]")


def picture_alone() -> bytes:
    """A scan: a picture over the whole page."""
    keys = b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
    drawn = pdf_of(["q 842 0 0 595 0 0 cm /Scan Do Q", "@@"])
    drawn = drawn.replace(b"<< /Length 2 >>\nstream\n@@", b"<< %s /Length 64 >>\nstream\n" % keys + bytes(range(64)))
    return drawn.replace(b"/Font << /F1 3 0 R >>", b"/Font << /F1 3 0 R >> /XObject << /Scan 7 0 R >>")


def locked_pdf() -> bytes:
    keys = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (" + b"x" * 32 + b") /U (" + b"y" * 32
    return pdf_of([WORDS]).replace(b"/Root 1 0 R", b"/Root 1 0 R" + keys + b") >> /ID [(a) (a)]")


def locked_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def forged(data: bytes, name: str) -> bytes:
    """An Office file with a part of 100 MB whose directory says that it is small."""
    size = 100 * MEGABYTE
    file = bytearray(with_part(data, name, b"<a>" + b" " * (size - 7) + b"</a>"))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := file.find(mark, at + 1)) >= 0:
            if struct.unpack_from("<I", file, at + place)[0] == size:
                struct.pack_into("<I", file, at + place, 1_000)
    return bytes(file)


def bomb_of_parts(name: str) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open(name, "w") as part,
    ):
        for _ in range(260):
            part.write(b" " * MEGABYTE)
    return stream.getvalue()


LAUGHS = '<!ENTITY l0 "haha">' + "".join(f'<!ENTITY l{one} "{f"&l{one - 1};" * 10}">' for one in range(1, 10))
LAUGHING = f"<!DOCTYPE w [{LAUGHS}]>"
# A comment longer than what is looked at before the part is opened.
LATE = f"<!--{'x' * 5_000}-->"


WIDE = '<w:gridSpan w:val="2000000000"/>'

REFUSED: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "a locked PDF": ("report", locked_pdf, "a.pdf", "protected by a password"),
    "a locked PDF to look at": ("picture", locked_pdf, "", "protected by a password"),
    "a locked Word document": ("report", locked_office, "a.docx", "old Word document or one protected by a password"),
    "a scan as a report": ("report", picture_alone, "a.pdf", "pictures of pages and no text"),
    "a scan as a plan": ("plan", picture_alone, "a.pdf", "pictures of pages and no text"),
    "half a Word report": ("report", lambda: WORD[: len(WORD) // 2], "a.docx", "damaged"),
    "5,000 pages as a report": ("report", lambda: pdf_of([WORDS] * 5_000), "a.pdf", "has 5,000 pages; at most 400"),
    "5,000 pages as a plan": ("plan", lambda: pdf_of([WORDS] * 5_000), "a.pdf", "has 5,000 pages; at most 400"),
    "a bomb of a stream": ("plan", lambda: bomb(100 * MEGABYTE), "a.pdf", "unpacks to far more"),
    "a bomb in a bomb": ("plan", lambda: twice_packed_bomb(100 * MEGABYTE), "a.pdf", "unpacks to far more"),
    "a workbook bomb": ("plan", lambda: bomb_of_parts("xl/workbook.xml"), "a.xlsx", "unpacks to more than 250 MB"),
    "a Word bomb": ("report", lambda: bomb_of_parts(BODY), "a.docx", "unpacks to far more"),
    "a forged Word report": ("report", lambda: forged(WORD, BODY), "a.docx", "damaged"),
    "a forged Word plan": ("plan", lambda: forged(WORD_PLAN, BODY), "a.docx", "damaged or was cut short"),
    "a forged workbook": ("plan", lambda: forged(EXCEL, SHEET), "a.xlsx", "damaged or was cut short"),
    "laughs": ("report", lambda: body(paragraph("&l9;"), LAUGHING), "a.docx", "declares XML entities"),
    "late laughs": ("report", lambda: body(paragraph("&l9;"), LATE + LAUGHING), "a.docx", "damaged"),
    "laughs in a workbook": (
        "plan",
        lambda: with_part(EXCEL, SHEET, f"{LAUGHING}<worksheet>&l9;</worksheet>".encode()),
        "a.xlsx",
        "declares a document type",
    ),
    "a deep Word report": (
        "report", lambda: body("<w:tbl><w:tr><w:tc>" * 50_000 + "</w:tc></w:tr></w:tbl>" * 50_000), "a.docx", "damaged",
    ),
    "a deep Word plan": (
        "plan", lambda: body("<w:tbl><w:tr><w:tc>" * 200_000 + "</w:tc></w:tr></w:tbl>" * 200_000), "a.docx",
        "more than 100,000 cells",
    ),
    "a cell over two thousand million columns": (
        "report", lambda: body(f'<w:tbl><w:tr><w:tc><w:tcPr>{WIDE}</w:tcPr><w:p/></w:tc></w:tr></w:tbl>'), "a.docx",
        "damaged",
    ),
    "60,000 paragraphs and more": ("report", lambda: body(paragraph("a") * 700_000), "a.docx", "unpacks to far more"),
    "a deep PDF": (
        "report", lambda: pdf_of([WORDS]).replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"<</A " * 200_000),
        "a.pdf", "damaged",
    ),
    "one line of 50 MB": ("report", lambda: b"word " * (50 * MEGABYTE // 5), "a.txt", "far more text than a report"),
    "one cell of 45 MB": ("plan", lambda: b"w" * (45 * MEGABYTE), "a.csv", "cannot be read as comma-separated"),
    "a million rows": ("plan", lambda: b"a,b\n" * 1_000_000, "a.csv", "more than 100,000 cells"),
    "NULs in a text": ("report", lambda: b"What needs to improve?\n\0\0\0 More of it\n", "a.txt", "not text"),
    "a picture named .csv": ("plan", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.csv", "not text"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_in_a_sentence(name: str) -> None:
    kind, made, called, said = REFUSED[name]
    outcome = harmless(outcome_of(kind, made(), called))
    assert outcome.read is None
    assert said in outcome.said
    assert outcome.said.endswith(".")


READ: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a page of blanks": ("report", lambda: pdf_of([WORDS, " " * MEGABYTE]), "a.pdf"),
    "a million empty rows": ("plan", lambda: sheet(b"<row/>" * 1_000_000), "a.xlsx"),
    "empty cells in a far corner": ("plan", lambda: sheet(b'<row r="1048576"><c r="XFD1048576"/></row>'), "a.xlsx"),
    "a text in a far corner": (
        "plan",
        lambda: sheet(b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'),
        "a.xlsx",
    ),
    "merges over a whole sheet": (
        "plan",
        lambda: with_part(
            EXCEL,
            SHEET,
            part_of(EXCEL, SHEET).replace(
                b"</sheetData>",
                b"</sheetData><mergeCells>" + b'<mergeCell ref="F9:XFD1048576"/>' * 50_000 + b"</mergeCells>",
            ),
        ),
        "a.xlsx",
    ),
    "200,000 unfinished states": ("report", lambda: pdf_of([f"{WORDS} {'q ' * 200_000}"]), "a.pdf"),
    "a deep array": (
        "report",
        lambda: pdf_of([WORDS]).replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * 100_000 + b"]" * 100_000),
        "a.pdf",
    ),
    "pages that hold themselves": (
        "report",
        lambda: pdf_of([WORDS]).replace(b"[4 0 R]", b"[2 0 R 4 0 R 2 0 R]").replace(b"/Count 1", b"/Count 99999999"),
        "a.pdf",
    ),
    "a drawing of itself": (
        "plan",
        lambda: with_stream(b"/Me Do " + WORDS.encode(), b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]").replace(
            b"/Font <<", b"/XObject << /Me 5 0 R >> /Font <<"
        ),
        "a.pdf",
    ),
    "10,000 rules": ("plan", lambda: pdf_of([WORDS + " 1 1 9 9 re S" * 10_001]), "a.pdf"),
}


@pytest.mark.parametrize("name", READ)
def test_a_hostile_file_is_read_in_bounds(name: str) -> None:
    kind, made, called = READ[name]
    outcome = harmless(outcome_of(kind, made(), called))
    assert outcome.read is not None or "pictures of pages" in outcome.said, outcome.said
    if called == "a.xlsx":
        assert [row["action"] for row in outcome.read["rows"]][:1] == ["Visit each child"]


def test_a_bomb_that_breaks_the_library_ends_the_child_alone() -> None:
    data = bomb(400 * MEGABYTE)
    assert len(data) < 4 * MEGABYTE
    for read in (lambda: report_apart(data, "a.pdf"), lambda: page_picture(data, 1)):
        with pytest.raises(RefusedDocument, match="damaged or of an unusual kind|more memory"):
            read()


def test_what_another_file_holds_is_not_read_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("known-to-the-server-alone")
    declared = f'<!DOCTYPE w [<!ENTITY s SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>'
    for data, kind, name in (
        (body(paragraph("Words &s;"), declared), "report", "a.docx"),
        (body(paragraph("Words &s;"), LATE + declared), "report", "a.docx"),
        (body(paragraph("Words &s;"), LATE + declared), "plan", "a.docx"),
        (with_part(EXCEL, "xl/sharedStrings.xml", f"{declared}<sst>&s;</sst>".encode()), "plan", "a.xlsx"),
        (with_part(EXCEL, "xl/workbook.xml", f"{declared}<workbook>&s;</workbook>".encode()), "plan", "a.xlsx"),
    ):
        outcome = harmless(outcome_of(kind, data, name))
        assert "known-to-the-server-alone" not in json.dumps(outcome.read) + outcome.said
        assert outcome.read is None or not outcome.read.get("areas")


def macros(data: bytes) -> bytes:
    """As Word and Excel name a file that may hold macros, with none in it."""
    types = part_of(data, "[Content_Types].xml")
    for old, new in (
        (b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml"),
        (b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"),
    ):
        types = types.replace(b"vnd.openxmlformats-officedocument." + old, b"vnd." + new)
    return with_part(data, "[Content_Types].xml", types)


def test_a_macro_document_is_read_without_its_macros_or_refused() -> None:
    assert harmless(outcome_of("plan", macros(EXCEL), "a.xlsm")).read["rows"][0]["action"] == "Visit each child"
    assert harmless(outcome_of("plan", macros(WORD_PLAN), "a.docm")).read["rows"]
    assert "save it again as .docx" in macros_refused(macros(WORD))
    for part in ("word/vbaProject.bin", "word/VBAPROJECT.BIN"):
        assert "macros" in macros_refused(with_part(WORD, part, b"\xd0\xcf\x11\xe0"))
    assert "macros" in harmless(outcome_of("plan", with_part(EXCEL, "xl/vbaProject.bin", b"x"), "a.xlsm")).said


def macros_refused(data: bytes) -> str:
    return harmless(outcome_of("report", data, "a.docm")).said


def test_a_formula_or_a_link_is_text_and_nothing_is_fetched() -> None:
    cells = [
        '=HYPERLINK("http://127.0.0.1:9/","x")', "=WEBSERVICE(\"http://127.0.0.1:9/\")", "=cmd|' /C calc'!A0",
    ]  # fmt: skip
    rows = [*PLAN, *(["Visits", cell, "Head of QA", "March 2027"] for cell in cells)]
    outcome = harmless(outcome_of("plan", csv_file(rows), "a.csv"))
    assert [row["action"] for row in outcome.read["rows"]][1:] == cells
    outcome = harmless(outcome_of("plan", excel_file(rows), "a.xlsx"))
    said = [problem["message"] for problem in outcome.read["problems"]]
    assert sum("formula’s result was never stored" in message for message in said) == 3


def test_a_part_of_very_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_parts, "MOST_ELEMENTS", 1_000)
    with pytest.raises(RefusedDocument, match="more than 1,000 elements, which no plan does"):
        read_plan(sheet(b"<row/>" * 1_000), "a.xlsx")


# Documents that are not what they are taken for.


def test_a_report_of_a_kind_that_nobody_knows() -> None:
    read = read_report(
        b"Inspectorate of Lighthouses\nA review of Sandmouth Council\nRecommendations\n- Light the lamps.\n", "a.txt"
    )
    assert read.framework is None
    assert "The kind of inspection was not recognised. Choose it from the list." in [
        problem.message for problem in read.problems
    ]


def test_a_cabinet_paper_in_word_has_no_areas() -> None:
    blocks = [
        "# COUNCIL CABINET",
        "17 March 2009",
        "Report of the Director",
        "Areas for improvement",
        "* Our own words.",
    ]
    read = read_report(word_of([*blocks, "# RECOMMENDATION", "That Cabinet notes the report."]), "a.docx")
    assert read.areas == ()
    assert "not an inspectorate's report" in read.problems[0].message


# Texts of other kinds.

LETTER = "Sandmouth Council’s review\nWhat needs to improve?\n- How often children’s homes are visited – and why.\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_report_in_another_encoding(encoding: str) -> None:
    (area,) = read_report(LETTER.encode(encoding), "a.txt").areas
    assert area.text == "How often children’s homes are visited – and why."


def test_a_report_in_latin_1() -> None:
    (area,) = read_report("What needs to improve?\n- The café and the crèche.\n".encode("latin-1"), "a.txt").areas
    assert area.text == "The café and the crèche."


def test_a_plan_in_utf_16_and_latin_1() -> None:
    for encoding in ("utf-16", "latin-1"):
        data = (
            csv_file(PLAN)
            .decode()
            .replace("Visit each", "Visit Zoë,")
            .replace("Visit Zoë,", "Visit Zoë")
            .encode(encoding)
        )
        assert read_plan(data, "a.csv").rows[0].action == "Visit Zoë child"


# Texts on which a pattern could take time that grows with the square or the cube of their length.

RUNS = [" ", ".", "1", "(", "[", "a", "A ", "•", "**", "[1] ", "(a) ", "Good\n", "A\tB\n", "1 May to ", "A B & ", "\t",
        "Head of A & ", "1/", "/", "and "]  # fmt: skip


def test_long_runs_in_a_report_take_bounded_time() -> None:
    began = time.perf_counter()
    for run in RUNS:
        for before in ("Area SEND inspection of Sandmouth\nAreas for improvement\n- x (", "Lead inspector: "):
            read_report(f"{before}{run * (1_900 // len(run))}(\nlead inspector\n".encode(), "a.txt")
    assert time.perf_counter() - began < 15  # under a second on an idle core; a pattern that backtracks takes minutes


def test_a_name_and_tabs_before_the_lead_inspector_take_bounded_time() -> None:
    began = time.perf_counter()
    read_report(b"Ann Example" + b"\t" * 1_500 + b" (Ofsted lead inspector\n" + LETTER.encode(), "a.txt")
    assert time.perf_counter() - began < 5


def test_long_runs_in_a_plans_cells_take_bounded_time() -> None:
    began = time.perf_counter()
    for run in RUNS:
        text = (run * 16_000)[:16_000]
        for column in range(4):
            row = list(PLAN[1])
            row[column] = f"z{text}"
            read_plan(csv_file([PLAN[0], row, PLAN[1]]), "a.csv")
    assert time.perf_counter() - began < 20


def test_the_watch_itself_hears() -> None:
    """What is noted is noted: without this, an empty list would prove nothing."""
    outcome = outcome_of("picture", pdf_of([WORDS]), first="import socket; socket.socket(); open('/dev/null', 'w')")
    assert "socket.__new__" in outcome.done
    assert any("null" in event for event in outcome.done)
    assert base64.b64decode(outcome.read).startswith(b"\x89PNG")
