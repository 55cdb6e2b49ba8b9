"""Every kind of answer carries the headers that keep a browser from doing more with it than was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from plans.access.invitations import invite
from plans.access.rules import Role
from plans.audit.changes import note_event
from plans.monitoring.partner_links import make_link
from plans.papers.calendar_changes import make_address
from plans.papers.models import Release
from plans.papers.publication import publish
from plans.papers.rules import Audience, Kind
from plans.web.security import SECRET_WORDS
from plans.web.urls import urlpatterns
from tests.cast import Cast
from tests.papers.made_releases import LATER, an_issued_release
from tests.test_project import manage
from tests.web.api.callers import secret_of
from tests.web.signing_in import PASSWORD, sign_in

OPENLY = {"published page", "static file", "no such address"}


def a_public_paper(cast: Cast) -> Release:
    return an_issued_release(cast.plan, by=cast.lead, kind=Kind.FULL_PLAN, audience=Audience.PUBLIC)


def secret_addresses(cast: Cast) -> dict[str, str]:
    """An address of each kind that is a secret itself, by its route."""
    now = timezone.now()
    said: dict[str, Any] = {"contact_name": "Dee Sample", "contact_email": "dee@icb.example.org", "days": 14}
    post = cast.partner_action.lead
    assert post is not None
    link, partner = make_link(cast.plan, post, by=cast.lead, at=now, **said)
    _, invitation = invite(
        "New", "new@example.org", Role.OFFICER, cast.council, by=cast.administrator, at=now, note=note_event
    )
    return {
        "partner_page": reverse("partner_page", args=[partner]),
        "accept_invitation": reverse("accept_invitation", args=[invitation]),
        "calendar_feed": reverse("calendar_feed", args=[make_address(cast.owner, at=now, instead_of=None)]),
        "account_reset_password_from_key": "/sign-in/reset/1-c0ffee-0123456789abcdef/",
        "single_sign_on_callback": f"{reverse('single_sign_on_callback')}?code=secretcode&state=x",
    }


def sweep(cast: Cast) -> dict[str, Any]:
    """One answer of every kind, by what it is."""
    publish(a_public_paper(cast), "the-plan", by=cast.lead, at=LATER)
    signed_in, nobody = Client(raise_request_exception=False), Client()
    signed_in.force_login(cast.lead)
    token = {"Authorization": f"Bearer {secret_of(cast.lead)}"}
    secrets = secret_addresses(cast)
    return {
        "page": signed_in.get(reverse("plan", args=[cast.plan.pk])),
        "page on which one types": signed_in.get(reverse("update_action", args=[cast.action.pk])),
        "list": signed_in.get(reverse("overdue")),
        "administration": signed_in.get("/admin/"),
        "sent on": signed_in.get(reverse("start")),
        "download": signed_in.get(reverse("plan_csv", args=[cast.plan.pk])),
        "not found": signed_in.get(reverse("plan", args=[0])),
        "not allowed": signed_in.get(reverse("people")),
        "unreadable": signed_in.get(reverse("overdue"), {"as_at": "2026-02-30"}),
        "wrong method": signed_in.get(reverse("no_change", args=[cast.action.pk])),
        "no such address": nobody.get("/no/such/address"),
        "sign-in": nobody.get(reverse("sign_in")),
        "sent to sign in": nobody.get(reverse("plans")),
        "without its token": Client(enforce_csrf_checks=True).post(reverse("sign_in")),
        "interface": nobody.get(reverse("api_plans"), headers=token),
        "interface refused": nobody.get(reverse("api_plans")),
        "interface csv": nobody.get(reverse("api_actions_csv", args=[cast.plan.pk]), headers=token),
        "published page": nobody.get(reverse("published", args=["the-plan"])),
        "nothing published": nobody.get(reverse("published", args=["never-was"])),
        "static file": nobody.get("/static/plans/tracker.css"),
        **{route: nobody.get(address) for route, address in secrets.items()},
    }


def test_every_kind_of_answer_has_every_header(cast: Cast) -> None:
    for what, answer in sweep(cast).items():
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff", what
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", what
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", what
        assert headers["X-Permitted-Cross-Domain-Policies"] == "none", what
        assert "camera=()" in headers["Permissions-Policy"], what
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, what
        assert "unsafe" not in policy, what
        assert "*" not in policy, what
        assert headers["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer"), what
        assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(headers), what


def test_what_is_not_public_is_kept_by_no_browser_and_no_proxy(cast: Cast) -> None:
    kept = {}
    for what, answer in sweep(cast).items():
        if what in ("static file", "published page"):
            continue
        said = answer.headers["Cache-Control"]
        if "no-store" not in said:
            kept[what] = said
        assert "public" not in said, what
    # A list for programs is asked for again each time; what somebody types survives “back”.
    assert kept == {
        "page on which one types": "private, no-cache",
        "interface": "private, no-cache",
        "interface refused": "private, no-cache",
        "interface csv": "private, no-cache",
    }


def test_what_is_published_may_be_kept_and_is_asked_for_again(cast: Cast) -> None:
    assert sweep(cast)["published page"].headers["Cache-Control"] == "public, no-cache"


def test_a_secret_address_is_told_to_nobody(cast: Cast, client: Client) -> None:
    for route, address in secret_addresses(cast).items():
        answer = client.get(address)
        # A page with a form says which site it is of, or its answer would not be taken; no page says its address.
        assert answer.headers["Referrer-Policy"] in ("strict-origin", "no-referrer"), route
        assert "no-store" in answer.headers["Cache-Control"], route


def test_every_route_that_is_known_by_a_secret_is_listed() -> None:
    named = {pattern.name for pattern in urlpatterns if {"secret", "key"} & set(pattern.pattern.converters)}
    by_expression = {pattern.name for pattern in urlpatterns if "(?P<key>" in str(pattern.pattern)}
    shipped = {"shipped_template"}
    assert (named | by_expression) - shipped == {route for route, word in SECRET_WORDS.items() if word}


def test_a_fault_has_the_headers_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("plans.web.views.search.search", fails)
    client = Client(raise_request_exception=False)
    client.force_login(cast.lead)
    answer = client.get(reverse("search"), {"q": "records"})
    assert answer.status_code == 500
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert b"RuntimeError" not in answer.content


def test_signing_out_empties_the_browsers_store(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert client.post(reverse("sign_out")).headers["Clear-Site-Data"] == '"cache"'


@override_settings(SECURE_HSTS_SECONDS=31536000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_over_https_browsers_are_told_to_stay_there(cast: Cast, client: Client) -> None:
    said = client.get(reverse("sign_in"), secure=True).headers["Strict-Transport-Security"]
    assert "max-age=31536000" in said
    assert "includeSubDomains" in said


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-sessionid")
def test_cookies_are_for_this_host_over_https_and_not_for_scripts(cast: Cast) -> None:
    client = Client(HTTP_HOST="testserver")
    client.get(reverse("sign_in"), secure=True)
    answer = client.post(
        reverse("sign_in"), {"login": cast.owner.email, "password": PASSWORD}, secure=True, follow=False
    )
    assert answer.status_code == 302
    assert {"__Host-sessionid", settings.CSRF_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        if not cookie.value:
            continue
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def test_a_server_names_its_cookies_so_that_no_other_host_can_set_them(tmp_path: Path) -> None:
    asked = (
        "import json; from django.conf import settings as s; from plans.web.security import _NamedCookie as m;"
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, m.cookie_name, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.DEBUG]))"
    )
    done = manage("shell", "--no-imports", "-c", asked, SECRET_KEY="k" * 60, DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    names = ["__Host-sessionid", "__Host-csrftoken", "__Host-messages"]
    assert json.loads(done.stdout.splitlines()[-1]) == [*names, True, True, 31536000, True, False]


def test_a_form_from_another_site_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, cast.owner.email).status_code == 403


@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_program_that_asks_in_plain_sight_is_refused_and_not_sent_on(cast: Cast, client: Client) -> None:
    token = {"Authorization": f"Bearer {secret_of(cast.lead)}"}
    answer = client.get(reverse("api_plans"), headers=token)
    assert answer.status_code == 403
    assert "Ask over https" in answer.json()["detail"]
    assert client.get(reverse("api_plans"), headers=token, secure=True).status_code == 200
    assert client.get(reverse("plans")).status_code == 301
