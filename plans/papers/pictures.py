"""The pictures of charts: an SVG as every format can take it, drawn in the papers' own fonts."""

from __future__ import annotations

import struct
from functools import lru_cache

import typst
from lxml import etree

from plans.papers.pdf_text import FONT_FOLDER, within_fonts

DOTS_PER_INCH = 200
FACE = "Liberation Sans"
_EMU_PER_INCH = 914_400
_DRAWING = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
_PNG_SIZE_AT = 16


@lru_cache(1)
def own_fonts() -> typst.Fonts:
    """The fonts that are shipped with the papers, and no others: a paper looks the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])


def drawable(svg: str) -> str | None:
    """The SVG with its words in characters and in a face that the fonts have; None where it is not one.

    What it would fetch from elsewhere is left out.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(svg.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    if etree.QName(root).localname != "svg":
        return None
    for element in root.iter(etree.Element):
        element.text = within_fonts(element.text) if element.text else element.text
        element.tail = within_fonts(element.tail) if element.tail else element.tail
        if "font-family" in element.attrib:
            element.set("font-family", FACE)
        if etree.QName(element).localname == "image":
            element.clear()
    root.set("font-family", FACE)
    return etree.tostring(root, encoding="unicode")


@lru_cache(32)
def png_of(svg: str) -> bytes | None:
    """The picture at 200 dots an inch, the same bytes every time; None where it cannot be drawn."""
    drawn = drawable(svg)
    if drawn is None:
        return None
    try:
        png = typst.compile(
            _DRAWING, format="png", ppi=DOTS_PER_INCH, font_paths=own_fonts(), sys_inputs={"svg": drawn}
        )
    except typst.TypstError:
        return None
    return png if isinstance(png, bytes) else None


def size_within(png: bytes, widest: int, highest: int) -> tuple[int, int]:
    """The picture's width and height in EMU, made smaller together where they would be over the most."""
    width, height = (dots * _EMU_PER_INCH // DOTS_PER_INCH for dots in struct.unpack_from(">II", png, _PNG_SIZE_AT))
    share = min(1.0, widest / width, highest / height)
    return int(width * share), int(height * share)
