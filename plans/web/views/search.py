"""Search over everything that the person may see, as it is now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from plans.oversight.search import ROWS_A_PAGE, Answer, Found, FoundKind, Group, pages_of, search
from plans.oversight.search_words import MOST_TYPED
from plans.web.guards import person
from plans.web.pages import show

HEADINGS: dict[FoundKind, str] = {
    FoundKind.ACTION: "Actions",
    FoundKind.AREA: "Areas for improvement",
    FoundKind.UPDATE: "Updates",
    FoundKind.EVIDENCE: "Evidence",
}
NOUNS: dict[FoundKind, tuple[str, str]] = {
    FoundKind.ACTION: ("action", "actions"),
    FoundKind.AREA: ("area", "areas"),
    FoundKind.UPDATE: ("update", "updates"),
    FoundKind.EVIDENCE: ("piece of evidence", "pieces of evidence"),
}


def search_page(request: HttpRequest) -> HttpResponse:
    """The first few of each kind, or one kind page by page."""
    typed = request.GET.get("q", "").strip()
    kind = _kind(request.GET.get("kind", ""))
    page = _page(request.GET.get("page", "1"))
    answer = search(typed, person(request), kind=kind, page=page)
    pages = max((pages_of(group.count) for group in answer.groups if group.kind == kind), default=1) or 1
    if page > pages or (kind is None and page > 1):
        raise Http404("There is no such page of what was found.")
    context = {
        "typed": typed[:MOST_TYPED],
        "answer": answer,
        "kind": kind,
        "groups": [_group(group, typed) for group in answer.groups if group.found],
        "kinds": _kinds(answer, typed, kind),
        "pages": [(number, _address(typed, kind, number)) for number in range(1, pages + 1)] if pages > 1 else [],
        "page": page,
        "first": (page - 1) * ROWS_A_PAGE + 1,
    }
    return show(request, "search/search.html", context)


def _kind(value: str) -> FoundKind | None:
    if not value:
        return None
    try:
        return FoundKind(value)
    except ValueError:
        raise Http404("Nothing of that kind can be searched for.") from None


def _page(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and 0 < len(value) < 5 and int(value)):
        raise Http404("There is no such page of what was found.")
    return int(value)


def _address(typed: str, kind: FoundKind | None = None, page: int = 1) -> str:
    query = QueryDict(mutable=True)
    query["q"] = typed
    if kind:
        query["kind"] = kind.value
    if page > 1:
        query["page"] = str(page)
    return f"{reverse('search')}?{query.urlencode()}"


def _counted(group: Group) -> str:
    one, many = NOUNS[group.kind]
    if group.uncounted:
        return f"more than {group.count - 1:,} {many}"
    return f"{group.count:,} {one if group.count == 1 else many}"


def _kinds(answer: Answer, typed: str, kind: FoundKind | None) -> list[dict[str, Any]]:
    """What the results can be narrowed to, with how many there are."""
    return [
        {
            "label": HEADINGS[group.kind],
            "words": _counted(group),
            "url": _address(typed, group.kind),
            "current": group.kind == kind,
        }
        for group in answer.groups
        if group.count
    ]


def _group(group: Group, typed: str) -> dict[str, Any]:
    return {
        "kind": group.kind.value,
        "heading": HEADINGS[group.kind],
        "words": _counted(group),
        "rows": [(row, _page_of(row)) for row in group.found],
        "all_url": _address(typed, group.kind) if group.count > len(group.found) else "",
    }


def _page_of(row: Found) -> str:
    if row.kind == FoundKind.AREA:
        return f"{reverse('inspection', args=[row.page])}#area-{row.pk}"
    return reverse("action", args=[row.page])
