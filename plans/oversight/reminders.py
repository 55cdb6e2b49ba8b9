"""What a person is reminded of, and on which day: the same rows and numbers as the pages, nothing of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from plans.access.models import Membership, Post, PostHolding, User
from plans.access.rules import May, roles_that
from plans.access.standing import posts_of
from plans.findings.working_days import is_working_day
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.timeliness import (
    due_soon,
    is_open,
    overdue,
    quiet_for_its_plan,
    with_timeliness,
)
from plans.oversight.chasing import EscalationRule, ReminderChoice, UpdateRound
from plans.oversight.queue import queue
from plans.oversight.rounds import (
    Returns,
    asked_rows,
    owed_to_a_round,
    owners_of,
    returns,
    rounds_told_of,
    whether,
    with_open_round,
)

Rhythm = ReminderChoice.Rhythm
LONGEST_SHOWN = 5


def occasion(rhythm: str, weekday: int, day: date) -> str:
    """What a digest on ``day`` is for, once: a week (“2027-W09”) or a day (“2027-03-01”); “” for none on that day.

    A week’s occasion begins on the chosen weekday (0 is Monday) and lasts until Sunday, so that a run which was
    missed is caught up; every two weeks means the weeks with an even number (ISO 8601).
    """
    if rhythm == Rhythm.DAILY:
        return day.isoformat() if _is_working_day(day) else ""
    if rhythm == Rhythm.NEVER or day.weekday() < weekday:
        return ""
    year, week, _ = day.isocalendar()
    if rhythm == Rhythm.FORTNIGHTLY and week % 2:
        return ""
    return f"{year}-W{week:02}"


def escalation_occasion(choice: ReminderChoice, day: date) -> str:
    """As ``occasion``; what is escalated to somebody who wants no reminders comes once a week."""
    rhythm = Rhythm.WEEKLY if choice.rhythm == Rhythm.NEVER else choice.rhythm
    return occasion(rhythm, choice.weekday, day)


def _is_working_day(day: date) -> bool:
    try:
        return is_working_day(day)
    except ValueError:  # the bank holidays of that year are not listed yet
        return day.weekday() < 5


@dataclass(frozen=True)
class Escalated:
    """The actions that a rule tells the holder of its post of; ``as_deputy``: because nobody holds it."""

    rule: EscalationRule
    as_deputy: bool
    rows: list[Any]


@dataclass(frozen=True)
class PostBelow:
    """How the actions of a post below one’s own stand."""

    title: str
    overdue: int
    due_soon: int
    quiet: int


@dataclass(frozen=True)
class WaitingIn:
    """How many decisions wait in a plan."""

    plan: Plan
    extensions: int
    closures: int
    rechecks: int

    @property
    def all(self) -> int:
        return self.extensions + self.closures + self.rechecks


@dataclass
class Digest:
    """What one person is told on a day. Each list holds rows of ``with_timeliness``, oldest due first."""

    person: User
    day: date
    choice: ReminderChoice
    overdue: list[Any] = field(default_factory=list)
    due_soon: list[Any] = field(default_factory=list)
    quiet: list[Any] = field(default_factory=list)
    owed: list[tuple[UpdateRound, list[Any]]] = field(default_factory=list)
    below: list[PostBelow] = field(default_factory=list)
    longest_below: list[Any] = field(default_factory=list)
    escalated: list[Escalated] = field(default_factory=list)
    waiting: list[WaitingIn] = field(default_factory=list)
    rounds: list[tuple[UpdateRound, Returns]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: then no mail is sent."""
        own = self.overdue or self.due_soon or self.quiet or self.owed
        others = self.below or self.escalated or self.waiting
        return not (own or others or any(found.outstanding for _, found in self.rounds))


@dataclass(frozen=True)
class Structure:
    """What a run reads once for everybody: which posts report to which, and whom the rules tell of what."""

    reports: Mapping[int, list[int]]
    rules: Mapping[int, list[tuple[EscalationRule, bool]]]

    @classmethod
    def read(cls) -> Structure:
        reports: dict[int, list[int]] = {}
        for pk, above in Post.objects.values_list("pk", "reports_to_id"):
            if above is not None:
                reports.setdefault(above, []).append(pk)
        return cls(reports, _whom_the_rules_tell())

    def below(self, own: Iterable[int]) -> set[int]:
        """The posts below these, at every level, without these themselves; posts in a circle end it."""
        own = set(own)
        found: set[int] = set()
        ahead = list(own)
        while ahead:
            reached = set(self.reports.get(ahead.pop(), [])) - found
            found |= reached
            ahead.extend(reached)
        return found - own


def _whom_the_rules_tell() -> dict[int, list[tuple[EscalationRule, bool]]]:
    """Person to rules, each with whether it reaches them as deputy of a post that nobody holds."""
    rules = list(EscalationRule.objects.select_related("plan", "to").order_by("-days_over", "pk"))
    owners = owners_of(rule.to_id for rule in rules)
    told: dict[int, list[tuple[EscalationRule, bool]]] = {}
    for rule in rules:
        for owner in owners.get(rule.to_id, []):
            told.setdefault(owner.person.pk, []).append((rule, owner.kind == PostHolding.Kind.DEPUTY))
    return told


def people_to_remind() -> Iterator[tuple[User, ReminderChoice]]:
    """Everybody who may have something to be told of, can sign in and has an address, with what they chose."""
    holders = PostHolding.objects.filter(until__isnull=True).values("person_id")
    runners = Membership.objects.filter(role__in=roles_that(May.RUN_PLANS)).values("person_id")
    found = User.objects.filter(Q(pk__in=holders) | Q(pk__in=runners), is_active=True).exclude(email="")
    for person in found.select_related("reminder_choice").order_by("pk"):
        yield person, choice_of(person)


def choice_of(person: User) -> ReminderChoice:
    """What the person chose; the usual choice, not kept, where they chose nothing."""
    try:
        return person.reminder_choice
    except ReminderChoice.DoesNotExist:
        return ReminderChoice(person=person)


def digest_of(person: User, choice: ReminderChoice, structure: Structure, *, day: date, now: datetime) -> Digest:
    """What the person is told on ``day``. Who wants no reminders is told of what is escalated to them alone."""
    digest = Digest(person, day, choice, escalated=_escalated(person, structure, day))
    if choice.rhythm == Rhythm.NEVER:
        return digest
    _add_own(digest, now)
    if choice.of_posts_below:
        _add_below(digest, structure, now)
    _add_what_is_run(digest, now)
    return digest


def _add_own(digest: Digest, now: datetime) -> None:
    """What is in the person’s own hands, read once and sorted into its lists."""
    day = digest.day
    mine = Action.objects.visible_to(digest.person).in_the_hands_of(digest.person).filter(is_open())
    rows = (
        with_timeliness(with_open_round(mine), day)
        .select_related("plan")
        .annotate(
            told_overdue=whether(overdue(day)),
            told_soon=whether(due_soon(day, digest.choice.lead_days)),
            told_quiet=whether(quiet_for_its_plan(now)),
            told_owed=whether(owed_to_a_round()),
        )
        .filter(Q(told_overdue=True) | Q(told_soon=True) | Q(told_quiet=True) | Q(told_owed=True))
        .order_by("due_date", "pk")
    )
    by_round: dict[int, list[Any]] = {}
    for row in rows:
        if row.told_overdue:
            digest.overdue.append(row)
        if row.told_soon:
            digest.due_soon.append(row)
        if row.told_quiet:
            digest.quiet.append(row)
        if row.told_owed:
            by_round.setdefault(row.round_id, []).append(row)
    if by_round:
        rounds = UpdateRound.objects.filter(pk__in=by_round).select_related("plan").order_by("due", "pk")
        digest.owed = [(one, by_round[one.pk]) for one in rounds]


def _add_below(digest: Digest, structure: Structure, now: datetime) -> None:
    """How the posts below one’s own stand, as far as the person may see their actions."""
    below = structure.below(posts_of(digest.person))
    if not below:
        return
    rows = Action.objects.visible_to(digest.person).filter(lead__in=below)
    digest.below = [PostBelow(**one) for one in below_counts(rows, digest.day, now, digest.choice.lead_days)]
    if any(post.overdue for post in digest.below):
        late = with_timeliness(rows.filter(overdue(digest.day)), digest.day).select_related("plan", "lead")
        digest.longest_below = list(late.order_by("due_date", "pk")[:LONGEST_SHOWN])


def below_counts(rows: QuerySet[Any], day: date, now: datetime, lead_days: int) -> list[dict[str, Any]]:
    """Of each lead post among ``rows`` that something is to be said of: its title and its counts."""
    counts = {"overdue": overdue(day), "due_soon": due_soon(day, lead_days), "quiet": quiet_for_its_plan(now)}
    counted = (
        rows.order_by()
        .values("lead_id", "lead__title")
        .annotate(**{name: Count("pk", filter=condition) for name, condition in counts.items()})
    )
    told = [one for one in counted if any(one[name] for name in counts)]
    told.sort(key=lambda one: (-one["overdue"], one["lead__title"], one["lead_id"]))
    return [{"title": one["lead__title"], **{name: one[name] for name in counts}} for one in told]


def _escalated(person: User, structure: Structure, day: date) -> list[Escalated]:
    """Each action once, under the rule of most days that it comes under."""
    told: set[int] = set()
    found = []
    for rule, as_deputy in structure.rules.get(person.pk, []):
        rows = escalated_rows(rule, person, day).exclude(pk__in=told)
        late = list(with_timeliness(rows, day).select_related("plan", "lead").order_by("due_date", "pk"))
        told |= {row.pk for row in late}
        if late:
            found.append(Escalated(rule, as_deputy, late))
    return found


def escalated_rows(rule: EscalationRule, person: User, day: date) -> Any:
    """The actions of the rule’s plan that are overdue by at least its days, as far as ``person`` may see them."""
    since = day - timedelta(days=rule.days_over - 1)
    return Action.objects.visible_to(person).filter(overdue(since), plan=rule.plan_id)


def _add_what_is_run(digest: Digest, now: datetime) -> None:
    """What waits for a decision in the plans that the person runs by a role of theirs, and their open rounds."""
    # The installation’s own accounts may run every plan; they are told of none that they have no role for.
    by_role = Membership.objects.filter(person=digest.person, role__in=roles_that(May.RUN_PLANS))
    plans = list(Plan.objects.filter(organisation__in=by_role.values("organisation_id")))
    if not plans:
        return
    rows = Action.objects.visible_to(digest.person).filter(plan__in=plans)
    asked: dict[int, dict[str, int]] = {}
    for one in queue(rows, digest.day):
        counts = asked.setdefault(one.row.plan_id, {"extension": 0, "closure": 0, "re-check": 0})
        counts[one.asked] += 1
    digest.waiting = [
        WaitingIn(plan, found["extension"], found["closure"], found["re-check"])
        for plan in plans
        if (found := asked.get(plan.pk))
    ]
    digest.rounds = [(one, returns(asked_rows(one, digest.person, None, now))) for one in rounds_told_of(plans, None)]
