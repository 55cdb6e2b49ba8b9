"""The command that sends reminders: confirmed at first, once to each, whatever kills it and however often."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from plans.access.models import User
from plans.access.rules import Role
from plans.oversight.chasing import Reminder, ReminderChoice
from plans.oversight.chasing_changes import open_round, write_reminder
from plans.web import reminder_sending
from plans.web.reminder_mail import Written
from tests import factories
from tests.cast import Cast
from tests.management.mail_server import MailServer

ROOT = Path(__file__).resolve().parent.parent.parent
# A Monday; the owner's action is 62 days overdue, the partner's has never been reported on.
MONDAY = factories.moment(2026, 6, 1, 7)
SITE = "https://plans.example.gov.uk"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_ADDRESS = SITE


def run(*words: str, at: Any = MONDAY) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("send_reminders", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def addressees() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def test_a_dry_run_says_who_would_get_what_and_does_nothing(cast: Cast) -> None:
    said = run("--dry-run")
    assert re.search(rf"{cast.owner.email} +2026-W23 +1 overdue, 1 without news for too long", said)
    assert "2 mails would be sent" in said
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_the_first_run_is_confirmed_with_the_number_that_a_dry_run_says(cast: Cast) -> None:
    for words, said in (((), "would send 2 mails"), (("--confirm", "3"), "You confirmed 3.")):
        with pytest.raises(CommandError, match=said) as refused:
            run(*words)
        assert "--confirm 2" in str(refused.value)
    assert Reminder.objects.count() == 0
    assert "2 sent, 0 failed, 0 left" in run("--confirm", "2")
    assert addressees() == sorted([cast.owner.email, cast.partner.email])
    assert "0 sent" in run()
    assert "2 sent" in run(at=MONDAY + timedelta(days=7))


def test_a_first_run_with_nothing_to_send_needs_no_confirmation(db: None) -> None:
    assert "0 sent, 0 failed, 0 left" in run()


def test_a_missed_monday_is_caught_up_once(cast: Cast) -> None:
    run("--confirm", "2", at=MONDAY + timedelta(days=3))
    run(at=MONDAY + timedelta(days=4))
    assert len(mail.outbox) == 2


def test_each_rhythm_has_its_mails(cast: Cast) -> None:
    """Four weeks of daily runs: every working day (one bank holiday has gone before), weekly, fortnightly, never."""
    people = {}
    for rhythm in ReminderChoice.Rhythm.values:
        person = people[rhythm] = factories.a_person(rhythm, role=Role.OFFICER, of=cast.council)
        post = factories.a_post(f"Post {rhythm}", cast.council, holder=person)
        factories.an_action(cast.plan, cast.lead, lead_id=post.pk, **factories.due(date(2026, 3, 1)))
        ReminderChoice.objects.create(person=person, rhythm=rhythm, weekday=2)
    for number in range(28):
        run("--confirm", "3", at=MONDAY + timedelta(days=number))
    found = Counter(address for address in addressees())
    assert [found[people[rhythm].email] for rhythm in ("daily", "weekly", "fortnightly", "never")] == [20, 4, 2, 0]


def test_what_is_refused_is_kept_and_goes_with_the_next_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(reminder: Reminder, connection: Any = None) -> Any:
        if reminder.person_id == cast.owner.pk:
            raise ConnectionRefusedError("nobody is there")
        return message_of(reminder, connection)

    message_of = reminder_sending.message_of
    monkeypatch.setattr(reminder_sending, "message_of", refuse)
    with pytest.raises(SystemExit):
        run("--confirm", "2")
    row = Reminder.objects.get(person=cast.owner)
    assert (row.sent_at, row.handed_over_at) == (None, None)
    assert "nobody is there" in row.problem
    monkeypatch.setattr(reminder_sending, "message_of", message_of)
    assert "1 sent, 0 failed, 0 left" in run(at=MONDAY + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.problem, bool(row.sent_at)) == ("", True)


def test_a_server_that_takes_nothing_is_not_asked_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminder_sending, "GIVES_UP_AFTER", 1)
    monkeypatch.setattr(reminder_sending, "message_of", lambda *given: (_ for _ in ()).throw(OSError("down")))
    out = StringIO()
    with time_machine.travel(MONDAY, tick=False), pytest.raises(SystemExit):
        call_command("send_reminders", "--confirm", "2", stdout=out, stderr=StringIO())
    assert "0 sent, 1 failed, 1 left" in out.getvalue()


def test_what_was_handed_over_and_never_marked_goes_again_with_the_same_message_id(cast: Cast) -> None:
    run("--confirm", "2")
    Reminder.objects.filter(person=cast.owner).update(sent_at=None)
    assert "0 sent, 0 failed, 1 left" in run(at=MONDAY + timedelta(minutes=9))
    assert "1 sent" in run(at=MONDAY + timedelta(minutes=10))
    first, again = (message for message in mail.outbox if message.to == [cast.owner.email])
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@plans.example.gov.uk>")


def test_nobody_who_was_deactivated_or_has_no_address_gets_one(cast: Cast) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    User.objects.filter(pk=cast.partner.pk).update(email="")
    assert "0 mails would be sent" in run("--dry-run")


def test_without_an_address_of_the_site_nothing_is_written(cast: Cast, settings: Any) -> None:
    settings.SITE_ADDRESS = ""
    with pytest.raises(CommandError, match="SITE_ADDRESS is not set"):
        run("--confirm", "2")
    assert Reminder.objects.count() == 0


def test_another_day_is_for_looking_ahead(cast: Cast) -> None:
    assert "2026-W24" in run("--dry-run", "--day", "2026-06-08")
    with pytest.raises(CommandError, match="add --dry-run"):
        run("--day", "2026-06-08", "--confirm", "2")


def test_a_mail_says_what_is_owed_and_no_notes_and_no_names_but_the_readers(cast: Cast) -> None:
    open_round(cast.plan, due=date(2026, 6, 5), by=cast.lead, at=MONDAY - timedelta(days=2), note="A word of the lead")
    run("--confirm", "4")
    (message,) = (message for message in mail.outbox if message.to == [cast.owner.email])
    html = message.alternatives[0][0]
    for body in (message.body, html):
        assert "1.1 Sample discussion records monthly" in body
        assert "Due March 2026. 62 days late." in body
        assert f"{SITE}/actions/{cast.action.pk}/update/" in body
        assert f"{SITE}/my-actions/reminders/" in body
        assert "5 June 2026" in body
        assert "A word of the lead" not in body
        assert cast.owner.name in body
        for other in set(cast.everybody().values()) - {cast.owner}:
            assert other.name not in body
    assert "<img" not in html
    assert "http-equiv" not in html
    assert set(re.findall(r'(?:href|src)="(https?://[^/"]+)', html)) == {SITE}
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


# Against a real mail server, killed and run again


def a_file_of_this_database(path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Makes a database file out of the one in memory: SQLite alone can.")
    path.write_bytes(connection.connection.serialize())


def people_who_owe(cast: Cast, number: int) -> None:
    for one in range(number):
        person = factories.a_person(f"Owner {one}", role=Role.OFFICER, of=cast.council)
        post = factories.a_post(f"Post {one}", cast.council, holder=person)
        factories.an_action(cast.plan, cast.lead, lead_id=post.pk, **factories.due(date(2026, 3, 1)))
        ReminderChoice.objects.create(person=person, rhythm=ReminderChoice.Rhythm.DAILY)
    for person in (cast.owner, cast.partner, cast.lead):
        ReminderChoice.objects.update_or_create(person=person, defaults={"rhythm": ReminderChoice.Rhythm.NEVER})


def run_in_children(path: Path, server: MailServer, *words: str) -> dict[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")} | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "PYTHONPATH": str(ROOT),
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{path}",
        "DATA_DIR": str(path.parent),
        "EMAIL_URL": server.url,
        "SITE_ADDRESS": SITE,
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "management" / "killed_runs.py"), *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows_of(path: Path) -> list[tuple[str, str]]:
    """Address and occasion of each reminder that is marked as sent."""
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT address, occasion FROM plans_reminder WHERE sent_at IS NOT NULL").fetchall()
        left = database.execute("SELECT COUNT(*) FROM plans_reminder WHERE sent_at IS NULL").fetchone()
    database.close()
    assert left == (0,)
    return found


def mailbox_of(server: MailServer) -> Counter[tuple[str, str]]:
    """Address and Message-ID of what was taken, with how often."""
    return Counter((address, message["Message-ID"]) for address, message in server.taken)


PEOPLE = 6
KILLS = 50


def test_killed_fifty_times_everybody_has_each_mail_once(cast: Cast, tmp_path: Path, record_property: Any) -> None:
    people_who_owe(cast, PEOPLE)
    a_file_of_this_database(tmp_path / "killed.sqlite3")
    with MailServer(delay=0.02).running() as server:
        done = run_in_children(
            tmp_path / "killed.sqlite3", server,
            "--kills", str(KILLS), "--confirm", str(PEOPLE), "--first", "2026-06-01", "--seed", "7",
        )  # fmt: skip
    assert done["kills"] == KILLS
    rows, mailbox = rows_of(tmp_path / "killed.sqlite3"), mailbox_of(server)
    assert Counter(occasion for _, occasion in rows) == dict.fromkeys(done["days"], PEOPLE)
    assert len(set(rows)) == len(rows)
    # One Message-ID for each row, so that a mailbox that knows it keeps one mail of it.
    assert Counter(address for address, _ in mailbox) == Counter(address for address, _ in rows)
    again = sum(mailbox.values()) - len(mailbox)
    record_property("delivered again with the same Message-ID", again)


def test_two_runs_at_once_send_each_mail_once(cast: Cast, tmp_path: Path) -> None:
    people_who_owe(cast, PEOPLE)
    # The first run of all would refuse to go on with a number that the other run has changed.
    write_first(cast)
    a_file_of_this_database(tmp_path / "together.sqlite3")
    with MailServer(delay=0.005).running() as server:
        run_in_children(
            tmp_path / "together.sqlite3", server,
            "--kills", "0", "--together", "3", "--confirm", str(PEOPLE), "--first", "2026-06-02", "--seed", "7",
        )  # fmt: skip
    mailbox = mailbox_of(server)
    assert len(mailbox) == PEOPLE
    assert set(mailbox.values()) == {1}


def write_first(cast: Cast) -> None:
    """A reminder of long ago, so that nothing is the first."""
    written = factories.moment(2026, 1, 5)
    write_reminder(cast.owner, Reminder.Kind.DIGEST, "2026-W02", Written("Before", "", ""), at=written)
    Reminder.objects.update(handed_over_at=written, sent_at=written)


def test_one_refused_address_does_not_keep_the_others_waiting(cast: Cast, tmp_path: Path, settings: Any) -> None:
    with MailServer(refused={cast.owner.email}).running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        with pytest.raises(SystemExit):
            run("--confirm", "2")
    ((address, message),) = server.taken
    assert address == cast.partner.email
    assert message.get_content_type() == "multipart/alternative"
    assert "550" in Reminder.objects.get(person=cast.owner).problem
