"""The one door: every change to an action goes through here and leaves an update behind.

``record`` writes the action's state now and the update that says since when, by whom and why, in one
transaction. ``record_history`` writes whole histories at once, by the same rules, for loading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models, router, transaction

from plans.access.models import Post, User
from plans.improvement_plan.many_rows import new_keys, write_rows
from plans.improvement_plan.models import Action, ActionAnswer, ActionSupport, Plan, Update
from plans.improvement_plan.rules import KINDS_WITH_REASON, OPEN_STATUSES, REPORTING_KINDS, Kind, may_move
from plans.improvement_plan.state import DERIVED_FIELDS, LATER_FIELDS, STATE_FIELDS, ActionState, state_of

BESIDE_STATE = ("action_id", "sequence", "at", "recorded_at", "by_id", "kind", "note", "made_up", "previous_hash")
_WRITTEN = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


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


_PLAIN = frozenset({str, int, bool, type(None), list})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def hash_of(update: Update) -> str:
    """SHA-256 over every column of the update save ``until``, and so over the update before it."""
    return _hash_of_row(update.__dict__)


_EARLY = tuple(name for name in (*BESIDE_STATE, *STATE_FIELDS) if name not in LATER_FIELDS)


def _hash_of_row(columns: Mapping[str, Any]) -> str:
    row = {name: value if type(value := columns[name]) in _PLAIN else _plain(value) for name in _EARLY}
    for name, unsaid in LATER_FIELDS.items():
        if (value := columns[name]) != unsaid:
            row[name] = _plain(value)
    return hashlib.sha256(_WRITTEN(row).encode()).hexdigest()


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


def _row_of(
    action_id: int,
    sequence: int,
    previous_hash: str,
    state: dict[str, Any],
    change: Change,
    at: datetime,
    recorded_at: datetime,
) -> dict[str, Any]:
    """The columns of the update that follows the one with ``previous_hash``, by their attributes' names."""
    row = {
        **state,
        "action_id": action_id,
        "sequence": sequence,
        "at": at,
        "until": None,
        "recorded_at": recorded_at,
        "by_id": change.by.pk,
        "kind": str(change.kind),
        "note": change.note.strip(),
        "made_up": change.illustration,
        "previous_hash": previous_hash,
    }
    row["hash"] = _hash_of_row(row)
    return row


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


# The interval rows behind ``support`` and ``also_answers``: their model, what they link to, and the ids of a state.
_LINKS: tuple[tuple[Any, str, Callable[[dict[str, Any]], set[int]]], ...] = (
    (ActionSupport, "post_id", lambda columns: {post_id for post_id, _ in columns["support"]}),
    (ActionAnswer, "area_id", lambda columns: set(columns["also_answers"])),
)


def _write_links(updates: Sequence[dict[str, Any]]) -> None:
    """The interval rows of new actions, from all their updates in order."""
    for model, key, ids in _LINKS:
        links: list[dict[str, Any]] = []
        held: dict[int, dict[str, Any]] = {}
        for update in updates:
            wanted = ids(update)
            if update["sequence"] == 1:
                held = {}
            for gone in held.keys() - wanted:
                held.pop(gone)["until"] = update["at"]
            for new in sorted(wanted - held.keys()):
                held[new] = {key: new, "action_id": update["action_id"], "since": update["at"], "until": None}
                links.append(held[new])
        write_rows(model, links)


def _follow_links(update: Update, before: Update) -> None:
    """Keep the interval rows behind ``support`` and ``also_answers`` in step with the state."""
    if before.support == update.support and before.also_answers == update.also_answers:
        return
    for model, key, ids in _LINKS:
        wanted = ids(update.__dict__)
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
    row = _row_of(current.pk, before.sequence + 1, before.hash, state, change, moment, recorded_at or at)
    update = Update(**row)
    update.by = by
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
    keys = new_keys(Action, len(steps))
    actions = [
        Action(pk=key, **{**rows[-1][2], "plan_id": plan.pk}, version=len(rows))
        for key, rows in zip(keys, steps, strict=True)
    ]
    write_rows(Action, [action.__dict__ for action in actions])
    for action in actions:
        action._state.adding, action._state.db = False, router.db_for_write(Action)
    updates: list[dict[str, Any]] = []
    for key, rows in zip(keys, steps, strict=True):
        hash_before = ""
        for number, (change, at, state) in enumerate(rows, start=1):
            update = _row_of(key, number, hash_before, {**state, "plan_id": plan.pk}, change, at, recorded_at)
            if number > 1:
                updates[-1]["until"] = at
            updates.append(update)
            hash_before = update["hash"]
    write_rows(Update, updates)
    _write_links(updates)
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
