"""Decisions and meetings: who decides, what it changes, what a held meeting keeps."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from plans.access.changes import hold_post
from plans.audit.append_only import install_triggers, remove_triggers
from plans.audit.changes import note_event
from plans.audit.models import Event
from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan.ledger import RefusedChange, record
from plans.improvement_plan.rules import Kind, Status
from plans.oversight.changes import decide, hold_meeting
from plans.oversight.models import Decision, Meeting
from plans.papers.models import WorkingCopy
from tests import factories
from tests.cast import Cast

AT = factories.START + timedelta(days=30)
Outcome = Decision.Outcome


def ask(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    at = factories.START + timedelta(days=20)
    record(cast.action, by=cast.owner, at=at, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)


def test_agreeing_moves_the_date_to_the_one_that_was_asked(cast: Cast) -> None:
    ask(cast)
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    decision = decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.lead, at=AT, meeting=meeting)
    assert (cast.action.due_date, cast.action.extensions) == (date(2026, 6, 30), 1)
    assert decision.update.kind == Kind.EXTENSION_AGREED
    assert str(decision) == f"Extension agreed: {cast.action}"
    assert str(meeting) == "Improvement board, 4 February 2026"


def test_nobody_agrees_the_extension_that_they_asked_for(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    at = factories.START + timedelta(days=20)
    record(cast.action, by=cast.lead, at=at, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    with pytest.raises(RefusedChange, match="Somebody other than the person who asked"):
        decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.lead, at=AT)
    decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.administrator, at=AT)


def test_taking_oneself_off_an_action_makes_it_no_less_ones_own(cast: Cast) -> None:
    ask(cast)
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    record(cast.action, by=cast.lead, at=AT, kind=Kind.AMENDED, lead_id=None)
    with pytest.raises(RefusedChange, match="your own action when this was asked"):
        decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.lead, at=AT + timedelta(days=1))
    decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.administrator, at=AT + timedelta(days=1))


def test_refusing_keeps_the_clock_running(cast: Cast) -> None:
    ask(cast)
    decide(cast.action, Outcome.EXTENSION_REFUSED, by=cast.lead, at=AT, reason="Not again")
    assert (cast.action.due_date, cast.action.extensions) == (date(2026, 3, 31), 0)
    assert not cast.action.extension_pending


@pytest.mark.parametrize(
    ("outcome", "said", "sentence"),
    [
        (Outcome.EXTENSION_REFUSED, {}, "Give a reason"),
        (Outcome.OTHER_DATE, {"reason": "x"}, "Enter the date that is agreed"),
        (Outcome.OTHER_DATE, {"reason": "x", "due": PrintedDate(None, Precision.NONE, "")}, "Enter a date"),
        (Outcome.SIGNED_OFF, {}, "complete"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(cast: Cast, outcome: str, said: dict, sentence: str) -> None:
    ask(cast)
    with pytest.raises(RefusedChange, match=sentence):
        decide(cast.action, outcome, by=cast.lead, at=AT, **said)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("member", ["owner", "team_mate", "board_member", "partner", "reader", "stranger"])
def test_only_those_who_run_the_plan_decide(cast: Cast, member: str) -> None:
    ask(cast)
    with pytest.raises(RefusedChange, match="Nobody decides on their own action"):
        decide(cast.action, Outcome.EXTENSION_AGREED, by=getattr(cast, member), at=AT)


def test_a_lead_who_holds_the_post_does_not_decide_on_it(cast: Cast) -> None:
    ask(cast)
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    with pytest.raises(RefusedChange, match="own action"):
        decide(cast.action, Outcome.EXTENSION_AGREED, by=cast.lead, at=AT)


def test_a_challenge_or_a_note_changes_no_state(cast: Cast) -> None:
    decision = decide(cast.action, Outcome.CHALLENGE, by=cast.lead, at=AT, reason="Why is it late?")
    assert decision.update is None
    assert cast.action.updates.count() == 1


def test_complete_is_signed_off_or_sent_back(cast: Cast) -> None:
    record(
        cast.action,
        by=cast.owner,
        at=factories.moment(2026, 1, 20),
        kind=Kind.COMPLETED,
        note="x",
        status="complete",
    )
    decide(cast.action, Outcome.SENT_BACK, by=cast.lead, at=AT, reason="No evidence")
    assert cast.action.status == Status.IN_PROGRESS


def test_what_a_held_meeting_was_shown_stays_what_it_was(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    with pytest.raises(RefusedChange, match="not begun"):
        hold_meeting(meeting, at=AT - timedelta(hours=1))
    hold_meeting(meeting, at=AT + timedelta(hours=2))
    with pytest.raises(RefusedChange, match="held already"):
        hold_meeting(meeting, at=AT + timedelta(hours=3))
    with pytest.raises(RefusedChange, match="before"):
        record(
            cast.action,
            by=cast.lead,
            at=AT - timedelta(days=1),
            recorded_at=AT + timedelta(days=1),
            kind=Kind.PROGRESS,
            note="Back-dated",
        )
    record(cast.action, by=cast.owner, at=AT + timedelta(days=1), kind=Kind.PROGRESS, note="Later")
    call_command("verify_history", stdout=StringIO())


def test_verify_history_notices_a_whole_action_that_vanished_from_a_meeting_or_a_paper(
    cast: Cast, client: Client
) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    hold_meeting(meeting, at=AT)
    client.force_login(cast.lead)
    assert client.get(reverse("plan_word", args=[cast.plan.pk]), {"as_at": "2026-03-01"}).status_code == 200
    release = WorkingCopy.objects.get()
    assert (release.rows, release.made_by, release.format) == (2, cast.lead, "docx")
    call_command("verify_history", stdout=StringIO())
    remove_triggers(connection, "plans_update")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM plans_update WHERE action_id = {cast.partner_action.pk}")
        cursor.execute(f"DELETE FROM plans_action WHERE id = {cast.partner_action.pk}")
    install_triggers(connection, "plans_update")
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_history", stderr=errors)
    assert f"Meeting {meeting.pk} " in errors.getvalue()
    assert f"Working copy {release.pk} " in errors.getvalue()


def test_a_held_meeting_has_its_digest(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.create(board=cast.board, starts_at=AT, held_at=AT)


def test_the_trail_cannot_be_changed(cast: Cast) -> None:
    event = note_event("paper.made", cast.plan, by=cast.lead, at=AT, rows=2)
    assert "paper.made" in str(event)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(what="nothing")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        event.delete()
