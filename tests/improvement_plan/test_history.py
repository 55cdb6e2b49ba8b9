"""Histories: the state now equals the last update, then is what was recorded by then, and tampering shows."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.audit.append_only import APPEND_ONLY, install_triggers, remove_triggers
from plans.improvement_plan.ledger import Change, RefusedChange, record, record_history
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import DECIDED_MOVES, MOVES, Kind, Status, may_move
from plans.improvement_plan.state import state_of
from plans.improvement_plan.verification import faults_in_history
from tests import factories
from tests.cast import Cast

steps = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.sampled_from(list(Status)),
        st.none() | st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_history_holds_its_rules(cast: Cast, steps: list[tuple[int, Status, date | None]]) -> None:
    action = factories.an_action(cast.plan, cast.lead)
    at = factories.START
    known = [(at, state_of(action))]
    for days, status, due in steps:
        at += timedelta(days=days)
        changes: dict[str, Any] = {"status": status}
        if due:
            changes |= factories.due(due)
        allowed = status == action.status or status in MOVES[Status(action.status)]
        kind = next((kind for kind in DECIDED_MOVES if may_move(action.status, status, kind)), Kind.AMENDED)
        kind = Kind.AMENDED if status == action.status else kind
        try:
            update = record(action, by=cast.lead, at=at, kind=kind, note="Because", **changes)
        except RefusedChange:
            assert not allowed
            continue
        assert allowed
        known.append((update.at, state_of(update)))
    stored = Action.objects.get(pk=action.pk)
    last = stored.updates.get(until__isnull=True)
    assert state_of(stored) == state_of(last) == known[-1][1]
    for (begins, state), (ends, _) in zip(known, [*known[1:], (at + timedelta(days=1), {})], strict=True):
        for moment in (begins, ends - timedelta(microseconds=1)):
            assert state_of(Action.objects.as_at(moment).get(action_id=action.pk)) == state
    later_moves = sum(
        1
        for (_, before), (_, after) in zip(known, known[1:], strict=False)
        if before["due_date"] and after["due_date"] > before["due_date"]
    )
    assert stored.extensions == later_moves
    agreed = [state["due_date"] for _, state in known if state["due_date"]]
    assert stored.first_due_date == (agreed[0] if agreed else None)
    assert list(faults_in_history()) == []


def test_histories_loaded_whole_are_the_same_as_those_recorded_step_by_step(cast: Cast) -> None:
    first = {"reference": "L1", "wording": "Loaded", "position": 3, **factories.due(date(2026, 5, 31))}
    later = factories.START + timedelta(days=30)
    loaded = record_history(
        cast.plan,
        [
            [
                Change(cast.lead, factories.START, Kind.ADDED, changes=first),
                Change(cast.lead, later, Kind.PROGRESS, "Begun", changes={"status": Status.IN_PROGRESS}),
            ]
        ],
        recorded_at=later + timedelta(days=1),
    )[0]
    stepped = factories.an_action(cast.plan, cast.lead, **{**first, "reference": "L2"})
    record(stepped, by=cast.lead, at=later, kind=Kind.PROGRESS, note="Begun", status=Status.IN_PROGRESS)
    same = {**state_of(loaded), "reference": ""}
    assert same == {**state_of(stepped), "reference": ""}
    assert list(faults_in_history()) == []


def tamper(statement: str) -> None:
    """Change history underneath: the trigger is dropped first, as somebody with the database could."""
    remove_triggers(connection, "plans_update")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        install_triggers(connection, "plans_update")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE plans_update SET note = 'Half dona' WHERE note = 'Half done'", "has been changed"),
        ("UPDATE plans_update SET status = 'complete' WHERE sequence = 1", "has been changed"),
        ("DELETE FROM plans_update WHERE sequence = 2", "an update before it is missing"),
        ("DELETE FROM plans_update WHERE sequence = 3", "the update after it is missing"),
        ("UPDATE plans_update SET previous_hash = 'x' WHERE sequence = 2", "does not follow"),
        ("UPDATE plans_update SET until = '2031-01-01 00:00:00+00:00' WHERE sequence = 2", "does not end"),
        ("UPDATE plans_action SET wording = 'Other'", "is not as its last update says"),
        ("DELETE FROM plans_update WHERE sequence < 9 AND reference = '1.2'", "1 actions have no update"),
    ],
)
def test_verify_history_names_the_row_that_was_changed(cast: Cast, statement: str, said: str) -> None:
    for number, note in enumerate(("Half done", "Nearly done"), start=1):
        at = factories.START + timedelta(days=number)
        record(cast.action, by=cast.owner, at=at, kind=Kind.PROGRESS, note=note)
    tampered = cast.action.updates.get(sequence=2)
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "History is whole: 4 updates of 2 actions." in out.getvalue()
    tamper(statement)
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_history", stderr=errors)
    assert said in errors.getvalue()
    if "dona" in statement:
        assert f"Update {tampered.pk} " in errors.getvalue()


def test_the_triggers_stand_on_every_append_only_table(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            columns = {column.name for column in connection.introspection.get_table_description(cursor, "plans_update")}
            assert all(f'"{name}"' in found["plans_update_keep_update"] for name in columns)
        else:
            cursor.execute("SELECT tgname, '' FROM pg_trigger WHERE NOT tgisinternal")
            found = dict(cursor.fetchall())
    assert {f"{table}_keep_{what}" for table in APPEND_ONLY for what in ("update", "delete")} <= set(found)
