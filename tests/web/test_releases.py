"""Papers of a plan: made part by part, seen before they are issued, issued as they are, taken away as files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.oversight.models import Meeting
from plans.papers.brief import Choices
from plans.papers.changes import change_draft
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.making import make
from plans.papers.models import Making, Release, WorkingCopy
from plans.papers.rules import Audience, Format, Grouping, Kind, Stage
from plans.papers.selection import Selection
from plans.web import background
from plans.web.rows_taken_over import taken_over
from plans.web.views import papers, releases
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import AS_AT, a_draft, a_ready_release, an_issued_release


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The papers that were handed to the worker; none is woken."""
    asked: list[int] = []
    monkeypatch.setattr(background, "start", lambda making: asked.append(making.pk))
    return asked


def page_of(client: Client, route: str, pk: int, **query: str) -> str:
    answer = client.get(reverse(route, args=[pk]), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def fields_of(client: Client, route: str, pk: int) -> dict[str, Any]:
    """What a browser would send back of a form that was opened and left alone."""
    form = client.get(reverse(route, args=[pk])).context["form"]
    sent: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if field.name == "opened":
            value = json.dumps(field.initial)
        if value not in (None, False, ""):
            sent[field.html_name] = "on" if value is True else value
    return sent


def send(client: Client, route: str, release: Release, sent: dict[str, Any], **changed: Any) -> Any:
    kept = {name: value for name, value in {**sent, **changed}.items() if value is not None}
    return client.post(reverse(route, args=[release.pk]), kept)


# The papers of a plan.


def test_those_who_read_see_what_was_issued_and_nothing_in_the_making(cast: Cast, client: Client) -> None:
    an_issued_release(cast.plan, by=cast.lead, title="Issued in March")
    a_draft(cast.plan, by=cast.lead, title="Not yet")
    client.force_login(cast.board_member)
    page = page_of(client, "plan_papers", cast.plan.pk)
    assert "Issued in March" in page
    assert "Not yet" not in page
    assert reverse("new_release", args=[cast.plan.pk]) not in page
    assert reverse("plan_paper", args=[cast.plan.pk, "full_plan", "docx"]) in page


def test_the_lead_sees_what_is_in_the_making_and_every_kind(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, title="Not yet")
    page = page_of(lead, "plan_papers", cast.plan.pk)
    assert reverse("release", args=[draft.pk]) in page
    for kind in CATALOGUE:
        assert f"?kind={kind}" in page


def test_a_meeting_shows_its_own_papers(cast: Cast, lead: Client) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AS_AT)
    a_draft(cast.plan, by=cast.lead, title="For the meeting", meeting=meeting)
    a_draft(cast.plan, by=cast.lead, title="For nobody")
    page = page_of(lead, "plan_papers", cast.plan.pk, meeting=str(meeting.pk))
    assert "For the meeting" in page
    assert "For nobody" not in page
    assert f"meeting={meeting.pk}" in page_of(lead, "meeting", meeting.pk)


# A new one.


def test_a_paper_is_begun_with_a_title_of_its_own(cast: Cast, lead: Client) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AS_AT)
    answer = lead.post(
        reverse("new_release", args=[cast.plan.pk]),
        {"kind": "full_plan", "audience": "exempt", "meeting": meeting.pk},
    )
    made = Release.objects.get()
    assert answer["Location"] == reverse("release", args=[made.pk])
    assert made.title == "Full plan: Improvement plan 2026, Improvement board, 1 March 2026"
    assert (made.meeting, made.stage, made.as_at) == (meeting, Stage.DRAFT, None)


def test_what_is_for_the_council_alone_is_refused_beside_the_audience(cast: Cast, lead: Client) -> None:
    answer = lead.post(reverse("new_release", args=[cast.plan.pk]), {"kind": "board_pack", "audience": "public"})
    assert answer.status_code == 400
    assert "within the council" in answer.context["form"].errors["audience"][0]
    assert not Release.objects.exists()


@pytest.mark.parametrize("day", ["31 December 2090", "soon", "March 2026"])
def test_a_day_that_is_none_or_still_to_come_is_refused(day: str, cast: Cast, lead: Client) -> None:
    sent = {"kind": "full_plan", "audience": "exempt", "as_at": day}
    answer = lead.post(reverse("new_release", args=[cast.plan.pk]), sent)
    assert answer.status_code == 400
    assert day in answer.content.decode()
    assert "as_at" in answer.context["form"].errors


def test_a_meeting_of_another_board_cannot_be_chosen(cast: Cast, lead: Client) -> None:
    elsewhere = Meeting.objects.create(
        board=type(cast.board).objects.create(organisation=cast.council, name="Another"), starts_at=AS_AT
    )
    sent = {"kind": "full_plan", "audience": "exempt", "meeting": elsewhere.pk}
    assert lead.post(reverse("new_release", args=[cast.plan.pk]), sent).status_code == 400


def test_what_was_carried_forward_is_said_with_where_it_comes_from(cast: Cast, lead: Client) -> None:
    a_draft(cast.plan, by=cast.lead, title="The last one", choices={"landscape": False})
    sent = {"kind": "full_plan", "audience": "exempt"}
    page = lead.post(reverse("new_release", args=[cast.plan.pk]), sent, follow=True).content.decode()
    assert "carried forward from “The last one”" in page
    assert Release.objects.order_by("pk").last().choices == {"landscape": False}  # type: ignore[union-attr]


# The rows of a list.


@pytest.mark.parametrize(
    ("query", "selection"),
    [
        ("show=first&late_by=90", Selection(show="first", late_by=90)),
        ("list=overdue", Selection(show="overdue")),
        ("list=overdue&late_by=30", Selection(show="overdue", late_by=30)),
        ("q=audit&lead=head&status=in_progress", Selection(q="audit", lead="head", status="in_progress")),
        ("timeliness=overdue&rating=red", Selection(timeliness="overdue", rating="red")),
        ("owner_rating=green", Selection(owner_rating="green")),
        ("without=date", Selection(show="no_date")),
        ("status=nonsense", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_filters_of_a_list_are_taken_over(query: str, selection: Selection | None, cast: Cast) -> None:
    assert taken_over(QueryDict(query), cast.plan).selection == selection


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("rating=none", "no rating"),
        ("waiting=yes", "waits for a decision"),
        ("without=owner", "without an owner"),
        ("organisation=1", "organisation of the lead"),
        ("group=organisation", "groups"),
        ("inspection=999", "inspection"),
        ("timeliness=withdrawn", "withdrawn"),
    ],
)
def test_what_could_not_be_taken_over_is_said(query: str, words: str, cast: Cast, lead: Client) -> None:
    assert any(words in said for said in taken_over(QueryDict(query), cast.plan).left)
    page = lead.get(f"{reverse('new_release', args=[cast.plan.pk])}?{query}").content.decode()
    assert words in page


def test_an_inspection_becomes_its_areas_and_the_groups_and_the_day_are_kept(cast: Cast) -> None:
    query = QueryDict(f"inspection={cast.inspection.pk}&group=lead&as_at=2026-03-01")
    taken = taken_over(query, cast.plan)
    assert taken.selection == Selection(areas=(cast.area.pk,))
    assert (taken.grouping, taken.day) == (Grouping.LEAD, date(2026, 3, 1))


def test_a_paper_of_the_rows_of_a_list_has_those_rows(cast: Cast, lead: Client) -> None:
    page = lead.get(reverse("overdue"), {"q": "monthly", "as_at": "2026-05-01"})
    link = page.context["paper_url"]
    answer = lead.get(link)
    assert answer["Location"].startswith(reverse("new_release", args=[cast.plan.pk]))
    form = lead.get(answer["Location"])
    assert form.context["taken"].words == "overdue, with “monthly”"
    lead.post(answer["Location"], {"kind": "full_plan", "audience": "exempt", "as_at": "1 May 2026"})
    made = Release.objects.get()
    assert Choices.from_plain(made.choices).selection == Selection(show="overdue", q="monthly")


def test_who_makes_no_papers_is_not_offered_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.board_member)
    for route in ("overdue", "actions"):
        assert "Make a paper" not in client.get(reverse(route)).content.decode()


# A draft, part by part.


def test_the_rows_are_chosen_and_counted(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    sent = fields_of(lead, "release_rows", draft.pk)
    answer = send(lead, "release_rows", draft, sent, lead="nurse", areas=[cast.area.pk])
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert Choices.from_plain(draft.choices).selection == Selection(lead="nurse", areas=(cast.area.pk,))
    assert "1 of 2 actions are chosen" in lead.get(answer["Location"]).content.decode()


def test_days_late_narrow_only_what_is_late(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    answer = send(lead, "release_rows", draft, fields_of(lead, "release_rows", draft.pk), late_by="30")
    assert answer.status_code == 400
    assert "late_by" in answer.context["form"].errors


def test_columns_are_chosen_put_in_order_and_made_wider(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    sent = fields_of(lead, "release_columns", draft.pk)
    answer = send(
        lead, "release_columns", draft, sent,
        in_area=None, in_status="on", place_status="1", place_wording="2", width_status="30",
        grouping="none", landscape="no",
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    draft.refresh_from_db()
    choices = Choices.from_plain(draft.choices)
    assert [(one.key, one.width) for one in choices.columns] == [
        ("status", 30), ("wording", None), ("by_whom", None), ("by_when", None),
    ]  # fmt: skip
    assert (choices.grouping, choices.landscape) == (Grouping.NONE, False)
    preview = lead.get(reverse("release", args=[draft.pk])).context["paper"]
    assert [head.key for head in preview.tables[0].columns] == ["status", "wording", "by_whom", "by_when"]


def test_a_table_has_at_least_one_column(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    answer = send(lead, "release_columns", draft, {"version": 1, "grouping": "area", "landscape": "yes"})
    assert answer.status_code == 400
    assert "Choose at least one column" in answer.content.decode()


def test_a_column_that_would_be_empty_throughout_is_said(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    answer = lead.get(reverse("release_columns", args=[draft.pk]))
    assert {"progress", "delay_reason"} <= answer.context["empty"]
    assert "by_when" not in answer.context["empty"]
    assert "Empty in all 2 rows" in answer.content.decode()


def test_recommendations_are_added_and_taken_away_without_script(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET)
    sent = fields_of(lead, "release_recommendations", draft.pk)
    answer = send(lead, "release_recommendations", draft, sent, text_1="the plan", verb_1="endorse", pressed="more")
    assert answer["Location"].endswith("?more#end")
    form = lead.get(answer["Location"].partition("#")[0]).context["form"]
    assert form.number == 2
    sent = {"version": 2, "opened": json.dumps({"recommendations": [["endorse", "the plan"]]}), "rows": 2}
    sent |= {"verb_1": "endorse", "text_1": "the plan", "verb_2": "note", "text_2": "progress"}
    assert send(lead, "release_recommendations", draft, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.recommendations == [["endorse", "the plan"], ["note", "progress"]]
    sent |= {"version": 3, "opened": json.dumps({"recommendations": draft.recommendations}), "pressed": "1"}
    send(lead, "release_recommendations", draft, sent)
    draft.refresh_from_db()
    assert draft.recommendations == [["note", "progress"]]


def test_considerations_are_those_of_the_template_and_others_are_kept(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET, words={"crime_and_disorder": "None"})
    page = lead.get(reverse("release_words", args=[draft.pk]))
    names = list(page.context["form"].names)
    assert names.index("purpose") < names.index("financial")
    assert "crime_and_disorder" not in names
    sent = fields_of(lead, "release_words", draft.pk)
    send(lead, "release_words", draft, sent, purpose="To tell.\n\nMore.", nothing_financial="on")
    draft.refresh_from_db()
    assert draft.words == {
        "crime_and_disorder": "None", "purpose": "To tell.\n\nMore.", "financial": "None arising from this report.",
    }  # fmt: skip
    shown = fields_of(lead, "release_words", draft.pk)
    assert shown["nothing_financial"] == "on"
    assert "financial" not in shown


def test_nothing_to_say_and_something_said_is_asked_about(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET)
    sent = fields_of(lead, "release_words", draft.pk)
    answer = send(lead, "release_words", draft, sent, financial="Much", nothing_financial="on")
    assert answer.status_code == 400
    assert "Much" in answer.content.decode()


def test_another_template_shows_its_own_considerations(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET)
    sent = fields_of(lead, "release_words", draft.pk)
    answer = send(lead, "release_words", draft, sent, template="shipped:implications")
    assert answer["Location"] == reverse("release_words", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.shipped_template == "implications"
    assert "equalities" in lead.get(answer["Location"]).context["form"].names


# Two who write at once.


def test_a_change_of_another_part_does_not_stand_in_the_way(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    sent = fields_of(lead, "release_rows", draft.pk)
    theirs = Choices(grouping=Grouping.LEAD).as_plain()
    change_draft(draft, by=cast.administrator, at=AS_AT, expected_version=1, choices=theirs, title="Theirs")
    assert send(lead, "release_rows", draft, sent, q="audit").status_code == 302
    draft.refresh_from_db()
    kept = Choices.from_plain(draft.choices)
    assert (draft.title, kept.grouping, kept.selection.q) == ("Theirs", Grouping.LEAD, "audit")


def test_the_second_writer_sees_the_first_ones_change_and_keeps_what_they_typed(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, title="As it was")
    sent = fields_of(lead, "release_details", draft.pk)
    change_draft(draft, by=cast.administrator, at=AS_AT, expected_version=1, title="Theirs", audience=Audience.PUBLIC)
    answer = send(lead, "release_details", draft, sent, title="Mine")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Ada Admin changed the title and whom it is for while you were writing" in page
    assert "It now says: Theirs" in page
    form = answer.context["form"]
    assert (form["title"].value(), form["audience"].value()) == ("Mine", "public")
    draft.refresh_from_db()
    assert draft.title == "Theirs"
    again = {
        "version": form["version"].value(),
        "opened": json.dumps(form["opened"].initial),
        "title": "Mine",
        "audience": "public",
    }  # noqa: E501
    assert send(lead, "release_details", draft, again).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.audience) == ("Mine", Audience.PUBLIC)


@pytest.mark.parametrize("opened", ["nonsense", "[]", "null", '{"title": [1]}', ""])
def test_what_was_opened_may_be_tampered_with_and_nothing_breaks(opened: str, cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    sent = fields_of(lead, "release_details", draft.pk) | {"opened": opened}
    assert send(lead, "release_details", draft, sent).status_code in (302, 400)


@pytest.mark.parametrize("route", ["details", "rows", "columns", "words", "recommendations"])
def test_what_is_ready_is_not_changed(route: str, cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=Kind.CABINET)
    sent = fields_of(lead, f"release_{route}", draft.pk)
    lead.post(reverse("ready_release", args=[draft.pk]), {"version": "1"})
    assert lead.get(reverse(f"release_{route}", args=[draft.pk])).status_code == 302
    answer = send(lead, f"release_{route}", draft, sent | {"version": 2})
    assert answer.status_code == 400
    assert "no draft any more" in answer.content.decode()


# The preview.


def test_the_preview_says_what_it_is_how_long_and_what_is_missing(cast: Cast, lead: Client) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AS_AT)
    bare = factories.an_action(cast.plan, cast.lead, reference="9.9", position=9, area_id=cast.area.pk)
    draft = a_draft(cast.plan, by=cast.lead, meeting=meeting)
    answer = lead.get(reverse("release", args=[draft.pk]))
    sentence = answer.context["preview"].sentence
    assert sentence.startswith("Improvement board, 1 March 2026, exempt: 3 actions on 1 page; 1 row lacks an owner")
    page = answer.content.decode()
    assert reverse("amend_action", args=[bare.pk]) in page
    assert "Draft: this paper has not been issued" in page


def test_a_public_paper_shows_what_becomes_public(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, audience=Audience.PUBLIC)
    answer = lead.get(reverse("release", args=[draft.pk]))
    assert "No action of this plan is marked for publication" in answer.content.decode()
    assert answer.context["preview"].problem
    ready = a_ready_release(cast.plan, by=cast.lead, audience=Audience.PUBLIC)
    issue = lead.get(reverse("issue_release", args=[ready.pk]))
    assert 'name="looked"' not in issue.content.decode()
    sent = {"version": ready.version, "looked": "yes"}
    assert lead.post(reverse("issue_release", args=[ready.pk]), sent).status_code == 200
    assert not Making.objects.exists()


def test_a_text_that_only_looks_personal_may_stand_once_somebody_ticked_it(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, audience=Audience.PUBLIC)
    where = reverse("release_let_stand", args=[draft.pk])
    assert lead.post(where, {"version": "1", "text": ["an-id", "another"]})["Location"] == reverse(
        "release", args=[draft.pk]
    )
    draft.refresh_from_db()
    assert draft.let_stand == ["an-id", "another"]
    lead.post(where, {"version": "1", "text": []})
    draft.refresh_from_db()
    assert draft.let_stand == ["an-id", "another"]


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_every_kind_has_a_page_of_its_own_draft(kind: Kind, cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead, kind=kind)
    page = page_of(lead, "release", draft.pk)
    assert CATALOGUE[kind].label in page
    for part in ("details", "rows", "columns", "words", "recommendations"):
        page_of(lead, f"release_{part}", draft.pk)


@pytest.mark.parametrize("file_format", list(Format))
def test_a_draft_is_taken_away_as_one_and_kept_as_a_working_copy(file_format: Format, cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    answer = lead.get(reverse("release_copy", args=[draft.pk]), {"format": file_format.value})
    assert answer["Content-Disposition"].startswith('attachment; filename="draft-the-plan-for-the-board-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert WorkingCopy.objects.get().format == file_format


def test_a_long_draft_does_not_hold_the_request(cast: Cast, lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "MOST_IN_A_REQUEST", 1)
    draft = a_draft(cast.plan, by=cast.lead)
    where = reverse("release_copy", args=[draft.pk])
    assert lead.get(where, {"format": "pdf"}).status_code == 302
    assert lead.get(where, {"format": "csv"}).status_code == 200
    assert lead.get(reverse("release", args=[draft.pk])).context["formats"] == [Format.EXCEL, Format.CSV]


# Ready, back, thrown away, issued.


def test_ready_says_which_moment_is_fixed(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    with time_machine.travel(factories.moment(2026, 6, 1, 12), tick=False):
        page = lead.post(reverse("ready_release", args=[draft.pk]), {"version": "1"}, follow=True)
    assert "as at 1 June 2026 at 12:00, and no longer follows the plan" in page.content.decode()
    draft.refresh_from_db()
    assert (draft.stage, draft.as_at) == (Stage.READY, factories.moment(2026, 6, 1, 12))


@pytest.mark.parametrize("route", ["ready_release", "reopen_release", "discard_release"])
def test_a_step_of_a_page_that_is_out_of_date_is_not_taken(route: str, cast: Cast, lead: Client) -> None:
    release = (
        a_ready_release(cast.plan, by=cast.lead) if route == "reopen_release" else a_draft(cast.plan, by=cast.lead)
    )
    page = lead.post(reverse(route, args=[release.pk]), {"version": "77"}, follow=True)
    assert "Somebody changed this paper" in page.content.decode()
    assert Release.objects.filter(pk=release.pk, stage=release.stage).exists()


def test_throwing_away_asks_first(cast: Cast, lead: Client) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    assert "Throw this paper away?" in page_of(lead, "discard_release", draft.pk)
    assert Release.objects.exists()
    answer = lead.post(reverse("discard_release", args=[draft.pk]), {"version": "1"})
    assert answer["Location"] == reverse("plan_papers", args=[cast.plan.pk])
    assert not Release.objects.exists()


def test_nobody_issues_without_having_looked(cast: Cast, lead: Client, started: list[int]) -> None:
    ready = a_ready_release(cast.plan, by=cast.lead)
    answer = lead.post(reverse("issue_release", args=[ready.pk]), {"version": ready.version})
    assert answer.status_code == 400
    assert "#looked" in answer.content.decode()
    assert started == []


def test_a_paper_is_issued_as_it_is_and_its_files_are_taken_away(cast: Cast, lead: Client, started: list[int]) -> None:
    ready = a_ready_release(cast.plan, by=cast.lead)
    answer = lead.post(reverse("issue_release", args=[ready.pk]), {"version": ready.version, "looked": "yes"})
    making = Making.objects.get()
    assert answer["Location"] == reverse("making", args=[making.pk])
    assert started == [making.pk]
    waiting = lead.get(answer["Location"])
    assert waiting["Refresh"] == f"2; url={answer['Location']}"
    assert "It waits for its turn" in waiting.content.decode()
    assert "Refresh" not in lead.get(answer["Location"], {"still": ""})
    make(making.pk, timezone.now)
    assert lead.get(answer["Location"])["Location"] == reverse("release", args=[ready.pk])
    ready.refresh_from_db()
    assert ready.stage == Stage.ISSUED
    page = page_of(lead, "release", ready.pk)
    assert ready.content_hash in page
    for file in ready.files.all():
        assert file.sha256 in page
        taken = lead.get(reverse("release_file", args=[file.pk]))
        assert taken["Content-Disposition"] == f'attachment; filename="the-plan-for-the-board-2026-03-01.{file.format}"'
        assert taken["Content-Type"] == "application/octet-stream"
        assert taken["X-Content-Type-Options"] == "nosniff"
        assert len(b"".join(taken.streaming_content)) == file.size  # type: ignore[attr-defined]


def test_a_board_member_reads_what_was_issued_and_cannot_make_one(cast: Cast, client: Client) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    client.force_login(cast.board_member)
    page = page_of(client, "release", issued.pk)
    assert cast.action.wording in page
    assert "Make the same again" not in page
    assert client.get(reverse("release_file", args=[issued.files.get().pk])).status_code == 200


def test_the_page_of_an_issued_paper_shows_what_was_kept_and_not_what_is_now(cast: Cast, lead: Client) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    factories.an_action(cast.plan, cast.lead, wording="Added since", position=8)
    assert "Added since" not in page_of(lead, "release", issued.pk)


def test_the_same_again_has_the_choices_and_neither_meeting_nor_day(cast: Cast, lead: Client) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AS_AT)
    issued = an_issued_release(
        cast.plan, by=cast.lead, meeting=meeting, choices={"landscape": False}, words={"risk": "Low"}
    )
    answer = lead.post(reverse("release_again", args=[issued.pk]))
    made = Release.objects.get(stage=Stage.DRAFT)
    assert answer["Location"] == reverse("release_details", args=[made.pk])
    assert (made.choices, made.words, made.meeting, made.as_at) == ({"landscape": False}, {"risk": "Low"}, None, None)


# Papers in the making.


def a_making(cast: Cast, **said: Any) -> Making:
    asked = {"kind": Kind.FULL_PLAN.value, "format": Format.PDF.value}
    return Making.objects.create(
        **{"plan": cast.plan, "asked": asked, "asked_by": cast.lead, "asked_at": timezone.now(), **said}
    )


def test_what_failed_says_why_and_how_to_go_back(cast: Cast, lead: Client) -> None:
    failed = a_making(cast, state=Making.State.FAILED, problem="It has changed.", ended_at=timezone.now())
    page = page_of(lead, "making", failed.pk)
    assert "It has changed." in page
    assert reverse("plan_papers", args=[cast.plan.pk]) in page


def test_what_was_cut_off_does_not_wait_for_ever(cast: Cast, lead: Client) -> None:
    cut_off = a_making(cast, asked_at=timezone.now() - timedelta(hours=1))
    answer = lead.get(reverse("making", args=[cut_off.pk]))
    assert "Refresh" not in answer
    assert "was cut off" in answer.content.decode()


def test_who_lost_the_plan_does_not_get_its_file(cast: Cast, lead: Client) -> None:
    made = a_making(cast, state=Making.State.DONE, ended_at=timezone.now())
    cast.lead.memberships.all().delete()
    assert lead.get(reverse("making_file", args=[made.pk])).status_code in (403, 404)


# Quick working copies.


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_every_kind_can_be_had_at_once(kind: Kind, cast: Cast, lead: Client) -> None:
    answer = lead.get(reverse("plan_paper", args=[cast.plan.pk, kind.value, "docx"]), {"as_at": "2026-03-01"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('2026-03-01.docx"')
    assert WorkingCopy.objects.get().kind == kind


@pytest.mark.parametrize(("kind", "ending"), [("nonsense", "docx"), ("full_plan", "exe"), ("young_people", "csv")])
def test_a_paper_that_there_is_not_is_not_found(kind: str, ending: str, cast: Cast, lead: Client) -> None:
    assert lead.get(reverse("plan_paper", args=[cast.plan.pk, kind, ending])).status_code == 404


def test_a_long_copy_is_made_outside_the_request(
    cast: Cast, lead: Client, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MOST_IN_A_REQUEST", 1)
    answer = lead.get(reverse("plan_csv", args=[cast.plan.pk]), {"as_at": "2026-03-01"})
    making = Making.objects.get()
    assert answer["Location"] == reverse("making", args=[making.pk])
    assert started == [making.pk]
    make(making.pk, timezone.now)
    assert reverse("making_file", args=[making.pk]) in page_of(lead, "making", making.pk)
    taken = lead.get(reverse("making_file", args=[making.pk]))
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"1.1" in b"".join(taken.streaming_content)  # type: ignore[attr-defined]
