"""The one door: what ``record`` keeps, counts and refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import ChangedSince, RefusedChange, record
from plans.improvement_plan.models import Action, ActionSupport, HistoryIsAppendOnly, Update
from plans.improvement_plan.rules import Kind, Status
from plans.improvement_plan.state import state_of
from tests import factories
from tests.cast import Cast

LATER = factories.START + timedelta(days=10)


def progress(cast: Cast, **said: object) -> Update:
    return record(cast.action, by=cast.owner, at=LATER, kind=Kind.PROGRESS, note="Half done", **said)


def test_a_change_writes_state_and_update_alike(cast: Cast) -> None:
    update = progress(cast, status=Status.IN_PROGRESS)
    stored = Action.objects.get(pk=cast.action.pk)
    assert state_of(stored) == state_of(update) == state_of(cast.action)
    assert (stored.version, update.sequence, stored.status) == (2, 2, Status.IN_PROGRESS)
    assert stored.progress == "Half done"
    assert stored.reported_at == LATER


def test_the_update_before_ends_when_the_next_begins(cast: Cast) -> None:
    update = progress(cast)
    first = cast.action.updates.get(sequence=1)
    assert first.until == update.at
    assert update.until is None


def test_then_is_what_was_recorded_by_then(cast: Cast) -> None:
    progress(cast, status=Status.IN_PROGRESS)
    before = Action.objects.as_at(LATER - timedelta(seconds=1)).get(action_id=cast.action.pk)
    after = Action.objects.as_at(LATER).get(action_id=cast.action.pk)
    assert (before.status, after.status) == (Status.UNREPORTED, Status.IN_PROGRESS)
    assert Action.objects.as_at(factories.START - timedelta(days=1)).count() == 0


def test_the_date_first_agreed_never_changes_and_each_move_counts(cast: Cast) -> None:
    first = cast.action.due_date
    for month in (4, 5):
        changes.amend(
            cast.action,
            by=cast.lead,
            at=LATER + timedelta(days=month),
            note="Needs longer",
            **factories.due(date(2026, month, 28)),
        )
    assert cast.action.first_due_date == first
    assert cast.action.first_due_precision == "month"
    assert cast.action.extensions == 2


def test_bringing_a_date_forward_is_no_extension(cast: Cast) -> None:
    changes.amend(cast.action, by=cast.lead, at=LATER, note="Sooner", **factories.due(date(2026, 2, 1)))
    assert cast.action.extensions == 0
    assert cast.action.first_due_date == date(2026, 3, 31)


def test_an_agreed_date_cannot_be_taken_away(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match="cannot be taken away"):
        record(cast.action, by=cast.lead, at=LATER, kind=Kind.AMENDED, note="x", **factories.due(None))
    assert cast.action.updates.count() == 1


def test_the_first_date_is_the_first_agreed_one(cast: Cast) -> None:
    changes.amend(cast.partner_action, by=cast.lead, at=LATER, **factories.due(date(2026, 6, 30), "month"))
    assert cast.partner_action.first_due_date == date(2026, 6, 30)
    assert cast.partner_action.extensions == 0


def test_moving_a_date_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match="reason"):
        changes.amend(cast.action, by=cast.lead, at=LATER, **factories.due(date(2026, 9, 1)))


def test_amending_nothing_records_nothing(cast: Cast) -> None:
    assert changes.amend(cast.action, by=cast.lead, at=LATER, wording=cast.action.wording) is None
    assert cast.action.updates.count() == 1


def test_a_second_writer_is_told_of_the_first(cast: Cast) -> None:
    progress(cast, expected_version=1)
    with pytest.raises(ChangedSince) as refusal:
        progress(cast, expected_version=1)
    assert refusal.value.update.by == cast.owner
    assert cast.action.updates.count() == 2


def test_time_moves_forward_even_if_the_clock_does_not(cast: Cast) -> None:
    first = progress(cast)
    second = record(
        cast.action, by=cast.owner, at=LATER - timedelta(hours=1), kind=Kind.PROGRESS, note="Clock went back"
    )
    assert second.at > first.at
    assert second.recorded_at == LATER - timedelta(hours=1)


def test_imported_history_cannot_be_put_before_what_there_is(cast: Cast) -> None:
    progress(cast)
    with pytest.raises(RefusedChange, match="before"):
        record(
            cast.action,
            by=cast.lead,
            at=LATER - timedelta(days=1),
            recorded_at=LATER + timedelta(days=9),
            kind=Kind.PROGRESS,
            note="From the old file",
        )


def test_nothing_is_recorded_before_the_plan_was_settled(cast: Cast) -> None:
    cast.plan.settled_until = LATER
    cast.plan.save()
    with pytest.raises(RefusedChange, match="before"):
        record(
            cast.action,
            by=cast.lead,
            at=LATER - timedelta(days=1),
            recorded_at=LATER + timedelta(days=1),
            kind=Kind.PROGRESS,
            note="Too late",
        )
    live = record(cast.action, by=cast.lead, at=LATER - timedelta(hours=1), kind=Kind.PROGRESS, note="Now")
    assert live.at == LATER


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wording": " "}, "wording"),
        ({"reference": ""}, "reference"),
        ({"status": Status.SIGNED_OFF}, "status"),
    ],
)
def test_what_the_rules_forbid_is_refused_beside_its_field(cast: Cast, changed: dict, field: str) -> None:
    with pytest.raises(RefusedChange) as refusal:
        record(cast.action, by=cast.lead, at=LATER, kind=Kind.AMENDED, **changed)
    assert refusal.value.field == field
    assert cast.action.updates.count() == 1


@pytest.mark.parametrize("name", ["extensions", "first_due_date", "reported_at", "colour"])
def test_no_caller_sets_what_history_derives(cast: Cast, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        record(cast.action, by=cast.lead, at=LATER, kind=Kind.AMENDED, **{name: 1})


def test_an_action_stays_in_its_plan(cast: Cast) -> None:
    other = factories.a_plan(cast.council)
    with pytest.raises(TypeError, match="another plan"):
        record(cast.action, by=cast.lead, at=LATER, kind=Kind.AMENDED, plan_id=other.pk)


@pytest.mark.parametrize("missing", ["reference", "wording"])
def test_a_new_action_needs_reference_and_wording(cast: Cast, missing: str) -> None:
    with pytest.raises(RefusedChange) as refusal:
        factories.an_action(cast.plan, cast.lead, **{missing: " "})
    assert refusal.value.field == missing


def test_a_reference_is_used_once_in_a_plan(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match=r"1\.1 already"):
        factories.an_action(cast.plan, cast.lead, reference="1.1")


def test_supporting_posts_are_followed_over_time(cast: Cast) -> None:
    deputy = factories.a_post("Deputy head", cast.council)
    other = factories.a_post("Team manager", cast.council)
    changes.amend(cast.action, by=cast.lead, at=LATER, support_posts=[deputy, other])
    changes.amend(cast.action, by=cast.lead, at=LATER + timedelta(days=1), support_posts=[other])
    assert cast.action.support_titles == ["Team manager"]
    now = ActionSupport.objects.filter(action=cast.action).holding_at(None)
    then = ActionSupport.objects.filter(action=cast.action).holding_at(LATER)
    assert [row.post for row in now] == [other]
    assert {row.post for row in then} == {deputy, other}


def test_models_refuse_to_be_written_past_the_ledger(cast: Cast) -> None:
    update = cast.action.updates.get()
    for attempt in (
        cast.action.save,
        cast.action.delete,
        update.save,
        update.delete,
        lambda: Action.objects.update(status="complete"),
        lambda: Action.objects.bulk_update([cast.action], ["status"]),
        Update.objects.delete,
    ):
        with pytest.raises(HistoryIsAppendOnly):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plans_update SET note = 'Changed' WHERE sequence = 1",
        "UPDATE plans_update SET until = at WHERE sequence = 1 AND until IS NOT NULL",
        "DELETE FROM plans_update",
    ],
)
def test_the_database_refuses_to_change_history(cast: Cast, statement: str) -> None:
    progress(cast)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert cast.action.updates.count() == 2


def test_an_extension_is_asked_decided_and_counted(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    assert cast.action.extension_pending
    assert cast.action.due_date == date(2026, 3, 31)
    agreed = PrintedDate(date(2026, 5, 31), Precision.MONTH, "")
    changes.agree_extension(cast.action, by=cast.lead, at=LATER + timedelta(days=1), due=agreed)
    assert not cast.action.extension_pending
    assert (cast.action.due_date, cast.action.extensions) == (date(2026, 5, 31), 1)
    with pytest.raises(RefusedChange, match="No extension"):
        changes.refuse_extension(cast.action, by=cast.lead, at=LATER + timedelta(days=2), note="No")


def test_sign_off_needs_completion_and_can_be_reopened(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match="complete"):
        changes.sign_off(cast.action, by=cast.lead, at=LATER)
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    changes.sign_off(cast.action, by=cast.lead, at=LATER + timedelta(days=1))
    changes.send_back(cast.action, by=cast.lead, at=LATER + timedelta(days=2), note="Re-check failed")
    kinds = list(cast.action.updates.order_by("sequence").values_list("kind", flat=True))
    assert kinds == [Kind.ADDED, Kind.COMPLETED, Kind.SIGNED_OFF, Kind.REOPENED]
    with pytest.raises(RefusedChange, match="reason"):
        changes.withdraw(cast.action, by=cast.lead, at=LATER + timedelta(days=3), note="")
