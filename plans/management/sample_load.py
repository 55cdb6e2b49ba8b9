"""A large made-up population, for measuring: councils with plans of several years, people, posts and held meetings.

Actions and their histories go through the ledger; meetings are held as a board holds them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from plans.access.models import Board, Membership, Organisation, Post, PostHolding, Seat, User
from plans.access.rules import Role
from plans.findings.models import Area, AskKind, Framework, Inspection, Spell
from plans.improvement_plan.ledger import record_history
from plans.improvement_plan.models import Action, Plan, PlanArea
from plans.management.filling import without_most_indexes
from plans.management.sample_histories import THINGS, WITH_WHOM, Fate, Scene, a_history
from plans.oversight.changes import hold_meeting
from plans.oversight.models import Meeting

ACTIONS_A_PLAN = 500
AREAS_A_PLAN = 10
OFFICERS_A_COUNCIL = 20
MEETINGS_HELD = 5
MEETING_EVERY = timedelta(days=91)
# From how many actions on it is worth while to build the indexes anew.
WORTH_FILLING = 20_000
LOADER = "sample-load@example.org"
AUDITOR = "sample-auditor@example.org"

# A council's plans: how many years ago each began, and of a hundred actions what became of how many.
PLANS: tuple[tuple[float, dict[Fate, int]], ...] = (
    (1.6, {Fate.DONE: 37, Fate.LATE: 15, Fate.OPEN: 46, Fate.WITHDRAWN: 2}),
    (3.7, {Fate.DONE: 71, Fate.LATE: 9, Fate.OPEN: 18, Fate.WITHDRAWN: 2}),
    (6.2, {Fate.DONE: 87, Fate.LATE: 5, Fate.OPEN: 5, Fate.WITHDRAWN: 3}),
    (8.8, {Fate.DONE: 93, Fate.LATE: 3, Fate.OPEN: 0, Fate.WITHDRAWN: 4}),
)
ASPECTS = ("Recording", "Timeliness", "Consistency", "Quality", "Management oversight", "Impact", "Accuracy")
JOBS = ("Head of Service", "Service Manager", "Team Manager", "Practice Lead")
SERVICES = (
    "Front Door", "Children in Care", "Care Leavers", "Fostering", "Early Help", "Safeguarding", "Quality Assurance",
    "Virtual School", "Commissioning", "Performance",
)  # fmt: skip


@dataclass(frozen=True)
class SampleSize:
    """How much to make; the same ``seed`` makes the same population."""

    actions: int
    updates_per_action: int
    seed: int


@dataclass(frozen=True)
class _Council:
    organisation: Organisation
    posts: list[Post]
    board: Board


def load_sample(size: SampleSize, *, now: datetime) -> Iterator[int]:
    """Add the population, a council at a time; yields the number of actions added so far.

    A larger population has more councils, each of the same size. Beyond those that there are, councils are made up.
    An empty database is filled without most of its indexes, which are built at the end.
    """
    empty = not connection.in_atomic_block and not Action.objects.exists()
    with without_most_indexes() if empty and size.actions >= WORTH_FILLING else nullcontext():
        yield from _load(size, now)
    _tell_the_planner()


def _load(size: SampleSize, now: datetime) -> Iterator[int]:
    choice = random.Random(size.seed)
    by = _loader()
    frameworks = list(Framework.objects.order_by("code"))
    kinds = list(AskKind.objects.order_by("rank", "code"))
    councils = _councils()
    made = number = 0
    for organisation in councils:
        with transaction.atomic():
            council = _a_council(organisation, now.date(), size.seed)
            for years, fates in PLANS:
                number += 1
                rows = min(ACTIONS_A_PLAN, size.actions - made)
                began = now - timedelta(days=365 * (years + choice.uniform(-0.5, 0.5)))
                name = f"{began:%Y} ({size.seed}-{number})"
                plan, areas = _a_plan(council, choice.choice(frameworks), kinds, name, began, choice)
                scene = Scene(began, now, council.posts, by, size.updates_per_action)
                drawn = choice.choices(list(fates), list(fates.values()), k=rows)
                histories = [a_history(scene, fate, _place(areas, n), choice) for n, fate in enumerate(drawn)]
                record_history(plan, histories, recorded_at=now)
                made += rows
                if made >= size.actions:
                    break
            _meetings(council.board, now)
        yield made
        if made >= size.actions:
            return


def _loader() -> User:
    """Who recorded it all; beside them somebody who sees all of it. Neither can sign in with a password."""
    User.objects.get_or_create(
        email=AUDITOR, defaults={"name": "Sample auditor", "is_superuser": True, "password": "!"}
    )
    by, _ = User.objects.get_or_create(
        email=LOADER, defaults={"name": "Sample load", "is_active": False, "password": "!"}
    )
    return by


def _councils() -> Iterator[Organisation]:
    yield from list(Organisation.objects.filter(kind=Organisation.Kind.COUNCIL, gss_code__isnull=False))
    number = 0
    while True:
        number += 1
        yield Organisation.objects.get_or_create(name=f"Sample council {number}")[0]


def _a_council(organisation: Organisation, today: date, seed: int) -> _Council:
    """The council's posts with their holders, its improvement lead, and a board with a chair."""
    titles = [f"{job}, {service}" for job in JOBS for service in SERVICES]
    Post.objects.bulk_create([Post(organisation=organisation, title=title) for title in titles], ignore_conflicts=True)
    found = {post.title: post for post in organisation.posts.filter(title__in=titles)}
    posts = [found[title] for title in titles]
    code = f"{seed}-{organisation.pk}"
    names = ("lead", "chair", *(f"officer-{number}" for number in range(1, OFFICERS_A_COUNCIL + 1)))
    people = User.objects.bulk_create(
        User(
            email=f"sample-{name}-{code}@example.org",
            name=f"{name.replace('-', ' ').capitalize()} of {organisation}",
            password="!",
        )
        for name in names
    )
    lead, chair, *officers = people
    Membership.objects.bulk_create(
        Membership(person=person, organisation=organisation, role=role.value)
        for person, role in ((lead, Role.LEAD), *((officer, Role.OFFICER) for officer in officers))
    )
    held = set(PostHolding.objects.filter(post__in=posts, until__isnull=True).values_list("post_id", flat=True))
    PostHolding.objects.bulk_create(
        PostHolding(post=post, person=officers[place % len(officers)], since=today - timedelta(days=700))
        for place, post in enumerate(posts)
        if post.pk not in held
    )
    board, _ = Board.objects.get_or_create(organisation=organisation, name="Improvement board")
    Seat.objects.create(board=board, person=chair, kind=Seat.Kind.CHAIR)
    return _Council(organisation, posts, board)


def _a_plan(
    council: _Council, framework: Framework, kinds: list[AskKind], name: str, began: datetime, choice: random.Random
) -> tuple[Plan, list[Area]]:
    """A submitted plan that answers the areas of one inspection, before the council's board."""
    on_site = (began - timedelta(days=120)).date()
    organisation = council.organisation
    inspection = Inspection.objects.create(
        organisation=organisation,
        framework=framework,
        title=f"{framework.code} inspection {name}",
        published_on=on_site + timedelta(days=50),
    )
    Spell.objects.create(inspection=inspection, starts=on_site, ends=on_site + timedelta(days=11))
    areas = Area.objects.bulk_create(
        Area(
            inspection=inspection,
            number=number,
            kind=choice.choice(kinds),
            addressed_to=organisation,
            wording=f"{choice.choice(ASPECTS)} of {choice.choice(THINGS)} {choice.choice(WITH_WHOM)}",
        )
        for number in range(1, AREAS_A_PLAN + 1)
    )
    plan = Plan.objects.create(organisation=organisation, title=f"Improvement plan {name}", stage=Plan.Stage.SUBMITTED)
    plan.boards.add(council.board)
    PlanArea.objects.bulk_create(PlanArea(plan=plan, area=area, position=area.number) for area in areas)
    return plan, areas


def _place(areas: list[Area], number: int) -> dict[str, object]:
    """Where the plan has its action of that number, from 0: the same number of actions in every area."""
    each = ACTIONS_A_PLAN // AREAS_A_PLAN
    area = areas[number // each % AREAS_A_PLAN]
    return {"area_id": area.pk, "reference": f"{area.number}.{number % each + 1}", "position": number + 1}


def _meetings(board: Board, now: datetime) -> None:
    """A meeting every quarter, the next one still to come; each that has begun is held, so that it keeps its digest."""
    last = (now - timedelta(days=15)).replace(hour=10, minute=0, second=0, microsecond=0)
    for before in range(MEETINGS_HELD, -1, -1):
        starts_at = last - MEETING_EVERY * (before - 1)
        meeting, made = Meeting.objects.get_or_create(board=board, starts_at=starts_at)
        if made and starts_at <= now:
            hold_meeting(meeting, at=starts_at + timedelta(hours=3))


def _tell_the_planner() -> None:
    """Let the database count what came, as it does by itself in time; PostgreSQL also notes which pages all may see."""
    vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")
