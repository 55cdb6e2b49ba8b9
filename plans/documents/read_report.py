"""A published report as a proposal: what kind it is, whose, when, how it was graded and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from plans.documents.find_areas import find_areas
from plans.documents.find_authority import find_authority, first_council
from plans.documents.find_column_asks import find_column_asks
from plans.documents.find_inspection import find_dates, find_lead, find_published
from plans.documents.find_judgements import find_judgements
from plans.documents.find_table_asks import find_table_asks
from plans.documents.lines import MOST_BYTES, Document, Line, PageTable, RefusedDocument
from plans.documents.proposals import Problem, ProposedArea, ProposedInspection, as_plain
from plans.documents.read_pdf import read_page_tables, read_pdf
from plans.documents.read_text import read_text
from plans.documents.read_word import read_word
from plans.documents.recognise import framework_of, is_council_paper, is_inspectorates, title_code

_WHOLE = "the whole document"
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|<body|<script|<\?xml|<svg)", re.IGNORECASE)


def read_report(data: bytes, name: str) -> ProposedInspection:
    """Read a report from a PDF, a Word document or plain text; ``name`` only serves the sentences.

    Raises RefusedDocument, with a sentence for the person who uploads, when the file cannot be read at all.
    """
    document = read_document(data, name)

    def tables_of(page: int) -> Iterable[PageTable]:
        if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
            return read_page_tables(data, page, [line for line in document.lines if line.page == page])
        return (table for table in document.tables if table.page == page)

    return read_lines(document.lines, tables_of)


def read_lines(lines: Sequence[Line], tables_of: Callable[[int], Iterable[PageTable]]) -> ProposedInspection:
    """A report's lines as a proposal; ``tables_of`` gives the ruled tables of a page, counted from 1."""
    if is_council_paper(lines):
        message = (
            "This is a council's own paper, not an inspectorate's report. What it quotes are not areas for "
            "improvement. Upload the published report."
        )
        return ProposedInspection(authority=first_council(lines), problems=(Problem(_WHOLE, message),))
    code = title_code(lines)
    problems: list[Problem] = []
    on_site = find_dates(lines)
    judgements, doubts = find_judgements(lines, code)
    problems += doubts
    framework = framework_of(lines, on_site.start, [one.area for one in judgements])
    areas: list[ProposedArea] = []
    if code in ("SEND_2016", "SEND_2023"):
        areas = find_table_asks(lines, tables_of)
    if not areas:
        columns, others = find_column_asks(lines) if code == "SEND_2023" else ([], lines)
        areas, doubts = find_areas(others, code)
        areas = [*columns, *areas]
        problems += doubts
    if framework is None and areas and not is_inspectorates(lines) and len(lines) > 40:
        areas = []
        problems.append(
            Problem(_WHOLE, "No inspectorate is named in this document, so nothing in it is taken for its findings.")
        )
    authority = find_authority(lines) or (None if code else first_council(lines))
    published = find_published(lines, code)
    problems += _missing(framework, authority, on_site.start is None, published is None, bool(areas))
    if published and on_site.end and published < on_site.end:
        problems.append(Problem("page 1", "The day of publication lies before the end of the inspection. Check both."))
    return ProposedInspection(
        authority=authority,
        framework=framework,
        inspection_start=on_site.start,
        inspection_end=on_site.end,
        spells=on_site.spells,
        published=published,
        lead_inspector=find_lead(lines),
        judgements=tuple(judgements),
        areas=tuple(areas),
        problems=tuple(problems),
    )


def report_as_json(proposal: ProposedInspection) -> dict[str, Any]:
    """A proposal as plain JSON values, without the lines that it was read from."""
    plain = as_plain(proposal)
    for one in (*plain["areas"], *plain["judgements"]):
        del one["source"]
    return plain


def read_document(data: bytes, name: str) -> Document:
    """The lines of a file, by what it holds and not by what it is called."""
    if not data.strip():
        raise RefusedDocument("This file is empty. Check that it was saved, and upload it again.")
    if len(data) > MOST_BYTES:
        raise RefusedDocument("This file is larger than 60 MB. Save the report's own pages, and upload those.")
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if data.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return read_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return read_word(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedDocument(
            "This is an old Word document or one protected by a password. Save it as .docx without a password, "
            "and upload that."
        )
    if _MARKUP.match(data[:2048]):
        called = f", although its name ends in .{ending}" if ending not in ("html", "htm") else ""
        raise RefusedDocument(f"This is a web page{called}. Upload the published PDF itself.")
    if ending in ("pdf", "docx", "doc"):
        raise RefusedDocument(
            f"This file is not a {ending.upper()} inside, or it is damaged. Save it again, and upload that."
        )
    return read_text(data)


def _missing(
    framework: str | None, authority: str | None, no_dates: bool, no_day: bool, has_areas: bool
) -> list[Problem]:
    found = []
    if framework is None:
        found.append(Problem("page 1", "The kind of inspection was not recognised. Choose it from the list."))
    if authority is None:
        found.append(Problem("page 1", "The authority inspected was not found. Choose it from the list."))
    if no_dates:
        found.append(Problem("page 1", "No dates on site were found. Enter them as the report prints them."))
    if no_day:
        found.append(Problem("page 1", "No date of publication is printed. Enter the day on which it was published."))
    if not has_areas:
        found.append(Problem(_WHOLE, "No areas for improvement were found. Check that the report has none."))
    return found
