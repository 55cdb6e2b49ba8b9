"""Every action that the person may see, as at any day, narrowed as the numbers of other pages ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from plans.improvement_plan.models import Action
from plans.improvement_plan.timeliness import with_timeliness
from plans.web.action_filter import ActionFilter
from plans.web.as_at import as_at_of
from plans.web.guards import person
from plans.web.pages import in_use, paged, show, strict
from plans.web.rows_taken_over import paper_of_rows_link
from plans.web.tables.actions import ActionTable


def action_list(request: HttpRequest) -> HttpResponse:
    """Actions in the order of their plans, withdrawn ones included."""
    as_at = as_at_of(request)
    visible = Action.objects.as_at(as_at.moment).visible_to(person(request))
    filters = ActionFilter(request.GET, visible, as_at=as_at, request=request)
    narrowed, status = strict(request, filters)
    rows = with_timeliness(narrowed, as_at.day).select_related("lead__organisation", "plan__organisation")
    table = paged(
        request,
        ActionTable(
            rows.order_by("plan_id", "position", "pk"),
            as_at=as_at,
            caption=f"Actions on {as_at.words}",
            empty_text="No actions are so on this day.",
        ),
    )
    context = {
        "table": table,
        "count": table.paginator.count,
        "filters": filters,
        "in_use": in_use(filters),
        "kept_by_filters": [(name, request.GET[name]) for name in ("as_at", "sort") if name in request.GET],
        "clear_url": reverse("actions") + as_at.query,
        **paper_of_rows_link(request, "actions"),
    }
    return show(request, "actions/actions.html", context, as_at, status)
