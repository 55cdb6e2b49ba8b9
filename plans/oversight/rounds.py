"""Rounds of updates: who was asked, who has returned, who has not; now, on any day, or when the round was closed.

Nothing of it is stored. An action is asked for that was open when the round opened, and has returned once its owner
has reported on it since. What was withdrawn or closed since without a return is asked for no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from plans.access.models import PostHolding, User
from plans.improvement_plan.models import Action, Plan, Update
from plans.improvement_plan.rules import REPORTING_KINDS, Kind
from plans.improvement_plan.timeliness import OwnAction, is_open, quiet_for_its_plan
from plans.improvement_plan.wording import counted, day_words
from plans.oversight.chasing import UpdateRound
from plans.oversight.models import Meeting

MORE_THAN_NIL = sorted(REPORTING_KINDS - {Kind.NO_CHANGE})


@dataclass(frozen=True)
class Returns:
    """How a round stands. ``quiet``: of those that have not returned, those without an update for too long, with
    ``never`` of them that nobody ever reported on."""

    asked: int
    returned: int
    nil: int
    quiet: int
    never: int

    @property
    def outstanding(self) -> int:
        """How many have not returned."""
        return self.asked - self.returned


def whether(condition: Q | Exists) -> Case:
    """True or False of each row, never unknown."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def told_at(update_round: UpdateRound, moment: datetime | None) -> datetime | None:
    """The moment that a round is told of: ``moment`` (None: now), but never later than its closing."""
    closed = update_round.closed_at
    return closed if closed and (moment is None or moment > closed) else moment


def asked_rows(update_round: UpdateRound, user: User, moment: datetime | None, now: datetime) -> QuerySet[Any]:
    """The actions that the round asks for and that ``user`` may see, as they stood at ``moment`` (None: now).

    Each says whether it has ``returned``, whether ``nil`` is all that was returned, and whether it is ``stale``:
    without an update for longer than its plan allows.
    """
    opened, until = update_round.opened_at, told_at(update_round, moment)
    rows = Action.objects.as_at(until).visible_to(user).filter(plan=update_round.plan_id)
    then = Update.objects.holding_at(opened).filter(is_open(), plan=update_round.plan_id).values("action_id")
    said = Update.objects.filter(action_id=OwnAction(), kind__in=MORE_THAN_NIL, at__gt=opened)
    told = Exists(said if until is None else said.filter(at__lte=until))
    returned = Q(reported_at__gt=opened)
    return rows.filter(returned | is_open(), **{f"{rows.action_path}__in": then}).annotate(
        returned=whether(returned),
        nil=whether(returned & ~Q(told)),
        stale=whether(quiet_for_its_plan(until or now)),
    )


def returns(rows: QuerySet[Any]) -> Returns:
    """Count ``asked_rows`` in one query."""
    silent = Q(returned=False, stale=True)
    counts = rows.order_by().aggregate(
        all=Count("pk"),
        back=Count("pk", filter=Q(returned=True)),
        only_nil=Count("pk", filter=Q(nil=True)),
        silent=Count("pk", filter=silent),
        never=Count("pk", filter=silent & Q(reported_at__isnull=True)),
    )
    return Returns(counts["all"], counts["back"], counts["only_nil"], counts["silent"], counts["never"])


def owed_to_a_round() -> Q:
    """Of the rows of ``with_open_round``: open, asked for by the open round of their plan, and not returned."""
    then = Update.objects.filter(
        is_open(),
        Q(until__gt=OuterRef("round_opened")) | Q(until__isnull=True),
        action_id=OwnAction(),
        at__lte=OuterRef("round_opened"),
    )
    silent = Q(reported_at__isnull=True) | Q(reported_at__lte=F("round_opened"))
    return is_open() & Q(round_opened__isnull=False) & silent & Q(Exists(then))


def with_open_round(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` of actions as they stand, with the id of their plan’s open round and when it was opened, if any."""
    opened = UpdateRound.objects.filter(plan=OuterRef("plan_id"), closed_at__isnull=True)
    return rows.annotate(
        round_id=Subquery(opened.values("pk")[:1]), round_opened=Subquery(opened.values("opened_at")[:1])
    )


def rounds_told_of(plans: Iterable[Plan], moment: datetime | None, meeting: Meeting | None = None) -> list[UpdateRound]:
    """The rounds of these plans that were open at ``moment`` (None: now), and those that were for ``meeting``."""
    if moment is None:
        told = Q(closed_at__isnull=True)
    else:
        told = Q(closed_at__isnull=True) | Q(closed_at__gt=moment)
    if meeting is not None:
        told |= Q(meeting=meeting)
    found = UpdateRound.objects.filter(told, plan__in=list(plans)).select_related("plan", "meeting__board")
    if moment is not None:
        found = found.filter(opened_at__lte=moment)
    return list(found.order_by("due", "pk"))


@dataclass(frozen=True)
class Owner:
    """Whom a round asks for the actions of a post: its holder, or where it has none, each deputy."""

    person: User
    kind: str


def owners_of(posts: Iterable[int]) -> dict[int, list[Owner]]:
    """Who answers for each post now: its holder; where nobody who can sign in and be written to holds it, its
    deputies. Posts for which there is nobody are left out."""
    found: dict[int, list[Owner]] = {}
    held = PostHolding.objects.filter(post__in=set(posts), until__isnull=True, person__is_active=True).exclude(
        person__email=""
    )
    for one in held.select_related("person").order_by("pk"):
        found.setdefault(one.post_id, []).append(Owner(one.person, one.kind))
    for post, owners in found.items():
        holders = [owner for owner in owners if owner.kind == PostHolding.Kind.HOLDER]
        found[post] = holders or owners
    return found


def meetings_for(plan: Plan, user: User, now: datetime) -> QuerySet[Meeting]:
    """The meetings to come that a round of the plan can be for."""
    return (
        Meeting.objects.visible_to(user)
        .filter(board__plans=plan, starts_at__gt=now)
        .select_related("board")
        .order_by("starts_at")
    )


def returned_words(found: Returns) -> str:
    """“14 of 22 returned”."""
    return f"{found.returned} of {found.asked} returned"


def round_sentence(found: Returns, quiet_days: int) -> str:
    """“14 of 22 returned, 3 of them nil returns; 8 have not, 2 of those have been quiet for more than 60 days.”"""
    if not found.asked:
        return "Nothing was open when this round was opened, so nothing is asked for."
    nil = f", {found.nil} of them {'a nil return' if found.nil == 1 else 'nil returns'}" if found.nil else ""
    if not found.outstanding:
        return f"All {found.asked} returned{nil}." if found.asked > 1 else f"The one asked for has returned{nil}."
    have = "has" if found.outstanding == 1 else "have"
    return f"{returned_words(found)}{nil}; {found.outstanding} {have} not{_quiet_words(found, quiet_days)}."


def _quiet_words(found: Returns, quiet_days: int) -> str:
    """“, 2 of those have been quiet for more than 60 days”; nothing where none has."""
    if not found.quiet:
        return ""
    long = f"been quiet for more than {counted(quiet_days, 'day')}{' or never reported on' if found.never else ''}"
    if found.outstanding == 1:
        return f", and has {long}"
    return f", {found.quiet} of those {'has' if found.quiet == 1 else 'have'} {long}"


def asked_by_words(update_round: UpdateRound) -> str:
    """“Updates asked for by 5 March 2027”."""
    return f"Updates asked for by {day_words(update_round.due)}"
