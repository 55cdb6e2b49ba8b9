"""Signing in and out, and where each person begins."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.models import User
from plans.access.rules import May
from plans.access.standing import boards_of, may_anywhere, posts_of
from plans.audit.changes import note_event
from plans.web.forms.accounts import CodeForm, SignInForm
from plans.web.guards import person
from plans.web.sign_in_rules import note_failure

LOCKED = {"too_many_login_attempts", "rate_limited"}


def status_of(form: Any) -> int:
    """Of the answer to a form that was refused: 429 where the account is locked."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 429 if codes & LOCKED else 400


class SignIn(LoginView):
    """By password; above it the button of single sign-on, which may be the only way."""

    template_name = "registration/sign_in.html"
    form_class = SignInForm

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = status_of(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        asked = "password" in self.request.GET or self.request.method == "POST"
        return found | {
            "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "password_shown": asked or not settings.OIDC_ONLY,
            "locked": found["form"].is_bound and status_of(found["form"]) == 429,
            "next": found["redirect_field_value"] or "",
        }


class SecondStep(AuthenticateView):
    """The code of an authenticator app, or a recovery code."""

    template_name = "registration/second_step.html"
    form_class = CodeForm

    def form_invalid(self, form: Any) -> HttpResponse:
        note_failure(self.request, "authenticator code", self.stage.login.user.email)
        response: HttpResponse = super().form_invalid(form)
        response.status_code = status_of(form)
        return response


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            note_event("sign_out", request.user, by=request.user, at=timezone.now())
        clear_login(request)
        answer = super().post(request, *args, **kwargs)
        # Who sits down at the same machine afterwards finds no page of it by going back.
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


def start(request: HttpRequest) -> HttpResponse:
    """Officers begin with their actions, board members with what is overdue, everybody else with the plans."""
    user = person(request)
    if posts_of(user):
        return redirect("my_actions")
    if boards_of(user) and not may_anywhere(user, May.RUN_PLANS):
        return redirect("overdue")
    return redirect("plans")
