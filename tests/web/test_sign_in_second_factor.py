"""The authenticator app: a code opens once, secrets are not readable, roles may ask for it, a lost one is replaced."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from plans.access.models import Organisation, User
from plans.access.rules import Role
from plans.audit.models import Event
from plans.web.sign_in_rules import SecondFactorRules
from tests.cast import Cast
from tests.web.signing_in import app_of, code, sign_in, signed_in, trail

CODE = "/sign-in/code/"


def ask_for_it(council: Organisation, *roles: Role) -> None:
    council.second_factor_roles = [role.value for role in roles]
    council.save()


def key_on(page: Any) -> str:
    (key,) = re.findall(r'Key: <span class="app-hash">([A-Z2-7 ]+)</span>', page.content.decode())
    return str(key).replace(" ", "")


def set_up(client: Client) -> str:
    page = client.get(reverse("mfa_activate_totp"))
    secret = key_on(page)
    assert client.post(reverse("mfa_activate_totp"), {"code": code(secret)}).url == reverse("recovery_codes")
    return secret


def test_signing_in_asks_for_the_code_and_opens_nothing_before(client: Client, cast: Cast) -> None:
    secret = app_of(cast.owner)
    assert sign_in(client, cast.owner.email).url == CODE
    assert not signed_in(client)
    assert client.get(reverse("plans")).status_code == 302
    wrong = client.post(CODE, {"code": "000000"})
    assert wrong.status_code == 400
    assert "That code is not right" in wrong.content.decode()
    assert client.post(CODE, {"code": code(secret)}).status_code == 302
    assert signed_in(client)
    assert trail("sign_in.failed")[0].details["reason"] == "authenticator code"
    assert trail("sign_in.succeeded")[0].details["by_means_of"] == ["password", "authenticator"]


def test_a_code_opens_once_as_long_as_the_app_would_be_believed(cast: Cast) -> None:
    secret = app_of(cast.owner)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        used = code(secret)
    for seconds, opens in ((0, True), (1, False), (31, False), (45, False)):
        browser = Client()
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            sign_in(browser, cast.owner.email)
            assert (browser.post(CODE, {"code": used}).status_code == 302) is opens, seconds


def test_the_code_that_set_the_app_up_does_not_open_the_next_sign_in(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    secret = key_on(client.get(reverse("mfa_activate_totp")))
    used = code(secret)
    client.post(reverse("mfa_activate_totp"), {"code": used})
    browser = Client()
    assert sign_in(browser, cast.owner.email).url == CODE
    assert browser.post(CODE, {"code": used}).status_code == 400
    assert browser.post(CODE, {"code": code(secret, 1)}).status_code == 302


def test_codes_are_not_guessed(client: Client, cast: Cast) -> None:
    secret = app_of(cast.owner)
    sign_in(client, cast.owner.email)
    answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
    locked = client.post(CODE, {"code": code(secret)})
    assert locked.status_code == 429
    assert "too many wrong answers. Wait 15 minutes" in locked.content.decode()
    assert "reset your password" not in locked.content.decode()


def test_a_reset_password_does_not_go_round_the_code(client: Client, cast: Cast) -> None:
    app_of(cast.owner)
    client.post(reverse("account_reset_password"), {"email": cast.owner.email})
    link = re.search(r"/sign-in/reset/\S+", mail.outbox[-1].body)
    assert link
    form = client.get(link.group()).url
    client.post(form, {"password1": "purple lamp reads quietly"})
    assert not signed_in(client)
    assert sign_in(client, cast.owner.email, "purple lamp reads quietly").url == CODE


def test_secrets_cannot_be_read_in_the_database(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    secret = set_up(client)
    rows = {row.type: str(row.data) for row in Authenticator.objects.filter(user=cast.owner)}
    assert set(rows) == {"totp", "recovery_codes"}
    assert secret not in rows["totp"]
    codes = re.findall(r"<li>(\d{8})</li>", client.get(reverse("recovery_codes")).content.decode())
    assert len(codes) == 10
    assert not any(each in rows["recovery_codes"] for each in codes)
    assert "mfa.totp.secret" not in client.session


def test_another_key_cannot_read_them_and_the_old_one_can_while_it_is_kept() -> None:
    kept = SecondFactorRules().encrypt("secret")
    with override_settings(SECRET_KEY="another " * 8, SECRET_KEY_FALLBACKS=[]), pytest.raises(Exception) as refusal:
        SecondFactorRules().decrypt(kept)
    assert type(refusal.value).__name__ == "InvalidToken"
    with override_settings(SECRET_KEY="another " * 8, SECRET_KEY_FALLBACKS=["for tests only " * 5]):
        assert SecondFactorRules().decrypt(kept) == "secret"


def test_recovery_codes_are_shown_once_downloaded_once_and_each_works_once(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    set_up(client)
    page = client.get(reverse("recovery_codes"))
    codes = re.findall(r"<li>(\d{8})</li>", page.content.decode())
    file = client.post(reverse("recovery_codes_file"))
    assert re.findall(r"^\d{8}$", file.content.decode().replace("\r", ""), re.MULTILINE) == codes
    assert "attachment" in file["Content-Disposition"]
    assert "no-store" in file["Cache-Control"]
    assert client.post(reverse("recovery_codes_file")).url == reverse("recovery_codes")
    again = client.get(reverse("recovery_codes")).content.decode()
    assert "10 unused recovery codes" in again
    assert not re.search(r"\d{8}<", again)
    for opens in (True, False):
        browser = Client()
        sign_in(browser, cast.owner.email)
        assert (browser.post(CODE, {"code": codes[0]}).status_code == 302) is opens
    client.post(reverse("new_recovery_codes"))
    fresh = re.findall(r"<li>(\d{8})</li>", client.get(reverse("recovery_codes")).content.decode())
    assert len(fresh) == 10
    browser = Client()
    sign_in(browser, cast.owner.email)
    assert browser.post(CODE, {"code": codes[1]}).status_code == 400
    assert [event.what for event in Event.objects.filter(what__startswith="second_factor").order_by("id")] == [
        "second_factor.set",
        "second_factor.recovery_codes_made",
    ]


def test_the_picture_has_the_key_in_words_and_no_script(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owner.email)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert '<img src="data:image/svg+xml;base64,' in page
    assert "style=" not in page.split("<main")[1]
    assert len(re.findall("<script", page)) == 1


def test_a_role_that_asks_for_it_reaches_nothing_else_until_it_is_set_up(client: Client, cast: Cast) -> None:
    ask_for_it(cast.council, Role.LEAD)
    sign_in(client, cast.lead.email)
    needed = reverse("second_factor_wanted")
    for route in ("start", "plans", "overdue", "account", "sessions", "account_change_password", "admin:index"):
        assert client.get(reverse(route)).url == needed, route
    assert client.post(reverse("save_filter"), {}).url == needed
    page = client.get(needed).content.decode()
    assert "Westshire asks for more than a password" in page
    assert 'href="/plans/"' not in page
    set_up(client)
    assert client.get(reverse("plans")).status_code == 200


def test_a_role_that_asks_for_it_can_sign_out_instead(client: Client, cast: Cast) -> None:
    ask_for_it(cast.council, Role.LEAD)
    sign_in(client, cast.lead.email)
    client.post(reverse("sign_out"))
    assert not signed_in(client)


def test_other_roles_and_other_councils_are_not_asked(cast: Cast) -> None:
    ask_for_it(cast.council, Role.LEAD)
    for person in (cast.owner, cast.stranger, cast.reader):
        browser = Client()
        sign_in(browser, person.email)
        assert browser.get(reverse("plans")).status_code == 200, person


def test_whoever_is_asked_cannot_remove_it_and_others_can(client: Client, cast: Cast) -> None:
    sign_in(client, cast.lead.email)
    set_up(client)
    ask_for_it(cast.council, Role.LEAD)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 400
    assert "so it stays" in client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert Authenticator.objects.filter(user=cast.lead).count() == 2
    ask_for_it(cast.council)
    assert client.post(reverse("mfa_deactivate_totp")).url == reverse("account")
    assert not Authenticator.objects.filter(user=cast.lead).exists()
    assert [event.by for event in trail("second_factor.removed")] == [cast.lead.email]


def test_long_after_signing_in_the_password_is_asked_again(client: Client, cast: Cast) -> None:
    start = timezone.now()
    sign_in(client, cast.owner.email)
    with time_machine.travel(start + timedelta(minutes=30)):
        asked = client.get(reverse("mfa_activate_totp"))
        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert client.post(asked.url, {"password": "wrong"}).status_code == 400
        assert client.post(asked.url, {"password": "a long password"}).url == reverse("mfa_activate_totp")
        assert client.get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize("member", ["administrator", "lead"])
def test_the_administrator_chooses_the_roles_of_their_own_council_alone(
    client: Client, cast: Cast, member: str
) -> None:
    client.force_login(getattr(cast, member))
    page = reverse("admin:plans_organisation_change", args=[cast.council.pk])
    sent = {"name": "Westshire", "kind": "council", "second_factor_roles": ["improvement lead", "administrator"]}
    client.post(page, sent)
    cast.council.refresh_from_db()
    expected = ["administrator", "improvement lead"] if member == "administrator" else []
    assert sorted(cast.council.second_factor_roles) == expected
    elsewhere = Organisation.objects.get(name="Eastshire")
    client.post(reverse("admin:plans_organisation_change", args=[elsewhere.pk]), {**sent, "name": "Eastshire"})
    elsewhere.refresh_from_db()
    assert elsewhere.second_factor_roles == []


def test_a_role_that_there_is_not_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    page = reverse("admin:plans_organisation_change", args=[cast.council.pk])
    answer = client.post(page, {"name": "Westshire", "kind": "council", "second_factor_roles": ["emperor"]})
    assert "Select a valid choice" in answer.content.decode()


def test_a_lost_phone_is_the_administrators_to_help_with(client: Client, cast: Cast) -> None:
    app_of(cast.owner)
    browser = Client()
    client.force_login(cast.administrator)
    assert client.post(reverse("remove_second_factor", args=[cast.owner.pk])).status_code == 302
    assert sign_in(browser, cast.owner.email).url == "/"
    (event,) = trail("second_factor.removed")
    assert (event.by, event.subject) == (cast.administrator.email, "Olive Owner")
    assert User.objects.get(pk=cast.owner.pk).is_active
