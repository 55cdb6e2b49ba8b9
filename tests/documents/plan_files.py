"""Plans made in memory, in each kind of file that councils send. A cell is a text, or None to go on from above."""

from __future__ import annotations

import csv
import io
import textwrap
import zipfile
from collections.abc import Sequence

import openpyxl
from docx import Document
from openpyxl.utils import get_column_letter

Rows = Sequence[Sequence[str | None]]

_PAGE = (842, 595)
_LINE = 11


def word_file(rows: Rows, *, title: Sequence[str] = (), tables: Sequence[Rows] = ()) -> bytes:
    """A Word document: lines of title, then a table for ``rows`` and for each of ``tables``."""
    document = Document()
    for line in title:
        document.add_paragraph(line)
    for one in (rows, *tables):
        table = document.add_table(len(one), max(len(row) for row in one))
        for tr, row in zip(table._tbl.tr_lst, one, strict=True):
            for tc, text in zip(tr.tc_lst, row, strict=False):
                if text is None:
                    tc.vMerge = "continue"
                else:
                    tc.p_lst[0].add_r().text = text
        for column in range(max(len(row) for row in one)):
            for place in range(1, len(one)):
                if one[place][column] is None and one[place - 1][column] is not None:
                    table._tbl.tr_lst[place - 1].tc_lst[column].vMerge = "restart"
        document.add_paragraph("")
    return saved(document)


def excel_file(rows: Rows, *, sheet: str = "Plan", title: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for line in title:
        page.append([line])
    top = page.max_row + 1 if title else 1
    for place, row in enumerate(rows, start=top):
        for column, text in enumerate(row, start=1):
            if text is not None:
                page.cell(place, column, text)
    for column in range(1, max(len(row) for row in rows) + 1):
        start = None
        for place, row in enumerate([*rows, [""] * column], start=top):
            covered = column <= len(row) and row[column - 1] is None
            if not covered and start is not None and place - start > 1:
                letter = get_column_letter(column)
                page.merge_cells(f"{letter}{start}:{letter}{place - 1}")
            if not covered:
                start = place
    return saved(book)


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def csv_file(rows: Rows, delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([[text or "" for text in row] for row in rows])
    return file.getvalue().encode()


def text_file(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()


def pdf_file(pages: Sequence[Rows], widths: Sequence[int], *, title: Sequence[str] = (), rules: bool = True) -> bytes:
    """A PDF of one ruled table a page, each line of a cell drawn apart. ``widths`` are in points."""
    return pdf_of([_drawn(rows, widths, title if not number else (), rules) for number, rows in enumerate(pages)])


def _drawn(rows: Rows, widths: Sequence[int], title: Sequence[str], rules: bool) -> str:
    marks, y = [], _PAGE[1] - 30
    for line in title:
        marks.append(_words(30, y, line))
        y -= 2 * _LINE
    edges = [30]
    for width in widths:
        edges.append(edges[-1] + width)
    bottom = y
    wrapped = [[text and _fitted(text, width) for text, width in zip(row, widths, strict=False)] for row in rows]
    for place, row in enumerate(wrapped):
        top = bottom
        bottom = top - _LINE * max(len((text or "").split("\n")) for text in row) - 6
        for column, text in enumerate(row):
            for number, line in enumerate((text or "").split("\n"), start=1):
                marks.append(_words(edges[column] + 3, top - _LINE * number, line))
            if text is not None and rules:
                marks.append(f"{edges[column]} {top} m {edges[column + 1]} {top} l S")
            if rules:
                marks += [f"{edge} {top} m {edge} {bottom} l S" for edge in edges[column : column + 2]]
        if rules and place == len(rows) - 1:
            marks.append(f"{edges[0]} {bottom} m {edges[len(row)]} {bottom} l S")
    return "\n".join(marks)


def _fitted(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(line, int(width / 4.8), break_on_hyphens=False) for line in text.split("\n"))


def _words(x: int, y: int, text: str) -> str:
    if not text:
        return ""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 9 Tf {x} {y} Td ({escaped}) Tj ET"


def pdf_of(contents: Sequence[str]) -> bytes:
    """A PDF whose pages are drawn by these content streams."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_PAGE[0]} {_PAGE[1]}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode()
        )
        stream = content.encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """An Office file with one part put in or replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name)
