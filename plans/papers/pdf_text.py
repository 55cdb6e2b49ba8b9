"""Text as the papers' own fonts can print it: a character that they lack would stop the whole export."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from plans.papers.safe_text import printable

FONT_FOLDER = Path(__file__).parent / "fonts"
_FACES = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")
SUBSTITUTE = "□"
# Word's symbol fonts keep their bullets among the private characters.
_BULLETS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf06e\uf0d8\uf076\uf0a8", "•"))
# What joins, hides or directs characters, with nothing to show for itself.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)


def within_fonts(text: str) -> str:
    """``text`` in characters that the fonts have.

    One that they lack becomes its plain form where it has one (a fullwidth letter), else a visible square.
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", printable(text).translate(_BULLETS))).replace("\t", " ")
    if text.isascii():
        return text
    have = _covered()
    return "".join(char if ord(char) in have else _instead_of(char) for char in text)


@lru_cache(4096)
def _instead_of(char: str) -> str:
    if char in "\n\u2028\u2029\x85":
        return "\n"
    if char.isspace():
        return " "
    plain = unicodedata.normalize("NFKC", char)
    return plain if all(ord(one) in _covered() for one in plain) else SUBSTITUTE


@lru_cache(1)
def _covered() -> frozenset[int]:
    """The code points that the regular and the bold face both have."""
    return frozenset.intersection(*(frozenset(face) for face in _faces()))


@lru_cache(8_192)
def advance(char: str) -> float:
    """How wide the character is in the wider face, as a share of the text's size."""
    return max(face.get(ord(char), 1.0) for face in _faces())


@lru_cache(1)
def _faces() -> tuple[dict[int, float], ...]:
    return tuple(_widths((FONT_FOLDER / name).read_bytes()) for name in _FACES)


def _widths(font: bytes) -> dict[int, float]:
    """The width of each character of a TrueType font, from its Unicode character map of format 4."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4s4xII", font, 12 + 16 * place) for place in range(tables))
    starts = {tag: offset for tag, offset, _ in records}
    units = struct.unpack_from(">H", font, starts[b"head"] + 18)[0]
    measured = struct.unpack_from(">H", font, starts[b"hhea"] + 34)[0]
    advances = [struct.unpack_from(">H", font, starts[b"hmtx"] + 4 * glyph)[0] / units for glyph in range(measured)]
    return {
        code: advances[min(glyph, measured - 1)]
        for code, glyph in _glyphs(font, starts[b"cmap"])
        if glyph and code < 0xFFFF
    }


def _glyphs(font: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Each code point with its glyph; glyph 0 is none."""
    maps = struct.unpack_from(">H", font, start + 2)[0]
    offsets = [struct.unpack_from(">HHI", font, start + 4 + 8 * place) for place in range(maps)]
    unicode_map = start + next(offset for platform, encoding, offset in offsets if (platform, encoding) == (3, 1))
    segments = struct.unpack_from(">H", font, unicode_map + 6)[0] // 2
    ends, begins, deltas, ranges = (
        struct.unpack_from(f">{segments}H", font, unicode_map + at + 2 * segments * place)
        for place, at in enumerate((14, 16, 16, 16))
    )
    range_at = unicode_map + 16 + 6 * segments
    for place, (first, last, delta, offset) in enumerate(zip(begins, ends, deltas, ranges, strict=True)):
        for code in range(first, last + 1):
            if offset == 0:
                yield code, (code + delta) % 0x10000
            else:
                glyph = struct.unpack_from(">H", font, range_at + 2 * place + offset + 2 * (code - first))[0]
                yield code, (glyph + delta) % 0x10000 if glyph else 0
