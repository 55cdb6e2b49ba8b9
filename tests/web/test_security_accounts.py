"""What a forgotten password ends, what makes no password, and that exempt papers stay with who may read them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.credentials import ApiToken
from plans.access.tokens import token_with
from plans.improvement_plan.ledger import record
from plans.improvement_plan.rules import Kind as Change
from plans.papers import making
from plans.papers.brief import Choices
from plans.papers.models import Making, WorkingCopy
from plans.papers.rules import Audience, Format, Kind
from plans.web.password_words import OnlyExpectedWords, letters_of_ones_own
from plans.web.views import papers
from tests import factories
from tests.cast import Cast
from tests.web.api.callers import secret_of
from tests.web.signing_in import trail

NEW = "purple lamp reads quietly"


def reset(client: Client, cast: Cast, password: str = NEW) -> Any:
    client.post(reverse("account_reset_password"), {"email": cast.owner.email})
    (found,) = re.findall(r"http://testserver(/\S+)", mail.outbox[-1].body)
    landed = client.get(found, follow=True)
    return client.post(landed.redirect_chain[-1][0], {"password1": password}, follow=True)


def test_a_forgotten_password_ends_the_tokens_of_programs_and_says_so(cast: Cast, client: Client) -> None:
    first, second, others = secret_of(cast.owner), secret_of(cast.owner), secret_of(cast.lead)
    said = reset(client, cast).content.decode()
    assert "2 tokens of yours ended with the old password" in said
    now = timezone.now()
    assert token_with(first, at=now) is None
    assert token_with(second, at=now) is None
    assert token_with(others, at=now) is not None
    (event,) = trail("password.reset")
    assert event.details["tokens_revoked"] == 2
    assert "your tokens for programs were revoked" in mail.outbox[-1].body


def test_without_tokens_nothing_is_said_of_them(cast: Cast, client: Client) -> None:
    assert "tokens of yours" not in reset(client, cast).content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "improvement plan 2026", "Children's Services!", "Westshire2026!!", "passwordpassword", "ofsted-inspection-1",
        "Westshire Council Plan", "123456789012", "plan.action.area",
    ],
)  # fmt: skip
def test_words_that_an_attacker_expects_make_no_password(typed: str, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="nothing to do with this site, your council or your work"):
        OnlyExpectedWords().validate(typed)


def test_expected_words_among_ones_own_are_no_matter(cast: Cast) -> None:
    OnlyExpectedWords().validate("my plan is marmalade")
    OnlyExpectedWords().validate(NEW)
    assert letters_of_ones_own("Plan 7: marmalade") == "marmalade"


def test_such_a_password_is_refused_beside_the_field(cast: Cast, client: Client) -> None:
    assert "nothing to do with this site" in reset(client, cast, "improvement plan 2026").content.decode()


@pytest.mark.parametrize("length", [64, 128, 200])
def test_a_long_password_is_taken_whole(length: int, cast: Cast, client: Client) -> None:
    long = ("quiet lamps, violet ink; " * 10)[:length]
    reset(client, cast, long)
    cast.owner.refresh_from_db()
    assert cast.owner.check_password(long)
    assert not cast.owner.check_password(long[:-1])


PUBLIC_ROUTES = {"plan_word": "docx", "plan_pdf": "pdf", "plan_excel": "xlsx", "plan_csv": "csv"}


def publish_one(cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=factories.moment(2026, 2, 1), kind=Change.AMENDED, published=True)


def test_who_may_not_read_exempt_papers_gets_the_copy_for_the_public(cast: Cast, client: Client) -> None:
    publish_one(cast)
    client.force_login(cast.reader)
    answer = client.get(reverse("plan_csv", args=[cast.plan.pk]))
    said = answer.getvalue().decode("utf-8-sig")
    assert cast.action.reference in said
    assert cast.partner_action.reference not in said
    assert cast.reader.name not in said
    assert "-public-" in answer.headers["Content-Disposition"]
    (copy,) = WorkingCopy.objects.all()
    assert (copy.audience, copy.rows, copy.made_by) == (Audience.PUBLIC, 1, cast.reader)


@pytest.mark.parametrize("route", PUBLIC_ROUTES)
def test_no_route_makes_an_exempt_copy_for_a_reader(route: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.reader)
    assert client.get(reverse(route, args=[cast.plan.pk])).status_code == 200
    assert set(WorkingCopy.objects.values_list("audience", flat=True)) == {Audience.PUBLIC}


def test_a_kind_for_the_council_alone_is_not_made_for_a_reader_nor_offered(cast: Cast, client: Client) -> None:
    address = reverse("plan_paper", args=[cast.plan.pk, "board_pack", "docx"])
    client.force_login(cast.reader)
    answer = client.get(address)
    assert answer.status_code == 403
    assert "for use within the council, and your role reads papers that are public" in answer.content.decode()
    page = client.get(reverse("plan_papers", args=[cast.plan.pk])).content.decode()
    assert address not in page
    assert "What is marked for publication, as it stands today." in page
    assert not WorkingCopy.objects.exists()
    client.force_login(cast.team_mate)
    assert address in client.get(reverse("plan_papers", args=[cast.plan.pk])).content.decode()


def test_a_long_copy_is_made_for_the_public_too(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_IN_A_REQUEST", 0)
    publish_one(cast)
    client.force_login(cast.reader)
    client.get(reverse("plan_csv", args=[cast.plan.pk]))
    assert Making.objects.get().asked["audience"] == Audience.PUBLIC


def test_an_exempt_copy_that_waits_is_not_for_who_lost_the_permission(cast: Cast, client: Client) -> None:
    wanted = making.ask_for_copy(
        cast.plan, kind=Kind.FULL_PLAN, file_format=Format.CSV, audience=Audience.EXEMPT, as_at=None,
        choices=Choices(), by=cast.reader, at=timezone.now(),
    )  # fmt: skip
    client.force_login(cast.reader)
    for route in ("making", "making_file"):
        assert client.get(reverse(route, args=[wanted.pk])).status_code == 403
    making.make(wanted.pk, timezone.now)
    wanted.refresh_from_db()
    assert "this one is not for publication" in wanted.problem


def test_who_may_read_exempt_papers_gets_the_whole_plan(cast: Cast, client: Client) -> None:
    for person in (cast.team_mate, cast.lead, cast.board_member, cast.auditor, cast.administrator):
        client.force_login(person)
        said = client.get(reverse("plan_csv", args=[cast.plan.pk])).getvalue().decode("utf-8-sig")
        assert cast.partner_action.reference in said, person
    assert set(WorkingCopy.objects.values_list("audience", flat=True)) == {Audience.EXEMPT}
