"""The writes of calendar addresses. A secret is told once and never kept: only its hash is."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from plans.access.models import User
from plans.audit.changes import note_event
from plans.papers.models import CalendarAddress

SECRET_BYTES = 32
NOTED_AGAIN_AFTER = timedelta(hours=1)


class AnotherAddress(Exception):
    """The person's address is no longer the one that their page showed. Nothing was written."""


def hash_of_secret(secret: str) -> str:
    """SHA-256 of a secret, as it is kept: looking a hash up tells nothing of the secret by how long it takes."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def address_of(person: User) -> CalendarAddress | None:
    """The address that the person has now."""
    return CalendarAddress.objects.filter(person=person, revoked_at__isnull=True).first()


def address_behind(secret: str) -> CalendarAddress | None:
    """The address in use that has this secret, of a person who can sign in."""
    found = CalendarAddress.objects.filter(
        secret_hash=hash_of_secret(secret), revoked_at__isnull=True, person__is_active=True
    )
    return found.select_related("person").first()


@transaction.atomic
def make_address(person: User, *, at: datetime, instead_of: int | None) -> str:
    """A new secret for the person; their address before, if any, is dead from now on.

    ``instead_of``: the id of the address that they have, as their page showed it; None where it showed none.
    Raises AnotherAddress.
    """
    _check(person, instead_of)
    if instead_of is not None:
        CalendarAddress.objects.filter(pk=instead_of).update(revoked_at=at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = CalendarAddress.objects.create(person=person, secret_hash=hash_of_secret(secret), made_at=at)
    note_event("calendar_address.renewed" if instead_of else "calendar_address.made", made, by=person, at=at)
    return secret


@transaction.atomic
def revoke_address(person: User, *, at: datetime, address: int | None) -> None:
    """Nobody reads the person's calendar any more. Raises AnotherAddress."""
    _check(person, address)
    if (row := address_of(person)) is not None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        note_event("calendar_address.revoked", row, by=person, at=at)


def _check(person: User, expected: int | None) -> None:
    User.objects.select_for_update().get(pk=person.pk)
    now = address_of(person)
    if (now.pk if now else None) != expected:
        raise AnotherAddress


def note_reading(address: CalendarAddress, *, at: datetime) -> None:
    """Keep when the calendar was last read, at most once an hour: programs ask often."""
    before = at - NOTED_AGAIN_AFTER
    if address.last_read_at is None or address.last_read_at < before:
        unread = Q(last_read_at__isnull=True) | Q(last_read_at__lt=before)
        CalendarAddress.objects.filter(unread, pk=address.pk).update(last_read_at=at)


@transaction.atomic
def revoke_address_of(person: User, *, by: User, at: datetime) -> bool:
    """End the calendar address of somebody who leaves; answers whether they had one."""
    User.objects.select_for_update().get(pk=person.pk)
    row = address_of(person)
    if row is None:
        return False
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    note_event("calendar_address.revoked", row, by=by, at=at)
    return True
