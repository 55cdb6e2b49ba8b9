"""How often a person, a program or an address may ask for what costs much or could be guessed.

The numbers stand in ``ACCOUNT_RATE_LIMITS`` beside those of signing in. What could be guessed is counted where those
are, in the database, by all web processes together; what only costs much is counted by each process for itself, because
counting in the database would cost more queries than many of the pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from allauth.account import app_settings
from allauth.core.internal.ratelimit import Rate, apply_rate, consume, get_cache_key, get_rates
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from plans.documents.lines import MOST_BYTES

PAPERS = frozenset(
    {
        "blank_workbook",
        "my_workbook",
        "plan_csv",
        "plan_excel",
        "plan_paper",
        "plan_pdf",
        "plan_word",
        "plan_workbook",
        "release_copy",
        "trail_csv",
    }
)
PUBLISHED = frozenset({"published", "published_file"})
WORDS = {
    "search": "You have searched very often in a short time.",
    "list_words": "You have searched this list very often in a short time.",
    "papers": "You have asked for very many files in a short time.",
    "upload": "You have uploaded very many files in a short time.",
    "published": "This page was asked for very often from your network in a short time.",
    "calendar_feed": "This calendar is read too often.",
    "calendar_refused": "Calendars that there are not were asked for too often from this address.",
    "interface": "This token asks too often.",
    "interface_refused": "Too many requests without a valid token came from this address.",
}
# Beside a file, a form carries its words.
ROOM_FOR_WORDS = 1024 * 1024
COUNTED_TOGETHER = frozenset({"calendar_refused", "interface_refused"})
_APP = "allauth.account"
_one_at_a_time = threading.Lock()


def allowed(request: HttpRequest, limit: str, *, key: str | None = None) -> bool:
    """Count one request against the limit; whether it is within it. ``key``: what is counted, where not an address."""
    if limit in COUNTED_TOGETHER:
        return consume(request, app=_APP, action=limit, key=key, limit_get=True) is not None
    return all(
        _counted_here(get_cache_key(request, app=_APP, action=limit, rate=rate, key=key), rate)
        for rate in _rates(limit)
    )


def _counted_here(name: str, rate: Rate) -> bool:
    counts = caches["this_process"]
    with _one_at_a_time:
        within, moments = apply_rate(counts.get(name, []), time.time(), rate)
        counts.set(name, moments, rate.duration)
    return within


def _rates(limit: str) -> list[Rate]:
    found: list[Rate] = get_rates(app=_APP, action=limit, config=app_settings.RATE_LIMITS)
    return found


def seconds_to_wait(limit: str) -> int:
    """After so many seconds a limit that was reached is open again, at the latest. A minute where it is not known."""
    return int(max((rate.duration for rate in _rates(limit)), default=60))


def wait_words(limit: str) -> str:
    """“Wait a minute, then try again.”"""
    minutes = -(-seconds_to_wait(limit) // 60)
    return f"Wait {'a minute' if minutes == 1 else f'{minutes} minutes'}, then try again."


def refusal(request: HttpRequest, limit: str) -> HttpResponse:
    """The page that says so, with what to do and when."""
    context = {"says": WORDS[limit], "wait": wait_words(limit)}
    if limit == "published":
        # Read without signing in, and the same for everybody: neither the session nor who is signed in is asked.
        page = render_to_string("rate_limits/published_too_often.html", context)
        answer = HttpResponse(page, status=429)
    else:
        answer = render(request, "rate_limits/too_often.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds_to_wait(limit))
    return answer


def plain_refusal(limit: str) -> HttpResponse:
    """The same for a program that reads no pages."""
    return HttpResponse(
        f"{WORDS[limit]} {wait_words(limit)}\n",
        status=429,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds_to_wait(limit)), "Cache-Control": "no-store"},
    )


def most_in_a_request() -> int:
    """Bytes: the largest file of any form, and what its other fields may hold."""
    return max(MOST_BYTES, settings.EVIDENCE_LIMIT_MB * 1024 * 1024) + ROOM_FOR_WORDS


class RateLimitMiddleware:
    """Pages with a limit are counted before they are made; what is too large is refused before it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > most_in_a_request():
            context = {"most": most_in_a_request() // (1024 * 1024) - 1}
            return render(request, "rate_limits/too_large.html", context, status=413)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        limit = _limit_of(request)
        if limit and not allowed(request, limit):
            return refusal(request, limit)
        return None


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0


def _limit_of(request: HttpRequest) -> str:
    """Which limit the request counts against; “” for most pages."""
    route = request.resolver_match.url_name if request.resolver_match else ""
    if route in PUBLISHED:
        return "published"
    if not request.user.is_authenticated:
        return ""
    if route in PAPERS:
        return "papers"
    if request.GET.get("q", "").strip():
        return "search" if route == "search" else "list_words"
    return "upload" if request.method == "POST" and request.FILES else ""
