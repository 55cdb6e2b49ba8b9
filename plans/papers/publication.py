"""Public addresses: an issued public paper that anybody may read, from when until when. Nothing else is public."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from plans.access.models import User
from plans.audit.changes import note_event
from plans.improvement_plan.models import Plan
from plans.papers.models import Publication, Release
from plans.papers.rules import EXEMPT_ONLY, Audience, Format, Stage

# What stands beside the page: Excel and CSV are for work, and work is done within the council.
PUBLISHED_FORMATS = (Format.PDF, Format.WORD)
LONGEST_ADDRESS = 60
_ADDRESS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class RefusedPublication(Exception):
    """The paper may not be published there; the message says why and what to do. Nothing was written."""


def issued_for_the_public() -> Q:
    """Releases that may have a public address."""
    return Q(stage=Stage.ISSUED, audience=Audience.PUBLIC) & ~Q(kind__in=EXEMPT_ONLY)


def may_be_published(release: Release) -> bool:
    return Release.objects.filter(issued_for_the_public(), pk=release.pk).exists()


def live() -> Q:
    """Publications that are read now: not ended, and of a paper that may be public."""
    return Q(until__isnull=True, release__in=Release.objects.filter(issued_for_the_public()).values("pk"))


def live_at(address: str) -> Publication | None:
    """What anybody reads at the address."""
    found = Publication.objects.filter(live(), address=address)
    return found.select_related("release__plan__organisation").first()


def publications_of(plan: Plan) -> QuerySet[Publication]:
    """Every publication of the plan's papers, the latest first, ended ones included."""
    found = Publication.objects.filter(release__plan=plan)
    return found.select_related("release", "published_by", "ended_by").order_by("-since", "-pk")


def live_publications(plan: Plan) -> list[Publication]:
    """Those of the plan that are read now."""
    return list(publications_of(plan).filter(live()))


def fault_of_address(address: str) -> str:
    """Why it cannot be the last part of an address, or “”."""
    if len(address) > LONGEST_ADDRESS:
        return f"Use at most {LONGEST_ADDRESS} characters"
    if not _ADDRESS.fullmatch(address):
        return "Use small letters, numbers and single hyphens, like westshire-young-people"
    return ""


def suggested_address(release: Release) -> str:
    """Where a paper of this kind of the plan is read now; or one made of the council's name and the kind."""
    now = Publication.objects.filter(live(), release__plan=release.plan, release__kind=release.kind).first()
    if now is not None:
        return now.address
    return slugify(f"{release.plan.organisation.name} {release.kind.replace('_', ' ')}")[:LONGEST_ADDRESS].strip("-")


@transaction.atomic
def publish(release: Release, address: str, *, by: User, at: datetime, replacing: bool = False) -> Publication:
    """Let anybody read the release at the address; what stood there of the same plan ends in the same moment.

    ``replacing``: the person has been told that something stands there. Raises RefusedPublication.
    """
    if not may_be_published(release):
        raise RefusedPublication("Only a paper that is issued, and for the public, can be published.")
    if fault := fault_of_address(address):
        raise RefusedPublication(f"{fault}.")
    already = Publication.objects.filter(release=release, until__isnull=True).first()
    if already is not None:
        raise RefusedPublication(f"This paper is published already, at {already.address}.")
    there = Publication.objects.select_for_update().filter(address=address, until__isnull=True)
    former = there.select_related("release").first()
    if former is not None:
        if former.release.plan_id != release.plan_id:
            raise RefusedPublication("Another plan’s paper is at this address. Choose another address.")
        if not replacing:
            raise RefusedPublication(
                f"“{former.release}” is at this address now. Choose another address,"
                " or tick “Take the place of what is there now”."
            )
        _end(former, by, at)
    try:
        with transaction.atomic():
            made = Publication.objects.create(release=release, address=address, since=at, published_by=by)
    except IntegrityError:
        raise RefusedPublication("Somebody published at this address a moment ago. Look at it first.") from None
    note_event("release.published", release, by=by, at=at, address=address, content_hash=release.content_hash)
    return made


@transaction.atomic
def unpublish(publication: Publication, *, by: User, at: datetime) -> bool:
    """End the publication: from now on nothing is at its address. False where it had ended already."""
    locked = Publication.objects.select_for_update().select_related("release").get(pk=publication.pk)
    if locked.until is not None:
        return False
    _end(locked, by, at)
    return True


def _end(publication: Publication, by: User, at: datetime) -> None:
    publication.until, publication.ended_by = at, by
    publication.save(update_fields=["until", "ended_by"])
    note_event("release.unpublished", publication.release, by=by, at=at, address=publication.address)
