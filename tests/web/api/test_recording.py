"""The one write: an update by the rules of the form, once, and never over somebody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind, Status
from tests.cast import Cast
from tests.web.api.callers import Caller


@pytest.fixture
def owner(cast: Cast) -> Caller:
    return Caller(cast.owner, may_update=True)


def said(**fields: Any) -> dict[str, Any]:
    return {"version": 1, "status": "in_progress", "note": "Half are sampled", "delay_reason": "A vacancy", **fields}


def send(caller: Caller, action: Action, key: str = "", **fields: Any) -> Any:
    return caller.post(f"actions/{action.pk}/updates", said(**fields), **({"Idempotency-Key": key} if key else {}))


def test_an_update_is_recorded_as_by_the_form(owner: Caller, cast: Cast) -> None:
    answer = send(
        owner,
        cast.action,
        next_step="Ask again",
        share_done=40,
        confidence="low",
        reported_rag="amber",
        forecast="December 2026",
    )
    assert answer.status_code == 201, answer.content
    action = Action.objects.get(pk=cast.action.pk)
    assert (action.status, action.progress, action.share_done) == ("in_progress", "Half are sampled", 40)
    assert (action.confidence, action.reported_rag, action.next_step) == ("low", "amber", "Ask again")
    assert (action.forecast_date.isoformat(), action.forecast_precision) == ("2026-12-31", "month")
    update = Update.objects.get(action=action, until__isnull=True)
    told = answer.json()
    assert (told["id"], told["sequence"], told["by"], told["kind"]) == (update.pk, 2, "Olive Owner", "progress")
    assert owner.get(f"actions/{action.pk}").json()["version"] == 2
    event = Event.objects.get(what="update.recorded")
    assert (event.by, event.details["token"], event.details["update"]) == (cast.owner.email, "Power BI", update.pk)


def test_what_is_left_out_stays_and_what_is_empty_is_cleared(owner: Caller, cast: Cast) -> None:
    send(owner, cast.action, next_step="Ask again", confidence="low", forecast="December 2026")
    assert send(owner, cast.action, version=2).status_code == 201
    action = Action.objects.get(pk=cast.action.pk)
    assert (action.next_step, action.confidence, action.forecast_precision) == ("Ask again", "low", "month")
    assert send(owner, cast.action, version=3, next_step="", confidence="", forecast="").status_code == 201
    action.refresh_from_db()
    assert (action.next_step, action.confidence, action.forecast_date) == ("", "", None)


def test_an_action_is_reported_complete(owner: Caller, cast: Cast) -> None:
    send(owner, cast.action, next_step="Ask again", share_done=40)
    assert send(owner, cast.action, version=2, status="complete").json()["kind"] == "completed"
    action = Action.objects.get(pk=cast.action.pk)
    assert (action.status, action.next_step, action.share_done) == ("complete", "", 100)


def test_an_extension_is_asked_for_and_moves_nothing(owner: Caller, cast: Cast) -> None:
    answer = send(owner, cast.action, extension={"due": "September 2099", "reason": "A vacancy"})
    assert answer.json()["kind"] == "extension_asked"
    row = owner.get(f"actions/{cast.action.pk}").json()
    assert (row["asked_due_date"], row["due_date"]) == ("2099-09-30", "2026-03-31")
    assert row["timeliness"] == "overdue"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"note": "  "}, "note"),
        ({"note": None}, "note"),
        ({"version": "1"}, "version"),
        ({"version": None}, "version"),
        ({"status": "signed_off"}, "status"),
        ({"share_done": 101}, "share_done"),
        ({"share_done": "40"}, "share_done"),
        ({"delay_reason": ""}, "delay_reason"),
        ({"forecast": "soon"}, "forecast"),
        ({"extension": {"due": "January 2026", "reason": "A vacancy"}}, "extension.due"),
        ({"extension": {"due": "soon", "reason": "A vacancy"}}, "extension.due"),
        ({"extension": {"due": "September 2099"}}, "extension.reason"),
        ({"status": "complete", "next_step": "More"}, "next_step"),
        ({"due_date": "2099-01-01"}, "due_date"),
        ({"timeliness": "on_time"}, "timeliness"),
    ],
)
def test_what_the_form_refuses_is_refused(owner: Caller, cast: Cast, fields: dict[str, Any], field: str) -> None:
    answer = send(owner, cast.action, **fields)
    assert answer.status_code == 422, answer.content
    errors = answer.json()["errors"]
    assert field in {error["field"] for error in errors}
    assert all(error["detail"].endswith(".") for error in errors)
    assert cast.action.updates.count() == 1
    assert not Event.objects.filter(what="update.recorded").exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "{}"])
def test_what_is_no_update_is_refused(owner: Caller, cast: Cast, body: str) -> None:
    answer = owner.post(f"actions/{cast.action.pk}/updates", body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_other_s_change_is_answered(owner: Caller, cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=timezone.now(), kind=Kind.PROGRESS, note="The lead was first")
    answer = send(owner, cast.action)
    assert answer.status_code == 409
    other = answer.json()["other"]
    assert (other["note"], other["by"], other["sequence"]) == ("The lead was first", "Lena Lead", 2)
    assert cast.action.updates.count() == 2
    assert send(owner, cast.action, version=other["sequence"]).status_code == 201


def test_a_repeated_request_records_once(owner: Caller, cast: Cast) -> None:
    first = send(owner, cast.action, key="a key")
    again = send(owner, cast.action, key="a key")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert cast.action.updates.count() == 2
    # Also where somebody has changed it since.
    record(Action.objects.get(pk=cast.action.pk), by=cast.lead, at=timezone.now(), kind=Kind.NO_CHANGE)
    repeated = send(owner, cast.action, key="a key")
    assert (repeated.status_code, repeated.json()["id"]) == (200, first.json()["id"])
    assert cast.action.updates.count() == 3


def test_a_key_is_for_one_update_of_one_person(owner: Caller, cast: Cast) -> None:
    send(owner, cast.action, key="a key")
    assert send(owner, cast.action, key="a key", note="Something else").status_code == 422
    lead = Caller(cast.lead, may_update=True)
    assert send(lead, cast.partner_action, key="a key").status_code == 201
    assert send(lead, cast.action, key="a key").status_code == 422


def test_a_key_is_kept_for_a_day_and_the_version_holds_after(owner: Caller, cast: Cast) -> None:
    with time_machine.travel("2026-07-06T09:00:00Z", tick=False) as clock:
        caller = Caller(cast.owner, may_update=True)
        assert send(caller, cast.action, key="a key").status_code == 201
        clock.shift(timedelta(hours=25))
        assert send(caller, cast.action, key="a key").status_code == 409
    assert cast.action.updates.count() == 2


def test_who_may_not_update_does_not(cast: Cast) -> None:
    expected = {"owner": 201, "team_mate": 403, "reader": 403, "board_member": 403, "stranger": 404, "partner": 404}
    found = {
        member: send(Caller(getattr(cast, member), may_update=True), cast.action).status_code for member in expected
    }
    assert found == expected
    assert send(Caller(cast.partner, may_update=True), cast.partner_action).status_code == 201


def test_a_token_that_reads_only_records_nothing(cast: Cast) -> None:
    answer = send(Caller(cast.owner), cast.action)
    assert answer.status_code == 403
    assert "may read only" in answer.json()["detail"]
    assert cast.action.updates.count() == 1


def test_a_closed_action_takes_no_update(owner: Caller, cast: Cast) -> None:
    record(
        cast.action,
        by=cast.lead,
        at=timezone.now(),
        kind=Kind.WITHDRAWN,
        note="No longer needed",
        status=Status.WITHDRAWN,
    )
    answer = send(owner, cast.action, version=2)
    assert answer.status_code == 403
    assert "no longer open" in answer.json()["detail"]
