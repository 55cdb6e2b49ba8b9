"""Word templates made by tests: with fields in the body, in tables, headers and footers; and broken ones."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from docx import Document

from plans.access.models import User
from plans.documents.changes import Upload
from plans.papers.models import PaperTemplate
from plans.papers.template_changes import keep_template
from plans.papers.template_in_child import answer
from tests import factories
from tests.cast import Cast

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELATIONS = "word/_rels/document.xml.rels"


def template_of(*paragraphs: str, header: str = "", footer: str = "", cells: Iterable[Iterable[str]] = ()) -> bytes:
    """A .docx with these paragraphs, then a table with these rows of cells."""
    document = Document()
    for text in paragraphs:
        heading = text.startswith("# ")
        document.add_paragraph(text.removeprefix("# "), style="Heading 1" if heading else None)
    rows = [list(row) for row in cells]
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    section = document.sections[0]
    if header:
        section.header.paragraphs[0].text = header
    if footer:
        section.footer.paragraphs[0].text = footer
    return saved(document)


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_parts(data: bytes, **changes: Any) -> bytes:
    """The file with parts added, or changed by a function; ``parts`` maps names to bytes or functions."""
    parts: dict[str, Any] = changes["parts"]
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = parts.get(name)
            new.writestr(name, change(old.read(name)) if callable(change) else change or old.read(name))
        for name in set(parts) - set(old.namelist()):
            new.writestr(name, parts[name])
    return file.getvalue()


def with_relation(data: bytes, kind: str, target: str, *, external: bool = True) -> bytes:
    """The file with one more relation of its body."""
    mode = ' TargetMode="External"' if external else ""
    one = (
        '<Relationship Id="rIdMore" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{kind}" Target="{target}"{mode}/></Relationships>'
    )
    return with_parts(data, parts={RELATIONS: lambda old: old.replace(b"</Relationships>", one.encode())})


def in_body(data: bytes, xml: str) -> bytes:
    """The file with this before everything else in its body."""
    return with_parts(
        data, parts={"word/document.xml": lambda old: old.replace(b"<w:body>", b"<w:body>" + xml.encode(), 1)}
    )


def with_runs(*pieces: str) -> bytes:
    """A template whose one paragraph is cut into these runs, as Word does while somebody edits."""
    document = Document()
    paragraph = document.add_paragraph()
    for place, piece in enumerate(pieces):
        paragraph.add_run(piece).bold = bool(place % 2) or None
    return saved(document)


def a_template(cast: Cast, name: str = "Cabinet report", *, by: User | None = None, data: bytes = b"") -> PaperTemplate:
    kept, _ = keep_template(
        Upload("report.docx", data or template_of("{{ title }}", "{{ purpose }}")),
        organisation=cast.council,
        name=name,
        by=by or cast.lead,
        at=factories.START,
    )
    return kept


def templates_of(cast: Cast) -> dict[str, Any]:
    """What routes about templates name."""
    return {"paper_template": a_template(cast), "shipped_template": SimpleNamespace(pk="considerations")}


def in_this_process(module: str, sent: tuple[bytes, ...], **_limits: object) -> tuple[int, bytes]:
    """In the place of the child process, which costs each test its start: the same answer to the same question."""
    head, data = sent
    assert module == "plans.papers.template_in_child"
    return 0, json.dumps(answer(json.loads(head), data)).encode()
