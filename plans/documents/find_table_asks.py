"""The asks that area SEND reports set in ruled tables, some with a column for the body that should act."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from plans.documents import ask_headings as words
from plans.documents.lines import Line, PageTable, source_of
from plans.documents.proposals import ProposedArea, SourceLine

Tables = Callable[[int], Iterable[PageTable]]
Source = tuple[SourceLine, ...]
_PRIORITY = re.compile(r"areas? for priority action", re.IGNORECASE)
_IMPROVEMENT = re.compile(r"areas? for improvement", re.IGNORECASE)
_RESPONSIBLE = re.compile(r"responsible (?:body|bodies|partners?|organisations?)", re.IGNORECASE)


def find_table_asks(lines: Sequence[Line], tables_of: Tables) -> list[ProposedArea]:
    """The asks in tables headed so; none when the report sets its asks otherwise.

    ``tables_of`` gives the ruled tables of a page; a row torn over two pages is put together.
    """
    found: list[ProposedArea] = []
    done = False
    for page in _pages(lines):
        headings = [words.ask_heading(line) for line in lines if line.page == page]
        kinds = [heading.kind for heading in headings if heading]
        before = len(found)
        for table in tables_of(page):
            done = done or _is_details(table)
            if done:
                break
            found = _with_table(found, table, kinds[-1] if kinds else "")
        if found and len(found) == before and _unfinished(found[-1].text):
            found = [*found[:-1], _with_tail(found[-1], [line for line in lines if line.page == page])]
    return [_referenced(area) for area in found if area.text and not words.says_none(area.text)]


def _pages(lines: Sequence[Line]) -> list[int]:
    starts = [line.page for line in lines if words.ask_heading(line)]
    ends = [
        line.page
        for line in lines
        if re.match(r"local (?:area )?partnership details", line.text.strip(), re.IGNORECASE)
    ]
    if not starts:
        return []
    last = max((page for page in ends if page >= min(starts)), default=max(line.page for line in lines))
    return list(range(min(starts), min(last, min(starts) + 12) + 1))


def _unfinished(text: str) -> bool:
    return not text.rstrip().endswith((".", ".”", ".’", "!", "?"))


def _with_tail(area: ProposedArea, lines: Sequence[Line]) -> ProposedArea:
    """With the rest of a torn row that stands, without rules around it, at the top of the next page."""
    text, source = area.text, area.source
    for line in lines:
        if words.is_stop(line.text) or words.ask_heading(line) or line.bold:
            break
        text = f"{text} {line.text.strip()}"
        source = (*source, *source_of([line]))
    return replace(area, text=words.unmarked(text), source=source)


def _with_table(found: list[ProposedArea], table: PageTable, heading: str) -> list[ProposedArea]:
    """With the asks of a table; ``heading`` is the kind that the page's own heading gives, for a table with none."""
    rows = [[" ".join(cell.split()) for cell in row if cell and cell.strip()] for row in table.rows]
    sources = [source_of(lines) for lines in table.lines] or [()] * len(rows)
    sources = [source for row, source in zip(rows, sources, strict=True) if row]
    rows = [row for row in rows if row]
    kind = _announced(rows[0]) if rows else ""
    if kind:
        rows, sources = rows[1:], sources[1:]
        torn = (
            bool(found) and found[-1].kind == kind and found[-1].page == table.page - 1 and _unfinished(found[-1].text)
        )
        if rows and torn:
            found, rows, sources = _with_rest(found, rows[0], sources[0]), rows[1:], sources[1:]
    elif not rows:
        return found
    elif (
        found
        and found[-1].page == table.page - 1
        and not (heading and len(rows[0]) == 1 and not _unfinished(found[-1].text))
    ):
        kind = found[-1].kind
        if _unfinished(found[-1].text) or not rows[0][-1][:1].isupper():
            found, rows, sources = _with_rest(found, rows[0], sources[0]), rows[1:], sources[1:]
    elif heading:
        kind = heading
    else:
        return found
    for row, source in zip(rows, sources, strict=True):
        if len(row) > 2 or _announced(row):
            continue
        body = row[0] if len(row) == 2 else words.PARTNERSHIP
        if len(row) == 1 and kind == "area for priority action" and found and found[-1].kind == kind:
            body = found[-1].body
        found = [*found, ProposedArea(words.unmarked(row[-1]), kind, None, body, None, None, None, table.page, source)]
    return found


def _with_rest(found: list[ProposedArea], row: Sequence[str], source: Source) -> list[ProposedArea]:
    """With the rest of a row that was torn at the end of the page before."""
    text = words.unmarked(f"{found[-1].text} {row[-1]}")
    return [*found[:-1], replace(found[-1], text=text, source=(*found[-1].source, *source))]


def _announced(row: Sequence[str]) -> str:
    """The kind that a table's first row announces, with or without a column for the body."""
    cells = [cell for cell in row if not _RESPONSIBLE.fullmatch(cell)]
    if len(cells) == 1:
        for kind, pattern in (("area for priority action", _PRIORITY), ("area for improvement", _IMPROVEMENT)):
            if pattern.fullmatch(cells[0]):
                return kind
    return ""


def _is_details(table: PageTable) -> bool:
    """Whether this is the table of addresses with which the list of asks is over."""
    text = " ".join(cell for cell in table.rows[0] if cell).lower() if table.rows else ""
    return ("local authority" in text and "board" in text) or "www." in text or "ofsted" in text


def _referenced(area: ProposedArea) -> ProposedArea:
    text, reference = words.without_reference(area.text)
    body = area.body if area.body != words.PARTNERSHIP else words.named_at_start(text) or area.body
    return replace(area, text=text, body=body, reference=reference)
