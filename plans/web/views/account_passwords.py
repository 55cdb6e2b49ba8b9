"""Passwords: changed by somebody who is signed in, or forgotten and reset by e-mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_not_required
from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    PasswordSetView,
    ReauthenticateView,
)
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator

from plans.access.people import end_sessions
from plans.access.tokens import revoke_tokens_of
from plans.audit.changes import note_event
from plans.web.forms.accounts import (
    AskResetForm,
    ChangePasswordForm,
    FirstPasswordForm,
    ReauthenticateByCodeForm,
    ReauthenticateForm,
    ResetForm,
)
from plans.web.guards import person
from plans.web.sign_in_rules import may_use_password, note_failure
from plans.web.views.signing_in import status_of
from plans.web.wording import counted


class Refusing:
    """A form that was refused is a 400, or a 429 where there were too many wrong answers."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = status_of(form)
        return response


class _Changing(Refusing):
    template_name = "accounts/change_password.html"
    success_url = reverse_lazy("account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_use_password(person(request)):
            raise PermissionDenied("You sign in by single sign-on, so there is no password to change here.")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        request: HttpRequest = self.request  # type: ignore[attr-defined]
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        ended = end_sessions(person(request), but=request.session.session_key or "")
        note_event("password.changed", person(request), by=person(request), at=timezone.now(), sessions_ended=ended)
        messages.success(request, "Your password is changed. You were signed out everywhere else.")
        return response


class ChangePassword(_Changing, PasswordChangeView):
    form_class = ChangePasswordForm


class SetPassword(_Changing, PasswordSetView):
    form_class = FirstPasswordForm


class AskReset(Refusing, PasswordResetView):
    template_name = "accounts/ask_reset.html"
    form_class = AskResetForm


class ResetAsked(PasswordResetDoneView):
    """The same for every address, whether there is an account or not."""

    template_name = "accounts/reset_asked.html"


@method_decorator(login_not_required, name="dispatch")
class Reset(Refusing, PasswordResetFromKeyView):
    template_name = "accounts/reset.html"
    form_class = ResetForm
    success_url = reverse_lazy("sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        owner = self.reset_user
        get_adapter().unlock(self.request, owner)
        now = timezone.now()
        ended, revoked = end_sessions(owner), revoke_tokens_of(owner, at=now)
        note_event("password.reset", owner, by=owner, at=now, sessions_ended=ended, tokens_revoked=revoked)
        said = "Your password is changed. Sign in with it."
        if revoked:
            said += f" Your programs need new tokens: {counted(revoked, 'token')} of yours ended with the old password."
        messages.success(self.request, said)
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context.get("token_fail"):
            kwargs["status"] = 410
        return super().render_to_response(context, **kwargs)


class Reauthenticate(Refusing, ReauthenticateView):
    template_name = "accounts/reauthenticate.html"
    form_class = ReauthenticateForm


class ReauthenticateByCode(Refusing, ReauthenticateByCodeView):
    template_name = "accounts/reauthenticate.html"
    form_class = ReauthenticateByCodeForm

    def form_invalid(self, form: Any) -> HttpResponse:
        note_failure(self.request, "authenticator code", person(self.request).email)
        return super().form_invalid(form)
