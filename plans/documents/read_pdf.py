"""PDF to lines: text in reading order with its place and type, without running heads, feet and footnotes."""

from __future__ import annotations

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium_c

from plans.documents.lines import Box, Document, Line, PageTable, RefusedDocument
from plans.documents.read_text import is_bullet, split_bullet

MOST_PAGES = 400
MOST_CHARACTERS = 3_000_000
_LEAST_LETTERS = 40

_ENCRYPTED = "This PDF is protected by a password. Save it without the password, and upload that."
_DAMAGED = "This PDF is damaged or cut short. Open it, save it as PDF again, and upload that."
_PICTURES = (
    "This PDF holds pictures of pages and no text, so nothing can be read from it. Upload the published PDF "
    "and not a scan, or paste the text."
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u202f\t"), " ")
# What stands for a letter of a type of signs: "n" and "§" are squares there, and stand before an item.
_MARK = "\u25aa"
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?", re.IGNORECASE)
_NOTE_MARK = re.compile(r"(?<=[a-z?.,:;’')])\d{1,2}(?!\w)")
# pdfium marks a hyphen at which a word runs on to the next line, and gives no line break after it.
_LINE_END_HYPHEN = "\x02"
# The share of a page's height above and below which a repeated line is a running head or foot.
_MARGIN = 0.12


# A line stands apart from the one above when it is so much further from it than lines of a paragraph are.
_WHITE = 1.28
_USUAL_PITCH, _WIDEST_PITCH = 1.2, 1.4
_FEW_LINES = 8


@dataclass(frozen=True)
class _Sheet:
    """A page as it is seen: its edges in the file's own measure, and by how many quarters it is turned."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    @property
    def width(self) -> float:
        return max(self.top - self.bottom if self.turned % 2 else self.right - self.left, 1.0)

    @property
    def height(self) -> float:
        return max(self.right - self.left if self.turned % 2 else self.top - self.bottom, 1.0)

    def seen(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Left, bottom, right and top, counted from the corner at the lower left of the page as seen."""
        if self.turned == 1:
            return bottom - self.bottom, self.right - right, top - self.bottom, self.right - left
        if self.turned == 2:
            return self.right - right, self.top - top, self.right - left, self.top - bottom
        if self.turned == 3:
            return self.top - top, left - self.left, self.top - bottom, right - self.left
        return left - self.left, bottom - self.bottom, right - self.left, top - self.bottom

    def share(self, pieces: Iterable[_Piece]) -> Box:
        """The place that pieces take up, as shares of the page from its top left corner."""
        pieces = list(pieces)
        edges = (
            min(piece.left for piece in pieces) / self.width,
            1 - max(piece.top for piece in pieces) / self.height,
            max(piece.right for piece in pieces) / self.width,
            1 - min(piece.bottom for piece in pieces) / self.height,
        )
        left, top, right, bottom = (round(min(max(edge, 0.0), 1.0), 4) for edge in edges)
        return left, top, right, bottom


@dataclass(frozen=True)
class _Piece:
    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    base: float


def read_pdf(data: bytes) -> Document:
    """The lines of a PDF. Raises RefusedDocument with a sentence when there is nothing to read in it."""
    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise RefusedDocument(_ENCRYPTED) from None
        raise RefusedDocument(_DAMAGED) from None
    try:
        pages = len(opened)
        if not pages:
            raise RefusedDocument(_DAMAGED)
        if pages > MOST_PAGES:
            raise RefusedDocument(
                f"This PDF has {pages:,} pages; at most {MOST_PAGES} are read. Save the report's own pages as a PDF, "
                "and upload that."
            )
        read: list[list[Line]] = []
        heights: list[float] = []
        characters = 0
        for index in range(pages):
            lines, height, count = _read_page(opened, index)
            characters += count
            if characters > MOST_CHARACTERS:
                raise RefusedDocument("This PDF holds far more text than a report. Upload the report alone.")
            read.append(lines)
            heights.append(height)
    except pypdfium2.PdfiumError:
        raise RefusedDocument(_DAMAGED) from None
    finally:
        opened.close()
    if sum(letter.isalpha() for page in read for line in page for letter in line.text) < _LEAST_LETTERS:
        raise RefusedDocument(_PICTURES)
    kept = _without_running_lines(read, heights)
    body = _body_size(kept)
    numbered = [
        replace(line, number=number)
        for number, line in enumerate((line for page in kept for line in _without_notes(page, body)), 1)
    ]
    return Document(tuple(numbered), pages)


def read_page_tables(data: bytes, page: int, lines: Sequence[Line]) -> tuple[PageTable, ...]:
    """The ruled tables of one page, counted from 1, whose lines are given; none where they cannot be read."""
    try:
        with pdfplumber.open(BytesIO(data), pages=[page]) as opened:
            return tuple(
                PageTable(
                    page,
                    tuple(tuple(row) for row in table.extract()),
                    tuple(_within(lines, row.bbox, one.cropbox) for row in table.rows),
                )
                for one in opened.pages
                for table in one.find_tables()
            )
    except Exception:  # a page that draws oddly fails inside pdfminer in a dozen ways; the lines still stand
        return ()


def _within(lines: Sequence[Line], row: Box, sheet: Box) -> tuple[Line, ...]:
    """The lines whose middle stands in a row of a table."""
    top, bottom = ((edge - sheet[1]) / (sheet[3] - sheet[1]) for edge in (row[1], row[3]))
    return tuple(line for line in lines if line.box and top <= (line.box[1] + line.box[3]) / 2 <= bottom)


def _read_page(opened: pypdfium2.PdfDocument, index: int) -> tuple[list[Line], float, int]:
    page = opened[index]
    text = page.get_textpage()
    try:
        left, bottom, right, top = page.get_bbox()
        sheet = _Sheet(left, bottom, right, top, page.get_rotation() // 90)
        return _lines(_pieces(text, sheet), index + 1, sheet), sheet.height, text.count_chars()
    finally:
        text.close()
        page.close()


def _pieces(text: pypdfium2.PdfTextPage, sheet: _Sheet) -> list[_Piece]:
    """Runs of text on one line, cut where white space wider than a word space stands between them."""
    raw = text.raw
    count = min(text.count_chars(), MOST_CHARACTERS)
    letters = [_letter(pdfium_c.FPDFText_GetUnicode(raw, at)) for at in range(count)]
    pieces: list[_Piece] = []
    run: list[int] = []
    for at, letter in enumerate([*letters, "\n"]):
        if letter == _LINE_END_HYPHEN:
            letters[at] = "-"
        if letter not in "\r\n":
            run.append(at)
        if letter in ("\r", "\n", _LINE_END_HYPHEN):
            pieces.extend(_cut(raw, letters, run, sheet))
            run = []
    return pieces


@lru_cache(maxsize=4096)
def _letter(code: int) -> str:
    if code in (2, 0xFFFE):
        return _LINE_END_HYPHEN
    if code == 0xFFFF or 0xD800 <= code <= 0xDFFF:
        return ""
    return chr(code).translate(_INVISIBLE).translate(_SPACES)


def _cut(raw: object, letters: list[str], run: list[int], sheet: _Sheet) -> list[_Piece]:
    words: list[list[int]] = [[]]
    for at in run:
        if letters[at] and not letters[at].isspace():
            words[-1].append(at)
        elif words[-1]:
            words.append([])
    pieces: list[_Piece] = []
    for word in (word for word in words if word):
        first, last = sheet.seen(*_box(raw, word[0])), sheet.seen(*_box(raw, word[-1]))
        size, bold, drawn = _type(raw, word[0])
        written = "".join(letters[at] for at in word)
        if drawn and len(written) == 1 and not is_bullet(written):
            written = _MARK
        mark = _NOTE_MARK.search(written)
        if mark and _type(raw, word[mark.start()])[0] < size * 0.8:
            written = written[: mark.start()] + written[mark.end() :]
        bottom, top = min(first[1], last[1]), max(first[3], last[3])
        piece = _Piece(written, first[0], last[2], bottom, top, size, bold, sheet.seen(*_origin(raw, word[0]))[1])
        before = pieces[-1] if pieces else None
        if before and 0 <= piece.left - before.right + 1 < max(1.2 * size, 8) and not is_bullet(before.text):
            pieces[-1] = replace(
                before,
                text=f"{before.text} {written}",
                right=piece.right,
                bottom=min(before.bottom, piece.bottom),
                top=max(before.top, piece.top),
                bold=before.bold and bold,
            )
        else:
            pieces.append(piece)
    return pieces


def _box(raw: object, at: int) -> tuple[float, float, float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(raw, at, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _origin(raw: object, at: int) -> Box:
    """The point on the base line at which a letter begins, as a box without extent."""
    left, base = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(raw, at, left, base)
    return left.value, base.value, left.value, base.value


def _type(raw: object, at: int) -> tuple[float, bool, bool]:
    """The size of a letter's type, and whether the type is bold and whether it is one of signs."""
    name = ctypes.create_string_buffer(80)
    flags = ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(raw, at, name, 80, flags)
    size = pdfium_c.FPDFText_GetFontSize(raw, at)
    matrix = pdfium_c.FS_MATRIX()
    if pdfium_c.FPDFText_GetMatrix(raw, at, matrix):
        size *= max(abs(matrix.d), abs(matrix.c)) or 1.0
    face = name.value.lower()
    return round(size, 1), b"bold" in face, b"dings" in face or b"dingbat" in face


def _lines(pieces: list[_Piece], page: int, sheet: _Sheet) -> list[Line]:
    """The pieces as printed lines, from the top down. Lines are given with their height above the foot as
    ``number`` until the document is put together."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (-(piece.bottom + piece.top) / 2, piece.left)):
        middle = (piece.bottom + piece.top) / 2
        row = next((row for row in rows[-3:] if _on_one_line(row, piece, middle)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    for row in rows:
        row.sort(key=lambda piece: piece.left)
    widest_of = [max(row, key=lambda piece: len(piece.text)) for row in rows]
    usual = _usual_pitch(widest_of)
    lines: list[Line] = []
    above: float | None = None
    for row, widest in zip(rows, widest_of, strict=True):
        text = row[0].text
        for before, piece in zip(row, row[1:], strict=False):
            wide = piece.left - before.right > max(1.2 * piece.size, 8) and not is_bullet(before.text)
            text += ("\t" if wide else " ") + piece.text
        if not text.strip():
            continue
        bullet, words = split_bullet(text)
        at_text = row[1] if bullet and len(row) > 1 and row[0].text == bullet else row[0]
        gap = above is not None and above - widest.base > _WHITE * usual * max(widest.size, 6)
        lines.append(
            Line(
                words,
                page,
                round((widest.bottom + widest.top) / 2),
                bullet,
                round(at_text.left, 1),
                widest.size,
                all(piece.bold for piece in row if piece.text != bullet) and bool(words),
                gap or above is None,
                text,
                sheet.share(row),
            )
        )
        above = widest.base
    return lines


def _usual_pitch(rows: Sequence[_Piece]) -> float:
    """How far apart lines of one paragraph stand on this page, in heights of their type."""
    pitches = sorted(
        (above.base - piece.base) / max(piece.size, 6)
        for above, piece in zip(rows, rows[1:], strict=False)
        if above.size == piece.size
    )
    middle = pitches[len(pitches) // 2] if len(pitches) > _FEW_LINES else _USUAL_PITCH
    return min(max(middle, _USUAL_PITCH), _WIDEST_PITCH)


def _on_one_line(row: list[_Piece], piece: _Piece, middle: float) -> bool:
    last = max(row, key=lambda other: other.top - other.bottom)
    height = max(min(last.size, piece.size), 4.0)
    apart = all(piece.left >= other.right - 2 or piece.right <= other.left + 2 for other in row)
    return abs((last.bottom + last.top) / 2 - middle) < 0.45 * height and apart


def _without_running_lines(pages: list[list[Line]], heights: list[float]) -> list[list[Line]]:
    seen: Counter[str] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({_shape(line) for line in lines if _in_margin(line, height)})
    most = max(2, min(4, len(pages) // 3))

    def running(line: Line, height: float) -> bool:
        if not _in_margin(line, height):
            return False
        alone = f"{line.bullet} {line.text}".strip()
        return bool(_PAGE_NUMBER.fullmatch(alone)) or (len(pages) > 1 and seen[_shape(line)] >= most)

    return [[line for line in lines if not running(line, height)] for lines, height in zip(pages, heights, strict=True)]


def _in_margin(line: Line, height: float) -> bool:
    return not _MARGIN * height < line.number < (1 - _MARGIN) * height


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", f"{line.bullet} {line.text}".strip()).lower()


def _body_size(pages: list[list[Line]]) -> float:
    weight: defaultdict[float, int] = defaultdict(int)
    for lines in pages:
        for line in lines:
            weight[round(line.size * 2) / 2] += len(line.text)
    return max(weight, key=lambda size: weight[size], default=0.0)


def _without_notes(lines: list[Line], body: float) -> list[Line]:
    """Without the footnotes: the smaller type after the last line of full size, when it begins with a number."""
    full = [at for at, line in enumerate(lines) if line.size > 0.88 * body]
    if not full or full[-1] + 1 == len(lines):
        return lines
    first = lines[full[-1] + 1]
    is_note = re.match(r"\d{1,2}(?!\d)|\*", f"{first.bullet} {first.text}".strip())
    return lines[: full[-1] + 1] if is_note else lines
