"""Plain and pasted text, and the marks that stand before a line: bullets, dashes, numbers."""

from __future__ import annotations

import re
from collections import Counter

from plans.documents.folded_text import unfolded
from plans.documents.lines import Document, Line, RefusedDocument

MOST_CHARACTERS = 3_000_000
LOST_MARK = " "
_LONGEST_LINE = 2_000
_DRAWN = "\uf0b7\uf0a7\uf06e\uf0d8\uf0fc\uf0a8\uf02d\u25fc\u25fb\u25fe\u25aa\u25ab\u25a0\u25a1\u2022\u2023\u25e6"
_DRAWN += "\u25cf\u25cb\u2219\u00b7\u27a2\u2756\u2666\u25ba\u25b8\u2043\ufffd" + "".join(map(chr, range(0x80, 0xA0)))
_TYPED = "-*\u2013\u2014"
_GLYPH = re.compile(rf"[{re.escape(_DRAWN)}]|[{re.escape(_TYPED)}](?=\s|$)|o(?=\t| {{2}})")
_NUMBER = re.compile(
    r"\d{1,3}[.)](?=\s|$|[A-Z])|\d{1,2}(?:\.\d{1,2}){1,2}\.?(?=\s|$)|\(?(?:[a-z]|[ivx]{1,4})\)(?=\s|$)"
    r"|\d{1,3}(?=\t|$)"
)
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*")
_HEADING_MARK = re.compile(r"#{1,6} ")
_PIPED = re.compile(r"\s*\|.*\|\s*")
_INSIDE = re.compile(rf"(?<=[^\s])\s+(?=[{re.escape(_DRAWN)}]\s)")


def is_bullet(text: str) -> bool:
    """Whether this is a mark or number and nothing else."""
    return bool(_GLYPH.fullmatch(text) or _NUMBER.fullmatch(text))


def is_number(bullet: str) -> bool:
    """Whether the mark counts, as "12." and "(a)" do."""
    return bool(_NUMBER.fullmatch(bullet))


def split_bullet(text: str) -> tuple[str, str]:
    """The mark or number before a line's text ("" when none), and the text without it."""
    text = text.strip(" \t\n")
    found = _GLYPH.match(text) or _NUMBER.match(text)
    if not found or (found.group().isdigit() and found.end() == len(text) and len(text) > 2):
        return "", text
    rest = text[found.end() :].strip()
    if not is_number(found.group()) and (inner := _NUMBER.match(rest)) and inner.end() < len(rest):
        return inner.group(), rest[inner.end() :].strip()
    return found.group(), rest


def read_text(data: bytes) -> Document:
    """The lines of a plain text. Raises RefusedDocument when it holds nothing to read."""
    text = _decoded(data)
    if not text.strip():
        raise RefusedDocument("This file is empty. Check that it was saved, and upload it again.")
    if len(text) > MOST_CHARACTERS:
        raise RefusedDocument("This file holds far more text than a report. Upload the report alone.")
    return lines_of_text(text)


def lines_of_text(text: str) -> Document:
    """Text as lines: a form feed begins a page, a blank line is white space, one space before a capital a mark."""
    lines: list[Line] = []
    numbered = _are_page_numbers([int(found) for found in re.findall(r"^[ \t]*(\d{1,3})[ \t]*$", text, re.MULTILINE)])
    shapes = Counter(_shape(line) for line in text.splitlines() if _may_be_running(line))
    pages = text.split("\f")
    for page, words in enumerate(pages, 1):
        gap = True
        for printed in _printed_lines(words):
            plain = _EMPHASIS.sub(r"\1", printed.replace("\u00a0", " "))
            plain, gap = (plain.lstrip("# "), True) if _HEADING_MARK.match(plain) else (plain, gap)
            plain = _cells(plain) if _PIPED.fullmatch(plain) else plain
            if not plain.strip():
                gap = True
                continue
            if (numbered and re.fullmatch(r"\s*\d{1,3}\s*", plain)) or shapes[_shape(printed)] > 2:
                continue
            bullet, rest = split_bullet(plain)
            if not bullet and re.match(r" (?! )\S", plain):
                bullet = LOST_MARK
            indent = len(plain) - len(plain.lstrip(" "))
            lines.append(Line(rest, page, len(lines) + 1, bullet, float(indent), gap=gap, printed=plain))
            gap = False
    return Document(tuple(lines), len(pages))


def _cells(row: str) -> str:
    """A table's row between upright strokes, as cells between tabs; nothing for the rule below the first row."""
    cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
    return "" if all(re.fullmatch(r":?-+:?", cell) for cell in cells) else "\t".join(cells)


def _may_be_running(line: str) -> bool:
    return 13 < len(line) < 200 and line.rstrip()[-1:].isdigit()


def _shape(line: str) -> str:
    """A running head without its page number."""
    return re.sub(r"\d+\s*$", "", line).strip()


def _are_page_numbers(numbers: list[int]) -> bool:
    """Whether numbers that stand alone on their lines count the pages."""
    steps = [after - before for before, after in zip(numbers, numbers[1:], strict=False)]
    return len(numbers) > 2 and numbers[0] < 4 and sum(step == 1 for step in steps) >= 0.6 * len(steps)


def _printed_lines(text: str) -> list[str]:
    found: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text):
        for part in unfolded(line):
            if len(part) > _LONGEST_LINE or (len(part) > 400 and _INSIDE.search(part)):
                found.extend(piece for one in _INSIDE.split(part) for piece in _bounded(one))
            else:
                found.append(part)
    return found


def _bounded(line: str) -> list[str]:
    """A line in pieces of a length that any pattern can be tried on."""
    pieces = []
    while len(line) > _LONGEST_LINE:
        at = line.rfind(" ", 1, _LONGEST_LINE)
        at = at if at > 0 else _LONGEST_LINE
        pieces.append(line[:at])
        line = line[at:].lstrip(" ")
    return [*pieces, line]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if text.count("\0") or sum(ord(letter) < 32 and letter not in "\t\r\n\f\v" for letter in text[:4000]) > 40:
        raise RefusedDocument("This file is not text. Upload the report as a PDF, a Word document or plain text.")
    return text
