"""What an owner's ratings mean in a plan: shown, and changed by those who run it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.improvement_plan.rag_key import KeyChangedSince, change_key, changes_of_key
from plans.improvement_plan.rules import RAG_KEY
from plans.web.forms.rag_key import KeyForm
from plans.web.guards import person, plan_to_run_or_404
from plans.web.pages import posted, show


def plan_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the owner's ratings mean in this plan. Timeliness and its rating are worked out, and not to be said."""
    found = plan_to_run_or_404(request, pk)
    form = KeyForm(**posted(request), own=found.rag_key)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_key(
                found,
                form.meanings(),
                by=person(request),
                at=timezone.now(),
                opened_with=form.cleaned_data["opened_with"],
            )
        except KeyChangedSince as refusal:
            found.refresh_from_db()
            _keep_typing(form, found.rag_key)
            form.add_error(
                None, f"{refusal.by} changed these words while you were writing. Check what is below, then save again"
            )
        else:
            messages.success(request, "What the ratings mean is recorded." if changed else "Nothing was different.")
            return redirect("plan", pk=found.pk)
    context = {"plan": found, "form": form, "usual": RAG_KEY, "changes": changes_of_key(found)}
    return show(request, "plans/rag_key.html", context, status=400 if form.errors else 200)


def _keep_typing(form: Any, own: dict[str, str]) -> None:
    """What was typed, and in the boxes that this writer left alone what stands there now."""
    opened = form.cleaned_data["opened_with"]
    typed = form.data.copy()
    for word, said in form.meanings().items():
        if said == opened.get(word.value, ""):
            typed[word.value] = own.get(word.value, "")
    typed["opened_with"] = form.fields["opened_with"].prepare_value(own)
    form.data = typed
