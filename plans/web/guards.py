"""Objects reach a view only through these: what the person may not see is not found (404, never 403)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from plans.access.models import Organisation, User
from plans.access.rules import May
from plans.access.standing import may, organisations_where
from plans.documents.models import SourceDocument
from plans.findings.models import Inspection, ReportIntake
from plans.improvement_plan.models import Action, Plan, PlanIntake
from plans.improvement_plan.permissions import may_decide, may_update, reads_in_full, runs
from plans.monitoring.models import Evidence, Measure


def person(request: HttpRequest) -> User:
    """Who is signed in; the middleware lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user


def _visible(rows: Any, request: HttpRequest, pk: int) -> Any:
    found: QuerySet[Any] = rows.visible_to(person(request))
    return get_object_or_404(found, pk=pk)


def plan_or_404(request: HttpRequest, pk: int) -> Plan:
    return _visible(Plan.objects.select_related("organisation"), request, pk)


def whole_plan_or_404(request: HttpRequest, pk: int) -> Plan:
    """A plan that the person reads in full: a paper shows all of it or is not made."""
    plan = plan_or_404(request, pk)
    if not reads_in_full(person(request), plan):
        raise PermissionDenied("You can see only your own actions of this plan, so you cannot make papers of it.")
    return plan


def plan_to_run_or_404(request: HttpRequest, pk: int) -> Plan:
    plan = plan_or_404(request, pk)
    if not runs(person(request), plan):
        raise PermissionDenied("Only an improvement lead or an administrator changes the plan itself.")
    return plan


def action_or_404(request: HttpRequest, pk: int) -> Action:
    rows = Action.objects.select_related("plan__organisation", "area__inspection", "lead__organisation")
    return _visible(rows, request, pk)


def action_to_update_or_404(request: HttpRequest, pk: int) -> Action:
    action = action_or_404(request, pk)
    if not may_update(person(request), action):
        raise PermissionDenied("Only the people who hold this action’s posts, or who run the plan, update it.")
    return action


def action_to_decide_or_404(request: HttpRequest, pk: int) -> Action:
    action = action_or_404(request, pk)
    if not may_decide(person(request), action):
        raise PermissionDenied(
            "An improvement lead or an administrator decides, and nobody decides on their own action."
        )
    return action


def evidence_or_404(request: HttpRequest, pk: int) -> Evidence:
    return _visible(Evidence.objects.select_related("action__plan"), request, pk)


def inspection_or_404(request: HttpRequest, pk: int) -> Inspection:
    return _visible(
        Inspection.objects.select_related("organisation", "framework", "source").prefetch_related("spells"),
        request,
        pk,
    )


def inspection_to_run_or_404(request: HttpRequest, pk: int) -> Inspection:
    found = inspection_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, found.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator says which areas repeat earlier ones.")
    return found


def measure_or_404(request: HttpRequest, pk: int) -> Measure:
    return _visible(Measure.objects.select_related("organisation"), request, pk)


def organisations_to_run_or_403(request: HttpRequest) -> QuerySet[Organisation]:
    """The organisations whose plans the person runs, at least one: who runs none reads no documents in."""
    found = Organisation.objects.filter(pk__in=organisations_where(person(request), May.RUN_PLANS))
    if not found:
        raise PermissionDenied("Only an improvement lead or an administrator reads documents into a plan.")
    return found


def report_intake_or_404(request: HttpRequest, pk: int) -> ReportIntake:
    return _visible(ReportIntake.objects.select_related("document__organisation", "inspection"), request, pk)


def plan_intake_or_404(request: HttpRequest, pk: int) -> PlanIntake:
    return _visible(PlanIntake.objects.select_related("document", "plan__organisation"), request, pk)


def document_or_404(request: HttpRequest, pk: int) -> SourceDocument:
    return _visible(SourceDocument.objects.select_related("organisation"), request, pk)
