"""Pages of rounds: opened, chased once a day, closed; the same counts on every page that tells of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.access.models import PostHolding
from plans.monitoring.changes import report_no_change
from plans.oversight.chasing import Reminder, UpdateRound
from plans.oversight.chasing_changes import open_round
from plans.oversight.models import Meeting
from plans.web.wording import day_of, day_words
from tests import factories
from tests.cast import Cast


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_ADDRESS = "https://plans.example.gov.uk"


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


@pytest.fixture
def one(cast: Cast) -> UpdateRound:
    now = timezone.now()
    return open_round(
        cast.plan,
        due=day_of(now) + timedelta(days=7),
        by=cast.lead,
        at=now - timedelta(hours=1),
        note="What has changed since March?",
    )


def page(client: Client, route: str, *args: int) -> str:
    return client.get(reverse(route, args=args)).content.decode()


def test_a_lead_opens_a_round_for_a_meeting(lead: Client, cast: Cast) -> None:
    now = timezone.now()
    meeting = Meeting.objects.create(board=cast.board, starts_at=now + timedelta(days=20))
    sent = {"due": day_words(day_of(now) + timedelta(days=10)), "meeting": meeting.pk, "note": ""}
    answer = lead.post(reverse("open_round", args=[cast.plan.pk]), sent)
    found = UpdateRound.objects.get()
    assert answer.headers["Location"] == reverse("round", args=[found.pk])
    assert found.meeting == meeting
    for told in (
        page(lead, "board", cast.board.pk),
        page(lead, "meeting", meeting.pk),
    ):
        assert ": 0 of 2 returned." in told
        assert reverse("round", args=[found.pk]) in told


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "Enter today’s date or a later one"), (30, "by the day of the meeting, not after it")]
)
def test_a_day_that_makes_no_sense_is_said_beside_the_field(lead: Client, cast: Cast, days: int, said: str) -> None:
    now = timezone.now()
    meeting = Meeting.objects.create(board=cast.board, starts_at=now + timedelta(days=20))
    sent = {"due": day_words(day_of(now) + timedelta(days=days)), "meeting": meeting.pk, "note": "Kept"}
    answer = lead.post(reverse("open_round", args=[cast.plan.pk]), sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_a_second_round_is_refused_in_words(lead: Client, cast: Cast, one: UpdateRound) -> None:
    answer = lead.post(reverse("open_round", args=[cast.plan.pk]), {"due": day_words(one.due)})
    assert answer.status_code == 400
    assert "Close it first" in answer.content.decode()


def test_the_page_says_who_has_returned_and_who_has_not(lead: Client, cast: Cast, one: UpdateRound) -> None:
    report_no_change(cast.action, by=cast.owner, at=timezone.now())
    told = page(lead, "round", one.pk)
    assert "1 of 2 returned, 1 of them a nil return; 1 has not" in told
    assert "Nil return" in told
    assert cast.owner.name in told
    assert "1 of 2" in page(lead, "plan_rounds", cast.plan.pk)


def test_names_are_for_those_who_run_the_plan(client: Client, cast: Cast, one: UpdateRound) -> None:
    client.force_login(cast.board_member)
    told = page(client, "round", one.pk)
    assert "Head of Service" in told
    assert cast.owner.name not in told
    assert reverse("chase_round", args=[one.pk]) not in told


def test_an_owner_is_told_on_their_own_page_and_no_more_once_they_returned(
    client: Client, cast: Cast, one: UpdateRound
) -> None:
    client.force_login(cast.owner)
    assert "What has changed since March?" in page(client, "my_actions")
    report_no_change(cast.action, by=cast.owner, at=timezone.now())
    assert "What has changed since March?" not in page(client, "my_actions")


def test_a_chase_goes_to_each_owner_once_a_day(lead: Client, cast: Cast, one: UpdateRound) -> None:
    for said in ("2 people are being asked for updates on 2 actions", "a person is asked once a day at most"):
        answer = lead.post(reverse("chase_round", args=[one.pk]), follow=True)
        assert said in answer.content.decode()
    assert sorted(message.to[0] for message in mail.outbox) == sorted([cast.owner.email, cast.partner.email])
    (message,) = (message for message in mail.outbox if message.to == [cast.owner.email])
    assert message.subject.endswith(": 1 action of yours")
    assert "What has changed" not in message.body
    assert cast.lead.name not in message.body
    assert f"https://plans.example.gov.uk/actions/{cast.action.pk}/update/" in message.body
    assert Reminder.objects.filter(kind="chase", sent_at__isnull=False).count() == 2


def test_who_has_returned_is_not_chased_and_a_vacant_post_is_named(lead: Client, cast: Cast, one: UpdateRound) -> None:
    report_no_change(cast.action, by=cast.owner, at=timezone.now())
    PostHolding.objects.filter(person=cast.partner).delete()
    assert "Nobody can be asked about 1 action" in page(lead, "round", one.pk)
    answer = lead.post(reverse("chase_round", args=[one.pk]), follow=True)
    assert "For 1 action nobody holds the lead post" in answer.content.decode()
    assert mail.outbox == []


def test_without_an_address_of_the_site_no_chase_is_written(
    lead: Client, cast: Cast, one: UpdateRound, settings: Any
) -> None:
    settings.SITE_ADDRESS = ""
    answer = lead.post(reverse("chase_round", args=[one.pk]), follow=True)
    assert "SITE_ADDRESS is not set" in answer.content.decode()
    assert Reminder.objects.count() == 0


def test_a_closed_round_stays_as_it_was_and_is_chased_no_more(lead: Client, cast: Cast, one: UpdateRound) -> None:
    lead.post(reverse("close_round", args=[one.pk]))
    report_no_change(cast.action, by=cast.owner, at=timezone.now())
    told = page(lead, "round", one.pk)
    assert "0 of 2 returned; 2 have not" in told
    assert reverse("chase_round", args=[one.pk]) not in told
    assert "is closed" in lead.post(reverse("chase_round", args=[one.pk]), follow=True).content.decode()
    assert "closed already" in lead.post(reverse("close_round", args=[one.pk]), follow=True).content.decode()
    assert mail.outbox == []


def test_before_it_was_opened_it_says_so(lead: Client, one: UpdateRound) -> None:
    told = lead.get(reverse("round", args=[one.pk]), {"as_at": "2026-01-06"}).content.decode()
    assert "was not open yet" in told


@pytest.mark.parametrize("member", ["lead", "board_member"])
def test_the_page_asks_the_same_number_of_questions_whatever_its_size(client: Client, cast: Cast, member: str) -> None:
    def queries(one: UpdateRound) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("round", args=[one.pk])).status_code == 200
        return len(captured)

    client.force_login(getattr(cast, member))
    now = timezone.now()
    few = open_round(cast.plan, due=day_of(now), by=cast.lead, at=now)
    before = queries(few)
    few.delete()
    for number in range(6):
        post = factories.a_post(f"Post {number}", cast.council, holder=factories.a_person(f"Person {number}"))
        factories.an_action(cast.plan, cast.lead, lead_id=post.pk)
    assert queries(open_round(cast.plan, due=day_of(now), by=cast.lead, at=now)) == before <= 12
