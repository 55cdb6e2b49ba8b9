"""The page of early warnings: its sentence counts its lists, whatever the filters, the day and the reader."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.models import Board
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import LONDON
from plans.improvement_plan.rules import Confidence, Kind, Status
from tests import factories
from tests.cast import Cast

ADDRESS = reverse("early_warning")
LATER = timezone.now().astimezone(LONDON).date() + timedelta(days=200)


def add(cast: Cast, number: int = 1, **fields: Any) -> None:
    for place in range(number):
        doubtful = {"confidence": Confidence.LOW, "wording": f"Train group {place}", **factories.due(LATER)}
        factories.an_action(cast.plan, cast.lead, **{"status": Status.IN_PROGRESS, **doubtful, **fields})


def page(client: Client, **query: str) -> Any:
    return client.get(ADDRESS, query)


def rows(response: Any, name: str) -> list[Any]:
    table = response.context.get(name)
    return [row.record for row in table.rows] if table is not None else []


def lede(response: Any) -> str:
    (sentence,) = re.findall(r'<p class="app-lede">(.*?)</p>', response.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", sentence)


def test_the_sentence_counts_both_lists_and_its_numbers_open_them(cast: Cast, client: Client) -> None:
    add(cast, 2)
    client.force_login(cast.lead)
    response = page(client)
    assert lede(response) == "2 actions are likely to miss their dates; 4 have been quiet for too long."
    assert (len(rows(response, "likely")), len(rows(response, "quiet"))) == (2, 4)
    for name, number in (("likely", 2), ("quiet", 4)):
        one = client.get(response.context["links"][name])
        assert len(rows(one, name)) == number
        assert rows(one, {"likely": "quiet", "quiet": "likely"}[name]) == []
        assert lede(one) == lede(response)


def test_each_row_says_why(cast: Cast, client: Client) -> None:
    late = LATER + timedelta(days=9)
    add(cast, forecast_date=late, forecast_precision="day")
    client.force_login(cast.lead)
    text = page(client).content.decode()
    assert "9 days after it is due</li><li>The owner has low confidence in the date" in text
    assert "Nobody has reported on it yet" in text


def test_where_both_are_shown_only_the_first_rows_are_and_the_rest_is_a_link_away(cast: Cast, client: Client) -> None:
    add(cast, 23)
    client.force_login(cast.lead)
    response = page(client)
    assert (len(rows(response, "likely")), response.context["counts"]["likely"]) == (20, 23)
    assert "All 23 likely to miss" in response.content.decode()
    assert "All 25 quiet for too long" in response.content.decode()
    assert len(rows(page(client, list="likely"), "likely")) == 23


def test_plan_and_board_narrow_both_the_numbers_and_the_lists(cast: Cast, client: Client) -> None:
    other = factories.a_plan(cast.council)
    add(cast, 2)
    factories.an_action(other, cast.lead, confidence=Confidence.LOW, **factories.due(LATER))
    client.force_login(cast.lead)
    whole, narrowed = page(client), page(client, plan=str(cast.plan.pk))
    assert (whole.context["counts"]["likely"], narrowed.context["counts"]["likely"]) == (3, 2)
    by_board = page(client, board=str(cast.board.pk), list="likely")
    assert len(rows(by_board, "likely")) == 2
    assert f"board={cast.board.pk}" in by_board.context["links"]["quiet"]


@pytest.mark.parametrize("query", [{"plan": "999999"}, {"board": "x"}, {"list": "all"}, {"lead": "Head"}])
def test_a_filter_that_is_not_known_or_cannot_be_read_is_an_error_and_counts_nothing(
    cast: Cast, client: Client, query: dict[str, str]
) -> None:
    add(cast)
    client.force_login(cast.lead)
    response = page(client, **query)
    assert response.status_code == 400
    assert response.context["counts"] == {"likely": 0, "quiet": 0}


def test_another_boards_plans_are_not_offered_or_counted(cast: Cast, client: Client) -> None:
    add(cast)
    unseen = Board.objects.create(organisation=cast.council, name="Scrutiny")
    other = factories.a_plan(cast.council, title="Not for this board")
    other.boards.add(unseen)
    factories.an_action(other, cast.lead, confidence=Confidence.LOW, **factories.due(LATER))
    client.force_login(cast.board_member)
    assert page(client).context["counts"]["likely"] == 1
    assert "Not for this board" not in page(client).content.decode()
    assert page(client, board=str(unseen.pk)).status_code == 400


def test_a_partner_is_told_of_their_own_actions_alone(cast: Cast, client: Client) -> None:
    add(cast)
    record(
        cast.partner_action,
        by=cast.lead,
        at=factories.moment(2026, 1, 6),
        kind=Kind.AMENDED,
        confidence=Confidence.LOW,
        **factories.due(LATER),
    )
    client.force_login(cast.partner)
    assert [row.reference for row in rows(page(client), "likely")] == ["1.2"]


def test_a_past_day_shows_what_was_likely_then(cast: Cast, client: Client) -> None:
    at = factories.moment(2026, 2, 1)
    record(cast.action, by=cast.owner, at=at, kind=Kind.PROGRESS, note="Slow", confidence=Confidence.LOW)
    client.force_login(cast.lead)
    assert rows(page(client, as_at="2026-01-31"), "likely") == []
    response = page(client, as_at="2026-02-01")
    assert [row.reference for row in rows(response, "likely")] == ["1.1"]
    assert "as_at=2026-02-01" in response.context["links"]["likely"]
    assert lede(response) == "1 action is likely to miss its date; 1 has been quiet for too long."
    assert rows(page(client, as_at=date(2026, 4, 1).isoformat()), "likely") == []


def test_nothing_to_warn_of_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    response = page(client)
    assert lede(response) == "No open action looks likely to miss its date; none has been quiet for too long."
    assert "Nothing has been quiet for too long" in response.content.decode()


def test_sorting_and_pages_work_in_a_single_list(cast: Cast, client: Client) -> None:
    add(cast, 55)
    client.force_login(cast.lead)
    response = page(client, list="likely", page="2", sort="-due")
    assert len(list(response.context["likely"].paginated_rows)) == 5
    assert page(client, list="likely", page="3").status_code == 404
    assert page(client, list="quiet", sort="silence").status_code == 200
