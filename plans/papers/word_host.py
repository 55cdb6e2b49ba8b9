"""The Word document that blocks are written into: a new one, or one that a council's template was filled into."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart
from lxml import etree

BASE = Path(__file__).parent / "word_base"
# What a list begins with, to the number of its definition in ``word_base/numbering.xml``.
LISTS = {"": 1, "1": 2, "i": 3}
# For each style of ours, what else it may be called in a document that has its own; the first found is taken.
ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "Table Text": ("Table Paragraph", "Table Body"),
    "Table Heading": ("Table Header",),
    "Table Grid": ("Grid Table Light",),
    "List Bullet": ("Bullet List", "Bullets"),
    "Note": ("Small Text",),
}
_MODERN_WORD = 15
_EMU_PER_POINT = 12_700
_LANDSCAPE_PAGE = 490.0  # points: what a page has at the least
CELL_SIDE = 100  # twentieths of a point


class Host(Protocol):
    """What blocks need of the document that they stand in.

    ``table_indent``: how far a table begins from the text's edge, in twentieths of a point, so that its border is in
    line with the text. ``page_height``: between the margins, in points. ``break_due``: what is written next begins a
    page; ``after_table``: it stands directly under a table.
    """

    table_indent: int
    page_height: float
    break_due: bool
    after_table: bool

    def style(self, name: str) -> str:
        """The id of the style of that name."""

    def new_list(self, numbered: str) -> int:
        """The number of a list that begins again."""

    def picture(self, png: bytes) -> tuple[str, int]:
        """The relationship's id of a picture, and the number of a drawing that nothing else has."""


class NewDocument:
    """A document of our own: it has all our styles, and remembers the lists and pictures that were written."""

    table_indent = 0

    def __init__(self, page_height: float) -> None:
        self.page_height = page_height
        self.break_due = self.after_table = False
        self.lists: list[str] = []
        self.pictures: list[bytes] = []

    def style(self, name: str) -> str:
        """Our styles' ids are their names without the spaces."""
        return name.replace(" ", "")

    def new_list(self, numbered: str) -> int:
        self.lists.append(numbered)
        return len(self.lists)

    def picture(self, png: bytes) -> tuple[str, int]:
        self.pictures.append(png)
        return f"rIdPicture{len(self.pictures)}", len(self.pictures)


class OpenedDocument:
    """A document of python-docx: its own styles where it has them, ours copied into it where it does not."""

    def __init__(self, document: Any) -> None:
        self.break_due = self.after_table = False
        self._document = document
        self._styles = document.styles.element
        self._found: dict[str, str] = {}
        drawn = document.element.xpath("//wp:docPr/@id")
        self._drawings = max((int(number) for number in drawn if number.isdecimal()), default=0)
        modes = document.settings.element.xpath("//w:compatSetting[@w:name='compatibilityMode']/@w:val")
        last = document.sections[-1]
        heights = (last.page_height, last.top_margin, last.bottom_margin)
        self.page_height = (
            (heights[0] - heights[1] - heights[2]) / _EMU_PER_POINT if None not in heights else _LANDSCAPE_PAGE
        )
        # Until Word 2010 a table's indent was measured to the text of its first cell, not to its border.
        self.table_indent = 0 if modes and int(modes[0]) >= _MODERN_WORD else CELL_SIDE

    def style(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = self._id_of(name) or self._copied(name)
        return self._found[name]

    def _id_of(self, name: str) -> str:
        ids = {
            style.find(qn("w:name")).get(qn("w:val"), "").casefold(): style.get(qn("w:styleId"), "")
            for style in reversed(self._styles.findall(qn("w:style")))
            if style.find(qn("w:name")) is not None
        }
        names = (name, *ALSO_CALLED.get(name, ()))
        return next((ids[one.casefold()] for one in names if one.casefold() in ids), "")

    def _copied(self, name: str) -> str:
        """Our style of that name put into the document, in the document's own face, under an id that is free."""
        ours = next(
            style
            for style in _base("styles.xml").findall(qn("w:style"))
            if style.find(qn("w:name")).get(qn("w:val")).casefold() == name.casefold()
        )
        taken = {style.get(qn("w:styleId")) for style in self._styles.findall(qn("w:style"))}
        copy = parse_xml(etree.tostring(ours))
        identity = (
            f"Plan{ours.get(qn('w:styleId'))}" if ours.get(qn("w:styleId")) in taken else ours.get(qn("w:styleId"))
        )
        copy.set(qn("w:styleId"), identity)
        for tag in ("w:basedOn", "w:next"):
            link = copy.find(qn(tag))
            if link is not None:
                link.set(qn("w:val"), self.style(_name_of(link.get(qn("w:val")))))
        self._styles.append(copy)
        return str(identity)

    def new_list(self, numbered: str) -> int:
        numbering = self._numbering()
        kind = self._list_kind(numbering, numbered)
        numbers = [int(number) for number in numbering.xpath("w:num/@w:numId")]
        number = max(numbers, default=0) + 1
        for one in parse_xml(numbering_with([(number, kind, numbered)])).findall(qn("w:num")):
            # Lists stand after all definitions, and before what may end the part.
            after = numbering.xpath("(w:num|w:abstractNum)[last()]")[-1]
            after.addnext(one)
        return number

    def _numbering(self) -> Any:
        part = self._document.part
        try:
            return part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        except KeyError:
            empty = parse_xml(etree.tostring(_base("numbering.xml")))
            made = NumberingPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, empty, part.package)
            part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
            return made.element

    def _list_kind(self, numbering: Any, numbered: str) -> int:
        """The number of our definition in the document, put there if it is not."""
        ours = _base("numbering.xml").findall(qn("w:abstractNum"))[LISTS[numbered] - 1]
        name = ours.find(qn("w:name")).get(qn("w:val"))
        found = numbering.xpath(f"w:abstractNum[w:name/@w:val='{name}']/@w:abstractNumId")
        if found:
            return int(found[0])
        kinds = [int(kind) for kind in numbering.xpath("w:abstractNum/@w:abstractNumId")]
        copy = parse_xml(etree.tostring(deepcopy(ours)))
        copy.set(qn("w:abstractNumId"), str(max(kinds, default=0) + 1))
        numbering.insert(0, copy)
        return max(kinds, default=0) + 1

    def picture(self, png: bytes) -> tuple[str, int]:
        identity, _ = self._document.part.get_or_add_image(BytesIO(png))
        self._drawings += 1
        return identity, self._drawings


@lru_cache(8)
def _base(name: str) -> Any:
    return etree.fromstring((BASE / name).read_bytes())


def _name_of(identity: str) -> str:
    """The name of our style of that id."""
    style = next(
        style for style in _base("styles.xml").findall(qn("w:style")) if style.get(qn("w:styleId")) == identity
    )
    return str(style.find(qn("w:name")).get(qn("w:val")))


def numbering_with(lists: list[tuple[int, int, str]]) -> str:
    """Our numbering part with these lists: their number, the number of their definition, what they begin with."""
    said = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>'
        + ('<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if numbered else "")
        + "</w:num>"
        for number, kind, numbered in lists
    )
    text = (BASE / "numbering.xml").read_text(encoding="utf-8")
    return re.sub(r"</w:numbering>\s*$", f"{said}</w:numbering>", text).partition("?>")[2]
