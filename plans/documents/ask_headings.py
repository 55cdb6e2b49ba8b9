"""The words above, between and after what inspectors ask for: headings, timescales, and where a list stops."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plans.documents.lines import Line

LOCAL_AUTHORITY = "local authority"
LSCB = "LSCB"
PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class AskHeading:
    """What a heading says of the list below it. ``kind`` is "" where a second heading below gives it."""

    kind: str
    lscb: bool = False


_END = r"[?:.]?\s*\d?"
_HEADINGS = (
    ("what needs to improve", rf"what (?:needs|need) to improve(?: in .{{2,60}}| for .{{2,60}})?{_END}"),
    ("", rf"what does (?:the|this) (?:local authority|.{{2,50}} council|lscb|local safeguarding children board|board)"
         rf" need to (?:do to )?improve{_END}"),
    ("priority and immediate action", rf"priority and immediate actions?{_END}"),
    ("priority action", rf"priority actions?{_END}"),
    ("area for priority action", rf"areas? (?:for|of) priority action(?: and improvement)?s?{_END}"),
    ("area for improvement", rf"(?:the |key )?areas? (?:for|of) (?:further )?improvements?{_END}"),
    ("area for development", rf"areas? for (?:further )?development{_END}"),
    ("area of significant weakness", rf"areas? of significant weakness(?:es)?{_END}"),
    ("recommendation", rf"(?:the |our )?recommendations?(?: for .{{2,70}})?{_END}"),
    ("priority for further improvement", rf"priorities for (?:further )?improvement{_END}"),
    ("cause of concern", rf"causes? of concern{_END}"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _HEADINGS)
_STOPS = re.compile(
    r"(?:the )?(?:experiences? and progress|impact of leaders|quality of leadership)\b.*"
    r"|(?:the )?effectiveness of the help and protection\b.*"
    r"|(?:the |this )?(?:local authority|board|lscb|partnership)?(?:.s)?\s*(?:key |main )?strengths?\b.{0,40}"
    r"|the local authority has (?:the following|a number of) .*|the following strengths.*"
    r"|key strengths\b.*|what is working well.*|good practice.*|highly effective practice.*"
    r"|summary for children\b.*|summary\b.{0,20}|executive summary|summary of (?:key )?findings.*"
    r"|(?:information )?about (?:this|the) (?:inspection|visit|review|local authority|area|local area).*"
    r"|information about .*|service information|context|background|the local area|evidence|scope of the .*"
    r"|inspection (?:judgements?|findings|team|report|history)\b.*|the inspection team.*|key findings|findings"
    r"|(?:main|headline|detailed) findings.*|other findings.*|evaluation of progress.*|section (?:1|2|3|one|two)\b.*"
    r"|outcomes for (?:looked after )?children.*|overall effectiveness.{0,40}|capacity to improve.{0,20}"
    r"|quality of (?:provision|practice).{0,20}|the quality of practice|leadership and governance"
    r"|safeguarding (?:outcomes|services)\b.*|services for looked after children.*|record of main findings.*"
    r"|(?:case|practice) stud(?:y|ies)\b.*|next steps.*|annex\b.*|appendix\b.*|glossary.*"
    r"|local area partnership details.*|local partnership details.*"
    r"|what the inspection judge?ments mean.*|contents|yours sincerely.*|graded judg.*"
    r"|(?:the )?contribution of health.*|what (?:did|does) the inspection.*|inspected by.*|progress since.*",
    re.IGNORECASE,
)
_TIMESCALE = re.compile(
    r"(?:action to be taken |to be completed |take action )?"
    r"(?P<when>immediate(?:ly)?(?: action)?|with immediate effect|within (?:the next )?(?:\w+|\d+) (?:working )?"
    r"(?:day|week|month|year)s?|as a matter of urgency|urgently)"
    r"(?P<from>,? (?:of|from|after) (?:the )?.{3,60}?)?\s*[:.]?",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?:there (?:are|were|is|was) (?:no|not any)|no|the inspection did not (?:find|identify)"
    r"|inspectors did not (?:find|identify)|(?:ofsted|the inspection team) (?:has |have )?(?:made|identified) no)\b"
    r".{0,30}\b(?:areas?|actions?|recommendations?|priorit(?:y|ies)|weakness(?:es)?)\b.{0,80}"
    r"|none\b.{0,40}|not applicable\W*",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r".*(?:should (?:now )?take the following action|take action (?:on|to address) the following"
    r"|the following (?:action|areas?|recommendations?)"
    r"|needs? to take the following"
    r"|areas? for (?:priority )?(?:improvement|action|development) (?:identified|are|which)).*",
    re.IGNORECASE | re.DOTALL,
)
_IN_ORDER_TO = re.compile(r"in order to improve\b.*(?:following|should)\b.*[.:]?$", re.IGNORECASE | re.DOTALL)
_ADDRESSED = re.compile(
    r"(?P<body>(?:the |[A-Z]).{2,110}?)(?: should| must|, should|, must| needs? to)\s*(?::|\.\.\.|…)$", re.DOTALL
)
_FRAMEWORK = re.compile(
    r"\s*\(\s*(?P<inside>[^()]*(?:\([^()]*\))?[^()]*national framework[^()]*"
    r"|(?:outcome|enabler|principle)s? \d[^()]*)\)\s*\.?$",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(
    r"\s*[(\[]\s*(?P<inside>(?:paras?|paragraphs?|pages?|pp?\.)?\.?\s*\d{1,3}"
    r"(?:\s*(?:,|;|&|and|to|[-–])\s*(?:paragraphs?\s*)?\d{1,3})*)"
    r"\s*[)\]]\s*\.?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:The )?(?P<body>(?:NHS )?[A-Z][\w’'&-]*(?:,? (?:and|of|the|[A-Z][\w’'&-]*)){0,8}?"
    r" (?:Police(?: Service)?|[Cc]onstabulary|NHS (?:Foundation )?Trust|Foundation Trust|Integrated Care Board|ICB|CCG"
    r"|Clinical Commissioning Group|Safeguarding Children Board)|NHS [A-Z][\w’'&-]*(?: (?:and|[A-Z][\w’'&-]*)){0,6})"
    r"(?: \([A-Z][\w&]*\))? (?:should|must|has|have|does|do|needs?|is|are|cannot|currently|recognises)\b"
)


def ask_heading(line: Line) -> AskHeading | None:
    """What the line says as a heading over asks; None when it is something else."""
    text = line.text.strip()
    if len(text) > 110 or "\t" in text or not text[:1].isupper():
        return None
    if line.bullet and not (line.bold or line.size > 12.5 or line.bullet.rstrip(".").isdigit() and line.size == 0):
        return None
    for kind, pattern in _KINDS:
        if pattern.fullmatch(text):
            return AskHeading(kind, bool(re.search(r"\blscb\b|safeguarding|the board", text, re.IGNORECASE)))
    return None


def is_stop(text: str) -> bool:
    """Whether this is a heading at which every list of asks ends."""
    return len(text) < 130 and bool(_STOPS.fullmatch(text.strip()))


def timescale_of(text: str) -> str | None:
    """ "within three months" when the line is that heading and no more."""
    match = _TIMESCALE.fullmatch(text.strip())
    return " ".join(match["when"].lower().split()) if match else None


def says_none(text: str) -> bool:
    """Whether the item says that there is nothing to do."""
    return len(text) < 160 and bool(_NONE.fullmatch(text.strip()))


def is_lead_in(text: str) -> bool:
    """Whether the paragraph only announces the list."""
    if len(text) < 60 and text.endswith(":") and any(pattern.fullmatch(text) for _kind, pattern in _KINDS):
        return True
    return len(text) < 500 and bool(_LEAD_IN.fullmatch(text) or _IN_ORDER_TO.fullmatch(text))


def addressed_to(text: str) -> str | None:
    """The body named by a line such as "The management board should:"."""
    match = _ADDRESSED.fullmatch(text.strip())
    return re.sub(r"^[Tt]he ", "", match["body"]) if match else None


def named_at_start(text: str) -> str | None:
    """The trust, force or board with which the ask's own sentence begins."""
    match = _NAMED.match(text)
    if not match:
        return None
    return LSCB if match["body"].endswith("Safeguarding Children Board") else match["body"]


def without_reference(text: str) -> tuple[str, str | None]:
    """The words of an ask, and the paragraph or framework reference that stood in brackets at its end."""
    for pattern in (_FRAMEWORK, _PARAGRAPHS):
        if match := pattern.search(text):
            return text[: match.start()].rstrip(), " ".join(match["inside"].split())
    return text, None
