"""The authenticator app: set up, taken away, and the recovery codes that stand in for a lost one."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from plans.access.people import has_authenticator, second_factor_asked_by
from plans.audit.changes import note_event
from plans.web.forms.accounts import SetUpForm
from plans.web.guards import person
from plans.web.pages import show
from plans.web.sign_in_middleware import SECOND_FACTOR_WANTED
from plans.web.views.account_passwords import Refusing

TO_BE_SHOWN, TO_BE_DOWNLOADED = "recovery_codes_to_be_shown", "recovery_codes_to_be_downloaded"


def wanted(request: HttpRequest) -> HttpResponse:
    """Where somebody stands whose role asks for an authenticator that they have not."""
    user = person(request)
    organisations = second_factor_asked_by(user)
    if not organisations or has_authenticator(user):
        request.session.pop(SECOND_FACTOR_WANTED, None)
        return redirect("start")
    return show(request, "accounts/second_factor_wanted.html", {"organisations": organisations, "navigation": ()})


class SetUp(Refusing, ActivateTOTPView):
    template_name = "accounts/set_up_authenticator.html"
    form_class = SetUpForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        secret = found["form"].secret
        return found | {"secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = person(self.request)
        self.request.session.pop(SECOND_FACTOR_WANTED, None)
        self.request.session[TO_BE_SHOWN] = True
        note_event("second_factor.set", user, by=user, at=timezone.now())
        return response

    def get_success_url(self) -> str:
        return reverse("recovery_codes")


class TakeAway(Refusing, DeactivateTOTPView):
    template_name = "accounts/take_away_authenticator.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = person(self.request)
        note_event("second_factor.removed", user, by=user, at=timezone.now())
        messages.success(self.request, "The app is removed. Your recovery codes are gone too.")
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refused = second_factor_asked_by(person(request))
        context = self.get_context_data() | {"refused": refused}
        return show(request, "accounts/take_away_authenticator.html", context)

    def get_success_url(self) -> str:
        return reverse("account")


def _unused(request: HttpRequest) -> list[str]:
    found = Authenticator.objects.filter(user=person(request), type=Authenticator.Type.RECOVERY_CODES).first()
    return list(found.wrap().get_unused_codes()) if found else []


@require_GET
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, once: right after they were made. Later, how many are left."""
    codes = _unused(request)
    if not codes and not has_authenticator(person(request)):
        return redirect("account")
    new = request.session.pop(TO_BE_SHOWN, False)
    if new:
        request.session[TO_BE_DOWNLOADED] = True
    return show(
        request, "accounts/recovery_codes.html", {"codes": codes if new else [], "left": len(codes), "is_new": new}
    )


@require_POST
@never_cache
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The codes that the page before showed, as a text file, once."""
    if not request.session.pop(TO_BE_DOWNLOADED, False):
        messages.error(request, "The codes cannot be shown again. Make new ones if you did not keep them.")
        return redirect("recovery_codes")
    lines = ["Improvement Plan Tracker: recovery codes", f"For {person(request).email}. Each works once.", ""]
    answer = HttpResponse("\r\n".join([*lines, *_unused(request), ""]), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


@require_POST
@reauthentication_required(app="allauth.mfa")
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new codes; the old ones stop working."""
    user = person(request)
    if not has_authenticator(user):
        return redirect("account")
    generate_recovery_codes(request)
    note_event("second_factor.recovery_codes_made", user, by=user, at=timezone.now())
    request.session[TO_BE_SHOWN] = True
    return HttpResponseRedirect(reverse("recovery_codes"))
