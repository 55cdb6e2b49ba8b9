"""Plans drawn at random: actions of every kind that the overdue page lists, in several areas, under several leads."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from plans.access.models import Post
from plans.findings.models import Area
from plans.improvement_plan.ledger import Change, record_history
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import Kind, Status
from tests import factories
from tests.cast import Cast

THEN = date(2026, 5, 1)
NOW = date(2026, 11, 20)

references = itertools.count(1)

drawn_actions = st.lists(
    st.fixed_dictionaries(
        {
            "due": st.none() | st.dates(date(2026, 1, 10), date(2027, 2, 28)),
            "moved_by": st.none() | st.integers(1, 300),
            "asked": st.booleans(),
            "end": st.sampled_from([None, None, None, Status.COMPLETE, Status.SIGNED_OFF, Status.WITHDRAWN]),
            "area": st.integers(-1, 2),
            "lead": st.integers(-1, 2),
            "plan": st.integers(0, 1),
        }
    ),
    max_size=14,
)


@dataclass
class Places:
    """Where drawn actions go; -1 is none."""

    cast: Cast
    areas: list[Area] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Two areas of one wording, posts of one title in two bodies: groups are not told apart by their words.
        self.areas = [self.cast.area, *(factories.an_area(self.cast.inspection, "Supervision") for _ in range(2))]
        health = factories.an_organisation("Another body")
        self.posts = [self.cast.post, factories.a_post("Nurse", self.cast.council), factories.a_post("Nurse", health)]
        self.plans = [self.cast.plan, factories.a_plan(self.cast.council)]

    def fill(self, drawn: list[dict[str, Any]]) -> None:
        """Add the drawn actions: some changes before ``THEN``, some after it."""
        for each in drawn:
            record_history(
                self.plans[each["plan"]], [self._history(each)], recorded_at=factories.moment(2026, 11, 20, 18)
            )

    def _history(self, drawn: dict[str, Any]) -> list[Change]:
        by, post = self.cast.lead, drawn["lead"]
        added = {
            "reference": f"R{next(references)}",
            "wording": "Audit chronologies",
            "area_id": self.areas[drawn["area"]].pk if drawn["area"] >= 0 else None,
            "lead_id": self.posts[post].pk if post >= 0 else None,
            **factories.due(drawn["due"]),
        }
        history = [Change(by, factories.START, Kind.ADDED, changes=added)]
        if drawn["due"] and drawn["moved_by"]:
            later = date.fromordinal(drawn["due"].toordinal() + drawn["moved_by"])
            history.append(
                Change(by, factories.moment(2026, 4, 1), Kind.AMENDED, "Agreed", changes=factories.due(later))
            )
        if drawn["asked"] and drawn["end"] is None:
            asked = {"asked_due_date": date(2027, 6, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}
            history.append(Change(by, factories.moment(2026, 4, 20), Kind.EXTENSION_ASKED, "Vacancy", changes=asked))
        return history + self._end(drawn["end"])

    def _end(self, end: Status | None) -> list[Change]:
        if end is None:
            return []
        by, at = self.cast.lead, factories.moment(2026, 6, 1)
        if end == Status.WITHDRAWN:
            return [Change(by, at, Kind.WITHDRAWN, "Overtaken", changes={"status": end})]
        done = Change(by, factories.moment(2026, 4, 25), Kind.COMPLETED, "Done", changes={"status": Status.COMPLETE})
        return [done] if end == Status.COMPLETE else [done, Change(by, at, Kind.SIGNED_OFF, changes={"status": end})]
