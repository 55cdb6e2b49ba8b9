"""What is amiss in a plan: rules with ids that stay, each finding in words that say where to mend it.

Pure functions of ``PlanFacts``. An error must be mended before a plan is submitted or closed; a warning may be
overruled with a reason; a note blocks nothing. An id is never used for another rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON
from plans.improvement_plan.rules import OPEN_STATUSES, Impact, Rag, Status
from plans.improvement_plan.stages import Found
from plans.improvement_plan.timeliness import Timeliness, forecast_is_late
from plans.oversight.coverage import coverage
from plans.oversight.personal_text import looks_personal
from plans.oversight.plan_facts import PlanFacts

WAITS_LONG = 30  # days that a sign-off or an asked extension may wait


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Mend(StrEnum):
    """Where a finding is mended; ``web`` knows the addresses."""

    AMEND = "amend the action"
    UPDATE = "give an update"
    DECIDE = "decide"
    ACTION = "look at the action"
    ADD_ACTION = "add an action"
    MEASURES = "link a measure"
    INSPECTION = "look at the inspection"
    PLAN = "look at the plan"


@dataclass(frozen=True)
class Rule:
    """``check`` answers, for each finding, its sentence and the id of what it is about (see ``mend``)."""

    id: str
    severity: Severity
    title: str
    mend: Mend
    check: Callable[[PlanFacts], Iterator[tuple[str, int]]]


@dataclass(frozen=True)
class Finding:
    """One thing that is amiss. ``subject`` is the id of the action, inspection or plan where it is mended."""

    rule: Rule
    message: str
    subject: int

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def severity(self) -> Severity:
        return self.rule.severity


@dataclass(frozen=True)
class Check:
    """All findings of a plan, the gravest first."""

    findings: list[Finding] = field(default_factory=list)

    def of(self, severity: Severity) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == severity]

    @property
    def errors(self) -> list[Finding]:
        return self.of(Severity.ERROR)

    @property
    def warnings(self) -> list[Finding]:
        return self.of(Severity.WARNING)

    @property
    def notes(self) -> list[Finding]:
        return self.of(Severity.NOTE)

    def found(self) -> Found:
        """What a move of the plan between stages needs to know of it."""
        return Found(tuple(one.id for one in self.errors), tuple(one.id for one in self.warnings))


def check_plan(facts: PlanFacts) -> Check:
    """Every rule, in the order of severity, then of the ids, then of the plan."""
    order = list(Severity)
    rules = sorted(RULES, key=lambda rule: (order.index(rule.severity), rule.id))
    return Check([Finding(rule, said, subject) for rule in rules for said, subject in rule.check(facts)])


Said = Iterator[tuple[str, int]]


def _each(
    applies: Callable[[PlanFacts, Any], str], statuses: Iterable[str] = tuple(Status)
) -> Callable[[PlanFacts], Said]:
    """A rule of single actions: ``applies`` answers what follows “Action 1.2 ”, or nothing."""
    watched = frozenset(statuses)

    def check(facts: PlanFacts) -> Said:
        for action in facts.actions:
            if action.status in watched and (said := applies(facts, action)):
                yield f"Action {action.reference} {said}.", action.action_pk

    return check


DONE = (Status.COMPLETE, Status.SIGNED_OFF)


def _days_since(facts: PlanFacts, moment: datetime | None) -> int:
    return (facts.day - moment.astimezone(LONDON).date()).days if moment else 0


def _no_owner(facts: PlanFacts, action: Any) -> str:
    return "" if action.lead_id else "has no owner"


def _no_date(facts: PlanFacts, action: Any) -> str:
    return "" if action.due_date or action.due_printed else "has no date"


def _words_for_a_date(facts: PlanFacts, action: Any) -> str:
    if action.due_date or not action.due_printed:
        return ""
    return f"has no date to be held to, only “{action.due_printed}”"


def _closed_without_evidence(facts: PlanFacts, action: Any) -> str:
    return "" if facts.evidence_of(action).all else "is signed off without evidence"


def _closed_on_outputs(facts: PlanFacts, action: Any) -> str:
    count = facts.evidence_of(action)
    if not count.all or count.beyond_output:
        return ""
    return "is signed off on outputs alone: nothing shows that it made a difference"


def _not_accepted(facts: PlanFacts, action: Any) -> str:
    count = facts.evidence_of(action)
    said = "signed off" if action.status == Status.SIGNED_OFF else "complete"
    if not count.all:
        return "is complete without any evidence" if action.status == Status.COMPLETE else ""
    return "" if count.accepted else f"is {said}, but nobody has accepted its evidence"


def _sign_off_missing(facts: PlanFacts, action: Any) -> str:
    days = _days_since(facts, action.completed_at or action.reported_at or action.added_at)
    return f"has waited {days:,} days for its sign-off" if days > WAITS_LONG else ""


def _owner_left(facts: PlanFacts, action: Any) -> str:
    left = action.lead_id and action.post_was_held and not action.post_is_held
    return f"is led by {action.lead_name}, a post that nobody holds any more" if left else ""


def _nobody_recorded(facts: PlanFacts, action: Any) -> str:
    unknown = action.lead_id and not action.post_was_held
    return f"is led by {action.lead_name}, but nobody is recorded in that post" if unknown else ""


def _due_before_inspection(facts: PlanFacts, action: Any) -> str:
    first = action.inspected_from
    if not first or not action.due_date or action.due_date >= first:
        return ""
    due = action.due_printed or wording(action.due_date, action.due_precision)
    return f"is due “{due}”, before the inspection of {wording(first, Precision.DAY)}"


def _forecast_without_asking(facts: PlanFacts, action: Any) -> str:
    if not forecast_is_late(action) or action.extension_pending:
        return ""
    forecast = wording(action.forecast_date, action.forecast_precision or Precision.DAY)
    return f"is forecast for {forecast}, after it is due, and no extension has been asked for"


def _extension_waits(facts: PlanFacts, action: Any) -> str:
    days = _days_since(facts, action.asked_at or action.reported_at) if action.extension_pending else 0
    return f"has waited {days:,} days for a decision on its extension" if days >= WAITS_LONG else ""


def _green_but_overdue(facts: PlanFacts, action: Any) -> str:
    said_so = action.timeliness == Timeliness.OVERDUE and action.reported_rag == Rag.GREEN
    return "is reported green, but overdue" if said_so else ""


def _personal(facts: PlanFacts, action: Any) -> str:
    texts = (action.wording, action.progress, action.asked_reason, action.delay_reason, action.next_step)
    found = looks_personal(*texts)
    return f"may hold {found}: look at its text and take out what could name a child" if found else ""


def _not_assessed(facts: PlanFacts, action: Any) -> str:
    unknown = action.impact == Impact.NOT_ASSESSED
    return "is signed off, and nobody has said what difference it made" if unknown else ""


def _not_reported(facts: PlanFacts, action: Any) -> str:
    return "has not been reported on yet"


def _without_action(facts: PlanFacts) -> Said:
    for cover in coverage(facts).areas:
        if not cover.answered:
            yield f"Area {cover.area.number}, {_short(cover.area.wording)}, has no action.", facts.plan.pk


def _without_measure(facts: PlanFacts) -> Said:
    for cover in coverage(facts).areas:
        if not cover.measured:
            yield f"Area {cover.area.number}, {_short(cover.area.wording)}, has no measure.", facts.plan.pk


def _left_out(facts: PlanFacts) -> Said:
    for area in facts.left_out:
        said = f"Area {area.number} of “{area.inspection}”, {_short(area.wording)}, is in none of the council’s plans."
        yield said, area.inspection_id


def _without_board(facts: PlanFacts) -> Said:
    if not facts.has_board:
        yield "No board oversees this plan.", facts.plan.pk


def _clock_passed(facts: PlanFacts) -> Said:
    for inspection, clock in facts.clocks:
        if clock.rules and clock.rules < facts.day:
            day = wording(clock.rules, Precision.DAY)
            yield f"{clock.label} for “{inspection}” was due on {day}, and the plan is not submitted.", inspection.pk


def _clock_without_start(facts: PlanFacts) -> Said:
    for inspection, clock in facts.clocks:
        if clock.rules is None and clock.started is None:
            said = f"The clock of “{inspection}” does not run: the date of {clock.counts_from} is not recorded."
            yield said, inspection.pk


def _same_wording(facts: PlanFacts) -> Said:
    by_words: dict[str, list[Any]] = defaultdict(list)
    for action in facts.actions:
        by_words["".join(sign for sign in action.wording.casefold() if sign.isalnum())].append(action)
    for same in by_words.values():
        if len(same) > 1:
            names = [str(action.reference) for action in same]
            together = f"{', '.join(names[:-1])} and {names[-1]}"
            yield f"Actions {together} say the same in the same words.", same[-1].action_pk


def _short(text: str) -> str:
    cut = text if len(text) <= 80 else f"{text[:77].rsplit(' ', 1)[0]} …"
    return f"“{cut.rstrip('.')}”"


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
RULES = (
    Rule("H01", E, "No owner", Mend.AMEND, _each(_no_owner, OPEN_STATUSES)),
    Rule("H02", E, "No date", Mend.AMEND, _each(_no_date, OPEN_STATUSES)),
    Rule("H03", W, "Words instead of a date", Mend.AMEND, _each(_words_for_a_date, OPEN_STATUSES)),
    Rule("H04", E, "Area without an action", Mend.ADD_ACTION, _without_action),
    Rule("H05", W, "Area without a measure", Mend.MEASURES, _without_measure),
    Rule("H06", W, "Area of the report that is in no plan", Mend.INSPECTION, _left_out),
    Rule("H07", E, "Closed without evidence", Mend.DECIDE, _each(_closed_without_evidence, (Status.SIGNED_OFF,))),
    Rule("H08", W, "Closed on outputs alone", Mend.DECIDE, _each(_closed_on_outputs, (Status.SIGNED_OFF,))),
    Rule("H09", W, "Complete, but evidence not accepted", Mend.ACTION, _each(_not_accepted, DONE)),
    Rule("H10", W, "Sign-off missing for long", Mend.DECIDE, _each(_sign_off_missing, (Status.COMPLETE,))),
    Rule("H11", W, "Owner has left", Mend.AMEND, _each(_owner_left, (*OPEN_STATUSES, Status.COMPLETE))),
    Rule("H12", N, "Nobody recorded in the lead post", Mend.AMEND, _each(_nobody_recorded, OPEN_STATUSES)),
    Rule("H13", W, "Due before the inspection", Mend.AMEND, _each(_due_before_inspection)),
    Rule("H14", W, "Forecast late, no extension", Mend.UPDATE, _each(_forecast_without_asking, OPEN_STATUSES)),
    Rule("H15", W, "Extension not decided for long", Mend.DECIDE, _each(_extension_waits)),
    Rule("H16", W, "Reported green, but overdue", Mend.UPDATE, _each(_green_but_overdue, OPEN_STATUSES)),
    Rule("H17", N, "Not yet reported", Mend.UPDATE, _each(_not_reported, (Status.UNREPORTED,))),
    Rule("H18", W, "No board", Mend.PLAN, _without_board),
    Rule("H19", W, "Statutory clock passed", Mend.INSPECTION, _clock_passed),
    Rule("H20", W, "Statutory clock without a start", Mend.INSPECTION, _clock_without_start),
    Rule("H21", W, "Same wording twice", Mend.AMEND, _same_wording),
    Rule("H22", W, "May name a child", Mend.UPDATE, _each(_personal)),
    Rule("H23", N, "Difference not assessed", Mend.ACTION, _each(_not_assessed, (Status.SIGNED_OFF,))),
)
