"""A person's calendar: their dates as they may see them now, and nothing that is not for outside eyes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from plans.access.changes import hold_post
from plans.access.models import Board, PostHolding
from plans.audit.models import Event as Noted
from plans.improvement_plan.ledger import record
from plans.improvement_plan.rules import Kind
from plans.oversight.models import Meeting
from plans.papers.calendar import Event, calendar_file
from plans.papers.calendar_changes import (
    AnotherAddress,
    address_behind,
    address_of,
    hash_of_secret,
    make_address,
    note_reading,
    revoke_address,
)
from plans.papers.calendar_events import events_of
from plans.papers.models import CalendarAddress
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 2, 1)
DAY = AT.date()
EVENT = Event("due-of-action-1@here", date(2027, 3, 31), "1.1 due: Read, and learn", "By then.\nhttp://here/1", "u")


def read(*events: Event) -> Any:
    return Calendar.from_ical(calendar_file("Plan, ours", events, made_at=AT))


def test_the_file_says_what_it_is_and_when_to_read_it_again() -> None:
    found = read()
    assert (found["version"], found["calscale"], found["method"]) == ("2.0", "GREGORIAN", "PUBLISH")
    assert found["x-wr-calname"] == "Plan, ours"
    text = calendar_file("Plan", (), made_at=AT).decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in text
    assert "X-PUBLISHED-TTL:PT6H\r\n" in text


def test_an_event_takes_its_whole_day_and_nobodys_time() -> None:
    (entry,) = read(EVENT).walk("VEVENT")
    assert entry.decoded("dtstart") == date(2027, 3, 31)
    assert entry.decoded("dtend") == date(2027, 4, 1)
    assert str(entry["summary"]) == EVENT.summary
    assert str(entry["description"]) == EVENT.description
    assert (entry["uid"], entry["transp"]) == (EVENT.uid, "TRANSPARENT")
    assert entry.decoded("dtstamp") == AT


def test_the_same_events_are_the_same_bytes() -> None:
    assert calendar_file("P", [EVENT], made_at=AT) == calendar_file("P", [EVENT], made_at=AT)


def test_no_line_is_longer_than_the_standard_allows() -> None:
    long = Event("u", DAY, "é" * 300, "ü, ; \\ \x00" * 100, "https://here/")
    assert max(map(len, calendar_file("P", [long], made_at=AT).split(b"\r\n"))) <= 75


def events(cast: Cast, person: Any = None) -> dict[str, Event]:
    found = events_of(person or cast.owner, day=DAY, link=lambda what, pk: f"https://here/{what}/{pk}/", host="here")
    return {event.uid: event for event in found}


def test_a_month_is_told_as_it_was_written_and_falls_on_its_last_day(cast: Cast) -> None:
    event = events(cast)[f"due-of-action-{cast.action.pk}@here"]
    assert event.day == date(2026, 3, 31)
    assert event.description.splitlines() == [
        "March 2026: by 31 March 2026.",
        "Improvement plan 2026, Westshire, action 1.1.",
        f"https://here/action/{cast.action.pk}/",
    ]


def test_a_day_is_told_once(cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=AT, kind=Kind.AMENDED, **factories.due(date(2026, 3, 9)))
    event = events(cast)[f"due-of-action-{cast.action.pk}@here"]
    assert event.description.startswith("By 9 March 2026.\n")


def test_a_moved_date_moves_the_same_event(cast: Cast) -> None:
    before = events(cast)
    record(cast.action, by=cast.lead, at=AT, kind=Kind.EXTENSION_AGREED, **factories.due(date(2026, 5, 31), "month"))
    after = events(cast)
    assert before.keys() == after.keys()
    assert after[f"due-of-action-{cast.action.pk}@here"].day == date(2026, 5, 31)


def test_an_actions_own_words_are_there_only_where_they_may_be_published(cast: Cast) -> None:
    uid = f"due-of-action-{cast.action.pk}@here"
    assert events(cast)[uid].summary == "1.1 due: Improvement plan 2026"
    record(cast.action, by=cast.lead, at=AT, kind=Kind.AMENDED, published=True)
    assert events(cast)[uid].summary == "1.1 due: Sample discussion records monthly"


def test_no_note_reason_or_progress_is_ever_in_it(cast: Cast) -> None:
    record(
        cast.action,
        by=cast.owner,
        at=AT,
        kind=Kind.EXTENSION_ASKED,
        note="Secret note",
        published=True,
        asked_due_date=date(2026, 6, 30),
        asked_due_precision="month",
        asked_reason="Secret reason",
        delay_reason="Secret delay",
        next_step="Secret step",
    )
    said = " ".join(event.summary + event.description for event in events(cast).values())
    assert said
    assert "Secret" not in said


def test_what_is_done_is_no_longer_due_and_is_looked_at_again(cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=AT, kind=Kind.COMPLETED, note="Done", status="complete")
    assert events(cast) == {}
    again = date(2026, 9, 1)
    record(
        cast.action,
        by=cast.lead,
        at=AT + timedelta(days=1),
        kind=Kind.SIGNED_OFF,
        status="signed_off",
        recheck_date=again,
    )
    (event,) = events(cast).values()
    assert (event.uid, event.day) == (f"re-check-of-action-{cast.action.pk}@here", again)


def test_an_action_without_a_date_has_no_day(cast: Cast) -> None:
    assert events(cast, cast.partner) == {}


def test_a_deputy_has_the_dates_and_who_left_the_post_has_not(cast: Cast) -> None:
    hold_post(cast.team_mate, cast.post, since=DAY, kind=PostHolding.Kind.DEPUTY)
    assert events(cast, cast.team_mate).keys() == events(cast).keys() != set()
    PostHolding.objects.filter(person=cast.owner).update(until=DAY)
    assert events(cast) == {}


def test_others_see_none_of_it(cast: Cast) -> None:
    for person in (cast.stranger, cast.reader, cast.lead, cast.partner):
        assert events(cast, person) == {}


def test_meetings_to_come_of_ones_boards_are_there(cast: Cast) -> None:
    past = Meeting.objects.create(board=cast.board, starts_at=AT - timedelta(days=1))
    today = Meeting.objects.create(board=cast.board, starts_at=AT, papers_due=date(2026, 1, 28))
    other = Board.objects.create(organisation=cast.council, name="Another")
    Meeting.objects.create(board=other, starts_at=AT + timedelta(days=1))
    found = events(cast, cast.board_member)
    assert list(found) == [f"meeting-{today.pk}@here"]
    event = found[f"meeting-{today.pk}@here"]
    assert (event.summary, event.day) == ("Improvement board at 9:00", DAY)
    assert event.description.splitlines() == [
        "Meeting at 9:00, 1 February 2026.",
        "Papers are due on 28 January 2026.",
        f"https://here/meeting/{today.pk}/",
    ]
    assert past.pk


def test_who_is_asked_to_attend_has_the_meeting(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AT + timedelta(days=5))
    meeting.must_attend.add(cast.post)
    assert f"meeting-{meeting.pk}@here" in events(cast)


def test_the_secret_is_long_and_only_its_hash_is_kept(cast: Cast) -> None:
    secret = make_address(cast.owner, at=AT, instead_of=None)
    assert len(secret) >= 43
    row = CalendarAddress.objects.get()
    assert row.secret_hash == hash_of_secret(secret)
    assert secret not in str(vars(row))
    found = address_behind(secret)
    assert found is not None
    assert found.person == cast.owner
    assert secret not in str(list(Noted.objects.values()))


def test_a_new_secret_ends_the_old_one(cast: Cast) -> None:
    old = make_address(cast.owner, at=AT, instead_of=None)
    now = address_of(cast.owner)
    assert now is not None
    new = make_address(cast.owner, at=AT, instead_of=now.pk)
    assert address_behind(old) is None
    assert address_behind(new) == address_of(cast.owner)


def test_a_page_of_before_makes_and_stops_nothing(cast: Cast) -> None:
    secret = make_address(cast.owner, at=AT, instead_of=None)
    with pytest.raises(AnotherAddress):
        make_address(cast.owner, at=AT, instead_of=None)
    with pytest.raises(AnotherAddress):
        revoke_address(cast.owner, at=AT, address=99)
    assert address_behind(secret) is not None


def test_nobody_stops_another_persons_address(cast: Cast) -> None:
    secret = make_address(cast.owner, at=AT, instead_of=None)
    theirs = address_of(cast.owner)
    assert theirs is not None
    with pytest.raises(AnotherAddress):
        revoke_address(cast.lead, at=AT, address=theirs.pk)
    assert address_behind(secret) is not None


def test_a_revoked_secret_and_that_of_somebody_who_left_open_nothing(cast: Cast) -> None:
    secret = make_address(cast.owner, at=AT, instead_of=None)
    cast.owner.is_active = False
    cast.owner.save()
    assert address_behind(secret) is None
    cast.owner.is_active = True
    cast.owner.save()
    assert address_behind(secret) is not None
    kept = address_of(cast.owner)
    assert kept is not None
    revoke_address(cast.owner, at=AT, address=kept.pk)
    assert address_behind(secret) is None
    assert address_behind("") is None


def test_a_reading_is_noted_at_most_once_an_hour(cast: Cast) -> None:
    make_address(cast.owner, at=AT, instead_of=None)

    def read_at(minutes: int) -> Any:
        row = CalendarAddress.objects.get()
        note_reading(row, at=AT + timedelta(minutes=minutes))
        return CalendarAddress.objects.get().last_read_at

    assert read_at(0) == AT
    assert read_at(59) == AT
    assert read_at(61) == AT + timedelta(minutes=61)
