"""What the page of a paper needs of its content tree: ``templates/papers/tree.html`` renders nothing but the tree."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from django import template
from django.utils.safestring import SafeString, mark_safe

from plans.papers.content import Block, Chart, Head, Heading, PageBreak, Paragraph, Points, Table
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.models import Release
from plans.papers.rules import Kind
from plans.web.as_at import as_at_words
from plans.web.paper_rows import MOST_ACROSS, RowShown, heads_across, rows_shown

register = template.Library()

NAMES: dict[type[Any], str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Points: "points",
    Table: "table",
    Chart: "chart",
    PageBreak: "page_break",
}
DRAWN = frozenset(
    ["svg", "title", "desc", "g", "defs", "marker", "clipPath", "pattern", "text", "tspan"]
    + ["path", "rect", "line", "circle", "ellipse", "polyline", "polygon"]
)
DEEPEST = 6
SIZE = re.compile(r' (?:width|height)="[^"]*"')
NARROW = 500  # in the units of a drawing


@register.filter
def kind_of_block(block: Block) -> str:
    """“heading”, “table” …"""
    return NAMES[type(block)]


@register.filter
def heading_level(level: int, deeper: int | str) -> int:
    """A heading's level on a page where the paper stands so many levels deeper."""
    return min(level + int(deeper or 0), DEEPEST)


@register.filter
def shown_rows(table: Table) -> list[RowShown]:
    """A table's rows, with a heading over those that share a cell."""
    return rows_shown(table)


@register.filter
def shown_heads(table: Table) -> tuple[Head, ...]:
    """The columns that stay columns on a page."""
    return heads_across(table)


@register.filter
def too_wide(table: Table) -> bool:
    """Whether it has more columns than a screen has room for."""
    return len(heads_across(table)) > MOST_ACROSS


@register.filter
def drawing(chart: Chart) -> SafeString | str:
    """The picture as wide as its place, where it is only lines, shapes and words; "" otherwise."""
    try:
        root = ElementTree.fromstring(chart.svg)
    except ElementTree.ParseError:
        return ""
    if not all(_only_draws(element) for element in root.iter()):
        return ""
    head, end, rest = chart.svg.partition(">")
    if "viewBox" in head:
        head = f'{SIZE.sub("", head)} width="100%"'
    return mark_safe(f"{head}{end}{rest}")


@register.filter
def is_wide(chart: Chart) -> bool:
    """Whether a picture needs the whole width of a page."""
    found = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+)', chart.svg)
    return found is not None and float(found[1]) > NARROW


def _only_draws(element: Any) -> bool:
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    attributes = [key.rpartition("}")[2].lower() for key in element.attrib]
    return name in DRAWN and not any(key.startswith("on") or key in ("href", "style") for key in attributes)


@register.filter
def kind_label_of(release: Release) -> str:
    """“Full plan”."""
    found = CATALOGUE.get(Kind(release.kind))
    return found.label if found else Kind(release.kind).label


register.filter("as_at_words", as_at_words)
