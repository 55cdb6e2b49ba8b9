"""Filters saved under a name, and deleted again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action
from plans.oversight.models import SavedFilter
from plans.oversight.saved_filters import delete_filter, save_filter
from plans.web.as_at import AsAt, as_at_of
from plans.web.filters import DEFAULTS, FILTERS, OverdueFilter
from plans.web.forms.saved_filters import SaveFilterForm
from plans.web.guards import own_saved_filter_or_404, person
from plans.web.pages import show

PAGE = "overdue"


def kept_query(query: QueryDict, names: Iterable[str], **added: str) -> str:
    """Of an address's parameters those of these names that say something, and ``added``, as an address has them."""
    kept = QueryDict(mutable=True)
    for name in names:
        value = query.get(name, "").strip()
        if value and DEFAULTS.get(name) != value:
            kept[name] = value
    for name, value in added.items():
        if value:
            kept[name] = value
    return kept.urlencode()


def saved_filters_context(request: HttpRequest, page: str, as_at: AsAt, *, may_save: bool) -> dict[str, Any]:
    """What the filter panel needs: the saved filters that the person may use, and the form that saves these."""
    now = kept_query(request.GET, FILTERS)
    saved = SavedFilter.objects.visible_to(person(request)).filter(page=page).select_related("owner", "organisation")
    return {
        "saved": [_shown(request, row, as_at, now) for row in saved],
        "here": request.GET.urlencode(),
        "save_form": SaveFilterForm(person=person(request), initial={"query": request.GET.urlencode()})
        if may_save
        else None,
    }


def _shown(request: HttpRequest, row: SavedFilter, as_at: AsAt, now: str) -> dict[str, Any]:
    own = row.owner_id == person(request).pk
    day = as_at.value if as_at.is_past else ""
    words = ""
    if row.shared_with:
        whom = f"{row.get_shared_with_display().lower()}s of {row.organisation}"
        words = f"shared with {whom}" if own else f"shared by {row.owner}"
    return {
        "pk": row.pk,
        "name": row.name,
        "url": f"{reverse(row.page)}?{kept_query(QueryDict(row.query), FILTERS, as_at=day)}",
        "words": words,
        "own": own,
        "current": row.query == now,
    }


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filters of the list that the person looks at. Its day and page are no part of them."""
    user = person(request)
    form = SaveFilterForm(request.POST, person=user)
    seen = QueryDict(request.POST.get("query", ""))
    if form.is_valid():
        said = form.cleaned_data
        try:
            _check(request, seen)
            saved = save_filter(
                PAGE,
                said["name"],
                kept_query(seen, FILTERS),
                owner=user,
                organisation=said["organisation"],
                shared_with=said["role"],
            )
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"Saved: {saved.name}.")
            return redirect(_back(seen))
    context = {"form": form, "back": _back(seen)}
    return show(request, "oversight/save_filter.html", context, status=400)


def _check(request: HttpRequest, seen: QueryDict) -> None:
    """Refuse filters that this person's list could not be opened with."""
    known = QueryDict(kept_query(seen, FILTERS))
    rows = Action.objects.all().visible_to(person(request))
    if not OverdueFilter(known, rows, as_at=as_at_of(request), request=request).form.is_valid():
        raise RefusedChange("These filters cannot be read. Go back and choose them again")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own saved filter and stay where one was."""
    found = own_saved_filter_or_404(request, pk)
    delete_filter(found, by=person(request))
    messages.success(request, f"Deleted: {found.name}.")
    return redirect(_back(QueryDict(request.POST.get("query", ""))))


def _back(seen: QueryDict) -> str:
    """The list again, as it was seen."""
    query = kept_query(seen, (*FILTERS, "as_at", "sort"))
    return f"{reverse(PAGE)}?{query}" if query else reverse(PAGE)
