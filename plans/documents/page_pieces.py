"""A piece of a page's picture: the lines that something was read from, marked, with a little of what stands around."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

AROUND = 0.012
BESIDE = 0.03
MARK = 6
_MARK_SHADE = 90


@dataclass(frozen=True)
class Part:
    """A part of a page as shares of its width and height (0 to 1), from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError("That is no part of a page.")


def piece_of_page(picture: bytes, part: Part) -> bytes:
    """That part of the page with a little around it, as PNG; a bar at its left edge marks the lines themselves.

    ``picture`` is one of our own pictures of a page.
    """
    with Image.open(BytesIO(picture)) as opened:
        page = opened.convert("L")
    edges = (
        max(0.0, part.left - BESIDE) * page.width,
        max(0.0, part.top - AROUND) * page.height,
        min(1.0, part.right + BESIDE) * page.width,
        min(1.0, part.bottom + AROUND) * page.height,
    )
    left, top, right, bottom = (int(edge) for edge in edges)
    piece = page.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    mark_top, mark_bottom = int(part.top * page.height) - top, int(part.bottom * page.height) - top
    ImageDraw.Draw(piece).rectangle((0, mark_top, MARK, max(mark_bottom, mark_top + 1)), fill=_MARK_SHADE)
    written = BytesIO()
    piece.save(written, "PNG")
    return written.getvalue()
