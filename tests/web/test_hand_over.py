"""The pages of a hand-over: a preview first, then all of it at once, then what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.holdings import holder_of
from plans.access.models import PostHolding, User
from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.rules import Kind
from plans.papers.calendar_changes import address_of, make_address
from tests import factories
from tests.cast import Cast
from tests.web.test_queries import MOST, add_actions, queries


def sent(cast: Cast, **said: Any) -> dict[str, Any]:
    holding = cast.post.holdings.get()
    return {
        "day": f"{timezone.localdate():%-d %B %Y}",
        "holdings": str(holding.pk),
        f"post_{holding.pk}": str(cast.team_mate.pk),
        f"version_{cast.action.pk}": "1",
        "reason": "The holder leaves",
        "end_roles": "on",
        "close_account": "on",
        **said,
    }


def holder(cast: Cast) -> User:
    found = holder_of(cast.post)
    assert found is not None
    return found.person


def test_the_preview_does_nothing_and_the_second_step_does_all_of_it(cast: Cast, client: Client) -> None:
    make_address(cast.owner, at=timezone.now(), instead_of=None)
    client.force_login(cast.administrator)
    address = reverse("hand_over", args=[cast.owner.pk])
    assert "Olive Owner holds 1 post that leads 1 action" in client.get(address).content.decode()
    preview = client.post(address, sent(cast, do="preview")).content.decode()
    assert "Nothing has been done yet" in preview
    assert "“Head of Service”: to Tim Mate from" in preview
    assert "Calendar address revoked" in preview
    assert holder(cast) == cast.owner
    assert "Who takes over" in client.post(address, sent(cast, do="change")).content.decode()
    page = client.post(address, sent(cast, do="confirm"), follow=True)
    assert page.status_code == 200
    assert "“Head of Service”: to Tim Mate from" in page.content.decode()
    assert holder(cast) == cast.team_mate
    assert address_of(cast.owner) is None
    assert Event.objects.get(what="person.handed_over").by == cast.administrator.email


def test_an_action_that_changed_meanwhile_is_said_beside_it_and_nothing_is_done(cast: Cast, client: Client) -> None:
    other = factories.a_post("Head of Quality", cast.council)
    record(cast.action, by=cast.lead, at=timezone.now(), kind=Kind.PROGRESS, note="Begun")
    client.force_login(cast.administrator)
    said = sent(cast, do="confirm", **{f"action_{cast.action.pk}": str(other.pk)})
    page = client.post(reverse("hand_over", args=[cast.owner.pk]), said)
    assert page.status_code == 400
    assert "Lena Lead changed this action in the meantime (Progress update)" in page.content.decode()
    assert holder(cast) == cast.owner
    said[f"version_{cast.action.pk}"] = "2"
    assert client.post(reverse("hand_over", args=[cast.owner.pk]), said).status_code == 302
    cast.action.refresh_from_db()
    assert cast.action.lead_id == other.pk


def test_posts_that_changed_meanwhile_are_shown(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    said = sent(cast, do="confirm")
    factories.a_post("Another", cast.council, holder=cast.owner)
    page = client.post(reverse("hand_over", args=[cast.owner.pk]), said)
    assert page.status_code == 400
    assert "Somebody else changed the posts" in page.content.decode()
    assert "Who takes over “Another”?" in page.content.decode()


def test_a_day_to_come_is_refused_beside_the_field(cast: Cast, client: Client) -> None:
    later = timezone.localdate() + timedelta(days=10)
    client.force_login(cast.administrator)
    page = client.post(reverse("hand_over", args=[cast.owner.pk]), sent(cast, day=f"{later:%-d %B %Y}"))
    assert page.status_code == 400
    assert "Enter today or an earlier day" in page.content.decode()
    assert PostHolding.objects.get(post=cast.post).until is None


def test_queries_do_not_grow_with_the_actions(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    address = reverse("hand_over", args=[cast.owner.pk])
    add_actions(cast, 3)
    few = queries(client, address, {})
    add_actions(cast, 30)
    assert queries(client, address, {}) == few
    assert few <= 3 * MOST
