"""A paper as a Word document: real headings, header rows that repeat, merged area cells, en-GB, no empty lines.

The file is written as text, part by part, from the parts in ``word_base``: nothing in it comes from a stock template,
its rows cost little more than their letters, and the same paper of the same moment is the same file to the byte.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

from plans.papers.content import KEY_HEADING, Paper
from plans.papers.safe_text import on_one_line
from plans.papers.word_blocks import blocks_xml, text_xml
from plans.papers.word_host import BASE, LISTS, NewDocument, numbering_with
from plans.papers.word_template_blocks import word_from_skeleton
from plans.papers.word_xml import DECLARED, attribute, field, paragraph, run

EMU_PER_TWENTIETH, TWENTIETHS_PER_POINT = 635, 20
A4 = (11_906, 16_838)  # twentieths of a point, as all lengths here
MARGIN, FOOTER = 1_020, 510
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EARLIEST = 1980  # that a zip file can hold


def word_document(paper: Paper, made_at: datetime) -> bytes:
    """The .docx file, A4. ``made_at`` is the date that the file gives as its own."""
    if paper.skeleton:
        return word_from_skeleton(paper, made_at)
    page = A4[::-1] if paper.landscape else A4
    host = NewDocument((page[1] - 2 * MARGIN) / TWENTIETHS_PER_POINT)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        _write(package, "[Content_Types].xml", [_content_types()], made_at)
        _write(package, "_rels/.rels", [_package_relations()], made_at)
        _write(package, "docProps/core.xml", [_properties(paper, made_at)], made_at)
        _write(package, "word/document.xml", _document(paper, host, page), made_at)
        for name in ("styles.xml", "settings.xml"):
            _write(package, f"word/{name}", [(BASE / name).read_text(encoding="utf-8")], made_at)
        _write(package, "word/numbering.xml", [_XML, _numbering(host)], made_at)
        _write(package, "word/footer1.xml", [_footer(paper, host, page[0] - 2 * MARGIN)], made_at)
        _write(package, "word/_rels/document.xml.rels", [_document_relations(host)], made_at)
        for number, png in enumerate(host.pictures, start=1):
            _write(package, f"word/media/chart{number}.png", [png], made_at)
    return file.getvalue()


def _write(package: zipfile.ZipFile, name: str, pieces: Iterator[str] | list[str] | list[bytes], at: datetime) -> None:
    local = at.astimezone(UTC)
    entry = zipfile.ZipInfo(name, (max(local.year, _EARLIEST), *local.timetuple()[1:6]))
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with package.open(entry, "w") as part:
        for piece in pieces:
            part.write(piece.encode() if isinstance(piece, str) else piece)


def _document(paper: Paper, host: NewDocument, page: tuple[int, int]) -> Iterator[str]:
    width = (page[0] - 2 * MARGIN) * EMU_PER_TWENTIETH
    yield f"{_XML}<w:document {DECLARED}><w:body>"
    if on_one_line(paper.organisation):
        yield text_xml(host, on_one_line(paper.organisation), "Subtitle")
    yield text_xml(host, on_one_line(paper.title, "Untitled plan"), "Heading 1")
    for sentence in paper.stamp.sentences():
        yield text_xml(host, sentence, "Note")
    yield from blocks_xml(paper.blocks, host, width)
    if paper.key:
        yield text_xml(host, KEY_HEADING, "Heading 2")
    for sentence in paper.key:
        yield text_xml(host, sentence, "Note")
    across, high = page
    turned = ' w:orient="landscape"' if paper.landscape else ""
    yield (
        '<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/>'
        f'<w:pgSz w:w="{across}" w:h="{high}"{turned}/><w:pgMar w:top="{MARGIN}" w:right="{MARGIN}"'
        f' w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="{FOOTER}" w:footer="{FOOTER}" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _footer(paper: Paper, host: NewDocument, width: int) -> str:
    stop = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    said = f"{on_one_line(paper.organisation)}: {on_one_line(paper.title)}. {paper.stamp.sentences()[0]}"
    inside = f"{run(said.removeprefix(': '))}{run(chr(9))}{run('Page ')}{field('PAGE')}{run(' of ')}{field('NUMPAGES')}"
    return f"{_XML}<w:ftr {DECLARED}>{paragraph(inside, host.style('Footer'), stop)}</w:ftr>"


def _numbering(host: NewDocument) -> str:
    return numbering_with([(place, LISTS[kind], kind) for place, kind in enumerate(host.lists, start=1)])


def _properties(paper: Paper, made_at: datetime) -> str:
    """What the file says of itself. It names nobody but who is named on the paper."""
    moment = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    said = {
        "dc:title": on_one_line(paper.title, "Untitled plan"),
        "dc:subject": on_one_line(paper.subtitle),
        "dc:creator": on_one_line(paper.organisation),
        "cp:lastModifiedBy": on_one_line(paper.stamp.made_by),
        "dc:language": "en-GB",
    }
    texts = "".join(f"<{name}>{attribute(text)[1:-1]}</{name}>" for name, text in said.items() if text)
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>' for name in ("created", "modified")
    )
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{texts}<cp:revision>1</cp:revision>{dates}'
        "</cp:coreProperties>"
    )


def _content_types() -> str:
    parts = {"document": "document.main", "styles": "styles", "settings": "settings", "numbering": "numbering"}
    named = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for name, kind in (*parts.items(), ("footer1", "footer"))
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{named}<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _package_relations() -> str:
    return _relations(
        ("rIdDocument", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
        ("rIdProperties", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    )


def _document_relations(host: NewDocument) -> str:
    kinds = {"styles": "rIdStyles", "settings": "rIdSettings", "numbering": "rIdNumbering"}
    return _relations(
        *((identity, f"{_OFFICE}/relationships/{name}", f"{name}.xml") for name, identity in kinds.items()),
        ("rIdFooter", f"{_OFFICE}/relationships/footer", "footer1.xml"),
        *(
            (f"rIdPicture{number}", f"{_OFFICE}/relationships/image", f"media/chart{number}.png")
            for number in range(1, len(host.pictures) + 1)
        ),
    )


def _relations(*each: tuple[str, str, str]) -> str:
    said = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in each)
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{said}</Relationships>'
