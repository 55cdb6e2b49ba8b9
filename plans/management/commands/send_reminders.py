"""The reminders of a day: to be run each morning, and again at will."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plans.improvement_plan.models import LONDON
from plans.improvement_plan.wording import counted, day_words
from plans.oversight.chasing import Reminder
from plans.oversight.chasing_changes import to_send
from plans.web.reminder_mail import site_address, summary_parts
from plans.web.reminder_sending import Due, Tally, due_digests, send_waiting, write_digests


class Command(BaseCommand):
    help = (
        "Sends each person what they owe, at the rhythm they chose, and what could not be sent before. "
        "Safe to run again at any time: nothing is sent twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say who would get what; write and send nothing.")
        parser.add_argument(
            "--confirm", type=int, metavar="N", help="The first time: how many mails are to go, as --dry-run says."
        )
        parser.add_argument(
            "--retry-after",
            type=float,
            default=10,
            metavar="MINUTES",
            help="When a mail that was handed over and never marked as sent goes again, with the same Message-ID.",
        )
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="Another day than today: for a dry run, and for tests.",
        )

    def handle(self, *args: object, **options: Any) -> None:
        day, clock = self._clock(options["day"], dry_run=options["dry_run"])
        retry_after = timedelta(minutes=options["retry_after"])
        try:
            site_address()
        except ImproperlyConfigured as missing:
            raise CommandError(str(missing)) from None
        now = clock()
        due = due_digests(day=day, now=now)
        if options["dry_run"]:
            self._say_what_would_go(list(due), to_send(at=now, retry_after=retry_after), day)
            return
        if not Reminder.objects.filter(kind=Reminder.Kind.DIGEST).exists():
            found = list(due)
            self._refuse_unless_confirmed(len(found) + to_send(at=now, retry_after=retry_after).count(), options)
            due = iter(found)
        write_digests(due, at=now)
        tally = send_waiting(clock, retry_after=retry_after, say=self.stderr.write)
        self._sum_up(tally, day)

    def _clock(self, day: date | None, *, dry_run: bool) -> tuple[date, Callable[[], datetime]]:
        """The day, and a clock that runs on it at the present time of day."""
        today = timezone.now().astimezone(LONDON).date()
        if day is None or day == today:
            return today, timezone.now
        if not (dry_run or settings.DEBUG):
            raise CommandError("Mails go out on the day itself. With --day, add --dry-run.")
        return day, lambda: timezone.now() + (day - today)

    def _refuse_unless_confirmed(self, number: int, options: dict[str, Any]) -> None:
        """The first run that sends anything is one that somebody looked at."""
        if number == 0 or options["confirm"] == number:
            return
        said = "" if options["confirm"] is None else f"You confirmed {options['confirm']}. "
        raise CommandError(
            f"{said}This installation has never sent a reminder, and would send {counted(number, 'mail')} now."
            f" Nothing was sent. Look at them with --dry-run, then run it with --confirm {number}."
        )

    def _say_what_would_go(self, due: list[Due], waiting: Any, day: date) -> None:
        for one in due:
            self.stdout.write(f"{one.digest.person.email:40} {one.occasion:11} {', '.join(summary_parts(one.digest))}")
        again = list(waiting)
        for reminder in again:
            self.stdout.write(f"{reminder.address:40} not yet sent: {reminder.subject}")
        self.stdout.write(
            f"{day_words(day)}: {counted(len(due) + len(again), 'mail')} would be sent. Nothing was written or sent."
        )

    def _sum_up(self, tally: Tally, day: date) -> None:
        self.stdout.write(f"{day_words(day)}: {tally.sent} sent, {tally.failed} failed, {tally.left} left.")
        if tally.failed:
            sys.exit(1)
