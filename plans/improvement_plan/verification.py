"""Whether history still says what was recorded: each action's chain of updates, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from plans.improvement_plan.ledger import hash_of
from plans.improvement_plan.models import Action, ActionSupport, Update
from plans.improvement_plan.state import state_of


def faults_in_history(chunk: int = 2000) -> Iterator[str]:
    """A sentence for each fault found, naming the row. Reads all updates once, in constant memory."""
    before: Update | None = None
    last_updates: list[Update] = []
    with_history = 0
    for update in Update.objects.order_by("action_id", "sequence").iterator(chunk_size=chunk):
        if before is not None and before.action_id != update.action_id:
            last_updates.append(before)
            before = None
        with_history += before is None
        yield from _faults_of(update, before)
        before = update
        if len(last_updates) >= chunk:
            yield from _faults_at_the_end(last_updates)
            last_updates = []
    yield from _faults_at_the_end([*last_updates, *([before] if before else [])])
    missing = Action.objects.count() - with_history
    if missing:
        yield f"{missing} actions have no update at all."


def _name(update: Update) -> str:
    return f"Update {update.pk} (action {update.action_id}, number {update.sequence})"


def _faults_of(update: Update, before: Update | None) -> Iterator[str]:
    if update.sequence != (before.sequence + 1 if before else 1):
        yield f"{_name(update)}: an update before it is missing."
    elif update.previous_hash != (before.hash if before else ""):
        yield f"{_name(update)}: does not follow the update before it."
    if hash_of(update) != update.hash:
        yield f"{_name(update)}: has been changed since it was recorded."
    if before and before.until != update.at:
        yield f"{_name(before)}: does not end when the next one begins."


def _faults_at_the_end(last_updates: list[Update]) -> Iterator[str]:
    ids = [update.action_id for update in last_updates]
    actions = Action.objects.in_bulk(ids)
    supporting: dict[int, set[int]] = {}
    held = ActionSupport.objects.filter(action__in=ids, until__isnull=True)
    for action_id, post_id in held.values_list("action_id", "post_id"):
        supporting.setdefault(action_id, set()).add(post_id)
    for last in last_updates:
        if last.until is not None:
            yield f"{_name(last)}: the update after it is missing."
        action = actions.get(last.action_id)
        if action is None:
            yield f"Action {last.action_id}: is gone, though it has updates."
            continue
        if {post for post, _ in action.support} != supporting.get(action.pk, set()):
            yield f"Action {action.pk}: its supporting posts are not those that its history names."
        if state_of(action) != state_of(last) or action.version != last.sequence:
            yield f"Action {action.pk}: is not as its last update says."
