"""What is overdue, on any day, by either clock; and the lists that its opening sentence counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from plans.improvement_plan.models import Action
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight.overdue import OPEN_LISTS, Shown, figures_and_length, from_every_council, in_groups
from plans.web.as_at import AsAt, as_at_of
from plans.web.filters import NARROWING, OverdueFilter
from plans.web.forms.saved_filters import SaveFilterForm
from plans.web.guards import person
from plans.web.pages import in_use, paged, show, strict
from plans.web.rows_taken_over import paper_of_rows_link
from plans.web.tables.actions import CountedRows, OverdueTable
from plans.web.views.saved_filters import kept_query, saved_filters_context

# Seconds for which the numbers of very many rows on a past day are kept, and which rows a page of them has.
KEPT_FOR = 600


def overdue(request: HttpRequest) -> HttpResponse:
    """The list that is asked for, what is overdue first, in order of the longest late, in groups if so asked."""
    as_at = as_at_of(request)
    visible = Action.objects.as_at(as_at.moment).visible_to(person(request))
    filters = OverdueFilter(request.GET, visible, as_at=as_at, request=request)
    narrowed, status = strict(request, filters)
    shown, by = filters.shown, filters.grouped_by
    found, length = figures_and_length(
        narrowed, as_at.day, filters.condition, keep=_kept_a_while, of_open=shown in OPEN_LISTS
    )
    wanted = filters.listed(narrowed)
    every_council = person(request).is_superuser
    if every_council:
        wanted = from_every_council(wanted, shown)
    rows = with_timeliness(wanted, as_at.day).select_related("lead__organisation", "plan__organisation")
    ordered = (in_groups(rows, by, shown) if by else rows).order_by(shown.clock, "pk")
    keep = _kept_a_while if every_council and as_at.is_past and not by else None
    counted = CountedRows(ordered, length, grouped=by is not None, keep=keep, of_few_plans=not every_council)
    table = OverdueTable(counted, as_at=as_at, shown=shown, late_by=filters.more_than_days)
    paged(request, table)
    if by:
        table.head_groups(by)
    used = in_use(filters) - (filters.form.data.get("show") == Shown.OVERDUE)
    saved = saved_filters_context(request, "overdue", as_at, may_save=status == 200 and used > 0)
    context = {
        "figures": found,
        "links": {each.value: _link(request, as_at, each) for each in Shown},
        "table": table,
        "filters": filters,
        "in_use": used,
        "kept_by_filters": [(name, request.GET[name]) for name in ("as_at", "sort") if name in request.GET],
        "clear_url": reverse("overdue") + as_at.query,
        **saved,
        **paper_of_rows_link(request, "overdue", may_make=_runs_any(request, saved["save_form"])),
    }
    return show(request, "oversight/overdue.html", context, as_at, status)


def _kept_a_while(question: str, answer: Callable[[], Any]) -> Any:
    """What was found in the last ten minutes, or is found now."""
    return cache.get_or_set(question, answer, KEPT_FOR)


def _runs_any(request: HttpRequest, form: SaveFilterForm | None) -> bool | None:
    """Whether the person runs plans, as far as the form that saves filters has asked already."""
    if form is None:
        return None
    return bool(form.organisations) or person(request).is_superuser


def _link(request: HttpRequest, as_at: AsAt, shown: Shown) -> str:
    """The list behind a number of the sentence: what narrows the number narrows it, and nothing else does."""
    query = kept_query(request.GET, NARROWING, show=shown.value, as_at=as_at.value if as_at.is_past else "")
    return f"{reverse('overdue')}?{query}"
