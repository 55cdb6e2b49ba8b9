"""What a paper tells of its plan: counted and listed once, by the same rules as the screens, for every kind of paper.

A public paper tells of an action's dates and standing in its figures and lists as well: an action of which these are
kept out of public papers is left out of them whole, and the paper says of how many that is so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django.db.models import F

from plans.findings.models import Spell
from plans.improvement_plan.models import LONDON, end_of_day
from plans.improvement_plan.permissions import reads_in_full
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.improvement_plan.timeliness import with_timeliness
from plans.improvement_plan.wording import day_of, day_words, moment_words
from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState, as_they_stood, state_of_measure
from plans.oversight.early_warning import likely_to_miss, quiet, reasons, with_signs
from plans.oversight.front_page import Standings, standings
from plans.oversight.meetings import meeting_before
from plans.oversight.models import Challenge, Decision, Meeting
from plans.oversight.movement import Move, Movement, Point, movement, worst_first
from plans.oversight.movement_rows import with_what_was_said
from plans.oversight.overdue import Figures, Shown, figures, listed
from plans.oversight.plan_facts import PlanFacts, facts_from
from plans.oversight.queue import Waiting, answers_owed, queue
from plans.papers.brief import Brief
from plans.papers.plan_table import RowMaker, actions_of, marks_now
from plans.papers.selection import Selection

# The marks of ``columns.WITHHOLDABLE`` that a figure or a list would tell.
TOLD_BY_FIGURES = frozenset({"dates", "standing"})


@dataclass(frozen=True)
class Since:
    """From when a paper tells what moved; ``words`` go after “since”, ``state_words`` name the states then."""

    point: Point
    words: str
    state_words: str
    of_a_meeting: bool = False


@dataclass(frozen=True)
class Likely:
    """An action that is likely to miss its date, and why."""

    action: Any
    reasons: list[str]


class Account:
    """The plan of a brief, as at its moment. What nobody asks for is never counted."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.plan, self.day, self.moment = brief.plan, brief.day, brief.moment

    @property
    def instant(self) -> datetime:
        """The moment to measure ages against."""
        return self.moment or self.brief.made_at

    # Which actions

    @cached_property
    def all_rows(self) -> Any:
        """All the states that the paper may tell of, withdrawn ones included."""
        return self._told(self.brief.rows)

    @cached_property
    def rows(self) -> Any:
        """Those that the brief selects; never a withdrawn one."""
        return self._told(self.brief.selected)

    @property
    def rows_with_withdrawn(self) -> Any:
        """As ``rows``, with the withdrawn ones where the brief selects everything."""
        return self.all_rows if self.brief.choices.selection == Selection() else self.rows

    @cached_property
    def kept_back(self) -> frozenset[int]:
        """The published actions whose dates or standing are not: marked so now, at the moment, or at ``since``."""
        if not self.brief.public:
            return frozenset()
        found = [*marks_now(self.brief).items(), *_marks(self.brief.rows)]
        if self.since:
            found += _marks(self.brief.states(self.since.point.moment))
        return frozenset(pk for pk, marks in found if TOLD_BY_FIGURES & frozenset(marks))

    @cached_property
    def left_out(self) -> int:
        """How many of the selected actions the figures leave out."""
        if not self.kept_back:
            return 0
        rows = self.brief.selected
        return int(rows.filter(**{f"{rows.action_path}__in": self.kept_back}).count())

    def _told(self, rows: Any) -> Any:
        return rows.exclude(**{f"{rows.action_path}__in": self.kept_back}) if self.kept_back else rows

    @cached_property
    def actions(self) -> list[Any]:
        """``rows`` in the plan's order with their timeliness."""
        return actions_of(self.rows, self.day)

    @cached_property
    def line(self) -> RowMaker:
        """Makes a table's row of an action."""
        return RowMaker(self.brief)

    @cached_property
    def sees_all(self) -> bool:
        """Whether the paper may say of an area that it has no action, and of the plan what it lacks."""
        reader = self.brief.reader
        if self.brief.public:
            return False
        return reader is None or reader.is_superuser or reads_in_full(reader, self.plan)

    @cached_property
    def illustration(self) -> bool:
        """Whether something of the progress that it tells of was made up."""
        return bool(self.rows_with_withdrawn.filter(illustration=True).exists())

    # Counts and lists

    @cached_property
    def figures(self) -> Figures:
        return figures(self.rows, self.day)

    def those(self, shown: Shown) -> list[Any]:
        """The list of the overdue page, the longest late first."""
        rows = self._related(self.rows.filter(listed(shown, self.day)))
        return list(rows.order_by(shown.clock, "position", "pk"))

    @property
    def without_owner(self) -> list[Any]:
        """What is open and nobody leads, in the plan's order."""
        return [row for row in self.actions if row.lead_id is None and row.status in OPEN_STATUSES]

    @cached_property
    def likely(self) -> list[Likely]:
        """What is likely to miss its date, the earliest first, with the reasons that may be told."""
        rows = self._related(likely_to_miss(self.rows, self.day, self.all_rows))
        found = []
        for action in with_signs(rows, self.day, self.all_rows).order_by("due_date", "pk"):
            lead_is_told = "lead" not in self.line(action).withheld
            if said := reasons(action, self.day, of_its_lead=lead_is_told):
                found.append(Likely(action, said))
        return found

    @cached_property
    def quiet(self) -> list[Any]:
        """What nobody has reported on for longer than the plan allows, or ever, the longest first."""
        rows = self._related(quiet(self.rows, self.instant))
        return list(rows.order_by(F("reported_at").asc(nulls_first=True), "due_date", "pk"))

    @cached_property
    def waiting(self) -> list[Waiting]:
        """What waits for a decision."""
        return queue(self._related(self.rows), self.day)

    def _related(self, rows: Any) -> Any:
        return with_timeliness(rows, self.day).select_related("lead__organisation", "plan", "area")

    # Since when, and what moved

    @cached_property
    def since(self) -> Since | None:
        """From the brief, else from the meeting before its meeting, else from the boards' last one before its day.

        Raises ValueError where the brief’s period begins at no moment or after its end.
        """
        asked = self.brief.since
        if asked is None:
            meeting = self._meeting_before()
            return (
                Since(Point.at(meeting), _meeting_words(meeting), moment_words(meeting.starts_at), of_a_meeting=True)
                if meeting
                else None
            )
        if asked.moment is None or asked.moment >= self.instant:
            raise ValueError(f"Choose a day before {day_words(self.day)} from which the paper tells what moved.")
        return Since(asked, _point_words(asked), _point_words(asked))

    def _meeting_before(self) -> Meeting | None:
        if self.brief.meeting:
            return meeting_before(self.brief.meeting)
        day_begins = datetime.combine(self.day, time.min, LONDON)
        earlier = Meeting.objects.filter(board__in=self.plan.boards.values("pk"), starts_at__lt=day_begins)
        return earlier.order_by("-starts_at").first()

    @property
    def until_words(self) -> str:
        """The end of the period; “” for now."""
        meeting = self.brief.meeting
        if meeting and self.moment == meeting.starts_at:
            return _meeting_words(meeting)
        return _point_words(self.brief.until) if self.moment else ""

    @property
    def as_at_words(self) -> str:
        """The paper's day, with the time where it is about an instant of that day."""
        return _point_words(self.brief.until)

    @cached_property
    def moved(self) -> Movement | None:
        """What moved since; None where there is nothing to compare with."""
        if self.since is None:
            return None
        return movement(self.rows_with_withdrawn, self.since.point, self.brief.until)

    @cached_property
    def moved_rows(self) -> list[Any]:
        """All that moved, with its state before and what was said, falls first."""
        if self.moved is None or self.since is None or self.since.point.moment is None:
            return []
        rows = worst_first(self.moved.behind(Move.MOVED)).select_related("lead__organisation", "plan", "area")
        return list(with_what_was_said(rows, self.since.point.moment, self.moment))

    @cached_property
    def standings(self) -> Standings:
        """How many stand where, now and at ``since``; withdrawn ones left out of both."""
        if self.since is None:
            return standings(self.rows, self.day)
        day = self.since.point.day
        states = self._told(self.brief.states(self.since.point.moment))
        before = self.brief.choices.selection.of(states, day)
        return standings(self.rows, self.day, before, day)

    # Beside the actions

    @cached_property
    def facts(self) -> PlanFacts:
        """What coverage and hygiene are told from: the whole plan, whatever is selected."""
        return facts_from(
            self.plan, self.brief.rows, self._visible(Measure.objects.all()), day=self.day, moment=self.moment
        )

    @cached_property
    def measures(self) -> list[tuple[Measure, MeasureState]]:
        """The measures of the plan as they stood, each with its readings by the day."""
        return self._with_states(Measure.objects.filter(plans=self.plan))

    def _with_states(self, measures: Any) -> list[tuple[Measure, MeasureState]]:
        in_order = self._visible(measures).order_by("organisation__name", "code", "name")
        found = list(in_order.prefetch_related("readings"))
        if self.moment is not None:
            as_they_stood(found, self.moment)
        return [(one, state_of_measure(one, one.readings.all(), self.day)) for one in found]

    @cached_property
    def linked_measures(self) -> dict[int, tuple[Measure, MeasureState]]:
        """The measures that are linked to the plan's areas or to its actions, by their ids."""
        linked = [*self.facts.area_measures.values(), *self.facts.action_measures.values()]
        keys = {named.pk for each in linked for named in each}
        return {one.pk: (one, state) for one, state in self._with_states(Measure.objects.filter(pk__in=keys))}

    @cached_property
    def spells(self) -> dict[int, list[Spell]]:
        """The days on site of each inspection that the plan answers, by its id."""
        found: dict[int, list[Spell]] = {}
        keys = {area.inspection_id for area in self.facts.areas}
        for spell in Spell.objects.filter(inspection__in=keys).order_by("starts"):
            found.setdefault(spell.inspection_id, []).append(spell)
        return found

    @cached_property
    def named(self) -> dict[int, tuple[str, str]]:
        """Reference and wording of each action by its id, withdrawn ones included."""
        rows = self.rows_with_withdrawn
        return {
            pk: (reference, wording)
            for pk, reference, wording in rows.values_list(rows.action_path, "reference", "wording")
        }

    @cached_property
    def decisions(self) -> list[Decision]:
        """What had been decided by the moment, the latest first."""
        rows = self.rows_with_withdrawn
        found = Decision.objects.filter(action__in=rows.order_by().values(rows.action_path), at__lte=self.instant)
        return list(found.select_related("meeting__board", "by").order_by("-at", "-pk"))

    @property
    def decisions_since(self) -> list[Decision]:
        """Those since the last meeting; all of them where there was none."""
        start = self.since.point.moment if self.since else None
        return [one for one in self.decisions if start is None or one.at > start]

    @cached_property
    def challenges(self) -> list[Challenge]:
        """The questions that had been put by the moment, the latest first."""
        found = (
            self._challenges()
            .as_at(self.moment)
            .select_related("meeting__board", "owed_by", "raised_by", "answered_by")
        )
        return self._of_the_selected(found.order_by("-raised_at", "-pk"))

    @cached_property
    def owed(self) -> list[Challenge]:
        """Those that had no answer at the moment, the oldest first."""
        return self._of_the_selected(answers_owed(self._challenges(), self.moment))

    def _challenges(self) -> Any:
        return self._visible(Challenge.objects.filter(plan=self.plan))

    def _of_the_selected(self, challenges: Any) -> list[Challenge]:
        if self.brief.choices.selection == Selection():
            return list(challenges)
        return [one for one in challenges if one.action_id in self.named]

    def answered(self, challenge: Challenge) -> bool:
        """Whether it had its answer at the moment."""
        return challenge.answered_at is not None and challenge.answered_at <= self.instant

    def _visible(self, rows: Any) -> Any:
        return rows if self.brief.reader is None else rows.visible_to(self.brief.reader)


def _marks(rows: Any) -> list[tuple[int, list[str]]]:
    return list(rows.exclude(withheld=[]).values_list(rows.action_path, "withheld"))


def _meeting_words(meeting: Meeting) -> str:
    return f"the meeting of {day_words(day_of(meeting.starts_at))}"


def _point_words(point: Point) -> str:
    if point.moment is None or point.moment == end_of_day(point.day):
        return day_words(point.day)
    return moment_words(point.moment)
