"""Every ask of a report in its own words: joined across lines and pages, with kind, timescale and number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plans.documents import ask_headings as words
from plans.documents.lines import Line
from plans.documents.proposals import Problem, ProposedArea
from plans.documents.read_text import LOST_MARK, is_number

_JOINT = {"JTAI", "SEND_2016", "SEND_2023"}
_SENTENCE_END = (".", "!", "?", ".”", ".’", ".)", "…")
_LONGEST_ASK = 6_000


@dataclass
class _Ask:
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


@dataclass
class _Section:
    """The list being read: what its headings have said so far."""

    kind: str
    body: str
    heading: Line
    theme: str | None = None
    timescale: str | None = None
    item: Line | None = None
    lead_in: str = ""


def find_areas(lines: Sequence[Line], code: str | None) -> tuple[list[ProposedArea], list[Problem]]:
    """The asks in the order printed. ``code`` is the framework's family, which says who is addressed."""
    reader = _Reader(code)
    for at, line in enumerate(lines):
        reader.coming = lines[at + 1 : at + 13]
        reader.take(line, lines[at + 1] if at + 1 < len(lines) else None)
    asks = [ask for ask in reader.asks if not words.says_none(ask.text) and not words.is_lead_in(ask.text)]
    return _proposed(asks), _problems(asks, reader)


class _Reader:
    def __init__(self, code: str | None) -> None:
        self.code = code
        self.asks: list[_Ask] = []
        self.headings: list[Line] = []
        self.section: _Section | None = None
        self.ask: _Ask | None = None
        self.lscb = False
        self.before: Line | None = None
        self.longest = 0
        self.coming: Sequence[Line] = ()

    def take(self, line: Line, following: Line | None) -> None:
        """Read one line in the light of those before it."""
        self._note_section_two(line)
        heading = words.ask_heading(line)
        if heading and self._is_running_text(line, following):
            heading = None
        if heading:
            self._begin(line, heading)
        elif self.section:
            self._within(line, following, self.section)
        self.before = line
        self.longest = max(self.longest, len(line.text)) if self.section else 0

    def _note_section_two(self, line: Line) -> None:
        text = line.text.strip()
        if line.bullet or "\t" in text or len(text) > 130:
            return
        if (
            re.match(
                r"(?:section 2|(?:the )?(?:effectiveness of the )?(?:local safeguarding children board|lscb)\b)",
                text,
                re.IGNORECASE,
            )
            and self.code == "SIF"
        ):
            # A contents list names the board too; its own list comes after the authority's.
            self.lscb = self.lscb or bool(self.asks)

    def _is_running_text(self, line: Line, following: Line | None) -> bool:
        """Whether words that could be a heading are the end or start of a sentence."""
        plain = not (line.bold or line.size == 0)
        before = self.before
        if (
            plain
            and before
            and before.page == line.page
            and not line.gap
            and not before.text.rstrip().endswith(_SENTENCE_END)
        ):
            return abs(before.x - line.x) < 40 and before.size == line.size and not before.bold
        return bool(plain and following and following.text[:1].islower() and not following.bullet and not following.gap)

    def _begin(self, line: Line, heading: words.AskHeading) -> None:
        self.headings.append(line)
        if self.ask and self.ask.text.endswith(f". {line.text.strip()}"):  # a heading that the file holds twice
            self.ask.text = self.ask.text.removesuffix(line.text.strip()).rstrip()
        joint = self.code in _JOINT
        lscb = heading.lscb or self.lscb
        body = words.PARTNERSHIP if joint else words.LSCB if lscb else words.LOCAL_AUTHORITY
        self.lscb = lscb
        kind = heading.kind or "area for improvement"
        self.section = _Section(kind, body, line)
        self.ask = None

    def _within(self, line: Line, following: Line | None, section: _Section) -> None:
        text = line.text.strip()
        timescale = words.timescale_of(text)
        alone = not line.bullet or is_number(line.bullet)
        if timescale and alone and text[:1].isupper() and not self._continues(line):
            section.timescale, section.theme, section.item, self.ask = timescale, None, None, None
            return
        if not line.bullet and (body := words.addressed_to(text)) and (line.gap or line.bold or not self.ask):
            section.body, section.timescale, self.ask = body, None, None
            return
        if self._ends(line, section):
            self.section = self.ask = None
            return
        if line.bullet:
            self._marked(line, section)
        else:
            self._unmarked(line, following, section)

    def _ends(self, line: Line, section: _Section) -> bool:
        text = line.text.strip()
        heading = section.heading
        if line.bullet and not line.bold:
            return False
        if words.is_stop(text) and (not self._continues(line) or line.bold):
            return True
        if line.size and line.bold and not line.bullet and line.size > heading.size - 0.4 and text[:1].isupper():
            themed = self.code in _JOINT and section.kind != "what needs to improve"
            if themed and line.size < 13 and abs(line.size - heading.size) < 0.4:
                return False
            return not self._is_theme_size(line, heading)
        return bool(line.size and line.size < 0.86 * heading.size and line.size < 10.6)

    @staticmethod
    def _is_theme_size(line: Line, heading: Line) -> bool:
        return line.size < heading.size - 0.4

    def _continues(self, line: Line) -> bool:
        """Whether the sentence above is unfinished and this line could finish it."""
        ask = self.ask
        if ask is None or line.gap:
            return False
        ended = ask.text.rstrip().endswith(_SENTENCE_END) or words.without_reference(ask.text)[1] is not None
        return not ended or line.text[:1].islower()

    def _marked(self, line: Line, section: _Section) -> None:
        item, ask = section.item, self.ask
        if ask and item and not ask.text and is_number(item.bullet) and not is_number(line.bullet):
            self.asks.remove(ask)  # the number of a footnote, torn off the heading
            item = ask = None
        if ask and item:
            if is_number(line.bullet) and not is_number(item.bullet) and self._is_torn_number(line, ask):
                ask.text = _joined(ask.text, f"{line.bullet} {line.text}".strip())
                return
            if self._is_below(line, item, ask):
                ask.text = _joined(ask.text, line.text)
                return
            if is_number(item.bullet) != is_number(line.bullet) and not is_number(line.bullet):
                ask.text = _joined(ask.text, line.text)
                return
            if is_number(line.bullet) and not is_number(item.bullet) and line.size == 0 and section.timescale:
                self.section = self.ask = None
                return
        number = line.bullet.strip("().").strip() if is_number(line.bullet) else None
        ask = _Ask(line.text, section.kind, section.timescale, section.body, number, section.theme, line.page,
                   line.bullet, line.x, line.size)  # fmt: skip
        if words.is_lead_in(line.text):
            self.ask = ask
            self.asks.append(ask)
            return
        section.item = line
        self.ask = ask
        self.asks.append(ask)

    @staticmethod
    def _is_torn_number(line: Line, ask: _Ask) -> bool:
        """Whether the "17." that begins this line ends the sentence above, and is no number of an item."""
        return not line.text.strip() or (not ask.text.endswith(_SENTENCE_END) and line.x <= ask.x + 6 and not line.gap)

    @staticmethod
    def _is_below(line: Line, item: Line, ask: _Ask) -> bool:
        """Whether this is a bullet under the bullet: further in, or of another shape after a colon."""
        if line.size and line.x > item.x + 9:
            return True
        if line.size and item.size:
            return False
        other = line.bullet != item.bullet and is_number(line.bullet) == is_number(item.bullet)
        return bool(other and LOST_MARK not in (line.bullet, item.bullet) and ask.text.rstrip().endswith(":"))

    def _unmarked(self, line: Line, following: Line | None, section: _Section) -> None:
        text = line.text.strip()
        ask = self.ask
        if ask is None:
            self._before_items(line, following, section)
            return
        if self._is_theme(line, following, section):
            section.theme = text
            self.ask = None
            return
        ended = ask.text.rstrip().endswith(_SENTENCE_END)
        capital = text[:1].isupper()
        outside = bool(line.size and section.item and line.x < section.item.x - 9)
        apart = line.gap or line.page != ask.page
        if outside and apart and (ended or capital) and not words.is_lead_in(ask.text):
            self._after_items(line, following, section)
            return
        if not ask.bullet and ended and capital and self._begins_paragraph(line):
            self._paragraph(line, section)
            return
        if not line.size and line.gap and ask.bullet and ended and capital and not self._more_items(section):
            self._after_items(line, following, section)
            return
        if len(ask.text) > _LONGEST_ASK:
            self.section = self.ask = None
            return
        ask.text = _joined(ask.text, text)

    def _more_items(self, section: _Section) -> bool:
        """Whether the list goes on below: then a blank line was a page's end, and this is still the ask above."""
        for line in self.coming:
            if words.ask_heading(line) or words.is_stop(line.text):
                return False
            if words.timescale_of(line.text) or (section.item and line.bullet == section.item.bullet):
                return True
        return False

    def _begins_paragraph(self, line: Line) -> bool:
        """Whether white space stands above; at the top of a page, whether the line before it was a short one."""
        before = self.before
        if before is None or before.page == line.page or not line.size:
            return line.gap
        return len(before.text) < 0.85 * self.longest

    def _before_items(self, line: Line, following: Line | None, section: _Section) -> None:
        """A line between a heading and the first item: a lead-in, a theme, or an ask without a mark."""
        text = line.text.strip()
        if not text:
            return
        if self._is_theme(line, following, section):
            section.theme = text
            return
        self._paragraph(line, section)

    def _paragraph(self, line: Line, section: _Section) -> None:
        self.ask = _Ask(line.text, section.kind, section.timescale, section.body, None, section.theme, line.page, "",
                        line.x, line.size)  # fmt: skip
        self.asks.append(self.ask)

    def _after_items(self, line: Line, following: Line | None, section: _Section) -> None:
        if following and following.bullet and len(line.text) < 90 and not line.text.rstrip().endswith("."):
            section.theme, self.ask = line.text.strip(), None
        else:
            self.section = self.ask = None

    def _is_theme(self, line: Line, following: Line | None, section: _Section) -> bool:
        text = line.text.strip()
        if len(text) > 110 or text.endswith((".", ",", ";")) or not text[:1].isupper():
            return False
        if following is None or words.is_stop(text):
            return False
        if line.size:
            left = section.item.x - 9 if section.item else section.heading.x + 14
            return bool((line.bold or (following.bullet and line.x < left)) and (line.gap or self.ask is None))
        return bool(line.gap and following.bullet and not self._continues(line)) and (
            self.ask is None or self.ask.text.rstrip().endswith(_SENTENCE_END)
        )


def _joined(above: str, below: str) -> str:
    below = below.replace("\t", " ").strip()
    if not below:
        return above
    if above.endswith("-") and not above.endswith(" -") and below[:1].islower():
        return above + below
    return f"{above} {below}".strip()


def _proposed(asks: Sequence[_Ask]) -> list[ProposedArea]:
    found: list[ProposedArea] = []
    for ask in asks:
        text, reference = words.without_reference(" ".join(ask.text.replace("\t", " ").split()))
        if not text:
            continue
        body = words.named_at_start(text) or ask.body
        found.append(
            ProposedArea(text, ask.kind, ask.timescale, body, ask.number, ask.theme, reference, max(ask.page, 1))
        )
    return found


def _problems(asks: Sequence[_Ask], reader: _Reader) -> list[Problem]:
    problems = []
    for ask in asks:
        if len(ask.text) < 25 or not re.match(r"[‘“'\"(]?\w", ask.text):
            shown = ask.text[:60]
            problems.append(Problem(f"page {ask.page}", f"“{shown}” is short for an area. Check that it is whole."))
        if len(ask.text) > 1_800:
            problems.append(Problem(f"page {ask.page}", f"“{ask.text[:60]}…” is very long. Check where it should end."))
    return problems
