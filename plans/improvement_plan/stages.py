"""A plan's way from draft to closed, and back with a reason. Each move is a line of the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.audit.models import Event
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.permissions import runs
from plans.improvement_plan.rules import Status

MOVED = "plan.stage_changed"
ORDER = (Plan.Stage.DRAFT, Plan.Stage.AGREED, Plan.Stage.SUBMITTED, Plan.Stage.CLOSED)
# The stages that a plan enters only when it has passed the check.
CHECKED = frozenset({Plan.Stage.SUBMITTED, Plan.Stage.CLOSED})


@dataclass(frozen=True)
class Found:
    """What a check of the plan found: ids of rules, one for each finding (see ``oversight.hygiene``)."""

    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()


def next_stages(stage: str) -> list[Plan.Stage]:
    """Where a plan can go from ``stage``: one on, or one back."""
    place = ORDER.index(Plan.Stage(stage))
    return [ORDER[other] for other in (place + 1, place - 1) if 0 <= other < len(ORDER)]


def is_back(stage: str, to: str) -> bool:
    """Whether the move goes back."""
    return ORDER.index(Plan.Stage(to)) < ORDER.index(Plan.Stage(stage))


def unfinished(plan: Plan) -> list[str]:
    """References of the actions that are neither signed off nor withdrawn: while there is one, it cannot be closed."""
    rows = Action.objects.filter(plan=plan).exclude(status__in=[Status.SIGNED_OFF, Status.WITHDRAWN])
    return list(rows.order_by("position", "id").values_list("reference", flat=True))


@transaction.atomic
def move_stage(
    plan: Plan, to: str, *, by: User, at: datetime, found: Found, reason: str = "", opened: str | None = None
) -> Event:
    """Move the plan one stage on, or one back; answers the line of the trail.

    ``found`` is what the check of the plan found just now, ``opened`` the stage that the writer saw. Raises
    RefusedChange with a sentence, and writes nothing, where: somebody else moved it, ``by`` does not run the plan,
    the move skips a stage, there is no reason to go back or to overrule warnings, errors are left, or a plan to be
    closed has an action that is neither signed off nor withdrawn.
    """
    held = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    before, after = Plan.Stage(held.stage), Plan.Stage(to)
    reason = reason.strip()
    if not runs(by, held):
        raise RefusedChange("Only those who run the plan move it to another stage.")
    if opened is not None and opened != before:
        raise RefusedChange(
            f"Somebody moved this plan while you were deciding: it is {before.label.lower()} now.", "to"
        )
    if after not in next_stages(before):
        raise RefusedChange(f"A plan that is {before.label.lower()} cannot become {after.label.lower()}.", "to")
    overruled: list[str] = []
    if is_back(before, after):
        if not reason:
            raise RefusedChange("Give a reason for moving the plan back.", "reason")
    elif after in CHECKED:
        if after == Plan.Stage.CLOSED and (left := unfinished(held)):
            raise RefusedChange(_unfinished_words(left), "to")
        if found.errors:
            raise RefusedChange(_blocked_words(len(found.errors), after), "to")
        if found.warnings and not reason:
            raise RefusedChange(f"Give a reason for {_gerund(after)} the plan with warnings left.", "reason")
        overruled = sorted(found.warnings)
    held.stage = after
    held._history_user = by  # type: ignore[attr-defined]
    held._history_date = at  # type: ignore[attr-defined]
    held._change_reason = reason[:100] or None  # type: ignore[attr-defined]
    held.save(update_fields=["stage"])
    plan.stage = after
    return note_event(
        MOVED, held, by=by, at=at, before=before.value, after=after.value, reason=reason, overruled=overruled
    )


def moves_of(plan: Plan) -> list[Event]:
    """Every move so far, newest first."""
    return list(Event.objects.filter(what=MOVED, subject_ref=f"{plan._meta.model_name} {plan.pk}"))


def _unfinished_words(left: Sequence[str]) -> str:
    named = ", ".join(left[:10]) + (" …" if len(left) > 10 else "")
    if len(left) == 1:
        return f"Action {named} is neither signed off nor withdrawn."
    return f"{len(left)} actions are neither signed off nor withdrawn: {named}."


def _blocked_words(number: int, after: Plan.Stage) -> str:
    errors = "1 error is" if number == 1 else f"{number} errors are"
    return f"{errors} left. Mend what is listed before {_gerund(after)} the plan."


def _gerund(after: Plan.Stage) -> str:
    return {Plan.Stage.SUBMITTED: "submitting", Plan.Stage.CLOSED: "closing"}[after]
