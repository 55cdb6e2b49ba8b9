"""What an officer owes: one definition, for the page that lists it and for whoever counts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, Q

from plans.access.models import Post, PostHolding, User
from plans.improvement_plan.models import LONDON, Action
from plans.improvement_plan.timeliness import is_open, quiet_for_its_plan, with_timeliness
from plans.oversight.rounds import owed_to_a_round, whether, with_open_round

# In words, for the page.
OWED_MEANS = (
    "An update is owed on an open action on which nobody has reported since its plan’s round of updates was opened or,"
    " where none is open, this month; and on one that has been quiet for longer than its plan allows."
)


def owed(now: datetime) -> Q:
    """Of the rows of ``with_open_round``: an update is owed, as ``OWED_MEANS`` says."""
    local = now.astimezone(LONDON)
    month = datetime.combine(local.date().replace(day=1), time(), LONDON)
    silent = Q(reported_at__isnull=True) | Q(reported_at__lt=month)
    this_month = is_open() & Q(round_opened__isnull=True) & silent
    return owed_to_a_round() | this_month | quiet_for_its_plan(now)


@dataclass(frozen=True)
class Standing:
    """The posts by which actions are somebody's: held, deputised in, and those that report to either."""

    held: Mapping[int, str]
    deputy: Mapping[int, str]
    team: Mapping[int, str]

    @property
    def own(self) -> set[int]:
        return {*self.held, *self.deputy}

    def by_which(self, row: Any) -> str:
        """As what the person has the row: “” (their own), “deputy”, “support” or “team”."""
        supporting = {post_id for post_id, _ in row.support}
        if row.lead_id in self.held:
            return ""
        if row.lead_id in self.deputy:
            return "deputy"
        if supporting & set(self.held):
            return "support"
        return "deputy" if supporting & set(self.deputy) else "team"


def standing_of(person: User) -> Standing:
    """The person's posts now, and those that report to them."""
    held: dict[int, str] = {}
    deputy: dict[int, str] = {}
    for one in PostHolding.objects.filter(person=person, until__isnull=True).select_related("post"):
        (held if one.kind == PostHolding.Kind.HOLDER else deputy)[one.post_id] = one.post.title
    deputy = {pk: title for pk, title in deputy.items() if pk not in held}
    own = {*held, *deputy}
    below = Post.objects.filter(reports_to__in=own).exclude(pk__in=own) if own else Post.objects.none()
    return Standing(held, deputy, dict(below.values_list("pk", "title")))


@dataclass(frozen=True)
class Work:
    """Somebody's open actions, each list oldest due first. Rows say ``timeliness`` and ``is_owed``.

    ``owed`` and ``later`` are in the person's own hands, ``team`` is what their team owes.
    """

    owed: list[Any]
    later: list[Any]
    team: list[Any]

    @property
    def mine(self) -> list[Any]:
        return [*self.owed, *self.later]


def work_of(person: User, standing: Standing, *, day: date, now: datetime) -> Work:
    """What the person and their team have open, in one query."""
    seen = Action.objects.visible_to(person).filter(is_open())
    mine = Action.objects.all().in_the_hands_of(person).values("pk")
    rows = with_timeliness(with_open_round(seen), day).filter(Q(pk__in=mine) | Q(lead__in=list(standing.team)))
    found = (
        rows.annotate(is_owed=whether(owed(now)), in_hand=whether(Q(pk__in=mine)))
        .select_related("lead__organisation", "plan")
        .order_by(F("due_date").asc(nulls_last=True), "pk")
    )
    owes: list[Any] = []
    later: list[Any] = []
    team: list[Any] = []
    for row in found:
        if row.in_hand:
            (owes if row.is_owed else later).append(row)
        elif row.is_owed:
            team.append(row)
    return Work(owes, later, team)


def holders_of(posts: Iterable[int]) -> dict[int, list[str]]:
    """Who holds each post now, by name."""
    names: dict[int, list[str]] = {}
    held = PostHolding.objects.filter(post__in=set(posts), until__isnull=True, kind=PostHolding.Kind.HOLDER)
    for one in held.select_related("person").order_by("pk"):
        names.setdefault(one.post_id, []).append(one.person.name)
    return names
