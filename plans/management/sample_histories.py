"""The lives of made-up actions: what becomes of each, in changes that the ledger takes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from plans.access.models import Post, User
from plans.documents.dates import last_day_of
from plans.improvement_plan.ledger import Change, supporting
from plans.improvement_plan.rules import Kind

DAY = timedelta(days=1)
VERBS = (
    "Review", "Launch", "Embed", "Audit", "Strengthen", "Re-design", "Monitor", "Commission", "Train staff in",
    "Agree", "Publish", "Simplify", "Test", "Extend",
)  # fmt: skip
THINGS = (
    "the threshold document", "supervision records", "pathway plans", "strategy discussion minutes",
    "the audit programme", "initial health assessments", "personal education plans", "the front door process",
    "private fostering assessments", "the return interview offer", "placement sufficiency", "case chronologies",
    "contact arrangements", "the neglect toolkit", "exploitation risk assessments", "life story work",
    "the escalation policy", "care leavers’ health summaries", "court work checklists", "workforce induction",
)  # fmt: skip
WITH_WHOM = (
    "with partner agencies", "across all localities", "in every team", "with young people", "by each manager",
    "with foster carers", "in the out of hours service", "with schools",
)  # fmt: skip
WHY = (
    "so that plans are timely", "to improve management oversight", "so that children are seen sooner",
    "to make practice consistent", "and report each quarter", "so that decisions are recorded with their reasons",
    "to reduce drift and delay", "so that no child waits for a worker",
)  # fmt: skip
NOTES = (
    "Draft shared with team managers.", "Training booked for the next half term.", "Half of the teams have done this.",
    "Waiting for the partner’s reply.", "Dip sample shows steady improvement.", "Recruitment has delayed this step.",
    "Pathway agreed; staff briefings have begun.", "Performance report shows the first change.",
    "Two of three localities have reported.", "The working group met and set the next steps.",
)  # fmt: skip
MORE = (
    "The head of service checks this weekly.", "The next report goes to the board.", "Figures are being validated.",
    "Feedback from families is positive so far.", "A further sample is planned.", "No new risks.",
)  # fmt: skip
DELAYS = (
    "Vacancies in the team", "The supplier is late with the system change", "Waits for the partnership’s agreement",
    "Blocked until the budget is agreed",
)  # fmt: skip
NEXT = ("Second dip sample", "Brief all team managers", "Take the paper to the board", "Agree the measure with health")
CONFIDENCE = ("high", "medium", "low")
RATINGS = ("green", "amber", "red")
# Of the open: how many have an extension that waits, were extended, and cannot go on.
PENDING, MOVED, BLOCKED = 0.03, 0.3, 0.12


class Fate(StrEnum):
    """What became of an action by now."""

    DONE = "done"
    LATE = "late"
    OPEN = "open"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Scene:
    """What the actions of a plan have in common: when it began, who may lead, who writes, and how long ``now`` is."""

    began: datetime
    now: datetime
    posts: Sequence[Post]
    by: User
    updates: int


def a_history(scene: Scene, fate: Fate, columns: dict[str, Any], choice: random.Random) -> list[Change]:
    """One action's life from its first day to its fate, in as many changes as the scene says."""
    start = scene.began + DAY * (choice.random() * 60)
    left = scene.now - start
    due = _due(fate, scene, start, choice)
    moves = choice.random() < MOVED and scene.updates >= 5
    first_due = max(_month_end(due - DAY * 28 * choice.randrange(1, 5)), _month_end(start.date())) if moves else due
    moves = first_due < due
    done_when_added = fate is Fate.DONE and scene.updates < 3
    added: dict[str, Any] = {
        **columns,
        "wording": " ".join(map(choice.choice, (VERBS, THINGS, WITH_WHOM, WHY))),
        "lead_id": choice.choice(scene.posts).pk if choice.random() > 0.02 else None,
        "support": supporting([choice.choice(scene.posts)]) if choice.random() < 0.1 else [],
        "status": "complete" if done_when_added and scene.updates == 2 else "not_started",
        "due_date": first_due,
        "due_precision": "month",
    }
    history = [Change(scene.by, start, Kind.ADDED, changes=added)]
    last = scene.updates - 1
    if not last:
        return history
    if fate in (Fate.DONE, Fate.WITHDRAWN):
        took = (datetime.combine(due, start.timetz()) - start) * (0.7 + choice.random() * 0.5)
        end = start + min(max(took, DAY * 20), left * 0.98)
    else:
        end = max(scene.now - DAY * (choice.random() ** 2 * 90), start + left / 2)
    blocked = fate is not Fate.DONE and choice.random() < BLOCKED
    asks = fate in (Fate.LATE, Fate.OPEN) and scene.updates >= 3 and choice.random() < PENDING
    ends = _ending(fate, last, asks, due, choice)
    for step in range(1, scene.updates):
        at = start + (end - start) * (step / last)
        remaining = last - step
        if remaining < len(ends):
            kind, note, said = ends[-1 - remaining]
        elif moves and step == 2:
            why = choice.choice(DELAYS)
            said = {"asked_due_date": due, "asked_due_precision": "month", "asked_reason": why}
            kind, note = Kind.EXTENSION_ASKED, why
        elif moves and step == 3:
            later = {"due_date": due, "due_precision": "month", "due_printed": ""}
            kind, note, said = Kind.EXTENSION_AGREED, "", later | NOTHING_ASKED
        else:
            kind, note, said = _progress(step, last, blocked, choice)
        history.append(Change(scene.by, at, kind, note, changes=said))
    return history


NOTHING_ASKED: dict[str, Any] = {"asked_due_date": None, "asked_due_precision": "", "asked_reason": ""}


def _ending(fate: Fate, last: int, asks: bool, due: date, choice: random.Random) -> list[tuple[Kind, str, Any]]:
    """The last changes of a life, in order: at most as many as ``last``."""
    if fate is Fate.WITHDRAWN:
        return [(Kind.WITHDRAWN, "Overtaken by the new operating model.", {"status": "withdrawn"})]
    if fate is not Fate.DONE:
        asked: dict[str, Any] = {
            "asked_due_date": _month_end(due + DAY * 70),
            "asked_due_precision": "month",
            "asked_reason": choice.choice(DELAYS),
        }
        return [(Kind.EXTENSION_ASKED, asked["asked_reason"], asked)] if asks else []
    complete = (Kind.COMPLETED, _note(choice), {"status": "complete", "next_step": "", "delay_reason": ""})
    signed = (Kind.SIGNED_OFF, "", {"status": "signed_off", "impact": choice.choice(("some", "none_yet", "embedded"))})
    if last == 1:
        return [signed]
    if choice.random() < 0.02:
        return [complete]
    if last > 3 and choice.random() < 0.15:
        return [complete, signed, (Kind.RECHECKED, "Sampled again: it holds.", {"impact": "embedded"})]
    return [complete, signed]


def _progress(step: int, last: int, blocked: bool, choice: random.Random) -> tuple[Kind, str, dict[str, Any]]:
    if choice.random() < 0.08:
        return Kind.NO_CHANGE, "", {}
    said = {
        "status": "in_progress",
        "confidence": "low" if blocked else choice.choice(CONFIDENCE),
        "reported_rag": "red" if blocked else choice.choice(RATINGS),
        "share_done": min(95, 100 * step // (last + 1)),
        "delay_reason": choice.choice(DELAYS) if blocked else "",
        "next_step": choice.choice(NEXT) if choice.random() < 0.5 else "",
    }
    return Kind.PROGRESS, _note(choice), said


def _note(choice: random.Random) -> str:
    return f"{choice.choice(NOTES)} {choice.choice(MORE)}"


def _due(fate: Fate, scene: Scene, start: datetime, choice: random.Random) -> date:
    """Late: at any time since the plan began, but for the first half year. Open: in the time to come."""
    if fate is Fate.OPEN:
        return _month_end((scene.now + DAY * choice.randrange(5, 500)).date())
    if fate is Fate.LATE:
        ago = max((scene.now - start) * choice.random() ** 2 * 0.7, DAY * 35)
        return _month_end((scene.now - ago).date())
    return _month_end((start + DAY * choice.randrange(200, 700)).date())


def _month_end(day: date) -> date:
    return last_day_of(day.year, day.month)
