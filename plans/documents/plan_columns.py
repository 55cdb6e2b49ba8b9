"""The columns of councils' plans, by what their headings mean.

Each column knows the headings that it answers to. ``EXACT`` are whole headings, in the order in which they
are preferred when a table has several; ``LIKELY`` is a pattern for the many others; ``NEVER`` a pattern for
headings that sound like it and mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from plans.documents.tables import Cell

LONGEST_HEADING = 90
_NO_PATTERN = r"(?!)"


class PlanColumn:
    FIELD: ClassVar[str] = ""
    EXACT: ClassVar[tuple[str, ...]] = ()
    LIKELY: ClassVar[str] = _NO_PATTERN
    NEVER: ClassVar[str] = _NO_PATTERN

    @classmethod
    def fit(cls, heading: str) -> float:
        """How well a heading, in plain words, names this column: 0 not at all, over 2 exactly."""
        if heading in cls.EXACT:
            return 3 - cls.EXACT.index(heading) / 100
        if re.search(cls.LIKELY, heading) and not re.search(cls.NEVER, heading):
            return 1
        return 0


class Area(PlanColumn):
    FIELD = "area"
    EXACT = (
        "what needs to improve", "what needs to be improved", "area for improvement", "areas for improvement",
        "area requiring improvement", "areas requiring improvement", "improvement area", "area for priority action",
        "areas for priority action",
        "area for development", "area of improvement", "recommendation", "recommendations", "finding", "findings",
        "issue", "issues", "issue identified", "area", "areas", "area of focus", "improvement priority",
        "requirement", "priority area", "priority", "priorities", "objective", "objectives", "theme", "workstream",
        "aim", "aims", "goal", "why", "key issue", "concern", "weakness", "criteria", "standard", "outcome required",
    )  # fmt: skip
    LIKELY = (
        r"\b(needs? to (improve|be improved)|areas? (for|of|requiring|needing|identified)|recommendations?|findings?"
        r"|(inspectors?|ofsted|cqc) (said|found|told|say|find|tell)|issues?|weakness(es)?"
        r"|improvement (priority|area|theme))\b"
        r"|^(strategic |key |priority )?(objective|priority|theme|aim)s?\b"
    )
    NEVER = (
        r"\b(no|number|ref|reference|action|actions|level|rating|progress|status|date|lead|owner|outcome|resolved)\b"
    )


class Action(PlanColumn):
    FIELD = "action"
    EXACT = (
        "action", "actions", "action required", "actions required", "action s required", "action s",
        "action to be taken", "actions to be taken", "what will we do", "what we will do", "what are we going to do",
        "what we are going to do", "what are we doing", "what we need to do", "what do we need to do",
        "what needs to be done", "what needs to happen", "what", "key actions", "key action", "agreed action",
        "planned action", "planned actions", "improvement action", "required action", "proposed action",
        "specific action", "activity", "activities", "task", "tasks", "key task", "how", "how will we do it",
        "how we will do it", "how we will do this", "how will we do this", "how will this be achieved",
        "how we will get there", "how will we get there", "milestone", "milestones", "key milestone", "step",
        "steps", "next steps", "response", "our response", "deliverable", "deliverables", "intervention",
    )  # fmt: skip
    LIKELY = (
        r"\b(actions?|activit(y|ies)|tasks?|deliverables?|what (will|are) (we|you)( going to)? do\w*"
        r"|what we (will|are going to|need to|must) do|(must|should|to) be done"
        r"|how (will|do|are) we (do|achieve|deliver|going))\b"
    )
    NEVER = (
        r"\b(no|number|ref|reference|id|owner|lead|who|whom|by|when|date|status|rag|brag|progress|plans?|update|updates"
        r"|type|category|completed|taken to date|evidence|impact|outcome|know|officer|responsible)\b"
    )


class ByWho(PlanColumn):
    FIELD = "by_who"
    EXACT = (
        "by who", "by whom", "who", "lead", "lead officer", "owner", "action owner", "responsible officer",
        "responsibility", "responsible", "responsible person", "person responsible", "responsible lead",
        "lead person", "lead officer agency", "lead agency", "lead responsibility", "officer responsible",
        "accountable", "accountable officer", "accountable lead", "accountability", "officer", "named lead",
        "delivery lead", "operational lead", "sro", "who is responsible", "who will lead", "who will do it",
        "who will do this", "who by", "led by", "assigned to", "ownership", "leads", "owners", "lead officers",
        "lead s", "lead officer s", "action lead", "strategic lead",
    )  # fmt: skip
    LIKELY = (
        r"\b(by whom?|whom|who (will|is|by)|leads?|owners?|responsib(le|ility)|accountab(le|ility)|sro|led by"
        r"|assigned to|named officer|officers?)\b"
    )
    NEVER = r"\b(comments?|update|progress|date|when|benefit|know|rating|contact details|status|member)\b"


class Support(PlanColumn):
    FIELD = "support"
    EXACT = (
        "support", "supported by", "supporting officers", "supporting officer", "supporting", "support officer",
        "partners", "partner agencies", "partner", "agencies", "agency", "others involved", "with whom",
    )  # fmt: skip


class ByWhen(PlanColumn):
    FIELD = "by_when"
    EXACT = (
        "by when", "when", "due date", "target date", "timescale", "timescales", "deadline",
        "planned completion date", "target completion date", "completion date", "date for completion", "due",
        "due by", "timeline", "timelines", "timeframe", "time frame", "time scale", "end date", "delivery date",
        "finish date", "planned end date", "date due", "to be completed by", "complete by", "completed by",
        "by when date", "target", "date", "dates", "by", "when will it be done", "when will we do it", "when by",
        "estimated completion date", "target timescale",
    )  # fmt: skip
    LIKELY = (
        r"\b(by when|time ?scales?|time ?frames?|time ?lines?|deadline|due( date| by)?"
        r"|(target|completion|end|finish|delivery|planned) date|when (will|by)|date (for|of|due|to be)"
        r"|(target|planned) completion)\b"
    )
    NEVER = (
        r"\b(start|started|actual|completed|last|updated?|review|reviewed|added|raised|closed|previous|meeting|progress"
        r"|first agreed|original|revised|entered|overdue)\b"
    )


class RevisedDate(PlanColumn):
    FIELD = "revised"
    EXACT = (
        "revised date", "revised target date", "revised due date", "revised timescale", "revised deadline",
        "revised completion date", "new date", "extended to", "new target date", "revised by when",
    )  # fmt: skip


class FirstDate(PlanColumn):
    FIELD = "first_date"
    EXACT = (
        "first agreed", "original date", "original target date", "original due date", "original timescale",
        "original deadline", "original completion date", "initial target date",
    )  # fmt: skip


class LastDay(PlanColumn):
    FIELD = "last_day"
    EXACT = ("due by last day", "last day")


class Status(PlanColumn):
    FIELD = "status"
    EXACT = (
        "status", "action status", "delivery status", "rag", "brag", "rag status", "brag status", "rag rating",
        "brag rating", "r a g", "b r a g", "ragb", "rag b", "bragg", "current rag", "state",
        "assessment of progress", "progress rating", "overall status", "completion status", "complete", "completed",
        "delivery rag", "progress rag", "rating", "assessment of progress 1 4", "progress status", "task status",
    )  # fmt: skip
    LIKELY = r"\b(b?rag|ragb?|r a g|b r a g|status|assessment of progress)\b"
    NEVER = r"\b(previous|last|prior|impact|reason|comment\w*|explanation|update|current status|date|legal)\b"


class Progress(PlanColumn):
    FIELD = "progress"
    EXACT = (
        "progress", "progress update", "update", "updates", "latest update", "progress to date", "current position",
        "current status", "latest position", "latest progress", "position", "position statement", "comment",
        "comments", "commentary", "narrative", "notes", "note", "what have we done", "what we have done",
        "progress made", "progress and impact", "action taken", "actions taken", "actions taken to date",
        "done so far",
    )  # fmt: skip
    LIKELY = (
        r"\b(progress|updates?|current (position|status)|commentary|comments|narrative|what (have we|we have) done)\b"
    )
    NEVER = r"\b(last updated?|date|reported on|rating|updated (on|by)|assessment of progress|rag|brag)\b"


class Evidence(PlanColumn):
    FIELD = "evidence"
    EXACT = (
        "evidence", "outcome", "outcomes", "success measure", "success measures", "success criteria",
        "expected outcome", "expected outcomes", "desired outcome", "desired outcomes", "intended outcome",
        "intended outcomes", "measure of success", "measures of success", "impact", "measure", "measures", "output",
        "outputs", "kpi", "kpis", "monitoring and evaluation", "monitoring", "how will we know",
        "how success is measured", "evidence of impact", "what will success look like", "what does good look like",
        "difference made", "benefit", "benefits",
    )  # fmt: skip
    LIKELY = (
        r"\b(evidence\w*|outcomes?|success|impact|how (will|do|would) we know|how we will know|measured?s?|kpis?"
        r"|benefits?|good looks? like|what (will be different|difference)|performance indicators?|outputs?)\b"
    )


class Reference(PlanColumn):
    FIELD = "reference"
    EXACT = (
        "reference", "ref", "ref no", "reference no", "reference number", "ref number", "action ref",
        "action reference", "action no", "action number", "action id", "no", "nos", "number", "num", "id", "item",
        "item no", "ref id", "s no", "serial", "line", "rec no", "recommendation no", "recommendation number",
        "ofsted ref", "#", "action #", "ofsted para no", "para no", "paragraph", "area no", "area ref",
        "priority no",
    )  # fmt: skip
    LIKELY = r"^(\w+ )?(ref|reference|no|number|id)( no| number| s)?$"


class Other(PlanColumn):
    """What a plan may print that no action of ours takes from it: computed, or about the paper itself."""

    FIELD = "other"
    EXACT = (
        "plan", "timeliness", "days late", "days later than first agreed", "times moved", "forecast", "confidence",
        "owner’s rating", "owner's rating", "owners rating", "last update", "last updated", "illustration",
        "start date", "date completed", "date closed", "actual completion date", "date of update", "review date",
        "date added", "cost", "resources", "resource", "resource implications", "budget",
        "link to other action plans", "links to other plans", "priority level", "previous rag", "last rag",
        "direction of travel", "area number", "reason for delay", "next step",
    )  # fmt: skip


# Where two fit equally well, the earlier one is meant.
COLUMNS: tuple[type[PlanColumn], ...] = (
    Other, RevisedDate, FirstDate, LastDay, Area, ByWho, Support, ByWhen, Status, Reference, Action, Progress, Evidence,
)  # fmt: skip
FIELDS = ("area", "action", "by_who", "by_when", "status", "progress", "reference", "evidence")
SEVERAL_ALLOWED = frozenset({"action", "by_who", "support", "progress", "evidence", "other"})


@dataclass(frozen=True)
class Layout:
    """What each column of a table holds, and its heading as printed. ``unread``: headings that name nothing known."""

    fields: Mapping[int, str]
    headings: Mapping[int, str]
    unread: tuple[str, ...] = ()

    def has(self, field: str) -> bool:
        return field in self.fields.values()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.headings.get(place, "") for place in range(self.width))

    @property
    def width(self) -> int:
        return max(self.headings, default=-1) + 1


def plain_heading(text: str) -> str:
    """A heading in plain words: no case, marks, brackets' contents or footnote figures."""
    words = re.sub(r"[(\[][^)\]]{4,}[)\]]", " ", " ".join(text.lower().split()).replace("&", " and "))
    words = re.sub(r"[^\w#'’]+", " ", words)
    return re.sub(r"(?<=[a-z])\d\b", "", words).strip()


@lru_cache(4096)
def meaning(heading: str) -> tuple[str, float]:
    """The field that a heading names and how well; "" where it names none."""
    plain = plain_heading(heading[: LONGEST_HEADING + 1])
    if not plain or len(heading) > LONGEST_HEADING:
        return "", 0
    whole = " ".join(re.sub(r"[^\w#'’]+", " ", heading.lower().replace("&", " and ")).split())
    fits = [(max(column.fit(plain), column.fit(whole)), -place) for place, column in enumerate(COLUMNS)]
    best, place = max(fits)
    return (COLUMNS[-place].FIELD, best) if best else ("", 0)


def heads_areas(text: str) -> bool:
    """Whether a text is nothing but the heading of a column of areas."""
    field, fit = meaning(" ".join(text.split()))
    return field == Area.FIELD and fit > 1


def recognise(cells: Mapping[int, Cell], mapping: Mapping[int, str] | None = None) -> Layout | None:
    """The layout that a row of headings gives a table; None for a row that is not one.

    ``mapping`` says for some columns, counted from 0, which of ``FIELDS`` they hold ("" for none), whatever
    their headings.
    """
    headings, fits = {}, {}
    for column, cell in cells.items():
        for place in range(column, column + min(cell.width, 30)):
            headings[place] = " ".join(cell.text.split())
        if cell.text:
            fits[column] = meaning(cell.text)
    if not any(headings.values()):
        return None
    known = _names_a_plan({field for field, _ in fits.values()}, len(fits)) and not _mostly_unknown(fits)
    if not known and not _fills(fits, mapping):
        return None
    fields = _settled(fits)
    unread = [headings[column] for column in sorted(fits) if column not in fields]
    for column, cell in cells.items():
        for place in range(column + 1, column + min(cell.width, 30)):
            if column in fields and place not in fits:
                fields[place] = fields[column]
    if mapping is not None:
        fields = {place: field for place, field in fields.items() if mapping.get(place, field) == field}
        fields.update({place: field for place, field in mapping.items() if field in FIELDS})
        unread = [
            heading for place, heading in sorted(headings.items()) if place not in fields and place not in mapping
        ]
    return Layout(fields, headings, tuple(unread))


def _names_a_plan(fields: set[str], cells: int) -> bool:
    dated = bool(fields & {"by_when", "revised", "first_date"})
    reported = bool(fields & {"status", "progress"})
    if cells < 2:
        return False
    if "action" in fields:
        return bool(fields & {"area", "by_who", "status", "progress", "evidence"}) or dated
    return "area" in fields and ("by_who" in fields) + dated + reported >= 2


def _fills(fits: Mapping[int, object], mapping: Mapping[int, str] | None) -> bool:
    """Whether the row has a heading over each column that a person has named."""
    named = [place for place, field in (mapping or {}).items() if field]
    return len(named) > 1 and all(place in fits for place in named)


def _mostly_unknown(fits: Mapping[int, tuple[str, float]]) -> bool:
    known = sum(1 for field, _ in fits.values() if field)
    return known * 2 < len(fits)


def _settled(fits: Mapping[int, tuple[str, float]]) -> dict[int, str]:
    """One column for each field that has room for one: the best fit, then the leftmost."""
    fields: dict[int, str] = {}
    taken: set[str] = set()
    for column, (field, _) in sorted(fits.items(), key=lambda item: (-item[1][1], item[0])):
        if field and (field not in taken or field in SEVERAL_ALLOWED):
            fields[column] = field
            taken.add(field)
    return fields
