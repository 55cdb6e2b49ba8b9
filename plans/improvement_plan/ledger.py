"""The one door: every change to an action goes through here and leaves an update behind.

``record`` writes the action's state now and the update that says since when, by whom and why, in one
transaction. ``record_history`` writes whole histories at once, by the same rules, for loading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from plans.access.models import Post, User
from plans.improvement_plan.models import Action, ActionAnswer, ActionSupport, Plan, Update
from plans.improvement_plan.rules import KINDS_WITH_REASON, OPEN_STATUSES, REPORTING_KINDS, Kind, may_move
from plans.improvement_plan.state import DERIVED_FIELDS, LATER_FIELDS, STATE_FIELDS, ActionState, state_of

BESIDE_STATE = ("action_id", "sequence", "at", "recorded_at", "by_id", "kind", "note", "made_up", "previous_hash")
BATCH = 500
NEVER = object()


class ChangedSince(Exception):
    """Somebody else changed the action after the form was opened. ``update`` is their latest change."""

    def __init__(self, update: Update) -> None:
        super().__init__("This action has changed since you opened it.")
        self.update = update


class RefusedChange(ValueError):
    """A change that the rules do not allow. ``field`` is the form field beside which to say so."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass
class Change:
    """One entry of a history to be recorded: what ``record`` takes, without the action."""

    by: User
    at: datetime
    kind: Kind
    note: str = ""
    illustration: bool = False
    changes: dict[str, Any] = field(default_factory=dict)


def _actions() -> models.QuerySet[Action]:
    """Actions by the plain query set: the models' own refuses to write."""
    return models.QuerySet(Action)


def _updates() -> models.QuerySet[Update]:
    """Updates by the plain query set."""
    return models.QuerySet(Update)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def hash_of(update: Update) -> str:
    """SHA-256 over every column of the update save ``until``, and so over the update before it."""
    row = {
        name: _plain(value)
        for name in (*BESIDE_STATE, *STATE_FIELDS)
        if (value := getattr(update, name)) != LATER_FIELDS.get(name, NEVER)
    }
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _next_state(
    before: dict[str, Any] | None, change: Change, at: datetime, titles: Mapping[int, str]
) -> dict[str, Any]:
    """The state that follows; ``titles`` are those of the posts that may lead. Raises RefusedChange."""
    changes = dict(change.changes)
    unknown = set(changes) - set(STATE_FIELDS) | set(changes) & DERIVED_FIELDS
    if unknown:
        raise TypeError(f"Not fields that a caller may change: {', '.join(sorted(unknown))}")
    state = dict(before) if before else state_of(Action())
    if before and changes.get("plan_id", before["plan_id"]) != before["plan_id"]:
        raise TypeError("An action does not move to another plan.")
    if before is None:
        state["status"] = changes.get("status", state["status"])
    for name in ("wording", "reference"):
        if not str(changes.get(name, state[name])).strip():
            raise RefusedChange(f"Enter the {'action' if name == 'wording' else name}.", name)
    if before is not None and not may_move(state["status"], changes.get("status", state["status"]), change.kind):
        raise RefusedChange("The status cannot change in that way from what it is now.", "status")
    if change.kind in KINDS_WITH_REASON and not change.note.strip():
        raise RefusedChange("Give a reason.", "note")
    state.update(changes)
    if "lead_id" in changes:
        state["lead_title"] = titles[changes["lead_id"]] if changes["lead_id"] else ""
    _follow_dates(before, state)
    if change.kind == Kind.EXTENSION_ASKED and state["status"] not in OPEN_STATUSES:
        raise RefusedChange("Only an open action can be extended.", "asked_due")
    if change.kind in REPORTING_KINDS:
        state["reported_at"] = at
        state["progress"] = change.note.strip() or state["progress"]
    elif before is None and change.note.strip():
        state["progress"] = change.note.strip()
    if change.illustration or change.kind in REPORTING_KINDS:
        # What was made up stays marked until somebody really reports.
        state["illustration"] = change.illustration
    return state


def _titles(changes: Iterable[Change]) -> dict[int, str]:
    """The titles now of the posts that these changes name as lead."""
    posts = {change.changes["lead_id"] for change in changes if change.changes.get("lead_id")}
    return dict(Post.objects.filter(pk__in=posts).values_list("pk", "title")) if posts else {}


def _follow_dates(before: dict[str, Any] | None, state: dict[str, Any]) -> None:
    """Keep the date first agreed for ever, and count each move to a later date."""
    if state["due_date"] is None:
        if before and before["due_date"]:
            raise RefusedChange("A date that was agreed cannot be taken away.", "due")
        return
    if state["first_due_date"] is None:
        for part in ("date", "precision", "printed"):
            state[f"first_due_{part}"] = state[f"due_{part}"]
    elif before and before["due_date"] and state["due_date"] > before["due_date"]:
        state["extensions"] += 1


def _build(
    action_id: int,
    before: Update | None,
    state: dict[str, Any],
    change: Change,
    at: datetime,
    recorded_at: datetime,
) -> Update:
    update = Update(
        **state,
        action_id=action_id,
        sequence=before.sequence + 1 if before else 1,
        at=at,
        recorded_at=recorded_at,
        by=change.by,
        kind=change.kind,
        note=change.note.strip(),
        made_up=change.illustration,
        previous_hash=before.hash if before else "",
    )
    update.hash = hash_of(update)
    return update


def _moment(plan: Plan, before: datetime | None, at: datetime, recorded_at: datetime | None) -> datetime:
    """From when the new state holds: after the one before it, and never in what a board was shown."""
    earliest = before + timedelta(microseconds=1) if before else at
    if plan.settled_until and plan.settled_until > earliest:
        earliest = plan.settled_until
    if recorded_at is None or at == recorded_at:
        # A live change is kept even where the clock went back.
        return max(at, earliest)
    if at < earliest:
        raise RefusedChange(f"Nothing can be recorded before {earliest:%d %B %Y %H:%M} on this action.")
    return at


def supporting(posts: Iterable[Post]) -> list[list[Any]]:
    """Posts as ``ActionState.support`` holds them."""
    return [[post.pk, post.title] for post in posts]


def _follow_links(update: Update, before: Update | None) -> None:
    """Keep the interval rows behind ``support`` and ``also_answers`` in step with the state."""
    if before is None and not update.support and not update.also_answers:
        return
    if before and before.support == update.support and before.also_answers == update.also_answers:
        return
    wanted_posts = {post_id for post_id, _ in update.support}
    links: tuple[tuple[Any, str, set[int]], ...] = (
        (ActionSupport, "post_id", wanted_posts),
        (ActionAnswer, "area_id", set(update.also_answers)),
    )
    for model, key, wanted in links:
        held = model.objects.filter(action_id=update.action_id, until__isnull=True)
        held.exclude(**{f"{key}__in": wanted}).update(until=update.at)
        new = wanted - set(held.values_list(key, flat=True))
        model.objects.bulk_create(
            [model(**{key: value}, action_id=update.action_id, since=update.at) for value in sorted(new)]
        )


@transaction.atomic
def record(
    action: Action,
    *,
    by: User,
    at: datetime,
    kind: Kind,
    note: str = "",
    recorded_at: datetime | None = None,
    illustration: bool = False,
    expected_version: int | None = None,
    **changes: Any,
) -> Update:
    """Change ``action`` and write the update that says so; answers the update.

    ``at`` is from when the new state holds. ``recorded_at``, what the clock said, is given only for
    imported history; otherwise it is ``at``. ``changes`` are state columns (``lead_id``, not ``lead``).
    Raises ChangedSince where ``expected_version`` is not the action's, RefusedChange with a sentence where
    the rules say no; then nothing is written.
    """
    current = _actions().select_for_update(of=("self",)).select_related("plan").get(pk=action.pk)
    before = Update.objects.get(action_id=current.pk, until__isnull=True)
    if expected_version is not None and expected_version != current.version:
        raise ChangedSince(before)
    change = Change(by, at, kind, note, illustration, changes)
    if changes.get("reference", current.reference) != current.reference:
        _refuse_unusable_references(current.plan, [changes])
    moment = _moment(current.plan, before.at, at, recorded_at)
    state = _next_state(state_of(current), change, moment, _titles([change]))
    update = _build(current.pk, before, state, change, moment, recorded_at or at)
    _updates().filter(pk=before.pk).update(until=moment)
    _updates().bulk_create([update])
    _actions().filter(pk=current.pk).update(**state, version=update.sequence)
    _follow_links(update, before)
    for name, value in state.items():
        setattr(action, name, value)
    action.version = update.sequence
    return update


def add_action(
    plan: Plan,
    *,
    by: User,
    at: datetime,
    note: str = "",
    recorded_at: datetime | None = None,
    illustration: bool = False,
    **changes: Any,
) -> Action:
    """Add a row to the plan, last unless ``position`` is given, with its first update. Raises as ``record`` does."""
    if "position" not in changes:
        last = Action.objects.filter(plan=plan).order_by("-position").values_list("position", flat=True).first()
        changes["position"] = (last or 0) + 1
    first = Change(by, at, Kind.ADDED, note, illustration, changes)
    return record_history(plan, [[first]], recorded_at=recorded_at or at)[0]


@transaction.atomic
def record_history(plan: Plan, histories: Sequence[Sequence[Change]], *, recorded_at: datetime) -> list[Action]:
    """Add new actions to the plan, each with its whole history; answers them in the order given.

    The first change of each history adds the action. Raises RefusedChange as ``record`` does; then
    nothing is written.
    """
    _refuse_unusable_references(plan, [history[0].changes for history in histories])
    titles = _titles(change for history in histories for change in history)
    steps: list[list[tuple[Change, datetime, dict[str, Any]]]] = []
    for history in histories:
        rows: list[tuple[Change, datetime, dict[str, Any]]] = []
        for change in history:
            at = _moment(plan, rows[-1][1] if rows else None, change.at, recorded_at)
            rows.append((change, at, _next_state(rows[-1][2] if rows else None, change, at, titles)))
        steps.append(rows)
    actions = [Action(**{**rows[-1][2], "plan_id": plan.pk}, version=len(rows)) for rows in steps]
    _actions().bulk_create(actions, batch_size=BATCH)
    updates: list[Update] = []
    for action, rows in zip(actions, steps, strict=True):
        before: Update | None = None
        for change, at, state in rows:
            update = _build(action.pk, before, {**state, "plan_id": plan.pk}, change, at, recorded_at)
            if before:
                before.until = update.at
            updates.append(update)
            _follow_links(update, before)
            before = update
    _updates().bulk_create(updates, batch_size=BATCH)
    return actions


def _refuse_unusable_references(plan: Plan, rows: Sequence[dict[str, Any]]) -> None:
    taken = set(Action.objects.filter(plan=plan).values_list("reference", flat=True))
    for row in rows:
        reference = str(row.get("reference", "")).strip()
        if reference in taken:
            raise RefusedChange(f"The plan has an action {reference} already. Give another reference.", "reference")
        taken.add(reference)


def current_update(row: ActionState) -> Update:
    """The update behind a state: the row itself, or the action's latest."""
    return row if isinstance(row, Update) else Update.objects.get(action_id=row.pk, until__isnull=True)
