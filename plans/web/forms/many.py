"""Many forms on one page, over one set of names and values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

ANOTHER_SAVED = (
    "Somebody else saved this page while you were writing. What you typed is below and not saved yet: save it to put it"
    " in the place of theirs, or open the page again to see theirs."
)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "do", "seen", "draft"})


def draft_of_data(data: Any) -> dict[str, list[str]]:
    """What was typed, as names and lists of values, to be kept until the page is opened again."""
    return {name: [value.replace("\0", "") for value in data.getlist(name)] for name in data if name not in NOT_KEPT}


def draft_version(draft: Any) -> str:
    """What a page was opened with: another writer's draft has another."""
    return hashlib.sha256(json.dumps(draft, sort_keys=True).encode()).hexdigest()[:24]


def is_a_key(typed: str) -> bool:
    """Whether it may be a row's number: digits, and no more than a database takes."""
    return typed.isdecimal() and len(typed) < 19


def count_of(data: Any, what: str, most: int) -> int:
    """How many rows of ``what`` the page has: its “what-count”, at most ``most``; 0 where it says nothing usable."""
    typed = str(data.get(f"{what}-count", "0"))
    return min(int(typed), most) if typed.isdecimal() and len(typed) < 6 else 0


def errors_of(page: Iterable[forms.BaseForm]) -> Iterator[tuple[str, str]]:
    """Every error with the id of its field ("" for a form's own), in the order of the page."""
    for form in page:
        yield from ((str(error), "") for error in form.non_field_errors())
        for bound in form:
            target = str(getattr(bound, "error_target", ""))
            yield from ((str(error), target) for error in bound.errors)


class RowChoice(forms.TypedChoiceField):
    """A choice among rows that are at hand: many such fields on a page ask the database nothing. Cleaned to the row."""

    def __init__(self, *, empty_label: str, **kwargs: Any) -> None:
        super().__init__(**{"empty_value": None, **kwargs})
        self.empty_label = empty_label

    def offer(self, rows: Iterable[Any]) -> None:
        """Set what can be chosen."""
        by_key = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty_label), *((key, str(row)) for key, row in by_key.items())]
        self.coerce = by_key.__getitem__
