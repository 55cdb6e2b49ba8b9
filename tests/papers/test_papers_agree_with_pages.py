"""A paper opens with the words of the screen for the same plan and day."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from plans.oversight.movement import Point
from plans.papers.kinds.catalogue import paper_for
from plans.papers.rules import Kind
from tests.cast import Cast
from tests.papers.plan_under_way import DAY, brief_of, tables, texts, under_way

__all__ = ["under_way"]

SINCE = date(2026, 2, 1)


def words(page: str) -> str:
    """A page's text, a space where a tag was only where the text has one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


def opening_of(client: Client, cast: Cast, route: str, **query: str) -> str:
    client.force_login(cast.lead)
    address = reverse(route, args=[cast.plan.pk] if route == "plan" else [])
    page = client.get(address, {"as_at": DAY.isoformat(), **query}).content.decode()
    return words(page[page.index('class="app-lede">') + len('class="app-lede">') :].split("</p>")[0])


def test_exceptions_and_the_overdue_page(under_way: Cast, client: Client) -> None:
    paper = paper_for(Kind.EXCEPTIONS, brief_of(under_way))
    assert texts(paper.blocks)[0] == opening_of(client, under_way, "overdue", plan=str(under_way.plan.pk))


def test_what_moved_and_the_page_of_movement(under_way: Cast, client: Client) -> None:
    paper = paper_for(Kind.MOVEMENT, brief_of(under_way, since=Point.end_of(SINCE)))
    query = {"plan": str(under_way.plan.pk), "since": SINCE.isoformat()}
    assert texts(paper.blocks)[0] == opening_of(client, under_way, "movement", **query)
    page = words(client.get(reverse("movement"), {"as_at": DAY.isoformat(), **query}).content.decode())
    assert texts(paper.blocks)[1] in page
    caption = next(iter(tables(paper)))
    assert caption in page


def test_measures_and_the_page_of_measures(under_way: Cast, client: Client) -> None:
    paper = paper_for(Kind.MEASURES, brief_of(under_way))
    on_the_page = opening_of(client, under_way, "measures")
    assert texts(paper.blocks)[0].replace(" on 14 April 2026", "") == on_the_page


@pytest.mark.parametrize("words_of_it", ["1 signed off", "1 complete", "1 without a date", "1 without an owner"])
def test_the_plan_on_a_page_and_the_plans_page(under_way: Cast, client: Client, words_of_it: str) -> None:
    said = texts(paper_for(Kind.PLAN_ON_A_PAGE, brief_of(under_way)).blocks)[0]
    page = opening_of(client, under_way, "plan")
    assert said.startswith("11 actions for 1 area: ")
    assert page.startswith("11 actions for 1 area: ")
    assert words_of_it in said
    assert words_of_it in page
