"""Lists over very many rows: numbers stop where nobody needs them, choices are typed, no page grows with the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from plans.access.models import User
from plans.improvement_plan.models import Action, Update, end_of_day
from plans.oversight import overdue
from plans.oversight.overdue import Shown, figures_and_length, listed
from plans.web import filters
from plans.web.pages import ROWS_A_PAGE
from tests import factories
from tests.cast import Cast

DAY = date(2026, 6, 1)
MOST, MOST_BESIDE = 3, 2
KEPT: dict[str, dict[str, int]] = {}


def keep(question: str, answer: Callable[[], dict[str, int]]) -> dict[str, int]:
    return KEPT.setdefault(question, answer())


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """More actions than are counted: five overdue, and what the cast has."""
    monkeypatch.setattr(overdue, "MOST_COUNTED", MOST)
    monkeypatch.setattr(overdue, "MOST_BESIDE", MOST_BESIDE)
    monkeypatch.setattr(filters, "MOST_OFFERED", 1)
    for _ in range(5):
        factories.an_action(cast.plan, cast.lead, **factories.due(date(2026, 2, 1)))
    factories.a_plan(cast.council, title="Another plan")
    return cast


def test_a_number_that_was_not_counted_to_its_end_says_so(many: Cast) -> None:
    found, length = figures_and_length(Action.objects.all(), DAY, listed(Shown.OVERDUE, DAY), keep=keep)
    assert (str(found.overdue), f"{length:,}") == ("more than 3", "more than 3")
    assert (str(found.all), found.extension_pending) == ("more than 2", 0)


def test_up_to_that_many_rows_every_number_is_exact(many: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "MOST_COUNTED", Action.objects.count())
    found, length = figures_and_length(Action.objects.all(), DAY, listed(Shown.OVERDUE, DAY), keep=keep)
    assert length == found.overdue == Action.objects.filter(listed(Shown.OVERDUE, DAY)).count()
    assert str(length) == str(int(length))


def test_the_numbers_of_a_past_day_are_exact_and_kept(many: Cast) -> None:
    then = Update.objects.holding_at(factories.moment(2026, 6, 1))
    found, length = figures_and_length(then, DAY, listed(Shown.OVERDUE, DAY), keep=keep)
    assert length == then.filter(listed(Shown.OVERDUE, DAY)).count() > MOST
    again, _ = figures_and_length(then, DAY, listed(Shown.OVERDUE, DAY), keep=lambda question, _: KEPT[question])
    assert again == found


def test_a_plan_among_very_many_is_typed_and_a_link_still_names_one(many: Cast, client: Client) -> None:
    client.force_login(many.lead)
    page = client.get(reverse("overdue"), {"plan": str(many.plan.pk)})
    assert f'value="{many.plan.title}"' in page.content.decode()
    assert '<select class="govuk-select" id="id_plan"' not in page.content.decode()
    named = client.get(reverse("overdue"), {"plan": many.plan.title[:6]})
    assert [row.record.plan for row in named.context["table"].paginated_rows] == [many.plan] * MOST
    assert "Showing 1 to 3 of more than 3 actions" in named.content.decode()
    assert client.get(reverse("overdue"), {"plan": "no plan is called so"}).status_code == 400


@pytest.mark.parametrize("query", [{}, {"sort": "-due"}, {"page": "2"}, {"group": "area"}])
def test_a_past_page_over_every_council_is_the_same_found_or_kept(
    many: Cast, client: Client, query: dict[str, str]
) -> None:
    root = User.objects.create_superuser("root@example.org")
    client.force_login(root)
    asked = {"as_at": "2026-06-01", **query}
    if "page" in query:
        for _ in range(ROWS_A_PAGE):
            factories.an_action(many.plan, many.lead, **factories.due(date(2026, 2, 1)))
    pages = [client.get(reverse("overdue"), asked).context["table"].paginated_rows for _ in range(2)]
    found, kept = ([row.record.pk for row in page] for page in pages)
    wanted = Update.objects.holding_at(end_of_day(DAY)).filter(listed(Shown.OVERDUE, DAY)).order_by("due_date", "pk")
    if not query:
        assert found == list(wanted.values_list("pk", flat=True)[:ROWS_A_PAGE])
    assert found == kept != []
