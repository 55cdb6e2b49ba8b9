"""Where something was read: a piece of the page as a picture, or the lines as printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from plans.documents.models import SourceDocument


@dataclass(frozen=True)
class SourcePiece:
    """A run of lines on one page. ``picture`` is the address of that piece of the page, "" where there is none."""

    place: str
    text: str
    picture: str = ""


def source_pieces(document: SourceDocument, lines: Sequence[dict[str, Any]]) -> list[SourcePiece]:
    """The printed lines (as ``proposals.SourceLine`` in plain values), one piece a page."""
    pages: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        pages.setdefault(line["page"], []).append(line)
    return [_piece(document, page, printed) for page, printed in pages.items()]


def _piece(document: SourceDocument, page: int, lines: list[dict[str, Any]]) -> SourcePiece:
    text = " ".join(line["text"] for line in lines)
    boxes = [line["box"] for line in lines if line.get("box")]
    if not document.is_pdf or not boxes:
        first, last = lines[0]["number"], lines[-1]["number"]
        return SourcePiece(f"line {first}" if first == last else f"lines {first} to {last}", text)
    part = {
        "left": max(0.0, min(box[0] for box in boxes)),
        "top": max(0.0, min(box[1] for box in boxes)),
        "right": min(1.0, max(box[2] for box in boxes)),
        "bottom": min(1.0, max(box[3] for box in boxes)),
    }
    query = urlencode({name: f"{share:.3f}" for name, share in part.items()})
    return SourcePiece(f"page {page}", text, f"{reverse('document_page', args=[document.pk, page])}?{query}")
