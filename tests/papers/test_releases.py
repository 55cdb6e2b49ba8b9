"""A release goes from draft to ready to issued, one step at a time, and nothing of what was issued ever changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.access.models import Board, Seat
from plans.audit.append_only import CLOSED
from plans.audit.models import Event
from plans.improvement_plan import changes as plan_changes
from plans.oversight.models import Meeting
from plans.papers.changes import (
    RefusedRelease,
    ReleaseChanged,
    back_to_draft,
    change_draft,
    discard_release,
    draft_release,
    issue,
    make_ready,
)
from plans.papers.content import from_plain
from plans.papers.kinds.catalogue import paper_for
from plans.papers.models import Release, ReleaseFile
from plans.papers.releases import brief_of, carried_forward, formats_of, moment_of
from plans.papers.rules import EXEMPT_ONLY, NEXT_STAGES, Audience, Format, Kind, Stage
from plans.papers.verification import faults_in_papers
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import AS_AT, LATER, a_draft, a_ready_release, an_issued_release


def try_to_issue(
    release: Release, cast: Cast, *, version: int | None = None, files: Any = None, pages: int = 1
) -> Release:
    paper = paper_for(Kind(release.kind), brief_of(release, reader=cast.lead, at=LATER))
    made = {Format.CSV: b"a,b"} if files is None else files
    expected = release.version if version is None else version
    return issue(release, paper, made, pages=pages, by=cast.lead, at=LATER, expected_version=expected)


# Drafts.


def test_a_new_draft_follows_the_plan_and_is_of_version_one(cast: Cast) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    assert (draft.stage, draft.version, draft.as_at, draft.made_by) == (Stage.DRAFT, 1, None, cast.lead)
    brief = brief_of(draft, reader=cast.lead, at=LATER)
    assert (brief.moment, brief.draft, brief.title) == (None, True, draft.title)
    assert Event.objects.filter(what="release.drafted", subject_ref=f"release {draft.pk}").exists()


@pytest.mark.parametrize("kind", sorted(EXEMPT_ONLY))
def test_what_is_for_the_council_alone_is_never_drafted_for_the_public(kind: Kind, cast: Cast) -> None:
    with pytest.raises(RefusedRelease) as refusal:
        a_draft(cast.plan, by=cast.lead, kind=kind, audience=Audience.PUBLIC)
    assert refusal.value.field == "audience"
    draft = a_draft(cast.plan, by=cast.lead, kind=kind)
    with pytest.raises(RefusedRelease):
        change_draft(draft, by=cast.lead, at=LATER, expected_version=1, audience=Audience.PUBLIC)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=draft.pk).update(audience=Audience.PUBLIC)


def test_a_change_goes_up_by_one_version_and_is_noted_with_its_fields(cast: Cast) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    changed = change_draft(
        draft, by=cast.administrator, at=LATER, expected_version=1, title="Another", words={"risk": "Low"}
    )
    assert (changed.version, changed.title, changed.words, changed.changed_at) == (2, "Another", {"risk": "Low"}, LATER)
    note = Event.objects.get(what="release.changed")
    assert (note.by, note.details["fields"]) == (cast.administrator.email, ["title", "words"])


def test_the_second_writer_is_told_what_it_is_now_and_nothing_is_lost(cast: Cast) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    change_draft(draft, by=cast.administrator, at=LATER, expected_version=1, title="Theirs")
    with pytest.raises(ReleaseChanged) as refusal:
        change_draft(draft, by=cast.lead, at=LATER, expected_version=1, title="Mine")
    assert (refusal.value.release.title, refusal.value.release.version) == ("Theirs", 2)
    draft.refresh_from_db()
    assert draft.title == "Theirs"


@pytest.mark.parametrize("name", ["stage", "kind", "content", "plan", "issued_at", "version"])
def test_a_caller_changes_only_what_is_asked_of_a_paper(name: str, cast: Cast) -> None:
    draft = a_draft(cast.plan, by=cast.lead)
    with pytest.raises(TypeError, match=name):
        change_draft(draft, by=cast.lead, at=LATER, expected_version=1, **{name: "x"})


# Carried forward.


def test_what_the_last_of_its_kind_said_is_carried_forward(cast: Cast) -> None:
    assert carried_forward(cast.plan.pk, Kind.FULL_PLAN) is None
    said = {"words": {"risk": "Low"}, "recommendations": [["note", "the plan"]], "choices": {"landscape": False}}
    a_draft(cast.plan, by=cast.lead, shipped_template="implications", **said)
    other = factories.a_plan(cast.council)
    a_draft(other, by=cast.lead, words={"risk": "High"}, at=LATER)
    a_draft(cast.plan, by=cast.lead, kind=Kind.BOARD_PACK, words={"risk": "Middling"}, at=LATER)
    again = a_draft(cast.plan, by=cast.lead, title="Again", at=LATER + timedelta(days=1))
    assert {name: getattr(again, name) for name in said} == said
    assert (again.title, again.shipped_template, again.meeting, again.as_at) == ("Again", "implications", None, None)


def test_what_is_said_of_a_new_one_wins_over_what_is_carried(cast: Cast) -> None:
    a_draft(cast.plan, by=cast.lead, shipped_template="implications", choices={"landscape": False})
    again = a_draft(cast.plan, by=cast.lead, at=LATER, shipped_template="", choices={"grouping": "lead"})
    assert (again.shipped_template, again.choices) == ("", {"grouping": "lead"})


def test_the_newest_of_the_kind_is_the_one_that_is_carried(cast: Cast) -> None:
    for place, words in enumerate(["First", "Second", "Third"]):
        a_draft(cast.plan, by=cast.lead, at=AS_AT + timedelta(days=place), words={"risk": words})
    found = carried_forward(cast.plan.pk, Kind.FULL_PLAN)
    assert found is not None
    assert found.words == {"risk": "Third"}


# The moment.


def test_a_paper_for_a_meeting_that_has_begun_is_as_at_its_beginning(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=AS_AT)
    draft = a_draft(cast.plan, by=cast.lead, meeting=meeting)
    assert moment_of(draft, AS_AT - timedelta(minutes=1)) is None
    assert moment_of(draft, AS_AT) == AS_AT
    own = factories.moment(2026, 2, 1)
    draft.as_at = own
    assert moment_of(draft, LATER) == own


def test_ready_fixes_the_moment_and_back_to_draft_gives_it_up(cast: Cast) -> None:
    ready = a_ready_release(cast.plan, by=cast.lead)
    assert (ready.stage, ready.as_at, ready.ready_by, ready.version) == (Stage.READY, AS_AT, cast.lead, 2)
    with pytest.raises(RefusedRelease, match="no draft any more"):
        change_draft(ready, by=cast.lead, at=LATER, expected_version=2, title="Late")
    again = back_to_draft(ready, by=cast.lead, at=LATER, expected_version=2)
    assert (again.stage, again.as_at, again.ready_by, again.ready_at) == (Stage.DRAFT, None, None, None)


@pytest.mark.parametrize("step", ["change", "ready", "back", "discard", "issue"])
def test_every_step_asks_for_the_version_that_was_seen(step: str, cast: Cast) -> None:
    at_stage = a_draft if step in ("change", "ready", "discard") else a_ready_release
    release = at_stage(cast.plan, by=cast.lead)
    seen: dict[str, Any] = {"by": cast.lead, "at": LATER, "expected_version": release.version - 1}
    steps: dict[str, Callable[[], Any]] = {
        "change": lambda: change_draft(release, title="x", **seen),
        "ready": lambda: make_ready(release, as_at=AS_AT, **seen),
        "back": lambda: back_to_draft(release, **seen),
        "discard": lambda: discard_release(release, **seen),
        "issue": lambda: try_to_issue(release, cast, version=release.version - 1),
    }
    with pytest.raises(ReleaseChanged):
        steps[step]()
    assert Release.objects.filter(pk=release.pk, stage=release.stage, version=release.version).exists()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["ready", "back", "issue", "change", "discard"]), max_size=6))
def test_only_the_steps_that_the_rules_name_can_be_taken(steps: list[str], cast: Cast) -> None:
    with transaction.atomic():
        release, stage = a_draft(cast.plan, by=cast.lead), Stage.DRAFT
        for step in steps:
            seen: dict[str, Any] = {"by": cast.lead, "at": LATER, "expected_version": release.version}
            allowed = {
                "ready": Stage.READY in NEXT_STAGES[stage],
                "back": Stage.DRAFT in NEXT_STAGES[stage],
                "issue": Stage.ISSUED in NEXT_STAGES[stage],
                "change": stage == Stage.DRAFT,
                "discard": stage != Stage.ISSUED,
            }[step]
            try:
                match step:
                    case "ready":
                        release = make_ready(release, as_at=AS_AT, **seen)
                    case "back":
                        release = back_to_draft(release, **seen)
                    case "issue":
                        release = try_to_issue(release, cast)
                    case "change":
                        release = change_draft(release, title="Changed", **seen)
                    case "discard":
                        discard_release(release, **seen)
            except RefusedRelease:
                assert not allowed
                continue
            assert allowed
            if step == "discard":
                assert not Release.objects.filter(pk=release.pk).exists()
                break
            stage = Stage(release.stage)
        transaction.set_rollback(True)


# Issued.


def test_what_is_issued_is_kept_with_its_files_its_content_and_the_history_behind_it(cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    assert (issued.stage, issued.issued_by, issued.issued_at, issued.rows, issued.pages) == (
        Stage.ISSUED, cast.lead, LATER, 2, 2,
    )  # fmt: skip
    (file,) = issued.files.all()
    assert (file.format, file.size) == (Format.CSV, len(file.file.read()))
    assert from_plain(issued.content).content_hash() == issued.content_hash
    assert len(issued.history_digest) == 64
    note = Event.objects.get(what="release.issued")
    assert (note.details["audience"], note.details["files"]) == ("exempt", {"csv": file.sha256})
    assert list(faults_in_papers()) == []


def test_a_later_change_of_the_plan_changes_nothing_of_what_was_issued(cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    before = issued.content
    plan_changes.withdraw(cast.action, by=cast.lead, at=factories.moment(2026, 4, 1), note="Overtaken")
    issued.refresh_from_db()
    assert issued.content == before
    assert list(faults_in_papers()) == []


def test_without_a_file_nothing_is_issued(cast: Cast) -> None:
    ready = a_ready_release(cast.plan, by=cast.lead)
    with pytest.raises(RefusedRelease, match="no file"):
        try_to_issue(ready, cast, files={})
    ready.refresh_from_db()
    assert ready.stage == Stage.READY


def test_all_of_it_is_issued_or_nothing(cast: Cast) -> None:
    ready = a_ready_release(cast.plan, by=cast.lead)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        try_to_issue(ready, cast, pages=-1)
    ready.refresh_from_db()
    assert (ready.stage, ready.content) == (Stage.READY, None)
    assert not ReleaseFile.objects.exists()


def test_issued_papers_are_never_thrown_away(cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    with pytest.raises(RefusedRelease, match="kept for ever"):
        discard_release(issued, by=cast.lead, at=LATER, expected_version=issued.version)


@pytest.mark.parametrize(
    "said", [{"title": "x"}, {"content_hash": "0" * 64}, {"stage": "draft"}, {"content": None}, {"version": 99}]
)
def test_the_database_refuses_to_change_what_was_issued(said: dict[str, Any], cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
        Release.objects.filter(pk=issued.pk).update(**said)


def test_the_database_refuses_to_delete_what_was_issued(cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        issued.delete()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute("DELETE FROM plans_releasefile WHERE release_id = %s", [issued.pk])
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM plans_release WHERE id = %s", [issued.pk])


@pytest.mark.parametrize("said", [{"sha256": "0" * 64}, {"file": "other"}, {"size": 1}])
def test_the_database_refuses_to_change_an_issued_file(said: dict[str, Any], cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ReleaseFile.objects.filter(release=issued).update(**said)


def test_a_draft_can_be_changed_and_thrown_away_in_the_database(cast: Cast) -> None:
    assert CLOSED == {"plans_release": ("stage", "issued")}
    draft = a_draft(cast.plan, by=cast.lead)
    assert Release.objects.filter(pk=draft.pk).update(title="Changed") == 1
    discard_release(draft, by=cast.lead, at=LATER, expected_version=1)
    assert not Release.objects.exists()
    assert Event.objects.get(what="release.discarded").details["title"] == "Changed"


def test_a_file_that_was_tampered_with_is_found(cast: Cast) -> None:
    issued = an_issued_release(cast.plan, by=cast.lead)
    (file,) = issued.files.all()
    storage, name = file.file.storage, file.file.name
    with storage.open(name, "rb") as kept:
        data = kept.read()
    storage.delete(name)
    assert ["missing" in fault for fault in faults_in_papers()] == [True]
    storage.save(name, ContentFile(data + b"x"))
    assert ["no longer what was issued" in fault for fault in faults_in_papers()] == [True]


# Who sees what.


def test_drafts_are_seen_by_those_who_run_the_plan_and_issued_ones_by_who_reads_it(cast: Cast) -> None:
    draft, issued = a_draft(cast.plan, by=cast.lead), an_issued_release(cast.plan, by=cast.lead)
    seen = {name: set(Release.objects.visible_to(user)) for name, user in cast.everybody().items()}
    both, only = {draft, issued}, {issued}
    assert seen == {
        "lead": both, "administrator": both, "owner": only, "team_mate": only, "board_member": only, "auditor": only,
        "reader": set(), "partner": set(), "stranger": set(),
    }  # fmt: skip
    cast.plan.stage = "draft"
    cast.plan.save()
    assert set(Release.objects.visible_to(cast.board_member)) == set()


def test_a_paper_that_is_not_for_publication_needs_the_permission_or_a_seat(cast: Cast) -> None:
    exempt, public = (
        an_issued_release(cast.plan, by=cast.lead),
        an_issued_release(cast.plan, by=cast.lead, audience=Audience.PUBLIC, title="For all"),
    )
    assert set(Release.objects.visible_to(cast.reader)) == {public}
    Seat.objects.create(board=Board.objects.create(organisation=cast.council, name="Another"), person=cast.reader)
    assert set(Release.objects.visible_to(cast.reader)) == {public}
    Seat.objects.create(board=cast.board, person=cast.reader)
    assert set(Release.objects.visible_to(cast.reader)) == {public, exempt}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_issued_as_word_and_pdf_and_a_summary_for_reading_has_no_tables(kind: Kind) -> None:
    formats = list(formats_of(kind))
    assert formats[:2] == [Format.WORD, Format.PDF]
    assert (Format.CSV in formats) == (kind != Kind.YOUNG_PEOPLE)


def test_a_draft_needs_a_known_kind(cast: Cast) -> None:
    draft = draft_release(
        cast.plan, kind=Kind.MEASURES, title="Measures", audience=Audience.PUBLIC, by=cast.lead, at=AS_AT
    )
    assert draft.audience == Audience.PUBLIC
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=draft.pk).update(stage="half-way")
