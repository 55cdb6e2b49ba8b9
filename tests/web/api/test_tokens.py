"""Tokens: made once, kept as a hash, ended at once, and the only thing that opens the interface."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.credentials import ApiToken
from plans.access.tokens import MOST_LIVE, RefusedToken, hash_of_secret, make_token, note_use, revoke_token, token_with
from plans.audit.models import Event
from tests.cast import Cast
from tests.web.api.callers import Caller, secret_of


def basic(password: str, name: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def test_a_secret_is_long_and_only_its_hash_is_kept(cast: Cast) -> None:
    token, secret = make_token(cast.lead, name="Power BI", days=365, at=timezone.now())
    assert re.fullmatch(r"ipt_[\w-]{43}", secret)
    assert token.secret_hash == hash_of_secret(secret)
    assert secret not in str(ApiToken.objects.values().get())
    assert make_token(cast.lead, name="Power BI", days=1, at=timezone.now())[1] != secret


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_token_lasts_a_year_at_most(cast: Cast, days: int) -> None:
    with pytest.raises(RefusedToken):
        make_token(cast.lead, name="Power BI", days=days, at=timezone.now())


def test_nobody_gathers_tokens(cast: Cast) -> None:
    now = timezone.now()
    for _ in range(MOST_LIVE):
        token, _ = make_token(cast.lead, name="Power BI", days=1, at=now)
    with pytest.raises(RefusedToken):
        make_token(cast.lead, name="One more", days=1, at=now)
    revoke_token(token, at=now)
    make_token(cast.lead, name="One more", days=1, at=now)


def test_a_token_opens_until_it_ends(cast: Cast) -> None:
    now = timezone.now()
    token, secret = make_token(cast.lead, name="Power BI", days=30, at=now)
    assert token_with(secret, at=now) == token
    assert token_with(secret, at=now + timedelta(days=30)) is None
    assert token_with(secret[:-1], at=now) is None
    assert token_with(token.secret_hash, at=now) is None
    cast.lead.is_active = False
    cast.lead.save()
    assert token_with(secret, at=now) is None
    cast.lead.is_active = True
    cast.lead.save()
    assert revoke_token(token, at=now)
    assert not revoke_token(token, at=now)
    assert token_with(secret, at=now) is None


def test_use_is_noted_once_an_hour(cast: Cast) -> None:
    now = timezone.now()
    token, secret = make_token(cast.lead, name="Power BI", days=30, at=now)
    again = token_with(secret, at=now)
    assert note_use(token, at=now)
    assert again is not None
    assert not note_use(again, at=now + timedelta(minutes=1))  # two requests at once: one of them notes it
    token.refresh_from_db()
    assert not note_use(token, at=now + timedelta(minutes=59))
    assert note_use(token, at=now + timedelta(minutes=61))


def test_the_first_use_of_a_day_is_on_the_trail(cast: Cast) -> None:
    with time_machine.travel("2026-07-06T09:00:00Z", tick=False) as clock:
        caller = Caller(cast.lead)
        for _ in range(3):
            assert caller.get("plans").status_code == 200
        clock.shift(timedelta(hours=2))
        caller.get("plans")
        clock.shift(timedelta(days=1))
        caller.get("plans")
    used = Event.objects.filter(what="token.used").order_by("at")
    assert [(event.by, event.subject, event.at.day) for event in used] == [
        (cast.lead.email, "Power BI", 6),
        (cast.lead.email, "Power BI", 7),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer ipt_wrong"},
        {"Authorization": "Token ipt_wrong"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer é"},
    ],
)
def test_without_a_token_the_answer_says_what_to_do(cast: Cast, client: Client, headers: dict[str, str]) -> None:
    for path in ("plans", f"plans/{cast.plan.pk}/actions.csv", "openapi.json"):
        answer = client.get(f"/api/v1/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert "Access for programs" in answer.json()["detail"]
        assert answer["WWW-Authenticate"].startswith("Basic " if path.endswith(".csv") else "Bearer ")


def test_a_token_in_the_address_opens_nothing(cast: Cast, client: Client) -> None:
    secret = secret_of(cast.lead)
    for name in ("token", "access_token", "key", "api_key"):
        assert client.get("/api/v1/plans", {name: secret}).status_code == 401


def test_a_session_opens_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    for path in ("token", "plans", "actions", f"plans/{cast.plan.pk}/actions.csv"):
        assert client.get(f"/api/v1/{path}").status_code == 401
    # Nor does it keep a token from being its own person's.
    answer = client.get("/api/v1/token", headers=Caller(cast.reader).headers)
    assert answer.json()["person"] == cast.reader.name
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_the_password_is_for_the_csv_address_alone(cast: Cast, client: Client) -> None:
    headers = basic(secret_of(cast.lead))
    answer = client.get(f"/api/v1/plans/{cast.plan.pk}/actions.csv", headers=headers)
    assert answer.status_code == 200
    assert client.get("/api/v1/plans", headers=headers).status_code == 401
    wrong = basic("a long password", cast.lead.email)
    assert client.get(f"/api/v1/plans/{cast.plan.pk}/actions.csv", headers=wrong).status_code == 401


def test_nothing_is_set_and_nothing_is_shared(cast: Cast) -> None:
    answer = Caller(cast.lead).get("plans", Origin="https://elsewhere.example")
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    assert "Access-Control-Allow-Origin" not in answer


# The pages


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def make(client: Client, **fields: Any) -> Any:
    return client.post(reverse("new_token"), {"name": "Power BI", "days": "90", **fields})


def test_a_token_is_shown_once(lead: Client, cast: Cast) -> None:
    answer = make(lead, may_update="on")
    secret = re.search(r"ipt_[\w-]{43}", answer.content.decode())
    assert secret is not None
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.person, token.name, token.may_update) == (cast.lead, "Power BI", True)
    assert token.expires_at - token.made_at == timedelta(days=90)
    page = lead.get(reverse("tokens")).content.decode()
    assert "Power BI" in page
    assert "Read, and record updates" in page
    assert secret[0] not in page
    event = Event.objects.get(what="token.made")
    assert event.by == cast.lead.email
    assert secret[0] not in str(event.details)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Enter what the token is for"),
        ({"days": "9999"}, "Select a valid choice"),
        ({"days": ""}, "Choose for how long"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(lead: Client, fields: dict[str, str], sentence: str) -> None:
    answer = make(lead, **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_at_once(lead: Client, cast: Cast) -> None:
    caller = Caller(cast.lead)
    assert caller.get("plans").status_code == 200
    token = ApiToken.objects.get()
    assert lead.post(reverse("revoke_token", args=[token.pk])).status_code == 302
    assert caller.get("plans").status_code == 401
    assert "No longer in use" in lead.get(reverse("tokens")).content.decode()
    assert Event.objects.filter(what="token.revoked", by=cast.lead.email).count() == 1
    lead.post(reverse("revoke_token", args=[token.pk]))
    assert Event.objects.filter(what="token.revoked").count() == 1


def test_a_token_is_nobody_elses(cast: Cast, client: Client) -> None:
    secret_of(cast.lead)
    token = ApiToken.objects.get()
    client.force_login(cast.administrator)
    assert client.post(reverse("revoke_token", args=[token.pk])).status_code == 404
    assert client.get(reverse("tokens")).context["live"] == []
    assert client.get(reverse("revoke_token", args=[token.pk])).status_code == 405


def test_what_a_program_can_ask_for_is_described_for_people(lead: Client, cast: Cast) -> None:
    page = lead.get(reverse("interface")).content.decode()
    assert f"/api/v1/plans/{cast.plan.pk}/actions.csv" in page
    assert "first_due_date" in page
    assert "One of unreported, not_started" in page
    assert "<script" not in page.replace('<script type="module" src=', "")
