"""The pages that say that something went wrong, and what to do. None asks the database for anything.

A fault has a number to quote: the id under which the log has it.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

RETRY_AFTER = 30  # seconds
MOST_CHARACTERS = 200_000
# What is longer, or has a space in it, was typed and is shown.
LONG = 60
# Forms that have such a field are not offered again, nor are those of signing in.
SECRET = ("password", "secret", "token")
OF_SIGNING_IN = ("sign_in", "single_sign_on", "account_", "mfa_", "recovery_codes", "accept_invitation")
# What SQLite says of tables that are not there is a fault of the installation, not of the moment.
NOT_OF_THE_MOMENT = ("no such table", "no such column", "syntax error")
BARE = (
    '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Something went wrong</title></head><body>'
    "<h1>Something went wrong</h1><p>The fault is ours. What you sent was not saved.</p></body></html>"
)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something went wrong: the database does not answer (503), or the product has a fault (500)."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        return database_away(request)
    return _static_page("500.html", request, 500)


def is_database_away(error: BaseException | None) -> bool:
    """Whether the error says that the database does not answer, or is too busy to."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return not any(words in str(error).lower() for words in NOT_OF_THE_MOMENT)


def database_away(request: HttpRequest) -> HttpResponse:
    """The database does not answer: nothing was saved, and what was typed is on the page to be sent again."""
    return _static_page(
        "503.html",
        request,
        503,
        {"again": fields_to_send_again(request), "path": request.get_full_path(), "files": _sent_files(request)},
        {"Retry-After": str(RETRY_AFTER)},
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent could not be read (400), or is more than is taken at once (413)."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return _static_page("413.html", request, 413) if too_much else _static_page("400.html", request, 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of this browser’s session."""
    return render(request, "403_csrf.html", status=403)


def fields_to_send_again(request: HttpRequest) -> list[dict[str, Any]]:
    """What was typed, field by field, where it can be sent again as it is; nothing of a form with a secret in it.

    The token against forgery that was sent goes along and is checked then: it may not have been yet.
    """
    try:
        # Who is signed in is asked before the route is looked for, and may be what failed.
        route = resolve(request.path_info).url_name or ""
    except Resolver404:
        return []
    if request.method != "POST" or route.startswith(OF_SIGNING_IN):
        return []
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # the body cannot be read: then there is nothing to show
        return []
    names = [name.lower() for name, _ in sent if name != "csrfmiddlewaretoken"]
    if any(word in name for name in names for word in SECRET) or sum(len(value) for _, value in sent) > MOST_CHARACTERS:
        return []
    return [
        {"name": name, "label": name.replace("_", " ").capitalize(), "value": value, "long": _is_long(name, value)}
        for name, value in sent
    ]


def _is_long(name: str, value: str) -> bool:
    return name not in ("csrfmiddlewaretoken", "whose") and (len(value) > LONG or any(one.isspace() for one in value))


def _sent_files(request: HttpRequest) -> bool:
    try:
        return any(request.FILES.values())
    except Exception:  # as above
        return False


def _static_page(
    template: str,
    request: HttpRequest,
    status: int,
    more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The page without a context processor, because those ask who is signed in."""
    try:
        page: str = render_to_string(template, {"id": getattr(request, "id", ""), **(more or {})})
    except Exception:  # the style’s name cannot be read either: the sentence must come all the same
        page = BARE
    return HttpResponse(page, status=status, headers=headers)
