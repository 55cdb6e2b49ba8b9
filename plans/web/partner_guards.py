"""The ways to a partner's link and to what was proposed through it, as ``guards`` has them for the rest."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.permissions import may_update, runs
from plans.monitoring.models import PartnerLink, ProposedUpdate
from plans.monitoring.partner_links import links_of, with_names
from plans.web.guards import person


def partner_link_to_run_or_404(request: HttpRequest, pk: int) -> PartnerLink:
    """A link of a plan that the person runs; to others who see the plan it is said, to the rest it is not there."""
    plans = Plan.objects.visible_to(person(request)).values("pk")
    found = get_object_or_404(PartnerLink.objects.filter(plan__in=plans).select_related("plan"), pk=pk)
    if not runs(person(request), found.plan):
        raise PermissionDenied("Only an improvement lead or an administrator makes and revokes links for partners.")
    return get_object_or_404(links_of(found.plan).select_related("plan__organisation", "post__organisation"), pk=pk)


def proposal_to_decide_or_404(request: HttpRequest, pk: int) -> ProposedUpdate:
    """What was proposed for an action that the person may update."""
    seen = Action.objects.visible_to(person(request)).values("pk")
    found = get_object_or_404(with_names(ProposedUpdate.objects.filter(action__in=seen)), pk=pk)
    if not may_update(person(request), found.action):
        raise PermissionDenied("Only the people who hold this action’s posts, or who run the plan, decide on it.")
    return found
