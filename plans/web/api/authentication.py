"""Who asks: a token in the Authorization header and nothing else. A session opens no door here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBasicAuth, HttpBearer

from plans.access.credentials import ApiToken
from plans.access.tokens import note_use, token_with
from plans.audit.changes import note_event
from plans.improvement_plan.wording import day_of
from plans.web.api.problems import Refusal
from plans.web.rate_limits import WORDS, allowed, wait_words


class Bearer(HttpBearer):
    """``Authorization: Bearer …``."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return let_in(request, token.strip())


class BasicPassword(HttpBasicAuth):
    """The token as the password, any user name: what Excel and Power BI can send."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Any:
        return let_in(request, password)


def let_in(request: HttpRequest, secret: str) -> ApiToken | None:
    """The token of that secret; the request is then its person's, as if they were signed in."""
    now = timezone.now()
    token = token_with(secret, at=now)
    # Counted by token, once it is known to be one: strangers could otherwise fill the table of counts.
    limit, key = ("interface", f"token {token.pk}") if token else ("interface_refused", None)
    if not allowed(request, limit, key=key):
        raise Refusal(429, f"{WORDS[limit]} {wait_words(limit)}")
    if token is None:
        return None
    before = token.last_used_at
    if note_use(token, at=now) and (before is None or day_of(before) != day_of(now)):
        note_event("token.used", token, by=token.person, at=now)
    request.user = token.person
    return token
