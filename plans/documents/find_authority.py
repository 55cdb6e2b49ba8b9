"""The authority or area that a report is about, in the words of its title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.documents.lines import Line
from plans.documents.recognise import flat, front

_AREA = r"(?P<area>[A-Z][\w’'.&,()-]*(?: (?:[A-Z][\w’'.&,()-]*|and|upon|on|of|the|with|in|de|le|under)){0,9})"
_TITLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[Aa]rea SEND inspection of (?:the )?{_AREA}",
        r"Inspection of (?:the )?(?P<area>[A-Z].{2,70}?) local authority children.?s services",
        r"Inspection of (?:the )?(?P<area>[A-Z].{2,70}?) children.?s (?:social care )?services",
        rf"(?:[Ff]ocused|[Mm]onitoring) visit (?:to|of) (?:the )?{_AREA}",
        rf"[Jj]oint targeted area inspection of (?:the )?{_AREA}",
        rf"[Jj]oint targeted area inspection of [a-z].{{10,170}}? in (?:the )?{_AREA}",
        rf"[Ii]nspection of youth (?:justice|offending) (?:services?|work) in (?:the )?{_AREA}",
        rf"[Ii]nspection of progress made .{{5,80}}? in (?:the )?{_AREA}",
        rf"arrangements within (?:the )?{_AREA}(?:.s)? children.?s services",
        r"^(?P<area>[A-Z].{2,70}?): local authority assessment",
        rf"[Jj]oint (?:local )?area (?:SEND )?(?:inspection|review) (?:of|in) (?:the )?{_AREA}",
    )
)
_OWN_LINE = re.compile(
    r"(?:re-?)?inspection of (?:services for children in need|children.?s (?:social care )?services"
    r"|looked after children|safeguarding and looked|local authority arrangements|services for looked)",
    re.IGNORECASE,
)
# Some councils' services are run by a trust, which the title names before the council.
_FOR_COUNCIL = re.compile(r"\bon behalf of (?:the )?(?P<area>[A-Z].+)$")
_NOT_AN_AREA = re.compile(
    r"inspection|review|children|protection|board|report|improve|recommendation|findings|immediate|^dear "
    r"|^\d|^and$|services|date|ofsted|^the |contents"
    r"|published|age group"
    r"|©|www\.|lead\b|joint|judgement",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:local area partnership|inspection|local area|local authority|children.?s (?:social care )?services"
    r"|(?:lead inspector|inspection dates?|report published|between|dates? of).*|dear .*)\W*$",
    re.IGNORECASE,
)
_SENTENCE_TAIL = re.compile(
    r"(?<!St)\. .*$| (?:Care Quality Commission|HM |Ofsted\b|Inspection\b).*$"
    r"|,? (?:This|Between|From|Following|On|In|The|Dear|Inspection|Thank) .*$"
)
_COUNCIL_NAME = re.compile(
    r"(?:(?:London|Royal) Borough of [A-Z][\w’'-]+(?: (?:and|upon|[A-Z][\w’'-]+))*"
    r"|City of [A-Z][\w’'-]+"
    r"|(?:[A-Z][\w’'-]+(?: (?:and|upon|with|of|on|[A-Z][\w’'-]+))*? )"
    r"(?:(?:County|City|Borough|District|Metropolitan|Metropolitan Borough|Metropolitan District) )?Council)"
)


def find_authority(lines: Sequence[Line]) -> str | None:
    """The authority as the title names it; None where the title names none."""
    first = front(lines)
    if found := _beside_title(first):
        return found
    text = flat(first[:40])
    for title in _TITLES:
        if match := title.search(text):
            area = _tidy(match["area"])
            if area:
                return area
    return None


def first_council(lines: Sequence[Line]) -> str | None:
    """The first council named in capitals or in full, as on the head of its own paper."""
    for line in lines[:40]:
        text = line.text.strip()
        words = text.title().replace("’S", "’s").replace("'S", "'s") if text.isupper() else text
        match = _COUNCIL_NAME.fullmatch(words)
        if match and len(words.split()) > 1 and "Report" not in words:
            return re.sub(r"\b(And|Upon|Of|On|With)\b", lambda word: word.group().lower(), words)
    return None


def _beside_title(first: Sequence[Line]) -> str | None:
    """A name on a line of its own just above the title, at the end of it, or just below."""
    for at, line in enumerate(first[:30]):
        if not _OWN_LINE.search(line.text):
            continue
        if re.search(r"Inspection of (?:the )?[A-Z]", line.text):
            return None
        named = re.search(r"arrangements for the protection of children (?P<area>[A-Z].+)$", line.text)
        if named:
            return _tidy(named["area"])
        if at and (trust := _FOR_COUNCIL.search(first[at - 1].text)):
            return _tidy(trust["area"])
        for near in (first[at - 1] if at else None, *first[at + 1 : at + 4]):
            if near and near.text[:1].isupper() and len(near.text) < 60 and not near.bullet:
                area = _tidy(near.text)
                if area and not _NOT_AN_AREA.search(near.text) and not near.text.rstrip().endswith("."):
                    return area
        return None
    return None


def _tidy(area: str) -> str | None:
    area = " ".join(area.split())
    before = ""
    while before != area:
        before = area
        area = _TAIL.sub("", _SENTENCE_TAIL.sub("", area)).strip(" ,.;:")
    area = re.sub(r"\s+(?:and|of|in|on|the|with)$", "", area)
    return area if 1 < len(area) < 90 else None
