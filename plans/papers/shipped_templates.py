"""The two Word templates to start from, built when they are asked for: the same bytes wherever that is.

One has the considerations that many county councils print one after another, numbered; the other has a summary and a
recommendation first and the implications last. Only the headings are the councils’; every other word is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt

from plans.papers.content import Paper, Stamp
from plans.papers.word import word_document
from plans.papers.word_host import OpenedDocument
from plans.papers.word_template_package import rewritten
from plans.papers.word_template_reading import document_of
from plans.papers.word_xml import DECLARED, field, paragraph, run

_DAY = datetime(2020, 3, 16, tzinfo=UTC)
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_COMMITTEE = "{% if meeting_body %}{{ meeting_body }}{% else %}committee{% endif %}"


def shipped_templates() -> list[tuple[str, str]]:
    """Each template’s key and what it is called."""
    return [(key, label) for key, (label, _) in _SHIPPED.items()]


@lru_cache
def shipped_bytes(key: str) -> bytes:
    """The template as a .docx file. Raises KeyError for a key that there is not."""
    page = _Page()
    _SHIPPED[key][1](page)
    return page.file()


class _Page:
    """A document in our house style that is written line by line."""

    def __init__(self) -> None:
        empty = Paper("", "Report", "", (), Stamp("", 0, "", "", "", False), landscape=False)
        self.document = document_of(word_document(empty, _DAY))
        body = self.document.element.body
        for element in [one for one in body if one.tag != qn("w:sectPr")]:
            body.remove(element)
        self.host = OpenedDocument(self.document)
        normal = self.document.styles["Normal"]
        normal.font.size, normal.paragraph_format.space_after = Pt(11), Pt(8)
        self.numbers = 0
        footer = self.document.sections[0].footer
        footer.paragraphs[0]._p.getparent().replace(footer.paragraphs[0]._p, parse_xml(_footer()))

    def line(self, text: str, *, align: Any = None, bold: bool = False, caps: bool = False, size: int = 0) -> None:
        made = self.document.add_paragraph()
        run_ = made.add_run(text)
        run_.bold, run_.font.all_caps = bold or None, caps or None
        if size:
            run_.font.size = Pt(size)
        made.alignment = align

    def condition(self, name: str, *lines: Callable[[], None]) -> None:
        """What is printed only where the field says something."""
        self.line(f"{{%p if {name} %}}")
        for write in lines:
            write()
        self.line("{%p endif %}")

    def heading(self, text: str, level: int = 2, *, numbered: bool = False, page: bool = False) -> None:
        made = self.document.add_paragraph(text, style=f"heading {level}")
        made.paragraph_format.page_break_before = page or None
        if numbered:
            self.numbers = self.numbers or self.host.new_list("1")
            properties = made._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = self.numbers

    def section(self, text: str, name: str, level: int = 2, *, numbered: bool = False) -> None:
        """A heading with its field under it."""
        self.heading(text, level, numbered=numbered)
        self.line(f"{{{{ {name} }}}}")

    def file(self) -> bytes:
        properties = self.document.core_properties
        properties.title, properties.author = "Template for a report", "Improvement Plan Tracker"
        file = BytesIO()
        self.document.save(file)
        return rewritten(file.getvalue())


def _footer() -> str:
    # Set to the right, which fits the page of any section, however wide.
    inside = f"{run('{{ organisation }}, page ')}{field('PAGE')}{run(' of ')}{field('NUMPAGES')}"
    return paragraph(inside, "Footer", '<w:jc w:val="right"/>').replace("<w:p>", f"<w:p {DECLARED}>", 1)


def _considerations(page: _Page) -> None:
    page.condition("agenda_item", lambda: page.line("Agenda item {{ agenda_item }}", align=_RIGHT))
    page.line("{{ organisation }}", align=_CENTRE, bold=True, caps=True, size=14)
    page.line("{{ meeting_body }}", align=_CENTRE, bold=True, caps=True, size=12)
    page.line("{{ meeting_date }}", align=_CENTRE, bold=True)
    page.condition("report_of", lambda: page.line("Report of {{ report_of }}", align=_CENTRE))
    page.heading("{{ title }}", 1)
    page.condition("portfolio", lambda: page.line("Portfolio: {{ portfolio }}"))
    page.section("Purpose of report", "purpose", numbered=True)
    page.section("Information and analysis", "information", numbered=True)
    page.line("The plan answers these areas for improvement:")
    page.line("{{ areas }}")
    page.line("{{ position }}")
    for heading, name in (
        ("Financial considerations", "financial"),
        ("Social value considerations", "social_value"),
        ("Legal considerations", "legal"),
        ("Other considerations", "other"),
        ("Key decision", "key_decision"),
        ("Call-in", "call_in"),
        ("Background papers", "background_papers"),
    ):
        page.section(heading, name, numbered=True)
    page.heading("Officer recommendation", numbered=True)
    page.line(f"It is recommended that the {_COMMITTEE}:")
    page.line("{{ recommendations }}")
    page.line("{{ stamp }}")
    page.line("{{ appendices }}")
    page.line("{{ rag_key }}")


def _implications(page: _Page) -> None:
    page.line("{{ organisation }}", bold=True, caps=True, size=14)
    page.line("{{ meeting_body }}", bold=True, caps=True, size=12)
    page.line("{{ meeting_date }}", bold=True)
    page.condition("agenda_item", lambda: page.line("Item {{ agenda_item }}", bold=True))
    page.condition("report_of", lambda: page.line("Report of {{ report_of }}"))
    page.heading("{{ title }}", 1)
    page.section("Summary", "summary")
    page.line("{{ position }}")
    page.section("Recommendation", "recommendations_to")
    page.section("Background information", "background")
    page.line("The plan answers these areas for improvement:")
    page.line("{{ areas }}")
    page.section("Background papers", "background_papers")
    page.section("List of appendices", "appendix_list")
    page.condition("contact", lambda: page.line("Contact: {{ contact }}"))
    page.heading("Implications", page=True)
    for heading, name in (
        ("Financial", "financial"),
        ("Legal", "legal"),
        ("Personnel", "personnel"),
        ("Equalities impact", "equalities"),
        ("Corporate objectives and priorities for change", "corporate_objectives"),
    ):
        page.section(heading, name, 3)
    page.line("{{ stamp }}")
    page.line("{{ appendices }}")
    page.line("{{ rag_key }}")


_SHIPPED: dict[str, tuple[str, Callable[[_Page], None]]] = {
    "considerations": ("Ten numbered headings, from purpose to officer recommendation", _considerations),
    "implications": ("Summary and recommendation first, implications last", _implications),
}
