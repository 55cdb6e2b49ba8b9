"""Rounds of updates: asked for, chased, closed; who has returned and who has not, on any day."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.permissions import runs
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight.chasing import Reminder, UpdateRound
from plans.oversight.chasing_changes import chase_occasion, chases_of, close_round, open_round
from plans.oversight.rounds import asked_rows, owners_of, returns, round_sentence
from plans.web.as_at import as_at_of
from plans.web.background import start_sending_chases
from plans.web.forms.rounds import RoundForm
from plans.web.guards import person, plan_to_run_or_404, round_or_404, round_to_run_or_404, whole_plan_or_404
from plans.web.pages import posted, show
from plans.web.reminder_sending import Chased, write_chases
from plans.web.wording import counted, day_of

ROUNDS_SHOWN = 20


def plan_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's rounds, the open one first, each with how it stands or stood when it was closed."""
    plan, user, now = whole_plan_or_404(request, pk), person(request), timezone.now()
    found = list(plan.update_rounds.select_related("meeting__board", "plan").order_by("-opened_at")[:ROUNDS_SHOWN])
    context = {
        "plan": plan,
        "rounds": [(one, returns(asked_rows(one, user, None, now))) for one in found],
        "open": next((one for one in found if not one.closed_at), None),
        "may_run": runs(user, plan),
    }
    return show(request, "rounds/plan_rounds.html", context)


def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for updates on the plan."""
    plan, user, now = plan_to_run_or_404(request, pk), person(request), timezone.now()
    form = RoundForm(**posted(request), plan=plan, user=user, now=now)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            opened = open_round(plan, due=said["due"], meeting=said["meeting"], note=said["note"], by=user, at=now)
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(
                request, "The round is open. Owners see it on their pages; chase them here when you want to."
            )
            return redirect("round", pk=opened.pk)
    return show(request, "rounds/open.html", {"plan": plan, "form": form}, status=400 if form.errors else 200)


def update_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has returned and who has not, by post; on any day, and for good as it was when the round was closed."""
    found, user = round_or_404(request, pk), person(request)
    as_at = as_at_of(request)
    now = as_at.now
    rows = asked_rows(found, user, as_at.moment, now)
    counts = returns(rows)
    shown = list(
        with_timeliness(rows, as_at.day)
        .select_related("lead__organisation", "plan")
        .order_by("returned", "lead__title", "lead_id", "position", "pk")
    )
    may_run = runs(user, found.plan)
    may_chase = may_run and not found.closed_at and not as_at.is_past
    outstanding = [row for row in shown if not row.returned]
    owners = owners_of(row.lead_id for row in shown if row.lead_id) if may_run else {}
    asked_of = {owner.person.pk for row in outstanding for owner in owners.get(row.lead_id, [])}
    today = Reminder.objects.filter(kind=Reminder.Kind.CHASE, occasion=chase_occasion(found, day_of(now)))
    chased = set(today.values_list("person_id", flat=True)) if may_chase else set()
    context: dict[str, Any] = {
        "round": found,
        "plan": found.plan,
        "counts": counts,
        "sentence": round_sentence(counts, found.plan.quiet_days),
        "before_it": as_at.is_past and as_at.instant < found.opened_at,
        "outstanding": _by_post(outstanding, owners),
        "returned": _by_post([row for row in shown if row.returned], owners),
        "may_run": may_run,
        "may_chase": may_chase,
        "to_chase": len(asked_of - chased),
        "chased_today": len(asked_of & chased),
        "nobody": sum(1 for row in outstanding if row.lead_id not in owners) if may_chase else 0,
        "chases": _chases(found) if may_run else [],
        "late": found.due < as_at.day,
    }
    return show(request, "rounds/round.html", context, as_at)


def _by_post(rows: list[Any], owners: dict[int, Any]) -> list[dict[str, Any]]:
    """The rows of each lead post, under its title of that day and who answers for it now."""
    return [
        {
            "post": first.lead_name or "No owner",
            "owners": [owner.person.name for owner in owners.get(first.lead_id, [])],
            "rows": theirs,
        }
        for theirs in (list(group) for _, group in groupby(rows, key=lambda row: row.lead_id))
        for first in theirs[:1]
    ]


def _chases(found: UpdateRound) -> list[Reminder]:
    chases = Reminder.objects.filter(kind=Reminder.Kind.CHASE, occasion__startswith=chases_of(found))
    return list(chases.select_related("person").order_by("-written_at", "pk")[:50])


@require_POST
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to everybody who has not returned. Sending goes on in the background."""
    found, user, now = round_to_run_or_404(request, pk), person(request), timezone.now()
    if found.closed_at:
        messages.error(request, "This round is closed. Open another one to ask again.")
        return redirect("round", pk=pk)
    try:
        chased = write_chases(found, user, day=day_of(now), now=now)
    except ImproperlyConfigured as missing:
        messages.error(request, f"No mail was written. {missing}")
        return redirect("round", pk=pk)
    start_sending_chases()
    messages.success(request, _chased_words(chased))
    return redirect("round", pk=pk)


def _chased_words(chased: Chased) -> str:
    said = []
    if chased.people:
        said.append(
            f"{counted(chased.people, 'person is', 'people are')} being asked for updates on"
            f" {counted(chased.actions, 'action')}."
        )
    elif chased.already:
        said.append("Nobody new to ask: a person is asked once a day at most.")
    else:
        said.append("There is nobody to ask.")
    if chased.people and chased.already:
        said.append(f"{counted(chased.already, 'other was', 'others were')} asked today already.")
    if chased.nobody:
        said.append(f"For {counted(chased.nobody, 'action')} nobody holds the lead post.")
    return " ".join(said)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for no more. The page stays as it is at this moment."""
    found = round_to_run_or_404(request, pk)
    try:
        close_round(found, by=person(request), at=timezone.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The round is closed. What was returned by now stays readable here.")
    return redirect("round", pk=pk)
