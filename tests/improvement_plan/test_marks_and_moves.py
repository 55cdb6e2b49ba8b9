"""What is decided, by whom; what stays marked; what a day holds."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from plans.access.models import Board
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import RefusedChange, record
from plans.improvement_plan.models import Action, ActionSupport, end_of_day
from plans.improvement_plan.rules import Kind, Status
from plans.oversight.changes import hold_meeting
from plans.oversight.models import Meeting
from tests import factories
from tests.cast import Cast

LATER = factories.START + timedelta(days=10)


@pytest.mark.parametrize("kind", [Kind.PROGRESS, Kind.AMENDED, Kind.COMPLETED])
@pytest.mark.parametrize("status", [Status.SIGNED_OFF, Status.WITHDRAWN])
def test_no_report_signs_off_or_withdraws(cast: Cast, kind: Kind, status: Status) -> None:
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    with pytest.raises(RefusedChange, match="cannot change"):
        record(cast.action, by=cast.lead, at=LATER, kind=kind, note="x", status=status)


def test_what_is_signed_off_or_withdrawn_comes_back_by_a_decision_alone(cast: Cast) -> None:
    changes.withdraw(cast.action, by=cast.lead, at=LATER, note="Overtaken")
    with pytest.raises(RefusedChange, match="cannot change"):
        record(cast.action, by=cast.lead, at=LATER, kind=Kind.PROGRESS, note="x", status=Status.IN_PROGRESS)
    changes.send_back(cast.action, by=cast.lead, at=LATER, note="Needed after all")
    assert cast.action.updates.first().kind == Kind.REINSTATED


def test_nobody_signs_off_what_they_reported_complete(cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=LATER, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    with pytest.raises(RefusedChange, match="Somebody other than"):
        changes.sign_off(cast.action, by=cast.lead, at=LATER)
    changes.sign_off(cast.action, by=cast.administrator, at=LATER)


def test_moving_the_date_settles_an_extension_that_was_asked(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    changes.amend(cast.action, by=cast.lead, at=LATER, note="Agreed", **factories.due(date(2026, 12, 31)))
    assert not cast.action.extension_pending


def test_made_up_progress_stays_marked_until_somebody_reports(cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.PROGRESS, note="Made up", illustration=True)
    changes.amend(cast.action, by=cast.lead, at=LATER, wording="Other words")
    assert cast.action.illustration
    assert not cast.action.updates.first().made_up
    record(cast.action, by=cast.owner, at=LATER, kind=Kind.PROGRESS, note="Real")
    assert not cast.action.illustration


def test_a_day_ends_with_its_last_moment(cast: Cast) -> None:
    midnight = factories.moment(2026, 3, 1, 0, 0)
    record(cast.action, by=cast.owner, at=midnight, kind=Kind.PROGRESS, note="At midnight")
    before = Action.objects.as_at(end_of_day(date(2026, 2, 28))).get(action_id=cast.action.pk)
    after = Action.objects.as_at(end_of_day(date(2026, 3, 1))).get(action_id=cast.action.pk)
    assert (before.progress, after.progress) == ("", "At midnight")


def test_a_board_that_takes_on_another_plan_was_still_shown_what_it_was(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=LATER)
    hold_meeting(meeting, at=LATER)
    other = factories.a_plan(cast.council)
    factories.an_action(other, cast.lead)
    other.boards.add(Board.objects.get())
    call_command("verify_history", stdout=StringIO())


def test_verify_history_notices_support_that_history_does_not_name(cast: Cast) -> None:
    ActionSupport.objects.create(action=cast.action, post=cast.partner_action.lead, since=LATER)
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_history", stderr=errors)
    assert f"Action {cast.action.pk}: its supporting posts" in errors.getvalue()


def test_a_row_cannot_be_replaced_underneath(cast: Cast) -> None:
    if connection.vendor == "sqlite":
        statement = "INSERT OR REPLACE INTO plans_update SELECT * FROM plans_update WHERE sequence = 1"
    else:
        statement = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE plans_update CASCADE"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
