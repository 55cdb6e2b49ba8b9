"""A file's tables, whatever kind of file it is: the kind is known by what it holds, not by its name."""

from __future__ import annotations

from plans.documents.lines import RefusedDocument
from plans.documents.office_parts import OfficeFile
from plans.documents.pdf_tables import pdf_tables
from plans.documents.tables import FoundTables, within_bounds
from plans.documents.text_tables import csv_tables, decoded, tabbed_tables
from plans.documents.word_tables import word_tables
from plans.documents.workbook_tables import workbook_tables

MOST_BYTES = 50_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_FOUR_KINDS = "Send a Word (.docx), Excel (.xlsx), CSV or PDF file."
_NAMED_FOR = {
    "docx": "a Word document", "docm": "a Word document", "xlsx": "an Excel workbook", "xlsm": "an Excel workbook",
    "pdf": "a PDF", "doc": "a Word document", "xls": "an Excel workbook",
}  # fmt: skip


def read_tables(data: bytes, name: str) -> FoundTables:
    """Every table in the file with its cells. Raises RefusedDocument, with a sentence, where it cannot be read."""
    found = _read(data, name.rpartition(".")[2].lower())
    return FoundTables(within_bounds(found.tables), found.problems)


def _read(data: bytes, ending: str) -> FoundTables:
    start = data[:1024].lstrip().lower()
    if not start:
        raise RefusedDocument("The file is empty. Send the file that holds the plan.")
    if len(data) > MOST_BYTES:
        raise RefusedDocument(
            f"The file is larger than {MOST_BYTES // 1_000_000} MB. Send the pages that hold the plan."
        )
    if start.startswith(b"%pdf-"):
        return pdf_tables(data)
    if start.startswith(b"pk"):
        return _office(data)
    if data.startswith(_OLD_OFFICE):
        _refuse_old_office(data)
    if b"<html" in start or start.startswith((b"<!doctype html", b"<?xml", b"{\\rtf", b"mime-version")):
        raise RefusedDocument(f"The file is a web page or the like, whatever its name says. {_FOUR_KINDS}")
    if ending in _NAMED_FOR:
        raise RefusedDocument(f"The file’s name says {_NAMED_FOR[ending]}, but it is none or is damaged. {_FOUR_KINDS}")
    if ending not in ("csv", "txt", "tsv", "tab", "text", "md"):
        raise RefusedDocument(f"Files of this kind cannot be read. {_FOUR_KINDS}")
    text = decoded(data)
    return csv_tables(text) if ending == "csv" else tabbed_tables(text)


def _office(data: bytes) -> FoundTables:
    file = OfficeFile(data)
    if "word/document.xml" in file.names:
        return word_tables(file)
    if "xl/workbook.xml" in file.names:
        return workbook_tables(file)
    raise RefusedDocument(f"The file is a zip or a kind of document that cannot be read. {_FOUR_KINDS}")


def _refuse_old_office(data: bytes) -> None:
    if _LOCKED in data:
        raise RefusedDocument("The file is protected by a password. Save it without one and send it again.")
    raise RefusedDocument("The file is of the kind saved until 2003 (.doc, .xls). Save it as .docx or .xlsx.")
