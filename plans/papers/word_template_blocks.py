"""The Word file of a paper that was made from a council's template: its skeleton with the paper's blocks put in.

The skeleton keeps the council's logo, styles, headers and footers; blocks take its styles, or ours where it has none.
A wide table of an upright report gets a section of its own across the page.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from plans.papers.content import KEY_HEADING, Block, Heading, PageBreak, Paper, Paragraph, Table
from plans.papers.safe_text import on_one_line
from plans.papers.word_blocks import add_blocks
from plans.papers.word_template_package import rewritten
from plans.papers.word_template_reading import Mark, document_of, read_back

STAMP, KEY, APPENDICES = "stamp", "rag_key", "appendices"
_EMU_PER_TWENTIETH = 635
_A4_TEXT = 9_026  # twentieths of a point: A4 with margins of an inch
_WIDE = 4  # columns; from so many on a table is better across the page


def word_from_skeleton(paper: Paper, made_at: datetime) -> bytes:
    """The .docx file. ``made_at`` is the date that the file gives as its own."""
    document = document_of(b64decode(paper.skeleton))
    reading = read_back(document, leave_out=(paper.organisation, paper.title))
    marks = [piece for piece in reading.pieces if isinstance(piece, Mark)]
    parts = [(name, paper.blocks[begin:end]) for name, begin, end in paper.slots]
    marked = [mark.name for mark in marks]
    for mark, blocks in zip(marks, _in_order(marked, parts), strict=True):
        _put(document, mark.element, _said(paper, mark.name, blocks), reading.lowered, paper.landscape)
    # What the template has no place for stands at its end.
    for name, blocks in parts[len(marks) :]:
        last = _last_paragraph(document)
        _put(document, last, _said(paper, name, blocks), reading.lowered, paper.landscape)
    _set_properties(document, paper, made_at)
    file = BytesIO()
    document.save(file)
    return rewritten(file.getvalue())


def _in_order(marked: Sequence[str], parts: Sequence[tuple[str, tuple[Block, ...]]]) -> list[tuple[Block, ...]]:
    """The blocks for each mark: slots are in the order of the marks, those without a mark after them."""
    if [name for name, _ in parts[: len(marked)]] != list(marked):
        raise ValueError("The template’s marks and the paper’s blocks do not belong together.")
    return [blocks for _, blocks in parts[: len(marked)]]


def _said(paper: Paper, name: str, blocks: Sequence[Block]) -> list[Block]:
    """What stands at a mark. Each format prints stamp and key in a place of its own, so that no block says them."""
    if name == STAMP:
        return [Paragraph(sentence, small=True) for sentence in paper.stamp.sentences()]
    if name == KEY:
        return [Heading(KEY_HEADING, 2), *(Paragraph(one, small=True) for one in paper.key)] if paper.key else []
    return list(blocks)


def _put(document: Any, mark: Any, blocks: Sequence[Block], lowered: int, across: bool) -> None:
    """Put blocks in the place of a mark's paragraph, which goes."""
    section = _section_of(document, mark)
    for part in _parts(blocks):
        # Only what begins a page: a table within the report stays with its heading.
        wide = across and isinstance(part[0], PageBreak) and any(_is_wide(block) for block in part)
        if wide and not _is_across(section) and not _in_cell(mark):
            if not _ends_section(mark.getprevious()):
                _end_section(mark, section)
            turned = _turned(section)
            inner = [block for block in part if not isinstance(block, PageBreak)]
            add_blocks(document, _raised(inner, lowered), _room(turned), before=mark)
            _end_section(mark, turned)
            _begin_page(section)
        else:
            add_blocks(document, _raised(part, lowered), _room(section), before=mark)
    _take_out(document, mark, section)


def _is_wide(block: Block) -> bool:
    return isinstance(block, Table) and len(block.columns) >= _WIDE


def _parts(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks page after page, as page breaks part them."""
    parts: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, PageBreak) and parts[-1]:
            parts.append([])
        parts[-1].append(block)
    return [part for part in parts if part]


def _raised(blocks: Sequence[Block], lowered: int) -> list[Block]:
    """Headings at the level that Word has for them in this template."""
    return [
        replace(block, level=max(1, block.level - lowered)) if isinstance(block, Heading | Table) else block
        for block in blocks
    ]


# Sections: the properties of each stand in its last paragraph, those of the last one at the end of the body.


def _section_of(document: Any, element: Any) -> Any:
    for following in element.itersiblings():
        found = following.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") if following.tag == qn("w:p") else None
        if found is not None:
            return found
    own = element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    return own if own is not None else document.element.body.get_or_add_sectPr()


def _in_cell(element: Any) -> bool:
    return any(above.tag == qn("w:tc") for above in element.iterancestors())


def _is_across(section: Any) -> bool:
    size = section.find(qn("w:pgSz"))
    return size is not None and int(size.get(qn("w:w"), 0)) > int(size.get(qn("w:h"), 0))


def _turned(section: Any) -> Any:
    """The same section across the page, without a first page of its own and numbered on."""
    turned = deepcopy(section)
    size = turned.get_or_add_pgSz()
    width, height = size.get(qn("w:w"), "11906"), size.get(qn("w:h"), "16838")
    size.set(qn("w:w"), height)
    size.set(qn("w:h"), width)
    size.set(qn("w:orient"), "landscape")
    for one in turned.findall(qn("w:cols")):
        turned.remove(one)
    _begin_page(turned)
    return turned


def _begin_page(section: Any) -> None:
    """Let the section begin on a new page like any other of the report, and go on numbering."""
    for tag in ("w:type", "w:titlePg"):
        for one in section.findall(qn(tag)):
            section.remove(one)
    for number in section.findall(qn("w:pgNumType")):
        number.attrib.pop(qn("w:start"), None)


def _ends_section(element: Any) -> bool:
    return element is not None and element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None


def _end_section(before: Any, section: Any) -> None:
    """End a section here: in the paragraph before, or in a small one of its own after a table or a section’s end."""
    last = before.getprevious()
    # A section that has not begun needs no end.
    if last is None:
        return
    properties = last.get_or_add_pPr() if last.tag == qn("w:p") else None
    if properties is None or properties.find(qn("w:sectPr")) is not None:
        last = OxmlElement("w:p")
        before.addprevious(last)
        properties = last.get_or_add_pPr()
        spacing = OxmlElement("w:spacing")
        for name, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
            spacing.set(qn(f"w:{name}"), value)
        properties.append(spacing)
    properties.append(deepcopy(section))


def _take_out(document: Any, mark: Any, section: Any) -> None:
    """Take the mark's paragraph away. Where it was the last of an emptied section, the section goes with it."""
    parent, before = mark.getparent(), mark.getprevious()
    following = [one for one in mark.itersiblings() if one.tag != qn("w:sectPr")]
    own = mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    ended = before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") if before is not None and before.tag == qn("w:p") else None
    if ended is not None and parent.tag == qn("w:body") and (own is not None or not following):
        # The section that was ended before the mark takes the place of the empty one.
        before.find(qn("w:pPr")).remove(ended)
        section.getparent().replace(section, ended)
        if not "".join(before.itertext()).strip() and not before.xpath(".//w:drawing"):
            _keep_paragraph_after_table(before)
    if own is not None:
        if before is not None and before.tag == qn("w:p"):
            before.get_or_add_pPr().append(mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}"))
        else:
            for child in list(mark):
                if child.tag != qn("w:pPr"):
                    mark.remove(child)
            return
    if parent.tag == qn("w:tc") and len(parent.findall(qn("w:p"))) == 1:
        for child in list(mark):
            if child.tag != qn("w:pPr"):
                mark.remove(child)
        return
    parent.remove(mark)


def _keep_paragraph_after_table(paragraph: Any) -> None:
    """Word wants a paragraph after a table at the end; elsewhere an empty one goes."""
    before = paragraph.getprevious()
    if before is None or before.tag != qn("w:tbl"):
        paragraph.getparent().remove(paragraph)


def _last_paragraph(document: Any) -> Any:
    last = OxmlElement("w:p")
    end = document.element.body.get_or_add_sectPr()
    end.addprevious(last)
    return last


def _room(section: Any) -> int:
    """The width of its text, in EMU."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    if size is None or margins is None:
        return _A4_TEXT * _EMU_PER_TWENTIETH
    room = int(size.get(qn("w:w"), 0)) - sum(
        int(margins.get(qn(f"w:{side}"), 0)) for side in ("left", "right", "gutter")
    )
    return max(room, _A4_TEXT // 2) * _EMU_PER_TWENTIETH


def _set_properties(document: Any, paper: Paper, made_at: datetime) -> None:
    """What the file says of itself. It names nobody."""
    properties = document.core_properties
    properties.title, properties.subject = on_one_line(paper.title)[:255], on_one_line(paper.subtitle)[:255]
    properties.author = on_one_line(paper.organisation)[:255]
    properties.language, properties.revision = "en-GB", 1
    properties.created = properties.modified = made_at
