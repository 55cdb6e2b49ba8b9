"""Workbooks: actions out to Excel and back, every difference shown before it counts; an empty plan to start from."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from plans.audit.changes import note_event
from plans.documents.apart import return_apart
from plans.documents.lines import RefusedDocument
from plans.documents.plain import from_plain
from plans.documents.returned import ReturnedWorkbook
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import REPORTABLE, Status
from plans.monitoring.evidence_files import EXCEL, safe_name
from plans.monitoring.returned_workbook import Difference, accept, difference
from plans.papers.workbook import MadeFor, actions_workbook, blank_workbook
from plans.web.forms.workbooks import TOO_OLD, AcceptForm, SendBackForm, TooMuchText, carried_by, carry
from plans.web.guards import person, plan_or_404, plan_to_run_or_404
from plans.web.pages import show
from plans.web.wording import counted, day_of


def my_workbook(request: HttpRequest) -> HttpResponse:
    """The actions in this person's hands that take news, oldest due first."""
    user, at = person(request), timezone.now()
    mine = Action.objects.visible_to(user).in_the_hands_of(user).filter(status__in=REPORTABLE)
    rows = _with_names(mine).order_by("due_date", "pk")
    data = actions_workbook(list(rows), MadeFor("My work", user.name, at))
    return _download(request, data, user, f"my-actions-{day_of(at).isoformat()}", at, len(rows))


def plan_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Every action of the plan, in the order of its paper."""
    found, user, at = plan_to_run_or_404(request, pk), person(request), timezone.now()
    seen = Action.objects.visible_to(user).filter(plan=found).exclude(status=Status.WITHDRAWN)
    rows = _with_names(seen).order_by("position", "pk")
    data = actions_workbook(list(rows), MadeFor(found.title, user.name, at))
    return _download(request, data, found, f"{_stem(found)}-actions-{day_of(at).isoformat()}", at, len(rows))


def blank(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty plan under the headings that the tracker reads."""
    found, user, at = plan_to_run_or_404(request, pk), person(request), timezone.now()
    areas = found.areas.order_by("plan_areas__position", "plan_areas__id").values_list("wording", flat=True)
    data = blank_workbook(found, areas, MadeFor(f"{found.title}: new actions", user.name, at))
    return _download(request, data, found, f"{_stem(found)}-new-actions", at, 0)


def _with_names(rows: Any) -> Any:
    return rows.select_related("plan__organisation", "area", "lead__organisation")


def _stem(plan: Plan) -> str:
    return slugify(plan.title) or "plan"


def _download(
    request: HttpRequest, data: bytes, subject: models.Model, stem: str, at: datetime, rows: int
) -> HttpResponse:
    sha256 = hashlib.sha256(data).hexdigest()
    note_event("workbook.downloaded", subject, by=person(request), at=at, sha256=sha256, rows=rows)
    disposition = f'attachment; filename="{stem}.xlsx"'
    return HttpResponse(data, content_type=EXCEL.content_type, headers={"Content-Disposition": disposition})


def send_back(request: HttpRequest) -> HttpResponse:
    """A workbook comes back: the form, then its differences from the tracker, then they are recorded."""
    back = _back(request)
    if request.method == "POST" and "carried" in request.POST:
        return _accept(request, back)
    form = SendBackForm(request.POST, request.FILES) if request.method == "POST" else SendBackForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        name, data = safe_name(file.name or "workbook"), file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            returned = return_apart(data, name)
            carried = carry([name, sha256, asdict(returned)], person(request)) if not returned.faults else ""
        except (RefusedDocument, TooMuchText) as refusal:
            _refuse(request, form, name, sha256, [str(refusal)])
        else:
            if not returned.faults:
                found = difference(returned, person(request))
                return _check(request, back, found, _accept_form(found, carried), name)
            _refuse(request, form, name, sha256, [f"{one.where}: {one.message}" for one in returned.faults])
    return _form(request, back, form)


def _back(request: HttpRequest) -> tuple[str, str]:
    """Where the person came from: a plan that they named, or their own actions."""
    named = request.GET.get("plan", "")
    if named.isdecimal() and len(named) < 18:
        plan = plan_or_404(request, int(named))
        return reverse("plan", args=[plan.pk]), plan.title
    return reverse("my_actions"), "My work"


def _refuse(request: HttpRequest, form: SendBackForm, name: str, sha256: str, sentences: list[str]) -> None:
    user = person(request)
    note_event(
        "document.refused",
        user,
        by=user,
        at=timezone.now(),
        name=name,
        sha256=sha256,
        reason=" ".join(sentences)[:1000],
    )
    for sentence in sentences:
        form.add_error("file", sentence)


def _form(request: HttpRequest, back: tuple[str, str], form: SendBackForm) -> HttpResponse:
    context = {"form": form, "back": back}
    return show(request, "workbooks/send_back.html", context, status=400 if form.errors else 200)


def _accept_form(found: Difference, carried: str) -> AcceptForm:
    return AcceptForm(refused=len(found.refused), initial={"carried": carried, "shown": found.digest()})


def _check(
    request: HttpRequest,
    back: tuple[str, str],
    found: Difference,
    form: AcceptForm,
    name: str,
    *,
    error: str = "",
) -> HttpResponse:
    context = {
        "found": found,
        "form": form,
        "back": back,
        "name": name,
        "errors": [(error, "")] if error else [],
        "form_has_errors": bool(error),
        "several_plans": len({row.action.plan_id for row in found.taken}) > 1,
    }
    return show(request, "workbooks/check.html", context, status=400 if error or form.errors else 200)


def _accept(request: HttpRequest, back: tuple[str, str]) -> HttpResponse:
    user = person(request)
    carried = request.POST.get("carried", "")
    try:
        name, sha256, plain = carried_by(carried, user)
        returned = from_plain(ReturnedWorkbook, plain)
    except (BadSignature, ValueError):
        messages.error(request, TOO_OLD)
        return redirect(request.get_full_path())
    found = difference(returned, user)
    if request.POST.get("shown") != found.digest():
        moved = "The tracker has changed since this page was made. Check the differences as they are now"
        return _check(request, back, found, _accept_form(found, carried), name, error=moved)
    form = AcceptForm(request.POST, refused=len(found.refused))
    if not form.is_valid():
        return _check(request, back, found, form, name)
    try:
        updated = accept(found, by=user, at=timezone.now(), name=name, sha256=sha256)
    except (ChangedSince, RefusedChange) as refusal:
        found = difference(returned, user)
        return _check(
            request, back, found, _accept_form(found, carried), name, error=f"Nothing was recorded. {refusal}"
        )
    left_out = f", {counted(len(found.refused), 'row')} left out" if found.refused else ""
    messages.success(request, f"{counted(updated, 'action')} updated, {found.unchanged:,} unchanged{left_out}.")
    return redirect(back[0])
