"""The writes of rounds, reminders and escalation. A reminder is written first, then claimed, sent and marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from plans.access.models import Post, User
from plans.audit.changes import note_event
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import LONDON, Plan
from plans.improvement_plan.permissions import runs
from plans.oversight.chasing import EscalationRule, Reminder, ReminderChoice, UpdateRound
from plans.oversight.models import Meeting

GIVEN_UP_AFTER = timedelta(days=7)
NOT_YOURS = "Only those who run the plan ask for updates and say whom to tell."


@transaction.atomic
def open_round(
    plan: Plan, *, due: date, by: User, at: datetime, meeting: Meeting | None = None, note: str = ""
) -> UpdateRound:
    """Ask for updates on the plan by a day. Raises RefusedChange where a round is open, or the day has passed."""
    _refuse_unless_run(by, plan)
    if due < at.astimezone(LONDON).date():
        raise RefusedChange("Enter today’s date or a later one.", "due")
    try:
        with transaction.atomic():
            opened = UpdateRound.objects.create(
                plan=plan, meeting=meeting, due=due, note=note, opened_by=by, opened_at=at
            )
    except IntegrityError:
        raise RefusedChange("This plan has a round of updates that is open. Close it first.", "due") from None
    note_event("round.opened", opened, by=by, at=at, due=due.isoformat())
    return opened


@transaction.atomic
def close_round(update_round: UpdateRound, *, by: User, at: datetime) -> None:
    """Ask for no more updates; what was returned by now stays readable. Raises RefusedChange where it is closed."""
    _refuse_unless_run(by, update_round.plan)
    closed = UpdateRound.objects.filter(pk=update_round.pk, closed_at__isnull=True).update(closed_by=by, closed_at=at)
    if not closed:
        raise RefusedChange("This round has been closed already.")
    update_round.refresh_from_db()
    note_event("round.closed", update_round, by=by, at=at)


def choose_reminders(
    person: User, *, rhythm: str, weekday: int, lead_days: int, of_posts_below: bool
) -> ReminderChoice:
    """Keep how the person wants to be reminded."""
    said = {"rhythm": rhythm, "weekday": weekday, "lead_days": lead_days, "of_posts_below": of_posts_below}
    choice, _ = ReminderChoice.objects.update_or_create(person=person, defaults=said)
    return choice


@transaction.atomic
def add_escalation(plan: Plan, *, days_over: int, to: Post, by: User, at: datetime) -> EscalationRule:
    """From so many days overdue on, tell the holder of a post. Raises RefusedChange for a rule that there is."""
    _refuse_unless_run(by, plan)
    if EscalationRule.objects.filter(plan=plan, days_over=days_over, to=to).exists():
        raise RefusedChange("There is this rule already.", "days_over")
    rule = EscalationRule.objects.create(plan=plan, days_over=days_over, to=to)
    note_event("escalation.added", plan, by=by, at=at, days_over=days_over, to=to.title)
    return rule


@transaction.atomic
def remove_escalation(rule: EscalationRule, *, by: User, at: datetime) -> None:
    """Tell the holder of the post no more; the rule stays in the history."""
    _refuse_unless_run(by, rule.plan)
    note_event("escalation.removed", rule.plan, by=by, at=at, days_over=rule.days_over, to=rule.to.title)
    rule.delete()


def _refuse_unless_run(by: User, plan: Plan) -> None:
    if not runs(by, plan):
        raise RefusedChange(NOT_YOURS)


@dataclass(frozen=True)
class Written:
    """An e-mail in words: what a reminder keeps until it is sent."""

    subject: str
    text: str
    html: str


def chase_occasion(update_round: UpdateRound, day: date) -> str:
    """What a chase is sent for, once: the round and the day."""
    return f"{chases_of(update_round)}{day.isoformat()}"


def chases_of(update_round: UpdateRound) -> str:
    """The beginning of the occasion of every chase of a round."""
    return f"round {update_round.pk} "


def write_reminder(person: User, kind: str, occasion: str, mail: Written, *, at: datetime) -> bool:
    """Keep an e-mail to be sent; whether this call did so: one for the same occasion is there at most once."""
    row = Reminder(
        person=person,
        kind=kind,
        occasion=occasion,
        address=person.email,
        subject=mail.subject[:200],
        text=mail.text,
        html=mail.html,
        written_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def to_send(*, at: datetime, retry_after: timedelta, kinds: Iterable[str] = ()) -> QuerySet[Reminder]:
    """What is to be sent now: never handed over; or handed over ``retry_after`` ago and never marked as sent.

    Not what is older than its occasion is worth, nor what is for somebody who can no longer sign in.
    """
    found = Reminder.objects.filter(_free(at, retry_after), fresh(at))
    return (found.filter(kind__in=list(kinds)) if kinds else found).order_by("pk")


def fresh(at: datetime) -> Q:
    """Not older than its occasion is worth, and for somebody who can sign in and be written to."""
    return Q(written_at__gt=at - GIVEN_UP_AFTER, person__is_active=True) & ~Q(address="")


def _free(at: datetime, retry_after: timedelta) -> Q:
    return Q(sent_at__isnull=True) & (Q(handed_over_at__isnull=True) | Q(handed_over_at__lte=at - retry_after))


def claim(reminder: Reminder, *, at: datetime, retry_after: timedelta) -> bool:
    """Take a reminder in hand to send it; False where another run did so first."""
    mine = Reminder.objects.filter(_free(at, retry_after), pk=reminder.pk, person__is_active=True)
    return bool(mine.update(handed_over_at=at))


def mark_sent(reminder: Reminder, *, at: datetime) -> None:
    """The mail server took it."""
    Reminder.objects.filter(pk=reminder.pk, sent_at__isnull=True).update(sent_at=at, problem="")


def keep_problem(reminder: Reminder, problem: str, *, claimed_at: datetime) -> None:
    """The mail server did not take it: keep what it said, and let the next run try again."""
    Reminder.objects.filter(pk=reminder.pk, sent_at__isnull=True, handed_over_at=claimed_at).update(
        handed_over_at=None, problem=problem[:1000]
    )
