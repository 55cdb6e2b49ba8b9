"""What list pages share: rendering for a day, strict filters, pages that exist."""

from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_filters import FilterSet
from django_tables2 import Table

from plans.improvement_plan.models import Action, Update
from plans.web.as_at import AsAt

ROWS_A_PAGE = 50
LIST_NAMES = {"as_at", "page", "sort"}


def show(
    request: HttpRequest, template: str, context: dict[str, Any], as_at: AsAt | None = None, status: int = 200
) -> HttpResponse:
    """Render a page. A day that could not be read makes it a 400 with the error beside the field."""
    if as_at is not None:
        kept = [(name, value) for name, value in request.GET.items() if name not in ("as_at", "page")]
        context |= {
            "as_at": as_at,
            "kept": kept,
            "today_url": _without(request, "as_at") if as_at.is_past else "",
        }
        status = 400 if as_at.error else status
    return render(request, template, context, status=status)


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def posted(request: HttpRequest) -> dict[str, Any]:
    """What a form is to be bound to: what was sent, even if that is nothing; not bound where nothing was sent."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}


def opened_row(request: HttpRequest, action: Action) -> Update | None:
    """The update that a sent form was opened with, so that what its writer changed can be told; None when opening."""
    version = request.POST.get("version", "")
    return action.updates.filter(sequence=version).first() if version.isdecimal() and len(version) < 19 else None


def strict(request: HttpRequest, filters: FilterSet) -> tuple[Any, int]:
    """The filtered rows and the status: none and 400 where a filter is unknown or cannot be read."""
    known = set(filters.form.fields) | LIST_NAMES
    for name in sorted(set(request.GET) - known):
        filters.form.add_error(
            None, f"There is no filter called “{name}”. The filters are: {', '.join(filters.form.fields)}."
        )
    if not filters.form.is_valid():
        return filters.queryset.none(), 400
    return filters.filter_queryset(filters.queryset), 200


def in_use(filters: FilterSet) -> int:
    """How many filters are set."""
    return sum(1 for value in getattr(filters.form, "cleaned_data", {}).values() if value not in (None, "", []))


def paged(request: HttpRequest, table: Table) -> Table:
    """Sort the table as asked and cut out the page. Raises Http404 for a page that there is not."""
    table.request = request
    if sort := request.GET.getlist(table.prefixed_order_by_field):
        table.order_by = sort
    page = request.GET.get(table.prefixed_page_field, "1")
    try:
        table.paginate(page=page, per_page=ROWS_A_PAGE)
    except (EmptyPage, PageNotAnInteger):
        raise Http404(f"There is no page {page} of this list.") from None
    return table
