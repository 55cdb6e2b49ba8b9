"""Which kind of document this is: an inspectorate's report, under which framework, or a council's own paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from plans.documents.lines import Line

_FRONT_LINES = 70
_FRONT_PAGES = 2
# In the order in which they are tried: a title that holds another's words comes first.
_TITLES = (
    ("SEND_2023", r"area send inspection of"),
    ("SEND_2016", r"(?:joint )?local area (?:special educational needs|send)|special educational needs and/or disab"),
    ("CLAS", r"review of health services for (?:children looked after|looked after children) and safeguarding"),
    ("JTAI", r"joint targeted area inspection"),
    ("SLAC", r"inspection of safeguarding and looked after children"),
    ("CRA", r"unannounced inspection of (?:the )?contact, referral and assessment"),
    ("POC", r"(?:local authority )?arrangements for the protection of children"),
    ("SIF", r"inspection of services for children in need of help and protection"),
    ("LAC", r"inspection of (?:services for )?looked after children"),
    ("MONITORING", r"monitoring visit"),
    ("FOCUSED", r"focused visit"),
    ("TARGETED", r"targeted (?:local authority )?inspection"),
    ("YJ", r"inspection of (?:the )?youth (?:justice|offending) (?:services?|work|team)"),
    ("HMICFRS", r"national child protection inspection"),
    ("CQC_LA", r"local authority assessment|assessment of (?:the |a )?local authority"),
    ("JAR", r"joint area review"),
    ("APA", r"annual performance assessment"),
    ("LEA", r"inspection of .{0,60}local education authority"),
    ("ILACS", r"inspection of (?:local authority )?children.?s (?:social care )?services|local authority children.?s"),
    ("ILACS", r"inspection of .{2,80}children.?s services|\bilacs\b"),
)
_TITLES_COMPILED = tuple((code, re.compile(pattern)) for code, pattern in _TITLES)
# Later reports name these in prose; their own stand at the very top.
_OLD = {"JAR", "APA", "LEA"}
_OLD_TITLES_WITHIN = 700
_PAPER_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:council |the )?cabinet\b(?: member)?",
        r"\b(?:scrutiny|overview|executive|corporate parenting|policy)\b.{0,30}\b(?:committee|board|panel)\b",
        r"^agenda item|^item (?:no\.? ?)?\d+|^agenda\b",
        r"^(?:joint )?report (?:of|by|to|from)(?: the)?\b",
        r"^(?:\d+\.? )?(?:purpose of (?:the )?report|recommendations?:?$|summary$|reasons? for recommendation)",
        r"^wards? affected|^key decision|^background papers|^contact officer|^report author",
    )
)
_INSPECTORATE = re.compile(
    r"\bofsted\b|\bcare quality commission\b|\bhmicfrs\b|\bhm inspectorate\b|\binspection dates?\s*:|\bhm[ci]\b"
    r"|(?:her|his) majesty.s inspect|crown copyright"
)


def front(lines: Sequence[Line]) -> list[Line]:
    """The lines of the first pages, where a report says what it is."""
    return [line for line in lines[:_FRONT_LINES] if line.page <= _FRONT_PAGES]


def flat(lines: Sequence[Line]) -> str:
    """Lines as running text, in which a title broken over lines can be found."""
    return " ".join(" ".join(line.text for line in lines).replace("\t", " ").split())


def lines_at(lines: Sequence[Line], start: int, end: int) -> list[Line]:
    """The lines on which a part of their running text, as ``flat`` gives it, is printed."""
    found: list[Line] = []
    at = 0
    for line in lines:
        length = len(" ".join(line.text.split()))
        if length and at < end and start < at + length:
            found.append(line)
        at += length + 1 if length else 0
    return found


def is_council_paper(lines: Sequence[Line]) -> bool:
    """Whether this is a report to a council's own meeting, which quotes inspectors but is not theirs."""
    first = [line.text.strip().lower() for line in lines[:45]]
    signs = sum(any(sign.search(text) for text in first if len(text) < 90) for sign in _PAPER_SIGNS)
    return signs >= 2 and not re.search(r"^inspection dates?\s*:", "\n".join(first), re.MULTILINE)


def is_inspectorates(lines: Sequence[Line]) -> bool:
    """Whether an inspectorate is named anywhere in the first pages or the last."""
    return bool(_INSPECTORATE.search(flat([*lines[:120], *lines[-60:]]).lower()))


def title_code(lines: Sequence[Line]) -> str | None:
    """The framework's family by the report's title, the earliest title on its first pages; None when unknown."""
    text = flat(front(lines)).lower().replace("’", "'")
    found = [
        (at.start(), order, code) for order, (code, title) in enumerate(_TITLES_COMPILED) if (at := title.search(text))
    ]
    found = [one for one in found if one[0] < _OLD_TITLES_WITHIN or one[2] not in _OLD]
    first = min((start for start, _order, _code in found), default=0)
    near = [(order, code) for start, order, code in found if start <= first + 60]
    return min(near)[1] if near else None


def framework_of(lines: Sequence[Line], start: date | None, labels: Sequence[str]) -> str | None:
    """The framework's code, as ``fixtures/frameworks.toml`` has it; None where it cannot be told.

    ``labels`` are the judged areas as read: they tell the years of one framework apart where no date is printed.
    """
    code = title_code(lines)
    text = flat(lines).lower()
    if code == "ILACS":
        apart = any(re.fullmatch(r"the experiences and progress of care leavers", label.lower()) for label in labels)
        overall = any(label.lower().startswith("overall") for label in labels)
        if start:
            if start < date(2023, 1, 1):
                return "ILACS_2018"
            return "ILACS_2023" if start < date(2026, 4, 1) else "ILACS_2026"
        if not labels:
            return None
        if not apart:
            return "ILACS_2018"
        return "ILACS_2023" if overall else "ILACS_2026"
    if code == "JTAI":
        if start:
            return "JTAI_2022" if start >= date(2022, 1, 1) else "JTAI_2016"
        return "JTAI_2022" if "headline findings" in text or "what needs to improve" in text else "JTAI_2016"
    if code in ("SEND_2016", "SEND_2023"):
        if start:
            return "SEND_2023" if start >= date(2023, 1, 1) else "SEND_2016"
        return "SEND_2023" if "inspection outcome" in text else "SEND_2016"
    return code
