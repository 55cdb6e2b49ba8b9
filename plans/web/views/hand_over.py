"""The hand-over of a leaver: choose, see what will be done, do all of it at once, read what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.holdings import RefusedHolding, people_for_posts
from plans.access.models import Organisation, User
from plans.access.people import may_change_account
from plans.access.trail import RefusedAccount
from plans.audit.models import Event
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.oversight.hand_over import Belongings, belongings_of, late_among, those_who_may_share, what_is_done
from plans.oversight.hand_over import hand_over as pass_everything_on
from plans.papers.calendar_changes import address_of, revoke_address_of
from plans.web.forms.action_fields import posts_for
from plans.web.forms.hand_over import HandOverForm
from plans.web.guards import person
from plans.web.pages import posted, show
from plans.web.people_guards import done_hand_over_or_404, leaver_or_404
from plans.web.wording import day_of


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one person in a list, who takes it over, a preview, and the hand-over itself."""
    leaver, organisations = leaver_or_404(request, pk)
    now = timezone.now()
    found = belongings_of(leaver, organisations, reader=person(request), day=day_of(now))
    calendar = address_of(leaver) is not None
    form = _form(request, found, now)
    preview: list[tuple[str, list[str]]] = []
    if request.method == "POST" and form.is_valid() and not _other_posts(request, form, found):
        if request.POST.get("do") == "confirm":
            event = _do(form, leaver, organisations, by=person(request), at=now, calendar=calendar)
            if event is not None:
                messages.success(request, f"Handed over: all that was {leaver}’s is passed on or ended.")
                return redirect("handed_over", pk=event.pk)
        elif request.POST.get("do") != "change":
            preview = what_is_done(found, form.choice(), calendar=calendar)
    context = {
        "leaver": leaver,
        "found": found,
        "late": late_among(found.led, day_of(now)),
        "calendar": calendar,
        "form": form,
        "holdings_key": _holdings_key(found),
        "preview": preview,
        "may_close": "close_account" in form.fields,
        "is_self": leaver.pk == person(request).pk,
    }
    template = "hand_over/check.html" if preview and not form.errors else "hand_over/hand_over.html"
    return show(request, template, context, status=400 if form.errors else 200)


def _form(request: HttpRequest, found: Belongings, now: datetime) -> HandOverForm:
    keys = [organisation.pk for organisation in found.organisations]
    people = User.objects.filter(
        pk__in=[row for one in found.organisations for row in people_for_posts(one).values_list("pk", flat=True)]
    )
    by = person(request)
    return HandOverForm(
        **posted(request),
        today=day_of(now),
        found=found,
        people=people.order_by("name", "pk"),
        posts=posts_for(keys).order_by("title", "pk"),
        sharers=those_who_may_share(found.organisations, found.person) if found.shared_filters else [],
        may_close=found.person.is_active and by.pk != found.person.pk and may_change_account(by, found.person),
    )


def _holdings_key(found: Belongings) -> str:
    return ",".join(str(row.pk) for row in sorted(found.holdings, key=lambda row: row.pk))


def _other_posts(request: HttpRequest, form: HandOverForm, found: Belongings) -> bool:
    """Whether the posts changed since the form was opened; then it says so."""
    if request.POST.get("holdings", "") == _holdings_key(found):
        return False
    form.add_error(None, "Somebody else changed the posts of this person in the meantime. Check what is shown now")
    return True


def _do(
    form: HandOverForm, leaver: User, organisations: list[Organisation], *, by: User, at: datetime, calendar: bool
) -> Event | None:
    """The event of the hand-over; None where it is refused, and then the form says why and nothing was done."""
    choice, today = form.choice(), day_of(at)
    try:
        with transaction.atomic():
            event = pass_everything_on(leaver, organisations, choice, by=by, at=at, today=today, calendar=calendar)
            if not form.found.elsewhere:
                revoke_address_of(leaver, by=by, at=at)
    except (RefusedHolding, RefusedChange) as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except RefusedAccount as refusal:
        form.add_error(None, str(refusal))
    except ChangedSince as refusal:
        key = refusal.update.action_id
        form.add_error(
            f"action_{key}",
            f"{refusal.update.by} changed this action in the meantime ({refusal.update.get_kind_display()})."
            " Look at it, then hand over again",
        )
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data[f"version_{key}"] = str(refusal.update.sequence)  # type: ignore[index]
    else:
        return event
    return None


def handed_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What a hand-over did. Whoever has left everything is no longer among the people: the page has no link to them."""
    found, leaver = done_hand_over_or_404(request, pk)
    done: list[Any] = found.details.get("done", [])
    by = User.objects.filter(email__iexact=found.by).first()
    return show(request, "hand_over/done.html", {"leaver": leaver, "event": found, "done": done, "by": by})
