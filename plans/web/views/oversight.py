"""Decisions on what waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.oversight import changes
from plans.web.forms.plans import DecisionForm
from plans.web.guards import action_to_decide_or_404, person
from plans.web.pages import posted, show


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide an asked extension, a closure or a re-check, or put a question. Nobody decides on their own action.

    ``?meeting=`` is the meeting from whose page the decider came, and to which they return.
    """
    action = action_to_decide_or_404(request, pk)
    at_meeting = request.GET.get("meeting", "")
    form = DecisionForm(**posted(request), action=action)
    form.initial["meeting"] = at_meeting
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decision = changes.decide(
                action,
                said["outcome"],
                by=person(request),
                at=timezone.now(),
                reason=said["reason"],
                due=said.get("due"),
                meeting=said["meeting"],
                impact=said.get("impact", ""),
                recheck_date=said.get("recheck_date"),
                answer_due=said["answer_due"],
                expected_version=said["version"],
            )
        except ChangedSince as refusal:
            return _changed_meanwhile(request, refusal)
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"Recorded: {decision.get_outcome_display().lower()}.")
            if decision.meeting_id and at_meeting == str(decision.meeting_id):
                return redirect("meeting", pk=decision.meeting_id)
            return redirect("action", pk=action.pk)
    status = 400 if form.errors else 200
    return show(request, "oversight/decide.html", {"action": action, "form": form}, status=status)


def _changed_meanwhile(request: HttpRequest, refusal: ChangedSince) -> HttpResponse:
    """A decision is on what the decider saw: they look again before they decide."""
    messages.error(
        request,
        f"{refusal.update.by} changed this action while you were deciding. Nothing was decided: look again first.",
    )
    return redirect("decide_action", pk=refusal.update.action_id)
