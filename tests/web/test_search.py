"""The page of what was found: a sentence, groups with counts, marked words, pages, hints; and nothing that leaks."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.improvement_plan.ledger import Change, record, record_history
from plans.improvement_plan.rules import Kind
from tests import factories
from tests.cast import Cast


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def page(client: Client, status: int = 200, **query: str) -> str:
    answer = client.get(reverse("search"), query)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def zebras(cast: Cast, number: int) -> None:
    record_history(
        cast.plan,
        [
            [Change(cast.lead, factories.START, Kind.ADDED, changes={"reference": f"Z{n}", "wording": f"Zebra {n}"})]
            for n in range(number)
        ],
        recorded_at=factories.START,
    )


def test_what_was_found_stands_in_groups_with_the_words_marked(lead: Client, cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=factories.moment(2026, 2, 1), kind=Kind.PROGRESS, note="Recorded <b>well</b>")
    shown = page(lead, q="records")
    assert "“records” is said in" in shown
    assert "2 actions</a>, " in shown
    assert "1 area</a> and " in shown
    assert "1 update</a>." in shown
    assert (
        f'<a class="govuk-link" href="/actions/{cast.action.pk}/">1.1 Sample discussion <mark>records</mark>' in shown
    )
    assert "<mark>Recorded</mark> &lt;b&gt;well&lt;/b&gt;" in shown
    assert f"/inspections/{cast.inspection.pk}/#area-{cast.area.pk}" in shown
    assert "Progress update on 1.1, 1 February 2026" in shown
    assert "Improvement plan 2026, Westshire" in shown


def test_one_kind_comes_in_pages(lead: Client, cast: Cast) -> None:
    zebras(cast, 23)
    everything = page(lead, q="zebra")
    assert "Show 23 actions" in everything
    assert everything.count("app-history__item") == 5
    first = page(lead, q="zebra", kind="action")
    assert first.count('class="app-history__item"') == 20
    assert 'aria-current="page"' in first
    second = page(lead, q="zebra", kind="action", page="2")
    assert 'start="21"' in second
    assert "Z22" in second
    for wrong in ({"page": "3"}, {"page": "0"}, {"page": "x"}, {"page": "²"}, {"kind": "person"}):
        page(lead, 404, **{"q": "zebra", "kind": "action", **wrong})
    page(lead, 404, q="zebra", page="2")


def test_the_day_of_other_pages_is_left_behind(lead: Client) -> None:
    shown = page(lead, q="nothing-like-it", as_at="2026-01-01")
    assert "as_at" not in shown
    assert "Search is about today" in shown


@pytest.mark.parametrize("typed", ["", "  ", "(", "'\"<script>alert(1)</script>", "a" * 5000, "\x00"])
def test_whatever_is_typed_there_is_a_page(lead: Client, typed: str) -> None:
    shown = page(lead, q=typed)
    assert "Hints" in shown
    assert "<script>alert" not in shown


def test_nothing_found_says_so_and_helps(lead: Client) -> None:
    shown = page(lead, q="zebra")
    assert "Nothing that you may see says “zebra”." in shown
    assert "Use fewer words" in shown


def test_a_stranger_finds_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    assert "Nothing that you may see" in page(client, q="records")


def test_every_page_leads_to_it_for_who_is_signed_in(lead: Client) -> None:
    link = f'href="{reverse("search")}"'
    assert link in lead.get(reverse("plans")).content.decode()
    assert link not in Client().get(reverse("sign_in")).content.decode()


def test_queries_do_not_grow_with_the_rows(lead: Client, cast: Cast) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(lead, **query)
        return len(captured)

    zebras(cast, 2)
    few = queries(q="records"), queries(q="zebra", kind="action")
    for number in range(10):
        record(
            cast.action,
            by=cast.owner,
            at=factories.moment(2026, 2, 1 + number),
            kind=Kind.PROGRESS,
            note=f"Recorded {number}",
        )
    many = queries(q="records"), queries(q="zebra", kind="action")
    assert many[0] <= few[0] + 1  # updates are listed now that there are some
    assert many[1] == few[1]
    assert max(many) <= 12
