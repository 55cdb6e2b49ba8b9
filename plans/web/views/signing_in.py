"""Signing in, and where each person begins."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from plans.access.rules import May
from plans.access.standing import boards_of, organisations_where, posts_of
from plans.web.guards import person


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That e-mail address and password do not match an account here",
        "inactive": "This account has been closed. Ask your administrator",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 400
        return response


def start(request: HttpRequest) -> HttpResponse:
    """Officers begin with their actions, board members with what is overdue, everybody else with the plans."""
    user = person(request)
    if posts_of(user).exists():
        return redirect("my_actions")
    if boards_of(user).exists() and not organisations_where(user, May.RUN_PLANS).exists():
        return redirect("overdue")
    return redirect("plans")
