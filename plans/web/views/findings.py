"""Inspections: judgements, areas for improvement, clocks."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from plans.access.rules import May
from plans.access.standing import may, may_anywhere
from plans.findings.clocks import bank_holidays, clocks_of
from plans.findings.lineage import year_of
from plans.findings.models import Inspection, ReportIntake
from plans.findings.rules import verdict
from plans.findings.timescales import read_timescale, timescale_due
from plans.findings.working_days import working_days_between
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Status
from plans.web.as_at import as_at_of
from plans.web.guards import inspection_or_404, person
from plans.web.pages import paged, show
from plans.web.tables.findings import InspectionTable
from plans.web.views.lineage import earlier_counts


def inspections(request: HttpRequest) -> HttpResponse:
    """Every inspection that the person may see."""
    rows = (
        Inspection.objects.visible_to(person(request))
        .select_related("organisation", "framework")
        .prefetch_related("spells")
        .annotate(
            area_count=Count("areas", filter=Q(areas__kind__from_inspectorate=True), distinct=True),
            judgement_count=Count("judgements", distinct=True),
        )
        .order_by("organisation__name", "-pk")
    )
    table = paged(request, InspectionTable(rows))
    user = person(request)
    context = {
        "table": table,
        "count": table.paginator.count,
        "may_read_in": may_anywhere(user, May.RUN_PLANS),
        "waiting": ReportIntake.objects.visible_to(user).waiting().select_related("document"),
    }
    return show(request, "findings/inspections.html", context)


def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspection on any day: its judgements, its areas with what answers them, its clocks."""
    found = inspection_or_404(request, pk)
    as_at = as_at_of(request)
    user = person(request)
    areas = list(
        found.areas.select_related("kind", "addressed_to", "earlier__inspection").prefetch_related(
            "earlier__inspection__spells", "later__inspection__spells"
        )
    )
    answered = dict(
        Action.objects.as_at(as_at.moment)
        .visible_to(user)
        .filter(area__in=areas)
        .exclude(status=Status.WITHDRAWN)
        .values_list("area")
        .annotate(number=Count("pk"))
        .values_list("area", "number")
    )
    for area in areas:
        area.answers = answered.get(area.pk, 0)  # type: ignore[attr-defined]
        area.before_in = year_of(area.earlier.inspection) if area.earlier else ""  # type: ignore[attr-defined]
        area.again = [(later, year_of(later.inspection)) for later in area.later.all()]  # type: ignore[attr-defined]
        timescale = read_timescale(area.timescale) if area.timescale else None
        area.due_by = (  # type: ignore[attr-defined]
            timescale_due(timescale, found.published_on) if timescale and found.published_on else None
        )
    bodies: dict[str, list] = {}
    for area in areas:
        bodies.setdefault(area.addressed_to.paper_name, []).append(area)
    holidays = bank_holidays()
    clocks = [
        (clock, working_days_between(as_at.day, clock.rules, holidays=holidays) if clock.rules else None)
        for clock in clocks_of(found)
    ]
    may_run = may(user, May.RUN_PLANS, found.organisation_id)
    judgements = list(found.judgements.select_related("grade"))
    context = {
        "inspection": found,
        "judgements": judgements,
        "verdict": verdict([(row.label, str(row.grade or "")) for row in judgements]),
        "bodies": bodies,
        "from_inspectorate": sum(area.kind.from_inspectorate for area in areas),
        "own_headings": sum(not area.kind.from_inspectorate for area in areas),
        "clocks": clocks,
        "earlier": earlier_counts(found, areas) if may_run and not as_at.is_past else None,
        "plans": Plan.objects.visible_to(user).filter(plan_areas__area__in=areas).distinct(),
    }
    return show(request, "findings/inspection.html", context, as_at)
