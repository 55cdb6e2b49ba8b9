"""Every ask of a report in its own words: joined across lines and pages, with kind, timescale and number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from plans.documents import ask_headings as words
from plans.documents.asks import SENTENCE_END, Ask, Section, doubts, proposed
from plans.documents.contents import without_contents
from plans.documents.lines import Line
from plans.documents.proposals import Problem, ProposedArea
from plans.documents.read_text import LOST_MARK, is_number

_JOINT = {"JTAI", "SEND_2016", "SEND_2023"}
_LONGEST_ASK = 6_000
_USUAL_SIZE = 12.0
_LEAST_PARAGRAPH = 80
# The longest asks, those of a letter to partners, go over some thirty lines.
_AHEAD = 41


def find_areas(lines: Sequence[Line], code: str | None) -> tuple[list[ProposedArea], list[Problem]]:
    """The asks in the order printed. ``code`` is the framework's family, which says who is addressed."""
    reader = _Reader(code)
    lines = _with_whole_headings(_in_usual_type(without_contents(lines)))
    for at, line in enumerate(lines):
        reader.coming = lines[at + 1 : at + _AHEAD]
        reader.take(line, lines[at + 1] if at + 1 < len(lines) else None)
    asks = [ask for ask in reader.asks if not words.says_none(ask.text) and not words.is_lead_in(ask.text)]
    return proposed(asks), doubts(asks)


def _in_usual_type(lines: Sequence[Line]) -> list[Line]:
    """The lines as if the body of the text were set in 12 points, as most reports are."""
    weight: Counter[float] = Counter()
    for line in lines:
        weight[line.size] += len(line.text)
    body = weight.most_common(1)[0][0] if weight else 0.0
    if not body or abs(body - _USUAL_SIZE) < 0.3:
        return list(lines)
    return [replace(line, size=round(line.size * _USUAL_SIZE / body, 1)) for line in lines]


def _is_spaced(lines: Sequence[Line]) -> bool:
    """Whether white space stands between most of the paragraphs here: text may keep it at the ends of pages only."""
    longest = max((len(line.text) for line in lines), default=0)
    after = [
        below.gap
        for line, below in zip(lines, lines[1:], strict=False)
        if line.text.rstrip().endswith(SENTENCE_END) and len(line.text) < 0.85 * longest and below.text[:1].isupper()
    ]
    return 2 * sum(after) > len(after)


def _with_whole_headings(lines: Sequence[Line]) -> list[Line]:
    """The lines with each heading over asks that goes over two lines as one."""
    found: list[Line] = []
    for line in lines:
        above = found[-1] if found else None
        if (
            above
            and line.size
            and not (line.gap or line.bullet)
            and (line.bold or line.size > _USUAL_SIZE + 1)
            and (above.size, above.bold, above.page) == (line.size, line.bold, line.page)
        ):
            both = replace(
                above, text=f"{above.text.strip()} {line.text.strip()}", printed=f"{above.printed} {line.text}"
            )
            if words.ask_heading(both):
                found[-1] = both
                continue
        found.append(line)
    return found


class _Reader:
    def __init__(self, code: str | None) -> None:
        self.code = code
        self.asks: list[Ask] = []
        self.headings: list[Line] = []
        self.section: Section | None = None
        self.ask: Ask | None = None
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
        if self.code == "SEND_2016" and words.announces_weaknesses(
            f"{self.before.text if self.before else ''} {line.text}"
        ):
            heading = words.AskHeading("area of significant weakness")
        if heading and self._is_repeated(line, heading, following):
            return
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
            and not before.text.rstrip().endswith(SENTENCE_END)
        ):
            return abs(before.x - line.x) < 40 and before.size == line.size and not before.bold
        return bool(plain and following and following.text[:1].islower() and not following.bullet and not following.gap)

    def _is_repeated(self, line: Line, heading: words.AskHeading, following: Line | None) -> bool:
        """Whether a table's head is printed again at the top of a page, above the rest of an ask."""
        ask, section = self.ask, self.section
        if not (ask and section and following) or ask.is_ended or heading.kind != section.kind:
            return False
        return line.page != ask.lines[-1].page and following.text[:1].islower() and not following.bullet

    def _begin(self, line: Line, heading: words.AskHeading) -> None:
        self.headings.append(line)
        if self.ask and self.ask.text.endswith(f". {line.text.strip()}"):  # a heading that the file holds twice
            self.ask.text = self.ask.text.removesuffix(line.text.strip()).rstrip()
            if self.ask.lines[-1].text.strip() == line.text.strip():
                self.ask.lines.pop()
        joint = self.code in _JOINT
        lscb = heading.lscb or self.lscb
        body = words.PARTNERSHIP if joint else words.LSCB if lscb else words.LOCAL_AUTHORITY
        self.lscb = lscb
        kind = heading.kind or "area for improvement"
        self.section = Section(kind, body, line, spaced=_is_spaced(self.coming))
        self.ask = None

    def _within(self, line: Line, following: Line | None, section: Section) -> None:
        text = line.text.strip()
        timescale = words.timescale_of(text)
        alone = not line.bullet or is_number(line.bullet)
        if timescale and alone and text[:1].isupper() and (text.endswith(":") or not self._continues(line)):
            section.timescale, section.theme, section.item, self.ask = timescale, None, None, None
            return
        if not line.bullet and (body := words.addressed_to(text)) and self._stands_apart(line, following):
            section.body, section.timescale, self.ask = body, None, None
            return
        if self._ends(line, section):
            self.section = self.ask = None
            return
        if line.bullet:
            self._marked(line, section)
        else:
            self._unmarked(line, following, section)

    def _stands_apart(self, line: Line, following: Line | None) -> bool:
        if self.ask is None or line.gap or line.bold or self.ask.is_ended:
            return True
        return bool(following and is_number(following.bullet))

    def _ends(self, line: Line, section: Section) -> bool:
        text = line.text.strip()
        heading = section.heading
        if line.bullet and not line.bold:
            return self._begins_anew(line, section)
        if line.bullet and section.item and line.size > max(section.item.size, _USUAL_SIZE) + 1:
            return True
        if words.is_stop(text) and (not self._continues(line) or line.bold):
            return True
        if line.size and line.bold and not line.bullet and line.size > heading.size - 0.4 and text[:1].isupper():
            themed = self.code in _JOINT and section.kind != "what needs to improve"
            if themed and line.size < 13 and abs(line.size - heading.size) < 0.4:
                return False
            return not self._is_theme_size(line, heading)
        return bool(line.size and line.size < 0.86 * heading.size and line.size < 10.6)

    def _begins_anew(self, line: Line, section: Section) -> bool:
        """Whether a "1." after higher numbers, with no heading between them, numbers the next section."""
        ask = self.ask
        if not (ask and section.item and ask.number and ask.is_ended) or self._is_below(line, section.item, ask):
            return False
        return line.bullet.strip(".)") == "1" and ask.number.isdigit() and int(ask.number) > 1

    @staticmethod
    def _is_theme_size(line: Line, heading: Line) -> bool:
        return line.size < heading.size - 0.4

    def _continues(self, line: Line) -> bool:
        """Whether the sentence above is unfinished and this line could finish it."""
        ask = self.ask
        if ask is None or line.gap:
            return False
        return not ask.is_ended or line.text[:1].islower()

    def _marked(self, line: Line, section: Section) -> None:
        item, ask = section.item, self.ask
        if ask and item and not ask.text and is_number(item.bullet) and not is_number(line.bullet):
            self.asks.remove(ask)  # the number of a footnote, torn off the heading
            item = ask = None
        if ask and self._is_part_of_paragraph(line, section, ask):
            ask.goes_on(line, line.text)
            return
        if ask and item:
            if is_number(line.bullet) and not is_number(item.bullet) and self._is_torn_number(line, ask):
                ask.goes_on(line, f"{line.bullet} {line.text}".strip())
                return
            if self._is_below(line, item, ask):
                ask.goes_on(line, line.text)
                return
            if is_number(item.bullet) != is_number(line.bullet) and not is_number(line.bullet):
                ask.goes_on(line, line.text)
                return
            listed = section.kind == "what needs to improve" or (line.size == 0 and section.timescale)
            if is_number(line.bullet) and not is_number(item.bullet) and listed:
                self.section = self.ask = None
                return
        number = line.bullet.strip("().").strip() if is_number(line.bullet) else None
        ask = Ask(line.text, section.kind, section.timescale, section.body, number, section.theme, line.page,
                   line.bullet, line.x, line.size, [line])  # fmt: skip
        if words.is_lead_in(line.text):
            self.ask = ask
            self.asks.append(ask)
            return
        section.item = line
        self.ask = ask
        self.asks.append(ask)

    def _is_part_of_paragraph(self, line: Line, section: Section, ask: Ask) -> bool:
        """Whether this is a bullet in an ask that is a paragraph: "This should include:" and what follows."""
        if self.code not in _JOINT or ask.bullet or section.item or len(ask.text) < _LEAST_PARAGRAPH:
            return False
        return ask.text.rstrip().endswith(":") or any(one.bullet for one in ask.lines)

    @staticmethod
    def _is_torn_number(line: Line, ask: Ask) -> bool:
        """Whether the "17." that begins this line ends the sentence above, and is no number of an item."""
        return not line.text.strip() or (not ask.text.endswith(SENTENCE_END) and line.x <= ask.x + 6 and not line.gap)

    @staticmethod
    def _is_below(line: Line, item: Line, ask: Ask) -> bool:
        """Whether this is a bullet under the bullet: further in, or of another shape after a colon."""
        if line.size and line.x > item.x + 9:
            return True
        if line.size and item.size:
            return False
        other = line.bullet != item.bullet and is_number(line.bullet) == is_number(item.bullet)
        return bool(other and LOST_MARK not in (line.bullet, item.bullet) and ask.text.rstrip().endswith(":"))

    def _unmarked(self, line: Line, following: Line | None, section: Section) -> None:
        text = line.text.strip()
        ask = self.ask
        if ask is None:
            self._before_items(line, following, section)
            return
        if self._is_theme(line, following, section):
            section.theme = text
            self.ask = None
            return
        if line.gap and words.is_lead_in(ask.text):
            self._paragraph(line, section)
            return
        ended = ask.is_ended
        capital = text[:1].isupper()
        outside = bool(line.size and section.item and line.x < section.item.x - 9)
        apart = line.gap or line.page != ask.page
        if outside and apart and (ended or capital) and not words.is_lead_in(ask.text):
            self._after_items(line, following, section)
            return
        white = bool(line.size and line.gap and line.page == ask.lines[-1].page)
        if not ask.bullet and (white or (ended and capital and self._begins_paragraph(line))):
            self._paragraph(line, section)
            return
        if not line.size and ask.bullet and ended and capital and self._ends_list(line, section):
            self._after_items(line, following, section)
            return
        if len(ask.text) > _LONGEST_ASK:
            self.section = self.ask = None
            return
        ask.goes_on(line, text)

    def _ends_list(self, line: Line, section: Section) -> bool:
        """Whether text below an item is no more of it: after white space, or after a short line where none is kept."""
        short = not section.spaced and self.before is not None and len(self.before.text) < 0.85 * self.longest
        return (line.gap or short) and not self._more_items(section)

    def _more_items(self, section: Section) -> bool:
        """Whether the list goes on below: then a blank line was a page's end, and this is still the ask above."""
        for line in self.coming:
            if words.ask_heading(line) or words.is_stop(line.text):
                return False
            if words.timescale_of(line.text) or (section.item and line.bullet == section.item.bullet):
                return True
        return False

    def _begins_paragraph(self, line: Line) -> bool:
        """Whether white space stands above; at the top of a page, and where no white space is kept, whether the line
        before it was a short one."""
        before = self.before
        if before is None or line.gap:
            return line.gap
        if line.size:
            return before.page != line.page and len(before.text) < 0.85 * self.longest
        if self.code == "SEND_2023" and words.says_who_should(line.text) and len(before.text) < 0.95 * self.longest:
            return True
        return not (self.section and self.section.spaced) and len(before.text) < 0.85 * self.longest

    def _before_items(self, line: Line, following: Line | None, section: Section) -> None:
        """A line between a heading and the first item: a lead-in, a theme, or an ask without a mark."""
        text = line.text.strip()
        if not text:
            return
        if self._is_theme(line, following, section):
            section.theme = text
            return
        self._paragraph(line, section)

    def _paragraph(self, line: Line, section: Section) -> None:
        self.ask = Ask(line.text, section.kind, section.timescale, section.body, None, section.theme, line.page, "",
                        line.x, line.size, [line])  # fmt: skip
        self.asks.append(self.ask)

    def _after_items(self, line: Line, following: Line | None, section: Section) -> None:
        if following and following.bullet and len(line.text) < 90 and not line.text.rstrip().endswith("."):
            section.theme, self.ask = line.text.strip(), None
        else:
            self.section = self.ask = None

    def _is_theme(self, line: Line, following: Line | None, section: Section) -> bool:
        text = line.text.strip()
        if len(text) > 110 or text.endswith((".", ",", ";")) or not text[:1].isupper():
            return False
        if following is None or words.is_stop(text):
            return False
        if self.code in _JOINT and not following.bullet and self._is_theme_of_paragraphs(line, following):
            return True
        if line.size:
            left = section.item.x - 9 if section.item else section.heading.x + 14
            set_off = line.gap or self.ask is None
            if line.bold:
                return set_off or not (self.ask and self.ask.lines[-1].bold)
            return bool(following.bullet and line.x < left and set_off)
        return bool(following.bullet) and (self.ask is None or self.ask.is_ended)

    def _is_theme_of_paragraphs(self, line: Line, following: Line) -> bool:
        """Whether a short line without a full stop stands above a paragraph, after one that ended."""
        if following.page != line.page or words.ask_heading(following):
            return False
        ended = self.ask is None or self.ask.is_ended
        short = following.gap or len(line.text) < 0.75 * max(self.longest, len(following.text))
        return ended and short and following.text[:1].isupper() and (line.gap or self.ask is None)
