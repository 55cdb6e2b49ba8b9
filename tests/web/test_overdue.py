"""The overdue page: every number leads to exactly its rows, groups keep their headings, nothing late hides."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from plans.improvement_plan.ledger import Change, record, record_history
from plans.improvement_plan.rules import Kind
from plans.oversight.overdue import GroupBy, Shown
from plans.oversight.saved_filters import save_filter
from tests import factories
from tests.cast import Cast
from tests.oversight.random_plans import THEN, Places, drawn_actions

MOST = 12
LINK = re.compile(r'<a href="([^"]+)">([\d,]+)')


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


@pytest.fixture
def places(cast: Cast) -> Places:
    return Places(cast)


def opened(client: Client, **query: str) -> Any:
    response = client.get(reverse("overdue"), query)
    assert response.status_code == 200
    return response


def sentence(response: Any) -> str:
    page = response.content.decode()
    return page[page.index('<p class="app-lede">') : page.index("</p>", page.index('<p class="app-lede">'))]


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=drawn_actions)
def test_every_number_of_the_sentence_links_to_as_many_rows(
    lead: Client, places: Places, drawn: list[dict[str, Any]]
) -> None:
    places.fill(drawn)
    for query in ({}, {"as_at": THEN.isoformat()}, {"group": "area", "plan": str(places.plans[1].pk)}):
        found = LINK.findall(sentence(opened(lead, **query)))
        for address, number in found:
            rows = lead.get(address.replace("&amp;", "&")).context["table"].rows
            assert len(rows) == int(number), address
            assert len(list(rows)) == int(number), address


def test_the_sentence_says_each_figure_as_a_link(lead: Client, cast: Cast) -> None:
    asked = {"asked_due_date": date(2027, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    at = factories.moment(2026, 6, 1)
    record(cast.action, by=cast.owner, at=at, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    said = sentence(opened(lead, as_at="2026-07-01"))
    assert text(said) == (
        "1 of 2 actions is overdue on 1 July 2026; 1 is later than first agreed. 0 more fall due within 30 days, "
        "1 has no date, 0 are complete. 1 extension waits for a decision."
    )
    assert [address.split("show=")[1].split("&")[0] for address, _ in LINK.findall(said)] == [
        "overdue", "all", "first", "due_soon", "no_date", "complete", "pending",
    ]  # fmt: skip
    assert all("as_at=2026-07-01" in address for address, _ in LINK.findall(said))


def test_a_number_is_not_narrowed_by_what_chooses_and_cuts_the_list(lead: Client) -> None:
    said = sentence(opened(lead, show="first", late_by="180", q="discussion", group="lead", sort="-due"))
    (address, _), *_ = LINK.findall(said)
    assert address == f"{reverse('overdue')}?q=discussion&amp;group=lead&amp;show=overdue"


def test_days_late_narrow_only_what_is_late(lead: Client) -> None:
    response = lead.get(reverse("overdue"), {"show": "due_soon", "late_by": "30"})
    assert response.status_code == 400
    assert response.content.decode().count("Days late narrow only what is late") == 2
    assert "by more than 90 days, longest first" in opened(lead, late_by="90").content.decode()


@pytest.mark.parametrize(("name", "value"), [("show", "hidden"), ("group", "owner"), ("group", "none")])
def test_lists_and_groups_are_strict(lead: Client, name: str, value: str) -> None:
    response = lead.get(reverse("overdue"), {name: value})
    assert response.status_code == 400
    assert "Select a valid choice" in response.content.decode()


def test_the_list_is_in_order_of_the_longest_late(lead: Client, cast: Cast) -> None:
    for month in (4, 2, 6):
        factories.an_action(cast.plan, cast.lead, position=month, **factories.due(date(2026, month, 10)))
    days = [row.record.due_date for row in opened(lead).context["table"].rows]
    assert days == sorted(days)
    assert len(days) == 4


def headed(response: Any) -> list[tuple[str, int]]:
    """Each heading of the page with the number of rows below it."""
    table = response.content.decode().split("<tbody", 1)[1]
    parts = re.split(r'<tr class="app-table__group"><th scope="rowgroup" colspan="\d+">(.*?)</th></tr>', table)
    return [(text(head), below.count('<th scope="row"')) for head, below in zip(parts[1::2], parts[2::2], strict=True)]


def test_groups_stand_in_the_order_of_their_longest_with_counts(lead: Client, cast: Cast) -> None:
    other = factories.an_area(cast.inspection, "Supervision of managers")
    for area_id, month in ((other.pk, 2), (cast.area.pk, 6), (None, 9), (other.pk, 10)):
        factories.an_action(cast.plan, cast.lead, area_id=area_id, **factories.due(date(2026, month, 10)))
    assert headed(opened(lead, group="area", as_at="2026-10-20")) == [
        (f"{other.number}. Supervision of managers 2 actions, longest 252 days late", 2),
        (f"{cast.area.number}. {cast.area.wording} 2 actions, longest 203 days late", 2),
        ("The councils’ own actions 1 action, longest 40 days late", 1),
    ]


def test_rows_are_sorted_within_their_groups(lead: Client, cast: Cast) -> None:
    second = factories.an_area(cast.inspection, "Supervision of managers")
    for area_id, month in ((second.pk, 2), (cast.area.pk, 6), (second.pk, 10)):
        factories.an_action(cast.plan, cast.lead, area_id=area_id, **factories.due(date(2026, month, 10)))
    rows = [row.record for row in opened(lead, group="area", sort="-due").context["table"].rows]
    assert [(row.area_id, row.due_date.month) for row in rows] == [
        (second.pk, 10), (second.pk, 2), (cast.area.pk, 6), (cast.area.pk, 3),
    ]  # fmt: skip


def add_late(cast: Cast, number: int) -> None:
    posts = [factories.a_post(f"Post {number}-{place}", cast.council) for place in range(4)]
    histories = [
        [
            Change(
                cast.lead,
                factories.START,
                Kind.ADDED,
                changes={
                    "reference": f"{number}-{place}",
                    "wording": "Audit chronologies",
                    "area_id": cast.area.pk,
                    "lead_id": posts[place % 4].pk,
                    **factories.due(date(2026, 2, 1 + place % 25)),
                },
            )
        ]
        for place in range(number)
    ]
    record_history(cast.plan, histories, recorded_at=timezone.now())


def test_a_group_over_two_pages_has_its_heading_and_its_whole_count_on_both(lead: Client, cast: Cast) -> None:
    add_late(cast, 119)
    pages = [headed(opened(lead, group="area", page=str(page))) for page in (1, 2, 3)]
    assert [number for page in pages for _, number in page] == [50, 50, 20]
    assert all("120 actions" in page[0][0] for page in pages)
    found = [headed(opened(lead, group="lead", page=str(page))) for page in (1, 2, 3)]
    totals: dict[str, int] = {}
    for head, number in (each for page in found for each in page):
        totals[head] = totals.get(head, 0) + number
    assert len(totals) == 5
    assert all(f" {number} action" in head for head, number in totals.items())


@pytest.mark.parametrize("query", [{}, {"as_at": "2026-06-01"}])
def test_groups_and_saved_filters_stay_within_the_budget(lead: Client, cast: Cast, query: dict[str, str]) -> None:
    everything = {
        "plan": str(cast.plan.pk),
        "inspection": str(cast.inspection.pk),
        "board": str(cast.board.pk),
        "organisation": str(cast.council.pk),
        "q": "audit",
        "late_by": "30",
        "show": "first",
        "sort": "-update",
        **query,
    }
    counts = []
    for number in (3, 90):
        add_late(cast, number)
        save_filter("overdue", f"Mine {number}", "late_by=30", owner=cast.lead)
        counts.append([])
        for by in ("", *GroupBy):
            with CaptureQueriesContext(connection) as captured:
                opened(lead, **everything, group=by)
            counts[-1].append(len(captured))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST


@pytest.mark.parametrize("shown", list(Shown))
def test_each_list_opens_empty_and_filled_with_words_of_its_own(lead: Client, cast: Cast, shown: Shown) -> None:
    empty = opened(lead, show=shown.value, q="nothing has these words")
    assert "with these filters on this day." in empty.content.decode()
    assert "There are no actions to show" in sentence(empty)
    assert opened(lead, show=shown.value).context["table"].caption.endswith((str(timezone.localdate().year), "first"))


def test_a_row_says_both_clocks_its_extensions_and_why(lead: Client, cast: Cast) -> None:
    moved = factories.due(date(2026, 5, 31), "month")
    record(cast.action, by=cast.lead, at=factories.moment(2026, 4, 1), kind=Kind.AMENDED, note="Agreed", **moved)
    said = {"delay_reason": "Two posts are vacant", "next_step": "Interviews in July", "share_done": 40}
    record(cast.action, by=cast.owner, at=factories.moment(2026, 6, 20), kind=Kind.PROGRESS, note="Begun", **said)
    page = opened(lead, as_at="2026-06-30").content.decode()
    shown = text(page[page.index("<tbody") : page.index("</tbody>")])
    assert "30 days 91 days after first agreed" in shown.replace("days91", "days 91")
    for words in ("First agreed March 2026, moved once", "10 days ago", "40% done", "Why: Two posts are vacant"):
        assert words in shown
    assert "Next: Interviews in July" in shown
    earlier = opened(lead, as_at="2026-06-10").content.decode()
    assert "No reason given" in earlier
    assert "Two posts are vacant" not in earlier


def test_an_action_page_says_why_and_what_next_as_they_were(lead: Client, cast: Cast) -> None:
    said = {"delay_reason": "Two posts are vacant", "next_step": "Interviews in July", "share_done": 0}
    record(cast.action, by=cast.owner, at=factories.moment(2026, 6, 20), kind=Kind.PROGRESS, note="Begun", **said)
    address = reverse("action", args=[cast.action.pk])
    page = lead.get(address).content.decode()
    for words in ("Reason for delay", "Two posts are vacant", "Interviews in July", "0 per cent"):
        assert words in page
    earlier = lead.get(address, {"as_at": "2026-06-10"}).content.decode()
    assert "None given" in earlier
    assert "Interviews in July" not in earlier
