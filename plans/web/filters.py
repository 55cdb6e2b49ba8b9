"""The filters of the lists. Choices are those that the person may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from plans.access.models import Board, Organisation, Post
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
# A list of more is no help to choose from, and costs more than the page that it narrows.
MOST_OFFERED = 200
LATE_BY = (("30", "more than 30 days"), ("90", "more than 90 days"), ("180", "more than 180 days"))


def visible_plans(request: HttpRequest) -> Any:
    return Plan.objects.visible_to(person(request)).select_related("organisation")


def visible_boards(request: HttpRequest) -> Any:
    return Board.objects.filter(plans__in=visible_plans(request).values("pk")).distinct()


def visible_inspections(request: HttpRequest) -> Any:
    return Inspection.objects.visible_to(person(request))


def lead_organisations(request: HttpRequest) -> Any:
    user = person(request)
    if user.is_superuser:
        leading = Post.objects.filter(Exists(Action.objects.filter(lead=OuterRef("pk"))), organisation=OuterRef("pk"))
        return Organisation.objects.filter(Exists(leading))
    leads = Action.objects.visible_to(user).order_by().values("lead__organisation")
    return Organisation.objects.filter(pk__in=leads)


class _ReadIterator(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for row in self.field.rows.values():
            yield self.choice(row)


class ReadOnceField(ModelChoiceField):
    """A choice of rows that asks the database once: what was chosen is looked up among what is offered.

    Where there are more than ``MOST_OFFERED``, a part of the name is typed instead; a link may still name one row.
    """

    iterator = _ReadIterator

    @cached_property
    def rows(self) -> dict[str, Any]:
        """What is offered, and one more where there are too many."""
        return {str(row.pk): row for row in self.queryset[: MOST_OFFERED + 1]}

    @property
    def is_typed(self) -> bool:
        """Whether there are too many rows to choose from."""
        return len(self.rows) > MOST_OFFERED

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        if self.is_typed:
            self.widget, self.help_text = forms.TextInput(), "Part of its name"
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        if self.is_typed and (row := self._named_by_key(value)):
            return str(row)
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if found := self.rows.get(str(value)):
            return found
        if self.is_typed:
            if found := self._named_by_key(value):
                return found
            names = "title" if any(field.name == "title" for field in self.queryset.model._meta.fields) else "name"
            called = self.queryset.filter(**{f"{names}__icontains": str(value)})
            if called.exists():
                return called
        raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})

    def _named_by_key(self, value: Any) -> Any:
        typed = str(value)
        return self.queryset.filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None


class RowFilter(filters.ModelChoiceFilter):
    """A row that was chosen; all that are called so where a part of the name was typed."""

    field_class = ReadOnceField

    def filter(self, rows: Any, value: Any) -> Any:
        if not isinstance(value, QuerySet):
            return super().filter(rows, value)
        called = rows.model.objects.filter(**{f"{self.field_name}__in": value.order_by().values("pk")})
        return rows.filter(pk__in=called.order_by().values("pk"))


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
    lead = filters.CharFilter(label="Lead post", method="by_lead")
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

    def by_lead(self, rows: Any, name: str, title: str) -> Any:
        if not person(self.request).is_superuser:
            return rows.filter(lead__title__icontains=title)
        # Over every council the posts first: they are few beside the actions.
        return rows.filter(lead__in=Post.objects.filter(title__icontains=title).order_by().values("pk"))

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
