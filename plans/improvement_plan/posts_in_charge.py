"""What posts have in hand: the open actions that each leads or supports, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from plans.access.models import User
from plans.improvement_plan.models import Action, ActionSupport
from plans.improvement_plan.timeliness import is_open, overdue


@dataclass(frozen=True)
class InHand:
    """Open actions that a post leads, of them overdue, and those that it supports."""

    leads: int = 0
    overdue: int = 0
    supports: int = 0


def in_hand_of(posts: Iterable[int], user: User, day: date) -> dict[int, InHand]:
    """By the post's id, in two queries whatever their number."""
    keys = list(posts)
    actions = Action.objects.visible_to(user).filter(is_open())
    led = (
        actions.filter(lead__in=keys)
        .order_by()
        .values("lead")
        .annotate(n=Count("pk"), late=Count("pk", filter=overdue(day)))
    )
    supported = (
        ActionSupport.objects.filter(post__in=keys, until__isnull=True, action__in=actions.values("pk"))
        .order_by()
        .values("post")
        .annotate(n=Count("pk"))
    )
    by_lead = {row["lead"]: row for row in led}
    by_support = {row["post"]: row["n"] for row in supported}
    return {
        key: InHand(by_lead.get(key, {}).get("n", 0), by_lead.get(key, {}).get("late", 0), by_support.get(key, 0))
        for key in keys
    }


def actions_of_post(post_id: int, user: User) -> Iterable[Action]:
    """What the post leads or supports, open or not, as far as ``user`` may see it, in the order of its plan."""
    supported = ActionSupport.objects.filter(post=post_id, until__isnull=True).values("action_id")
    return (
        Action.objects.visible_to(user)
        .filter(Q(lead=post_id) | Q(pk__in=supported))
        .select_related("plan", "lead")
        .order_by("plan__title", "position", "pk")
    )
