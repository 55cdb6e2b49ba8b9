"""Every kind of paper, what it is for, and the one function that makes any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plans.papers.brief import Brief
from plans.papers.content import Paper
from plans.papers.kinds import full_plan
from plans.papers.rules import EXEMPT_ONLY, Audience, Kind


@dataclass(frozen=True)
class KindOfPaper:
    """``says``: what it is for, in a sentence; ``columns``: those of its tables of actions where none are chosen."""

    kind: Kind
    label: str
    says: str
    build: Callable[[Brief], Paper]
    columns: tuple[str, ...] = ()

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whom it may be for."""
        return (Audience.EXEMPT,) if self.kind in EXEMPT_ONLY else (Audience.EXEMPT, Audience.PUBLIC)


CATALOGUE: dict[Kind, KindOfPaper] = {
    each.kind: each
    for each in (
        KindOfPaper(
            Kind.FULL_PLAN,
            "Full plan",
            "Every action with its owner and date, area by area.",
            full_plan.build,
            full_plan.COLUMNS,
        ),
    )
}


def paper_for(kind: Kind, brief: Brief) -> Paper:
    """The paper that the brief asks for. Raises ValueError where its kind is not made for that audience."""
    found = CATALOGUE[kind]
    if brief.audience not in found.audiences:
        raise ValueError(f"{found.label}: this paper is for use within the council and is not made for the public.")
    return found.build(brief)
