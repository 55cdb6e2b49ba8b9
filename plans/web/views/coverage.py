"""A plan's coverage and what is amiss in it, on any day; its move from one stage to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from plans.access.models import User
from plans.findings.models import Area, Judgement
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Plan
from plans.improvement_plan.permissions import runs
from plans.improvement_plan.rules import Status
from plans.improvement_plan.stages import CHECKED, move_stage, moves_of, next_stages
from plans.oversight.coverage import AreaCover, Coverage, Show, coverage
from plans.oversight.hygiene import Check, Finding, Rule, Severity, check_plan
from plans.oversight.plan_facts import PlanFacts, facts_of
from plans.web.as_at import AsAt, as_at_of
from plans.web.forms.stages import StageForm
from plans.web.guards import person, plan_to_run_or_404, whole_plan_or_404
from plans.web.pages import in_use, posted, show, strict
from plans.web.tables.actions import ActionTable
from plans.web.tables.coverage import CoverageTable, mended_at
from plans.web.wording import counted, day_of


class CoverageFilter(filters.FilterSet):
    """Which areas of the matrix. The rows are no query: the page picks them by what the filters say."""

    show = filters.ChoiceFilter(
        label="Show", choices=[(one.value, one.label) for one in Show], empty_label="All areas", method="picked_later"
    )
    area = filters.ChoiceFilter(label="Area", empty_label="All areas", method="picked_later")

    def __init__(self, data: Any, *, areas: list[Area], request: HttpRequest) -> None:
        super().__init__(data, Area.objects.none(), request=request)
        self.filters["area"].extra["choices"] = [
            (str(area.pk), f"{area.number}. {area.wording[:80]}") for area in areas
        ]

    def picked_later(self, rows: Any, name: str, value: str) -> Any:
        return rows


@dataclass(frozen=True)
class RuleGroup:
    """The findings of one rule, each with the address where it is mended and what the link says."""

    rule: Rule
    findings: list[tuple[Finding, str, str]]


def plan_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """The report's judgements and areas against action, owner, measure and evidence, and what is amiss."""
    plan = whole_plan_or_404(request, pk)
    as_at, user = as_at_of(request), person(request)
    facts = facts_of(plan, user=user, day=as_at.day, moment=as_at.moment)
    cover = coverage(facts)
    filter_set = CoverageFilter(request.GET, areas=facts.areas, request=request)
    _, status = strict(request, filter_set)
    chosen = _chosen(cover, filter_set.form.cleaned_data) if status == 200 else []
    may_run = runs(user, plan) and not as_at.is_past
    check = check_plan(facts)
    one_area = chosen[0] if status == 200 and filter_set.form.cleaned_data.get("area") and chosen else None
    context = {
        "plan": plan,
        "area_count": len(cover.areas),
        "counts": {one.value: cover.count(one) for one in Show},
        "links": {one.value: f"{_address(plan, as_at)}{'&' if as_at.is_past else '?'}show={one}" for one in Show},
        "groups": _groups(chosen, as_at, _address(plan, as_at)),
        "one_area": one_area,
        "actions": _actions(one_area, as_at) if one_area else None,
        "filters": filter_set,
        "in_use": in_use(filter_set),
        "kept_by_filters": [("as_at", as_at.value)] if as_at.is_past else [],
        "clear_url": _address(plan, as_at),
        "blocks": _blocks(plan, facts),
        "may_run": may_run,
        **_findings(check, user, may_run=may_run),
    }
    return show(request, "oversight/coverage.html", context, as_at, status)


def _address(plan: Plan, as_at: AsAt) -> str:
    return f"{reverse('plan_coverage', args=[plan.pk])}{as_at.query}"


def _chosen(cover: Coverage, said: dict[str, Any]) -> list[AreaCover]:
    rows = cover.those(Show(said["show"])) if said.get("show") else cover.areas
    return [row for row in rows if not said.get("area") or str(row.area.pk) == said["area"]]


def _groups(rows: list[AreaCover], as_at: AsAt, address: str) -> list[dict[str, Any]]:
    """The areas under their inspection, with its judgements."""
    by_inspection: dict[int, list[AreaCover]] = {}
    for row in rows:
        by_inspection.setdefault(row.area.inspection_id, []).append(row)
    judgements: dict[int, list[Judgement]] = {}
    for judgement in Judgement.objects.filter(inspection__in=by_inspection).select_related("grade"):
        judgements.setdefault(judgement.inspection_id, []).append(judgement)
    return [
        {
            "inspection": covers[0].area.inspection,
            "judgements": judgements.get(pk, []),
            "table": CoverageTable(
                covers, as_at=as_at, address=address, caption=f"Coverage of the areas of {covers[0].area.inspection}"
            ),
        }
        for pk, covers in by_inspection.items()
    ]


def _actions(cover: AreaCover, as_at: AsAt) -> ActionTable:
    return ActionTable(cover.actions, as_at=as_at, caption=f"Actions for area {cover.area.number}", orderable=False)


def _findings(check: Check, user: User, *, may_run: bool) -> dict[str, Any]:
    """The findings by severity and rule, and how many of each severity."""
    groups: dict[Severity, list[RuleGroup]] = {severity: [] for severity in Severity}
    for finding in check.findings:
        of_severity = groups[finding.severity]
        if not of_severity or of_severity[-1].rule is not finding.rule:
            of_severity.append(RuleGroup(finding.rule, []))
        of_severity[-1].findings.append((finding, *mended_at(finding, user, may_run=may_run)))
    return {
        "severities": [(severity, len(check.of(severity)), groups[severity]) for severity in Severity],
        "errors": len(check.errors),
        "warnings": len(check.warnings),
        "notes": len(check.notes),
    }


def _blocks(plan: Plan, facts: PlanFacts) -> dict[str, Any]:
    """What keeps the plan from the next stage that is checked; nothing where none is left."""
    onward = [stage for stage in (Plan.Stage.SUBMITTED, Plan.Stage.CLOSED) if plan.stage in _BEFORE[stage]]
    if not onward:
        return {}
    closing = onward[0] == Plan.Stage.CLOSED
    done = (Status.SIGNED_OFF, Status.WITHDRAWN)
    return {
        "what": "closing" if closing else "submission",
        "unfinished": [row for row in facts.actions if row.status not in done] if closing else [],
    }


_BEFORE = {
    Plan.Stage.SUBMITTED: (Plan.Stage.DRAFT, Plan.Stage.AGREED),
    Plan.Stage.CLOSED: (Plan.Stage.SUBMITTED,),
}


def plan_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the plan on, once it has passed the check, or back with a reason."""
    plan = plan_to_run_or_404(request, pk)
    user, now = person(request), timezone.now()
    facts = facts_of(plan, user=user, day=day_of(now), moment=None)
    check = check_plan(facts)
    form = StageForm(**posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            move_stage(
                plan,
                said["to"],
                by=user,
                at=now,
                found=check.found(),
                reason=said["reason"],
                opened=said["opened"],
            )
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"The plan is {plan.get_stage_display().lower()} now.")
            return redirect("plan", pk=plan.pk)
    context = {
        "plan": plan,
        "form": form,
        "checked": any(stage in CHECKED for stage in next_stages(plan.stage)),
        "blocks": _blocks(plan, facts),
        "moves": [_move_words(event.details) | {"by": event.by, "at": event.at} for event in moves_of(plan)],
        **_findings(check, user, may_run=True),
    }
    return show(request, "plans/stage.html", context, status=400 if form.errors else 200)


def _move_words(details: dict[str, Any]) -> dict[str, str]:
    """One line of the trail: from where to where, why, and what was overruled."""
    overruled = details.get("overruled") or []
    rules = ", ".join(sorted(set(overruled)))
    return {
        "before": Plan.Stage(details["before"]).label,
        "after": Plan.Stage(details["after"]).label,
        "reason": details.get("reason", ""),
        "overruled": f"{counted(len(overruled), 'warning')} overruled: {rules}" if overruled else "",
    }
