"""The filter of the list of actions: every number of a meeting's page opens one of its lists."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.http import HttpRequest

from plans.improvement_plan.rating import with_rating
from plans.improvement_plan.rules import Rag
from plans.improvement_plan.timeliness import Timeliness, is_open, with_timeliness
from plans.oversight.queue import waits_for_a_decision
from plans.web.as_at import AsAt
from plans.web.filters import MeetingFilter, visible_boards, visible_plans

NO_RATING = "none"


class ActionFilter(filters.FilterSet):
    """Narrows actions as at a day, withdrawn ones included."""

    meeting = MeetingFilter()
    board = filters.ModelChoiceFilter(
        label="Board", queryset=visible_boards, field_name="plan__boards", empty_label="All boards"
    )
    plan = filters.ModelChoiceFilter(label="Plan", queryset=visible_plans, empty_label="All plans")
    timeliness = filters.ChoiceFilter(
        label="Timeliness",
        choices=[(word.value, word.label) for word in Timeliness],
        empty_label="Any",
        method="by_timeliness",
    )
    rating = filters.ChoiceFilter(
        label="Rating by its date",
        choices=[*((word.value, word.label) for word in Rag), (NO_RATING, "No rating")],
        empty_label="Any",
        method="by_rating",
    )
    owner_rating = filters.ChoiceFilter(
        label="Owner’s rating", choices=Rag.choices(), empty_label="Any", field_name="reported_rag"
    )
    waiting = filters.ChoiceFilter(
        label="Waits for a decision", choices=[("yes", "Yes")], empty_label="Any", method="by_waiting"
    )
    without = filters.ChoiceFilter(
        label="Open, and without",
        choices=[("owner", "An owner"), ("date", "A date"), ("update", "An update")],
        empty_label="Any",
        method="by_what_it_lacks",
    )

    def __init__(self, data: Any, rows: Any, *, as_at: AsAt, request: HttpRequest) -> None:
        self.as_at = as_at
        super().__init__(data, rows, request=request)

    def by_timeliness(self, rows: Any, name: str, value: str) -> Any:
        return with_timeliness(rows, self.as_at.day).filter(timeliness=value)

    def by_rating(self, rows: Any, name: str, value: str) -> Any:
        return with_rating(rows, self.as_at.day).filter(rating="" if value == NO_RATING else value)

    def by_waiting(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(waits_for_a_decision(self.as_at.day))

    def by_what_it_lacks(self, rows: Any, name: str, value: str) -> Any:
        columns = {"owner": "lead", "date": "due_date", "update": "reported_at"}
        return rows.filter(is_open(), **{f"{columns[value]}__isnull": True})
