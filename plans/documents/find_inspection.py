"""Whose inspection it was, when inspectors were on site, who led them, and when the report was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plans.documents.dates import MONTHS
from plans.documents.lines import Line
from plans.documents.recognise import flat, front

_MONTH = "|".join(MONTHS)
_DAY = re.compile(
    rf"(?<![\d/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s*(?:of\s+)?(?P<month>{_MONTH}))?"
    rf"(?:,?\s*(?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_FULL_DAY = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\s+(?P<year>(?:19|20)\d\d)", re.IGNORECASE
)
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)day,?\s+(?=\d)", re.IGNORECASE)
_SHORT_MONTH = re.compile(rf"(?<=\d )({'|'.join(name[:3] for name in MONTHS)}|Sept)\b\.?(?=[\s,–-]|$)", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<![\d/])(\d{1,2})/(0?[1-9]|1[0-2])/((?:19|20)\d\d)(?![\d/])")
_GOES_ON = re.compile(r"(?:\bto|\band|[-–—,&])\s*$", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:to|until|till|through|and|&|[-–—‑‒]|\s)\s*", re.IGNORECASE)
_BETWEEN_SPELLS = re.compile(r"[\s,;]*(?:(?:and|&)(?:\s+(?:from|then))?|,|;)[\s,;]*", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:dates? of (?:the )?inspection|inspection dates?|(?:dates? of )?(?:focused |monitoring )?visit dates?)\s*:?\s*",
    re.IGNORECASE,
)
_IN_PROSE = re.compile(
    r"(?P<between>\bbetween )|\b(?:took place|carried out|conducted|visit to .{3,90}?|undertaken)\s+"
    r"(?:(?P<between2>between )|(?:from|on|over|during)\s+)|(?:^|\. )(?:from|on) (?=\d)",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(r"previous (?:inspection|visit)|last inspection", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"\b(?:report )?(?:published|publication date|date of publication|publication)(?: on)?\s*:\s*"
    r"|^(?:report )?(?:published|publication date|date of publication)(?: on)?\s+(?=\w*\s*\d)",
    re.IGNORECASE,
)
_LETTER_DAY = re.compile(rf"(?:date\s*:?\s*)?{_FULL_DAY.pattern}(?:\t.*)?", re.IGNORECASE)
_LEAD = re.compile(r"\b(?:lead|reporting) inspectors?\s*:?\s*", re.IGNORECASE)
_RANK = re.compile(
    r",?\s*(?:\bHM[CI]+\b|,?\s*H(?:er|is) Majesty.s (?:Senior )?Inspector.*"
    r"|,?\s*(?:Senior )?Ofsted Inspector.*|\(?Ofsted\)?)\s*$",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w’'-]*\.?(?: (?:[A-Z][\w’'-]*\.?|de|van|von|der)){1,3}"


@dataclass(frozen=True)
class OnSite:
    """The spells that inspectors spent there, in order; none when no date could be read."""

    spells: tuple[tuple[date, date], ...] = ()

    @property
    def start(self) -> date | None:
        return min((first for first, _last in self.spells), default=None)

    @property
    def end(self) -> date | None:
        return max((last for _first, last in self.spells), default=None)


def find_dates(lines: Sequence[Line]) -> OnSite:
    """The dates on site that the report's front prints. Dates of an earlier inspection are not taken."""
    first = front(lines)
    for at, line in enumerate(first):
        match = _LABELLED.search(line.text)
        if match and not _PREVIOUS.search(line.text) and not _PREVIOUS.search(line.text[: match.start()]):
            rest = [one.text for one in first[at + 1 : at + 3] if not _PREVIOUS.search(one.text)]
            words = [line.text[match.end() :]]
            for text in rest:
                if re.match(r"(?:report )?published|lead inspector|age group", text, re.IGNORECASE):
                    break
                words.append(text)
            whole = " ".join(words)
            for text in (whole if _GOES_ON.search(words[0]) else words[0], whole):
                if spells := read_spells(text):
                    return OnSite(spells)
    text = flat([line for line in lines[:160] if line.page <= 3])
    for match in _IN_PROSE.finditer(text):
        if not _PREVIOUS.search(text[max(0, match.start() - 60) : match.start()]):
            between = bool(match["between"] or match["between2"])
            if spells := read_spells(text[match.end() : match.end() + 120], between=between, at_once=True):
                return OnSite(spells)
    return OnSite()


def read_spells(text: str, *, between: bool = False, at_once: bool = False) -> tuple[tuple[date, date], ...]:
    """The spells that words give: "8 July to 12 July and 7 to 8 August 2019" is two. Empty when they give none.

    ``between``: the words follow "between", so "and" joins a start to its end. ``at_once``: they begin with a date.
    """
    text = _in_full(text.replace("\t", " "))
    if text.lower().lstrip().startswith("between "):
        text, between = text.lstrip()[8:], True
    tokens = list(_DAY.finditer(text))
    if at_once and (not tokens or tokens[0].start() > 12):
        return ()
    tokens = _one_run(text, tokens)
    if not tokens or not any(token["year"] for token in tokens):
        return ()
    groups: list[list[re.Match[str]]] = [[tokens[0]]]
    for before, token in zip(tokens, tokens[1:], strict=False):
        joint = text[before.end() : token.start()]
        is_and = bool(_BETWEEN_SPELLS.fullmatch(joint))
        joins = not is_and or (between and "and" in joint.lower()) or (len(tokens) == 2 and not before["month"])
        if len(groups[-1]) == 1 and joins:
            groups[-1].append(token)
        else:
            groups.append([token])
    month, year = 0, 0
    spells: list[tuple[date, date]] = []
    for group in reversed(groups):
        days: list[date] = []
        for token in reversed(group):
            month = _month(token["month"]) if token["month"] else month
            year = int(token["year"]) if token["year"] else year
            written = _date(year, month, int(token["day"]))
            if written is None:
                return ()
            if days and written > days[0] and not token["year"]:
                written = _date(year - 1, month, int(token["day"]))
                year -= 1
                if written is None:
                    return ()
            days.insert(0, written)
        if days[0] > days[-1] or (days[-1] - days[0]).days > 120:
            return ()
        spells.insert(0, (days[0], days[-1]))
    return tuple(_without_seams(sorted(spells)))


def _in_full(text: str) -> str:
    """Dates with their months written out and without the days of the week."""
    text = _WEEKDAY.sub("", text)
    text = _NUMERIC.sub(lambda found: f"{found[1]} {MONTHS[int(found[2]) - 1]} {found[3]}", text)
    return _SHORT_MONTH.sub(lambda found: MONTHS[_month_starting(found[1])], text)


def _month_starting(word: str) -> int:
    return next(at for at, name in enumerate(MONTHS) if name.lower().startswith(word[:3].lower()))


def _without_seams(spells: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Days named one by one ("8, 9 and 10 July") as one spell."""
    found: list[tuple[date, date]] = []
    for first, last in spells:
        if found and (first - found[-1][1]).days == 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _one_run(text: str, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The first dates that stand together, with nothing between them but what joins dates."""
    run: list[re.Match[str]] = []
    for token in tokens:
        if run:
            joint = text[run[-1].end() : token.start()]
            if not (_RANGE.fullmatch(joint) or _BETWEEN_SPELLS.fullmatch(joint) or not joint.strip()):
                if any(one["year"] for one in run):
                    break
                run = []
        run.append(token)
    return run


def _month(word: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.lower() == word.lower())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_published(lines: Sequence[Line], code: str | None) -> date | None:
    """The day of publication that a report prints, or a letter's own date; None where none is printed."""
    first = front(lines)
    for at, line in enumerate(first):
        if match := _PUBLISHED.search(line.text):
            after = line.text[match.end() :] or (first[at + 1].text if at + 1 < len(first) else "")
            if found := _FULL_DAY.match(_in_full(after.strip())):
                return _date(int(found["year"]), _month(found["month"]), int(found["day"]))
    if code in ("JTAI", "FOCUSED", "MONITORING", "CRA", "SEND_2016", "TARGETED"):
        for line in first[:25]:
            if found := _LETTER_DAY.fullmatch(_in_full(line.text.strip())):
                return _date(int(found["year"]), _month(found["month"]), int(found["day"]))
    return None


def find_lead(lines: Sequence[Line]) -> str | None:
    """The lead inspector's name, without rank."""
    for at, line in enumerate(lines):
        if not re.search(r"lead inspector|reporting inspector", line.text, re.IGNORECASE):
            continue
        named = re.search(
            rf"(?P<name>{_NAME})[\s,(]*(?:HMI[\s,(]*)*(?:Ofsted )?(?:HMI,? ?)?(?:\(?Ofsted\)?,? )?lead inspector",
            line.text,
            re.IGNORECASE,
        )
        match = _LEAD.search(line.text)
        if not match:
            continue
        after = line.text[match.end() :].split("\t")[0].strip()
        if ":" in match.group() or (match.start() == 0 and after) or _LABELLED.match(line.text):
            after = after or (lines[at + 1].text.strip() if at + 1 < len(lines) else "")
            spell = _FULL_DAY.search(after)
            after = after[spell.end() :].strip() if spell else after
            name = re.match(_NAME, _RANK.sub("", after))
            if name:
                return _RANK.sub("", name.group()).strip()
        elif named and line.text[: match.start()].rstrip().lower().endswith(("ofsted", "hmi,", "hmi", ",")):
            return re.sub(r"^(?:Mr|Mrs|Ms|Miss|Dr) |\s*HMI$", "", named["name"]).strip()
    return None
