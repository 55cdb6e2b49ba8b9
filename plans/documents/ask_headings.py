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
# What a heading may add: for whom, or that it is continued. A line with a verb in it is a sentence and no heading.
_FOR = (
    r"(?:,? (?:for|in|at|from|identified|relating to|arising from) (?!.*\b(?:is|are|was|were|has|have|had|been|remains?"
    r"|includes?|included|should|must)\b).{2,60}?)?(?:\s*[-–—:]\s*(?:the )?(?:[A-Z]|local|partner).{1,50}?)?"
    r"(?:\s*[,-–—]?\s*\(?continued\)?)?"
)
_HEADINGS = (
    ("what needs to improve", rf"what (?:needs|need) to improve{_FOR}{_END}"),
    ("", rf"what (?:does|do|must|should) (?:the |this )?.{{2,60}}? (?:need to )?(?:do to )?improve{_END}"),
    ("priority and immediate action", rf"(?:priority and immediate|immediate and priority) actions?{_FOR}{_END}"),
    ("priority action", rf"priority actions?{_FOR}{_END}"),
    ("area for priority action", rf"areas? (?:for|of) priority action(?: and improvement)?s?{_FOR}{_END}"),
    ("area for improvement",
     rf"(?:the |key )?areas? (?:for|of|requiring|needing) (?:further )?improvements?{_FOR}{_END}"),
    ("area for development", rf"(?:the |key )?areas? for (?:further )?development{_FOR}{_END}"),
    ("area of significant weakness", rf"areas? of significant weakness(?:es)?{_FOR}{_END}"),
    ("recommendation", rf"(?:the |our |lscb )?recommendations?{_FOR}{_END}"),
    ("priority for further improvement", rf"priorities for (?:further )?improvement{_FOR}{_END}"),
    ("cause of concern", rf"causes? of concern{_FOR}{_END}"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _HEADINGS)
_STOPS = re.compile(
    r"(?:the )?(?:experiences? and progress|impact of leaders|quality of leadership)\b.*"
    r"|(?:the )?effectiveness of the help and protection\b.*"
    r"|(?:the |this )?(?:local authority|board|lscb|partnership)?(?:.?s)?\s*(?:key |main )?strengths?\b.{0,40}"
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
    r"(?P<when>immediate(?:ly)?(?: action)?|with immediate effect"
    r"|within (?:the next )?\w+(?: to \w+)? (?:working )?(?:day|week|month|year)s?|as a matter of urgency|urgently)"
    r"(?P<from>,? (?:of|from|after) (?:the )?.{3,60}?)?"
    r"(?:,? the .{3,70}? should(?: now)?(?: take the following actions?)?)?"
    r"\s*[:.]?",
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
    r"|(?:we|inspectors) have made .{1,24} recommendations?\b"
    r"|areas? for (?:priority )?(?:improvement|action|development) (?:identified|are|which)).*",
    re.IGNORECASE | re.DOTALL,
)
_IN_ORDER_TO = re.compile(r"in order to improve\b.*(?:following|should)\b.*[.:]?$", re.IGNORECASE | re.DOTALL)
_ADDRESSED = re.compile(
    r"(?P<body>(?:the |[A-Z]).{2,110}?)(?: should| must|, should|, must| needs? to)\s*(?::|\.\.\.|…)$", re.DOTALL
)
_FRAMEWORK = re.compile(
    r"\s*[(\[]\s*(?P<inside>[^()\[\]]*(?:\([^()]*\))?[^()\[\]]*national framework[^()\[\]]*"
    r"|(?:outcome|enabler|principle)s? \d[^()\[\]]*)[)\]]\s*\.?$",
    re.IGNORECASE,
)
_FRAMEWORK_OPEN = re.compile(
    r"(?<=[.!?])\s+(?P<inside>(?:outcome|enabler|principle)s? (?:\d|one|two|three|four|five|six)\b[^.]{0,60}"
    r"national framework)\s*\.?$",
    re.IGNORECASE,
)
# Tried on the end of a text alone: some of these patterns take time that grows with its square.
_LONGEST_REFERENCE = 400
_PARAGRAPHS = re.compile(
    r"\s*[(\[]\s*(?P<inside>(?:paras?|paragraphs?|pages?|pp?\.)?\.?\s*\d{1,3}"
    r"(?:\s*(?:,|;|&|and|to|[-–])\s*(?:paragraphs?\s*)?\d{1,3})*)"
    r"\s*[)\]]\s*\.?$",
    re.IGNORECASE,
)
_WHO_SHOULD = re.compile(
    r"(?:The |Local |Area |Partnership |Health |Senior |Strategic )*(?:NHS |[A-Z][\w’'-]+ )*"
    r"(?:leaders|partnership|partners|ICB|local authority|[Cc]ouncil|[Bb]oard)\b.{0,60}?"
    r"\b(?:should|must|needs? to|ought to)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:The |Both )?(?P<body>(?:NHS )?[A-Z][\w’'&-]*(?:,? (?:and|of|the|[A-Z][\w’'&-]*)){0,8}?"
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


def announces_weaknesses(text: str) -> bool:
    """Whether the end of a sentence announces what a written statement of action must answer."""
    return bool(
        re.search(
            r"following (?:\w+ )?areas? of (?:significant )?(?:weakness|concern)(?:es|s)?\b[^.]{0,40}:$", text.strip()
        )
    )


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


def says_who_should(text: str) -> bool:
    """Whether a line begins as "Leaders across the partnership should …" does."""
    return text[:1].isupper() and bool(_WHO_SHOULD.match(text))


def named_at_start(text: str) -> str | None:
    """The trust, force or board with which the ask's own sentence begins."""
    match = _NAMED.match(text)
    if not match:
        return None
    return LSCB if match["body"].endswith("Safeguarding Children Board") else match["body"]


def unmarked(text: str) -> str:
    """The words of a cell without the marks of the bullets in it."""
    return re.sub(r"\s*[\uf0b7\u25cf\u25fc•]\s*", " ", text).strip()


def without_reference(text: str) -> tuple[str, str | None]:
    """The words of an ask, and the paragraph or framework reference that stood in brackets at its end."""
    for pattern in (_FRAMEWORK, _FRAMEWORK_OPEN, _PARAGRAPHS):
        if match := pattern.search(text, max(0, len(text) - _LONGEST_REFERENCE)):
            return text[: match.start()].rstrip(), " ".join(match["inside"].split())
    return text, None
