"""Plans: the list, a plan in its paper's order, and its actions added or amended."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.rules import May
from plans.access.standing import may_anywhere
from plans.findings.lineage import year_of
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import ChangedSince, RefusedChange, add_action
from plans.improvement_plan.models import Action, Plan, PlanIntake
from plans.improvement_plan.permissions import reads_in_full, runs
from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import overdue, with_timeliness
from plans.monitoring.partner_links import waiting_for
from plans.oversight.models import boards_visible_to
from plans.oversight.overdue import figures
from plans.papers.plan_table import group_by_area
from plans.web.as_at import as_at_of
from plans.web.forms.action_fields import initial_of
from plans.web.forms.fields import rebased
from plans.web.forms.plans import ActionForm
from plans.web.guards import action_or_404, person, plan_or_404, plan_to_run_or_404
from plans.web.pages import opened_row, paged, posted, show
from plans.web.tables.actions import PlanActionTable
from plans.web.tables.plans import PlanTable
from plans.web.wording import what_changed


def plans(request: HttpRequest) -> HttpResponse:
    """Every plan that the person may see, with what is overdue in it on any day."""
    as_at = as_at_of(request)
    counts = (
        Action.objects.as_at(as_at.moment)
        .visible_to(person(request))
        .exclude(status=Status.WITHDRAWN)
        .order_by()
        .values("plan")
        .annotate(number=Count("pk"), late=Count("pk", filter=overdue(as_at.day)))
    )
    by_plan = {row["plan"]: row for row in counts}
    rows = Plan.objects.visible_to(person(request)).select_related("organisation")
    if as_at.is_past:
        rows = rows.filter(pk__in=by_plan)
    table = PlanTable(rows, as_at=as_at, counts=by_plan)
    paged(request, table)
    user = person(request)
    context = {
        "table": table,
        "count": table.paginator.count,
        "may_start": may_anywhere(user, May.RUN_PLANS) and not as_at.is_past,
        "waiting": PlanIntake.objects.visible_to(user).waiting().select_related("document", "plan"),
    }
    return show(request, "plans/plans.html", context, as_at)


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan on any day: its actions under its areas, in the order of the paper."""
    found = plan_or_404(request, pk)
    as_at = as_at_of(request)
    user = person(request)
    rows = Action.objects.as_at(as_at.moment).visible_to(user).filter(plan=found)
    actions = list(
        with_timeliness(rows, as_at.day)
        .exclude(status=Status.WITHDRAWN)
        .select_related("lead__organisation", "area")
        .order_by("position", "id")
    )
    plan_areas = list(
        found.plan_areas.select_related("area__inspection", "area__earlier__inspection")
        .prefetch_related("area__earlier__inspection__spells")
        .order_by("position", "id")
    )
    answered = {action.area_id for action in actions}
    whole = reads_in_full(user, found)
    earlier = {row.area_id: row.area.earlier for row in plan_areas if whole and row.area.earlier}
    asked_before = {pk: (area, year_of(area.inspection)) for pk, area in earlier.items()}
    context = {
        "plan": found,
        "figures": figures(rows, as_at.day),
        "groups": [
            (
                group,
                PlanActionTable(group.actions, as_at=as_at, caption=group.heading, orderable=False),
                asked_before.get(group.actions[0].area_id),
            )
            for group in group_by_area(actions, plan_areas)
        ],
        "areas_without_actions": [row.area for row in plan_areas if row.area_id not in answered] if whole else [],
        "area_count": len(plan_areas),
        "inspections": {row.area.inspection_id: row.area.inspection for row in plan_areas}.values() if whole else [],
        "boards": found.boards.annotate(seen=Exists(boards_visible_to(user).filter(pk=OuterRef("pk")))),
        "whole": whole,
        "may_run": runs(user, found) and not as_at.is_past,
        "proposed": 0 if as_at.is_past else waiting_for(user, found).count(),
        "illustration": any(action.illustration for action in actions),
    }
    return show(request, "plans/plan.html", context, as_at)


def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an action to the plan."""
    found = plan_to_run_or_404(request, pk)
    form = ActionForm(**posted(request), plan=found)
    if request.method == "POST" and form.is_valid():
        try:
            action = add_action(found, by=person(request), at=timezone.now(), **form.changes())
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"{action.reference} has been added to the plan.")
            return redirect("action", pk=action.pk)
    context = {"plan": found, "form": form}
    return show(request, "plans/add_action.html", context, status=400 if form.errors else 200)


def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an action's own fields. A later date counts as an extension and needs a reason."""
    action = action_or_404(request, pk)
    found = plan_to_run_or_404(request, action.plan_id)
    form = ActionForm(**posted(request), plan=found, opened=opened_row(request, action) or action)
    form.initial["version"] = action.version
    if request.method == "POST" and form.is_valid():
        try:
            update = changes.amend(
                action,
                by=person(request),
                at=timezone.now(),
                note=form.cleaned_data["note"],
                expected_version=form.cleaned_data["version"],
                **form.changes(),
            )
        except ChangedSince as refusal:
            form.data = rebased(form, initial_of(refusal.update), refusal)
            before = action.updates.filter(sequence=form.cleaned_data["version"]).first()
            changed = what_changed(before, refusal.update) if before else "it"
            form.add_error(
                None,
                f"{refusal.update.by} changed {changed} while you were writing. Check what is below, then save again",
            )
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, "Your change is recorded." if update else "Nothing was different.")
            return redirect("action", pk=action.pk)
    context = {"plan": found, "action": action, "form": form}
    return show(request, "plans/amend_action.html", context, status=400 if form.errors else 200)
