"""Saved filters: what is kept, who can use it, who can delete it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plans.access.models import Organisation
from plans.access.rules import Role
from plans.improvement_plan.ledger import RefusedChange
from plans.oversight.models import SavedFilter
from plans.oversight.saved_filters import delete_filter, home_of, save_filter
from tests import factories
from tests.cast import Cast

LATE = "late_by=90&group=lead"


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def save(client: Client, **said: str) -> Any:
    return client.post(reverse("save_filter"), {"name": "Late", "query": LATE, **said})


def panel(client: Client, **query: str) -> str:
    page = client.get(reverse("overdue"), query).content.decode()
    return page[page.index('<details class="app-filters"') : page.index("<table")]


def test_only_the_filters_are_kept_and_they_open_the_list(lead: Client, cast: Cast) -> None:
    seen = f"{LATE}&as_at=2026-06-01&page=3&sort=-due&show=overdue&status=&utm=x&q=+audit+%26+more"
    response = save(lead, query=seen)
    saved = SavedFilter.objects.get()
    assert saved.query == "q=audit+%26+more&group=lead&late_by=90"
    assert (saved.owner, saved.organisation, saved.page, saved.shared_with) == (cast.lead, cast.council, "overdue", "")
    assert response.url == f"{reverse('overdue')}?{saved.query}&as_at=2026-06-01&sort=-due"
    assert "Saved: Late." in lead.get(response.url).content.decode()
    link = f"{reverse('overdue')}?{saved.query}".replace("&", "&amp;")
    assert f'href="{link}"' in panel(lead)
    assert f'href="{link}&amp;as_at=2026-06-01"' in panel(lead, as_at="2026-06-01")
    opened = lead.get(f"{reverse('overdue')}?{saved.query}")
    assert opened.status_code == 200
    assert opened.context["saved"][0]["current"]
    assert 'aria-current="true"' in opened.content.decode()


def test_the_form_stands_where_there_are_filters_to_save(lead: Client) -> None:
    assert "Save these filters" not in panel(lead)
    assert "Save these filters" not in panel(lead, show="overdue", as_at="2026-06-01")
    assert "Save these filters" in panel(lead, late_by="90")
    assert "Save these filters" not in lead.get(reverse("overdue"), {"late_by": "1"}).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": " "}, "Enter a name for these filters"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"query": ""}, "Choose filters first"),
        ({"query": "as_at=2026-06-01&show=overdue"}, "Choose filters first"),
        ({"query": "plan=9999"}, "These filters cannot be read"),
        ({"query": "show=no_date&late_by=30"}, "These filters cannot be read"),
        ({"query": "q=" + "x" * 500}, "too long to save"),
        ({"shared_with": "1:emperor"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_saved_is_said_and_what_was_typed_is_kept(
    lead: Client, said: dict[str, str], sentence: str
) -> None:
    response = save(lead, **said)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert "<title>Error: " in page
    assert f'value="{said.get("name", "Late").strip()}"' in page or said.get("name") == " "
    assert not SavedFilter.objects.exists()


def test_a_name_is_given_once(lead: Client, cast: Cast) -> None:
    assert save(lead).status_code == 302
    again = save(lead, query="late_by=30")
    assert again.status_code == 400
    assert again.content.decode().count("You have filters of that name already") == 2
    assert SavedFilter.objects.get().query == "group=lead&late_by=90"


def test_those_who_run_plans_share_with_a_role(lead: Client, cast: Cast) -> None:
    assert save(lead, shared_with=f"{cast.council.pk}:board member").status_code == 302
    assert "shared with board members of Westshire" in panel(lead)
    lead.force_login(cast.board_member)
    assert "shared by Lena Lead" in panel(lead)
    assert "Delete" not in panel(lead)
    for other in (cast.owner, cast.reader, cast.stranger):
        lead.force_login(other)
        assert "Late</a>" not in panel(lead)


@pytest.mark.parametrize("member", ["owner", "reader", "board_member", "partner", "stranger"])
def test_others_keep_filters_for_themselves_alone(cast: Cast, client: Client, member: str) -> None:
    client.force_login(getattr(cast, member))
    refused = save(client, shared_with=f"{cast.council.pk}:officer")
    assert refused.status_code == 400
    assert refused.content.decode().count("Select a valid choice") == 2
    assert save(client).status_code == 302
    assert SavedFilter.objects.get().shared_with == ""
    if member != "stranger":
        with pytest.raises(RefusedChange, match="Only those who run"):
            save_filter(
                "overdue", "x", LATE, owner=getattr(cast, member), organisation=cast.council, shared_with=Role.OFFICER
            )


def test_one_deletes_ones_own_and_stays_on_the_list(lead: Client, cast: Cast) -> None:
    saved = save_filter("overdue", "Late", LATE, owner=cast.lead, shared_with=Role.OFFICER)
    address = reverse("delete_filter", args=[saved.pk])
    assert lead.get(address).status_code == 405
    lead.force_login(cast.owner)
    assert lead.post(address).status_code == 403
    lead.force_login(cast.stranger)
    assert lead.post(address).status_code == 404
    lead.force_login(cast.lead)
    gone = lead.post(address, {"query": "group=lead&as_at=2026-06-01&page=2&next=https://example.org"})
    assert gone.url == f"{reverse('overdue')}?group=lead&as_at=2026-06-01"
    assert not SavedFilter.objects.exists()


def test_nobody_deletes_what_another_saved(cast: Cast) -> None:
    saved = save_filter("overdue", "Late", LATE, owner=cast.lead)
    with pytest.raises(RefusedChange):
        delete_filter(saved, by=cast.owner)


def test_a_shared_filter_that_one_may_not_see_through_shows_no_rows(cast: Cast, client: Client) -> None:
    hidden = factories.a_plan(cast.council, stage="draft")
    save_filter("overdue", "Draft", f"plan={hidden.pk}", owner=cast.lead, shared_with=Role.BOARD_MEMBER)
    client.force_login(cast.board_member)
    response = client.get(reverse("overdue"), {"plan": str(hidden.pk)})
    assert response.status_code == 400
    assert hidden.title not in response.content.decode()


def test_a_persons_own_filters_are_kept_where_they_belong(cast: Cast) -> None:
    assert home_of(cast.lead) == cast.council
    nobody = factories.a_person("Nobody")
    assert home_of(nobody) is None
    with pytest.raises(RefusedChange, match="no organisation"):
        save_filter("overdue", "Late", LATE, owner=nobody)
    health = Organisation.objects.get(name="Westshire ICB")
    factories.a_post("Manager", health, holder=nobody)
    assert home_of(nobody) == health
    seated = factories.a_person("Chair")
    cast.board.seats.create(person=seated)
    assert home_of(seated) == cast.council
    nobody.is_superuser = True
    assert home_of(nobody) == health
