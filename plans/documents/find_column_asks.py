"""The asks of area SEND reports whose table lost its rules: a column of bodies beside a column of asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.documents import ask_headings as words
from plans.documents.lines import Line, source_of
from plans.documents.proposals import ProposedArea

_HEAD = re.compile(
    r"responsible (?:body|bodies|partners?|organisations?)(?:\s+areas? for priority action)?", re.IGNORECASE
)
_ASKS_HEAD = re.compile(r"areas? for priority action", re.IGNORECASE)
_NAME = re.compile(r"(?:(?:[A-Z][\w’'&()/-]*|and|of|the|with|on|upon|&)(?:,? |,?$))+")
_SENTENCE_END = (".", "!", "?", ".”", ".’")


@dataclass
class _Row:
    body: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return bool(self.text) and self.text[-1].rstrip().endswith(_SENTENCE_END)


def find_column_asks(lines: Sequence[Line]) -> tuple[list[ProposedArea], list[Line]]:
    """The asks under "Responsible body", and the lines of the report without them."""
    start = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line.text.strip())), None)
    if start is None:
        return [], list(lines)
    region: list[Line] = []
    end = len(lines)
    for at in range(start + 1, len(lines)):
        text = lines[at].text.strip()
        if _HEAD.fullmatch(text) or _ASKS_HEAD.fullmatch(text):
            continue
        if words.ask_heading(lines[at]) or words.is_stop(text):
            end = at
            break
        region.append(lines[at])
    columns = any("\t" in line.printed.strip() for line in region)
    rows: list[_Row] = []
    for line in region:
        _take(rows, line, columns)
    asks = [ask for ask in map(_ask, rows) if ask.text]
    return asks, [*lines[:start], *lines[end:]]


def _take(rows: list[_Row], line: Line, columns: bool) -> None:
    """Take a line. ``columns``: a tab stands between the two columns, so that a name without one goes on with the
    body above; else it begins the next row."""
    body, tab, text = line.printed.strip().partition("\t")
    if not tab:
        is_body = bool(_NAME.fullmatch(line.printed.strip())) and (not rows or rows[-1].is_whole or not rows[-1].text)
        body, text = (line.printed, "") if is_body else ("", line.printed)
    rest = columns and not tab and bool(rows)
    if not rows or (
        not rest and body.strip() and rows[-1].is_whole and (not text.strip() or text.strip()[:1].isupper())
    ):
        rows.append(_Row())
    row = rows[-1]
    row.body += [body.strip()] if body.strip() else []
    row.text += [text.strip()] if text.strip() else []
    row.lines.append(line)


def _ask(row: _Row) -> ProposedArea:
    text, reference = words.without_reference(" ".join(words.unmarked(" ".join(row.text)).split()))
    body = " ".join(" ".join(row.body).split()) or words.PARTNERSHIP
    return ProposedArea(
        text, "area for priority action", None, body, None, None, reference, row.lines[0].page, source_of(row.lines)
    )
