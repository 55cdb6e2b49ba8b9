"""What is public is what somebody published: issued, for the public, at one address, until it is taken down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plans.audit.models import Event
from plans.improvement_plan.models import Plan
from plans.papers.models import Publication, Release
from plans.papers.publication import (
    RefusedPublication,
    fault_of_address,
    live_at,
    live_publications,
    may_be_published,
    publications_of,
    publish,
    suggested_address,
    unpublish,
)
from plans.papers.rules import Audience, Kind
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import LATER, a_draft, a_ready_release, an_issued_release


def a_public_release(cast: Cast, *, plan: Plan | None = None, **said: Any) -> Release:
    chosen = {"kind": Kind.YOUNG_PEOPLE, "audience": Audience.PUBLIC, "title": "For you", **said}
    return an_issued_release(plan or cast.plan, by=cast.lead, **chosen)


def out(cast: Cast, release: Release, address: str = "for-you", *, hours: int = 1, **how: Any) -> Publication:
    return publish(release, address, by=cast.lead, at=LATER + timedelta(hours=hours), **how)


def test_an_issued_public_paper_is_read_at_its_address(cast: Cast) -> None:
    release = a_public_release(cast)
    made = out(cast, release)
    found = live_at("for-you")
    assert found == made
    assert found.release == release
    noted = Event.objects.get(what="release.published")
    assert noted.details["address"] == "for-you"
    assert noted.details["content_hash"] == release.content_hash


@pytest.mark.parametrize("audience", [Audience.EXEMPT, Audience.PUBLIC])
def test_nothing_that_is_not_issued_and_public_is_published(cast: Cast, audience: Audience) -> None:
    said: dict[str, Any] = {"kind": Kind.YOUNG_PEOPLE, "audience": audience}
    refused = [a_draft(cast.plan, by=cast.lead, **said), a_ready_release(cast.plan, by=cast.lead, **said)]
    refused += [an_issued_release(cast.plan, by=cast.lead, **said)] if audience == Audience.EXEMPT else []
    for release in refused:
        assert not may_be_published(release)
        with pytest.raises(RefusedPublication, match="issued, and for the public"):
            out(cast, release)
    assert not Publication.objects.exists()


def test_a_row_about_what_is_not_public_shows_nothing(cast: Cast) -> None:
    """Were such a row ever there, its paper would still not be read."""
    release = an_issued_release(cast.plan, by=cast.lead)
    Publication.objects.create(release=release, address="x", since=LATER, published_by=cast.lead)
    assert live_at("x") is None
    assert live_publications(cast.plan) == []


def test_taken_down_it_is_gone_and_its_history_stays(cast: Cast) -> None:
    made = out(cast, a_public_release(cast))
    assert unpublish(made, by=cast.administrator, at=LATER + timedelta(days=1))
    assert live_at("for-you") is None
    kept = publications_of(cast.plan).get()
    assert (kept.until, kept.ended_by) == (LATER + timedelta(days=1), cast.administrator)
    assert Event.objects.filter(what="release.unpublished").count() == 1
    assert not unpublish(made, by=cast.lead, at=LATER + timedelta(days=2))
    assert Event.objects.filter(what="release.unpublished").count() == 1


def test_a_newer_paper_takes_the_place_of_the_former_in_one_step(cast: Cast) -> None:
    former = out(cast, a_public_release(cast))
    newer = a_public_release(cast, title="For you, again")
    with pytest.raises(RefusedPublication, match="“For you” is at this address now"):
        out(cast, newer, hours=2)
    made = out(cast, newer, hours=2, replacing=True)
    former.refresh_from_db()
    assert former.until == made.since
    assert live_at("for-you") == made


def test_a_refusal_leaves_the_former_where_it_was(cast: Cast) -> None:
    out(cast, a_public_release(cast))
    other = a_public_release(cast, title="Elsewhere")
    out(cast, other, "elsewhere")
    with pytest.raises(RefusedPublication, match="published already, at elsewhere"):
        out(cast, other, replacing=True)
    assert live_at("for-you") is not None


def test_no_other_plan_takes_an_address(cast: Cast) -> None:
    out(cast, a_public_release(cast))
    elsewhere = a_public_release(cast, plan=factories.a_plan(cast.council))
    with pytest.raises(RefusedPublication, match="Another plan’s paper"):
        out(cast, elsewhere, replacing=True)


def test_an_address_that_is_free_again_may_be_used(cast: Cast) -> None:
    made = out(cast, a_public_release(cast))
    unpublish(made, by=cast.lead, at=LATER + timedelta(hours=2))
    assert out(cast, a_public_release(cast, plan=factories.a_plan(cast.council)), hours=3).until is None


@pytest.mark.parametrize("address", ["", "A", "a b", "-a", "a-", "a--b", "é", "a/b", "a.b", "a" * 61, "a\n"])
def test_an_address_is_small_letters_numbers_and_hyphens(address: str) -> None:
    assert fault_of_address(address)


def test_the_suggested_address_is_where_the_last_one_is_read(cast: Cast) -> None:
    release = a_public_release(cast)
    assert suggested_address(release) == "westshire-young-people"
    assert fault_of_address(suggested_address(release)) == ""
    out(cast, release, "our-page")
    assert suggested_address(a_public_release(cast)) == "our-page"
