"""A large made-up population of plans, for measuring: histories that obey the rules, through the ledger."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from plans.access.models import Board, Organisation, Post, User
from plans.documents.dates import last_day_of
from plans.findings.models import Area, AskKind, Framework, Inspection, Spell
from plans.improvement_plan.changes import answer_areas
from plans.improvement_plan.ledger import Change, record_history, supporting
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import Confidence, Kind, Rag, Status

ACTIONS_A_PLAN = 500
AREAS_A_PLAN = 10
POSTS_A_PLAN = 20
LOADER = "sample-load@example.org"

VERBS = (
    "Review",
    "Launch",
    "Embed",
    "Audit",
    "Strengthen",
    "Re-design",
    "Monitor",
    "Commission",
    "Train",
    "Agree",
)
THINGS = (
    "the threshold document", "supervision records", "pathway plans", "strategy discussion minutes",
    "the audit programme", "initial health assessments", "personal education plans", "the front door process",
    "private fostering assessments", "the return interview offer", "placement sufficiency", "case chronologies",
)  # fmt: skip
WITH_WHOM = (
    "with partner agencies",
    "across all localities",
    "in every team",
    "with young people",
    "by each manager",
)
WHY = (
    "so that plans are timely", "to improve management oversight", "so that children are seen sooner",
    "to make practice consistent", "and report each quarter",
)  # fmt: skip
NOTES = (
    "Draft shared with team managers.", "Training booked for the next half term.", "Half of the teams have done this.",
    "Waiting for the partner’s reply.", "Dip sample shows steady improvement.", "Recruitment has delayed this step.",
    "Pathway agreed; staff briefings have begun.", "Performance report shows the first change.",
)  # fmt: skip
JOBS = (
    "Head of Service", "Service Manager", "Team Manager", "Principal Social Worker", "Commissioning Manager",
    "Performance Manager", "Virtual School Head", "Quality Assurance Manager", "Business Manager", "Practice Lead",
)  # fmt: skip
ASPECTS = ("Recording", "Timeliness", "Consistency", "Quality", "Oversight")
OF_WHAT = ("assessments", "plans", "supervision", "strategy discussions", "health assessments", "audits")


@dataclass(frozen=True)
class SampleSize:
    """How much to make; the same ``seed`` makes the same population."""

    actions: int
    updates_per_action: int
    seed: int


def load_sample(size: SampleSize, *, now: datetime) -> Iterator[int]:
    """Add the population, a plan at a time; yields the number of actions added so far."""
    choice = random.Random(size.seed)
    by, _ = User.objects.get_or_create(
        email=LOADER, defaults={"name": "Sample load", "is_active": False, "password": "!"}
    )
    councils = list(Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).order_by("name"))
    frameworks = list(Framework.objects.order_by("code"))
    kind = AskKind.objects.order_by("-rank")[0]
    made = number = 0
    while made < size.actions:
        number += 1
        council = councils[number % len(councils)]
        rows = min(ACTIONS_A_PLAN, size.actions - made)
        with transaction.atomic():
            plan, posts, areas = _a_plan(council, choice.choice(frameworks), kind, f"{size.seed}-{number}", now, choice)
            histories = [_a_history(place, posts, areas, by, size, now, choice) for place in range(1, rows + 1)]
            record_history(plan, histories, recorded_at=now)
        made += rows
        yield made


def _a_plan(
    council: Organisation,
    framework: Framework,
    kind: AskKind,
    name: str,
    now: datetime,
    choice: random.Random,
) -> tuple[Plan, list[Post], list[Area]]:
    on_site = (now - timedelta(days=choice.randrange(1200, 1500))).date()
    inspection = Inspection.objects.create(
        organisation=council, framework=framework, title=f"Sample inspection {name}", published_on=on_site
    )
    Spell.objects.create(inspection=inspection, starts=on_site, ends=on_site + timedelta(days=11))
    areas = Area.objects.bulk_create(
        [
            Area(
                inspection=inspection,
                number=number,
                kind=kind,
                addressed_to=council,
                wording=f"{choice.choice(ASPECTS)} of {choice.choice(OF_WHAT)}, {choice.choice(WITH_WHOM)}",
            )
            for number in range(1, AREAS_A_PLAN + 1)
        ]
    )
    plan = Plan.objects.create(organisation=council, title=f"Sample plan {name}", stage=Plan.Stage.AGREED)
    board, _ = Board.objects.get_or_create(organisation=council, name="Sample improvement board")
    plan.boards.add(board)
    answer_areas(plan, areas)
    posts = Post.objects.bulk_create(
        [
            Post(organisation=council, title=f"{choice.choice(JOBS)} {name}-{number}")
            for number in range(1, POSTS_A_PLAN + 1)
        ]
    )
    return plan, posts, areas


def _month_end(day: date) -> date:
    return last_day_of(day.year, day.month)


def _a_history(
    place: int,
    posts: list[Post],
    areas: list[Area],
    by: User,
    size: SampleSize,
    now: datetime,
    choice: random.Random,
) -> list[Change]:
    """One action's life: 70 in 100 end signed off, 8 are overdue now, 20 are on time, 2 were withdrawn."""
    fate = choice.choices(("done", "late", "open", "withdrawn"), (70, 8, 20, 2))[0]
    start = now - timedelta(days=choice.randrange(800, 1100), minutes=place)
    span = timedelta(days=choice.randrange(300, 700))
    due = {
        "done": _month_end((start + span).date()),
        "late": _month_end((now - timedelta(days=choice.randrange(35, 400))).date()),
        "open": _month_end((now + timedelta(days=choice.randrange(5, 500))).date()),
        "withdrawn": _month_end((start + span).date()),
    }[fate]
    moved = fate in ("late", "open") and choice.random() < 0.3
    first_due = _month_end(due - timedelta(days=28 * choice.randrange(1, 4))) if moved else due
    added = Change(
        by,
        start,
        Kind.ADDED,
        changes={
            "reference": f"{place}",
            "position": place,
            "area_id": areas[place % len(areas)].pk,
            "wording": " ".join(map(choice.choice, (VERBS, THINGS, WITH_WHOM, WHY))),
            "lead_id": choice.choice(posts).pk if place % 50 else None,
            "support": supporting([choice.choice(posts)]) if place % 10 == 0 else [],
            "status": Status.NOT_STARTED,
            "due_date": first_due,
            "due_precision": "month",
        },
    )
    steps = max(size.updates_per_action - 1, 0)
    end = start + span if fate in ("done", "withdrawn") else now - timedelta(hours=choice.randrange(1, 2000))
    history = [added]
    for step in range(1, steps + 1):
        at = start + (end - start) * step / (steps + 1)
        history.append(_a_step(step, steps, fate, at, due if moved else None, by, choice))
    return history


def _a_step(
    step: int, steps: int, fate: str, at: datetime, later_due: date | None, by: User, choice: random.Random
) -> Change:
    """The update of one step; ``later_due`` is the date agreed on the third step, if the date moves."""
    note = choice.choice(NOTES)
    if fate == "withdrawn" and step == steps:
        reason = "Overtaken by the new operating model."
        return Change(by, at, Kind.WITHDRAWN, reason, changes={"status": Status.WITHDRAWN})
    if fate == "done" and step == steps - 1:
        return Change(by, at, Kind.COMPLETED, note, changes={"status": Status.COMPLETE})
    if fate == "done" and step == steps and steps > 1:
        return Change(by, at, Kind.SIGNED_OFF, changes={"status": Status.SIGNED_OFF})
    if later_due and step == 3:
        moved = {"due_date": later_due, "due_precision": "month", "due_printed": ""}
        return Change(by, at, Kind.EXTENSION_AGREED, note, changes=moved)
    said = {
        "status": Status.IN_PROGRESS,
        "confidence": choice.choice(list(Confidence)),
        "reported_rag": choice.choice([Rag.GREEN, Rag.AMBER, Rag.RED]),
    }
    return Change(by, at, Kind.PROGRESS, note, changes=said)
