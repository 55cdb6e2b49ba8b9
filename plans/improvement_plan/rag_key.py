"""What an owner's rating means in a plan: the usual words, or the plan's own.

The rating that is worked out from dates always follows ``rules.RAG_KEY``; so does timeliness: neither is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import RAG_KEY, Rag

Key = tuple[tuple[Rag, str], ...]


class KeyChangedSince(Exception):
    """Somebody else changed the key after the form was opened. ``by`` is their name, where it is known."""

    def __init__(self, by: str) -> None:
        super().__init__("The key has changed since you opened it.")
        self.by = by


def key_of_words(own: Mapping[str, str]) -> Key:
    """The four ratings with their meanings: the plan's own words where it has any."""
    return tuple((word, own.get(word.value) or usual) for word, usual in RAG_KEY)


def key_of(plan: Plan, moment: datetime | None = None) -> Key:
    """What each rating of an owner means in the plan, now or as at ``moment``."""
    return key_of_words(plan.rag_key if moment is None else _words_at(plan, moment))


def has_own_words(key: Key) -> bool:
    """Whether a plan's key says anything else than the usual one."""
    return key != RAG_KEY


def _words_at(plan: Plan, moment: datetime) -> dict[str, str]:
    entries = plan.history.order_by("history_id").values_list("rag_key", flat=True)
    # A plan whose history was loaded later than it ran had its first key from the start.
    found = entries.filter(history_date__lte=moment).last()
    found = entries.first() if found is None else found
    return plan.rag_key if found is None else found


def plans_with_own_key(user: User) -> Any:
    """The plans that ``user`` sees whose ratings do not mean the usual."""
    return Plan.objects.visible_to(user).exclude(rag_key={}).order_by("title", "pk")


@transaction.atomic
def change_key(
    plan: Plan, meanings: Mapping[Rag, str], *, by: User, at: datetime, opened_with: Mapping[str, str] | None = None
) -> bool:
    """Keep what the owner's ratings mean; empty, or the usual words, is the usual. False where nothing differs.

    ``opened_with`` is the key that the form showed. Raises KeyChangedSince where it is no longer that one.
    """
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if opened_with is not None and dict(opened_with) != locked.rag_key:
        latest = locked.history.select_related("history_user").order_by("-history_id").first()
        raise KeyChangedSince(str(latest.history_user) if latest and latest.history_user else "Somebody else")
    usual = dict(RAG_KEY)
    own = {word.value: said for word, said in meanings.items() if said and said != usual[word]}
    if own == locked.rag_key:
        return False
    before, locked.rag_key = locked.rag_key, own
    locked._history_user, locked._history_date = by, at  # type: ignore[attr-defined]
    locked.save(update_fields=["rag_key"])
    note_event("plan.rag_key_changed", locked, by=by, at=at, before=before, after=own)
    return True


def changes_of_key(plan: Plan) -> list[tuple[Any, tuple[tuple[Rag, str, str], ...]]]:
    """The changes of the key, newest first: the entry of the plan's history, and each rating with before and after."""
    entries = list(plan.history.select_related("history_user").order_by("history_id"))
    found = []
    for before, after in zip(entries, entries[1:], strict=False):
        if before.rag_key != after.rag_key:
            pairs = zip(key_of_words(before.rag_key), key_of_words(after.rag_key), strict=True)
            found.append((after, tuple((word, was, now) for (word, was), (_, now) in pairs if was != now)))
    return found[::-1]
