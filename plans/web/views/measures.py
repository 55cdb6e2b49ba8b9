"""Measures and their readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState, state_of_measure
from plans.web.as_at import as_at_of
from plans.web.chart import line_chart
from plans.web.guards import measure_or_404, person
from plans.web.pages import paged, show
from plans.web.tables.measures import MeasureTable


def measures(request: HttpRequest) -> HttpResponse:
    """Every measure with its latest reading against its target, on any day."""
    as_at = as_at_of(request)
    rows = (
        Measure.objects.visible_to(person(request))
        .select_related("organisation")
        .prefetch_related("readings")
        .order_by("organisation__name", "code", "name")
    )
    table = paged(request, MeasureTable(rows, as_at=as_at))
    return show(request, "measures/measures.html", {"table": table, "count": table.paginator.count}, as_at)


def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure: where it stands, its readings as a chart and as a table, and how each came to be."""
    found = measure_or_404(request, pk)
    as_at = as_at_of(request)
    state: MeasureState = state_of_measure(found, found.readings.all(), as_at.day)
    context: dict[str, Any] = {
        "measure": found,
        "state": state,
        "chart": line_chart(found, state.period_readings),
        "plans": found.plans.visible_to(person(request)),
        "areas": found.areas.select_related("inspection"),
        "corrections": _corrections(state.readings, as_at.instant),
    }
    return show(request, "measures/measure.html", context, as_at)


def _corrections(readings: list[Any], moment: datetime) -> list[Any]:
    """Readings that had been changed by ``moment`` after they were first entered, with what they were."""
    past: list[Any] = []
    for reading in readings:
        entries = list(reading.history.select_related("history_user").order_by("history_date"))
        past += [
            (reading, before, after)
            for before, after in zip(entries, entries[1:], strict=False)
            if before.value != after.value and after.history_date <= moment
        ]
    return past
