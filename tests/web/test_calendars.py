"""The calendar feed: a secret that is shown once, read without a session, dead when it is stopped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from plans.papers.calendar_changes import make_address
from plans.papers.models import CalendarAddress
from tests import factories
from tests.cast import Cast

PAGE = "/my-actions/calendar/"


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


def shown_address(answer: Any) -> str:
    found = re.search(r'value="http://testserver(/calendar/[^"]+\.ics)"', answer.content.decode())
    return found[1] if found else ""


def make(client: Client) -> str:
    now = CalendarAddress.objects.filter(revoked_at__isnull=True).first()
    return shown_address(client.post(PAGE, {"do": "make", "address": now.pk if now else ""}))


def test_my_actions_lead_to_it(owner: Client) -> None:
    assert PAGE in owner.get(reverse("my_actions")).content.decode()


def test_the_secret_is_shown_once(owner: Client) -> None:
    assert "Make my calendar’s address" in owner.get(PAGE).content.decode()
    answer = owner.post(PAGE, {"do": "make", "address": ""})
    address = shown_address(answer)
    assert len(address) > 50
    assert answer.headers["Cache-Control"] == "no-store"
    again = owner.get(PAGE).content.decode()
    assert address not in again
    assert "last read never" in again


def test_sending_the_page_again_makes_no_other_address(owner: Client) -> None:
    address = make(owner)
    assert owner.post(PAGE, {"do": "make", "address": ""}).status_code == 302
    assert Client().get(address).status_code == 200


def test_it_is_read_without_signing_in_and_without_a_session(owner: Client, cast: Cast) -> None:
    address, program = make(owner), Client()
    sessions = Session.objects.count()
    answer = program.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.cookies == {}
    assert Session.objects.count() == sessions
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(entry["url"]) == f"http://testserver{reverse('action', args=[cast.action.pk])}"
    assert str(entry["uid"]) == f"due-of-action-{cast.action.pk}@testserver"
    assert "last read today" in owner.get(PAGE).content.decode()


def test_a_new_address_ends_the_old_and_stopping_ends_both(owner: Client) -> None:
    first = make(owner)
    second = make(owner)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    now = CalendarAddress.objects.get(revoked_at__isnull=True)
    assert owner.post(PAGE, {"do": "stop", "address": now.pk}).status_code == 302
    assert Client().get(second).status_code == 404
    assert "Make my calendar’s address" in owner.get(PAGE).content.decode()


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "é", "a b"])
def test_an_unknown_secret_finds_nothing(cast: Cast, secret: str) -> None:
    answer = Client().get(f"/calendar/{secret}.ics")
    assert answer.status_code == 404
    assert answer.cookies == {}


def test_the_calendar_of_somebody_who_left_is_gone(owner: Client, cast: Cast) -> None:
    address = make(owner)
    cast.owner.is_active = False
    cast.owner.save()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 30, "1; drop"])
def test_a_broken_form_changes_nothing(owner: Client, typed: str) -> None:
    address = make(owner)
    for do in ("make", "stop"):
        assert owner.post(PAGE, {"do": do, "address": typed}).status_code == 302
    assert Client().get(address).status_code == 200


def test_it_is_only_read(owner: Client) -> None:
    address = make(owner)
    assert Client().post(address).status_code == 405
    assert Client().head(address).status_code == 200


def test_who_holds_no_post_has_an_empty_calendar(cast: Cast) -> None:
    secret = make_address(cast.reader, at=factories.START, instead_of=None)
    answer = Client().get(reverse("calendar_feed", args=[secret]))
    assert Calendar.from_ical(answer.content).walk("VEVENT") == []


def test_queries_do_not_grow_with_the_actions(cast: Cast) -> None:
    address = reverse("calendar_feed", args=[make_address(cast.owner, at=factories.START, instead_of=None)])

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        return len(captured)

    count()
    few = count()
    for number in range(5):
        day = factories.START.date().replace(month=6, day=number + 1)
        factories.an_action(cast.plan, cast.lead, lead_id=cast.post.pk, **factories.due(day))
    assert count() == few <= 6
