"""Where a person stands is read once for a request, and afresh for the next."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.access.models import Membership, PostHolding, Seat, User
from plans.access.rules import May
from plans.access.standing import boards_of, holds_any, may, organisations_where, posts_of, remember_standing
from plans.improvement_plan.models import Action, Plan
from plans.oversight.models import boards_visible_to
from tests import factories
from tests.cast import Cast

EVERYBODY = ["owner", "team_mate", "stranger", "board_member", "lead", "administrator", "partner", "reader", "auditor"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_person_sees_the_same_remembered_or_not(cast: Cast, who: str) -> None:
    person = User.objects.get(pk=getattr(cast, who).pk)
    seen = [set(rows) for rows in _all_visible_to(person)]
    remember_standing(person)
    assert [set(rows) for rows in _all_visible_to(person)] == seen
    assert person.is_staff == (who == "administrator")


def test_what_is_remembered_asks_the_database_nothing_more(
    cast: Cast, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    remember_standing(cast.owner)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert posts_of(cast.owner) == [cast.post.pk]
        assert boards_of(cast.owner) == []
        assert organisations_where(cast.owner, May.READ_PLANS) == [cast.council.pk]
        assert not may(cast.owner, May.RUN_PLANS, cast.council.pk)
        assert holds_any(cast.owner, [cast.post.pk])


def test_whoever_stands_nowhere_sees_nothing(cast: Cast) -> None:
    nobody = factories.a_person("Nora Nobody")
    assert not any(_all_visible_to(nobody))


def test_a_role_a_post_and_a_seat_that_end_are_gone_at_the_next_request(cast: Cast, client: Client) -> None:
    for person, ended in (
        (cast.lead, Membership.objects.filter(person=cast.lead)),
        (cast.partner, PostHolding.objects.filter(person=cast.partner)),
        (cast.board_member, Seat.objects.filter(person=cast.board_member)),
    ):
        client.force_login(person)
        plan = reverse("plan", args=[cast.plan.pk])
        before = client.get(plan).status_code
        ended.delete()
        assert (before, client.get(plan).status_code) == (200, 404)


def test_a_page_reads_where_its_reader_stands_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("overdue"))
    assert sum("plans_membership" in query["sql"] for query in asked) <= 2  # the saved filters of a role, too


def _all_visible_to(person: User) -> list[list[object]]:
    return [
        list(Plan.objects.visible_to(person)),
        list(Action.objects.visible_to(person)),
        list(Action.objects.all().in_the_hands_of(person)),
        list(boards_visible_to(person)),
    ]
