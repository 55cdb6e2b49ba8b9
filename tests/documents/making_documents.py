"""Small documents for tests: lines set as a PDF, paragraphs and tables as a Word document."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from docx import Document

A4 = (595, 842)
REGULAR, BOLD = "Helvetica", "Helvetica-Bold"


def pdf_of(pages: Sequence[Sequence[tuple[float, float, float, str, str]]]) -> bytes:
    """A PDF: each page a list of (left, bottom, size, font, text)."""
    document = pdfium.PdfDocument.new()
    for lines in pages:
        page = document.new_page(*A4)
        for left, bottom, size, font, text in lines:
            made = raw.FPDFPageObj_NewTextObj(document.raw, font.encode(), ctypes.c_float(size))
            encoded = (text + "\0").encode("utf-16-le")
            buffer = ctypes.create_string_buffer(encoded)
            raw.FPDFText_SetText(made, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
            raw.FPDFPageObj_Transform(made, 1, 0, 0, 1, left, bottom)
            raw.FPDFPage_InsertObject(page.raw, made)
        page.gen_content()
        page.close()
    stream = BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


class Pages:
    """Sets lines from the top of a page down, as a report does; `lines` gives what `pdf_of` takes."""

    def __init__(self) -> None:
        self.lines: list[list[tuple[float, float, float, str, str]]] = [[]]
        self._down = 780.0

    def page(self) -> Pages:
        self.lines.append([])
        self._down = 780.0
        return self

    def line(self, text: str, *, left: float = 72, size: float = 12, bold: bool = False, gap: float = 0) -> Pages:
        """One line; ``gap`` is white space above it."""
        self._down -= 14 + gap
        self.lines[-1].append((left, self._down, size, BOLD if bold else REGULAR, text))
        return self

    def beside(self, text: str, *, left: float, size: float = 12, raised: float = 0) -> Pages:
        """More on the line above, further to the right."""
        self.lines[-1].append((left, self._down + raised, size, REGULAR, text))
        return self

    def foot(self, text: str, *, size: float = 9, bottom: float = 40) -> Pages:
        self.lines[-1].append((72, bottom, size, REGULAR, text))
        return self

    def item(self, mark: str, *texts: str, left: float = 72) -> Pages:
        """A bullet drawn apart from its text, whose further lines stand under the first."""
        self.line(mark, left=left, gap=6)
        self.lines[-1].append((left + 18, self._down, 12, REGULAR, texts[0]))
        for text in texts[1:]:
            self.line(text, left=left + 18)
        return self

    def heading(self, text: str, *, size: float = 14) -> Pages:
        return self.line(text, size=size, bold=True, gap=14)

    def bytes(self) -> bytes:
        return pdf_of(self.lines)


def word_of(blocks: Sequence[Any]) -> bytes:
    """A .docx: "# " begins a heading, "* " a bulleted paragraph, a list of rows is a table, else a paragraph."""
    document = Document()
    for block in blocks:
        if isinstance(block, list):
            table = document.add_table(rows=len(block), cols=len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif block.startswith("# "):
            document.add_heading(block[2:], level=1)
        elif block.startswith("* "):
            document.add_paragraph(block[2:], style="List Bullet")
        else:
            document.add_paragraph(block)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()
