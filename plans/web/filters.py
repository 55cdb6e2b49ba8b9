"""The filters of the lists. Choices are those that the person may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import cached_property
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from plans.access.models import Board, Organisation
from plans.findings.models import Inspection
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.oversight.meetings import plans_before
from plans.oversight.models import Meeting
from plans.oversight.overdue import LATE, GroupBy, Shown, listed
from plans.web.as_at import AsAt
from plans.web.guards import person

LISTS: dict[Shown, str] = {
    Shown.OVERDUE: "Overdue",
    Shown.FIRST: "Later than first agreed",
    Shown.DUE_SOON: "Due within 30 days",
    Shown.NO_DATE: "No date",
    Shown.PENDING: "Extension waits for a decision",
    Shown.COMPLETE: "Complete, awaiting sign-off",
    Shown.SIGNED_OFF: "Signed off",
    Shown.ALL: "All actions",
}
GROUPS: dict[GroupBy, str] = {
    GroupBy.AREA: "Area",
    GroupBy.LEAD: "Lead post",
    GroupBy.ORGANISATION: "Organisation of the lead",
    GroupBy.PLAN: "Plan",
}
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


class _ReadIterator(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for row in self.field.rows.values():
            yield self.choice(row)


class ReadOnceField(ModelChoiceField):
    """A choice of rows that asks the database once: what was chosen is looked up among what is offered."""

    iterator = _ReadIterator

    @cached_property
    def rows(self) -> dict[str, Any]:
        return {str(row.pk): row for row in self.queryset}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if str(value) not in self.rows:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return self.rows[str(value)]


class RowFilter(filters.ModelChoiceFilter):
    field_class = ReadOnceField


def visible_meetings(request: HttpRequest) -> Any:
    return Meeting.objects.visible_to(person(request)).select_related("board")


class MeetingFilter(filters.ModelChoiceFilter):
    """The plans that a meeting looks at: set by the links of its page, and kept while one narrows further."""

    def __init__(self) -> None:
        super().__init__(label="Meeting", queryset=visible_meetings, widget=forms.HiddenInput)

    def filter(self, rows: Any, meeting: Meeting | None) -> Any:
        return rows if meeting is None else rows.filter(plan__in=plans_before(meeting).values("pk"))


class OverdueChoices(forms.Form):
    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("late_by") and Shown(said.get("show") or Shown.OVERDUE) not in LATE:
            self.add_error("late_by", "Days late narrow only what is late. Clear this or choose another list")
        return said


class OverdueFilter(filters.FilterSet):
    """Chooses a list as at a day (``show``), narrows it, and says how it is grouped."""

    q = filters.CharFilter(label="Search", method="search")
    show = filters.ChoiceFilter(
        label="Show",
        choices=[(each.value, label) for each, label in LISTS.items()],
        empty_label=None,
        null_label=None,
        method="whole",
    )
    group = filters.ChoiceFilter(
        label="Group by",
        choices=[(each.value, label) for each, label in GROUPS.items()],
        empty_label="One list",
        method="whole",
    )
    meeting = MeetingFilter()
    board = RowFilter(label="Board", queryset=visible_boards, field_name="plan__boards", empty_label="All boards")
    plan = RowFilter(label="Plan", queryset=visible_plans, empty_label="All plans")
    inspection = RowFilter(
        label="Inspection",
        queryset=visible_inspections,
        field_name="area__inspection",
        empty_label="All inspections",
    )
    organisation = RowFilter(
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
    late_by = filters.ChoiceFilter(label="Late by", choices=LATE_BY, empty_label="Any number of days", method="whole")

    class Meta:
        form = OverdueChoices

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
                | Q(delay_reason__icontains=word)
                | Q(next_step__icontains=word)
            )
        return rows

    def whole(self, rows: Any, name: str, value: str) -> Any:
        """List, days and groups go together, after what narrows: see ``listed``."""
        return rows

    def listed(self, narrowed: Any) -> Any:
        """Of rows that the other filters let through: those of the chosen list, late by the chosen days."""
        return narrowed.filter(self.condition)

    @property
    def condition(self) -> Q:
        """What the rows of the chosen list are, late by the chosen days."""
        return listed(self.shown, self.as_at.day, self.more_than_days)

    @property
    def more_than_days(self) -> int:
        """The days that must have passed; 0 for any."""
        return int(self._chosen("late_by") or 0)

    @property
    def shown(self) -> Shown:
        """The list that is chosen."""
        return Shown(self._chosen("show") or Shown.OVERDUE)

    @property
    def grouped_by(self) -> GroupBy | None:
        """What the list is grouped by."""
        chosen = self._chosen("group")
        return GroupBy(chosen) if chosen else None

    def _chosen(self, name: str) -> str:
        return getattr(self.form, "cleaned_data", {}).get(name) or ""


FILTERS: tuple[str, ...] = tuple(OverdueFilter.base_filters)
# What narrows every list alike, and how it is grouped.
NARROWING = tuple(name for name in FILTERS if name not in ("show", "late_by"))
DEFAULTS = {"show": Shown.OVERDUE.value}
