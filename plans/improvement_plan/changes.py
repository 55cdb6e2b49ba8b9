"""The writes of this stage. Each names who, and when; each goes through the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plans.access.models import Organisation, User
from plans.audit.changes import note_event
from plans.documents.dates import PrintedDate
from plans.findings.models import Area
from plans.improvement_plan.ledger import ChangedSince, RefusedChange, current_update, record, supporting
from plans.improvement_plan.models import Action, Plan, PlanArea, Update
from plans.improvement_plan.permissions import has_in_hand
from plans.improvement_plan.rules import Impact, Kind, Status


def due_columns(due: PrintedDate | None, *, prefix: str = "due") -> dict[str, Any]:
    """A printed date as the state's columns."""
    if due is None:
        return {f"{prefix}_date": None, f"{prefix}_precision": "", f"{prefix}_printed": ""}
    return {
        f"{prefix}_date": due.last_day,
        f"{prefix}_precision": due.precision,
        f"{prefix}_printed": due.printed,
    }


@transaction.atomic
def answer_areas(plan: Plan, areas: Iterable[Area]) -> None:
    """Put the areas into the plan, after those it has already."""
    position = plan.plan_areas.count()
    for area in areas:
        _, made = PlanArea.objects.get_or_create(plan=plan, area=area, defaults={"position": position + 1})
        position += made


@transaction.atomic
def start_plan(organisation: Organisation, title: str, areas: Iterable[Area], *, by: User, at: datetime) -> Plan:
    """A draft plan that answers these areas and has no action yet."""
    plan = Plan.objects.create(organisation=organisation, title=title)
    answer_areas(plan, areas)
    note_event("plan.started", plan, by=by, at=at)
    return plan


def amend(
    action: Action,
    *,
    by: User,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
    **changes: Any,
) -> Update | None:
    """Correct or reassign an action (wording, reference, area, lead, support, publication …).

    Nothing is recorded, and None answered, where nothing differs. A later due date counts as an extension.
    Raises ChangedSince before anything else: what differs can only be told from what the writer saw.
    """
    if expected_version is not None and expected_version != action.version:
        raise ChangedSince(current_update(action))
    posts = changes.pop("support_posts", None)
    if posts is not None:
        changes["support"] = supporting(posts)
    different = {name: value for name, value in changes.items() if getattr(action, name) != value}
    if not different:
        return None
    if {"due_date", "due_precision"} & set(different) and action.due_date:
        if has_in_hand(by, action):
            raise RefusedChange("Nobody moves the date of their own action. Ask for an extension.", "due")
        if not note.strip():
            raise RefusedChange("Give a reason for moving a date that was agreed.", "note")
        different |= nothing_asked()
    return record(action, by=by, at=at, kind=Kind.AMENDED, note=note, expected_version=expected_version, **different)


def agree_extension(
    action: Action, *, by: User, at: datetime, due: PrintedDate, note: str = "", expected_version: int | None = None
) -> Update:
    """Move the due date to the one asked for, or to another that is later. Counts as an extension.

    Raises RefusedChange where ``by`` asked for it, or where the date is no later one.
    """
    _must_be_asked(action)
    asked = action.updates.filter(kind=Kind.EXTENSION_ASKED).order_by("-sequence").first()
    if asked and asked.by_id == by.pk:
        raise RefusedChange("Somebody other than the person who asked for it must agree an extension.", "outcome")
    if due.last_day is None or (action.due_date and due.last_day <= action.due_date):
        raise RefusedChange("Enter a date later than the current one.", "due")
    changes = due_columns(due) | nothing_asked()
    return record(
        action, by=by, at=at, kind=Kind.EXTENSION_AGREED, note=note, expected_version=expected_version, **changes
    )


def refuse_extension(
    action: Action, *, by: User, at: datetime, note: str, expected_version: int | None = None
) -> Update:
    """Leave the due date as it is: the clock keeps running."""
    _must_be_asked(action)
    return record(
        action,
        by=by,
        at=at,
        kind=Kind.EXTENSION_REFUSED,
        note=note,
        expected_version=expected_version,
        **nothing_asked(),
    )


def _must_be_asked(action: Action) -> None:
    if not action.extension_pending:
        raise RefusedChange("No extension is waiting for a decision on this action.")


def nothing_asked() -> dict[str, Any]:
    """The state's columns where no extension waits."""
    return {"asked_due_date": None, "asked_due_precision": "", "asked_reason": ""}


def sign_off(
    action: Action,
    *,
    by: User,
    at: datetime,
    note: str = "",
    expected_version: int | None = None,
    impact: str = "",
    recheck_date: date | None = None,
) -> Update:
    """Agree that a complete action is done, with what difference it made and when to look again, where that is said.

    Raises RefusedChange where it is not complete, or where ``by`` reported it so.
    """
    if action.status != Status.COMPLETE:
        raise RefusedChange("Only an action that is complete can be signed off.", "outcome")
    if completed_by(action) == by.pk:
        raise RefusedChange("Somebody other than the person who reported it complete must sign it off.", "outcome")
    changes: dict[str, Any] = {"status": Status.SIGNED_OFF, "recheck_date": recheck_date, **nothing_asked()}
    if impact:
        changes["impact"] = impact
    return record(action, by=by, at=at, kind=Kind.SIGNED_OFF, note=note, expected_version=expected_version, **changes)


def completed_by(action: Action) -> int | None:
    """The id of who said that a complete action is complete, in an update or when adding it to the plan."""
    open_last = action.updates.exclude(status=Status.COMPLETE).order_by("-sequence").first()
    since = action.updates.filter(status=Status.COMPLETE, sequence__gt=open_last.sequence if open_last else 0)
    said = since.order_by("sequence").first()
    return said.by_id if said else None


def recheck(
    action: Action, *, holds: bool, by: User, at: datetime, note: str, expected_version: int | None = None
) -> Update:
    """Look again at a signed-off action: it is embedded, or it is reopened.

    Raises RefusedChange where it is not signed off.
    """
    if action.status != Status.SIGNED_OFF:
        raise RefusedChange("Only an action that is signed off is re-checked.", "outcome")
    said: dict[str, Any] = {"recheck_date": None}
    if holds:
        said |= {"impact": Impact.EMBEDDED}
    else:
        said |= {"status": Status.IN_PROGRESS}
    kind = Kind.RECHECKED if holds else Kind.REOPENED
    return record(action, by=by, at=at, kind=kind, note=note, expected_version=expected_version, **said)


def send_back(action: Action, *, by: User, at: datetime, note: str, expected_version: int | None = None) -> Update:
    """Return a complete, signed-off or withdrawn action to its owner."""
    kinds = {Status.SIGNED_OFF: Kind.REOPENED, Status.WITHDRAWN: Kind.REINSTATED}
    return record(
        action,
        by=by,
        at=at,
        kind=kinds.get(Status(action.status), Kind.SENT_BACK),
        note=note,
        expected_version=expected_version,
        status=Status.IN_PROGRESS,
        recheck_date=None,
    )


def withdraw(action: Action, *, by: User, at: datetime, note: str, expected_version: int | None = None) -> Update:
    """Take an action out of the plan; it stays in the history and in counts as withdrawn."""
    changes: dict[str, Any] = {"status": Status.WITHDRAWN, **nothing_asked()}
    return record(action, by=by, at=at, kind=Kind.WITHDRAWN, note=note, expected_version=expected_version, **changes)
