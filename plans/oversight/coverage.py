"""Coverage: whether each area of the plan is answered, owned, measured and evidenced, or listed as not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plans.findings.models import Area
from plans.improvement_plan.rules import Status
from plans.oversight.plan_facts import CoverFacts, Named


class Show(StrEnum):
    """Which areas: those of which a thing is so, those of which it is not, and those of which nothing is."""

    ANSWERED = "answered"
    OWNED = "owned"
    MEASURED = "measured"
    EVIDENCED = "evidenced"
    NOT_ANSWERED = "not_answered"
    NOT_OWNED = "not_owned"
    NOT_MEASURED = "not_measured"
    NOT_EVIDENCED = "not_evidenced"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        return "Nothing yet" if self == Show.NOTHING else self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class AreaCover:
    """One area: the actions that answer it (withdrawn ones never do), and what measures and evidence they have."""

    area: Area
    actions: list[Any]
    measures: list[Named]
    evidence: int
    accepted: int

    @property
    def answered(self) -> bool:
        """At least one action names it, as its own area or as one that it answers too."""
        return bool(self.actions)

    @property
    def with_owner(self) -> int:
        return sum(action.lead_id is not None for action in self.actions)

    @property
    def owned(self) -> bool:
        """It is answered, and every one of its actions has a lead post."""
        return self.answered and self.with_owner == len(self.actions)

    @property
    def measured(self) -> bool:
        """A measure is linked to it or to one of its actions."""
        return bool(self.measures)

    @property
    def evidenced(self) -> bool:
        """At least one of its actions has evidence, accepted or not."""
        return self.evidence > 0

    @property
    def signed_off(self) -> int:
        return sum(action.status == Status.SIGNED_OFF for action in self.actions)

    @property
    def missing(self) -> list[str]:
        """What it lacks, in words: an area without an action lacks that alone."""
        if not self.answered:
            return ["action"]
        there = {"owner": self.owned, "measure": self.measured, "evidence": self.evidenced}
        return [word for word, so in there.items() if not so]

    def shows(self, show: Show) -> bool:
        """Whether it belongs to a list."""
        if show == Show.NOTHING:
            return not (self.answered or self.owned or self.measured or self.evidenced)
        name = show.value.removeprefix("not_")
        return bool(getattr(self, name)) != show.value.startswith("not_")


@dataclass(frozen=True)
class Coverage:
    """All areas of a plan, in its order."""

    areas: list[AreaCover]

    def those(self, show: Show) -> list[AreaCover]:
        return [cover for cover in self.areas if cover.shows(show)]

    def count(self, show: Show) -> int:
        return len(self.those(show))


def coverage(facts: CoverFacts) -> Coverage:
    """What covers each area of the plan."""
    answers: dict[int, list[Any]] = {area.pk: [] for area in facts.areas}
    for action in facts.actions:
        for area in dict.fromkeys([action.area_id, *action.also_answers]):
            if area in answers:
                answers[area].append(action)
    return Coverage([_cover(area, answers[area.pk], facts) for area in facts.areas])


def _cover(area: Area, actions: list[Any], facts: CoverFacts) -> AreaCover:
    measures = list(facts.area_measures.get(area.pk, []))
    for action in actions:
        measures += facts.action_measures.get(action.action_pk, [])
    counts = [facts.evidence_of(action) for action in actions]
    return AreaCover(
        area=area,
        actions=actions,
        measures=list(dict.fromkeys(measures)),
        evidence=sum(count.all for count in counts),
        accepted=sum(count.accepted for count in counts),
    )
