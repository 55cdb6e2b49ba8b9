"""What is asked of a paper: which plan, as at when, for whom, which rows and columns, and the words that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from plans.access.models import User
from plans.access.standing import remembering
from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON, Action, Plan
from plans.oversight.models import Meeting
from plans.oversight.movement import Point
from plans.papers.content import Stamp
from plans.papers.rules import Audience, Grouping, Verb
from plans.papers.selection import Selection


@dataclass(frozen=True)
class ChosenColumn:
    """A column of ``PLAN_COLUMNS`` by its key; ``width`` None for its usual share of the page."""

    key: str
    width: int | None = None


@dataclass(frozen=True)
class Recommendation:
    """What the committee is asked to do: the verb, and what follows it."""

    verb: Verb
    text: str


@dataclass(frozen=True)
class Choices:
    """How a paper lays out its actions. No columns: those that its kind usually has."""

    columns: tuple[ChosenColumn, ...] = ()
    grouping: Grouping = Grouping.AREA
    landscape: bool = True
    selection: Selection = field(default_factory=Selection)

    def as_plain(self) -> dict[str, Any]:
        """What JSON holds of it."""
        return {
            "columns": [[column.key, column.width] for column in self.columns],
            "grouping": self.grouping.value,
            "landscape": self.landscape,
            "selection": self.selection.as_plain(),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Choices:
        """The choices that ``as_plain`` made plain; what is not said is as usual."""
        return cls(
            columns=tuple(ChosenColumn(key, width) for key, width in plain.get("columns", ())),
            grouping=Grouping(plain.get("grouping", Grouping.AREA)),
            landscape=bool(plain.get("landscape", True)),
            selection=Selection.from_plain(plain.get("selection", {})),
        )


@dataclass(frozen=True)
class Brief:
    """``moment`` None is now. ``reader``: who asks, and so what may be in it; None reads everything of the plan.

    ``made_by`` is printed in papers for use within the council, and never in a public one. ``words``: the
    considerations by the name of their field; ``let_stand``: texts that look personal and that a person has looked at.
    """

    plan: Plan
    day: date
    moment: datetime | None
    made_by: str
    made_at: datetime
    reader: User | None = None
    audience: Audience = Audience.EXEMPT
    choices: Choices = field(default_factory=Choices)
    meeting: Meeting | None = None
    since: Point | None = None
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    recommendations: tuple[Recommendation, ...] = ()
    template: bytes | None = None
    let_stand: frozenset[str] = frozenset()
    draft: bool = False

    def __post_init__(self) -> None:
        if self.reader is not None:
            object.__setattr__(self, "reader", remembering(self.reader))

    @property
    def public(self) -> bool:
        return self.audience == Audience.PUBLIC

    @property
    def until(self) -> Point:
        """The day and moment that the paper is about."""
        return Point(self.day, self.moment)

    def states(self, moment: datetime | None) -> Any:
        """The plan's actions at a moment that the reader may see; of a public paper those marked for publication now.

        What has been marked as not for publication since is left out of papers about earlier days as well.
        """
        rows = Action.objects.as_at(moment).filter(plan=self.plan)
        if self.reader is not None:
            rows = rows.visible_to(self.reader)
        if self.public:
            marked = Action.objects.filter(plan=self.plan, published=True).values("pk")
            rows = rows.filter(**{f"{rows.action_path}__in": marked})
        return rows

    @property
    def rows(self) -> Any:
        """``states`` as at the paper's moment, withdrawn ones included."""
        return self.states(self.moment)

    @property
    def selected(self) -> Any:
        """Those of ``rows`` that the choices select."""
        return self.choices.selection.of(self.rows, self.day)

    def stamp(self, rows: int, *, illustration: bool) -> Stamp:
        """The stamp of a paper with so many actions."""
        local = self.made_at.astimezone(LONDON)
        return Stamp(
            as_at=wording(self.day, Precision.DAY),
            rows=rows,
            selection=self.choices.selection.words(),
            made_by="" if self.public else self.made_by,
            made_on=f"{wording(local.date(), Precision.DAY)} at {local:%H:%M}",
            illustration=illustration,
            public=self.public,
            draft=self.draft,
        )
