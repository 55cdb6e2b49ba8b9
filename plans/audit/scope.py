"""Whose an event is: the organisations whose auditors and administrators may read it.

They are written into the event itself, by number and name as they were then, so that nothing that changes later
gives one organisation the trail of another. An event without any is the installation's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from plans.access.models import Board, Membership, Organisation, Post, PostHolding, Seat, User
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.audit.models import Event

KEY = "of_organisations"
# From the subject of an event to what belongs to an organisation.
WAYS = ("plan", "action", "release", "board", "post", "inspection", "measure", "link", "person", "owner")
LONGEST_WAY = 4


def organisations_of(subject: Any) -> list[Organisation]:
    """The organisations that a row belongs to; those of a person are where they have a role, a post or a seat."""
    for _ in range(LONGEST_WAY):
        if isinstance(subject, Organisation):
            return [subject]
        if isinstance(subject, User):
            return list(organisations_of_person(subject))
        if (found := getattr(subject, "organisation", None)) is not None:
            return [found]
        subject = next((found for way in WAYS if (found := getattr(subject, way, None)) is not None), None)
        if subject is None:
            return []
    return []


def organisations_of_person(person: User) -> QuerySet[Organisation]:
    """Where the person has a role, holds a post or has a seat; of somebody who left everything, where they held one."""
    found = _organisations_now(person)
    if found.exists():
        return found
    return Organisation.objects.filter(posts__holdings__person=person).distinct()


def _organisations_now(person: User) -> QuerySet[Organisation]:
    return Organisation.objects.filter(
        Q(pk__in=Membership.objects.filter(person=person).values("organisation"))
        | Q(pk__in=Post.objects.filter(holdings__in=_held_by(person)).values("organisation"))
        | Q(pk__in=Board.objects.filter(seats__in=Seat.objects.filter(person=person)).values("organisation"))
    )


def _held_by(person: User) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(person=person, until__isnull=True)


def as_details(organisations: Iterable[Organisation]) -> dict[str, Any]:
    """What an event keeps of whose it is."""
    named = {str(one.pk): one.name for one in organisations}
    return {KEY: named} if named else {}


def events_visible_to(user: User) -> QuerySet[Event]:
    """The events of the organisations whose trail ``user`` may read; all, for the installation's own accounts."""
    if user.is_superuser:
        return Event.objects.all()
    mine = [str(pk) for pk in organisations_where(user, May.READ_TRAIL)]
    if not mine:
        return Event.objects.none()
    return Event.objects.filter(**{f"details__{KEY}__has_any_keys": mine})
