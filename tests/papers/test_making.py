"""Papers made outside the request: once, step by step, and what goes wrong is said in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from plans.papers import making
from plans.papers.brief import Choices
from plans.papers.changes import (
    RefusedRelease,
    ReleaseChanged,
    back_to_draft,
    change_draft,
    draft_release,
    make_ready,
)
from plans.papers.content import from_plain
from plans.papers.models import Making, Release, WorkingCopy
from plans.papers.rules import Audience, Format, Kind, Stage
from plans.papers.verification import faults_in_papers
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 5, 1)


def clock() -> datetime:
    return AT + timedelta(minutes=1)


def a_ready_release(cast: Cast, **said: Any) -> Release:
    drafted = draft_release(
        cast.plan, kind=Kind.FULL_PLAN, title="Plan for cabinet", audience=Audience.EXEMPT, by=cast.lead, at=AT, **said
    )
    return make_ready(drafted, as_at=AT, by=cast.lead, at=AT, expected_version=drafted.version)


def asked(release: Release, cast: Cast) -> Making:
    return making.ask_to_issue(release, by=cast.lead, at=AT, expected_version=release.version)


def test_a_ready_release_is_issued_with_every_file_and_its_content(cast: Cast) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem, wanted.ended_at) == (Making.State.DONE, "", clock())
    assert wanted.done == wanted.steps
    release.refresh_from_db()
    assert (release.stage, release.issued_by, release.issued_at) == (Stage.ISSUED, cast.lead, clock())
    assert {file.format for file in release.files.all()} == {"docx", "pdf", "xlsx", "csv"}
    assert release.pages is not None
    assert release.pages >= 1
    paper = from_plain(release.content)
    assert paper.content_hash() == release.content_hash
    assert "Draft: this paper has not been issued." not in paper.stamp.sentences()
    assert list(faults_in_papers()) == []


def test_what_was_made_already_is_not_made_again(cast: Cast) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    making.make(wanted.pk, clock)
    making.make(wanted.pk, clock)
    assert release.files.count() == 4


def test_asking_twice_while_it_is_made_answers_the_same(cast: Cast) -> None:
    release = a_ready_release(cast)
    first = asked(release, cast)
    assert asked(release, cast) == first
    later = AT + making.LONGEST + timedelta(minutes=1)
    assert making.ask_to_issue(release, by=cast.lead, at=later, expected_version=release.version) != first


def test_a_release_that_changed_meanwhile_is_not_issued_and_says_so(cast: Cast) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    back = back_to_draft(release, by=cast.lead, at=AT, expected_version=release.version)
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem) == (Making.State.FAILED, "This paper has changed since you opened it.")
    back.refresh_from_db()
    assert (back.stage, back.files.count()) == (Stage.DRAFT, 0)


def test_only_a_ready_release_is_asked_for_and_only_as_it_is(cast: Cast) -> None:
    release = a_ready_release(cast)
    with pytest.raises(ReleaseChanged):
        making.ask_to_issue(release, by=cast.lead, at=AT, expected_version=release.version - 1)
    draft = back_to_draft(release, by=cast.lead, at=AT, expected_version=release.version)
    with pytest.raises(RefusedRelease, match="ready"):
        making.ask_to_issue(draft, by=cast.lead, at=AT, expected_version=draft.version)
    change_draft(draft, by=cast.lead, at=AT, expected_version=draft.version, title="Another title")


def test_nobody_issues_who_no_longer_runs_the_plan(cast: Cast) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    cast.lead.memberships.all().delete()
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert wanted.problem == "Only an improvement lead or an administrator issues papers."


def test_an_unforeseen_fault_is_kept_as_a_sentence_and_leaves_no_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(making, "file_of", fails)
    wanted = asked(a_ready_release(cast), cast)
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem) == (Making.State.FAILED, making.UNKNOWN)
    assert not Release.objects.filter(stage=Stage.ISSUED).exists()


def a_copy(cast: Cast) -> Making:
    return making.ask_for_copy(
        cast.plan,
        kind=Kind.FULL_PLAN,
        file_format=Format.CSV,
        audience=Audience.EXEMPT,
        as_at=None,
        choices=Choices(),
        by=cast.team_mate,
        at=AT,
    )


def test_a_working_copy_waits_as_a_file_and_is_forgotten_after_a_day(cast: Cast) -> None:
    wanted = a_copy(cast)
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert wanted.state == Making.State.DONE
    with wanted.file.open("rb") as file:
        assert file.read().startswith(b"\xef\xbb\xbf")
    assert WorkingCopy.objects.get().made_by == cast.team_mate
    name = wanted.file.name
    another = a_copy(cast)
    making.make(another.pk, lambda: clock() + making.KEPT + timedelta(minutes=5))
    wanted.refresh_from_db()
    assert not wanted.file
    assert not default_storage.exists(name)


def test_who_sees_only_their_own_actions_gets_no_paper(cast: Cast) -> None:
    wanted = a_copy(cast)
    Making.objects.filter(pk=wanted.pk).update(asked_by=cast.partner)
    making.make(wanted.pk, clock)
    wanted.refresh_from_db()
    assert "you see only your own actions" in wanted.problem
