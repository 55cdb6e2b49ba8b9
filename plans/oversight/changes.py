"""Decisions on actions, and meetings held."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plans.access.models import Board, Post, User
from plans.access.standing import boards_of, holds_any
from plans.audit.changes import note_event
from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan import changes as plan_changes
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import LONDON, Action, Plan, Update
from plans.improvement_plan.permissions import has_in_hand, may_decide, runs
from plans.improvement_plan.rules import Kind, Status
from plans.oversight.models import Challenge, Decision, Meeting


@transaction.atomic
def decide(
    action: Action,
    outcome: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    due: PrintedDate | None = None,
    meeting: Meeting | None = None,
    expected_version: int | None = None,
    impact: str = "",
    recheck_date: date | None = None,
    answer_due: date | None = None,
) -> Decision:
    """Record a decision and what it changes. A challenge opens an entry of the challenge log as well.

    Raises RefusedChange where the state or the person forbids it, ChangedSince where the action is no longer
    as ``expected_version`` showed it; then nothing is written.
    """
    outcomes = Decision.Outcome
    if not may_decide(by, action):
        raise RefusedChange("Nobody decides on their own action, and only those who run the plan decide.")
    if outcome in (outcomes.EXTENSION_AGREED, outcomes.OTHER_DATE, outcomes.SIGNED_OFF) and _was_theirs(action, by):
        raise RefusedChange("It was your own action when this was asked. Somebody else must decide.", "outcome")
    if outcome not in (outcomes.EXTENSION_AGREED, outcomes.SIGNED_OFF) and not reason.strip():
        raise RefusedChange("Give a reason.", "reason")
    update: Update | None = None
    seen: dict[str, Any] = {"by": by, "at": at, "note": reason, "expected_version": expected_version}
    if outcome == outcomes.EXTENSION_AGREED:
        asked = PrintedDate(action.asked_due_date, Precision(action.asked_due_precision), "")
        update = plan_changes.agree_extension(action, due=asked, **seen)
    elif outcome == outcomes.OTHER_DATE:
        if due is None:
            raise RefusedChange("Enter the date that is agreed.", "due")
        update = plan_changes.agree_extension(action, due=due, **seen)
    elif outcome == outcomes.EXTENSION_REFUSED:
        update = plan_changes.refuse_extension(action, **seen)
    elif outcome == outcomes.SIGNED_OFF:
        if action.status == Status.COMPLETE and not action.evidence.exists():
            raise RefusedChange("There is no evidence yet. Ask the owner for it, or send the action back.", "outcome")
        if recheck_date and recheck_date <= at.astimezone(LONDON).date():
            raise RefusedChange("Enter a day after today.", "recheck_date")
        update = plan_changes.sign_off(action, impact=impact, recheck_date=recheck_date, **seen)
    elif outcome in (outcomes.RECHECK_HOLDS, outcomes.RECHECK_FAILED):
        update = plan_changes.recheck(action, holds=outcome == outcomes.RECHECK_HOLDS, **seen)
    elif outcome == outcomes.SENT_BACK:
        update = plan_changes.send_back(action, **seen)
    elif outcome == outcomes.WITHDRAWN:
        update = plan_changes.withdraw(action, **seen)
    elif outcome == outcomes.CHALLENGE:
        about: dict[str, Any] = {"action": action, "meeting": meeting, "owed_by": action.lead}
        raise_challenge(action.plan, reason, by=by, at=at, answer_due=answer_due, **about)
    return Decision.objects.create(
        action=action, meeting=meeting, outcome=outcome, reason=reason, by=by, at=at, update=update
    )


def _was_theirs(action: Action, by: User) -> bool:
    """Whether a post of ``by`` led or supported the action when what waits was asked, whoever leads it now."""
    asked = action.updates.filter(kind__in=[Kind.EXTENSION_ASKED, Kind.COMPLETED]).order_by("-sequence").first()
    return asked is not None and has_in_hand(by, asked)


def raise_challenge(
    plan: Plan,
    question: str,
    *,
    by: User,
    at: datetime,
    action: Action | None = None,
    meeting: Meeting | None = None,
    owed_by: Post | None = None,
    answer_due: date | None = None,
) -> Challenge:
    """Put a question to which an answer is owed. Raises RefusedChange for who neither runs the plan nor oversees it."""
    if not may_challenge(by, plan):
        raise RefusedChange("Only members of the plan’s boards and those who run it put questions.")
    if not question.strip():
        raise RefusedChange("Enter the question.", "question")
    same = Challenge.objects.unanswered().filter(plan=plan, action=action, question=question.strip(), raised_by=by)
    if put_already := same.first():
        return put_already
    return Challenge.objects.create(
        plan=plan,
        action=action,
        meeting=meeting,
        question=question.strip(),
        raised_by=by,
        raised_at=at,
        owed_by=owed_by,
        answer_due=answer_due,
    )


def answer_challenge(challenge: Challenge, answer: str, *, by: User, at: datetime) -> None:
    """Give the answer that is owed; it stays as given. Raises RefusedChange where there is one already."""
    if challenge.answered_at:
        raise RefusedChange(f"{challenge.answered_by} has answered this already.", "answer")
    if not answer.strip():
        raise RefusedChange("Enter the answer.", "answer")
    challenge.answer, challenge.answered_by, challenge.answered_at = answer.strip(), by, at
    challenge.save(update_fields=["answer", "answered_by", "answered_at"])


def may_challenge(user: User, plan: Plan) -> bool:
    """Whether ``user`` may put a question: a member of one of the plan's boards, or one of those who run it."""
    return runs(user, plan) or plan.boards.filter(pk__in=boards_of(user)).exists()


def may_answer(user: User, challenge: Challenge) -> bool:
    """Whether ``user`` may answer: who holds the post that owes it, or runs the plan."""
    owes = challenge.owed_by_id is not None and holds_any(user, [challenge.owed_by_id])
    return owes or runs(user, challenge.plan)


def digest_of_history(plan_ids: Sequence[int], moment: datetime) -> str:
    """SHA-256 over the update that held at ``moment`` of every action: a row that vanished changes it."""
    digest = hashlib.sha256()
    held = Update.objects.holding_at(moment).filter(plan__in=plan_ids).order_by("action_id")
    for action_id, row_hash in held.values_list("action_id", "hash").iterator():
        digest.update(f"{action_id}:{row_hash}\n".encode())
    return digest.hexdigest()


@transaction.atomic
def call_meeting(
    board: Board,
    *,
    starts_at: datetime,
    by: User,
    at: datetime,
    place: str = "",
    papers_due: date | None = None,
    must_attend: Iterable[Post] = (),
) -> Meeting:
    """Call a meeting that is still to come. Raises RefusedChange for one that would have begun already."""
    if starts_at <= at:
        raise RefusedChange("Enter a day and a time that are still to come.", "day")
    meeting = Meeting.objects.create(board=board, starts_at=starts_at, place=place, papers_due=papers_due)
    meeting.must_attend.set(must_attend)
    note_event("meeting.called", meeting, by=by, at=at)
    return meeting


@transaction.atomic
def hold_meeting(meeting: Meeting, *, at: datetime) -> None:
    """Mark a meeting as held: what its board was shown can no longer change.

    Nothing may be recorded before the meeting's start on its plans any more. Raises RefusedChange for a
    meeting that is still to come or was held already.
    """
    if meeting.held_at:
        raise RefusedChange("This meeting has been marked as held already.")
    if at < meeting.starts_at:
        raise RefusedChange("This meeting has not begun yet.")
    shown = Plan.objects.filter(boards=meeting.board).exclude(stage=Plan.Stage.DRAFT)
    plans = list(Plan.objects.select_for_update().filter(pk__in=shown.values("pk")))
    for plan in plans:
        if plan.settled_until is None or plan.settled_until < meeting.starts_at:
            plan.settled_until = meeting.starts_at
            plan.save(update_fields=["settled_until"])
    meeting.held_at = at
    meeting.plans_shown = [plan.pk for plan in plans]
    meeting.digest = digest_of_history(meeting.plans_shown, meeting.starts_at)
    meeting.save(update_fields=["held_at", "plans_shown", "digest"])


def faults_in_meetings() -> list[str]:
    """A sentence for each held meeting whose actions are no longer what it was shown."""
    return [
        f"Meeting {meeting.pk} ({meeting}): its actions are no longer those that it was shown."
        for meeting in Meeting.objects.filter(held_at__isnull=False).select_related("board")
        if digest_of_history(meeting.plans_shown, meeting.starts_at) != meeting.digest
    ]
