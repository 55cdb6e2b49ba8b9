"""What partners proposed: the queue, and each proposal beside the action, to be accepted or sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.documents.dates import wording
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Plan, Update
from plans.improvement_plan.rules import Confidence, Status
from plans.monitoring.models import ProposedUpdate
from plans.monitoring.partner_links import (
    ProposalMoved,
    accept_proposal,
    columns_of,
    send_proposal_back,
    waiting_for,
    with_names,
)
from plans.web.forms.many import is_a_key
from plans.web.forms.partner_links import AnswerForm
from plans.web.guards import person, plan_or_404
from plans.web.pages import show
from plans.web.partner_guards import proposal_to_decide_or_404
from plans.web.wording import moment_words

SHOWN = 100


def proposals(request: HttpRequest) -> HttpResponse:
    """Everything that partners proposed and that this person may accept, oldest first."""
    plan: Plan | None = None
    if typed := request.GET.get("plan", ""):
        if not is_a_key(typed):
            raise Http404("There is no such plan.")
        plan = plan_or_404(request, int(typed))
    waiting = waiting_for(person(request), plan)
    rows = [
        {"proposal": one, "said": said_words(one), "moved": one.version != one.action.version, "form": _form(one)}
        for one in with_names(waiting)[:SHOWN]
    ]
    return show(request, "partner_links/proposals.html", {"rows": rows, "count": waiting.count(), "plan": plan})


def said_words(proposal: ProposedUpdate) -> list[tuple[str, str]]:
    """What is proposed, each with its heading, in the order of the form."""
    said = columns_of(proposal)
    found = []
    if status := proposal.said.get("status"):
        found.append(("Status", Status(status).label))
    if note := proposal.said.get("note"):
        found.append(("What has happened", note))
    if "delay_reason" in said:
        found.append(("Reason for delay", said["delay_reason"] or "Cleared"))
    if "forecast_date" in said:
        found.append(("Forecast", wording(said["forecast_date"], said["forecast_precision"]) or "Cleared"))
    if "confidence" in said:
        found.append(("Confidence", Confidence(said["confidence"]).label if said["confidence"] else "Not said"))
    return found


def _form(proposal: ProposedUpdate, data: Any = None) -> AnswerForm:
    read = {"version": proposal.action.version, "read_at": proposal.proposed_at.isoformat()}
    return AnswerForm(data, initial=read, auto_id=f"id_p{proposal.pk}_%s")


def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal beside the action as it is now; accepting records it in the name of the one who accepts."""
    found = proposal_to_decide_or_404(request, pk)
    form = _form(found, request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and found.state != ProposedUpdate.State.WAITING:
        problem = _decided_words(found)
    elif request.method == "POST" and form.is_valid():
        try:
            return _decide(request, found, form)
        except ProposalMoved as moved:
            found = proposal_to_decide_or_404(request, pk)
            replaced = f"{found.link.contact_name} replaced this proposal on {moment_words(found.proposed_at)}"
            waits = moved.proposal.state == ProposedUpdate.State.WAITING
            problem = f"{replaced}. Read it again below" if waits else _decided_words(found)
        except ChangedSince as refusal:
            found = proposal_to_decide_or_404(request, pk)
            problem = f"{refusal.update.by} changed this action while you were reading. Look again, then decide"
        except RefusedChange as refusal:
            if refusal.field == "reason":
                form.add_error("reason", str(refusal).rstrip("."))
            else:
                problem = str(refusal)
    if problem:
        # What was read is no longer so: the form is opened anew, with the reason that was typed.
        reason = form["reason"].value() or ""
        form = _form(found)
        form.initial["reason"] = reason
    context = {
        "proposal": found,
        "action": found.action,
        "plan": found.action.plan,
        "said": said_words(found),
        "since": _since(found),
        "form": form,
        "problem": problem,
        "waits": found.state == ProposedUpdate.State.WAITING,
    }
    return show(request, "partner_links/proposal.html", context, status=400 if problem or form.errors else 200)


def _decided_words(found: ProposedUpdate) -> str:
    when = moment_words(found.decided_at) if found.decided_at else ""
    return f"{found.decided_by} has decided this on {when}: {found.get_state_display().lower()}"


def _since(found: ProposedUpdate) -> list[Update]:
    """What was done to the action after the version that the contact saw."""
    if found.version == found.action.version or found.state != ProposedUpdate.State.WAITING:
        return []
    later = found.action.updates.filter(sequence__gt=found.version).select_related("by", "proposal__link__post")
    return list(later.order_by("-sequence"))


def _decide(request: HttpRequest, found: ProposedUpdate, form: AnswerForm) -> HttpResponse:
    """Raises ProposalMoved, ChangedSince and RefusedChange; then nothing is recorded."""
    by, at = person(request), timezone.now()
    try:
        read_at = datetime.fromisoformat(form.cleaned_data["read_at"])
    except ValueError:
        raise ProposalMoved(found) from None
    reference = found.action.reference
    if request.POST.get("do") == "send_back":
        send_proposal_back(found, form.cleaned_data["reason"], by=by, at=at, read_at=read_at)
        messages.success(request, f"Sent back: the update proposed on {reference}. The contact reads why.")
    else:
        accept_proposal(found, by=by, at=at, read_at=read_at, expected_version=form.cleaned_data["version"])
        messages.success(request, f"Accepted and recorded in your name: the update on {reference}.")
    return redirect("proposals")
