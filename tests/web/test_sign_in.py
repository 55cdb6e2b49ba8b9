"""Signing in by password: who gets in, who is told what, what locks, what is noted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from plans.access.models import User
from plans.audit.models import Event
from tests.cast import Cast
from tests.web.signing_in import PASSWORD, sign_in, signed_in, trail

LOCKED = "Signing in is locked for 15 minutes"
NEW = "purple lamp reads quietly"


def all_patterns(found: list[Any]) -> list[URLPattern]:
    patterns = []
    for one in found:
        patterns += all_patterns(one.url_patterns) if isinstance(one, URLResolver) else [one]
    return patterns


def test_nothing_of_the_library_is_reachable_but_through_our_own_views() -> None:
    patterns = all_patterns(get_resolver().url_patterns)
    assert len(patterns) > 100
    modules = {getattr(one.callback, "view_class", one.callback).__module__ for one in patterns}
    assert not [name for name in modules if name.startswith("allauth")]


def test_there_is_no_open_registration(client: Client, cast: Cast) -> None:
    before = User.objects.count()
    for path in ("/accounts/signup/", "/signup/", "/sign-up/", "/account/signup/", "/accounts/login/"):
        assert client.get(path).status_code == 404, path
    page = client.get(reverse("sign_in")).content.decode()
    assert "invites you by e-mail" in page
    sign_in(client, "nobody@example.org", NEW)
    assert User.objects.count() == before


def test_a_person_signs_in_and_out_and_both_are_noted(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.owner.email.upper()).status_code == 302
    assert signed_in(client)
    (event,) = trail("sign_in.succeeded")
    assert (event.by, event.details["by_means_of"]) == (cast.owner.email, ["password"])
    assert client.post(reverse("sign_out")).status_code == 302
    assert not signed_in(client)
    assert [event.by for event in trail("sign_out")] == [cast.owner.email]


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/plans/", "/plans/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
    ],
)
def test_after_signing_in_one_goes_on_here_and_nowhere_else(
    client: Client, cast: Cast, asked: str, goes_to: str
) -> None:
    assert urlsplit(sign_in(client, cast.owner.email, next=asked).url).path == goes_to
    again = client.get(reverse("sign_in"), {"next": asked})
    assert urlsplit(again.url).netloc == ""


def test_the_address_asked_for_survives_a_wrong_password(client: Client, cast: Cast) -> None:
    page = sign_in(client, cast.owner.email, "wrong", next="/plans/").content.decode()
    assert '<input type="hidden" name="next" value="/plans/">' in page


def test_a_stranger_and_a_wrong_password_are_told_the_same(client: Client, cast: Cast) -> None:
    wrong = sign_in(client, cast.owner.email, "wrong")
    stranger = sign_in(client, "nobody@example.org", "wrong")
    assert wrong.status_code == stranger.status_code == 400
    said = {
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(email, ""))
        for answer, email in ((wrong, cast.owner.email), (stranger, "nobody@example.org"))
    }
    assert len(said) == 1


def test_both_cost_one_hash_of_a_password(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the time is hashing: once for a person, once for a stranger."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *words: hashed.append("one") or encode(self, *words))
    sign_in(client, cast.owner.email, "wrong")
    assert len(hashed) == 1
    sign_in(client, "nobody@example.org", "wrong")
    assert len(hashed) == 2


def test_what_a_stranger_typed_is_not_kept(client: Client, cast: Cast) -> None:
    sign_in(client, "my secret password@example.org", "x")
    sign_in(client, "nobody@example.org", "hunter2hunter2")
    sign_in(client, "nobody@example.org", "hunter2hunter2")
    sign_in(client, cast.owner.email, "hunter2hunter2")
    events = trail("sign_in.failed")
    kept = str([(event.by, event.subject, event.details) for event in events])
    assert "nobody" not in kept
    assert "hunter2" not in kept
    strangers = [event.by for event in events if event.by.startswith("unknown:")]
    assert len(strangers) == 2
    assert len(set(strangers)) == 1
    assert events[-1].by == cast.owner.email
    assert events[-1].details["reason"] == "password"


def test_five_wrong_passwords_lock_the_account_from_any_address_and_say_so(client: Client, cast: Cast) -> None:
    for number in range(5):
        answer = client.post(
            reverse("sign_in"), {"login": cast.owner.email, "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}"
        )
        assert answer.status_code == 400
    for _ in range(2):
        locked = client.post(
            reverse("sign_in"), {"login": cast.owner.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.1"
        )
        assert locked.status_code == 429
        assert LOCKED in locked.content.decode()
        assert "Reset your password by e-mail" in locked.content.decode()
    assert not signed_in(client)
    reasons = [event.details["reason"] for event in trail("sign_in.failed")]
    assert reasons == ["password"] * 5 + ["locked out"]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(client, cast.owner.email).status_code == 302


def test_the_lock_says_the_same_of_an_address_without_account(client: Client, cast: Cast) -> None:
    answers = [sign_in(client, "nobody@example.org", "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert LOCKED in answers[-1].content.decode()


def test_fifty_wrong_passwords_from_one_address_lock_that_address_and_no_other(client: Client, cast: Cast) -> None:
    for number in range(50):
        sign_in(client, f"guess{number}@example.org", "wrong")
    assert sign_in(client, cast.owner.email).status_code == 429
    elsewhere = client.post(
        reverse("sign_in"), {"login": cast.owner.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.1"
    )
    assert elsewhere.status_code == 302


def test_a_right_password_between_wrong_ones_does_not_start_the_count_again(client: Client, cast: Cast) -> None:
    for number in range(5):
        sign_in(client, cast.owner.email, "wrong")
        if number < 4:
            assert sign_in(Client(), cast.owner.email).status_code == 302
    assert sign_in(client, cast.owner.email).status_code == 429


def test_behind_a_proxy_the_visitor_is_counted_and_not_the_proxy(client: Client, cast: Cast) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        client.post(
            reverse("sign_in"),
            {"login": cast.owner.email, "password": "wrong"},
            headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9"},
        )
    assert trail("sign_in.failed")[0].details["from_address"] == "203.0.113.9"


def test_a_closed_account_is_told_so_only_with_its_password(client: Client, cast: Cast) -> None:
    cast.owner.is_active = False
    cast.owner.save()
    assert "has been closed" not in sign_in(client, cast.owner.email, "wrong").content.decode()
    answer = sign_in(client, cast.owner.email)
    assert answer.status_code == 403
    assert "has been closed" in answer.content.decode()
    assert not signed_in(client)
    assert trail("sign_in.failed")[-1].details["reason"] == "account closed"


def test_a_session_is_new_after_signing_in(client: Client, cast: Cast) -> None:
    client.get(reverse("sign_in"))
    session = client.session
    session["planted"] = "before"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client, cast.owner.email)
    assert client.session.session_key != planted


def test_forms_need_their_token(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    for route, sent in (
        ("sign_in", {"login": cast.owner.email, "password": PASSWORD}),
        ("account_reset_password", {"email": cast.owner.email}),
        ("sign_out", {}),
    ):
        assert strict.post(reverse(route), sent).status_code == 403
    assert not signed_in(strict)
    assert mail.outbox == []


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, cast: Cast) -> None:
    start = timezone.now()
    sign_in(client, cast.owner.email)
    for hours in (3, 6, 9, 11.9):
        with time_machine.travel(start + timedelta(hours=hours)):
            assert client.get(reverse("plans")).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        answer = client.get(reverse("plans"))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("sign_in"))


def link_in_mail() -> str:
    (line,) = [line for line in mail.outbox[-1].body.splitlines() if "/sign-in/reset/" in line]
    return urlsplit(line.strip()).path


def test_a_forgotten_password_is_reset_by_e_mail_once_and_opens_a_locked_account(client: Client, cast: Cast) -> None:
    other = Client()
    sign_in(other, cast.owner.email)
    for _ in range(5):
        sign_in(client, cast.owner.email, "wrong")
    client.post(reverse("account_reset_password"), {"email": cast.owner.email.upper()})
    link = link_in_mail()
    assert mail.outbox[-1].to == [cast.owner.email.upper().lower()]
    form = client.get(link)
    assert form.status_code == 302
    assert cast.owner.email not in client.get(form.url).content.decode()
    assert "too short" in client.post(form.url, {"password1": "short"}).content.decode()
    done = client.post(form.url, {"password1": NEW})
    assert done.url == reverse("sign_in")
    assert [event.by for event in trail("password.reset")] == [cast.owner.email]
    assert other.get(reverse("plans")).status_code == 302
    assert sign_in(client, cast.owner.email, NEW).status_code == 302
    gone = Client().get(link)
    assert gone.status_code == 410
    assert "no longer works" in gone.content.decode()
    # The library would keep a second list of addresses, which could let an old one in.
    assert EmailAddress.objects.count() == 0


def test_asking_for_a_reset_says_the_same_of_everybody_and_sends_one_mail_each(client: Client, cast: Cast) -> None:
    cast.reader.is_active = False
    cast.reader.save()
    pages = set()
    for email in (cast.owner.email, "nobody@example.org", cast.reader.email):
        answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        assert answer.status_code == 200
        pages.add(answer.content)
    assert len(pages) == 1
    assert [len(message.to) for message in mail.outbox] == [1, 1, 1]
    assert "/sign-in/reset/" in mail.outbox[0].body
    for message in mail.outbox[1:]:
        assert "no account" in message.body
        assert "/sign-in/reset/" not in message.body


def test_a_reset_link_lasts_four_hours(client: Client, cast: Cast) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.owner.email})
    link = link_in_mail()
    with time_machine.travel(timezone.now() + timedelta(hours=4, minutes=1)):
        assert client.get(link).status_code == 410


def test_asking_for_resets_is_limited(client: Client, cast: Cast) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": cast.owner.email}).status_code for _ in range(4)
    ]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_a_mail_server_that_does_not_answer_says_nothing(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("no mail today")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert client.post(reverse("account_reset_password"), {"email": cast.owner.email}).status_code == 302


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "too short"),
        ("olive owner!", "too similar"),
        ("q1w2e3r4t5y6", "too common"),
        ("", "Enter new password"),
    ],
)
def test_a_weak_password_is_refused(client: Client, cast: Cast, password: str, said: str) -> None:
    client.force_login(cast.owner)
    answer = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": password})
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(client: Client, cast: Cast) -> None:
    other = Client()
    sign_in(other, cast.owner.email)
    sign_in(client, cast.owner.email)
    page = reverse("account_change_password")
    assert client.post(page, {"oldpassword": "wrong", "password1": NEW}).status_code == 400
    assert other.get(reverse("plans")).status_code == 200
    assert client.post(page, {"oldpassword": PASSWORD, "password1": NEW}).url == reverse("account")
    assert client.get(reverse("plans")).status_code == 200
    assert other.get(reverse("plans")).status_code == 302
    assert UserSession.objects.filter(user=cast.owner).count() == 1
    assert [event.by for event in trail("password.changed")] == [cast.owner.email]
    assert "was changed" in mail.outbox[-1].body
    assert sign_in(Client(), cast.owner.email, NEW).status_code == 302


def test_the_administrators_forms_have_no_way_in_of_their_own(client: Client, cast: Cast) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("sign_in"))
    sent = client.post("/admin/login/", {"username": cast.administrator.email, "password": PASSWORD})
    assert urlsplit(sent.url).path == reverse("sign_in")
    assert not signed_in(client)
    client.force_login(cast.administrator)
    assert client.get("/admin/password_change/").url == reverse("account_change_password")
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    client.force_login(cast.owner)
    assert client.get("/admin/login/").status_code == 403


def test_a_program_that_signs_in_by_name_still_can(client: Client, cast: Cast) -> None:
    assert client.login(username=cast.owner.email, password=PASSWORD)


def test_migrating_makes_the_table_that_all_web_processes_count_in(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tracker_cache")
    call_command("migrate", verbosity=0)
    assert "tracker_cache" in connection.introspection.table_names()


def test_pages_of_signing_in_have_the_strict_headers(client: Client, cast: Cast) -> None:
    answer = client.get(reverse("sign_in"))
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"]
    assert Event.objects.count() == 0
