"""A draft is kept until it is sent, is nobody else's, and no draft that was not read is thrown away."""

from __future__ import annotations

import pytest

from plans.improvement_plan.ledger import ChangedSince, record
from plans.improvement_plan.models import Update
from plans.improvement_plan.rules import Kind
from plans.monitoring.drafts import AnotherDraft, draft_mark, drafts_of, drop_draft, keep_draft, send_update
from plans.monitoring.models import UpdateDraft
from tests import factories
from tests.cast import Cast

TEN = factories.moment(2026, 3, 5, 10)
ELEVEN = factories.moment(2026, 3, 5, 11)
SAID = {"version": "1", "status": "in_progress", "note": "Half is sampled"}


def test_a_draft_changes_nothing_of_the_plan(cast: Cast) -> None:
    keep_draft(cast.action, SAID, person=cast.owner, at=TEN)
    assert Update.objects.filter(action=cast.action).count() == 1
    assert [draft.said for draft in drafts_of(cast.owner)] == [SAID]
    assert not drafts_of(cast.lead)


def test_saving_again_replaces_the_draft_that_was_opened(cast: Cast) -> None:
    first = keep_draft(cast.action, SAID, person=cast.owner, at=TEN, opened_with="")
    again = keep_draft(cast.action, {"note": "More"}, person=cast.owner, at=ELEVEN, opened_with=draft_mark(first))
    assert (again.pk, again.said) == (first.pk, {"note": "More"})


def test_a_draft_saved_in_another_window_is_not_overwritten_unread(cast: Cast) -> None:
    kept = keep_draft(cast.action, SAID, person=cast.owner, at=TEN)
    with pytest.raises(AnotherDraft) as refusal:
        keep_draft(cast.action, {"note": "Other"}, person=cast.owner, at=ELEVEN, opened_with="")
    assert refusal.value.draft.said == SAID
    assert not drop_draft(cast.action, person=cast.owner, opened_with="")
    assert UpdateDraft.objects.get(pk=kept.pk).said == SAID


def test_what_is_sent_is_no_draft_any_more(cast: Cast) -> None:
    kept = keep_draft(cast.action, SAID, person=cast.owner, at=TEN)
    mine = keep_draft(cast.action, SAID, person=cast.lead, at=TEN)
    send_update(
        cast.action, by=cast.owner, at=ELEVEN, draft=draft_mark(kept), status="in_progress", note="Half is sampled"
    )
    assert list(UpdateDraft.objects.all()) == [mine]


def test_a_draft_stays_where_sending_it_is_refused(cast: Cast) -> None:
    kept = keep_draft(cast.action, SAID, person=cast.owner, at=TEN)
    record(cast.action, by=cast.lead, at=TEN, kind=Kind.PROGRESS, note="Meanwhile")
    with pytest.raises(ChangedSince):
        send_update(
            cast.action,
            by=cast.owner,
            at=ELEVEN,
            draft=draft_mark(kept),
            status="in_progress",
            note="Half",
            expected_version=1,
        )
    assert UpdateDraft.objects.filter(pk=kept.pk).exists()
