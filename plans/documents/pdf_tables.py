"""The ruled tables of a PDF, cell by cell, in pages that have rules at all."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2

from plans.documents.lines import RefusedDocument
from plans.documents.proposals import Problem
from plans.documents.tables import MOST_CELLS, Cell, FoundTable, FoundTables, TableRow, tidy, too_large

MOST_PAGES = 400
MOST_TABLE_PAGES = 60
MOST_SHAPES = 10_000
MOST_INFLATED = 64_000_000  # of one stream that is not a picture
_FEWEST_SHAPES = 4
_CHUNK = 1 << 20
_DEFLATE_RATIO = 1_032  # no deflated byte becomes more than these
_STREAM = re.compile(rb"stream\r?\n")
_TWICE_DEFLATED = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?\b")
_PATH = 2  # a PDF's drawn lines and boxes, among its page objects
_NEAR = 2.0  # points within which two edges are one
_ASKS = re.compile(
    r"action|improve|recommend|what|how|area|finding|issue|objective|priorit|task|activit|step|milestone|theme"
    r"|deliverable|response|requirement|goal|aim|concern|weakness|criteria|standard|intervention",
    re.IGNORECASE,
)
_CHASES = re.compile(
    r"who|lead|owner|responsib|accountab|officer|sro|when|date|timescale|timeline|time|deadline|due|status|progress"
    r"|update|rag|evidence|outcome|success|assigned|position|comment",
    re.IGNORECASE,
)
_STARTS_A_LINE = re.compile(r"(?:[•–▪*-]|\(?(?:\d{1,2}|[a-z])[.)])\s")


def pdf_tables(data: bytes) -> FoundTables:
    """Every table with ruled lines, page by page. Lines that only broke to fit their cell are joined."""
    _refuse_bomb(data)
    pages, problems = _ruled_pages(data)
    tables: list[FoundTable] = []
    if not pages:
        return FoundTables((), problems)
    try:
        with pdfplumber.open(BytesIO(data)) as document:
            for number in pages:
                page = document.pages[number - 1]
                tables += _tables_on(page, number)
                page.close()
                if sum(len(row.cells) for table in tables for row in table.rows) > MOST_CELLS:
                    raise too_large()
    except RefusedDocument:
        raise
    except Exception as error:
        # The library lets through whatever a damaged file makes its parser raise, of some twenty kinds.
        raise _damaged() from error
    return FoundTables(tuple(tables), problems)


def _damaged() -> RefusedDocument:
    return RefusedDocument("The PDF is damaged or was cut short. Save it again and send it once more.")


def _refuse_bomb(data: bytes) -> None:
    """Raises RefusedDocument when a stream of page content unpacks to more than any page holds."""
    too_much = _TWICE_DEFLATED.search(data) is not None
    for found in _STREAM.finditer(data):
        begin, end = found.end(), data.find(b"endstream", found.end())
        end = end if end >= 0 else len(data)
        if (end - begin) * _DEFLATE_RATIO > MOST_INFLATED and b"/Image" not in data[max(0, begin - 500) : begin]:
            too_much = too_much or _inflated_beyond(data[begin:end])
    if too_much:
        raise RefusedDocument("The PDF unpacks to far more than a plan holds. It was not opened.")


def _inflated_beyond(packed: bytes) -> bool:
    inflater = zlib.decompressobj()
    length = 0
    try:
        while packed and not inflater.eof and length <= MOST_INFLATED:
            length += len(inflater.decompress(packed, _CHUNK))
            packed = inflater.unconsumed_tail
    except zlib.error:
        return False
    return length > MOST_INFLATED


def _ruled_pages(data: bytes) -> tuple[list[int], tuple[Problem, ...]]:
    """The pages, from 1, on which enough is drawn for a table."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise RefusedDocument(
                "The PDF is protected by a password. Save it without one and send it again."
            ) from error
        raise _damaged() from error
    problems = []
    try:
        if len(document) > MOST_PAGES:
            raise RefusedDocument(
                f"The PDF has {len(document):,} pages; at most {MOST_PAGES} are read. Send the pages with the plan."
            )
        ruled: list[int] = []
        words = False
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            shapes = _shapes(page)
            if shapes > MOST_SHAPES:
                problems.append(
                    Problem(f"page {number}", "The page is a drawing rather than a table; it was not read.")
                )
            text = page.get_textpage().get_text_bounded()
            goes_on = bool(ruled) and ruled[-1] == number - 1
            if _FEWEST_SHAPES <= shapes <= MOST_SHAPES and (goes_on or _may_hold_a_plan(text)):
                ruled.append(number)
            words = words or bool(text.strip())
            page.close()
    except pypdfium2.PdfiumError as error:
        raise _damaged() from error
    finally:
        document.close()
    if not words:
        raise RefusedDocument("The PDF holds pictures of pages and no text. Send the file that it was made from.")
    if len(ruled) > MOST_TABLE_PAGES:
        problems.append(
            Problem(
                f"page {ruled[MOST_TABLE_PAGES]}",
                f"Tables were read on the first {MOST_TABLE_PAGES} pages that have any. Send the later pages apart.",
            )
        )
    return ruled[:MOST_TABLE_PAGES], tuple(problems)


def _may_hold_a_plan(text: str) -> bool:
    """Whether the page has the words without which no headings name a plan: its tables are slow to find."""
    return bool(_ASKS.search(text) and _CHASES.search(text))


def _shapes(page: Any) -> int:
    shapes = 0
    for _ in page.get_objects(filter=[_PATH], max_depth=3):
        shapes += 1
        if shapes > MOST_SHAPES:
            break
    return shapes


def _tables_on(page: Any, number: int) -> Iterator[FoundTable]:
    found = sorted(page.find_tables(), key=lambda table: table.bbox[1])
    row_number = 0
    above = 0.0
    for place, table in enumerate(found):
        before = _lines_between(page, above, table.bbox[1])
        above = table.bbox[3]
        rows = []
        for cells in _grid(table):
            row_number += 1
            rows.append(TableRow(f"page {number}, row {row_number}", cells))
        yield FoundTable(f"page {number}", tuple(rows), before, continues=place == 0)


def _lines_between(page: Any, top: float, bottom: float) -> tuple[str, ...]:
    left, high, right, low = page.bbox
    top, bottom = max(top, high), min(bottom, low)
    if bottom - top < _NEAR:
        return ()
    text = page.crop((left, top, right, bottom)).extract_text() or ""
    return tuple(line for line in tidy(text).split("\n") if line)


def _grid(table: Any) -> Iterator[dict[int, Cell]]:
    """Rows of cells by column. A cell that covers several rows is repeated as one that continues."""
    texts = table.extract()
    lefts = _edges(cell[0] for cell in table.cells)
    begun: dict[int, tuple[float, Cell]] = {}
    for row, printed in zip(table.rows, texts, strict=True):
        cells: dict[int, Cell] = {}
        for column, (until, cell) in begun.items():
            if cell.text and until > row.bbox[1] + _NEAR:
                cells[column] = Cell(cell.text, cell.width, above=True)
        for box, text in zip(row.cells, printed, strict=True):
            if box is None:
                continue
            column = _nearest(lefts, box[0])
            width = sum(1 for left in lefts if box[0] - _NEAR <= left < box[2] - _NEAR)
            cell = Cell(unwrapped(text or ""), max(1, width))
            begun[column] = (box[3], cell)
            if cell.text or cell.width > 1:
                cells[column] = cell
        yield cells


def _edges(values: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - value))


def unwrapped(text: str) -> str:
    """A cell's lines joined where they only broke to fit; a bullet or a number begins a new line."""
    joined: list[str] = []
    for line in tidy(text).split("\n"):
        if not joined or _STARTS_A_LINE.match(line):
            joined.append(line)
        elif joined[-1].endswith("-") and joined[-1][-2:-1].isalpha():
            joined[-1] += line
        else:
            joined[-1] += f" {line}"
    return "\n".join(joined)
