"""The asks that area SEND reports set in ruled tables, some with a column for the body that should act."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from plans.documents import ask_headings as words
from plans.documents.lines import Line, PageTable
from plans.documents.proposals import ProposedArea

Tables = Callable[[int], Iterable[PageTable]]
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
    text = area.text
    for line in lines:
        if words.is_stop(line.text) or words.ask_heading(line) or line.bold:
            break
        text = f"{text} {line.text.strip()}"
    return replace(area, text=_unmarked(text))


def _with_table(found: list[ProposedArea], table: PageTable, heading: str) -> list[ProposedArea]:
    """With the asks of a table; ``heading`` is the kind that the page's own heading gives, for a table with none."""
    rows = [[" ".join(cell.split()) for cell in row if cell and cell.strip()] for row in table.rows]
    rows = [row for row in rows if row]
    kind = _announced(rows[0]) if rows else ""
    if kind:
        rows = rows[1:]
    elif not rows:
        return found
    elif (
        found
        and found[-1].page == table.page - 1
        and not (heading and len(rows[0]) == 1 and not _unfinished(found[-1].text))
    ):
        kind = found[-1].kind
        if _unfinished(found[-1].text) or not rows[0][-1][:1].isupper():
            found = [*found[:-1], replace(found[-1], text=_unmarked(f"{found[-1].text} {rows[0][-1]}"))]
            rows = rows[1:]
    elif heading:
        kind = heading
    else:
        return found
    for row in rows:
        if len(row) > 2 or _announced(row):
            continue
        body = row[0] if len(row) == 2 else words.PARTNERSHIP
        if len(row) == 1 and kind == "area for priority action" and found and found[-1].kind == kind:
            body = found[-1].body
        found = [*found, ProposedArea(_unmarked(row[-1]), kind, None, body, None, None, None, table.page)]
    return found


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


def _unmarked(text: str) -> str:
    return re.sub(r"\s*[\uf0b7\u25cf\u25fc•]\s*", " ", text).strip()


def _referenced(area: ProposedArea) -> ProposedArea:
    text, reference = words.without_reference(area.text)
    body = area.body if area.body != words.PARTNERSHIP else words.named_at_start(text) or area.body
    return ProposedArea(text, area.kind, area.timescale, body, area.number, area.theme, reference, area.page)
