"""Where a person stands: the organisations, posts and boards that their permissions come from.

Each answer is a list of ids, to be used inside queries: a page asks in many of its queries for rows that somebody may
see, and memberships nested in each cost more than reading them once. None reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from plans.access.models import Membership, Organisation, PostHolding, Seat, User
from plans.access.rules import May, Standing, roles_that


def organisations_where(user: User, permission: May) -> list[int]:
    """Ids of the organisations in which a role gives ``user`` the permission."""
    if user.is_superuser:
        return list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    roles = roles_that(permission)
    return sorted({organisation for organisation, role in _standing(user).roles if role in roles})


def may_anywhere(user: User, permission: May) -> bool:
    """Whether a role gives ``user`` the permission in some organisation."""
    return user.is_superuser or bool(organisations_where(user, permission))


def posts_of(user: User) -> list[int]:
    """Ids of the posts that ``user`` holds or deputises in now."""
    return sorted(_standing(user).posts)


def boards_of(user: User) -> list[int]:
    """Ids of the boards that ``user`` sits on."""
    return sorted(_standing(user).boards)


def may(user: User, permission: May, organisation_id: int) -> bool:
    """Whether a role gives ``user`` the permission in that organisation."""
    if user.is_superuser:
        return True
    stands = _standing(user)
    return any((organisation_id, role) in stands.roles for role in roles_that(permission))


def holds_any(user: User, post_ids: Iterable[int]) -> bool:
    """Whether ``user`` holds, or deputises in, one of the posts now."""
    return not _standing(user).posts.isdisjoint(post_ids)


def remember_standing(user: User) -> None:
    """Read where ``user`` stands once, for every question that is asked about this object from now on.

    For an object that lives no longer than a request: it does not see what changes meanwhile.
    """
    if user.remembered_standing is None:
        user.remembered_standing = _read(user)


def remembering(user: User) -> User:
    """A copy of ``user`` that remembers where they stand, for a piece of work that is of one moment, as a paper is."""
    copied = copy(user)
    remember_standing(copied)
    return copied


def that_follows(user: User, name: str, ids: Iterable[int]) -> list[int]:
    """The ids of something that follows from where ``user`` stands alone: read once where that is remembered."""
    if user.remembered_standing is None:
        return list(ids)
    kept = user.remembered_standing.follows
    if name not in kept:
        kept[name] = list(ids)
    return kept[name]


def _standing(user: User) -> Standing:
    return user.remembered_standing or _read(user)


def _read(user: User) -> Standing:
    memberships = Membership.objects.filter(person=user)
    holdings = PostHolding.objects.filter(person=user, until__isnull=True)
    seats = Seat.objects.filter(person=user)
    rows = _marked(memberships, "role", "organisation_id", "role").union(
        _marked(holdings, "post", "post_id"), _marked(seats, "board", "board_id"), all=True
    )
    found: dict[str, set[tuple[int, str]]] = {"role": set(), "post": set(), "board": set()}
    for what, key, role in rows:
        found[what].add((key, role))
    return Standing(
        roles=frozenset(found["role"]),
        posts=frozenset(key for key, _ in found["post"]),
        boards=frozenset(key for key, _ in found["board"]),
    )


def _marked(rows: QuerySet[Any], what: str, key: str, role: str = "") -> Any:
    named = F(role) if role else Value("", CharField())
    return rows.order_by().annotate(what=Value(what, CharField()), named=named).values_list("what", key, "named")
