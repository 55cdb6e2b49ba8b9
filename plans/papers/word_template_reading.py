"""A Word document read as blocks of a paper: what a template says once it is filled, for every other format.

Headings come by their style or outline level, lists by their numbering, tables row by row as lines. Marks that stand
for blocks come as they are, so that the blocks can be put where they belong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from plans.papers.content import Block, Heading, PageBreak, Paragraph, Points
from plans.papers.word_template_numbers import Numbers

MARK_BEGINS, MARK_ENDS = "\ue000", "\ue001"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DEEPEST = 4
_TEXTS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """The place of a block field; ``element``: the paragraph that holds it."""

    name: str
    element: Any


def mark_of(name: str) -> str:
    """What stands in a filled template where the blocks of that field belong."""
    return f"{MARK_BEGINS}{name}{MARK_ENDS}"


def document_of(skeleton: bytes) -> Any:
    """A filled template as a document of python-docx."""
    return Document(BytesIO(skeleton))


@dataclass(frozen=True)
class Reading:
    """``pieces`` in order; ``lowered``: by how much a heading of Word stands lower in a paper."""

    pieces: tuple[Block | Mark, ...]
    lowered: int


def read_back(document: Any, *, leave_out: tuple[str, ...] = ()) -> Reading:
    """What the body of a document of python-docx says.

    ``leave_out``: texts that a paper says above its blocks, organisation and title: the first of each is left out.
    """
    reader = _Reader(document, leave_out)
    pieces = list(reader.body())
    while pieces and isinstance(pieces[0], PageBreak):
        pieces.pop(0)
    while pieces and isinstance(pieces[-1], PageBreak):
        pieces.pop()
    lowered = 0 if reader.title_is_heading else 1
    levels = [
        Heading(piece.text, min(piece.level + lowered, _DEEPEST)) if isinstance(piece, Heading) else piece
        for piece in pieces
    ]
    return Reading(tuple(_joined(levels)), lowered)


def _joined(pieces: list[Block | Mark]) -> Iterator[Block | Mark]:
    """Points of one list as one list; one break where several stand together."""
    last: Block | Mark | None = None
    for piece in pieces:
        if isinstance(piece, Points) and isinstance(last, Points) and piece.numbered == last.numbered:
            last = Points((*last.items, *piece.items), last.numbered)
            continue
        if isinstance(piece, PageBreak) and isinstance(last, PageBreak):
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


class _Reader:
    def __init__(self, document: Any, leave_out: tuple[str, ...]) -> None:
        self.document = document
        self.numbers = Numbers(document)
        self.left_out = [text for text in leave_out if text]
        self.title = leave_out[-1] if leave_out else ""
        self.title_is_heading = False
        self.styles = {style.get(qn("w:styleId")): style for style in document.styles.element.findall(qn("w:style"))}

    def body(self) -> Iterator[Block | Mark]:
        yield from self._children(self.document.element.body)

    def _children(self, parent: Any) -> Iterator[Block | Mark]:
        for child in parent:
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                for row in child.iter(qn("w:tr")):
                    if next(row.iterancestors(qn("w:tbl"))) is child:
                        yield from self._row(row)
            elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:smartTag")):
                yield from self._children(child)

    def _row(self, row: Any) -> Iterator[Block | Mark]:
        """A row of two cells with a text each is “first: second”; any other is its cells’ paragraphs in order."""
        own = [cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row]
        cells = [list(self._children(cell)) for cell in own]
        texts = [cell[0].text if len(cell) == 1 and isinstance(cell[0], Paragraph) else "" for cell in cells]
        if len(cells) == 2 and all(texts):
            yield Paragraph(f"{texts[0].rstrip().rstrip(':')}: {texts[1]}")
        else:
            for cell in cells:
                yield from cell

    def _paragraph(self, element: Any) -> Iterator[Block | Mark]:
        breaks = element.xpath("w:pPr/w:pageBreakBefore[not(@w:val='0' or @w:val='false')]")
        before, text, after = self._text(element)
        if breaks or before:
            yield PageBreak()
        plain = text.strip()
        if plain.startswith(MARK_BEGINS) and plain.endswith(MARK_ENDS) and len(plain) > 2:
            yield Mark(plain[1:-1], element)
        elif plain:
            yield from self._said(element, plain)
        for box in self._boxes(element):
            yield from self._children(box)
        if after or element.xpath("w:pPr/w:sectPr[not(w:type) or w:type/@w:val!='continuous']"):
            yield PageBreak()

    def _said(self, element: Any, text: str) -> Iterator[Block]:
        level = self._level(element)
        number = self.numbers.of(element, level)
        if text in self.left_out:
            self.left_out.remove(text)
            if text == self.title and level == 1:
                self.title_is_heading = True
            return
        if level:
            yield Heading(f"{number.printed} {' '.join(text.split())}".strip(), level)
        elif number.list_kind is not None:
            yield Points((text,), number.list_kind)
        else:
            yield Paragraph(f"{number.printed} {text}".strip())

    def _boxes(self, element: Any) -> Iterator[Any]:
        for box in element.iter(qn("w:txbxContent")):
            inside = [above.tag for above in box.iterancestors()]
            nested = next((above for above in box.iterancestors(qn("w:p"))), None)
            if _FALLBACK not in inside and nested is element:
                yield box

    def _text(self, element: Any) -> tuple[bool, str, bool]:
        """Its own letters, and whether a page breaks before and after them."""
        said: list[str] = []
        before = after = False
        for piece in element.iter():
            if piece.tag not in (qn("w:t"), *_TEXTS):
                continue
            # A tab may also be a stop among the paragraph’s properties.
            if next(piece.iterancestors(qn("w:p"))) is not element or piece.getparent().tag != qn("w:r"):
                continue
            if piece.tag == qn("w:t"):
                said.append(piece.text or "")
            elif piece.get(qn("w:type")) in ("page", "column"):
                if "".join(said).strip():
                    after = True
                else:
                    before = True
            else:
                said.append(_TEXTS[piece.tag])
        return before, "".join(said), after

    def _level(self, element: Any) -> int:
        """The level of a heading as Word has it, from 1; 0 for what is none."""
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if outline is not None:
            return _outline(outline)
        named = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style = self.styles.get(named.get(qn("w:val"))) if named is not None else None
        seen: set[int] = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            name = style.find(qn("w:name"))
            if name is not None and (match := _HEADING.fullmatch(name.get(qn("w:val"), ""))):
                return int(match[1])
            outline = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            if outline is not None:
                return _outline(outline)
            based = style.find(qn("w:basedOn"))
            style = self.styles.get(based.get(qn("w:val"))) if based is not None else None
        return 0


def _outline(element: Any) -> int:
    value = element.get(qn("w:val"), "")
    # The tenth level is the text of the body.
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else 0
