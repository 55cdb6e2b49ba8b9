"""The writes of this stage."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from plans.access.models import Organisation, Post, PostHolding, User


def post_named(title: str, organisation: Organisation) -> Post:
    """The post of that title in the organisation, made if there is none."""
    post, _ = Post.objects.get_or_create(organisation=organisation, title=title)
    return post


@transaction.atomic
def hold_post(person: User, post: Post, *, since: date, kind: str = PostHolding.Kind.HOLDER) -> PostHolding:
    """Record that ``person`` holds the post from ``since``; the holder before, if any, leaves that day."""
    if kind == PostHolding.Kind.HOLDER:
        for earlier in post.holdings.filter(kind=kind, until__isnull=True).exclude(person=person):
            earlier.until = max(since, earlier.since)
            earlier.save(update_fields=["until"])
    holding, _ = PostHolding.objects.get_or_create(
        post=post, person=person, kind=kind, until=None, defaults={"since": since}
    )
    return holding
