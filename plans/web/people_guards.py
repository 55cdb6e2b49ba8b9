"""Posts, holdings, hand-overs and the trail reach a view only through these, as all objects through ``guards``."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from plans.access.holdings import organisations_with_posts_of, posts_read_by
from plans.access.models import Organisation, Post, PostHolding, User
from plans.access.people import people_administered_by
from plans.access.rules import May
from plans.access.standing import may_anywhere
from plans.audit.models import Event
from plans.audit.scope import events_visible_to
from plans.web.guards import organisations_administered_or_403, person, person_to_administer_or_404

ONLY_RUNNERS = "Only an improvement lead or an administrator of the organisation changes its posts and who holds them."


def organisations_with_posts_or_403(request: HttpRequest) -> QuerySet[Organisation]:
    """The organisations whose posts the person changes, at least one."""
    found = organisations_with_posts_of(person(request))
    if not found:
        raise PermissionDenied(ONLY_RUNNERS)
    return found


def post_or_404(request: HttpRequest, pk: int) -> Post:
    """A post of an organisation whose plans the person reads."""
    return get_object_or_404(posts_read_by(person(request)).select_related("organisation", "reports_to"), pk=pk)


def post_to_change_or_404(request: HttpRequest, pk: int) -> Post:
    post = post_or_404(request, pk)
    if not organisations_with_posts_of(person(request)).filter(pk=post.organisation_id).exists():
        raise PermissionDenied(ONLY_RUNNERS)
    return post


def holding_to_change_or_404(request: HttpRequest, pk: int) -> PostHolding:
    """A holding is found where its post is."""
    rows = PostHolding.objects.filter(post__in=posts_read_by(person(request)).values("pk"))
    found = get_object_or_404(rows.select_related("post__organisation", "person"), pk=pk)
    post_to_change_or_404(request, found.post_id)
    return found


def trail_or_403(request: HttpRequest) -> QuerySet[Event]:
    """The events of the organisations whose trail the person reads, at least one."""
    user = person(request)
    if not may_anywhere(user, May.READ_TRAIL):
        raise PermissionDenied("Only administrators and those with a role in scrutiny or audit read the trail.")
    return events_visible_to(user)


def done_hand_over_or_404(request: HttpRequest, pk: int) -> tuple[Event, User | None]:
    """A hand-over that was made, for administrators in whose trail it stands; and the leaver, if they see them yet."""
    organisations_administered_or_403(request)
    found = get_object_or_404(events_visible_to(person(request)).filter(what="person.handed_over"), pk=pk)
    leaver = people_administered_by(person(request)).filter(pk=found.subject_ref.partition(" ")[2]).first()
    return found, leaver


def leaver_or_404(request: HttpRequest, pk: int) -> tuple[User, list[Organisation]]:
    """Somebody whose posts can be handed over, and the organisations in which they can."""
    mine = organisations_administered_or_403(request)
    return person_to_administer_or_404(request, pk), list(mine)
