"""The challenge log of a plan: questions put, answers owed and given."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.permissions import reads_in_full
from plans.oversight.changes import answer_challenge, may_answer, may_challenge, raise_challenge
from plans.oversight.models import Challenge
from plans.web.as_at import as_at_of
from plans.web.forms.meetings import AnswerForm, ChallengeForm
from plans.web.guards import challenge_to_answer_or_404, person, whole_plan_or_404
from plans.web.pages import posted, show


def challenges(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's questions, those without an answer first; members of its boards and its leads put new ones."""
    plan, user = whole_plan_or_404(request, pk), person(request)
    as_at = as_at_of(request)
    may_ask = may_challenge(user, plan) and not as_at.is_past
    if request.method == "POST" and not may_ask:
        raise PermissionDenied("Only members of the plan’s boards and those who run it put questions.")
    form = ChallengeForm(**posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        raise_challenge(plan, by=user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Your question is in the log.")
        return redirect("challenges", pk=plan.pk)
    rows = list(
        Challenge.objects.filter(plan=plan)
        .as_at(as_at.moment)
        .select_related("action", "owed_by", "raised_by", "answered_by", "meeting__board")
    )
    for row in rows:
        given = row.answered_at is not None and row.answered_at <= as_at.instant
        row.is_answered = given  # type: ignore[attr-defined]
        row.is_late = not given and row.answer_due is not None and row.answer_due < as_at.day  # type: ignore[attr-defined]
        row.may_answer = not row.answered_at and not as_at.is_past and may_answer(user, row)  # type: ignore[attr-defined]
    rows.sort(key=lambda row: (row.is_answered, row.raised_at))  # type: ignore[attr-defined]
    context = {
        "plan": plan,
        "rows": rows,
        "open": sum(not row.is_answered for row in rows),  # type: ignore[attr-defined]
        "late": sum(row.is_late for row in rows),  # type: ignore[attr-defined]
        "form": form,
        "may_ask": may_ask,
    }
    return show(request, "boards/challenges.html", context, as_at, status=400 if form.errors else 200)


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the answer that is owed."""
    challenge = challenge_to_answer_or_404(request, pk)
    form = AnswerForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            answer_challenge(challenge, form.cleaned_data["answer"], by=person(request), at=timezone.now())
        except RefusedChange as refusal:
            form.add_error("answer", str(refusal))
        else:
            messages.success(request, "Your answer is in the log.")
            if reads_in_full(person(request), challenge.plan):
                return redirect("challenges", pk=challenge.plan_id)
            return redirect("my_actions")
    context = {"challenge": challenge, "form": form}
    return show(request, "boards/answer.html", context, status=400 if form.errors else 200)
