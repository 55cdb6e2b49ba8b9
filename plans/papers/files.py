"""A paper as the bytes of a file of any format."""

from __future__ import annotations

from datetime import datetime

import pypdfium2

from plans.papers.content import Paper
from plans.papers.csv import csv_lines
from plans.papers.excel import excel_workbook
from plans.papers.pdf import pdf_document
from plans.papers.rules import Format
from plans.papers.word import word_document

CONTENT_TYPES: dict[Format, str] = {
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def file_of(paper: Paper, file_format: Format, made_at: datetime) -> bytes:
    """The paper as a file; ``made_at`` is the date that the file gives as its own."""
    match file_format:
        case Format.WORD:
            return word_document(paper, made_at)
        case Format.PDF:
            return pdf_document(paper, made_at)
        case Format.EXCEL:
            return excel_workbook(paper, made_at)
        case Format.CSV:
            return b"".join(csv_lines(paper))


def pages_in(pdf: bytes) -> int:
    """How many pages a PDF has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def page_count(paper: Paper, made_at: datetime) -> int:
    """How many pages the paper has as PDF."""
    return pages_in(pdf_document(paper, made_at))
