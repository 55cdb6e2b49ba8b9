"""A paper as a tagged PDF (PDF/UA-1): bookmarks, one header for each table, areas as bands over their actions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import Any

import typst

from plans.papers.content import KEY_HEADING, Block, Cell, Chart, Heading, Paper, Paragraph, Points, Table
from plans.papers.pdf_text import FONT_FOLDER, within_fonts

TEMPLATE_FOLDER = Path(__file__).parent / "typst"
_PAGE_WIDTH = 265  # millimetres between the margins
_CELL_PADDING = 5  # millimetres, both sides
_WIDEST, _CAPITAL, _USUAL = 3.4, 2.6, 1.9  # millimetres that a letter takes at the most
_WIDEST_LETTERS = frozenset("mwMW@%—…½¾¼")
_MEAN_LETTER = 1.75
_MOST_LINES_OF_A_WHOLE_ROW = 28  # a page holds a few more
_MOST_LINES_OF_A_REPEATED_BAND = 5
_MOST_LINES_OF_A_BAND = 24
_PIECE = 10
_MANY_ROWS = 100
_SETTINGS_REMEMBERED = 10
# No line ends within such a word, save after a hyphen between letters: every reader joins that again.
_BREAKS_WELL = re.compile(r"(?:[^\W_]|['’.,;:()\[\]“”\"&+£%]|(?<=[^\W\d_])-(?=[^\W\d_]))*")
_HANGING_HYPHEN = re.compile(r"(?<=[^\W\d_]-) ")
_WORD = re.compile(r"(\S+)")

# A line is a text, or its parts: a text, or pieces, between which alone it may be broken.
Line = str | list[str | list[str]]


def pdf_document(paper: Paper, made_at: datetime) -> bytes:
    """The PDF file, A4 landscape, in fonts of its own. ``made_at`` is the file's date."""
    file = typst.compile(
        TEMPLATE_FOLDER / "paper.typ",
        root=TEMPLATE_FOLDER,
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"paper": json.dumps(_plain(paper))},
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )
    if sum(len(table.rows) for table in paper.tables) > _MANY_ROWS:
        _forget_layouts()
    return file


def _forget_layouts() -> None:
    """Give back what the typesetter keeps of a paper, 40 MB for 300 rows, until ten more have been set."""
    for _ in range(_SETTINGS_REMEMBERED):
        typst.compile(b"", font_paths=_fonts())


@lru_cache(1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])


def _plain(paper: Paper) -> dict[str, Any]:
    title, organisation = _heading(paper.title, "Untitled plan"), within_fonts(paper.organisation).strip()
    sentences = [within_fonts(sentence) for sentence in paper.stamp.sentences()]
    return {
        "title": title,
        "organisation": organisation,
        "subtitle": within_fonts(paper.subtitle),
        "stamp": sentences,
        "footer": f"{organisation}: {title}. {sentences[0]}".removeprefix(": "),
        "blocks": [_block(block, number) for number, block in enumerate(paper.blocks)],
        "key_heading": KEY_HEADING,
        "key": [within_fonts(sentence) for sentence in paper.key],
    }


def _block(block: Block, number: int) -> dict[str, Any]:
    said: dict[str, Any] = {"is": type(block).__name__}
    match block:
        case Heading():
            said |= {"text": _heading(block.text, "Untitled"), "level": block.level}
        case Paragraph():
            said |= {"lines": _lines(block.text, _PAGE_WIDTH), "small": block.small}
        case Points():
            said |= {"items": [_lines(item, _PAGE_WIDTH) for item in block.items], "numbered": block.numbered}
        case Table():
            said |= _table(block, number) | {"level": block.level, "empty": within_fonts(block.empty)}
        case Chart():
            said |= {"caption": _heading(block.caption, "Chart"), "alt": within_fonts(block.alt), "svg": block.svg}
    return said


def _table(table: Table, number: int) -> dict[str, Any]:
    """The table with its spanning column, if it has one, as a heading over each group of rows."""
    over = next((place for place, column in enumerate(table.columns) if column.spans), None)
    kept = [place for place in range(len(table.columns)) if place != over]
    shares = sum(table.columns[place].width for place in kept)
    widths = [_PAGE_WIDTH * table.columns[place].width / shares for place in kept]
    groups: list[dict[str, Any]] = []
    for row in table.rows:
        band = row.cells[over] if over is not None else None
        if band is not None or not groups:
            groups.append(_group(band, f"table-{number}-group-{len(groups)}"))
        groups[-1]["rows"].append(_row([row.cells[place] for place in kept], widths))
    return {
        "caption": _heading(table.caption, "Actions"),
        "over": None if over is None else within_fonts(table.columns[over].heading),
        "columns": [
            {"heading": _lines(table.columns[place].heading, width), "width": table.columns[place].width}
            for place, width in zip(kept, widths, strict=True)
        ],
        "groups": groups,
    }


def _group(band: Cell | None, key: str) -> dict[str, Any]:
    """A band's words, on as few lines as they need. Of one too long for a band the rest follows in a row of its own."""
    words = _heading(band.text, "Area without words") if band else ""
    cut = _end_of_band(words)
    return {
        "area": _lines(words[:cut], _PAGE_WIDTH) if words else None,
        "rest": _lines(words[cut:].strip(), _PAGE_WIDTH) if words[cut:] else None,
        "repeated": _depth(words, _PAGE_WIDTH) <= _MOST_LINES_OF_A_REPEATED_BAND,
        "key": key,
        "rows": [],
    }


def _heading(text: str, otherwise: str) -> str:
    """The text on one line: no heading may be empty."""
    return " ".join(within_fonts(text).split()) or otherwise


def _end_of_band(words: str) -> int:
    """How many letters are sure to fit the page, to the end of a word where there is one."""
    room = _MOST_LINES_OF_A_BAND * (_PAGE_WIDTH - _CELL_PADDING)
    if len(words) * _WIDEST <= room:
        return len(words)
    reached = accumulate(map(_breadth, words))
    most = next((place for place, breadth in enumerate(reached) if breadth > room), len(words))
    return most if most == len(words) else words.rfind(" ", 0, most) if " " in words[:most] else most


def _row(cells: Sequence[Cell | None], widths: Sequence[float]) -> dict[str, Any]:
    """A row's cells; ``whole`` where it is sure to fit a page, and so is kept on one."""
    texts = [cell.text if cell else "" for cell in cells]
    depth = max(_depth(text, width) for text, width in zip(texts, widths, strict=True))
    return {
        "whole": depth <= _MOST_LINES_OF_A_WHOLE_ROW,
        "cells": [_lines(text, width) for text, width in zip(texts, widths, strict=True)],
    }


def _depth(text: str, width: float) -> int:
    """About how many lines the text takes, rather too many."""
    room = max(1, int((width - _CELL_PADDING) / _MEAN_LETTER))
    return sum(max(1, ceil(len(line) / room)) for line in text.split("\n"))


def _lines(text: str, width: float) -> list[Line]:
    return [_line(line, width - _CELL_PADDING) for line in within_fonts(text).split("\n")]


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
        size = max(1, min(_PIECE, int(room / _WIDEST)))
        return [part[place : place + size] for place in range(0, len(part), size)]
    return part if _BREAKS_WELL.fullmatch(part) else [part]


def _fits(word: str, room: float) -> bool:
    return len(word) * _WIDEST <= room or sum(map(_breadth, word)) <= room


def _breadth(letter: str) -> float:
    """In millimetres, at the most, in bold."""
    if letter in _WIDEST_LETTERS:
        return _WIDEST
    return _USUAL if letter.islower() or letter.isdecimal() or letter == " " else _CAPITAL
