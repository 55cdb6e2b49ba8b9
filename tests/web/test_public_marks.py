"""What may stand in public papers is marked action by action or for many at once, through the ledger, and seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plans.improvement_plan import changes
from plans.improvement_plan.models import Action, Update
from plans.papers.columns import WITHHOLDABLE
from tests import factories
from tests.cast import Cast


def page_of(cast: Cast) -> str:
    return reverse("public_marks", args=[cast.plan.pk])


def marks(*rows: tuple[Action, bool, list[str]]) -> dict[str, Any]:
    """What the page sends for these rows."""
    sent: dict[str, Any] = {}
    for action, published, withheld in rows:
        name = f"action-{action.pk}"
        sent |= {f"{name}-version": action.version, f"{name}-withheld": withheld}
        if published:
            sent[f"{name}-published"] = "on"
    return sent


def test_many_are_marked_at_once_and_only_those_that_differ_are_recorded(cast: Cast, client: Client) -> None:
    changes.amend(cast.partner_action, by=cast.lead, at=factories.START, published=True)
    before = Update.objects.count()
    client.force_login(cast.lead)
    sent = marks((cast.action, True, ["next_step", "lead"]), (cast.partner_action, True, []))
    answer = client.post(page_of(cast), sent, follow=True)
    assert "The marks of 1 action are recorded." in answer.content.decode()
    assert Update.objects.count() == before + 1
    cast.action.refresh_from_db()
    assert (cast.action.published, cast.action.withheld) == (True, ["lead", "next_step"])
    update = cast.action.updates.get(until__isnull=True)
    assert (update.kind, update.by) == ("amended", cast.lead)
    sent = marks((cast.action, True, ["lead", "next_step"]))
    assert "Nothing was different." in client.post(page_of(cast), sent, follow=True).content.decode()


def test_what_changed_meanwhile_is_looked_at_again_and_nothing_is_written(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    sent = marks((cast.action, True, ["dates"]), (cast.partner_action, True, []))
    changes.amend(cast.action, by=cast.administrator, at=factories.START, wording="Name the child")
    answer = client.post(page_of(cast), sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Ada Admin changed the action of action 1.1 while this page was open." in page
    assert not Action.objects.filter(published=True).exists()
    assert f'name="action-{cast.action.pk}-version" value="2"' in page
    assert page.count("checked") == 3
    cast.action.refresh_from_db()
    client.post(page_of(cast), marks((cast.action, True, ["dates"]), (cast.partner_action, True, [])))
    assert Action.objects.filter(published=True).count() == 2


def test_a_row_that_this_writer_left_alone_does_not_stop_the_others(cast: Cast, client: Client) -> None:
    sent = marks((cast.action, False, []), (cast.partner_action, True, []))
    changes.amend(cast.action, by=cast.administrator, at=factories.START, wording="Train managers")
    client.force_login(cast.lead)
    assert client.post(page_of(cast), sent).status_code == 302
    assert Action.objects.filter(published=True).get() == cast.partner_action


def test_what_is_no_mark_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    assert client.post(page_of(cast), marks((cast.action, True, ["wording"]))).status_code == 400
    assert not Action.objects.filter(published=True).exists()
    assert client.get(page_of(cast), {"page": "7"}).status_code == 404


def test_every_box_of_a_page_can_be_ticked_without_being_saved(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    page = client.get(page_of(cast), {"tick": "all"}).content.decode()
    assert page.count("checked") == 2
    assert "not saved yet" in page
    assert not Action.objects.filter(published=True).exists()


def test_a_text_that_may_name_a_child_is_pointed_at(cast: Cast, client: Client) -> None:
    changes.amend(cast.action, by=cast.lead, at=factories.START, wording="Visit Child K")
    client.force_login(cast.lead)
    assert "May hold what may be a child’s initials" in client.get(page_of(cast)).content.decode()


def test_a_long_plan_has_pages_and_each_saves_its_own_rows(cast: Cast, client: Client) -> None:
    for number in range(60):
        factories.an_action(cast.plan, cast.lead, reference=f"9.{number}", position=10 + number)
    client.force_login(cast.lead)
    page = client.get(page_of(cast), {"page": "2"}).content.decode()
    assert "Showing 51 to 62 of 62 actions" in page
    last = Action.objects.get(reference="9.59")
    answer = client.post(f"{page_of(cast)}?page=2", marks((last, True, [])))
    assert answer["Location"] == f"{page_of(cast)}?page=2"
    assert Action.objects.filter(published=True).get() == last


@pytest.mark.parametrize("part", WITHHOLDABLE)
def test_the_forms_of_an_action_take_the_marks(part: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    sent = {
        "version": 1,
        "area": cast.area.pk,
        "reference": "1.1",
        "wording": cast.action.wording,
        "lead": cast.post.pk,
        "due": "March 2026",
        "published": "on",
        "withheld": [part],
    }
    assert client.post(reverse("amend_action", args=[cast.action.pk]), sent).status_code == 302
    cast.action.refresh_from_db()
    assert (cast.action.published, cast.action.withheld) == (True, [part])
    added = {**sent, "reference": "7.7", "withheld": [part, "lead"]}
    client.post(reverse("add_action", args=[cast.plan.pk]), added)
    assert set(Action.objects.get(reference="7.7").withheld) == {part, "lead"}


def test_two_writers_of_the_marks_do_not_lose_each_others(cast: Cast, client: Client) -> None:
    changes.amend(cast.action, by=cast.administrator, at=factories.START, published=True, withheld=["dates"])
    client.force_login(cast.lead)
    sent = {"version": 1, "area": cast.area.pk, "reference": "1.1", "wording": "Mine", "lead": cast.post.pk}
    answer = client.post(reverse("amend_action", args=[cast.action.pk]), {**sent, "due": "March 2026"})
    page = answer.content.decode()
    assert "Ada Admin changed the mark for public papers and what is kept out of public papers" in page
    assert "Mine" in page
    assert page.count("checked") == 2


def test_the_administrators_form_takes_the_marks(cast: Cast, client: Client) -> None:
    cast.administrator.is_superuser = True
    cast.administrator.save()
    client.force_login(cast.administrator)
    address = reverse("admin:plans_action_change", args=[cast.action.pk])
    form = client.get(address).context["adminform"].form
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}
    rows = {"updates-TOTAL_FORMS": 0, "updates-INITIAL_FORMS": 0}
    answer = client.post(address, {**sent, **rows, "published": "on", "withheld": ["progress"]})
    assert answer.status_code == 302
    cast.action.refresh_from_db()
    assert (cast.action.published, cast.action.withheld) == (True, ["progress"])


def test_the_action_says_what_may_stand_and_the_history_when_it_was_said(cast: Cast, client: Client) -> None:
    changes.amend(cast.action, by=cast.lead, at=factories.START, published=True, withheld=["lead", "next_step"])
    said = "ay stand in public papers, without: who leads and supports it; the next step"
    address = reverse("action", args=[cast.action.pk])
    client.force_login(cast.lead)
    page = client.get(address).content.decode()
    assert page.count(f"M{said}") == 1
    assert page.count(f"m{said}") == 1
    client.force_login(cast.reader)
    assert f"M{said}" not in client.get(address).content.decode()
    changes.amend(cast.action, by=cast.lead, at=factories.START, withheld=[])
    client.force_login(cast.lead)
    assert "May stand in public papers, all of it" in client.get(address).content.decode()
    changes.amend(cast.action, by=cast.lead, at=factories.START, published=False)
    assert "Stands in no public paper" in client.get(address).content.decode()
