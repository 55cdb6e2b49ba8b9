"""Accepting an invitation: a password is chosen, or single sign-on is used, or an account that exists gets a role."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume, respond_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plans.access import invitations
from plans.access.credentials import Invitation
from plans.access.models import User
from plans.access.trail import RefusedAccount
from plans.audit.changes import note_event
from plans.web.forms.accounts import AcceptInvitationForm
from plans.web.pages import posted, show


@login_not_required
@sensitive_post_parameters("password")
@never_cache
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link in an invitation opens."""
    if not consume(request, action="invitation"):
        return respond_429(request)
    found = invitations.open_invitation(secret, timezone.now())
    if found is None:
        return show(request, "accounts/invitation_gone.html", {}, status=410)
    owner = User.objects.filter(email__iexact=found.email).first()
    if owner is not None:
        return _into_account(request, found, owner, secret)
    if request.user.is_authenticated:
        return show(request, "accounts/invitation_of_another.html", {"invitation": found}, status=403)
    form = AcceptInvitationForm(**posted(request), name=found.name, email=found.email)
    if settings.OIDC_ONLY:
        form.fields.clear()
    elif request.method == "POST" and form.is_valid():
        try:
            person = invitations.accept(
                found, password=form.cleaned_data["password"], at=timezone.now(), note=note_event
            )
        except RefusedAccount as refusal:
            form.add_error(None, str(refusal))
        else:
            record_authentication(request, person, method="invitation")
            answer: HttpResponse = perform_login(request, person, redirect_url=reverse("start"))
            return answer
    context = {
        "invitation": found,
        "form": form,
        "by_password": not settings.OIDC_ONLY,
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
    return show(request, "accounts/accept_invitation.html", context, status=400 if form.errors else 200)


def _into_account(request: HttpRequest, found: Invitation, owner: User, secret: str) -> HttpResponse:
    """An invitation to somebody who has an account: signed in to it, they accept with one button."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign_in')}?next={reverse('accept_invitation', args=[secret])}")
    if request.user.pk != owner.pk:
        return show(request, "accounts/invitation_of_another.html", {"invitation": found}, status=403)
    if request.method == "POST":
        try:
            invitations.accept(found, person=owner, at=timezone.now(), note=note_event)
        except RefusedAccount as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"You are now {found.get_role_display().lower()} in {found.organisation}.")
        return redirect("start")
    return show(request, "accounts/accept_role.html", {"invitation": found})
