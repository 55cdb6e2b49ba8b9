"""Boards, their meetings, and the page that a meeting is shown: live until it begins, then as it was, for ever."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access.rules import May
from plans.access.standing import may
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action
from plans.oversight.changes import call_meeting, hold_meeting
from plans.oversight.meetings import last_meeting, next_meeting
from plans.oversight.models import Meeting, boards_visible_to
from plans.web.forms.meetings import MeetingForm
from plans.web.guards import board_or_404, board_to_run_or_404, meeting_to_run_or_404, person
from plans.web.pages import posted, show
from plans.web.round_lines import rounds_shown


def boards(request: HttpRequest) -> HttpResponse:
    """The boards that the person may see, with their last and their next meeting."""
    user, now = person(request), timezone.now()
    found = list(
        boards_visible_to(user)
        .select_related("organisation")
        .annotate(plan_count=Count("plans", distinct=True), member_count=Count("seats", distinct=True))
        .order_by("organisation__name", "name")
    )
    meetings: dict[int, list[Any]] = {}
    for meeting in Meeting.objects.filter(board__in=found).select_related("board").order_by("-starts_at"):
        meetings.setdefault(meeting.board_id, []).append(meeting)
    rows = []
    for board in found:
        theirs = meetings.get(board.pk, [])
        past = [meeting for meeting in theirs if meeting.starts_at <= now]
        to_come = [meeting for meeting in theirs if meeting.starts_at > now]
        rows.append({"board": board, "last": past[0] if past else None, "next": to_come[-1] if to_come else None})
    return show(request, "boards/boards.html", {"rows": rows})


def board(request: HttpRequest, pk: int) -> HttpResponse:
    """One board: its plans, its members, its meetings."""
    found, user, now = board_or_404(request, pk), person(request), timezone.now()
    context = {
        "board": found,
        "plans": found.plans.visible_to(user),
        "seats": found.seats.select_related("person").order_by("kind", "person__name"),
        "meetings": found.meetings.order_by("-starts_at"),
        "last": last_meeting(found, now),
        "next": next_meeting(found, now),
        "now": now,
        "may_run": may(user, May.RUN_PLANS, found.organisation_id),
        "update_rounds": rounds_shown(found.plans.read_in_full_by(user), user, None, now),
    }
    return show(request, "boards/board.html", context)


def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting of the board."""
    found, now = board_to_run_or_404(request, pk), timezone.now()
    form = MeetingForm(**posted(request), board=found, now=now)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        meeting = call_meeting(
            found,
            starts_at=said["starts_at"],
            place=said["place"],
            papers_due=said["papers_due"],
            must_attend=said["must_attend"],
            by=person(request),
            at=now,
        )
        messages.success(request, "The meeting is called. Its page is live until it begins.")
        return redirect("meeting", pk=meeting.pk)
    return show(request, "boards/call.html", {"board": found, "form": form}, status=400 if form.errors else 200)


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a meeting as held: nothing may be recorded before its beginning any more."""
    meeting = meeting_to_run_or_404(request, pk)
    try:
        hold_meeting(meeting, at=timezone.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        shown = Action.objects.filter(plan__in=meeting.plans_shown).count()
        messages.success(request, f"Held. What the board was shown of {shown} actions can no longer change.")
    return redirect("meeting", pk=meeting.pk)
