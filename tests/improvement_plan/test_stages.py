"""A plan's stages: which moves there are, who makes them, what blocks them, and what the trail keeps."""

from __future__ import annotations

from typing import Any

import pytest

from plans.improvement_plan import changes
from plans.improvement_plan.ledger import RefusedChange, record
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import Kind, Status
from plans.improvement_plan.stages import Found, is_back, move_stage, moves_of, next_stages, unfinished
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 2, 1)
CLEAN = Found()


def move(cast: Cast, to: str, **said: Any) -> Any:
    return move_stage(cast.plan, to, **{"by": cast.lead, "at": AT, "found": CLEAN, **said})


def put(cast: Cast, stage: str) -> None:
    cast.plan.stage = stage
    cast.plan.save()


@pytest.mark.parametrize(
    ("stage", "onward"),
    [
        ("draft", ["agreed"]),
        ("agreed", ["submitted", "draft"]),
        ("submitted", ["closed", "agreed"]),
        ("closed", ["submitted"]),
    ],
)
def test_a_plan_moves_one_stage_on_or_one_back(cast: Cast, stage: str, onward: list[str]) -> None:
    assert next_stages(stage) == onward
    put(cast, stage)
    for to in set(Plan.Stage.values) - set(onward):
        with pytest.raises(RefusedChange, match="cannot become"):
            move(cast, to, reason="Because")
    assert Plan.objects.get(pk=cast.plan.pk).stage == stage


def test_a_move_is_kept_in_the_trail_and_in_the_history_of_the_plan(cast: Cast) -> None:
    put(cast, "draft")
    event = move(cast, "agreed")
    assert (event.what, event.by, event.at) == ("plan.stage_changed", cast.lead.email, AT)
    said = {"before": "draft", "after": "agreed", "reason": "", "overruled": []}
    assert event.details.items() >= said.items()
    assert cast.plan.stage == "agreed"
    kept = cast.plan.history.get(history_user=cast.lead)
    assert (kept.stage, kept.history_date) == ("agreed", AT)
    assert is_back("agreed", "draft")
    assert not is_back("draft", "agreed")
    back = move(cast, "draft", reason="The director has not seen it " + "x" * 200)
    assert moves_of(cast.plan) == [back, event]


@pytest.mark.parametrize(("stage", "to"), [("agreed", "draft"), ("submitted", "agreed"), ("closed", "submitted")])
def test_going_back_needs_a_reason_and_passes_no_check(cast: Cast, stage: str, to: str) -> None:
    put(cast, stage)
    with pytest.raises(RefusedChange, match="reason for moving the plan back") as refused:
        move(cast, to, reason="  ")
    assert refused.value.field == "reason"
    assert move(cast, to, reason="Returned", found=Found(errors=["H01"])).details["overruled"] == []


def test_errors_block_submission_and_no_reason_overrules_them(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match="2 errors are left"):
        move(cast, "submitted", reason="Do it", found=Found(errors=["H01", "H04"]))
    with pytest.raises(RefusedChange, match="1 error is left"):
        move(cast, "submitted", reason="Do it", found=Found(errors=["H01"]))
    assert Plan.objects.get(pk=cast.plan.pk).stage == "agreed"
    assert moves_of(cast.plan) == []


def test_warnings_are_overruled_with_a_reason_that_is_kept(cast: Cast) -> None:
    found = Found(warnings=["H05", "H05", "H18"])
    with pytest.raises(RefusedChange, match="submitting the plan with warnings left"):
        move(cast, "submitted", found=found)
    event = move(cast, "submitted", found=found, reason="The measures come in May")
    assert event.details["overruled"] == ["H05", "H05", "H18"]
    assert event.details["reason"] == "The measures come in May"


def test_a_draft_is_agreed_whatever_the_check_says(cast: Cast) -> None:
    put(cast, "draft")
    move(cast, "agreed", found=Found(errors=["H01"], warnings=["H05"]))
    assert Plan.objects.get(pk=cast.plan.pk).stage == "agreed"


@pytest.mark.parametrize("status", list(Status))
def test_a_plan_is_closed_once_every_action_is_signed_off_or_withdrawn(cast: Cast, status: Status) -> None:
    plan = factories.a_plan(cast.council, stage="submitted")
    factories.an_action(plan, cast.lead, reference="9.1", status=status)
    if status in (Status.SIGNED_OFF, Status.WITHDRAWN):
        move_stage(plan, "closed", by=cast.lead, at=AT, found=CLEAN)
        assert plan.stage == "closed"
    else:
        assert unfinished(plan) == ["9.1"]
        with pytest.raises(RefusedChange, match="Action 9.1 is neither signed off nor withdrawn"):
            move_stage(plan, "closed", by=cast.lead, at=AT, found=CLEAN, reason="All the same")


def test_all_unfinished_actions_are_named_and_an_asked_extension_finishes_none(cast: Cast) -> None:
    put(cast, "submitted")
    asked = {"asked_due_date": factories.START.date(), "asked_due_precision": "day", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=AT, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)
    with pytest.raises(RefusedChange, match="2 actions are neither signed off nor withdrawn: 1.1, 1.2"):
        move(cast, "closed")
    changes.withdraw(cast.partner_action, by=cast.lead, at=AT, note="Overtaken")
    assert unfinished(cast.plan) == ["1.1"]


def test_closing_with_warnings_left_needs_a_reason(cast: Cast) -> None:
    plan = factories.a_plan(cast.council, stage="submitted")
    with pytest.raises(RefusedChange, match="closing the plan with warnings left"):
        move_stage(plan, "closed", by=cast.lead, at=AT, found=Found(warnings=["H08"]))


@pytest.mark.parametrize("member", ["owner", "team_mate", "stranger", "board_member", "partner", "reader"])
def test_only_those_who_run_the_plan_move_it(cast: Cast, member: str) -> None:
    with pytest.raises(RefusedChange, match="Only those who run the plan"):
        move(cast, "submitted", by=getattr(cast, member))


def test_who_saw_another_stage_is_told_and_nothing_moves(cast: Cast) -> None:
    stale = Plan.objects.get(pk=cast.plan.pk)
    move(cast, "submitted")
    with pytest.raises(RefusedChange, match="it is submitted now"):
        move_stage(stale, "submitted", by=cast.lead, at=AT, found=CLEAN, opened="agreed")
    assert len(moves_of(cast.plan)) == 1
