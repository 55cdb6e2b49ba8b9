"""The administrator's forms, under our own name."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

SIGN_IN_TABLES = {"account", "mfa", "socialaccount", "usersessions"}


class TrackerAdminSite(AdminSite):
    site_title = "Improvement Plan Tracker"
    site_header = "Improvement Plan Tracker: administration"
    index_title = "Records"
    site_url = "/"
    # The lists need the width.
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """What the sign-in library keeps has pages in the product, which hold to its rules and note what is done."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label not in SIGN_IN_TABLES]
        if ours:
            super().register(ours, admin_class, **options)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one way in, with its lock-out and its second step."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("sign_in"))
        if not self.has_permission(request):
            raise PermissionDenied("Only an administrator uses these forms.")
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        from plans.web.views.signing_in import SignOut

        return SignOut.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account")
