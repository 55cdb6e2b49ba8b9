"""The sheet of a workbook that says what the paper says beside its tables, in the paper's order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from plans.papers.content import KEY_HEADING, Block, Chart, Heading, Paper, Paragraph, Points, Table
from plans.papers.excel_text import FONT, fitting
from plans.papers.safe_text import on_one_line, paragraphs

ABOUT = "About this paper"
LONGEST_NAME = 31
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_RESERVED = "history"
_WIDTH = 100  # characters
_SIZES = {"title": 16, "heading 2": 13, "heading 3": 11, "heading 4": 10}  # points
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def sheet_names(captions: Iterable[str]) -> list[str]:
    """A name for the sheet of each table: its caption as far as Excel takes it, and no two the same."""
    taken, names = {ABOUT.casefold(), _RESERVED}, []
    for caption in captions:
        said = on_one_line(_FORBIDDEN_IN_NAMES.sub(" ", caption)).strip("' ") or "Table"
        name, number = _cut(said, LONGEST_NAME), 2
        while name.casefold() in taken:
            ending = f" {number}"
            name, number = f"{_cut(said, LONGEST_NAME - len(ending))}{ending}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, most: int) -> str:
    """The text cut after a whole word, in so many UTF-16 units."""
    while len(text.encode("utf-16-le")) > 2 * most:
        shorter = text.rpartition(" ")[0] if " " in text else text[:-1]
        text = shorter.strip("' ") or text[:-1]
    return text


def add_about(book: Any, sheet: Any, paper: Paper, names: Sequence[str]) -> None:
    """Write the title, the stamp, every block in order and the key; a table is named with its sheet."""
    sheet.set_column(0, 0, _WIDTH)
    text = book.add_format({**FONT, "text_wrap": True, "valign": "top"})
    formats = {
        style: book.add_format({**FONT, "bold": True, "font_size": size, "text_wrap": True, "valign": "top"})
        for style, size in _SIZES.items()
    }
    row = 0
    for line, style in _lines(paper, names):
        if line:
            sheet.write_string(row, 0, fitting(line), formats.get(style, text))
            row += 1


def _lines(paper: Paper, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each line with the name of its style."""
    yield on_one_line(paper.title, "Untitled plan"), "title"
    yield from ((line, "text") for line in (on_one_line(paper.organisation), on_one_line(paper.subtitle)))
    yield from ((sentence, "text") for sentence in paper.stamp.sentences())
    sheets = iter(names)
    for block in paper.blocks:
        yield from _block(block, sheets)
    if paper.key:
        yield KEY_HEADING, "heading 2"
    yield from ((sentence, "text") for sentence in paper.key)


def _block(block: Block, sheets: Iterator[str]) -> Iterator[tuple[str, str]]:
    match block:
        case Heading():
            yield on_one_line(block.text, "Untitled"), f"heading {block.level}"
        case Paragraph():
            yield from ((text, "text") for text in paragraphs(block.text))
        case Points():
            items = [item for item in block.items if item.strip()]
            yield from ((f"{point(block.numbered, place)} {item}", "text") for place, item in enumerate(items, start=1))
        case Table():
            yield on_one_line(block.caption, "Actions"), f"heading {block.level}"
            yield f"On the sheet “{next(sheets)}”.", "text"
            if not block.rows:
                yield block.empty, "text"
        case Chart():
            yield on_one_line(block.caption, "Chart"), "heading 4"
            yield block.alt, "text"


def point(numbered: str, place: int) -> str:
    """What stands before an item of a list: a bullet, “1.” or “i)”."""
    if not numbered:
        return "•"
    return f"{place}." if numbered == "1" else f"{_roman(place)})"


def _roman(number: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        said += letters * (number // value)
        number %= value
    return said
