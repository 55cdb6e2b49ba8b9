"""One's own account, people and invitations as pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.access.credentials import Invitation
from plans.access.models import Membership, User
from plans.access.rules import Role
from plans.web.views.account_page import device_words
from tests import factories
from tests.cast import Cast
from tests.web.signing_in import app_of, sign_in, signed_in, trail

PASSWORD = "purple lamp reads quietly"


@pytest.fixture
def administrator(client: Client, cast: Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def send_invitation(client: Client, **fields: Any) -> Any:
    return client.post(reverse("invite"), {"name": "Nia New", "email": "nia@example.org", "role": "officer", **fields})


def link() -> str:
    found = re.search(r"http://testserver(/invitations/accept/\S+)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def test_an_invited_person_makes_their_account_and_is_in(administrator: Client, cast: Cast) -> None:
    assert send_invitation(administrator).url == reverse("people")
    assert mail.outbox[-1].to == ["nia@example.org"]
    assert "Ada Admin invites you" in mail.outbox[-1].body
    assert "Nia New" in administrator.get(reverse("people")).content.decode()
    browser = Client()
    page = browser.get(link())
    assert "Welcome, Nia New" in page.content.decode()
    weak = browser.post(link(), {"password": "nia new nia"})
    assert weak.status_code == 400
    assert "too short" in weak.content.decode()
    assert "too similar" in browser.post(link(), {"password": "nia@example.org!"}).content.decode()
    assert browser.post(link(), {"password": PASSWORD}).url == "/"
    assert signed_in(browser)
    nia = User.objects.get(email="nia@example.org")
    assert [(row.organisation, row.role) for row in nia.memberships.all()] == [(cast.council, "officer")]
    assert trail("sign_in.succeeded")[0].details["by_means_of"] == ["invitation"]
    gone = Client().get(link())
    assert gone.status_code == 410
    assert sign_in(Client(), "nia@example.org", PASSWORD).status_code == 302


def test_a_role_that_asks_for_an_authenticator_asks_the_invited_too(administrator: Client, cast: Cast) -> None:
    cast.council.second_factor_roles = ["officer"]
    cast.council.save()
    send_invitation(administrator)
    browser = Client()
    browser.post(link(), {"password": PASSWORD})
    assert browser.get(reverse("plans")).url == reverse("second_factor_wanted")


def test_what_is_wrong_with_an_invitation_is_said_beside_the_field(administrator: Client, cast: Cast) -> None:
    for fields, said in (
        ({"name": ""}, "Enter name"),
        ({"email": "nia"}, "Enter an e-mail address, like name@example.org"),
        ({"role": ""}, "Choose role"),
        ({"role": "emperor"}, "Select a valid choice"),
        ({"email": cast.owner.email.upper()}, "has that role here already"),
    ):
        answer = send_invitation(administrator, **fields)
        assert answer.status_code == 400
        assert said in answer.content.decode(), fields
    assert (len(mail.outbox), Invitation.objects.count()) == (0, 0)


def test_an_administrator_invites_into_their_own_organisation_alone(administrator: Client, cast: Cast) -> None:
    elsewhere = cast.stranger.memberships.get().organisation
    send_invitation(administrator, organisation=elsewhere.pk)
    assert Invitation.objects.get().organisation == cast.council


def test_an_invitation_is_sent_again_and_taken_back(administrator: Client, cast: Cast) -> None:
    send_invitation(administrator)
    first, invitation = link(), Invitation.objects.get()
    administrator.post(reverse("send_invitation_again", args=[invitation.pk]))
    assert link() != first
    browser = Client()
    assert browser.get(first).status_code == 410
    assert browser.get(link()).status_code == 200
    administrator.post(reverse("revoke_invitation", args=[invitation.pk]))
    assert browser.get(link()).status_code == 410
    assert browser.post(link(), {"password": PASSWORD}).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert [event.what for event in trail("invitation.revoked")] == ["invitation.revoked"]


def test_a_mail_server_that_does_not_answer_is_told_to_the_inviter(
    administrator: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("no mail today")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    page = administrator.get(send_invitation(administrator).url).content.decode()
    assert "could not be sent" in page
    assert Invitation.objects.count() == 1


def test_somebody_with_an_account_signs_in_and_accepts_the_role(administrator: Client, cast: Cast) -> None:
    send_invitation(administrator, email=cast.stranger.email, role="board member")
    browser = Client()
    asked = browser.get(link())
    assert asked.url == f"{reverse('sign_in')}?next={link()}"
    assert sign_in(browser, cast.stranger.email, next=link()).url == link()
    assert "You keep your account" in browser.get(link()).content.decode()
    assert cast.stranger.memberships.count() == 1
    assert browser.post(link()).url == reverse("start")
    assert set(cast.stranger.memberships.values_list("role", flat=True)) == {"improvement lead", "board member"}


def test_an_invitation_of_somebody_else_is_not_accepted(administrator: Client, cast: Cast) -> None:
    send_invitation(administrator)
    assert administrator.post(link(), {"password": PASSWORD}).status_code == 403
    assert not User.objects.filter(email="nia@example.org").exists()
    send_invitation(administrator, email=cast.stranger.email)
    assert administrator.post(link()).status_code == 403


def test_guessing_invitations_is_limited(client: Client, cast: Cast) -> None:
    answers = {client.post(f"/invitations/accept/guess{number}/").status_code for number in range(31)}
    assert answers == {410, 429}


def test_a_deactivated_person_is_out_at_once_and_the_page_says_what_they_hold(
    administrator: Client, cast: Cast
) -> None:
    browser = Client()
    sign_in(browser, cast.owner.email)
    page = administrator.get(reverse("person", args=[cast.owner.pk])).content.decode()
    assert "They hold 1 post" in page
    administrator.post(reverse("deactivate_person", args=[cast.owner.pk]))
    assert browser.get(reverse("plans")).status_code == 302
    assert sign_in(browser, cast.owner.email).status_code == 403
    assert "Deactivated" in administrator.get(reverse("people"), {"state": "deactivated"}).content.decode()
    administrator.post(reverse("reactivate_person", args=[cast.owner.pk]))
    # The session that was ended stays ended.
    assert browser.get(reverse("plans")).status_code == 302
    assert sign_in(browser, cast.owner.email).status_code == 302


def test_roles_are_changed_on_the_page(administrator: Client, cast: Cast) -> None:
    page = reverse("person", args=[cast.owner.pk])
    administrator.post(page, {f"roles_{cast.council.pk}": ["reader", "board member"]})
    assert set(cast.owner.memberships.values_list("role", flat=True)) == {"reader", "board member"}
    own = reverse("person", args=[cast.administrator.pk])
    refused = administrator.post(own, {f"roles_{cast.council.pk}": ["reader"]})
    assert refused.status_code == 400
    assert "from yourself" in refused.content.decode()


def test_a_post_holder_without_a_role_can_be_given_one(administrator: Client, cast: Cast) -> None:
    person = factories.a_person("Paul Post")
    factories.a_post("Service manager", cast.council, holder=person)
    page = reverse("person", args=[person.pk])
    assert "Roles in Westshire" in administrator.get(page).content.decode()
    administrator.post(page, {f"roles_{cast.council.pk}": ["officer"]})
    assert person.memberships.get().role == "officer"


def test_the_list_is_found_in_filtered_and_costs_the_same_for_many(administrator: Client, cast: Cast) -> None:
    app_of(cast.owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(reverse("people")).status_code == 200
        return len(captured)

    few = queries()
    for number in range(30):
        factories.a_person(f"Person {number}", role=Role.OFFICER, of=cast.council)
    assert queries() == few
    assert few <= 14
    found = administrator.get(reverse("people"), {"q": "olive"}).content.decode()
    assert "Olive Owner" in found
    assert "Lena Lead" not in found
    assert "Set up" in found
    assert "Head of Service" in found
    assert "Nobody found" in administrator.get(reverse("people"), {"q": "zzz"}).content.decode()
    for page in ("0", "99", "x", "9" * 30):
        assert administrator.get(reverse("people"), {"page": page}).status_code == 404


def test_the_installations_account_sees_every_council(client: Client, cast: Cast) -> None:
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    page = client.get(reverse("people")).content.decode()
    assert "Stan Stranger" in page
    assert "Officer, Westshire" in page
    assert client.get(reverse("person", args=[cast.stranger.pk])).status_code == 200


def test_ones_own_account_says_what_there_is(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    page = client.get(reverse("account")).content.decode()
    for said in (cast.owner.email, "Officer, Westshire", "Not set up", "Here only"):
        assert said in page
    other = Client()
    sign_in(other, cast.owner.email)
    assert "In 2 places" in client.get(reverse("account")).content.decode()


def test_sessions_are_listed_and_ended_one_or_all(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    firefox = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    others = [Client(headers=firefox), Client(), Client()]
    for other in others:
        sign_in(other, cast.owner.email)
    page = client.get(reverse("sessions")).content.decode()
    assert "3 other places" in page
    assert "Firefox on Windows" in page
    theirs = UserSession.objects.get(session_key=others[0].session.session_key)
    client.post(reverse("end_session", args=[theirs.pk]))
    assert others[0].get(reverse("plans")).status_code == 302
    assert others[1].get(reverse("plans")).status_code == 200
    client.post(reverse("end_other_sessions"))
    assert others[1].get(reverse("plans")).status_code == 302
    assert client.get(reverse("plans")).status_code == 200
    assert "here only" in client.get(reverse("sessions")).content.decode()
    assert len(trail("session.ended")) == 2


def test_nobody_ends_another_persons_session(client: Client, cast: Cast) -> None:
    victim = Client()
    sign_in(victim, cast.lead.email)
    theirs = UserSession.objects.get(user=cast.lead)
    sign_in(client, cast.owner.email)
    assert client.post(reverse("end_session", args=[theirs.pk])).status_code == 404
    client.post(reverse("end_other_sessions"))
    assert victim.get(reverse("plans")).status_code == 200


def test_last_seen_is_kept_within_five_minutes_and_costs_a_page_nothing(client: Client, cast: Cast) -> None:
    start = timezone.now()
    sign_in(client, cast.owner.email)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("boards"))
        return len(captured)

    queries()
    usual = queries()
    with time_machine.travel(start + timedelta(minutes=30)):
        assert queries() > usual
        assert queries() == usual
    seen = UserSession.objects.get(user=cast.owner).last_seen_at
    assert seen >= start + timedelta(minutes=29)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140.0 Safari/537.36", "Chrome on Mac"),
        ("curl/8.0", "Unknown"),
        ("", "Unknown"),
    ],
)
def test_what_a_browser_says_it_is(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words


def test_an_administrator_who_sets_a_password_ends_the_sessions(administrator: Client, cast: Cast) -> None:
    browser = Client()
    sign_in(browser, cast.owner.email)
    page = reverse("admin:auth_user_password_change", args=[cast.owner.pk])
    sent = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert administrator.post(page, sent).status_code == 302
    assert browser.get(reverse("plans")).status_code == 302
    assert [event.by for event in trail("password.changed")] == [cast.administrator.email]
    assert Membership.objects.filter(person=cast.owner).exists()
