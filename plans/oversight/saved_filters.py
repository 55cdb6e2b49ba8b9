"""Saved filters: the writes. A filter is one's own, or shared with everybody of a role in an organisation."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from plans.access.models import Board, Membership, Organisation, Post, User
from plans.access.rules import May, Role
from plans.access.standing import boards_of, may, posts_of
from plans.improvement_plan.ledger import RefusedChange
from plans.oversight.models import SavedFilter


def home_of(user: User) -> Organisation | None:
    """The organisation that a person's own filters are kept under: of a role, else of a post, else of a board."""
    ways: tuple[QuerySet[Any], ...] = (
        Membership.objects.filter(person=user).values("organisation"),
        Post.objects.filter(pk__in=posts_of(user)).values("organisation"),
        Board.objects.filter(pk__in=boards_of(user)).values("organisation"),
    )
    for organisations in ways:
        if found := Organisation.objects.filter(pk__in=organisations).first():
            return found
    return Organisation.objects.first() if user.is_superuser else None


def save_filter(
    page: str,
    name: str,
    query: str,
    *,
    owner: User,
    organisation: Organisation | None = None,
    shared_with: Role | None = None,
) -> SavedFilter:
    """Keep filters under a name; without an organisation, under the owner's own.

    Raises RefusedChange with a sentence where there is nothing to keep, where the name is taken, and where
    somebody shares who does not run that organisation's plans.
    """
    if not query:
        raise RefusedChange("Choose filters first, then save them")
    if len(query) > 500:
        raise RefusedChange("These filters are too long to save. Shorten what is searched for")
    organisation = organisation or home_of(owner)
    if organisation is None:
        raise RefusedChange("You belong to no organisation yet, so there is nowhere to keep filters")
    if shared_with and not may(owner, May.RUN_PLANS, organisation.pk):
        raise RefusedChange("Only those who run an organisation’s plans share filters in it", "shared_with")
    saved = SavedFilter(
        owner=owner,
        organisation=organisation,
        name=name,
        page=page,
        query=query,
        shared_with=shared_with.value if shared_with else "",
    )
    try:
        with transaction.atomic():
            saved.save(force_insert=True)
    except IntegrityError:
        raise RefusedChange("You have filters of that name already. Give another name", "name") from None
    return saved


def delete_filter(saved: SavedFilter, *, by: User) -> None:
    """Take a saved filter away, from those it was shared with too. Raises RefusedChange for somebody else's."""
    if saved.owner_id != by.pk:
        raise RefusedChange("Only the person who saved a filter deletes it.")
    saved.delete()
