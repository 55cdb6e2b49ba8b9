"""Which actions of a plan may stand in public papers, and what of them may not: many at once."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from plans.access.models import User
from plans.improvement_plan.changes import amend
from plans.improvement_plan.ledger import ChangedSince
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Status
from plans.papers.columns import WITHHOLDABLE
from plans.web.forms.many import errors_of
from plans.web.forms.public_marks import MarksForm, marks_forms
from plans.web.guards import person, plan_to_run_or_404
from plans.web.pages import ROWS_A_PAGE, show
from plans.web.wording import counted, what_changed


def public_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark actions as for publication, or not, and keep parts of them out. One change of each that differs, or none."""
    found, user = plan_to_run_or_404(request, pk), person(request)
    actions = Action.objects.visible_to(user).filter(plan=found).exclude(status=Status.WITHDRAWN)
    pages = Paginator(actions.order_by("position", "pk"), ROWS_A_PAGE)
    try:
        page = pages.page(request.GET.get("page", "1"))
    except (EmptyPage, PageNotAnInteger):
        raise Http404("There is no such page of this plan.") from None
    posting = request.method == "POST"
    tick_all = not posting and request.GET.get("tick") == "all"
    forms = marks_forms(page.object_list, request.POST if posting else None, tick_all=tick_all)
    valid = [form.is_valid() for form in forms]
    if posting and all(valid):
        changed = _record(forms, by=user, at=timezone.now())
        if changed is not None:
            said = f"The marks of {counted(changed, 'action')} are recorded." if changed else "Nothing was different."
            messages.success(request, said)
            return redirect(f"{reverse('public_marks', args=[pk])}?page={page.number}")
    context = {
        "plan": found,
        "forms": forms,
        "page": page,
        "errors": list(errors_of(forms)),
        "parts": list(WITHHOLDABLE.values()),
        "tick_all": tick_all,
        "published": actions.filter(published=True).count(),
    }
    return show(request, "plans/public_marks.html", context, status=400 if context["errors"] else 200)


def _record(forms: list[MarksForm], *, by: User, at: datetime) -> int | None:
    """How many actions were changed; None, and nothing written, where somebody else changed one of them meanwhile.

    Their change need not be to the marks: what was looked at and found fit for the public is the text.
    """
    stale = [form for form in forms if form.different() and form.cleaned_data["version"] != form.action.version]
    if stale:
        _say_what_changed(stale)
        return None
    changed = 0
    try:
        with transaction.atomic():
            for form in forms:
                if marks := form.different():
                    amend(form.action, by=by, at=at, expected_version=form.cleaned_data["version"], **marks)
                    changed += 1
    except ChangedSince as refusal:
        late = [form for form in forms if form.action.pk == refusal.update.action_id]
        for form in late:
            form.action.refresh_from_db()
        _say_what_changed(late)
        return None
    return changed


def _say_what_changed(stale: list[MarksForm]) -> None:
    actions = [form.action.pk for form in stale]
    updates = {
        (update.action_id, update.sequence): update
        for update in Update.objects.filter(action__in=actions).select_related("by").order_by("sequence")
    }
    for form in stale:
        last = updates[form.action.pk, form.action.version]
        seen = updates.get((form.action.pk, form.cleaned_data["version"]))
        what = what_changed(seen, last) if seen else "it"
        form.add_error(
            "published",
            f"{last.by} changed {what} of action {form.action.reference} while this page was open."
            " Look at the action, then save again",
        )
        form.take_version()
