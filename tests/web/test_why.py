"""The page that explains: about oneself for everybody, about others for their administrators alone."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from plans.access.models import Membership
from plans.access.rules import Role
from tests import factories
from tests.cast import Cast
from tests.web.test_queries import MOST, add_actions, queries


def test_about_oneself_and_what_one_cannot_see(cast: Cast, client: Client) -> None:
    client.force_login(cast.partner)
    page = client.get(reverse("why"), {"action": cast.partner_action.pk}).content.decode()
    assert "Pat Partner holds the post “Designated nurse”, which leads 1.2." in page
    assert client.get(reverse("why"), {"action": cast.action.pk}).status_code == 404
    assert client.get(reverse("why"), {"plan": "x"}).status_code == 404
    assert client.get(reverse("why"), {"person": cast.owner.pk}).status_code == 403


def test_an_administrator_asks_about_their_own_people_and_sees_nothing_of_elsewhere(cast: Cast, client: Client) -> None:
    elsewhere = factories.an_organisation("Farshire")
    Membership.objects.create(person=cast.owner, organisation=elsewhere, role=Role.LEAD.value)
    client.force_login(cast.administrator)
    page = client.get(reverse("why"), {"person": cast.owner.pk, "plan": cast.plan.pk}).content.decode()
    assert "What Olive Owner may do, and why" in page
    assert "Olive Owner has the role “Officer” in Westshire." in page
    assert "Farshire" not in page
    assert client.get(reverse("why"), {"person": cast.stranger.pk}).status_code == 404


def test_the_refusal_and_the_pages_lead_to_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.reader)
    refused = client.get(reverse("amend_action", args=[cast.action.pk]))
    assert (refused.status_code, reverse("why") in refused.content.decode()) == (403, True)
    page = client.get(reverse("action", args=[cast.action.pk])).content.decode()
    assert f"{reverse('why')}?action={cast.action.pk}" in page
    assert f"{reverse('why')}?plan={cast.plan.pk}" in client.get(reverse("plan", args=[cast.plan.pk])).content.decode()


def test_readers_are_told_that_they_see_public_papers_alone(cast: Cast, client: Client) -> None:
    for member, told in (("reader", True), ("owner", False), ("auditor", False), ("board_member", False)):
        client.force_login(getattr(cast, member))
        page = client.get(reverse("plan_papers", args=[cast.plan.pk])).content.decode()
        assert ("Your role reads the papers that are public" in page) == told, member


def test_queries_do_not_grow(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    address = reverse("why")
    add_actions(cast, 3)
    few = queries(client, address, {"plan": str(cast.plan.pk)})
    add_actions(cast, 30)
    assert queries(client, address, {"plan": str(cast.plan.pk)}) == few <= 4 * MOST
