"""The grounds of a permission in sentences: by which role, post or seat. What decides is ``standing`` itself."""

from __future__ import annotations

from collections.abc import Iterable

from plans.access.models import Board, Membership, Organisation, Post, PostHolding, Seat, User
from plans.access.rules import May, Role, roles_that
from plans.access.standing import may, posts_of

OWN_ACCOUNT = "{person} is the installation’s own account, which may do everything."


def by_role(person: User, permission: May, organisation: Organisation) -> list[str]:
    """A sentence for each role that gives the person the permission there; none exactly where none does."""
    if not may(person, permission, organisation.pk):
        return []
    if person.is_superuser:
        return [OWN_ACCOUNT.format(person=person)]
    held = Membership.objects.filter(person=person, organisation=organisation, role__in=roles_that(permission))
    return [
        f"{person} has the role “{Role(role).label}” in {organisation}."
        for role in held.order_by("role").values_list("role", flat=True)
    ]


def by_seat(person: User, boards: Iterable[Board]) -> list[str]:
    """A sentence for each of the boards on which the person has a seat."""
    rows = Seat.objects.filter(person=person, board__in=list(boards)).select_related("board").order_by("board__name")
    return [
        f"{person} {'chairs' if row.kind == Seat.Kind.CHAIR else 'has a seat on'} the board “{row.board}”,"
        " which oversees the plan."
        for row in rows
    ]


def by_post(person: User, posts: Iterable[int], does: dict[int, str]) -> list[str]:
    """A sentence for each of the posts that the person holds or deputises in now; ``does`` says what the post does."""
    rows = PostHolding.objects.filter(person=person, until__isnull=True, post__in=posts_of(person))
    return [
        f"{person} {'deputises in' if row.kind == PostHolding.Kind.DEPUTY else 'holds'} the post"
        f" “{row.post}”, which {does[row.post_id]}."
        for row in rows.filter(post__in=list(posts)).select_related("post").order_by("post__title")
    ]


def roles_wanted(permission: May, organisation: Organisation) -> str:
    """“the role “Improvement lead” or “Administrator” in Derbyshire”."""
    roles = [f"“{Role(role).label}”" for role in roles_that(permission)]
    return f"the role {' or '.join(roles)} in {organisation}"


def givers(organisation: Organisation) -> str:
    """Who can give a role there, by name."""
    rows = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role__in=roles_that(May.ADMINISTER)
    )
    names = [person.name for person in rows.distinct().order_by("name")[:3]]
    return " or ".join(names) if names else "the installation’s own account"


def changers(organisation: Organisation) -> str:
    """Who can record a post's holder there, by name."""
    rows = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role__in=roles_that(May.RUN_PLANS)
    )
    names = [person.name for person in rows.distinct().order_by("name")[:3]]
    return " or ".join(names) if names else "the installation’s own account"


def holders_of(post: Post) -> str:
    """Who holds the post now, and who deputises: “Olu Adeyemi”; “nobody”."""
    rows = PostHolding.objects.filter(post=post, until__isnull=True).select_related("person").order_by("-kind", "pk")
    names = [f"{row.person}{', deputy' if row.kind == PostHolding.Kind.DEPUTY else ''}" for row in rows]
    return "; ".join(names) or "nobody"
