"""What holds for every request of somebody who is signed in. Asks the database nothing in the usual case."""

from __future__ import annotations

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
SEEN_EVERY = 5 * 60  # seconds
SECOND_FACTOR_WANTED = "second_factor_wanted"
# What somebody reaches who still has to set up an authenticator app.
ON_THE_WAY = {
    "mfa_activate_totp",
    "recovery_codes",
    "recovery_codes_file",
    "second_factor_wanted",
    "account_reauthenticate",
    "sign_out",
}


class SignInMiddleware:
    """A session ends twelve hours after the sign-in, however busy; an authenticator that is asked for comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and SIGNED_IN_AT in request.session:
            now = timezone.now().timestamp()
            if now - request.session[SIGNED_IN_AT] > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, "You were signed out: a sign-in lasts 12 hours. Sign in again.")
            elif now - request.session.get(SEEN_AT, 0) > SEEN_EVERY:
                request.session[SEEN_AT] = now
                UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.session.get(SECOND_FACTOR_WANTED):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in ON_THE_WAY and not match.namespaces:
            return None
        return redirect("second_factor_wanted")
