"""What can be read: every list and record begins with what the token’s person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from plans.access.models import User
from plans.findings.models import Area, Inspection
from plans.improvement_plan.models import Action, Plan, PlanArea, Update
from plans.improvement_plan.rating import with_rating
from plans.improvement_plan.timeliness import overdue
from plans.monitoring.models import Measure, Reading
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.columns import EVERYTHING
from plans.papers.files import CONTENT_TYPES, file_of
from plans.papers.kinds.catalogue import paper_for
from plans.papers.rules import Format, Kind
from plans.web.api import answers, asked, shown
from plans.web.api.authentication import BasicPassword, Bearer
from plans.web.api.problems import Problem, Refusal
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import action_or_404, inspection_or_404, person, plan_or_404, whole_plan_or_404

router = Router()

PROBLEMS: dict[Any, Any] = dict.fromkeys((401, 403, 404, 422), Problem)


def page_of(
    request: HttpRequest, rows: Any, page: asked.Asked, show: Callable[[Any], dict[str, Any]], key: str = "pk"
) -> dict[str, Any]:
    """The rows after the id that is asked for, and the address of those that follow."""
    found = list(rows.filter(**{f"{key}__gt": page.after}).order_by(key)[: page.limit + 1])
    following = None
    if len(found) > page.limit:
        query = request.GET.copy()
        query["after"] = str(_key(found[page.limit - 1], key))
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {"items": [show(row) for row in found[: page.limit]], "next": following}


def _key(row: Any, key: str) -> int:
    return row.pk if key == "pk" else getattr(row, key)


def refuse_unknown(request: HttpRequest, *known: type[Any]) -> None:
    """Refuse a parameter that there is not: it would be ignored, and more would be answered than was asked for."""
    names = {name for schema in known for name in schema.model_fields}
    errors = [(name, "There is no such parameter.") for name in request.GET if name not in names]
    if errors:
        there_are = f" There are: {', '.join(sorted(names))}." if names else ""
        raise Refusal(422, f"A parameter is not known.{there_are}", errors)


def _day_asked(request: HttpRequest) -> AsAt:
    as_at = as_at_of(request)
    if as_at.error:
        raise Refusal(422, "The day cannot be read.", [("as_at", f"{as_at.error}.")])
    return as_at


@router.get(
    "/token", response={200: answers.TokenAnswer, **PROBLEMS}, url_name="api_token", tags=["About the interface"]
)
def token(request: HttpRequest) -> Any:
    """Whose token this is, what it may do and until when: to try a connection."""
    refuse_unknown(request)
    used = request.auth  # type: ignore[attr-defined]
    return {
        "name": used.name,
        "person": used.person.name,
        "may_update": used.may_update,
        "expires_at": used.expires_at,
    }


@router.get(
    "/plans", response={200: answers.Page[answers.PlanAnswer], **PROBLEMS}, url_name="api_plans", tags=["Plans"]
)
def plans(request: HttpRequest, asked_for: Query[asked.PlansAsked]) -> Any:
    """Plans of which the person may read at least one action."""
    refuse_unknown(request, asked.PlansAsked)
    rows = Plan.objects.visible_to(person(request)).select_related("organisation")
    if asked_for.stage:
        rows = rows.filter(stage=asked_for.stage)
    return page_of(request, rows, asked_for, lambda row: shown.plan_answer(request, row))


@router.get("/plans/{plan_id}", response={200: answers.PlanAnswer, **PROBLEMS}, url_name="api_plan", tags=["Plans"])
def plan(request: HttpRequest, plan_id: asked.Id) -> Any:
    """One plan."""
    refuse_unknown(request)
    return shown.plan_answer(request, plan_or_404(request, plan_id))


@router.get(
    "/plans/{plan_id}/actions.csv",
    response={200: str, **PROBLEMS},
    url_name="api_actions_csv",
    tags=["Plans"],
    auth=[Bearer(), BasicPassword()],
)
def actions_csv(request: HttpRequest, plan_id: asked.Id, asked_for: Query[asked.AsAtAsked]) -> Any:
    """A plan’s actions as CSV, with the columns of the CSV paper: for Excel and Power BI.

    Takes the token as HTTP Basic password too, with any user name. Only for those who read the plan in full.
    """
    refuse_unknown(request, asked.AsAtAsked)
    found, as_at, user = whole_plan_or_404(request, plan_id), _day_asked(request), person(request)
    choices = Choices(columns=tuple(ChosenColumn(key) for key in EVERYTHING))
    brief = Brief(found, as_at.day, as_at.moment, user.name, as_at.now, reader=user, choices=choices)
    data = file_of(paper_for(Kind.FULL_PLAN, brief), Format.CSV, as_at.now)
    name = f"plan-{found.pk}-{as_at.day.isoformat()}.csv"
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES[Format.CSV],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/areas", response={200: answers.Page[answers.AreaAnswer], **PROBLEMS}, url_name="api_areas", tags=["Inspections"]
)
def areas(request: HttpRequest, asked_for: Query[asked.AreasAsked]) -> Any:
    """Areas for improvement, in the report’s own words."""
    refuse_unknown(request, asked.AreasAsked)
    user = person(request)
    seen = PlanArea.objects.filter(plan__in=Plan.objects.visible_to(user).values("pk"))
    rows = Area.objects.visible_to(user).select_related("kind", "addressed_to")
    if asked_for.plan:
        rows = rows.filter(pk__in=seen.filter(plan=asked_for.plan).values("area"))
    if asked_for.inspection:
        rows = rows.filter(inspection=asked_for.inspection)
    rows = rows.prefetch_related(Prefetch("plan_areas", seen, to_attr="seen_plan_areas"))
    return page_of(request, rows, asked_for, shown.area_answer)


@router.get(
    "/inspections",
    response={200: answers.Page[answers.InspectionAnswer], **PROBLEMS},
    url_name="api_inspections",
    tags=["Inspections"],
)
def inspections(request: HttpRequest, asked_for: Query[asked.Asked]) -> Any:
    """Inspections with their judgements."""
    refuse_unknown(request, asked.Asked)
    rows = Inspection.objects.visible_to(person(request)).select_related("organisation", "framework")
    rows = rows.prefetch_related("spells", "judgements__grade")
    return page_of(request, rows, asked_for, lambda row: shown.inspection_answer(request, row))


@router.get(
    "/inspections/{inspection_id}",
    response={200: answers.InspectionAnswer, **PROBLEMS},
    url_name="api_inspection",
    tags=["Inspections"],
)
def inspection(request: HttpRequest, inspection_id: asked.Id) -> Any:
    """One inspection."""
    refuse_unknown(request)
    return shown.inspection_answer(request, inspection_or_404(request, inspection_id))


def _states(user: User, as_at: AsAt) -> Any:
    rows = Action.objects.as_at(as_at.moment).visible_to(user)
    return with_rating(rows, as_at.day).select_related("plan", "area", "lead__organisation")


@router.get(
    "/actions",
    response={200: answers.Page[answers.ActionAnswer], **PROBLEMS},
    url_name="api_actions",
    tags=["Actions"],
)
def actions(request: HttpRequest, asked_for: Query[asked.ActionsAsked]) -> Any:
    """Actions as they stand, or stood on any day; withdrawn ones included. The same rows and figures as the pages."""
    refuse_unknown(request, asked.ActionsAsked)
    as_at = _day_asked(request)
    rows = _states(person(request), as_at)
    exact = {name: value for name in ("plan", "status", "timeliness") if (value := getattr(asked_for, name))}
    rows = rows.filter(**exact)
    if asked_for.overdue:
        late = overdue(as_at.day)
        rows = rows.filter(late) if asked_for.overdue == "true" else rows.exclude(late)
    if asked_for.changed_since:
        # Of a day that has gone, the state itself is the update that recorded it.
        recorded = {"recorded_at__gt": asked_for.changed_since}
        latest = Update.objects.filter(until__isnull=True, **recorded).values("action")
        rows = rows.filter(**recorded) if as_at.is_past else rows.filter(pk__in=latest)
    return page_of(
        request,
        rows,
        asked_for,
        lambda row: shown.action_answer(request, row, as_at.day, as_at.query),
        key=rows.action_path,
    )


@router.get(
    "/actions/{action_id}",
    response={200: answers.ActionAnswer, **PROBLEMS},
    url_name="api_action",
    tags=["Actions"],
)
def action(request: HttpRequest, action_id: asked.Id, asked_for: Query[asked.AsAtAsked]) -> Any:
    """One action as it stands, or stood on any day."""
    refuse_unknown(request, asked.AsAtAsked)
    as_at = _day_asked(request)
    rows = _states(person(request), as_at)
    row = get_object_or_404(rows, **{rows.action_path: action_id})
    return shown.action_answer(request, row, as_at.day, as_at.query)


@router.get(
    "/actions/{action_id}/updates",
    response={200: answers.Page[answers.UpdateAnswer], **PROBLEMS},
    url_name="api_action_updates",
    tags=["Actions"],
)
def action_updates(request: HttpRequest, action_id: asked.Id, asked_for: Query[asked.Asked]) -> Any:
    """The history of one action, oldest first."""
    refuse_unknown(request, asked.Asked)
    found = action_or_404(request, action_id)
    return page_of(request, found.updates.select_related("by"), asked_for, shown.update_answer)


@router.get(
    "/updates",
    response={200: answers.Page[answers.UpdateAnswer], **PROBLEMS},
    url_name="api_updates",
    tags=["Actions"],
)
def updates(request: HttpRequest, asked_for: Query[asked.UpdatesAsked]) -> Any:
    """The history of all actions, in the order in which it was recorded."""
    refuse_unknown(request, asked.UpdatesAsked)
    rows = Update.objects.visible_to(person(request)).select_related("by")
    if asked_for.plan:
        rows = rows.filter(plan=asked_for.plan)
    if asked_for.action:
        rows = rows.filter(action=asked_for.action)
    if asked_for.recorded_since:
        rows = rows.filter(recorded_at__gt=asked_for.recorded_since)
    return page_of(request, rows, asked_for, shown.update_answer)


def _measures(user: User) -> Any:
    seen_actions = Action.objects.visible_to(user).only("pk")
    return (
        Measure.objects.visible_to(user)
        .select_related("organisation")
        .prefetch_related(
            "readings",
            Prefetch("plans", Plan.objects.visible_to(user).only("pk"), to_attr="seen_plans"),
            Prefetch("actions", seen_actions, to_attr="seen_actions"),
        )
    )


@router.get(
    "/measures",
    response={200: answers.Page[answers.MeasureAnswer], **PROBLEMS},
    url_name="api_measures",
    tags=["Measures"],
)
def measures(request: HttpRequest, asked_for: Query[asked.MeasuresAsked]) -> Any:
    """Measures with their target and latest reading."""
    refuse_unknown(request, asked.MeasuresAsked)
    user, as_at = person(request), as_at_of(request)
    rows = _measures(user)
    if asked_for.plan:
        rows = rows.filter(plans__in=Plan.objects.visible_to(user).filter(pk=asked_for.plan).values("pk"))
    return page_of(request, rows, asked_for, lambda row: shown.measure_answer(request, row, as_at.day))


@router.get(
    "/measures/{measure_id}",
    response={200: answers.MeasureAnswer, **PROBLEMS},
    url_name="api_measure",
    tags=["Measures"],
)
def measure(request: HttpRequest, measure_id: asked.Id) -> Any:
    """One measure."""
    refuse_unknown(request)
    row = get_object_or_404(_measures(person(request)), pk=measure_id)
    return shown.measure_answer(request, row, as_at_of(request).day)


@router.get(
    "/readings",
    response={200: answers.Page[answers.ReadingAnswer], **PROBLEMS},
    url_name="api_readings",
    tags=["Measures"],
)
def readings(request: HttpRequest, asked_for: Query[asked.ReadingsAsked]) -> Any:
    """Readings of measures."""
    refuse_unknown(request, asked.ReadingsAsked)
    rows = Reading.objects.filter(measure__in=Measure.objects.visible_to(person(request)).values("pk"))
    if asked_for.measure:
        rows = rows.filter(measure=asked_for.measure)
    return page_of(request, rows, asked_for, shown.reading_answer)
