"""Words as WordprocessingML: runs and paragraphs as text, ready to be put into a document's body."""

from __future__ import annotations

from xml.sax.saxutils import escape

from plans.papers.safe_text import printable

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
DECLARED = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
_QUOTED = {'"': "&quot;", "\n": " ", "\t": " "}
_LINE_BREAK, _TAB = '</w:t><w:br/><w:t xml:space="preserve">', '</w:t><w:tab/><w:t xml:space="preserve">'


def attribute(text: str) -> str:
    """``text`` as the value of an attribute, with its quotation marks."""
    return f'"{escape(printable(text), _QUOTED)}"'


def run(text: str) -> str:
    """``text`` as a run; a new line in it is a line break, a tab a tab."""
    said = escape(printable(text))
    if "\n" in said:
        said = said.replace("\n", _LINE_BREAK)
    if "\t" in said:
        said = said.replace("\t", _TAB)
    return f'<w:r><w:t xml:space="preserve">{said}</w:t></w:r>'


def paragraph(inside: str, style: str, how: str = "") -> str:
    """A paragraph of runs. ``style``: a style's id, "" for the document's usual; ``how``: its other properties."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{named}{how}</w:pPr>" if named or how else ""
    return f"<w:p>{properties}{inside}</w:p>"


def field(name: str) -> str:
    """A number that the word processor works out: PAGE or NUMPAGES."""
    return f'<w:fldSimple w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
