"""Blocks as WordprocessingML, in a document of ours or in one that a council's template was filled into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml import parse_xml

from plans.papers.content import Block, Chart, Heading, PageBreak, Paragraph, Points, Table
from plans.papers.pictures import png_of, size_within
from plans.papers.safe_text import on_one_line, paragraphs
from plans.papers.word_host import Host, OpenedDocument
from plans.papers.word_tables import table_xml
from plans.papers.word_xml import DECLARED, attribute, paragraph, run

_ROOM_AFTER_TABLE = '<w:spacing w:before="160"/>'
_WITHOUT_ROOM = frozenset({"Normal", "Note", "List Bullet", "List Number"})  # before them
_HIGHEST_PICTURE = 5_040_000  # EMU: 14 cm, which leaves room for its caption on a landscape page


def add_blocks(document: Any, blocks: Iterable[Block], width: int, *, before: Any = None) -> None:
    """Put blocks into a document of python-docx, ``width`` EMU wide, in its styles or in copies of ours.

    They stand before the element ``before`` (a paragraph's ``_p``), or at the document's end. A page break takes effect
    on the block that follows it.
    """
    host = OpenedDocument(document)
    place = before if before is not None else document.element.body.sectPr
    said = "".join(blocks_xml(blocks, host, width))
    for element in list(parse_xml(f"<w:body {DECLARED}>{said}</w:body>")):
        if place is None:
            document.element.body.append(element)
        else:
            place.addprevious(element)


def add_block(document: Any, block: Block, width: int, *, before: Any = None) -> None:
    """Put one block into a document of python-docx, as ``add_blocks`` does."""
    add_blocks(document, (block,), width, before=before)


def blocks_xml(blocks: Iterable[Block], host: Host, width: int) -> Iterator[str]:
    """The blocks in pieces of WordprocessingML."""
    for block in blocks:
        match block:
            case Heading():
                yield _said(host, on_one_line(block.text, "Untitled"), f"Heading {block.level}")
            case Paragraph():
                for text in paragraphs(block.text):
                    yield _said(host, text, "Note" if block.small else "Normal")
            case Points():
                yield from _points(block, host)
            case Table():
                yield _said(host, on_one_line(block.caption, "Actions"), f"Heading {block.level}")
                if block.rows:
                    yield from table_xml(block, host, width)
                    host.after_table = True
                else:
                    yield _said(host, on_one_line(block.empty, "There are no rows."), "Normal")
            case Chart():
                yield from _chart(block, host, width)
            case PageBreak():
                host.break_due = True


def text_xml(host: Host, text: str, style: str) -> str:
    """A paragraph of text in the style of that name."""
    return _said(host, text, style)


def _said(host: Host, text: str, style: str, number: str = "") -> str:
    page = "<w:pageBreakBefore/>" if host.break_due else ""
    room = _ROOM_AFTER_TABLE if host.after_table and style in _WITHOUT_ROOM else ""
    host.break_due = host.after_table = False
    return paragraph(run(text), host.style(style), f"{page}{number}{room}")


def _points(block: Points, host: Host) -> Iterator[str]:
    items = [item for item in block.items if item.strip()]
    if not items:
        return
    number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{host.new_list(block.numbered)}"/></w:numPr>'
    for item in items:
        yield _said(host, item, "List Number" if block.numbered else "List Bullet", number)


def _chart(block: Chart, host: Host, width: int) -> Iterator[str]:
    """The caption with the picture under it; where it cannot be drawn, what it shows in words."""
    yield _said(host, on_one_line(block.caption, "Chart"), "Caption")
    png = png_of(block.svg)
    if png is None:
        yield _said(host, on_one_line(block.alt, "The chart could not be drawn."), "Note")
        return
    across, high = size_within(png, width, _HIGHEST_PICTURE)
    relation, number = host.picture(png)
    size = f'cx="{across}" cy="{high}"'
    drawing = (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{number}" name="Chart {number}" descr={attribute(block.alt)}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Chart {number}" descr={attribute(block.alt)}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    yield paragraph(drawing, host.style("Normal"))
