"""What depends on more than who somebody is: the stage of a plan, who holds a post now, whose action it is."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from plans.access.changes import hold_post
from tests.cast import Cast
from tests.web.access.answers import GONE, NO, OK
from tests.web.access.objects import address


def test_a_partner_has_the_actions_in_their_hands_and_no_others(cast: Cast, client: Client) -> None:
    client.force_login(cast.partner)
    assert client.get(address("action", cast.partner_action)).status_code == OK
    assert client.get(address("update_action", cast.partner_action)).status_code == OK
    page = client.get(address("plan", cast.plan)).content.decode()
    assert "1.2" in page
    assert cast.area.wording not in client.get(reverse("inspections")).content.decode()
    assert "of your own posts" in page
    assert f"actions/{cast.action.pk}/" not in page


def test_a_draft_plan_is_not_for_its_board(cast: Cast, client: Client) -> None:
    cast.plan.stage = "draft"
    cast.plan.save()
    client.force_login(cast.board_member)
    assert client.get(address("plan", cast.plan)).status_code == GONE
    client.force_login(cast.lead)
    assert client.get(address("plan", cast.plan)).status_code == OK


def test_nobody_decides_on_their_own_action(cast: Cast, client: Client) -> None:
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    client.force_login(cast.lead)
    assert client.get(address("decide_action", cast.action)).status_code == NO


def test_somebody_who_left_a_post_no_longer_updates_its_actions(cast: Cast, client: Client) -> None:
    hold_post(cast.team_mate, cast.post, since=date(2026, 2, 1))
    client.force_login(cast.owner)
    assert client.get(address("update_action", cast.action)).status_code == NO
    client.force_login(cast.team_mate)
    assert client.get(address("update_action", cast.action)).status_code == OK
