"""Who asks too often is told so, with when to come back; who works fast is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from plans.papers.calendar_changes import make_address
from plans.papers.publication import publish
from plans.papers.rules import Audience, Kind
from plans.web import rate_limits
from plans.web.rate_limits import WORDS, wait_words
from tests.cast import Cast
from tests.papers.made_releases import LATER, an_issued_release
from tests.web.api.callers import Caller

PLAIN = {"search", "list_words", "papers", "upload", "published", "interface", "interface_refused", "calendar_feed"}


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    """Counts are kept in this process, as on a server, and begin at nought."""
    kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}
    settings.CACHES = {**settings.CACHES, "this_process": kept}
    caches["this_process"].clear()


def limited(settings: Any, **limits: str) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **limits}


def asked(client: Client, address: str, **query: str) -> Callable[[], Any]:
    return lambda: client.get(address, query)


def refused_after(times: int, ask: Callable[[], Any]) -> Any:
    """The answer after so many that were given."""
    for _ in range(times):
        assert ask().status_code < 400
    answer = ask()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    return answer


def test_searching_is_limited_by_person_and_says_when_to_come_back(cast: Cast, settings: Any) -> None:
    limited(settings, search="3/m/user")
    owner, lead = Client(), Client()
    owner.force_login(cast.owner)
    lead.force_login(cast.lead)
    answer = refused_after(3, asked(owner, reverse("search"), q="records"))
    page = answer.content.decode()
    assert "You have searched very often in a short time. Wait a minute, then try again." in page
    assert answer.headers["Retry-After"] == "60"
    assert owner.get(reverse("search")).status_code == 200  # the empty page costs nothing
    assert lead.get(reverse("search"), {"q": "records"}).status_code == 200


@pytest.mark.parametrize("route", ["overdue", "people"])
def test_words_in_a_list_are_limited_and_its_other_filters_are_not(
    route: str, cast: Cast, client: Client, settings: Any
) -> None:
    limited(settings, list_words="2/m/user")
    client.force_login(cast.administrator)
    refused_after(2, asked(client, reverse(route), q="records"))
    assert client.get(reverse(route)).status_code == 200


def test_papers_are_limited_by_person(cast: Cast, client: Client, settings: Any) -> None:
    limited(settings, papers="2/m/user")
    client.force_login(cast.lead)
    refused_after(2, asked(client, reverse("plan_csv", args=[cast.plan.pk])))


def test_uploads_are_limited_by_person_and_forms_without_a_file_are_not(
    cast: Cast, client: Client, settings: Any
) -> None:
    limited(settings, upload="1/h/user")
    client.force_login(cast.lead)
    address = reverse("upload_plan", args=[cast.plan.pk])
    for expected in (400, 429):
        assert client.post(address, {"file": SimpleUploadedFile("a.pdf", b"")}).status_code in (expected, 200), expected
    assert client.post(address, {"file": SimpleUploadedFile("a.pdf", b"x")}).status_code == 429
    assert client.post(address, {}).status_code == 400


def test_the_interface_is_limited_by_token(cast: Cast, settings: Any) -> None:
    limited(settings, interface="2/m/key")
    program, another = Caller(cast.lead), Caller(cast.lead)
    answer = refused_after(2, lambda: program.get("plans"))
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "This token asks too often. Wait a minute, then try again."
    assert program.get("openapi.json").status_code == 429
    assert another.get("plans").status_code == 200


def test_guessing_tokens_is_limited_by_address_and_shuts_no_token_out(cast: Cast, settings: Any) -> None:
    limited(settings, interface_refused="2/m/ip")
    program, client = Caller(cast.lead), Client()
    answers = [
        client.get(reverse("api_plans"), headers={"Authorization": f"Bearer ipt_{number}"}) for number in range(4)
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert program.get("plans").status_code == 200


def test_a_calendar_is_limited_by_itself_and_guesses_by_address(cast: Cast, client: Client, settings: Any) -> None:
    limited(settings, calendar_feed="2/h/key", calendar_refused="1/m/ip")
    secret = make_address(cast.owner, at=timezone.now(), instead_of=None)
    another = make_address(cast.lead, at=timezone.now(), instead_of=None)
    answer = refused_after(2, asked(client, reverse("calendar_feed", args=[secret])))
    assert answer.headers["Content-Type"].startswith("text/plain")
    guesses = [client.get(reverse("calendar_feed", args=["x" * 43])).status_code for _ in range(2)]
    assert guesses == [404, 429]
    assert client.get(reverse("calendar_feed", args=[another])).status_code == 200


def test_what_is_published_is_limited_by_address_and_begins_no_session(
    cast: Cast, client: Client, settings: Any
) -> None:
    limited(settings, published="2/m/ip")
    made = an_issued_release(cast.plan, by=cast.lead, kind=Kind.FULL_PLAN, audience=Audience.PUBLIC)
    publish(made, "the-plan", by=cast.lead, at=LATER)
    answer = refused_after(2, asked(client, reverse("published", args=["the-plan"])))
    assert answer.cookies == {}
    assert "asked for very often from your network" in answer.content.decode()


def test_every_limit_is_set_in_the_one_place_and_has_its_words(settings: Any) -> None:
    for limit, says in WORDS.items():
        assert limit in settings.ACCOUNT_RATE_LIMITS, limit
        assert says.endswith("."), limit
        assert wait_words(limit).startswith("Wait "), limit
    assert set(WORDS) >= PLAIN


def test_a_limit_that_was_reached_is_open_again(settings: Any, monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    limited(settings, search="1/m/user")
    request = RequestFactory().get("/search/")
    request.user = cast.owner
    assert rate_limits.allowed(request, "search")
    assert not rate_limits.allowed(request, "search")
    later = rate_limits.time.time() + 61
    monkeypatch.setattr(rate_limits.time, "time", lambda: later)
    assert rate_limits.allowed(request, "search")


def test_the_usual_limits_let_a_fast_worker_through(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    for _ in range(30):
        assert client.get(reverse("search"), {"q": "records"}).status_code == 200


def test_what_is_larger_than_any_form_takes_is_refused_before_it_is_read(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    answer = client.post(
        reverse("upload_report"),
        b"short",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(rate_limits.most_in_a_request() + 1),
    )
    assert answer.status_code == 413
    assert "The most that can be uploaded is 60 MB" in answer.content.decode()


def test_more_files_than_any_form_has_are_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    files = {f"file{number}": SimpleUploadedFile(f"{number}.txt", b"words") for number in range(6)}
    assert client.post(reverse("upload_report"), files).status_code == 413
