"""How many pages a paper has is known before it is issued."""

from __future__ import annotations

from dataclasses import replace

from plans.papers.content import Heading, PageBreak, Paragraph
from plans.papers.files import page_count, pages_in
from plans.papers.pdf import pdf_document
from tests import factories
from tests.papers.every_block import every_block

MADE_AT = factories.moment(2026, 4, 14, 9, 5)


def test_pages_are_counted_in_the_pdf() -> None:
    paper = replace(
        every_block(), blocks=(Heading("One"), PageBreak(), Heading("Two"), PageBreak(), Paragraph("Three"))
    )
    assert page_count(paper, MADE_AT) == pages_in(pdf_document(paper, MADE_AT)) == 3


def test_a_break_with_nothing_after_it_makes_no_page() -> None:
    paper = replace(every_block(), blocks=(Heading("One"), PageBreak()), key=())
    assert page_count(paper, MADE_AT) == 1
