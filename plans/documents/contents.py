"""The list of contents on a report's first pages, whose entries are the words of its headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.documents.lines import Line

_MOST_LINES = 120
_LONGEST_ENTRY = 130
_LEAST_NUMBERED = 3
# A long entry goes over three lines before its page number.
_FARTHEST_NUMBER = 4
_PAGE = re.compile(r"(?:^|[\s.…])(?P<page>\d{1,3})$")


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines without the list of contents."""
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        end = _end(lines, at + 1) if _entry(lines[at]) == "contents" else None
        if end is None:
            kept.append(lines[at])
        at = at + 1 if end is None else end
    return kept


def _end(lines: Sequence[Line], start: int) -> int | None:
    """Where the list that begins here is over: after its last page number, or, where page numbers were lost, where
    its first entry stands again as a heading."""
    numbered, last, page, repeated = 0, start, 0, None
    counting = True
    for at in range(start, min(start + _MOST_LINES, len(lines))):
        text = _whole(lines[at])
        if len(text) > _LONGEST_ENTRY:
            break
        found = _PAGE.search(text)
        if counting and found and int(found["page"]) >= page:
            numbered, last, page = numbered + 1, at, int(found["page"])
        counting = counting and at - last < _FARTHEST_NUMBER and not text.endswith(".")
        if repeated is None and at > start and _entry(lines[at]) == _entry(lines[start]):
            repeated = at
    return last + 1 if numbered >= _LEAST_NUMBERED else repeated


def _whole(line: Line) -> str:
    return f"{line.bullet} {line.text}".strip()


def _entry(line: Line) -> str:
    """The words of an entry without its page number."""
    return " ".join(_PAGE.sub("", line.text).lower().split()).rstrip(":. ")
