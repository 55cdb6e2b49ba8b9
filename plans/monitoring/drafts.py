"""Drafts of updates: what an officer typed and has not sent. Nothing here is part of the plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from plans.access.models import User
from plans.improvement_plan.models import Action, Update
from plans.monitoring.changes import submit_update
from plans.monitoring.models import UpdateDraft


class AnotherDraft(Exception):
    """The person saved another draft of the same update after the form was opened, say in another window."""

    def __init__(self, draft: UpdateDraft) -> None:
        super().__init__("You saved another draft of this update after you opened the form.")
        self.draft = draft


def drafts_of(person: User, actions: Collection[int] | None = None) -> QuerySet[UpdateDraft]:
    """The person's own drafts, of actions that they still see, newest first."""
    seen = Action.objects.visible_to(person)
    if actions is not None:
        seen = seen.filter(pk__in=actions)
    rows = UpdateDraft.objects.filter(person=person, action__in=seen.values("pk"))
    return rows.select_related("action").order_by("-saved_at", "-pk")


def draft_mark(draft: UpdateDraft | None) -> str:
    """What a form was opened with: another draft, or a later saving of it, has another; “” for none."""
    return draft.saved_at.isoformat() if draft else ""


@transaction.atomic
def keep_draft(
    action: Action, said: Mapping[str, str], *, person: User, at: datetime, opened_with: str | None = None
) -> UpdateDraft:
    """Keep what was typed, in the place of the person's earlier draft. Raises AnotherDraft where that one is not
    the one that the form was opened with (``opened_with``, see ``draft_mark``; None: do not ask)."""
    kept = UpdateDraft.objects.select_for_update().filter(person=person, action=action).first()
    if kept is None:
        return UpdateDraft.objects.create(person=person, action=action, said=dict(said), saved_at=at)
    if opened_with is not None and opened_with != draft_mark(kept):
        raise AnotherDraft(kept)
    kept.said, kept.saved_at = dict(said), at
    kept.save(update_fields=["said", "saved_at"])
    return kept


def drop_draft(action: Action, *, person: User, opened_with: str) -> bool:
    """Throw away the draft that the form was opened with, and no other; whether it was there."""
    kept = UpdateDraft.objects.filter(person=person, action=action).first()
    if kept is None or draft_mark(kept) != opened_with:
        return False
    return bool(UpdateDraft.objects.filter(pk=kept.pk, saved_at=kept.saved_at).delete()[0])


@transaction.atomic
def send_update(action: Action, *, by: User, at: datetime, draft: str, **said: Any) -> Update:
    """``submit_update``, after which the draft that the form was opened with is gone. Raises as that does."""
    update = submit_update(action, by=by, at=at, **said)
    drop_draft(action, person=by, opened_with=draft)
    return update
