"""Reminders on their way: who is due one today, and the handing over to the mail server, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives, get_connection

from plans.access.models import User
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight.chasing import Reminder, ReminderChoice, UpdateRound
from plans.oversight.chasing_changes import (
    Written,
    chase_occasion,
    claim,
    fresh,
    keep_problem,
    mark_sent,
    to_send,
    write_reminder,
)
from plans.oversight.reminders import (
    Digest,
    Structure,
    digest_of,
    escalation_occasion,
    occasion,
    people_to_remind,
)
from plans.oversight.rounds import asked_rows, owners_of
from plans.web.reminder_mail import chase_mail, digest_mail, site_address

RETRY_AFTER = timedelta(minutes=10)
# A mail server that takes nothing three times running is not asked further in this run.
GIVES_UP_AFTER = 3
# So that no out-of-office answer comes back (RFC 3834, and the header that Exchange reads).
NO_ANSWER = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Due:
    """A digest that is to be written today."""

    digest: Digest
    occasion: str

    @property
    def mail(self) -> Written:
        return digest_mail(self.digest)


def due_digests(*, day: date, now: datetime) -> Iterator[Due]:
    """The digests of the day that are not written yet, for those who have something to be told of."""
    structure = Structure.read()
    written = set(
        Reminder.objects.filter(kind=Reminder.Kind.DIGEST, written_at__gt=now - timedelta(days=15)).values_list(
            "person_id", "occasion"
        )
    )
    for person, choice in people_to_remind():
        wanted = _occasion_of(person, choice, structure, day)
        if not wanted or (person.pk, wanted) in written:
            continue
        digest = digest_of(person, choice, structure, day=day, now=now)
        if not digest.is_empty:
            yield Due(digest, wanted)


def _occasion_of(person: User, choice: ReminderChoice, structure: Structure, day: date) -> str:
    if choice.rhythm == ReminderChoice.Rhythm.NEVER:
        return escalation_occasion(choice, day) if person.pk in structure.rules else ""
    return occasion(choice.rhythm, choice.weekday, day)


def write_digests(found: Iterable[Due], *, at: datetime) -> int:
    """Keep each to be sent; how many were not there yet."""
    return sum(write_reminder(one.digest.person, Reminder.Kind.DIGEST, one.occasion, one.mail, at=at) for one in found)


@dataclass(frozen=True)
class Chased:
    """Whom a chase asked: how many people, of how many actions; for how many actions there is nobody to ask."""

    people: int
    actions: int
    already: int
    nobody: int


def write_chases(update_round: UpdateRound, by: User, *, day: date, now: datetime) -> Chased:
    """Write to everybody whose actions have not returned, once a day at most."""
    rows = with_timeliness(asked_rows(update_round, by, None, now), day).filter(returned=False)
    outstanding = list(rows.select_related("plan").order_by("due_date", "pk"))
    owners = owners_of(row.lead_id for row in outstanding if row.lead_id)
    of_person: dict[int, tuple[User, list[Any]]] = {}
    for row in outstanding:
        for owner in owners.get(row.lead_id, []):
            of_person.setdefault(owner.person.pk, (owner.person, []))[1].append(row)
    asked: set[int] = set()
    people = 0
    for person, theirs in of_person.values():
        mail = chase_mail(person, update_round, theirs, day)
        if write_reminder(person, Reminder.Kind.CHASE, chase_occasion(update_round, day), mail, at=now):
            people += 1
            asked |= {row.pk for row in theirs}
    nobody = sum(1 for row in outstanding if row.lead_id not in owners)
    return Chased(people, len(asked), len(of_person) - people, nobody)


@dataclass
class Tally:
    """What became of a run’s mails. ``left``: neither sent nor refused, to be sent by a later run."""

    sent: int = 0
    failed: int = 0
    left: int = 0


def send_waiting(
    clock: Callable[[], datetime],
    *,
    retry_after: timedelta = RETRY_AFTER,
    kinds: Sequence[str] = (),
    say: Callable[[str], object] = lambda line: None,
) -> Tally:
    """Send what waits, each after claiming it. What a mail server refuses is kept with its answer."""
    tally = Tally()
    connection = get_connection()
    in_a_row = 0
    waiting = list(to_send(at=clock(), retry_after=retry_after, kinds=kinds))
    for reminder in waiting:
        if in_a_row >= GIVES_UP_AFTER:
            break
        at = clock()
        if not claim(reminder, at=at, retry_after=retry_after):
            continue
        try:
            message_of(reminder, connection).send()
        except OSError as problem:  # every error of smtplib is one
            keep_problem(reminder, f"{type(problem).__name__}: {problem}", claimed_at=at)
            tally.failed += 1
            in_a_row += 1
            say(f"Not sent to {reminder.address}: {problem}")
        else:
            mark_sent(reminder, at=clock())
            tally.sent += 1
            in_a_row = 0
    unsent = Reminder.objects.filter(fresh(clock()), sent_at__isnull=True)
    tally.left = (unsent.filter(kind__in=kinds) if kinds else unsent).count() - tally.failed
    return tally


def message_of(reminder: Reminder, connection: Any = None) -> EmailMultiAlternatives:
    """The mail as it is sent, every time with the same Message-ID, so that a mailbox keeps one."""
    message = EmailMultiAlternatives(
        reminder.subject,
        reminder.text,
        to=[reminder.address],
        headers={"Message-ID": message_id(reminder), **NO_ANSWER},
        connection=connection,
    )
    if reminder.html:
        message.attach_alternative(reminder.html, "text/html")
    return message


def message_id(reminder: Reminder) -> str:
    """Made from the row alone; the moment tells rows apart that had the same number before a database was renewed."""
    host = urlsplit(site_address()).hostname
    return f"<reminder.{reminder.pk}.{int(reminder.written_at.timestamp() * 1_000_000)}@{host}>"
