"""An ask while it is being read, line by line, and what its section's headings have said so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.documents import ask_headings as words
from plans.documents.lines import Line, source_of
from plans.documents.proposals import Problem, ProposedArea

SENTENCE_END = (".", "!", "?", ".”", ".’", ".)", "…")


@dataclass
class Ask:
    text: str
    kind: str
    timescale: str | None
    body: str
    number: str | None
    theme: str | None
    page: int
    bullet: str
    x: float
    size: float = 0.0
    lines: list[Line] = field(default_factory=list)

    @property
    def is_ended(self) -> bool:
        """Whether its last sentence is whole."""
        return self.text.rstrip().endswith(SENTENCE_END) or words.without_reference(self.text)[1] is not None

    def goes_on(self, line: Line, text: str) -> None:
        """Take the words of a further line."""
        self.text = _joined(self.text, text)
        self.lines.append(line)


@dataclass
class Section:
    """The list being read: what its headings have said so far."""

    kind: str
    body: str
    heading: Line
    theme: str | None = None
    timescale: str | None = None
    item: Line | None = None
    spaced: bool = False


def _joined(above: str, below: str) -> str:
    below = below.replace("\t", " ").strip()
    if not below:
        return above
    if above.endswith("-") and not above.endswith(" -") and below[:1].islower():
        return above + below
    return f"{above} {below}".strip()


def proposed(asks: Sequence[Ask]) -> list[ProposedArea]:
    """The asks as they are proposed, with the reference at the end of each split off."""
    found: list[ProposedArea] = []
    for ask in asks:
        text, reference = words.without_reference(" ".join(ask.text.replace("\t", " ").split()))
        if not text:
            continue
        body = words.named_at_start(text) or ask.body
        found.append(
            ProposedArea(
                text,
                ask.kind,
                ask.timescale,
                body,
                ask.number,
                ask.theme,
                reference,
                max(ask.page, 1),
                source_of(ask.lines),
            )  # fmt: skip
        )
    return found


def doubts(asks: Sequence[Ask]) -> list[Problem]:
    """Asks so short or so long that somebody should look."""
    problems = []
    for ask in asks:
        if len(ask.text) < 25 or not re.match(r"[‘“'\"(]?\w", ask.text):
            shown = ask.text[:60]
            problems.append(Problem(f"page {ask.page}", f"“{shown}” is short for an area. Check that it is whole."))
        if len(ask.text) > 1_800:
            problems.append(Problem(f"page {ask.page}", f"“{ask.text[:60]}…” is very long. Check where it should end."))
    return problems
