"""A meeting's page: live until it begins, then as it was; each number opens exactly the rows that it counts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import LONDON, Action
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.oversight.changes import hold_meeting
from plans.oversight.models import Challenge, Decision, Meeting
from plans.oversight.overdue import figures
from tests import factories
from tests.cast import Cast
from tests.web.test_queries import add_actions

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=LONDON)


@pytest.fixture
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def a_meeting(cast: Cast, days: int = -10) -> Meeting:
    return Meeting.objects.create(board=cast.board, starts_at=NOW + timedelta(days=days))


def page_of(client: Client, meeting: Meeting) -> str:
    answer = client.get(reverse("meeting", args=[meeting.pk]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def linked_numbers(page: str) -> list[tuple[int, str]]:
    """The numbers of the page that are links to rows, with their addresses."""
    found = re.findall(r'<a[^>]*href="(/(?:actions|overdue|movement|early-warning)/\?[^"]*)"[^>]*>\s*(\d+)\b', page)
    return [(int(number), address) for address, number in found]


def rows_listed(client: Client, address: str) -> int:
    page = client.get(address.split("#")[0]).content.decode()
    if shown := re.search(r"app-pages__count[^<]*of (\d+) actions", page):
        return int(shown[1])
    body = page.split("<tbody>")[-1].split("</tbody>")[0]
    return body.count("<tr") - body.count("colspan")


def history(cast: Cast) -> None:
    add_actions(cast, 12)
    draft = factories.a_plan(cast.council, stage="draft")
    draft.boards.add(cast.board)
    for plan in (draft, cast.plan):
        late = factories.an_action(plan, cast.lead, **factories.due(date(2026, 2, 1)))
    record(
        late, by=cast.lead, at=NOW - timedelta(days=30), kind=Kind.WITHDRAWN, note="Overtaken", status=Status.WITHDRAWN
    )
    asked = {"asked_due_date": date(2026, 9, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=NOW - timedelta(days=20), kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    record(
        cast.partner_action, by=cast.partner, at=NOW - timedelta(days=15), kind=Kind.COMPLETED, note="Done",
        status=Status.COMPLETE,
    )  # fmt: skip


@pytest.mark.parametrize("days", [-10, 10])
@pytest.mark.parametrize("member", ["board_member", "lead", "reader"])
def test_every_linked_number_is_the_length_of_its_list(
    cast: Cast, client: Client, now: None, member: str, days: int
) -> None:
    history(cast)
    a_meeting(cast, -40)
    client.force_login(getattr(cast, member))
    numbers = linked_numbers(page_of(client, a_meeting(cast, days)))
    assert len(numbers) > 12
    for number, address in numbers:
        assert rows_listed(client, address) == number, address


def test_a_held_meeting_keeps_its_plans_and_its_lists(cast: Cast, client: Client, now: None) -> None:
    history(cast)
    meeting = a_meeting(cast)
    client.force_login(cast.lead)
    before = linked_numbers(page_of(client, meeting))
    hold_meeting(meeting, at=NOW)
    cast.plan.boards.clear()
    after = linked_numbers(page_of(client, Meeting.objects.get(pk=meeting.pk)))
    assert [number for number, _ in after] == [number for number, _ in before]
    for number, address in after:
        assert rows_listed(client, address) == number, address


@pytest.mark.parametrize("days", [-10, 10])
def test_the_digest_says_the_numbers_of_the_page(cast: Cast, client: Client, now: None, days: int) -> None:
    history(cast)
    a_meeting(cast, -40)
    meeting = a_meeting(cast, days)
    client.force_login(cast.board_member)
    lede = page_of(client, meeting).split('class="app-lede"')[1].split("</p>")[0]
    answer = client.get(reverse("meeting_digest", args=[meeting.pk]))
    text = answer.content.decode()
    numbers = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    rows = Action.objects.as_at(meeting.starts_at if days < 0 else None).filter(plan=cast.plan)
    counted = figures(rows, meeting.starts_at.date() if days < 0 else NOW.date())
    assert f">{counted.overdue}</a> of" in lede
    assert (numbers["Overdue"], numbers["Actions"]) == (str(counted.overdue), str(counted.all))
    assert f"{numbers['Decisions that wait']} decision" in lede
    for phrase in re.findall(r">(\d+ (?:newly overdue|completed|unchanged))<", lede):
        assert phrase in text


def test_a_meeting_that_has_begun_shows_what_was_then(cast: Cast, client: Client, now: None) -> None:
    meeting = a_meeting(cast)
    client.force_login(cast.board_member)
    before = page_of(client, meeting)
    record(cast.action, by=cast.lead, at=NOW, kind=Kind.AMENDED, wording="Something else altogether")
    record(cast.action, by=cast.owner, at=NOW, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    after = page_of(client, meeting)
    assert "Something else altogether" not in after
    assert re.sub(r"csrf\w+\W+value=\S+", "", before) == re.sub(r"csrf\w+\W+value=\S+", "", after)


def test_the_next_meeting_is_live(cast: Cast, client: Client, now: None) -> None:
    meeting = a_meeting(cast, 10)
    client.force_login(cast.board_member)
    assert "Live" in page_of(client, meeting)
    record(cast.action, by=cast.lead, at=NOW, kind=Kind.AMENDED, wording="Something else altogether")
    assert "Something else altogether" in page_of(client, meeting)


def test_a_decision_is_made_from_the_meeting_and_shown_there(cast: Cast, client: Client, now: None) -> None:
    history(cast)
    meeting = a_meeting(cast, 10)
    client.force_login(cast.lead)
    page = page_of(client, meeting)
    address = reverse("decide_action", args=[cast.action.pk]) + f"?meeting={meeting.pk}"
    assert address in page
    cast.action.refresh_from_db()
    sent = {"version": cast.action.version, "outcome": Decision.Outcome.EXTENSION_REFUSED, "reason": "Not again",
            "meeting": meeting.pk}  # fmt: skip
    assert client.post(address, sent).url == reverse("meeting", args=[meeting.pk])
    assert "Not again" in page_of(client, meeting)
    cast.action.refresh_from_db()
    assert cast.action.due_date == date(2026, 3, 31)


def test_closing_on_outputs_alone_is_warned_about(cast: Cast, client: Client, now: None) -> None:
    record(cast.action, by=cast.owner, at=NOW, kind=Kind.COMPLETED, note="Done", status=Status.COMPLETE)
    offered = OfferedEvidence("output", "Minutes", ContentFile(b"Minutes", "minutes.txt"), TEXT)
    add_evidence(cast.action, offered, by=cast.owner, at=NOW)
    client.force_login(cast.lead)
    address = reverse("decide_action", args=[cast.action.pk])
    sent = {"version": cast.action.version, "outcome": Decision.Outcome.SIGNED_OFF, "recheck_date": "1 December 2026"}
    assert "shows outputs alone" in client.post(address, sent).content.decode()
    client.post(address, {**sent, "outputs_only": "on", "impact": "some"})
    cast.action.refresh_from_db()
    assert (cast.action.status, cast.action.impact, cast.action.recheck_date) == (
        "signed_off", "some", date(2026, 12, 1),
    )  # fmt: skip


def test_a_meeting_is_called_with_every_mistake_beside_its_field(cast: Cast, client: Client, now: None) -> None:
    client.force_login(cast.lead)
    address = reverse("call_meeting", args=[cast.board.pk])
    wrong = client.post(address, {"day": "1 June 2026", "clock": "25:00", "papers_due": "soon"})
    assert wrong.status_code == 400
    assert "Enter a time, like 10:00 or 2pm" in wrong.content.decode()
    past = client.post(address, {"day": "1 June 2026", "clock": "10"}).content.decode()
    assert "still to come" in past
    late = client.post(address, {"day": "1 July 2026", "clock": "2pm", "papers_due": "2 July 2026"}).content.decode()
    assert "Papers are due before the meeting" in late
    right = client.post(address, {"day": "1 July 2026", "clock": "2pm", "papers_due": "24 June 2026"})
    meeting = Meeting.objects.get()
    assert right.url == reverse("meeting", args=[meeting.pk])
    assert meeting.starts_at == datetime(2026, 7, 1, 14, tzinfo=LONDON)


def test_a_meeting_is_marked_as_held_once_it_has_begun(cast: Cast, client: Client, now: None) -> None:
    client.force_login(cast.lead)
    meeting, to_come = a_meeting(cast), a_meeting(cast, 10)
    client.post(reverse("hold_meeting", args=[to_come.pk]))
    to_come.refresh_from_db()
    assert to_come.held_at is None
    client.post(reverse("hold_meeting", args=[meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.digest
    assert "stays as it was" in page_of(client, meeting)


def test_a_question_is_put_owed_late_and_answered(cast: Cast, client: Client, now: None) -> None:
    client.force_login(cast.board_member)
    log = reverse("challenges", args=[cast.plan.pk])
    assert "Enter question" in client.post(log, {"question": ""}).content.decode()
    client.post(log, {"question": "Why so late?", "owed_by": cast.post.pk, "answer_due": "1 June 2026"})
    page = client.get(log).content.decode()
    assert "1 answer late" in page
    challenge = Challenge.objects.get()
    client.force_login(cast.owner)
    client.post(reverse("answer_challenge", args=[challenge.pk]), {"answer": "There was a vacancy."})
    assert "There was a vacancy." in client.get(log).content.decode()
    past = client.get(log, {"as_at": "2026-06-14"}).content.decode()
    assert "There was a vacancy." not in past


def test_a_team_mate_puts_no_questions(cast: Cast, client: Client) -> None:
    client.force_login(cast.team_mate)
    assert client.post(reverse("challenges", args=[cast.plan.pk]), {"question": "Why?"}).status_code == 403


def test_the_page_asks_as_much_of_the_database_for_many_actions_as_for_few(
    cast: Cast, client: Client, now: None
) -> None:
    a_meeting(cast, -40)
    meeting = a_meeting(cast)
    hold_meeting(meeting, at=NOW)
    client.force_login(cast.board_member)
    counts = []
    for number in (3, 40):
        Meeting.objects.filter(pk=meeting.pk).update(held_at=None, digest="")
        cast.plan.settled_until = None
        cast.plan.save()
        add_actions(cast, number)
        with CaptureQueriesContext(connection) as captured:
            page_of(client, meeting)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_area_asked_for_before_is_said_to_be(cast: Cast, client: Client, now: None) -> None:
    before = factories.an_area(factories.an_inspection(cast.council, title="Inspection of 2013"))
    cast.area.earlier = before
    cast.area.save()
    client.force_login(cast.board_member)
    page = page_of(client, a_meeting(cast))
    assert "Asked for before" in page
    assert f"{reverse('inspection', args=[before.inspection_id])}#area-{before.pk}" in page


def test_boards_show_their_last_and_their_next_meeting(cast: Cast, client: Client, now: None) -> None:
    last, to_come = a_meeting(cast), a_meeting(cast, 10)
    client.force_login(cast.board_member)
    page = client.get(reverse("boards")).content.decode()
    for meeting in (last, to_come):
        assert reverse("meeting", args=[meeting.pk]) in page
    client.force_login(cast.stranger)
    assert cast.board.name not in client.get(reverse("boards")).content.decode()
