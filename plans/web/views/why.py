"""Why may I, why may I not: about a plan or an action, for oneself or, as an administrator, for anybody of theirs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from plans.access.models import Membership, PostHolding, Seat, User
from plans.access.people import people_administered_by
from plans.access.rules import ROLE_MAY, May, Role
from plans.access.standing import organisations_where
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.why import why_of_action, why_of_plan
from plans.web.forms.many import is_a_key
from plans.web.guards import action_or_404, person, person_to_administer_or_404, plan_or_404
from plans.web.pages import show

MOST_CHOICES = 200


def why(request: HttpRequest) -> HttpResponse:
    """What the person may do, and because of what; a plan or an action that the asker cannot see is not found."""
    user = person(request)
    about = _about(request, user)
    key, action_key = _number(request, "plan"), _number(request, "action")
    action: Action | None = action_or_404(request, action_key) if action_key is not None else None
    plan: Plan | None = action.plan if action else plan_or_404(request, key) if key is not None else None
    context = {
        "about": about,
        "is_self": about.pk == user.pk,
        "plan": plan,
        "action": action,
        "answers_of_plan": why_of_plan(about, plan) if plan else [],
        "answers_of_action": why_of_action(about, action) if action else [],
        "plans": Plan.objects.visible_to(user).select_related("organisation")[:MOST_CHOICES],
        "people": people_administered_by(user).order_by("name")[:MOST_CHOICES] if user.is_staff else [],
        **_standing(about, user),
    }
    return show(request, "why/why.html", context)


def _standing(about: User, user: User) -> dict[str, Any]:
    """The roles, posts and seats; of somebody else those alone that are where ``user`` administers."""
    roles = Membership.objects.filter(person=about).select_related("organisation").order_by("organisation__name")
    holdings = PostHolding.objects.filter(person=about, until__isnull=True).select_related("post__organisation")
    seats = Seat.objects.filter(person=about).select_related("board__organisation")
    if about.pk != user.pk:
        mine = organisations_where(user, May.ADMINISTER)
        roles, seats = roles.filter(organisation__in=mine), seats.filter(board__organisation__in=mine)
        holdings = holdings.filter(post__organisation__in=mine)
    return {
        "roles": [(row, sorted(str(may) for may in ROLE_MAY[Role(row.role)])) for row in roles],
        "holdings": holdings,
        "seats": seats,
    }


def _about(request: HttpRequest, user: User) -> User:
    key = _number(request, "person")
    return user if key is None or key == user.pk else person_to_administer_or_404(request, key)


def _number(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "").strip()
    if not said:
        return None
    if not is_a_key(said):
        raise Http404(f"There is no such {name}.")
    return int(said)
