"""The people of an administrator's organisations: their roles, and who may sign in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.core.ratelimit import consume
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access import invitations, people
from plans.access.models import Membership, Organisation, PostHolding, User
from plans.access.rules import Role
from plans.access.trail import RefusedAccount
from plans.audit.changes import note_event
from plans.web.forms.accounts_people import InviteForm, RolesForm
from plans.web.guards import (
    invitation_to_administer_or_404,
    organisations_administered_or_403,
    person,
    person_to_administer_or_404,
)
from plans.web.pages import ROWS_A_PAGE, posted, show
from plans.web.sign_in_mail import send_invitation

STATES = {"active": "Active", "deactivated": "Deactivated"}


def _found_people(request: HttpRequest, mine: QuerySet[Organisation]) -> QuerySet[User]:
    rows = people.people_administered_by(person(request)).annotate(
        has_authenticator=Exists(
            Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP),
        )
    )
    if query := request.GET.get("q", "").strip():
        rows = rows.filter(Q(name__icontains=query) | Q(email__icontains=query))
    if (state := request.GET.get("state", "")) in STATES:
        rows = rows.filter(is_active=state == "active")
    own = Membership.objects.filter(organisation__in=mine).select_related("organisation")
    held = PostHolding.objects.filter(until__isnull=True, post__organisation__in=mine).select_related("post")
    if person(request).is_superuser:
        held = PostHolding.objects.filter(until__isnull=True).select_related("post")
    return rows.prefetch_related(Prefetch("memberships", own), Prefetch("holdings", held)).order_by("name", "pk")


def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody with a role, post or seat, and the invitations that wait."""
    mine, now = organisations_administered_or_403(request), timezone.now()
    pages = Paginator(_found_people(request, mine), ROWS_A_PAGE)
    number = request.GET.get("page", "1")
    if not number.isdecimal() or not 1 <= int(number[:9]) <= pages.num_pages:
        raise Http404("There is no such page of this list.")
    waiting = invitations.waiting(invitations.invitations_administered_by(person(request)))
    context = {
        "page": pages.page(int(number)),
        "waiting": waiting.select_related("organisation").order_by("name"),
        "now": now,
        "several": mine.count() > 1,
        "q": request.GET.get("q", "").strip(),
        "state": request.GET.get("state", ""),
        "states": STATES,
    }
    return show(request, "accounts/people.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    mine = organisations_administered_or_403(request)
    form = InviteForm(**posted(request), organisations=mine)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if not consume(request, action="invite"):
                raise RefusedAccount("You have sent many invitations in the last hour. Wait, then go on.")
            invitation, secret = invitations.invite(
                said["name"],
                said["email"],
                Role(said["role"]),
                said["organisation"],
                by=person(request),
                at=timezone.now(),
                note=note_event,
            )
        except RefusedAccount as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            _tell(request, invitation.email, send_invitation(request, invitation, secret))
            return redirect("people")
    return show(request, "accounts/invite.html", {"form": form}, status=400 if form.errors else 200)


def _tell(request: HttpRequest, email: str, sent: bool) -> None:
    if sent:
        messages.success(request, f"Invited: {email}. The link in the e-mail works for 7 days, once.")
    else:
        messages.error(
            request, f"The invitation is kept, but the e-mail to {email} could not be sent. Send it again later."
        )


@require_POST
def send_invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the one sent before stops working."""
    found = invitation_to_administer_or_404(request, pk)
    try:
        if not consume(request, action="invite"):
            raise RefusedAccount("You have sent many invitations in the last hour. Wait, then go on.")
        secret = invitations.renew(found, by=person(request), at=timezone.now(), note=note_event)
    except RefusedAccount as refusal:
        messages.error(request, str(refusal))
    else:
        found.refresh_from_db()
        _tell(request, found.email, send_invitation(request, found, secret))
    return redirect("people")


@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = invitation_to_administer_or_404(request, pk)
    try:
        invitations.revoke(found, by=person(request), at=timezone.now(), note=note_event)
    except RefusedAccount as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Taken back: the invitation of {found.name}.")
    return redirect("people")


def one_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, posts, how they sign in; roles are changed here."""
    found, mine = person_to_administer_or_404(request, pk), organisations_administered_or_403(request)
    theirs = Membership.objects.filter(person=found).values("organisation")
    asked = [one for one in mine if one.pk in {row["organisation"] for row in theirs}] or list(mine[:1])
    form = RolesForm(**posted(request), person=found, organisations=asked)
    if request.method == "POST" and form.is_valid():
        try:
            changed = _change_roles(found, form, by=person(request), at=timezone.now())
        except RefusedAccount as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The roles are changed." if changed else "The roles were so already.")
            return redirect("person", pk=found.pk)
    holdings = PostHolding.objects.filter(person=found, until__isnull=True).select_related("post__organisation")
    context = {
        "person": found,
        "form": form,
        "holdings": [one for one in holdings if one.post.organisation in mine],
        "hand_over": _address_of_hand_over(found),
        "authenticator": people.has_authenticator(found),
        "linked": SocialAccount.objects.filter(user=found).exists(),
        "may_change": people.may_change_account(person(request), found),
        "is_self": found.pk == person(request).pk,
    }
    return show(request, "accounts/person.html", context, status=400 if form.errors else 200)


@transaction.atomic
def _change_roles(found: User, form: RolesForm, *, by: User, at: datetime) -> bool:
    changed = [
        people.change_roles(found, organisation, form.roles_in(organisation), by=by, at=at, note=note_event)
        for organisation in form.organisations
    ]
    return any(changed)


def _address_of_hand_over(found: User) -> str:
    """Where their posts are handed over, once there is such a page."""
    try:
        return reverse("hand_over", args=[found.pk])
    except NoReverseMatch:
        return ""


def _changing(change: Callable[..., Any], done: str) -> Callable[[HttpRequest, int], HttpResponse]:
    """A view that makes one change of an account and says that it is ``done``."""

    @require_POST
    @wraps(change)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        found = person_to_administer_or_404(request, pk)
        try:
            change(found, by=person(request), at=timezone.now(), note=note_event)
        except RefusedAccount as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done.format(found))
        return redirect("person", pk=found.pk)

    return view


deactivate = _changing(
    people.deactivate_person, "Deactivated: {}. They are signed out everywhere; the history keeps the name."
)
reactivate = _changing(people.reactivate_person, "Reactivated: {}. They can sign in again.")
remove_second_factor = _changing(
    people.remove_second_factor, "Removed: the authenticator app of {}. They are signed out and can set up a new one."
)
unlink_single_sign_on = _changing(
    people.unlink_single_sign_on, "Unlinked: {}. The next single sign-on is matched by the e-mail address again."
)
