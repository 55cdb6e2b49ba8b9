"""A contact sees their post's open actions in one plan and nothing else; the council accepts or sends back."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.monitoring.models import PartnerLink, ProposedUpdate
from plans.monitoring.partner_links import make_link, propose, revoke_link
from tests import factories
from tests.cast import Cast

SAID = {"contact_name": "Nia Nurse", "contact_email": "nia@example.org"}


@pytest.fixture
def link(cast: Cast) -> tuple[PartnerLink, str]:
    post = cast.partner_action.lead
    assert post is not None
    return make_link(cast.plan, post, **SAID, days=14, by=cast.lead, at=timezone.now())


@pytest.fixture
def front(link: tuple[PartnerLink, str]) -> str:
    return reverse("partner_page", args=[link[1]])


@pytest.fixture
def lead(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.lead)
    return client


def row(action: Action, version: int = 1, **said: str) -> dict[str, Any]:
    sent = {"version": str(version), "note": "", "forecast": "", "confidence": "", **said}
    return {"row": action.pk, **{f"a{action.pk}-{name}": value for name, value in sent.items()}}


def proposal(cast: Cast, link: tuple[PartnerLink, str], **said: str) -> ProposedUpdate:
    plain = {"status": "in_progress", "note": "The clinic is open", **said}
    return propose(link[0], cast.partner_action, version=1, said=plain, at=timezone.now())


def many_actions(cast: Cast, number: int) -> None:
    for place in range(number):
        factories.an_action(cast.plan, cast.lead, reference=f"K{number}.{place}", lead_id=cast.post.pk)


def test_those_who_run_the_plan_make_a_link_which_is_sent_and_shown_once(lead: Client, cast: Cast) -> None:
    made = lead.post(
        reverse("new_partner_link", args=[cast.plan.pk]), {**SAID, "post": cast.partner_action.lead_id, "days": "14"}
    )
    shown = re.findall(r"http://testserver(/partner/[\w-]{43,}/)", made.content.decode())
    assert len(shown) == 1
    assert "no-store" in made["Cache-Control"]
    (sent,) = mail.outbox
    assert sent.to == ["nia@example.org"]
    assert shown[0] in sent.body
    assert Client().get(shown[0]).status_code == 200
    found = PartnerLink.objects.get()
    for route in ("partner_links", "partner_link"):
        listed = lead.get(reverse(route, args=[cast.plan.pk if route == "partner_links" else found.pk])).content
        assert shown[0].split("/")[2] not in listed.decode()
        assert "Nia Nurse" in listed.decode()


@pytest.mark.parametrize("days", ["0", "61", "many", ""])
def test_days_that_are_none_are_said_beside_the_field(lead: Client, cast: Cast, days: str) -> None:
    said = {**SAID, "post": cast.partner_action.lead_id, "days": days}
    answer = lead.post(reverse("new_partner_link", args=[cast.plan.pk]), said)
    assert answer.status_code == 400
    assert 'id="id_days_error"' in answer.content.decode()
    assert not mail.outbox


def test_the_page_has_its_rows_and_never_a_reference_of_others(client: Client, cast: Cast, front: str) -> None:
    many_actions(cast, 40)
    shown = client.get(front).content.decode()
    assert "1.2" in shown
    assert cast.area.wording in shown
    others = Action.objects.filter(plan=cast.plan).exclude(pk=cast.partner_action.pk)
    assert others.count() == 41
    for action in others:
        assert not re.search(rf"(?<![\w.]){re.escape(action.reference)}(?![\w])", shown.split("<main")[1])
        assert f"a{action.pk}-" not in shown
    assert "Olive Owner" not in shown


def test_nothing_of_the_address_leaves_the_page(client: Client, front: str) -> None:
    for answer in (client.get(front), client.post(front, {}), client.get(reverse("partner_page", args=["x" * 43]))):
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
    assert "sessionid" not in client.cookies


def test_an_answer_of_4xx_is_not_logged_with_its_secret(
    client: Client, cast: Cast, front: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert client.post(front, row(cast.partner_action, status="in_progress")).status_code == 400
    assert front not in caplog.text


def test_whatever_is_wrong_with_a_link_it_is_the_same_page(client: Client, cast: Cast) -> None:
    post, at = cast.partner_action.lead, timezone.now()
    assert post is not None
    revoked, first = make_link(cast.plan, post, **SAID, days=14, by=cast.lead, at=at)
    revoke_link(revoked, by=cast.lead, at=at)
    _, expired = make_link(cast.plan, post, **SAID, days=1, by=cast.lead, at=at - timedelta(days=2))
    answers = [client.get(reverse("partner_page", args=[secret])) for secret in (first, expired, "nothing")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "ask whoever at the council sent it" in answers[0].content.decode()
    dead = client.post(reverse("partner_page", args=[first]), row(cast.partner_action, note="Late", status="complete"))
    assert dead.status_code == 404
    assert not ProposedUpdate.objects.exists()


def test_the_contact_proposes_and_can_replace_it_while_it_waits(client: Client, cast: Cast, front: str) -> None:
    action = cast.partner_action
    typed = row(action, status="in_progress", note="The clinic is open", forecast="May 2027", confidence="high")
    assert client.post(front, typed).status_code == 302
    waiting = ProposedUpdate.objects.get()
    assert waiting.said == {
        "status": "in_progress",
        "note": "The clinic is open",
        "confidence": "high",
        "forecast_date": "2027-05-31",
        "forecast_precision": "month",
    }
    shown = client.get(front).content.decode()
    assert "“The clinic is open” It waits" in shown
    assert 'value="May 2027"' in shown
    assert client.post(front, typed).status_code == 302
    assert Event.objects.filter(what="partner_link.replaced").count() == 0, "the same again is nothing new"
    client.post(front, {**typed, f"a{action.pk}-note": "It opens in June"})
    assert ProposedUpdate.objects.get().said["note"] == "It opens in June"
    assert Update.objects.filter(action=action).count() == 1
    client.post(front, {**row(action, status=""), "tick": action.pk})
    assert ProposedUpdate.objects.get().said == {}


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(client: Client, cast: Cast, front: str) -> None:
    post = cast.partner_action.lead
    assert post is not None
    other = factories.an_action(cast.plan, cast.lead, reference="1.3", lead_id=post.pk, position=3)
    good, bad = row(other, status="complete", note="Done"), row(cast.partner_action, status="complete", note="All done")
    typed = {**good, **bad, "row": [other.pk, cast.partner_action.pk], f"a{cast.partner_action.pk}-forecast": "soonish"}
    answer = client.post(front, typed)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="soonish"' in shown
    assert "All done" in shown
    assert [one.action for one in ProposedUpdate.objects.all()] == [other]
    assert "Sent to the council: 1 update (1.3)" in shown


def test_a_contact_says_nothing_about_the_actions_of_others(client: Client, cast: Cast, front: str) -> None:
    client.post(front, row(cast.action, status="complete", note="Done for you"))
    assert not ProposedUpdate.objects.exists()


def test_no_link_shows_what_another_proposed(client: Client, cast: Cast, link: tuple[PartnerLink, str]) -> None:
    proposal(cast, link)
    post = cast.partner_action.lead
    assert post is not None
    _, other = make_link(cast.plan, post, **SAID, days=14, by=cast.lead, at=timezone.now())
    assert "The clinic is open" not in client.get(reverse("partner_page", args=[other])).content.decode()


def test_the_council_accepts_in_the_name_of_the_one_who_does(
    lead: Client, cast: Cast, link: tuple[PartnerLink, str], front: str
) -> None:
    waiting = proposal(cast, link)
    assert "1 proposed by partners" in lead.get(reverse("plan", args=[cast.plan.pk])).content.decode()
    assert "Proposed by Nia Nurse" in lead.get(reverse("action", args=[cast.partner_action.pk])).content.decode()
    queue = lead.get(reverse("proposals")).content.decode()
    assert "The clinic is open" in queue
    sent = {"do": "accept", "version": 1, "read_at": waiting.proposed_at.isoformat()}
    assert lead.post(reverse("proposal", args=[waiting.pk]), sent).status_code == 302
    assert Update.objects.get(action=cast.partner_action, sequence=2).by == cast.lead
    history = lead.get(reverse("action", args=[cast.partner_action.pk])).content.decode()
    assert "Lena Lead, as Nia Nurse (Designated nurse) proposed" in history
    assert "Accepted by the council" in Client().get(front).content.decode()
    again = lead.post(reverse("proposal", args=[waiting.pk]), sent)
    assert again.status_code == 400
    assert "has decided this" in again.content.decode()


def test_sent_back_with_a_reason_that_the_contact_reads(
    lead: Client, cast: Cast, link: tuple[PartnerLink, str], front: str
) -> None:
    waiting = proposal(cast, link)
    sent = {"do": "send_back", "version": 1, "read_at": waiting.proposed_at.isoformat(), "reason": ""}
    assert lead.post(reverse("proposal", args=[waiting.pk]), sent).status_code == 400
    lead.post(reverse("proposal", args=[waiting.pk]), {**sent, "reason": "Which clinic do you mean?"})
    assert "Which clinic do you mean?" in Client().get(front).content.decode()


def test_what_changed_since_is_shown_before_it_is_accepted(
    lead: Client, cast: Cast, link: tuple[PartnerLink, str]
) -> None:
    waiting = proposal(cast, link)
    sent = {"do": "accept", "version": 1, "read_at": waiting.proposed_at.isoformat(), "reason": "Half a reason"}
    record(cast.partner_action, by=cast.administrator, at=timezone.now(), kind=Kind.PROGRESS, note="Rooms fell through")
    answer = lead.post(reverse("proposal", args=[waiting.pk]), sent)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert "Rooms fell through" in shown
    assert "Half a reason" in shown
    assert 'name="version" value="2"' in shown
    assert lead.post(reverse("proposal", args=[waiting.pk]), {**sent, "version": 2}).status_code == 302


def test_too_many_at_once_is_refused(client: Client, front: str) -> None:
    cache.clear()
    try:
        codes = [client.get(front).status_code for _ in range(125)]
    finally:
        cache.clear()
    assert (codes[0], codes[-1]) == (200, 429)


def test_pages_ask_the_same_number_of_questions_whatever_the_size(
    lead: Client, cast: Cast, link: tuple[PartnerLink, str], front: str
) -> None:
    places = {
        front: Client(),
        reverse("proposals"): lead,
        reverse("partner_links", args=[cast.plan.pk]): lead,
        reverse("partner_link", args=[link[0].pk]): lead,
    }

    def counts() -> list[int]:
        found = []
        for place, client in places.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(place).status_code == 200
            found.append(len(captured))
        return found

    def add(number: int) -> None:
        for place in range(number):
            post = link[0].post
            more = factories.an_action(
                cast.plan, cast.lead, reference=f"P{number}.{place}", lead_id=post.pk, area_id=cast.area.pk
            )
            propose(link[0], more, version=1, said={"note": "On the way"}, at=timezone.now())

    add(2)
    few = counts()
    add(20)
    assert counts() == few
    # Whoever opens a link is counted in the cache, which is a table here.
    assert few[0] <= 18
    assert max(few[1:]) <= 12
