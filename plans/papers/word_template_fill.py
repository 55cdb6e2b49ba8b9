"""A council's Word template filled with words: a skeleton with marks in the place of blocks, and what it then says.

Runs in the child process alone. What people typed is put in as text: it is never read for fields, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from plans.papers.considerations import BY_NAME, Holds, words_as_blocks
from plans.papers.content import Points
from plans.papers.safe_text import printable
from plans.papers.word_host import OpenedDocument
from plans.papers.word_template_fields import Found, fields_in, structure_problem
from plans.papers.word_template_package import RefusedTemplate, opened, rewritten
from plans.papers.word_template_reading import MARK_BEGINS, MARK_ENDS, mark_of

# Letters of no language, which nobody types: they say how a text goes on.
_PART, _NOTHING = "\ue002", "\ue003"
_POINTS = {"": "\ue004", "1": "\ue005", "i": "\ue006"}
_KINDS = {sign: kind for kind, sign in _POINTS.items()}
_OURS = re.compile(f"[{MARK_BEGINS}{MARK_ENDS}{_PART}{_NOTHING}{''.join(_KINDS)}]")
_NOT_KEPT = (
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
    RELATIONSHIP_TYPE.CUSTOM_PROPERTIES,
    RELATIONSHIP_TYPE.THUMBNAIL,
)
_PEOPLE = "http://schemas.microsoft.com/office/2011/relationships/people"
_UNFILLED = {"footnotes": "a footnote", "endnotes": "an endnote", "comments": "a comment"}
_TORN = (
    "A condition or a loop begins in one paragraph or cell and ends in another. Put {%p if … %} and {%p endif %} each"
    " into a paragraph of its own."
)
SAMPLE_LIST = [f"Sample {number}" for number in range(1, 11)]


class _Template(DocxTemplate):
    """As docxtpl fills it, without what would change people's words or read them as a template again."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        source = _lines(src_xml)
        if problem := structure_problem(source, jinja_env):
            raise RefusedTemplate(problem)
        made = jinja_env.from_string(source).render(context).replace("\n<w:p", "<w:p")
        try:
            parse_xml(made)
        except etree.XMLSyntaxError as error:
            raise RefusedTemplate(_TORN) from error
        return str(made)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing: the paper has properties of its own."""

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing: no field is filled there."""


def _lines(xml: str) -> str:
    """A paragraph a line, so that a mistake is found by its line."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", xml.replace("\n", " "))


def environment() -> ImmutableSandboxedEnvironment:
    """Nothing but names is there: no globals, no filters, no tests; text is escaped."""
    made = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, finalize=lambda value: _NOTHING if value == "" else value
    )
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def fields_of(data: bytes) -> Found:
    """The template's fields, and every mistake in it. Raises RefusedTemplate where it cannot be opened as one."""
    template = _opened(opened(data).data)
    found = _found(template)
    if not found.problems:
        jinja = environment()
        roots = [template.docx.element.body, *(root for _, root in _headers(template))]
        for root in roots:
            source = _lines(template.patch_xml(etree.tostring(root, encoding="unicode")))
            if problem := structure_problem(source, jinja):
                found.problems.append(problem)
    return found


def filled(data: bytes, words: Mapping[str, Any]) -> bytes:
    """The skeleton. ``words`` are texts by field, lists of texts, and True for each block that there is.

    Raises RefusedTemplate with all that is wrong with the template.
    """
    template = _opened(opened(data).data)
    if problems := _found(template).problems:
        raise RefusedTemplate(*problems)
    template.render({name: _value(name, words.get(name)) for name in BY_NAME}, environment())
    document = template.docx
    for root in (document.element.body, *(root for _, root in _headers(template))):
        _set_paragraphs(root, OpenedDocument(document))
    _forget(document)
    file = BytesIO()
    document.save(file)
    return rewritten(file.getvalue())


def sample_words() -> dict[str, Any]:
    """Something in every field, to try a template with."""
    return {
        name: True if field.holds == Holds.BLOCK else SAMPLE_LIST if field.holds == Holds.LIST else f"Sample of {name}"
        for name, field in BY_NAME.items()
    }


def _opened(data: bytes) -> _Template:
    template = _Template(BytesIO(data))
    try:
        template.render_init()
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError) as error:
        raise RefusedTemplate("The file is damaged. Open it in Word, save it again, and upload that.") from error
    return template


def _headers(template: _Template) -> list[tuple[str, Any]]:
    found = []
    for name, uri in (("header", template.HEADER_URI), ("footer", template.FOOTER_URI)):
        for _, part in template.get_headers_footers(uri):
            found.append((name, getattr(part, "element", None) if hasattr(part, "element") else parse_xml(part.blob)))
    return found


def _found(template: _Template) -> Found:
    parts: list[tuple[str, Any]] = [("", template.docx.element.body), *_headers(template)]
    for relation in template.docx.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in _UNFILLED and not relation.is_external:
            parts.append((_UNFILLED[kind], parse_xml(relation.target_part.blob)))
    return fields_in(parts)


def _value(name: str, said: Any) -> Any:
    """What stands for a field when the template is filled: always text, a list of texts, or a mark."""
    holds = BY_NAME[name].holds
    if holds == Holds.BLOCK:
        return mark_of(name) if said else ""
    if holds == Holds.LIST:
        return [_plain(str(one)) for one in said or ()]
    if holds != Holds.TEXT:
        return " ".join(_plain(str(said or "")).split())
    pieces: list[str] = []
    for block in words_as_blocks(_plain(str(said or ""))):
        if isinstance(block, Points):
            pieces += [f"{_POINTS[block.numbered]}{item}" for item in block.items]
        else:
            pieces.append(block.text)
    return _PART.join(pieces)


def _plain(text: str) -> str:
    return _OURS.sub("", printable(text))


def _set_paragraphs(root: Any, host: OpenedDocument) -> None:
    """Give each paragraph of what was typed a paragraph, each list its numbers, and take away what stayed empty."""
    for paragraph in list(root.iter(qn("w:p"))):
        if paragraph.getparent() is None:
            continue
        text = _own_text(paragraph)
        if _PART in text or any(sign in text for sign in _KINDS) or "\n" in text or "\t" in text:
            _part(paragraph, host)
        elif _NOTHING in text:
            _clear(paragraph)


def _own(paragraph: Any) -> list[Any]:
    return [one for one in paragraph.iter(qn("w:t")) if next(one.iterancestors(qn("w:p"))) is paragraph]


def _own_text(paragraph: Any) -> str:
    return "".join(one.text or "" for one in _own(paragraph))


def _part(paragraph: Any, host: OpenedDocument) -> None:
    """Cut at each end of a paragraph that was typed: what follows goes into the next, in the same manner."""
    made = [paragraph]
    for text in _own(paragraph):
        pieces = (text.text or "").split(_PART)
        run = text.getparent()
        behind, beside = list(text.itersiblings()), list(run.itersiblings())
        _set_text(text, pieces[0])
        for piece in pieces[1:]:
            run = _following(made, run, text.makeelement(text.tag, {}), piece)
        if pieces[1:]:
            for after in behind:
                run.append(after)
            for after in beside:
                made[-1].append(after)
    _move_section(paragraph, made[-1])
    kind, number = None, 0
    for one in made:
        sign = next((letter for letter in _own_text(one) if letter in _KINDS), None)
        if sign is None:
            kind = None
            if _NOTHING in _own_text(one):
                _clear(one)
            continue
        if sign != kind:
            kind, number = sign, host.new_list(_KINDS[sign])
        for text in _own(one):
            text.text = (text.text or "").replace(sign, "")
        _number(one, number)


def _following(made: list[Any], run: Any, text: Any, said: str) -> Any:
    """A paragraph like the last of ``made``, put after it, with these letters in a run like that one; the new run."""
    paragraph = made[0].makeelement(made[0].tag, {})
    properties = made[0].find(qn("w:pPr"))
    if properties is not None:
        paragraph.append(_without_page(properties))
    fresh = run.makeelement(run.tag, {})
    if (how := run.find(qn("w:rPr"))) is not None:
        fresh.append(deepcopy(how))
    fresh.append(text)
    paragraph.append(fresh)
    _set_text(text, said)
    made[-1].addnext(paragraph)
    made.append(paragraph)
    return fresh


def _set_text(element: Any, said: str) -> None:
    """Letters, with the line breaks and tabs among them as Word has them."""
    pieces = re.split(r"([\n\t])", said)
    element.text = pieces[0]
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    last = element
    for piece in pieces[1:]:
        if piece in ("\n", "\t"):
            made = element.makeelement(qn("w:br") if piece == "\n" else qn("w:tab"), {})
        elif piece:
            made = element.makeelement(element.tag, {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            made.text = piece
        else:
            continue
        last.addnext(made)
        last = made


def _without_page(properties: Any) -> Any:
    copy = deepcopy(properties)
    for tag in ("w:sectPr", "w:pageBreakBefore"):
        for one in copy.findall(qn(tag)):
            copy.remove(one)
    return copy


def _move_section(first: Any, last: Any) -> None:
    """The end of a section goes with the last of the paragraphs."""
    properties = first.find(qn("w:pPr"))
    section = properties.find(qn("w:sectPr")) if properties is not None else None
    if section is not None and last is not first:
        last.find(qn("w:pPr")).append(section)


def _number(paragraph: Any, number: int) -> None:
    properties = paragraph.get_or_add_pPr()
    if (old := properties.find(qn("w:numPr"))) is not None:
        properties.remove(old)
    # The list says how far it is set in.
    if (indent := properties.find(qn("w:ind"))) is not None:
        properties.remove(indent)
    made = properties.get_or_add_numPr()
    made.get_or_add_ilvl().val = 0
    made.get_or_add_numId().val = number


def _clear(paragraph: Any) -> None:
    """Take out what stands for nothing; and the paragraph, where nothing else is in it and it may go."""
    for text in _own(paragraph):
        text.text = (text.text or "").replace(_NOTHING, "")
    parent = paragraph.getparent()
    more = paragraph.xpath(".//w:drawing | .//w:pict | .//w:br | .//w:sectPr | .//w:fldSimple | .//w:fldChar")
    alone = parent.tag != qn("w:body") and len(parent.findall(qn("w:p"))) == 1
    if not _own_text(paragraph).strip() and not more and not alone:
        parent.remove(paragraph)


def _forget(document: Any) -> None:
    """Who wrote the template, for which firm, and what it was filed under, are not the paper's."""
    package, part = document.part.package, document.part
    for owner in (package, part):
        for key, relation in list(owner.rels.items()):
            if relation.reltype in (*_NOT_KEPT, _PEOPLE):
                del owner.rels[key]
    properties = document.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "category", "subject", "title", "version",
                 "identifier", "content_status"):  # fmt: skip
        setattr(properties, name, "")
