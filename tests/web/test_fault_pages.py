"""When something goes wrong the page says what was saved (nothing), what to do, and which number to quote."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from plans.web.operations import fault_pages
from tests.cast import Cast


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def failing(error: Exception) -> Any:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise error

    return fails


def test_a_fault_has_a_number_to_quote_that_the_answer_carries(
    visitor: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plans.web.views.signing_in.SignIn.get", failing(ValueError("of no interest")))
    answer = visitor.get(reverse("sign_in"))
    assert answer.status_code == 500
    assert f'<strong class="app-fault-id">{answer["X-Request-ID"]}</strong>' in answer.content.decode()
    assert "of no interest" not in answer.content.decode()


def test_a_fault_is_told_though_the_style_cannot_be_read(
    visitor: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plans.web.views.signing_in.SignIn.get", failing(ValueError()))
    monkeypatch.setattr(fault_pages, "render_to_string", failing(ValueError("Missing staticfiles manifest entry")))
    answer = visitor.get(reverse("sign_in"))
    assert answer.status_code == 500
    assert "What you sent was not saved" in answer.content.decode()


def test_what_was_typed_is_sent_again_when_the_database_is_back(
    visitor: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.force_login(cast.owner)
    address = reverse("update_action", args=[cast.action.pk])
    opened = visitor.get(address).content.decode()
    form = re.search(rf'<form[^>]*action="{address}".*?</form>|<form method="post".*?</form>', opened, re.DOTALL)
    assert form is not None
    typed = {
        "version": "1",
        "note": 'Samples of twelve records were read.\n<b>All</b> had a plan, and "most" were in time.',
        "status": "in_progress",
    }
    with monkeypatch.context() as away:
        away.setattr("plans.web.views.actions.person", failing(OperationalError("the connection is closed")))
        away.setattr("plans.web.guards.person", failing(OperationalError("the connection is closed")))
        answer = visitor.post(address, typed)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "What you typed was not saved. It is kept on this page" in page
    assert f'<form method="post" action="{address}">' in page
    assert "<b>All</b>" not in page
    shown = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    assert [name for name, _ in shown] == ["note"]
    again = {name: html.unescape(value) for name, value in (*shown, *hidden)}
    assert again == typed


@pytest.mark.parametrize(
    ("route", "typed"),
    [
        ("sign_in", {"login": "jane@example.org", "password": "a long password"}),
        ("account_reset_password", {"email": "jane@example.org", "reset_code": "1"}),
    ],
)
def test_what_is_secret_is_not_shown_again(
    route: str, typed: dict[str, str], visitor: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.views.generic.base.View.dispatch", failing(OperationalError("away")))
    monkeypatch.setattr("plans.web.views.signing_in.SignIn.dispatch", failing(OperationalError("away")))
    monkeypatch.setattr("plans.web.views.account_passwords.AskReset.dispatch", failing(OperationalError("away")))
    page = visitor.post(reverse(route), typed)
    assert page.status_code == 503
    assert "Nothing was saved. Go back" in page.content.decode()
    for value in typed.values():
        assert f'"{value}"' not in page.content.decode()


def test_the_database_is_away_where_who_is_signed_in_cannot_be_read(
    visitor: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page itself must ask the database for nothing."""
    visitor.force_login(cast.owner)
    with monkeypatch.context() as away:
        away.setattr("django.contrib.auth.middleware.get_user", failing(OperationalError("away")))
        answer = visitor.get(reverse("plans"))
        sent = visitor.post(reverse("update_action", args=[cast.action.pk]), {"note": "Twelve records were read."})
        nowhere = visitor.post("/nothing/", {"note": "Twelve records were read."})
    assert answer.status_code == sent.status_code == 503
    assert "The database does not answer" in answer.content.decode()
    assert "Twelve records were read.</textarea>" in sent.content.decode()
    assert "Twelve records" not in nowhere.content.decode()


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("server closed the connection unexpectedly"), True),
        (OperationalError("database is locked"), True),
        (OperationalError("no such table: plans_user"), False),
        (ValueError("database is locked"), False),
        (None, False),
    ],
)
def test_only_a_database_that_does_not_answer_is_away(error: Exception | None, away: bool) -> None:
    assert fault_pages.is_database_away(error) is away


def test_more_than_is_taken_at_once_is_said_so(visitor: Client, cast: Cast, settings: Any) -> None:
    visitor.force_login(cast.owner)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    answer = visitor.post(reverse("update_action", args=[cast.action.pk]), {"a": 1, "b": 2, "c": 3})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()


def test_a_request_that_cannot_be_read_is_said_so(visitor: Client, db: None) -> None:
    answer = visitor.get(reverse("sign_in"), HTTP_HOST="another.example.org")
    assert answer.status_code == 400
    assert "The request could not be read" in answer.content.decode()


def test_a_form_that_is_no_longer_good_is_said_so(cast: Cast) -> None:
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(cast.owner)
    answer = visitor.post(reverse("update_action", args=[cast.action.pk]), {"note": "Typed"})
    assert answer.status_code == 403
    assert "This form is no longer good" in answer.content.decode()


def test_who_may_not_is_told_why(visitor: Client, cast: Cast) -> None:
    visitor.force_login(cast.reader)
    page = visitor.get(reverse("people"))
    assert page.status_code == 403
    assert "Only an administrator looks after people and invitations." in page.content.decode()
