"""One's own account: who one is, how one signs in, and where one is signed in."""

from __future__ import annotations

import re

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access.models import Membership
from plans.access.people import end_sessions, second_factor_asked_by, unlink_single_sign_on
from plans.audit.changes import note_event
from plans.web.guards import person
from plans.web.pages import show
from plans.web.sign_in_rules import may_use_password

# The first that is found names it; what pretends to be another comes before the one that it pretends to be.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
           ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


def device_words(user_agent: str) -> str:
    """“Firefox on Windows”, as far as the browser says what it is."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    return " on ".join(part for part in (browser or ("A browser" if system else ""), system) if part) or "Unknown"


def account(request: HttpRequest) -> HttpResponse:
    """What there is to know and to change about one's own account."""
    user = person(request)
    authenticators = {row.type: row for row in Authenticator.objects.filter(user=user)}
    context = {
        "roles": Membership.objects.filter(person=user).select_related("organisation"),
        "uses_password": may_use_password(user),
        "authenticator": authenticators.get(Authenticator.Type.TOTP),
        "codes": authenticators.get(Authenticator.Type.RECOVERY_CODES),
        "asking": second_factor_asked_by(user),
        "session_count": UserSession.objects.filter(user=user).count(),
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "linked": SocialAccount.objects.filter(user=user).first(),
    }
    if context["codes"]:
        context["codes_left"] = len(authenticators[Authenticator.Type.RECOVERY_CODES].wrap().get_unused_codes())
    return show(request, "accounts/account.html", context)


def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in: device, address, since when, last seen."""
    rows = [
        {"session": row, "device": device_words(row.user_agent), "is_this": row.is_current()}
        for row in UserSession.objects.purge_and_list(person(request))
    ]
    rows.sort(key=lambda row: (not row["is_this"], -row["session"].last_seen_at.timestamp()))
    return show(request, "accounts/sessions.html", {"rows": rows, "others": sum(not row["is_this"] for row in rows)})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; ending the one that asks is signing out."""
    found = get_object_or_404(UserSession, pk=pk, user=person(request))
    if found.is_current():
        return redirect("sessions")
    found.end()
    note_event("session.ended", person(request), by=person(request), at=timezone.now(), sessions_ended=1)
    messages.success(request, f"Signed out there: {device_words(found.user_agent)}.")
    return redirect("sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    ended = end_sessions(person(request), but=request.session.session_key or "")
    note_event("session.ended", person(request), by=person(request), at=timezone.now(), sessions_ended=ended)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("sessions")


@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Forget which account at the provider is one's own."""
    if unlink_single_sign_on(person(request), by=person(request), at=timezone.now(), note=note_event):
        messages.success(request, "Unlinked. The next single sign-on is matched by your e-mail address again.")
    return redirect("account")
