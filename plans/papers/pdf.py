"""A paper as a tagged PDF (PDF/UA-1): bookmarks, one header for each table, areas as bands over their actions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import typst

from plans.papers.content import KEY_HEADING, Block, Cell, Chart, Heading, Paper, Paragraph, Points, Row, Table
from plans.papers.pdf_bookmarks import bookmarked_once
from plans.papers.pdf_text import within_fonts
from plans.papers.pictures import drawable, own_fonts, png_of
from plans.papers.safe_text import paragraphs
from plans.papers.text_room import CELL_PADDING, TEXT_SIZE, WIDEST, breadth, columns_within, depth

TEMPLATE_FOLDER = Path(__file__).parent / "typst"
_LANDSCAPE, _PORTRAIT = 265, 178  # millimetres between the margins
_MOST_LINES_OF_A_WHOLE_ROW = 28  # a page holds a few more
_MOST_LINES_OF_A_REPEATED_BAND = 5
_MOST_LINES_OF_A_BAND = 24
_PIECE = 10
_LARGEST, _LARGE = 17, 12  # points: the title's letters, and those of headings
_LONGEST_RUNNING = 110  # letters of the title in each page's footer
_MANY_ROWS = 100
_SETTINGS_REMEMBERED = 10
# No line ends within such a word, save after a hyphen between letters: every reader joins that again.
_BREAKS_WELL = re.compile(r"(?:[^\W_]|['’.,;:()\[\]“”\"&+£%]|(?<=[^\W\d_])-(?=[^\W\d_]))*")
_HANGING_HYPHEN = re.compile(r"(?<=[^\W\d_]-) ")
_WORD = re.compile(r"(\S+)")

# A line is a text, or its parts: a text, or pieces, between which alone it may be broken.
Line = str | list[str | list[str]]


def pdf_document(paper: Paper, made_at: datetime) -> bytes:
    """The PDF file, A4, in fonts of its own. ``made_at`` is the file's date."""
    file = typst.compile(
        TEMPLATE_FOLDER / "paper.typ",
        root=TEMPLATE_FOLDER,
        font_paths=own_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"paper": json.dumps(_plain(paper))},
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )
    if sum(len(table.rows) for table in paper.tables) > _MANY_ROWS:
        _forget_layouts()
    return bookmarked_once(file)


def _forget_layouts() -> None:
    """Give back what the typesetter keeps of a paper, 40 MB for 300 rows, until ten more have been set."""
    for _ in range(_SETTINGS_REMEMBERED):
        typst.compile(b"", font_paths=own_fonts())


def _plain(paper: Paper) -> dict[str, Any]:
    title, organisation = _heading(paper.title, "Untitled plan"), _heading(paper.organisation, "")
    sentences = [_heading(sentence, "") for sentence in paper.stamp.sentences()]
    width = _LANDSCAPE if paper.landscape else _PORTRAIT
    running = f"{organisation}: {title}".removeprefix(": ")
    running = running if len(running) <= _LONGEST_RUNNING else f"{running[:_LONGEST_RUNNING].rstrip()}…"
    return {
        "title": title,
        "title_lines": _lines(title, width * TEXT_SIZE / _LARGEST),
        "organisation": organisation,
        "organisation_lines": _lines(organisation, width * TEXT_SIZE / _LARGEST),
        "landscape": paper.landscape,
        "subtitle": within_fonts(paper.subtitle),
        "stamp": [_lines(sentence, width) for sentence in sentences],
        "footer": _lines(f"{running}. {sentences[0]}", width / 2),
        "blocks": [_block(block, width) for block in paper.blocks],
        "key_heading": KEY_HEADING,
        "key": [_lines(sentence, width) for sentence in paper.key],
    }


def _block(block: Block, width: float) -> dict[str, Any]:
    said: dict[str, Any] = {"is": type(block).__name__}
    match block:
        case Heading():
            said |= {"lines": _heading_lines(block.text, "Untitled", width), "level": block.level}
        case Paragraph():
            said |= {"parts": [_lines(text, width) for text in paragraphs(block.text)], "small": block.small}
        case Points():
            items = [_lines(item, width) for item in block.items if within_fonts(item).strip()]
            said |= {"items": items, "numbered": block.numbered}
        case Table():
            said |= _table(block, width) | {"level": block.level, "empty": _lines(block.empty, width)}
        case Chart():
            caption, alt = _heading_lines(block.caption, "Chart", width), _heading(block.alt, "Chart")
            said |= {"caption": caption, "alt": alt, "words": _lines(alt, width)}
            said |= {"svg": drawable(block.svg) if png_of(block.svg) else None}
    return said


def _table(table: Table, page: float) -> dict[str, Any]:
    """The table with its spanning column, if it has one, as a heading over each group of rows."""
    over = next((place for place, column in enumerate(table.columns) if column.spans), None)
    kept = [place for place in range(len(table.columns)) if place != over]
    kept_rows = [Row(tuple(row.cells[place] for place in kept)) for row in table.rows]
    columns = columns_within([table.columns[place] for place in kept], kept_rows, page)
    widths = columns.for_usual_text
    groups: list[dict[str, Any]] = []
    for row, kept_row in zip(table.rows, kept_rows, strict=True):
        band = row.cells[over] if over is not None else None
        if band is not None or not groups:
            groups.append(_group(band, page))
        groups[-1]["rows"].append(_row(kept_row.cells, widths))
    return {
        "caption": _heading_lines(table.caption, "Actions", page),
        "over": None if over is None else _lines(table.columns[over].heading, page),
        "small": columns.small,
        "columns": [
            {"heading": _lines(table.columns[place].heading, room), "width": round(width, 2)}
            for place, width, room in zip(kept, columns.widths, widths, strict=True)
        ],
        "groups": groups,
    }


def _group(band: Cell | None, page: float) -> dict[str, Any]:
    """A band's words, on as few lines as they need. Of one too long for a band the rest follows in a row of its own."""
    words = _heading(band.text, "Area without words") if band else ""
    cut = _end_of_band(words, page)
    return {
        "area": _lines(words[:cut], page) if words else None,
        "rest": _lines(words[cut:].strip(), page) if words[cut:] else None,
        "repeated": depth(words, page) <= _MOST_LINES_OF_A_REPEATED_BAND,
        "rows": [],
    }


def _heading(text: str, otherwise: str) -> str:
    """The text on one line: no heading may be empty."""
    return " ".join(within_fonts(text).split()) or otherwise


def _heading_lines(text: str, otherwise: str, width: float) -> list[Line]:
    return _lines(_heading(text, otherwise), width * TEXT_SIZE / _LARGE)


def _end_of_band(words: str, page: float) -> int:
    """How many letters are sure to fit the page, to the end of a word where there is one."""
    room = _MOST_LINES_OF_A_BAND * (page - CELL_PADDING)
    if len(words) * WIDEST <= room:
        return len(words)
    reached = accumulate(map(breadth, words))
    most = next((place for place, breadth in enumerate(reached) if breadth > room), len(words))
    return most if most == len(words) else words.rfind(" ", 0, most) if " " in words[:most] else most


def _row(cells: Sequence[Cell | None], widths: Sequence[float]) -> dict[str, Any]:
    """A row's cells; ``whole`` where it is sure to fit a page, and so is kept on one."""
    texts = [cell.text if cell else "" for cell in cells]
    lines = max(depth(text, width) for text, width in zip(texts, widths, strict=True))
    return {
        "whole": lines <= _MOST_LINES_OF_A_WHOLE_ROW,
        "cells": [_lines(text, width) for text, width in zip(texts, widths, strict=True)],
    }


def _lines(text: str, width: float) -> list[Line]:
    return [_line(line, width - CELL_PADDING) for line in within_fonts(text).split("\n")]


def _line(line: str, room: float) -> Line:
    """The line in parts, where a word of it would be broken badly or is wider than ``room``."""
    line = _HANGING_HYPHEN.sub("\N{NO-BREAK SPACE}", line)
    if all(_BREAKS_WELL.fullmatch(word) and _fits(word, room) for word in line.split(" ")):
        return line
    return [_part(part, room) for part in _WORD.split(line) if part]


def _part(part: str, room: float) -> str | list[str]:
    if part.isspace():
        return part
    if not _fits(part, room):
        size = max(1, min(_PIECE, int(room / WIDEST)))
        return [part[place : place + size] for place in range(0, len(part), size)]
    return part if _BREAKS_WELL.fullmatch(part) else [part]


def _fits(word: str, room: float) -> bool:
    return len(word) * WIDEST <= room or sum(map(breadth, word)) <= room
