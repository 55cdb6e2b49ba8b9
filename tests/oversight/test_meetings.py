"""Meetings: called, shown, held; what waits for them, what they ask, and what they decide."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.access.changes import hold_post
from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan.changes import sign_off
from plans.improvement_plan.ledger import RefusedChange, add_action, record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rating import with_rating
from plans.improvement_plan.rules import Impact, Kind, Rag, Status, rag
from plans.improvement_plan.timeliness import forecast_is_late
from plans.oversight.changes import (
    answer_challenge,
    call_meeting,
    decide,
    hold_meeting,
    may_answer,
    raise_challenge,
)
from plans.oversight.front_page import standings
from plans.oversight.meetings import last_meeting, meeting_before, next_meeting, plans_before
from plans.oversight.models import Challenge, Decision, Meeting
from plans.oversight.queue import answers_owed, queue
from tests import factories
from tests.cast import Cast, make_cast

AT = factories.START + timedelta(days=30)
Outcome = Decision.Outcome


def rows(cast: Cast, moment=None):  # type: ignore[no-untyped-def]
    return Action.objects.as_at(moment).filter(plan=cast.plan)


def complete(cast: Cast, at=AT) -> None:  # type: ignore[no-untyped-def]
    record(cast.action, by=cast.owner, at=at, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)


def signed_off(cast: Cast, recheck: date | None = None) -> None:
    complete(cast)
    sign_off(cast.action, by=cast.lead, at=AT + timedelta(days=1), impact=Impact.SOME, recheck_date=recheck)


def test_a_meeting_is_called_for_a_time_to_come(cast: Cast) -> None:
    meeting = call_meeting(cast.board, starts_at=AT, by=cast.lead, at=AT - timedelta(days=1), must_attend=[cast.post])
    assert list(meeting.must_attend.all()) == [cast.post]
    with pytest.raises(RefusedChange, match="still to come"):
        call_meeting(cast.board, starts_at=AT, by=cast.lead, at=AT)


def test_meetings_know_which_came_before(cast: Cast) -> None:
    first, second = (Meeting.objects.create(board=cast.board, starts_at=AT + timedelta(days=n)) for n in (0, 30))
    assert meeting_before(second) == first
    assert meeting_before(first) is None
    assert last_meeting(cast.board, AT + timedelta(days=10)) == first
    assert next_meeting(cast.board, AT + timedelta(days=10)) == second


def test_a_held_meeting_keeps_the_plans_that_it_was_shown(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    assert list(plans_before(meeting)) == [cast.plan]
    hold_meeting(meeting, at=AT + timedelta(hours=2))
    cast.plan.boards.clear()
    assert list(plans_before(meeting)) == [cast.plan]


def test_the_queue_holds_extensions_closures_and_rechecks(cast: Cast) -> None:
    assert queue(rows(cast), AT.date()) == []
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=AT, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    complete_too = cast.partner_action
    record(complete_too, by=cast.partner, at=AT, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    assert [one.asked for one in queue(rows(cast), AT.date())] == ["extension", "closure"]


def test_a_recheck_waits_from_its_day_on(cast: Cast) -> None:
    signed_off(cast, date(2026, 6, 1))
    assert cast.action.impact == Impact.SOME
    assert queue(rows(cast), date(2026, 5, 31)) == []
    assert [one.asked for one in queue(rows(cast), date(2026, 6, 1))] == ["re-check"]


def test_a_recheck_that_holds_is_embedded(cast: Cast) -> None:
    signed_off(cast, date(2026, 6, 1))
    decision = decide(
        cast.action, Outcome.RECHECK_HOLDS, by=cast.lead, at=AT + timedelta(days=60), reason="Audit: 9 of 10"
    )
    assert (cast.action.status, cast.action.impact, cast.action.recheck_date) == ("signed_off", "embedded", None)
    assert decision.update.kind == Kind.RECHECKED


def test_a_recheck_that_fails_reopens(cast: Cast) -> None:
    signed_off(cast, date(2026, 6, 1))
    decide(cast.action, Outcome.RECHECK_FAILED, by=cast.lead, at=AT + timedelta(days=60), reason="3 of 10")
    assert (cast.action.status, cast.action.recheck_date) == ("in_progress", None)
    with pytest.raises(RefusedChange, match="signed off"):
        decide(cast.action, Outcome.RECHECK_HOLDS, by=cast.lead, at=AT + timedelta(days=61), reason="Again")


def test_a_challenge_decided_at_a_meeting_opens_the_log(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    decide(
        cast.action, Outcome.CHALLENGE, by=cast.lead, at=AT, reason="Why so late?", meeting=meeting,
        answer_due=date(2026, 3, 1),
    )  # fmt: skip
    challenge = Challenge.objects.get()
    assert (challenge.owed_by, challenge.action, challenge.meeting) == (cast.post, cast.action, meeting)
    assert answers_owed(Challenge.objects.all(), None) == [challenge]
    answer_challenge(challenge, "A vacancy", by=cast.owner, at=AT + timedelta(days=5))
    assert answers_owed(Challenge.objects.all(), None) == []
    assert answers_owed(Challenge.objects.all(), AT + timedelta(days=1)) == [challenge]
    with pytest.raises(RefusedChange, match="has answered"):
        answer_challenge(challenge, "Another", by=cast.lead, at=AT + timedelta(days=6))


def test_a_question_put_twice_is_one_question(cast: Cast) -> None:
    first = raise_challenge(cast.plan, "How?", by=cast.board_member, at=AT)
    assert raise_challenge(cast.plan, "How?", by=cast.board_member, at=AT) == first


def test_who_puts_questions_and_who_answers(cast: Cast) -> None:
    challenge = raise_challenge(cast.plan, "How?", by=cast.board_member, at=AT, owed_by=cast.post)
    for stranger in (cast.stranger, cast.team_mate, cast.partner):
        with pytest.raises(RefusedChange, match="Only members"):
            raise_challenge(cast.plan, "How?", by=stranger, at=AT)
    assert [may_answer(user, challenge) for user in (cast.owner, cast.lead, cast.team_mate, cast.stranger)] == [
        True, True, False, False,
    ]  # fmt: skip
    hold_post(cast.team_mate, cast.post, since=date(2026, 2, 1))
    assert may_answer(cast.team_mate, challenge)


def test_standings_add_up_now_and_before(cast: Cast) -> None:
    later = AT + timedelta(days=90)
    complete(cast, later)
    found = standings(rows(cast), later.date(), rows(cast, AT), AT.date())
    assert (found.now, found.before) == (2, 2)
    for lines in (found.timeliness, found.rating):
        assert sum(line.now for line in lines) == 2
        assert sum(line.before or 0 for line in lines) == 2
    changed = {line.word: line.change for line in found.timeliness if line.change}
    assert changed == {"on_time": -1, "complete": 1}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.django_db(transaction=False)
def test_the_rating_in_the_database_is_the_rule(data: st.DataObject) -> None:
    with transaction.atomic():
        cast = make_cast()
        day = date(2026, 6, 15)
        status = data.draw(st.sampled_from(list(Status)))
        due = data.draw(st.sampled_from([None, date(2026, 6, 14), day, date(2026, 6, 20), date(2026, 12, 31)]))
        forecast = data.draw(st.sampled_from([None, date(2026, 6, 10), date(2027, 1, 31)]))
        action = add_action(
            cast.plan, by=cast.lead, at=factories.START, reference="R", wording="Rated", status=status,
            confidence=data.draw(st.sampled_from(["", "high", "low"])), forecast_date=forecast,
            **factories.due(due),
        )  # fmt: skip
        row = with_rating(Action.objects.filter(pk=action.pk), day).get()
        expected = rag(row.status, row.timeliness, row.confidence, forecast_is_late(row))
        assert row.rating == (expected or "")
        assert not expected or expected in Rag
        transaction.set_rollback(True)


def test_a_date_agreed_at_a_meeting_is_kept_as_it_was_shown(cast: Cast) -> None:
    asked = {"asked_due_date": date(2026, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=AT - timedelta(days=1), kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT)
    hold_meeting(meeting, at=AT + timedelta(hours=1))
    due = PrintedDate(date(2026, 5, 31), Precision.MONTH, "")
    decide(
        cast.action,
        Outcome.OTHER_DATE,
        by=cast.lead,
        at=AT + timedelta(hours=2),
        reason="May",
        due=due,
        meeting=meeting,
    )
    assert [one.asked for one in queue(rows(cast, AT), AT.date())] == ["extension"]
    assert queue(rows(cast), AT.date()) == []
    with pytest.raises(RefusedChange, match="Nothing can be recorded before"):
        record(
            cast.action, by=cast.lead, at=AT - timedelta(days=3), recorded_at=AT + timedelta(days=9),
            kind=Kind.AMENDED, wording="Reworded into the past",
        )  # fmt: skip
