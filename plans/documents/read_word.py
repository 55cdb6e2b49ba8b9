"""Word documents to lines and tables, after their package was looked into for what should not be opened."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

from docx import Document as open_document
from docx.table import Table
from docx.text.paragraph import Paragraph

from plans.documents.lines import Document, Line, PageTable, RefusedDocument
from plans.documents.read_text import split_bullet

_MOST_MEMBERS = 5_000
_MOST_BYTES = 30 * 1024 * 1024
_RATIO_COUNTS_ABOVE = 10 * 1024 * 1024
_RATIO = 100
_MOST_PARAGRAPHS = 60_000
_MOST_ROWS = 5_000
_BODY_SIZE = 12.0
_DAMAGED = "This Word document is damaged. Open it in Word, save it again as .docx, and upload that."
_MACROS = "This Word document holds macros. Save it as .docx, without macros, and upload that."
_BOMB = "This Word document unpacks to far more than a report. Save the text alone as .docx, and upload that."
_TRICKS = "This Word document declares XML entities, which Word never writes. Save it again in Word, and upload that."
_PASSWORD = "This Word document is protected by a password. Save it without the password, and upload that."
_EMPTY = "This Word document holds no text. Check that it is the right file, and upload it again."


def read_word(data: bytes) -> Document:
    """The paragraphs and tables of a .docx, in order. Raises RefusedDocument with a sentence."""
    refuse_dangerous(data)
    try:
        opened = open_document(BytesIO(data))
        lines, tables = _contents(opened)
    except RefusedDocument:
        raise
    except Exception:  # a damaged part fails in zipfile, lxml or python-docx in a dozen ways
        raise RefusedDocument(_DAMAGED) from None
    if not any(line.text for line in lines):
        raise RefusedDocument(_EMPTY)
    return Document(tuple(lines), 1, tuple(tables))


def refuse_dangerous(data: bytes) -> None:
    """Raise RefusedDocument for a package that unpacks too large, runs code, is locked or plays with entities."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            members = package.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members)
            if len(members) > _MOST_MEMBERS or unpacked > _MOST_BYTES:
                raise RefusedDocument(_BOMB)
            if unpacked > max(_RATIO_COUNTS_ABOVE, _RATIO * packed):
                raise RefusedDocument(_BOMB)
            if any(member.flag_bits & 0x1 for member in members):
                raise RefusedDocument(_PASSWORD)
            if any(re.search(r"vbaproject|macrosheets", member.filename, re.IGNORECASE) for member in members):
                raise RefusedDocument(_MACROS)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    with package.open(member) as part:
                        head = part.read(4096).replace(b"\0", b"").lower()
                    if b"<!doctype" in head or b"<!entity" in head:
                        raise RefusedDocument(_TRICKS)
    except RefusedDocument:
        raise
    except Exception:  # zipfile fails on a damaged directory in several ways
        raise RefusedDocument(_DAMAGED) from None


def _contents(opened: Any) -> tuple[list[Line], list[PageTable]]:
    lines: list[Line] = []
    tables: list[PageTable] = []
    # Looking a style up walks all of them: once for each is enough.
    styles: dict[str | None, str] = {}
    gap = True
    for block in opened.iter_inner_content():
        if len(lines) > _MOST_PARAGRAPHS:
            raise RefusedDocument(_BOMB)
        if isinstance(block, Table):
            rows = _rows(block)
            row_lines: list[tuple[Line, ...]] = []
            for row in rows:
                text = "\t".join(" ".join((cell or "").split()) for cell in row if cell)
                if text.strip():
                    lines.append(Line(text, 1, len(lines) + 1, gap=True, printed=text))
                row_lines.append((lines[-1],) if text.strip() else ())
            tables.append(PageTable(1, tuple(rows), tuple(row_lines)))
            gap = True
            continue
        key = block._p.style
        if key not in styles:
            styles[key] = (block.style.name or "").lower() if block.style is not None else ""
        for line in _paragraph(block, styles[key], len(lines), gap):
            lines.append(line)
        gap = not block.text.strip() or block.text.rstrip().endswith((".", "!", "?", ":"))
    return lines, tables


def _rows(table: Table) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = []
    for row in table.rows[:_MOST_ROWS] if len(table.rows) > _MOST_ROWS else table.rows:
        seen: set[Any] = set()
        cells: list[str | None] = []
        for cell in row.cells:
            covered = cell._tc in seen
            seen.add(cell._tc)
            cells.append(None if covered else cell.text.strip())
        rows.append(tuple(cells))
    return rows


def _paragraph(block: Paragraph, style: str, count: int, gap: bool) -> list[Line]:
    found: list[Line] = []
    heading = style.startswith(("heading", "title"))
    listed = _is_listed(block) or style.startswith("list")
    runs = [run for run in block.runs if run.text.strip()]
    bold = heading or (bool(runs) and all(run.bold for run in runs))
    sizes = [run.font.size.pt for run in runs if run.font.size is not None]
    size = 16.0 if heading else max(sizes, default=_BODY_SIZE)
    for text in block.text.split("\n"):
        if not text.strip():
            continue
        bullet, rest = split_bullet(text)
        printed = text
        if listed and not bullet and not heading:
            bullet, printed = "•", f"• {text}"
        x = 20.0 + _depth(block) * 20.0 if bullet else 0.0
        above = True if bullet else gap or bold
        found.append(Line(rest, 1, count + len(found) + 1, bullet, x, size, bold, above, printed))
    return found


def _numbering(block: Paragraph) -> Any:
    properties = block._p.pPr
    return properties.numPr if properties is not None else None


def _is_listed(block: Paragraph) -> bool:
    numbering = _numbering(block)
    return numbering is not None and (numbering.numId is None or numbering.numId.val != 0)


def _depth(block: Paragraph) -> int:
    numbering = _numbering(block)
    if numbering is None or numbering.ilvl is None:
        return 0
    return int(numbering.ilvl.val)
