"""Where a person stands: the organisations, posts and boards that their permissions come from.

Each answer is a query of ids, to be used inside other queries; none reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from plans.access.models import Membership, Organisation, PostHolding, Seat, User
from plans.access.rules import May, roles_that


def organisations_where(user: User, permission: May) -> QuerySet[Any]:
    """Ids of the organisations in which a role gives ``user`` the permission."""
    if user.is_superuser:
        return Organisation.objects.values("pk")
    return Membership.objects.filter(person=user, role__in=roles_that(permission)).values("organisation_id")


def posts_of(user: User) -> QuerySet[Any]:
    """Ids of the posts that ``user`` holds or deputises in now."""
    return PostHolding.objects.filter(person=user, until__isnull=True).values("post_id")


def boards_of(user: User) -> QuerySet[Any]:
    """Ids of the boards that ``user`` sits on."""
    return Seat.objects.filter(person=user).values("board_id")


def may(user: User, permission: May, organisation_id: int) -> bool:
    """Whether a role gives ``user`` the permission in that organisation."""
    return organisations_where(user, permission).filter(**_key(user, organisation_id)).exists()


def _key(user: User, organisation_id: int) -> dict[str, int]:
    return {"pk" if user.is_superuser else "organisation_id": organisation_id}


def holds_any(user: User, post_ids: Iterable[int]) -> bool:
    """Whether ``user`` holds, or deputises in, one of the posts now."""
    return posts_of(user).filter(post_id__in=list(post_ids)).exists()
