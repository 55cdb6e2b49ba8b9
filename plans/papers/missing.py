"""What is missing in a paper before it is issued: in its rows, and in the paper itself. With where to mend it.

Nothing here stops a paper: a gap may be true, and is then said. A place to mend is the name of a page and the id
that it takes; the pages themselves are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.improvement_plan.timeliness import Timeliness
from plans.improvement_plan.wording import counted, listed_words
from plans.papers.columns import PLAN_COLUMNS, PlanRow
from plans.papers.models import Release
from plans.papers.rules import Kind

# The kinds that go before a committee with words of their own.
WITH_WORDS = frozenset({Kind.CABINET})

# What goes to children, not to a committee.
WITHOUT_MEETING = frozenset({Kind.YOUNG_PEOPLE})


class Lack(StrEnum):
    """What a row lacks, in the words that follow “3 rows lack”."""

    OWNER = "an owner"
    DATE = "a date"
    RATING = "the owner’s rating"
    REASON = "a reason for delay"
    PROGRESS = "any report of progress"


# The page on which each is mended, by the name of its route.
MENDED_AT: dict[Lack, str] = {
    Lack.OWNER: "amend_action",
    Lack.DATE: "amend_action",
    Lack.RATING: "update_action",
    Lack.REASON: "update_action",
    Lack.PROGRESS: "update_action",
}


@dataclass(frozen=True)
class RowLacks:
    """An action, a state as at the paper's moment, with what it lacks."""

    action: Any
    lacks: tuple[Lack, ...]

    @property
    def places(self) -> tuple[tuple[Lack, str, int], ...]:
        """Each with the page where it is mended, and the id that the page takes."""
        return tuple((lack, MENDED_AT[lack], self.action.action_pk) for lack in self.lacks)


@dataclass(frozen=True)
class PaperLacks:
    """A sentence about the paper itself, and the page where it is mended with its id."""

    sentence: str
    page: str
    pk: int


def lacks_of(action: Any) -> tuple[Lack, ...]:
    """What a row with its ``timeliness`` lacks. Only an open one lacks anything: what is done is not chased."""
    if action.status not in OPEN_STATUSES:
        return ()
    never = action.reported_at is None and not action.progress
    overdue = action.timeliness == Timeliness.OVERDUE
    found = {
        Lack.OWNER: action.lead_id is None,
        Lack.DATE: action.due_date is None,
        Lack.RATING: not action.reported_rag,
        Lack.REASON: overdue and not action.delay_reason,
        Lack.PROGRESS: never,
    }
    return tuple(lack for lack, so in found.items() if so)


def missing_in_rows(actions: Iterable[Any]) -> list[RowLacks]:
    """The rows that lack something, in the order of the paper."""
    return [RowLacks(action, lacks) for action in actions if (lacks := lacks_of(action))]


def counts_of(rows: Iterable[RowLacks]) -> dict[Lack, int]:
    """How many rows lack each thing; what no row lacks is left out."""
    found = [lack for row in rows for lack in row.lacks]
    return {lack: found.count(lack) for lack in Lack if lack in found}


def lacking_words(counts: Mapping[Lack, int]) -> str:
    """“3 rows lack an owner and 1 row lacks a date”; "" where nothing is missing."""
    said = [f"{counted(number, 'row')} {'lacks' if number == 1 else 'lack'} {lack}" for lack, number in counts.items()]
    return listed_words(said)


def missing_in_paper(release: Release, *, empty: Sequence[str] = (), areas_without_action: int = 0) -> list[PaperLacks]:
    """What the paper itself lacks. ``empty``: the considerations that its template prints and nobody has written."""
    found: list[tuple[str, str, int]] = []
    if release.meeting_id is None and release.kind not in WITHOUT_MEETING:
        found.append(("No meeting is named: the paper does not say which committee it goes to.", "release_details", 0))
    if release.kind in WITH_WORDS:
        if release.template_id is None and not release.shipped_template:
            found.append(("No template is chosen: the paper has the usual layout.", "release_words", 0))
        if empty:
            many = f"{counted(len(empty), 'consideration is', 'considerations are')} empty"
            found.append((f"{many}: {listed_words(empty)}.", "release_words", 0))
        if not release.recommendations:
            found.append(("There is no recommendation.", "release_recommendations", 0))
    if areas_without_action:
        what = counted(areas_without_action, "area of the plan has", "areas of the plan have")
        found.append((f"{what} no action.", "plan_coverage", release.plan_id))
    return [PaperLacks(sentence, page, pk or release.pk) for sentence, page, pk in found]


def empty_columns(plan: Plan, actions: Sequence[Any], keys: Iterable[str], day: Any) -> frozenset[str]:
    """The columns among ``keys`` that would be empty in every row."""
    rows = [PlanRow(action, 1, "an area", day, plan) for action in actions]
    if not rows:
        return frozenset()
    return frozenset(key for key in keys if not any(PLAN_COLUMNS[key].text(row) for row in rows))
