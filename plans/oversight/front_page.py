"""A plan on a page: how many actions stand where, by timeliness and by rating, now and at the meeting before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from plans.improvement_plan.rating import with_rating
from plans.improvement_plan.rules import Rag
from plans.improvement_plan.timeliness import Timeliness


@dataclass(frozen=True)
class Standing:
    """One line: a word of ``Timeliness`` or ``Rag`` ("" for no rating), how many now, and how many before."""

    word: str
    label: str
    now: int
    before: int | None

    @property
    def change(self) -> int | None:
        """How many more than before; None where there is nothing to compare."""
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True)
class Standings:
    """Both tables of the front page. Each adds up to ``now`` and ``before``, withdrawn actions included."""

    timeliness: tuple[Standing, ...]
    rating: tuple[Standing, ...]
    now: int
    before: int | None


def standings(
    now: QuerySet[Any], day: date, before: QuerySet[Any] | None = None, day_before: date | None = None
) -> Standings:
    """Count ``now`` as at ``day`` beside ``before`` as at ``day_before``, in one query each."""
    counts = _counts(now, day)
    earlier = _counts(before, day_before) if before is not None and day_before is not None else None
    return Standings(
        timeliness=_lines([(word.value, word.label) for word in Timeliness], 0, counts, earlier),
        rating=_lines([*((word.value, word.label) for word in Rag), ("", "No rating")], 1, counts, earlier),
        now=sum(counts.values()),
        before=None if earlier is None else sum(earlier.values()),
    )


def _counts(rows: QuerySet[Any], day: date) -> dict[tuple[str, str], int]:
    counted = with_rating(rows, day).order_by().values_list("timeliness", "rating").annotate(number=Count("pk"))
    return {(timeliness, rating): number for timeliness, rating, number in counted}


def _lines(
    words: Sequence[tuple[str, str]],
    place: int,
    now: dict[tuple[str, str], int],
    before: dict[tuple[str, str], int] | None,
) -> tuple[Standing, ...]:
    def of(counts: dict[tuple[str, str], int], word: str) -> int:
        return sum(number for key, number in counts.items() if key[place] == word)

    return tuple(
        Standing(word, label, of(now, word), None if before is None else of(before, word)) for word, label in words
    )
