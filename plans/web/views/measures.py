"""Measures and their readings: the list, a measure on any day, and the forms of those who run the plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.rules import May
from plans.access.standing import may, may_anywhere
from plans.findings.models import Inspection
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Rag
from plans.monitoring.measure_changes import (
    MeasureChangedSince,
    add_measure,
    add_reading,
    change_measure,
    correct_reading,
    reading_of_the_period,
    version_of,
)
from plans.monitoring.measure_words import concern_words, missed_words
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import MeasureState, as_they_stood, corrections_of, state_of_measure
from plans.monitoring.rules import TargetKind, rule_in_words
from plans.web.as_at import as_at_of
from plans.web.chart import line_chart
from plans.web.forms.measures import (
    NOT_RATED,
    MeasureFilter,
    MeasureForm,
    ReadingForm,
    shown_of_measure,
    shown_of_reading,
)
from plans.web.guards import (
    measure_or_404,
    measure_to_run_or_404,
    organisations_to_run_or_403,
    person,
    reading_to_run_or_404,
)
from plans.web.measure_words import opening
from plans.web.pages import in_use, paged, posted, show, strict
from plans.web.tables.measures import MeasureTable
from plans.web.wording import day_of

RATED = (TargetKind.NUMBER, TargetKind.RANGE)


def measures(request: HttpRequest) -> HttpResponse:
    """Every measure with its latest reading against its target, on any day."""
    as_at = as_at_of(request)
    user = person(request)
    visible = Measure.objects.visible_to(user)
    rows = list(
        visible.select_related("organisation")
        .prefetch_related("readings")
        .order_by("organisation__name", "code", "name")
    )
    if as_at.moment:
        as_they_stood(rows, as_at.moment)
    states = {row.pk: state_of_measure(row, row.readings.all(), as_at.day) for row in rows}
    filters = MeasureFilter(request.GET, visible, states=states, request=request)
    narrowed, status = strict(request, filters)
    keys = set(narrowed.order_by().values_list("pk", flat=True)) if in_use(filters) or status != 200 else set(states)
    table = paged(request, MeasureTable([row for row in rows if row.pk in keys], as_at=as_at, states=states))
    context = {
        "table": table,
        "count": len(keys),
        "figures": _figures(request, [states[key] for key in keys]),
        "filters": filters,
        "in_use": in_use(filters),
        "kept_by_filters": [(name, request.GET[name]) for name in ("as_at", "sort") if name in request.GET],
        "rules": [(kind, rule_in_words(kind)) for kind in RATED],
        "may_add": not as_at.is_past and may_anywhere(user, May.RUN_PLANS),
    }
    return show(request, "measures/measures.html", context, as_at, status)


def _figures(request: HttpRequest, states: Sequence[MeasureState]) -> dict[str, tuple[int, str]]:
    """The numbers of the opening sentence, each with the address of exactly the measures that it counts."""

    def counted(name: str, value: str, number: int) -> tuple[int, str]:
        query = request.GET.copy()
        query.pop("page", None)
        query[name] = value
        return number, f"?{query.urlencode()}"

    return {
        "met": counted("rating", Rag.GREEN, sum(state.rag == Rag.GREEN for state in states)),
        "near": counted("rating", Rag.AMBER, sum(state.rag == Rag.AMBER for state in states)),
        "missed": counted("rating", Rag.RED, sum(state.rag == Rag.RED for state in states)),
        "unrated": counted("rating", NOT_RATED, sum(state.rag is None for state in states)),
        "worse": counted("trend", "worse", sum(state.better is False for state in states)),
    }


def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure: where it stands, its readings as a chart and as a table, and how each came to be."""
    found = measure_or_404(request, pk)
    as_at = as_at_of(request)
    user = person(request)
    if as_at.moment:
        as_they_stood([found], as_at.moment)
    state = state_of_measure(found, found.readings.all(), as_at.day)
    context: dict[str, Any] = {
        "measure": found,
        "state": state,
        "opening": opening(found, state),
        "concerns": concern_words(found, state),
        "missed": missed_words(found, state),
        "rule": rule_in_words(state.kind),
        "chart": line_chart(found, state.series),
        "newest_first": state.readings[::-1],
        "plans": found.plans.visible_to(user),
        "areas": found.areas.filter(inspection__in=Inspection.objects.visible_to(user)).select_related("inspection"),
        "actions": Action.objects.visible_to(user).filter(measures=found).select_related("plan"),
        "corrections": corrections_of(state.readings, as_at.instant),
        "may_run": not as_at.is_past and may(user, May.RUN_PLANS, found.organisation_id),
    }
    return show(request, "measures/measure.html", context, as_at)


def new(request: HttpRequest) -> HttpResponse:
    """Add a measure."""
    organisations = organisations_to_run_or_403(request, "adds measures")
    form = MeasureForm(**posted(request), user=person(request), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        organisation = form.cleaned_data["organisation"]
        try:
            made = add_measure(organisation, by=person(request), at=timezone.now(), **form.changes())
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            more = "" if form.only else " Change it to link it to plans, areas and actions."
            messages.success(request, f"{made} has been added. Add its first reading next.{more}")
            return redirect("measure", pk=made.pk)
    return show(request, "measures/measure_form.html", {"form": form}, status=400 if form.errors else 200)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a measure. What it said before is kept."""
    found = measure_to_run_or_404(request, pk)
    form = MeasureForm(**posted(request), user=person(request), measure=found, opened=_opened(request, found))
    form.initial["version"] = version_of(found)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_measure(
                found,
                by=person(request),
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **form.changes(),
            )
        except MeasureChangedSince as refusal:
            _keep_typing(form, shown_of_measure(found, refusal.entry), refusal, "measure")
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Your change is recorded." if changed else "Nothing was different.")
            return redirect("measure", pk=found.pk)
    context = {"form": form, "measure": found}
    return show(request, "measures/measure_form.html", context, status=400 if form.errors else 200)


def new_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a reading to a measure."""
    found = measure_to_run_or_404(request, pk)
    now = timezone.now()
    form = ReadingForm(**posted(request), measure=found, today=day_of(now))
    same: Reading | None = None
    if request.method == "POST" and form.is_valid():
        said = form.changes()
        try:
            reading = add_reading(found, by=person(request), at=now, **said)
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
            same = reading_of_the_period(Reading(measure=found, **said))
        else:
            messages.success(request, f"Recorded: {reading}.")
            return redirect("measure", pk=found.pk)
    context = {"form": form, "measure": found, "same": same}
    return show(request, "measures/reading_form.html", context, status=400 if form.errors else 200)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a reading that was wrong, and say why. What it said before is kept and shown."""
    found = reading_to_run_or_404(request, pk)
    now = timezone.now()
    form = ReadingForm(
        **posted(request),
        measure=found.measure,
        today=day_of(now),
        reading=found,
        opened=_opened(request, found),
    )
    form.initial["version"] = version_of(found)
    if request.method == "POST" and form.is_valid():
        try:
            changed = correct_reading(
                found, by=person(request), at=now, expected_version=form.cleaned_data["version"], **form.changes()
            )
        except MeasureChangedSince as refusal:
            _keep_typing(form, shown_of_reading(refusal.entry), refusal, "reading")
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "The reading is corrected." if changed else "Nothing was different.")
            return redirect("measure", pk=found.measure_id)
    context = {"form": form, "measure": found.measure, "reading": found}
    return show(request, "measures/reading_form.html", context, status=400 if form.errors else 200)


def _opened(request: HttpRequest, row: Any) -> Any:
    """The entry of the row's history that a sent form was opened with; None when it is opened now."""
    version = request.POST.get("version", "")
    return row.history.filter(history_id=version).first() if version.isdecimal() and len(version) < 19 else None


def _keep_typing(form: Any, fresh: dict[str, Any], refusal: MeasureChangedSince, what: str) -> None:
    """What was typed, on top of the other writer's change: what this writer left alone shows what it is now."""
    typed = form.data.copy()
    for name in set(fresh) - set(form.changed_data):
        value = form.fields[name].prepare_value(fresh[name])
        if isinstance(value, list):
            typed.setlist(name, [str(one) for one in value])
        else:
            typed[name] = "" if value is None else str(value)
    typed["version"] = str(refusal.entry.history_id)
    form.data = typed
    by = refusal.entry.history_user or "Somebody else"
    form.add_error(None, f"{by} changed this {what} while you were writing. Check what is below, then save again")
