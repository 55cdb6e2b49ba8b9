"""What is likely to miss its date and what has gone quiet, before it is red, on any day."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from plans.improvement_plan.models import Action
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight.early_warning import likely_to_miss, quiet, reasons, with_signs
from plans.web.as_at import AsAt, as_at_of
from plans.web.filters import MeetingFilter, visible_boards, visible_plans
from plans.web.guards import person
from plans.web.pages import in_use, paged, show, strict
from plans.web.tables.early_warning import QuietTable, WarningTable

LIKELY, QUIET = "likely", "quiet"
FIRST_ROWS = 20  # of each list, where both are shown


class EarlyWarningFilter(filters.FilterSet):
    """Whole plans, so that the record of a lead is told from all of it."""

    meeting = MeetingFilter()
    plan = filters.ModelChoiceFilter(label="Plan", queryset=visible_plans, empty_label="All plans")
    board = filters.ModelChoiceFilter(
        label="Board", queryset=visible_boards, field_name="plan__boards", empty_label="All boards"
    )
    list = filters.ChoiceFilter(
        label="Show",
        choices=((LIKELY, "Likely to miss"), (QUIET, "Quiet for too long")),
        empty_label="Both lists",
        method="both",
    )

    def both(self, rows: Any, name: str, value: str) -> Any:
        """Both numbers are told whichever list is shown."""
        return rows


def early_warning(request: HttpRequest) -> HttpResponse:
    """Two lists: likely to miss with the reasons, and quiet for too long."""
    as_at = as_at_of(request)
    visible = Action.objects.as_at(as_at.moment).visible_to(person(request))
    filter_set = EarlyWarningFilter(request.GET, visible, request=request)
    rows, status = strict(request, filter_set)
    shown = filter_set.form.cleaned_data.get("list", "") if status == 200 else ""
    likely, silent = likely_to_miss(rows, as_at.day), quiet(rows, as_at.instant)
    counts = {LIKELY: likely.count(), QUIET: silent.count()}
    context: dict[str, Any] = {
        "counts": counts,
        "links": {name: _link(request, name) for name in counts},
        "shown": shown,
        "filters": filter_set,
        "in_use": in_use(filter_set),
        "kept_by_filters": [(name, request.GET[name]) for name in ("as_at", "sort") if name in request.GET],
    }
    if shown != QUIET and counts[LIKELY]:
        in_order = _related(likely, as_at).order_by("due_date", "pk")
        table = _listed(request, WarningTable, in_order, as_at, whole=shown == LIKELY)
        table.told = _told(table, rows, as_at)
        context["likely"] = table
    if shown != LIKELY and counts[QUIET]:
        in_order = _related(silent, as_at).order_by(F("reported_at").asc(nulls_first=True), "due_date", "pk")
        context["quiet"] = _listed(request, QuietTable, in_order, as_at, whole=shown == QUIET)
    context["first_rows"] = FIRST_ROWS
    return show(request, "oversight/early_warning.html", context, as_at, status)


def _related(rows: QuerySet[Any], as_at: AsAt) -> QuerySet[Any]:
    return with_timeliness(rows, as_at.day).select_related("lead__organisation", "plan__organisation")


def _listed(request: HttpRequest, kind: Any, rows: QuerySet[Any], as_at: AsAt, *, whole: bool) -> Any:
    """One list by pages, sorted as asked; or the first rows of each where both are shown."""
    if whole:
        return paged(request, kind(rows, as_at=as_at))
    return kind(list(rows[:FIRST_ROWS]), as_at=as_at, orderable=False)


def _told(table: Any, rows: QuerySet[Any], as_at: AsAt) -> dict[int, list[str]]:
    """The reasons of the rows that are shown, by their key."""
    keys = [row.record.pk for row in table.paginated_rows]
    signed = with_signs(rows.filter(pk__in=keys), as_at.day, rows)
    return {row.pk: reasons(row, as_at.day) for row in signed}


def _link(request: HttpRequest, name: str) -> str:
    """The address of one list, by the same filters on the same day."""
    query = request.GET.copy()
    for left in ("page", "sort"):
        query.pop(left, None)
    query["list"] = name
    return f"{request.path}?{query.urlencode()}"
