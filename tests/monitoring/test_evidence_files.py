"""A file is taken for what it holds; a refusal says what to do."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.monitoring import evidence_files
from plans.monitoring.evidence_files import HEAD_BYTES, NAME_LIMIT, RefusedFile, safe_name, sniff

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF = b"GIF89a\x01\x00\x01\x00"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
EXE = b"MZ\x90\x00\x03\x00\x00\x00"
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
ODF = "application/vnd.oasis.opendocument.{}"


def package(members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def office(part: str, **more: str | bytes) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="{MAIN.format(part)}"/></Types>'
    return package({"[Content_Types].xml": types, "main.xml": "<main/>", **more})


WORD = office("wordprocessingml.document")


def taken_as(content: bytes, name: str) -> str:
    stream = io.BytesIO(content)
    kind = sniff(content[:HEAD_BYTES], name, stream)
    assert stream.tell() == 0
    return kind.content_type


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(RefusedFile) as refused:
        sniff(content[:HEAD_BYTES], name, io.BytesIO(content))
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("plan.pdf", PDF, "application/pdf"),
        ("Plan.PDF", PDF, "application/pdf"),
        ("chart.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("plan.docx", WORD, MAIN.format("wordprocessingml.document").removesuffix(".main+xml")),
        (
            "plan.xlsx",
            office("spreadsheetml.sheet"),
            MAIN.format("spreadsheetml.sheet").removesuffix(".main+xml"),
        ),
        (
            "plan.pptx",
            office("presentationml.presentation"),
            MAIN.format("presentationml.presentation").removesuffix(".main+xml"),
        ),
        (
            "plan.odt",
            package({"mimetype": ODF.format("text"), "META-INF/manifest.xml": "<manifest/>"}),
            ODF.format("text"),
        ),
        ("plan.ods", package({"mimetype": ODF.format("spreadsheet")}), ODF.format("spreadsheet")),
        ("notes.txt", "Agreed: café < 5 minutes".encode(), "text/plain"),
        ("notes.txt", "Agreed – café".encode("cp1252"), "text/plain"),
        ("notes.txt", "Agreed".encode("utf-16"), "text/plain"),
        ("readings.csv", b"\xef\xbb\xbfmonth,PEPs\r\nJuly 2019,14%\r\n", "text/csv"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(name: str, content: bytes, content_type: str) -> None:
    assert taken_as(content, name) == content_type


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"", "plan.pdf") == ("“plan.pdf” is empty. Check that it was saved, and upload it again.")


def test_a_file_over_the_limit_is_refused_with_both_sizes() -> None:
    content = PDF + bytes(1024 * 1024)
    with pytest.raises(RefusedFile) as refused:
        sniff(content[:HEAD_BYTES], "plan.pdf", io.BytesIO(content), limit=1024 * 1024)
    assert str(refused.value) == (
        "“plan.pdf” is 1.1 MB; the most that can be uploaded is 1 MB. Make it smaller, split it, or give a link to it."
    )
    assert sniff(content, "plan.pdf", io.BytesIO(content), limit=len(content)).extension == ".pdf"


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    [
        ("plan.doc", OLE, "Open it in Word and save it as .docx"),
        ("plan.xls", OLE, "Open it in Excel and save it as .xlsx"),
        ("plan.docm", WORD, "Save it without macros, as .docx"),
        ("chart.svg", b"<svg/>", "Save it as a PNG or JPEG picture"),
        ("page.html", b"<html>", "Save the page as a PDF"),
        ("reply.msg", OLE, "Save the e-mail as a PDF"),
        ("all.zip", package({"a": "b"}), "Take the files out of it and upload each one"),
        ("report.pdf.exe", EXE, "Save it as a PDF, Word, Excel"),
        ("plan", PDF, "without an ending like .pdf. Save it as a PDF, Word, Excel"),
    ],
)
def test_a_kind_that_is_not_taken_is_refused_with_advice(name: str, content: bytes, advice: str) -> None:
    assert advice in refusal(content, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", EXE),
        ("report.pdf", GIF + PDF),
        ("report.pdf", b"\n" + PDF),
        ("report.pdf", b"<html><script>alert(1)</script></html>"),
        ("chart.png", GIF),
        ("plan.docx", b"not a package at all"),
        ("plan.docx", package({"readme.txt": "hello"})),
        ("plan.docx", office("wordprocessingml.template")),
        ("plan.odt", package({"mimetype": ODF.format("graphics")})),
    ],
)
def test_a_disguised_file_is_refused(name: str, content: bytes) -> None:
    assert f"“{name}” is not a" in refusal(content, name)


@pytest.mark.parametrize(
    "content",
    [
        EXE,
        GIF,
        b"<!DOCTYPE html><p>hello",
        b"  \n<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><a/>",
        b"<?php phpinfo();",
        b"#!/bin/sh\nrm -r x",
        b"@echo off",
        b"Minutes\n<ScRiPt src=x></script>",
        "<html>".encode("utf-16"),
        b"caf\x81",
        b"\xff\xfe\x00",
    ],
)
@pytest.mark.parametrize("name", ["notes.txt", "readings.csv"])
def test_pages_scripts_and_binaries_are_not_text(name: str, content: bytes) -> None:
    assert f"“{name}” is not" in refusal(content, name)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "chart.png",
            JPEG,
            "“chart.png” is a JPEG picture inside, not a PNG picture. Rename it to end in .jpg, and upload it again.",
        ),
        (
            "plan.pdf",
            WORD,
            "“plan.pdf” is a Word document inside, not a PDF. Rename it to end in .docx, and upload it again.",
        ),
        (
            "notes.txt",
            PDF,
            "“notes.txt” is a PDF inside, not plain text. Rename it to end in .pdf, and upload it again.",
        ),
    ],
)
def test_a_misnamed_file_is_refused_with_its_right_name(name: str, content: bytes, sentence: str) -> None:
    assert refusal(content, name) == sentence


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.docx", office("wordprocessingml.document", **{"word/vbaProject.bin": b"x"})),
        ("plan.docx", office("wordprocessingml.document", **{"WORD/VBAPROJECT.BIN": b"x"})),
        ("plan.xlsx", office("spreadsheetml.sheet", **{"xl/macrosheets/sheet1.xml": "<a/>"})),
        (
            "plan.docx",
            package({"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}),
        ),
        (
            "plan.docx",
            package({"[Content_Types].xml": "application/vnd.ms-office.vbaProject".encode("utf-16")}),
        ),
        ("plan.odt", package({"mimetype": ODF.format("text"), "Basic/Standard/Module1.xml": "<a/>"})),
    ],
)
def test_a_file_with_macros_is_refused(name: str, content: bytes) -> None:
    assert refusal(content, name) == (f"“{name}” has macros in it. Save it without them or as a PDF, and upload that.")


def marked_encrypted(content: bytes) -> bytes:
    """The same package with the encryption flag of its first member set, at both places that hold it."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.docx", marked_encrypted(WORD)),
        ("plan.docx", OLE),
        (
            "plan.odt",
            package({"mimetype": ODF.format("text"), "META-INF/manifest.xml": "<encryption-data/>"}),
        ),
        ("plan.odt", package({"mimetype": ODF.format("text"), "encrypted-package": b"x"})),
    ],
)
def test_a_file_protected_by_a_password_is_refused(name: str, content: bytes) -> None:
    assert "protected by a password" in refusal(content, name)


def test_a_package_that_shrank_by_more_than_a_hundred_is_refused() -> None:
    bomb = office("wordprocessingml.document", **{"word/media/a.bmp": bytes(12 * 1024 * 1024)})
    assert refusal(bomb, "plan.docx") == (
        "“plan.docx” unpacks to far more than a document needs. Save it as a PDF, and upload that."
    )


def test_a_small_package_may_shrink_as_it_likes() -> None:
    repetitive = office("spreadsheetml.sheet", **{"xl/worksheets/sheet1.xml": "<c/>" * 1_000_000})
    assert taken_as(repetitive, "plan.xlsx").endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(("limit", "most"), [("UNPACKED_LIMIT", 5), ("_MEMBER_LIMIT", 1)])
def test_a_package_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(evidence_files, limit, most)
    assert "unpacks to far more than a document needs" in refusal(WORD, "plan.docx")


@pytest.mark.parametrize(
    "content",
    [
        WORD[:-30],
        b"PK\x03\x04 and nothing more",
        package({"[Content_Types].xml": "x" * (1024 * 1024 + 1)}),
        package({"mimetype": b"\xff\xfe\xfd"}),
    ],
)
def test_a_damaged_package_is_refused(content: bytes) -> None:
    assert refusal(content, "plan.docx") == (
        "“plan.docx” is damaged. Open it in the program that made it, save it again, and upload that."
    )


@given(st.data())
def test_any_bytes_are_taken_or_refused_with_a_sentence(data: st.DataObject) -> None:
    content = data.draw(st.binary(max_size=64) | st.sampled_from([WORD, PDF, PNG, OLE]))
    if content:
        at = data.draw(st.integers(0, len(content) - 1))
        content = content[:at] + data.draw(st.binary(max_size=3)) + content[at:]
    name = data.draw(st.sampled_from(["a.docx", "a.pdf", "a.txt"]))
    sentence = "“taken.”."
    try:
        sniff(content[:HEAD_BYTES], name, io.BytesIO(content))
    except RefusedFile as refused:
        sentence = str(refused).replace(name, "taken.")
    assert sentence.startswith("“taken.”")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\A. Officer\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("plan\x00\r\n.pdf", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("  my   plan (v2).docx ", "my plan (v2).docx"),
        ("plan.docx. ", "plan.docx"),
        ('a<b>:"c|d?e*.txt', "a-b---c-d-e-.txt"),
        ("plan.txt:run.exe", "plan.txt-run.exe"),
        (".pdf", "file.pdf"),
        ("..", "file"),
        ("", "file"),
        ("Cynllun Gwella Tŷ.pdf", "Cynllun Gwella Tŷ.pdf"),
        ("Plan v1. final draft", "Plan v1. final draft"),
        ("x" * 300 + ".docx", "x" * 115 + ".docx"),
        ("é" * 300 + ".pdf", "é" * 58 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_keeps_its_ending(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe_name(safe) == safe
    assert len(safe.encode()) <= NAME_LIMIT
    assert not set(safe) & set('/\\<>:"|?*\x00\r\n')
