"""How fast the pages are that everybody uses, beside the same SQL and as many bytes, on the population there is."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any, Self

from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from lxml import html

from plans.access.models import Membership, PostHolding, User
from plans.access.rules import Role
from plans.documents.models import SourceDocument
from plans.documents.read_plan import read_plan
from plans.improvement_plan.accept_rows import open_plan_file
from plans.improvement_plan.changes import start_plan
from plans.improvement_plan.models import LONDON, Action
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.management.benchmark_requests import Answer, Asked, Visitor, floor_of, listening, signed_in, undone, worked
from plans.management.measuring import begin_peak, peak
from plans.oversight.models import Meeting

RUNS, WARMING = 25, 2
ROWS_OF_AN_IMPORT = 300
PAGE = 50
YEARS_AGO = timedelta(days=730)
SEARCHED = "chronologies"


@dataclass(frozen=True)
class Figures:
    """Of one path at one size: seconds that passed (median and the 95th of a hundred) and that were worked, ours and
    the floor's; what was asked of the database, what came back, and the most memory of the process, in MB."""

    path: str
    reader: str
    seconds: float
    late: float
    worked: float
    floor_seconds: float
    floor_worked: float
    queries: int
    rows: int
    size: int
    megabytes: float

    @property
    def ratio(self) -> float:
        """How many times the floor's work ours is."""
        return self.worked / self.floor_worked

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        return cls(**plain)


@dataclass(frozen=True)
class Path:
    """What is asked, by whom. ``ready`` makes ready and gives the call that is measured; what ``writes`` is undone."""

    name: str
    reader: str
    person: User
    ready: Callable[[Visitor], Callable[[], Answer]]
    writes: bool = False


@dataclass(frozen=True)
class People:
    """Who reads: the lead of one council, one of its officers, and somebody who sees every council."""

    lead: User
    officer: User
    auditor: User
    organisation_id: int


def people() -> People:
    """Taken from the population: a council with a whole history. Raises CommandError where there is none."""
    leads = Membership.objects.filter(role=Role.LEAD.value, person__is_active=True).order_by("organisation_id")
    known = list(leads.filter(organisation__plans__boards__meetings__held_at__isnull=False).distinct())
    auditor = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if not known or auditor is None:
        raise CommandError("There is nobody to ask for: make a population first, with “manage.py load_sample”.")
    # The last council may be half full.
    lead = known[(len(known) - 1) // 4]
    holders = PostHolding.objects.filter(until__isnull=True, post__organisation=lead.organisation_id)
    busy = holders.values("person").annotate(led=Count("post__led_actions")).order_by("-led", "person")
    officer = User.objects.get(pk=busy[len(busy) // 2]["person"])
    return People(lead.person, officer, auditor, lead.organisation_id)


def paths(who: People, at: date, passed_over: int = 0) -> list[Path]:
    """Every hot path; ``at`` is the past day. So many open actions are passed over before the one that is taken."""
    overdue = reverse("overdue")
    meetings = Meeting.objects.filter(board__organisation=who.organisation_id)
    held = meetings.filter(held_at__isnull=False).order_by("starts_at").last()
    coming = meetings.filter(held_at__isnull=True).order_by("starts_at").first()
    mine = Action.objects.in_the_hands_of(who.officer).filter(status__in=OPEN_STATUSES, asked_due_date__isnull=True)
    action = mine.order_by("pk")[passed_over:].first()
    if held is None or coming is None or action is None:
        raise CommandError("This population has no meetings, or nothing that is open.")
    lists = {
        "overdue, page 1": overdue,
        f"overdue, as at {YEARS_AGO.days // 365} years ago": f"{overdue}?as_at={at}",
        "overdue, by lead": f"{overdue}?lead=Head+of+Service%2C+Front+Door",
        "overdue, by words": f"{overdue}?q={SEARCHED}",
        "search": f"{reverse('search')}?q={SEARCHED}",
    }
    found: list[Path] = []
    for reader, person in (("one council", who.lead), ("all councils", who.auditor)):
        found += [Path(name, reader, person, _getting(address)) for name, address in lists.items()]
        found.append(Path(f"overdue, page {PAGE} or last", reader, person, _last_page(overdue)))
    one = "one council"
    return [
        *found,
        Path("movement between meetings", one, who.lead, _getting(f"{reverse('movement')}?meeting={held.pk}")),
        Path("meeting, held", one, who.lead, _getting(reverse("meeting", args=[held.pk]))),
        Path("meeting, to come", one, who.lead, _getting(reverse("meeting", args=[coming.pk]))),
        Path("action", one, who.lead, _getting(reverse("action", args=[action.pk]))),
        Path("my work", "officer", who.officer, _getting(reverse("my_actions"))),
        Path("save an update", "officer", who.officer, _updating(action), writes=True),
        Path(f"accept {ROWS_OF_AN_IMPORT} rows", one, who.lead, _importing(who), writes=True),
    ]


def lines(runs: int = RUNS, only: str = "") -> Iterator[Figures]:
    """Each path beside its floor. ``only``: those whose name has these words."""
    who = people()
    at = timezone.now().astimezone(LONDON).date() - YEARS_AGO
    for path in paths(who, at):
        if only in path.name:
            apart = undone if path.writes or connection.in_atomic_block else nullcontext
            with signed_in(path.person) as visitor, apart():
                found = _figures(path, path.ready(visitor), apart, runs)
            yield found


def _figures(path: Path, ask: Callable[[], Answer], apart: Any, runs: int) -> Figures:
    begin_peak()
    for _ in range(min(WARMING, runs)):
        with apart():
            answer = ask()
        if answer.status not in (200, 302):
            raise CommandError(f"{path.name} ({path.reader}) answers {answer.status}.")
    # As the web server does when it has loaded.
    gc.collect()
    gc.freeze()
    with apart(), listening() as asked:
        answer = ask()
    ours, floor = _timed(ask, floor_of(without_savepoints(asked), len(answer.body)), apart, runs)
    return Figures(
        path.name,
        path.reader,
        seconds=median(seconds for seconds, _ in ours),
        late=late_of([seconds for seconds, _ in ours]),
        worked=median(work for _, work in ours),
        floor_seconds=median(seconds for seconds, _ in floor),
        floor_worked=median(work for _, work in floor),
        queries=sum(not _is_transaction(sql) for sql, _, _ in asked.statements),
        rows=asked.rows,
        size=len(answer.body),
        megabytes=peak(),
    )


Times = list[tuple[float, float]]


def _timed(ask: Callable[[], Any], floor: Callable[[], Any], apart: Any, runs: int) -> tuple[Times, Times]:
    """Ours and the floor's, one after the other each time: what else the machine does is done to both."""
    ours: Times = []
    plain: Times = []
    for _ in range(runs):
        for call, times in ((ask, ours), (floor, plain)):
            with apart():
                connection.ensure_connection()
                began, had_worked = time.perf_counter(), worked()
                call()
                connection.ensure_connection()
                times.append((time.perf_counter() - began, worked() - had_worked))
    return ours, plain


def late_of(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _is_transaction(sql: str) -> bool:
    return sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN"))


def without_savepoints(asked: Asked) -> Asked:
    return Asked([each for each in asked.statements if not _is_transaction(each[0])], asked.rows)


def _getting(address: str) -> Callable[[Visitor], Callable[[], Answer]]:
    return lambda visitor: lambda: visitor.get(address)


def _last_page(address: str) -> Callable[[Visitor], Callable[[], Answer]]:
    """The page far into the list, or its last where it has fewer."""

    def ready(visitor: Visitor) -> Callable[[], Answer]:
        last = max(map(int, re.findall(rb'aria-label="Page (\d+)"', visitor.get(address).body)), default=1)
        return lambda: visitor.get(f"{address}?page={min(PAGE, last)}")

    return ready


def _sent(page: bytes, with_field: str) -> dict[str, str]:
    """What a browser would send of the form that has this field, as it was opened."""
    for form in html.fromstring(page.decode()).forms:
        if with_field in form.fields:
            return {name: value or "" for name, value in form.fields.items() if name != "csrfmiddlewaretoken"}
    raise CommandError(f"The page has no form with {with_field}.")


def _updating(action: Action) -> Callable[[Visitor], Callable[[], Answer]]:
    address = reverse("update_action", args=[action.pk])

    def ready(visitor: Visitor) -> Callable[[], Answer]:
        said = {
            **_sent(visitor.get(address).body, "version"),
            "note": "Half of the teams have done this. The next report goes to the board.",
            "status": "in_progress",
            "delay_reason": "Vacancies in the team",
            "do": "save",
        }
        return lambda: _taken(visitor.post(address, said))

    return ready


def _importing(who: People) -> Callable[[Visitor], Callable[[], Answer]]:
    """A plan without actions, with a table of its council that was read and waits to be accepted."""

    def ready(visitor: Visitor) -> Callable[[], Answer]:
        now = timezone.now()
        organisation = Membership.objects.get(person=who.lead).organisation
        plan = start_plan(organisation, f"Benchmark {now.timestamp()}", [], by=who.lead, at=now)
        rows = (
            f"{number},Review the record of step {number} in every team,Team Manager {number % 20},31 March 2031"
            for number in range(1, ROWS_OF_AN_IMPORT + 1)
        )
        table = "\r\n".join(["No,Action,Lead,By when", *rows]).encode()
        document = SourceDocument.objects.create(
            key=f"benchmark {now.timestamp()}",
            title="Benchmark",
            kind=SourceDocument.Kind.PLAN,
            organisation=organisation,
            original_name="benchmark.csv",
        )
        intake = open_plan_file(plan, document, read_plan(table, "benchmark.csv"), {}, by=who.lead, at=now)
        address = reverse("review_plan_file", args=[intake.pk])
        said = {**_sent(visitor.get(address).body, "seen"), "do": "accept"}
        return lambda: _taken(visitor.post(address, said))

    return ready


def _taken(answer: Answer) -> Answer:
    """Raises CommandError where what was sent came back instead of being taken."""
    if answer.status != 302:
        raise CommandError(f"What was sent was not taken: {answer.status}.")
    return answer
