"""Who did what: the trail of the organisations whose trail the person reads, as a page and as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from plans.audit.changes import note_event
from plans.audit.models import Event
from plans.audit.reading import found, names_of, page_after
from plans.audit.scope import KEY
from plans.audit.words import KINDS, sentence_of
from plans.improvement_plan.models import LONDON
from plans.papers.safe_text import inert
from plans.web.forms.many import is_a_key
from plans.web.forms.trail import TrailForm
from plans.web.guards import person
from plans.web.pages import show
from plans.web.people_guards import trail_or_403

HEADS = ("When", "Person", "E-mail address", "What", "Sentence", "About", "Details")
BOM = "\ufeff"
BATCH = 500


def trail(request: HttpRequest) -> HttpResponse:
    """A page of the trail, newest first."""
    events = trail_or_403(request)
    form = TrailForm(request.GET)
    rows = found(events, form.asked()) if form.is_valid() else events.none()
    lines, older = _page(request, rows)
    names = names_of(event.by for event in lines)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "form": form,
        "lines": [_shown(event, names) for event in lines],
        "older": lines[-1].pk if older else None,
        "is_first": "after" not in request.GET,
        "query": query.urlencode(),
        "searched": bool(form.is_valid() and any(form.cleaned_data.values())),
    }
    return show(request, "trail/trail.html", context, status=400 if form.errors else 200)


def _page(request: HttpRequest, rows: QuerySet[Event]) -> tuple[list[Event], bool]:
    after = request.GET.get("after", "")
    if after and not is_a_key(after):
        raise Http404("There is no such page of the trail.")
    try:
        return page_after(rows, int(after) if after else None)
    except Event.DoesNotExist:
        raise Http404("There is no such page of the trail.") from None


def _shown(event: Event, names: dict[str, str]) -> dict[str, Any]:
    return {
        "at": event.at,
        "sentence": sentence_of(event, names),
        "by": "" if event.by.startswith("unknown:") else event.by,
        "label": KINDS[event.what].label if event.what in KINDS else event.what,
        "address": event.details.get("from_address", ""),
    }


class _Line:
    """What ``csv.writer`` writes to: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def trail_csv(request: HttpRequest) -> StreamingHttpResponse | HttpResponse:
    """What was looked for as a file, all of it."""
    events = trail_or_403(request)
    form = TrailForm(request.GET)
    if not form.is_valid():
        return show(request, "trail/trail.html", {"form": form, "lines": []}, status=400)
    rows = found(events, form.asked())
    now = timezone.now()
    # The file ends with what there was when it was asked for.
    rows = rows.filter(at__lte=now)
    count = rows.count()
    note_event("trail.downloaded", person(request), by=person(request), at=now, rows=count)
    return StreamingHttpResponse(
        _csv_lines(rows.filter(at__lte=now).exclude(what="trail.downloaded", at=now)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="trail-{now.astimezone(LONDON):%Y-%m-%d}.csv"'},
    )


def _csv_lines(rows: QuerySet[Event]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + str(writer.writerow(HEADS))
    names = names_of(rows.order_by().values_list("by", flat=True).distinct())
    for event in rows.iterator(chunk_size=BATCH):
        details = "; ".join(f"{key}: {value}" for key, value in event.details.items() if key != KEY)
        cells = (
            f"{event.at.astimezone(LONDON):%Y-%m-%d %H:%M:%S}",
            names.get(event.by.lower(), ""),
            event.by,
            KINDS[event.what].label if event.what in KINDS else event.what,
            sentence_of(event, names),
            event.subject,
            details,
        )
        yield str(writer.writerow([inert(cell) for cell in cells]))
