"""The owner's update: why it is late, what is next, how much is done. Nothing is typed twice, nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.changes import submit_update
from tests import factories
from tests.cast import Cast

LATE = "2026-06-10T12:00:00Z"
IN_TIME = "2026-03-31T12:00:00Z"
WHY = {"delay_reason": "Two posts are vacant", "next_step": "Interviews in July", "share_done": 40}


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


def address(cast: Cast) -> str:
    return reverse("update_action", args=[cast.action.pk])


def send(client: Client, cast: Cast, **said: Any) -> Any:
    return client.post(address(cast), {"version": 1, "status": "in_progress", "note": "Half is sampled", **said})


def stored(cast: Cast) -> Action:
    return Action.objects.get(pk=cast.action.pk)


@time_machine.travel(LATE)
def test_an_update_on_what_is_overdue_says_why_it_is_late(owner: Client, cast: Cast) -> None:
    response = send(owner, cast, next_step="Interviews in July", share_done="40")
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count("Say why it is late") == 2
    assert "Interviews in July" in page
    assert 'value="40"' in page
    assert "Half is sampled" in page
    assert send(owner, cast, **WHY).status_code == 302
    assert (stored(cast).delay_reason, stored(cast).next_step, stored(cast).share_done) == tuple(WHY.values())


@pytest.mark.parametrize(
    ("when", "said"),
    [(IN_TIME, {}), (LATE, {"status": "complete"}), (IN_TIME, {"forecast": "July 2026"})],
)
def test_a_reason_is_asked_only_where_it_is_overdue_and_stays_open(
    owner: Client, cast: Cast, when: str, said: dict[str, str]
) -> None:
    with time_machine.travel(when):
        assert send(owner, cast, **said).status_code == 302


@time_machine.travel(LATE)
def test_what_is_taken_up_again_after_its_date_says_why_too(owner: Client, cast: Cast) -> None:
    submit_update(cast.action, by=cast.owner, at=factories.moment(2026, 3, 1), status="complete", note="Done", **WHY)
    record(cast.action, by=cast.lead, at=factories.moment(2026, 3, 2), kind=Kind.AMENDED, note="", delay_reason="")
    page = send(owner, cast, version=3).content.decode()
    assert page.count("Say why it is late") == 2


def test_the_reason_stands_in_the_open_where_there_is_one_to_give(owner: Client, cast: Cast) -> None:
    folded = "It will be late: say why"
    with time_machine.travel(IN_TIME):
        assert folded in owner.get(address(cast)).content.decode()
        assert folded not in send(owner, cast, note="", forecast="July 2026").content.decode()
    with time_machine.travel(LATE):
        assert folded not in owner.get(address(cast)).content.decode()
    with time_machine.travel(IN_TIME):
        assert send(owner, cast, forecast="July 2026").status_code == 302
        assert folded not in owner.get(address(cast)).content.decode()


@time_machine.travel(LATE)
def test_the_form_shows_again_what_was_said_so_that_nothing_is_typed_twice(owner: Client, cast: Cast) -> None:
    assert send(owner, cast, **WHY, reported_rag="amber").status_code == 302
    form = owner.get(address(cast)).context["form"]
    assert {name: form[name].value() for name in WHY} == {**WHY, "share_done": "40"}
    assert "Your rating: amber" in owner.get(address(cast)).content.decode()
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert owner.post(address(cast), {**again, "note": "Nothing new but the month"}).status_code == 302
    assert (stored(cast).delay_reason, stored(cast).next_step, stored(cast).share_done) == tuple(WHY.values())


@time_machine.travel(LATE)
def test_a_second_writers_change_is_kept_and_so_is_what_was_typed(owner: Client, cast: Cast) -> None:
    assert send(owner, cast, **WHY).status_code == 302
    record(
        cast.action, by=cast.lead, at=factories.moment(2026, 6, 11), kind=Kind.AMENDED, note="",
        next_step="Interviews in August", share_done=0,
    )  # fmt: skip
    clash = send(owner, cast, version=2, **{**WHY, "delay_reason": "Three posts are vacant"})
    assert clash.status_code == 400
    form = clash.context["form"]
    assert form["delay_reason"].value() == "Three posts are vacant"
    assert form["next_step"].value() == "Interviews in August"
    assert form["share_done"].value() == "0"
    again = {name: form[name].value() for name in ("version", "delay_reason", "next_step", "share_done")}
    assert send(owner, cast, **again).status_code == 302
    assert (stored(cast).next_step, stored(cast).share_done) == ("Interviews in August", 0)


@time_machine.travel(LATE)
def test_completing_clears_the_next_step_and_keeps_why_it_was_late(owner: Client, cast: Cast) -> None:
    assert send(owner, cast, **WHY).status_code == 302
    kept = send(owner, cast, version=2, status="complete", **WHY)
    assert kept.status_code == 302
    done = stored(cast)
    assert (done.status, done.delay_reason, done.next_step, done.share_done) == (
        Status.COMPLETE, "Two posts are vacant", "", 100,
    )  # fmt: skip
    assert cast.action.updates.get(sequence=2).next_step == "Interviews in July"


@time_machine.travel(LATE)
def test_a_next_step_typed_on_completion_is_not_lost_without_a_word(owner: Client, cast: Cast) -> None:
    response = send(owner, cast, status="complete", next_step="The board samples ten records")
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count("A complete action has no next step") == 2
    assert "The board samples ten records" in page


def test_no_share_is_made_up_on_completion(cast: Cast) -> None:
    submit_update(cast.action, by=cast.owner, at=factories.moment(2026, 3, 1), status="complete", note="Done")
    assert cast.action.share_done is None


@time_machine.travel(IN_TIME)
@pytest.mark.parametrize(("typed", "stands"), [("0", 0), ("100", 100), ("40%", 40), (" 40 per cent ", 40), ("", None)])
def test_a_share_is_a_whole_number_of_per_cent(owner: Client, cast: Cast, typed: str, stands: int | None) -> None:
    assert send(owner, cast, share_done=typed).status_code == 302
    assert stored(cast).share_done == stands


@time_machine.travel(IN_TIME)
@pytest.mark.parametrize("typed", ["101", "-1", "half", "4.5", "٤٠", "1" * 400])
def test_any_other_share_is_said_beside_the_field(owner: Client, cast: Cast, typed: str) -> None:
    response = send(owner, cast, share_done=typed)
    assert response.status_code == 400
    assert response.content.decode().count("Enter a whole number from 0 to 100") == 2
    assert stored(cast).version == 1


@time_machine.travel(LATE)
def test_what_an_update_says_of_delay_is_part_of_its_history(cast: Cast) -> None:
    for month, reason in ((4, "Vacancy"), (5, "Supplier")):
        submit_update(
            cast.action, by=cast.owner, at=factories.moment(2026, month, 2), status="in_progress", note="x",
            delay_reason=reason,
        )  # fmt: skip
    then = Action.objects.as_at(factories.moment(2026, 4, 20)).get(action_id=cast.action.pk)
    assert (then.delay_reason, cast.action.delay_reason) == ("Vacancy", "Supplier")
    assert cast.action.due_date == date(2026, 3, 31)
