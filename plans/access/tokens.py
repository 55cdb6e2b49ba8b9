"""The writes of tokens, with which a person's programs read what that person may read."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from plans.access.credentials import ApiToken
from plans.access.models import User

# A secret that begins so is recognised by tools that look for lost secrets in files.
BEGINS = "ipt_"
SECRET_BYTES = 32
MOST_DAYS = 365
MOST_LIVE = 20
USE_IS_NOTED_EVERY = timedelta(hours=1)


class RefusedToken(ValueError):
    """A token that cannot be made. The message is a sentence for the person."""


def hash_of_secret(secret: str) -> str:
    """What is kept of a secret: SHA-256. It is random and long, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def live_at(at: datetime) -> Q:
    """Neither revoked nor expired at that moment."""
    return Q(revoked_at__isnull=True, expires_at__gt=at)


def tokens_of(person: User) -> QuerySet[ApiToken]:
    """The person's own tokens, newest first."""
    return ApiToken.objects.filter(person=person).order_by("-made_at", "-pk")


def make_token(person: User, *, name: str, days: int, at: datetime, may_update: bool = False) -> tuple[ApiToken, str]:
    """A new token and its secret, which is known now and never again.

    Raises RefusedToken for an expiry of no days or more than a year, and for one token too many.
    """
    if not 0 < days <= MOST_DAYS:
        raise RefusedToken(f"A token lasts from 1 to {MOST_DAYS} days.")
    if tokens_of(person).filter(live_at(at)).count() >= MOST_LIVE:
        raise RefusedToken(f"You have {MOST_LIVE} tokens already. Revoke one that you no longer use.")
    secret = BEGINS + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        secret_hash=hash_of_secret(secret),
        may_update=may_update,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    return token, secret


def revoke_token(token: ApiToken, *, at: datetime) -> bool:
    """End the token at once; whether it had not been revoked before."""
    ended = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)
    token.refresh_from_db()
    return bool(ended)


def revoke_tokens_of(person: User, *, at: datetime) -> int:
    """End every token of the person at once; how many there were."""
    return tokens_of(person).filter(live_at(at)).update(revoked_at=at)


def token_with(secret: str, *, at: datetime) -> ApiToken | None:
    """The live token of that secret, of somebody who can still sign in; None for any other."""
    if not secret.startswith(BEGINS):
        return None
    tokens = ApiToken.objects.filter(live_at(at), secret_hash=hash_of_secret(secret), person__is_active=True)
    return tokens.select_related("person").first()


def note_use(token: ApiToken, *, at: datetime) -> bool:
    """Record that the token was used, at most once an hour; whether it was recorded."""
    if token.last_used_at is not None and token.last_used_at > at - USE_IS_NOTED_EVERY:
        return False
    before = Q(last_used_at__isnull=True) if token.last_used_at is None else Q(last_used_at=token.last_used_at)
    # Of two requests at once, one records it.
    return bool(ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=at))
