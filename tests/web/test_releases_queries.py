"""The pages of papers ask the database the same number of questions whatever the size of the plan."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from plans.papers.rules import Audience, Kind
from plans.web import release_preview
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import a_draft, a_ready_release, an_issued_release
from tests.web.test_queries import MOST, add_actions, queries

# What a preview of a public paper asks besides: names of people, marks of actions.
MOST_OF_A_PREVIEW = 30


@pytest.fixture
def pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(release_preview, "pages_of", lambda paper, at: 3)
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET)
    return {
        "papers": reverse("plan_papers", args=[cast.plan.pk]),
        "new": reverse("new_release", args=[cast.plan.pk]),
        "draft": reverse("release", args=[draft.pk]),
        "public": reverse("release", args=[a_draft(cast.plan, by=cast.lead, audience=Audience.PUBLIC).pk]),
        "issue": reverse("issue_release", args=[a_ready_release(cast.plan, by=cast.lead).pk]),
        **{part: reverse(f"release_{part}", args=[draft.pk]) for part in ("details", "rows", "columns", "words")},
    }


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("papers", MOST), ("new", MOST), ("details", MOST), ("rows", MOST), ("columns", MOST), ("words", MOST),
        ("draft", MOST_OF_A_PREVIEW), ("public", MOST_OF_A_PREVIEW), ("issue", MOST_OF_A_PREVIEW),
    ],
)  # fmt: skip
def test_queries_do_not_grow_with_the_rows(
    page: str, most: int, cast: Cast, client: Client, pages: dict[str, str]
) -> None:
    client.force_login(cast.lead)
    add_actions(cast, 3)
    few = queries(client, pages[page], {})
    add_actions(cast, 40)
    assert queries(client, pages[page], {}) == few
    assert few <= most


def test_queries_do_not_grow_with_the_papers(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    address = reverse("plan_papers", args=[cast.plan.pk])
    an_issued_release(cast.plan, by=cast.lead)
    a_draft(cast.plan, by=cast.lead)
    few = queries(client, address, {})
    for place in range(4):
        an_issued_release(cast.plan, by=cast.lead)
        a_draft(cast.plan, by=factories.a_person(f"Lead {place}"))
    assert queries(client, address, {}) == few
    assert few <= MOST
