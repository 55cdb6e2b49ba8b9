"""The filters of the lists. Choices are those that the person may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q
from django.http import HttpRequest

from plans.access.models import Board, Organisation
from plans.findings.models import Inspection
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.improvement_plan.timeliness import late_against_first_agreed, overdue
from plans.web.as_at import AsAt
from plans.web.guards import person

CLOCKS = (("current", "its current date"), ("first", "the date first agreed"))
LATE_BY = (("30", "more than 30 days"), ("90", "more than 90 days"), ("180", "more than 180 days"))


def visible_plans(request: HttpRequest) -> Any:
    return Plan.objects.visible_to(person(request)).select_related("organisation")


def visible_boards(request: HttpRequest) -> Any:
    return Board.objects.filter(plans__in=visible_plans(request).values("pk")).distinct()


def visible_inspections(request: HttpRequest) -> Any:
    return Inspection.objects.visible_to(person(request))


def lead_organisations(request: HttpRequest) -> Any:
    leads = Action.objects.visible_to(person(request)).order_by().values("lead__organisation")
    return Organisation.objects.filter(pk__in=leads)


class OverdueFilter(filters.FilterSet):
    """Narrows what is late by a day. ``clock`` says by which of the two dates."""

    q = filters.CharFilter(label="Search", method="search")
    clock = filters.ChoiceFilter(
        label="Late against", choices=CLOCKS, empty_label=None, null_label=None, method="by_clock"
    )
    board = filters.ModelChoiceFilter(
        label="Board", queryset=visible_boards, field_name="plan__boards", empty_label="All boards"
    )
    plan = filters.ModelChoiceFilter(label="Plan", queryset=visible_plans, empty_label="All plans")
    inspection = filters.ModelChoiceFilter(
        label="Inspection",
        queryset=visible_inspections,
        field_name="area__inspection",
        empty_label="All inspections",
    )
    organisation = filters.ModelChoiceFilter(
        label="Organisation of the lead",
        queryset=lead_organisations,
        field_name="lead__organisation",
        empty_label="All organisations",
    )
    lead = filters.CharFilter(label="Lead post", field_name="lead__title", lookup_expr="icontains")
    status = filters.ChoiceFilter(
        label="Status",
        choices=[(status.value, status.label) for status in OPEN_STATUSES],
        empty_label="Any status",
    )
    late_by = filters.ChoiceFilter(
        label="Late by", choices=LATE_BY, empty_label="Any number of days", method="by_clock"
    )

    def __init__(self, data: Any, rows: Any, *, as_at: AsAt, request: HttpRequest) -> None:
        self.as_at = as_at
        super().__init__(data, rows, request=request)

    def search(self, rows: Any, name: str, words: str) -> Any:
        for word in words.split():
            rows = rows.filter(
                Q(wording__icontains=word)
                | Q(reference__iexact=word)
                | Q(lead__title__icontains=word)
                | Q(progress__icontains=word)
            )
        return rows

    def by_clock(self, rows: Any, name: str, value: str) -> Any:
        """Clock and days go together: see ``late``."""
        return rows

    def late(self, narrowed: Any) -> Any:
        """Of rows that the other filters let through: those late by the chosen clock and number of days."""
        late = late_against_first_agreed if self.by_first_agreed else overdue
        cut_off = self.as_at.day - timedelta(days=int(self.form.cleaned_data.get("late_by") or 0))
        return narrowed.filter(late(cut_off))

    @property
    def by_first_agreed(self) -> bool:
        """Whether the clock counts from the date first agreed."""
        return getattr(self.form, "cleaned_data", {}).get("clock") == "first"
