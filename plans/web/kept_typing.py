"""What somebody was typing when their sign-in ended: kept until the same person has signed in again.

The form carries, signed, whose it is. What is sent after the sign-in has ended is put into the browser's session, which
signing in takes over; the form then shows it. Nothing of it reaches the plan, and nobody else is shown it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict

from plans.access.models import User
from plans.web.forms.many import draft_of_data

KEY = "typed_when_signed_out"
SALT = "plans.web.kept_typing"
FORM_IS_GOOD_FOR = timedelta(days=30)
MOST_CHARACTERS = 200_000


def whose(user: User) -> str:
    """What a form carries so that it is known whose it is when nobody is signed in any more."""
    return signing.dumps(user.pk, salt=SALT)


def keeps_typing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for people who are signed in, which loses nothing that is sent to it when they no longer are."""

    @login_not_required
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST" and _keep(request):
            messages.warning(
                request,
                "Your sign-in had ended, so this was not recorded. What you typed is kept:"
                " sign in and it will be there.",
            )
        return redirect_to_login(request.get_full_path())

    return asked


def _keep(request: HttpRequest) -> bool:
    try:
        owner = signing.loads(request.POST.get("whose", ""), salt=SALT, max_age=FORM_IS_GOOD_FOR)
    except signing.BadSignature:
        return False
    typed = draft_of_data(request.POST)
    if sum(len(name) + sum(map(len, values)) for name, values in typed.items()) > MOST_CHARACTERS:
        return False
    request.session[KEY] = {"whose": owner, "path": request.path, "typed": typed}
    return True


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What this person sent to this address when they were signed out, if anything."""
    kept = request.session.get(KEY)
    if not kept or kept["whose"] != request.user.pk or kept["path"] != request.path:
        return None
    found = QueryDict(mutable=True)
    for name, values in kept["typed"].items():
        found.setlist(name, values)
    return found


def forget_typing(request: HttpRequest) -> None:
    """It was recorded, kept as a draft, or thrown away."""
    if request.session.get(KEY, {}).get("path") == request.path:
        del request.session[KEY]
