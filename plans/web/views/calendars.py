"""A person's own calendar feed: the page on which its secret address is made, and the feed itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans.access.standing import remember_standing
from plans.papers.calendar import CONTENT_TYPE, READ_AGAIN_AFTER, calendar_file
from plans.papers.calendar_changes import (
    AnotherAddress,
    address_behind,
    address_of,
    make_address,
    note_reading,
    revoke_address,
)
from plans.papers.calendar_events import events_of
from plans.web.forms.many import is_a_key
from plans.web.guards import person
from plans.web.pages import show
from plans.web.rate_limits import allowed, plain_refusal
from plans.web.wording import ago, day_of

NAME = "Improvement plan"


def calendar(request: HttpRequest) -> HttpResponse:
    """Make, renew or stop one's own calendar address. Its secret is in the answer to making it, and nowhere after."""
    user, now = person(request), timezone.now()
    address = ""
    if request.method == "POST":
        typed = request.POST.get("address", "")
        expected = int(typed) if is_a_key(typed) else None
        try:
            if request.POST.get("do") == "stop":
                revoke_address(user, at=now, address=expected)
                messages.success(request, "Stopped. Nobody can read your dates at the old address any more.")
                return redirect("calendar")
            secret = make_address(user, at=now, instead_of=expected)
        except AnotherAddress:
            messages.info(
                request,
                "Your address has changed since you opened this page, and is shown only once."
                " Make a new one if you did not keep it.",
            )
            return redirect("calendar")
        address = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
    kept = address_of(user)
    context: dict[str, Any] = {
        "kept": kept,
        "read": ago(kept.last_read_at, now) if kept else "",
        "address": address,
        "hours": int(READ_AGAIN_AFTER.total_seconds() // 3600),
    }
    answer = show(request, "calendars/calendar.html", context)
    if address:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of the person whose secret it is, as they may see them now. No session is begun."""
    found, now = address_behind(secret), timezone.now()
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    if found is None:
        if not allowed(request, "calendar_refused"):
            return plain_refusal("calendar_refused")
        return HttpResponse(
            "There is no calendar at this address.\n", status=404, content_type="text/plain", headers=headers
        )
    if not allowed(request, "calendar_feed", key=f"calendar {found.pk}"):
        return plain_refusal("calendar_feed")
    note_reading(found, at=now)

    def link(shown: str, pk: int) -> str:
        return request.build_absolute_uri(reverse(shown, args=[pk]))

    remember_standing(found.person)
    events = events_of(found.person, day=day_of(now), link=link, host=request.get_host())
    headers["Content-Disposition"] = 'attachment; filename="improvement-plan.ics"'
    return HttpResponse(calendar_file(NAME, events, made_at=now), content_type=CONTENT_TYPE, headers=headers)
