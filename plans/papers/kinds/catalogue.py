"""Every kind of paper, what it is for, and the one function that makes any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plans.papers.brief import Brief
from plans.papers.content import Paper
from plans.papers.kinds import (
    board_pack,
    cabinet,
    decisions,
    exceptions,
    full_plan,
    measures,
    movement,
    plan_on_a_page,
    submission,
    young_people,
)
from plans.papers.public import cleaner_for, for_public, redacted_brief
from plans.papers.rules import EXEMPT_ONLY, Audience, Kind


@dataclass(frozen=True)
class KindOfPaper:
    """``says``: what it is for, in a sentence; ``columns``: those of its tables of actions where none are chosen."""

    kind: Kind
    says: str
    build: Callable[[Brief], Paper]
    columns: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.kind.label

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whom it may be for."""
        return (Audience.EXEMPT,) if self.kind in EXEMPT_ONLY else (Audience.EXEMPT, Audience.PUBLIC)


CATALOGUE: dict[Kind, KindOfPaper] = {
    each.kind: each
    for each in (
        KindOfPaper(
            Kind.FULL_PLAN,
            "Every action with its owner and date, area by area.",
            full_plan.build,
            full_plan.COLUMNS,
        ),
        KindOfPaper(
            Kind.CABINET,
            "The council’s own report, from its Word template, with the plan appended.",
            cabinet.build,
            cabinet.COLUMNS,
        ),
        KindOfPaper(
            Kind.YOUNG_PEOPLE,
            "What the inspectors said and what is being done, in plain words.",
            young_people.build,
        ),
        KindOfPaper(
            Kind.EXCEPTIONS,
            "What is overdue, later than first agreed, likely to miss its date, quiet, or without an owner or a date.",
            exceptions.build,
            exceptions.COLUMNS,
        ),
        KindOfPaper(
            Kind.MOVEMENT,
            "What changed since the last meeting, in numbers that add up and with what was said.",
            movement.build,
        ),
        KindOfPaper(
            Kind.PLAN_ON_A_PAGE,
            "Each area in a row, where its actions stand now and before, and the longest overdue.",
            plan_on_a_page.build,
        ),
        KindOfPaper(
            Kind.BOARD_PACK,
            "All that a board looks at: what to decide, what is late, what moved, measures, answers owed.",
            board_pack.build,
            exceptions.COLUMNS,
        ),
        KindOfPaper(
            Kind.SUBMISSION,
            "Each area in the report’s own words with its actions, owners, dates and measures, and what is covered.",
            submission.build,
            submission.COLUMNS,
        ),
        KindOfPaper(
            Kind.DECISIONS,
            "What was decided and why, and the questions that were put, with their answers or who owes them.",
            decisions.build,
        ),
        KindOfPaper(
            Kind.MEASURES,
            "Each measure against its target, which way it goes, and its readings drawn and listed.",
            measures.build,
        ),
    )
}


def paper_for(kind: Kind, brief: Brief) -> Paper:
    """The paper that the brief asks for; one for the public is made safe (see ``papers/public.py``).

    Raises ValueError where its kind is not made for that audience, RefusedPaper where it cannot be made safe.
    """
    found = CATALOGUE[kind]
    if brief.audience not in found.audiences:
        raise ValueError(f"{found.label}: this paper is for use within the council and is not made for the public.")
    if not brief.public:
        return found.build(brief)
    clean = cleaner_for(brief)
    return for_public(found.build(redacted_brief(brief, clean)), brief, clean)
