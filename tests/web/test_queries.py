"""Pages ask the database the same number of questions whatever the size, today and as at any day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.improvement_plan.ledger import Change, record_history, supporting
from plans.improvement_plan.rules import Kind
from tests import factories
from tests.cast import Cast

MOST = 12
THEN = "2026-06-01"


def add_actions(cast: Cast, number: int) -> None:
    posts = [factories.a_post(f"Post {cast.plan.pk}-{number}-{place}", cast.council) for place in range(3)]
    histories = [
        [
            Change(
                cast.lead,
                factories.START,
                Kind.ADDED,
                changes={
                    "reference": f"{number}-{place}",
                    "position": place + 10,
                    "wording": "Audit chronologies",
                    "area_id": cast.area.pk,
                    "lead_id": posts[place % 3].pk,
                    "support": supporting([cast.post]),
                    **factories.due(date(2026, 2, 1 + place % 20)),
                },
            ),
            Change(cast.lead, factories.moment(2026, 5, 1), Kind.PROGRESS, "Begun"),
        ]
        for place in range(number)
    ]
    record_history(cast.plan, histories, recorded_at=timezone.now())


def queries(client: Client, address: str, query: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, query).status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", [{}, {"as_at": THEN}])
@pytest.mark.parametrize("member", ["lead", "board_member", "owner"])
@pytest.mark.parametrize(
    "route",
    [
        "overdue",
        "plans",
        "plan",
        "my_actions",
        "inspection",
        "plan_csv",
        "action",
        "plan_coverage",
        "early_warning",
    ],
)
def test_queries_do_not_grow_with_the_rows(
    cast: Cast, client: Client, route: str, member: str, query: dict[str, str]
) -> None:
    client.force_login(getattr(cast, member))
    named = {
        "plan": cast.plan,
        "plan_csv": cast.plan,
        "plan_coverage": cast.plan,
        "inspection": cast.inspection,
        "action": cast.action,
    }
    address = reverse(route, args=[named[route].pk] if route in named else [])
    add_actions(cast, 3)
    few = queries(client, address, query)
    add_actions(cast, 40)
    many = queries(client, address, query)
    assert many == few
    if route in ("overdue", "plans", "my_actions", "plan", "plan_coverage", "early_warning"):
        assert many <= MOST


def test_filters_and_pages_stay_within_the_budget(cast: Cast, client: Client) -> None:
    add_actions(cast, 120)
    client.force_login(cast.lead)
    for query in (
        {"page": "2"},
        {"q": "audit", "late_by": "30", "show": "first"},
        {"plan": str(cast.plan.pk), "inspection": str(cast.inspection.pk), "as_at": THEN},
        {"board": str(cast.board.pk), "organisation": str(cast.council.pk), "sort": "-update"},
    ):
        assert queries(client, reverse("overdue"), query) <= MOST
