"""Lists of actions."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plans.web.as_at import AsAt
from plans.web.date_trail import date_trail, marks_of
from plans.web.tables import cells

ROW_HEADER = {"td": {"scope": "row"}}


class ActionTable(tables.Table):
    """Actions as at a day, over ``with_timeliness`` rows with their lead.

    Each column reads the whole row; its accessor is the key, so that no column fetches a related row by its name.
    """

    action = tables.Column(
        verbose_name="Action and lead",
        order_by=("plan_id", "position", "pk"),
        accessor="pk",
        attrs=ROW_HEADER,
    )
    due = tables.Column(verbose_name="Due", order_by=("due_date", "pk"), accessor="pk")
    late = tables.Column(verbose_name="Days late", orderable=False, accessor="pk")
    state = tables.Column(verbose_name="State", order_by=("status", "due_date", "pk"), accessor="pk")
    update = tables.Column(verbose_name="Last update", order_by=("reported_at", "pk"), accessor="pk")

    nouns = ("action", "actions")
    caption = "Actions"

    def __init__(self, rows: Any, *, as_at: AsAt, caption: str = "", **kwargs: Any) -> None:
        self.as_at = as_at
        if caption:
            self.caption = caption
        super().__init__(rows, **kwargs)

    def render_action(self, record: Any) -> SafeString:
        return cells.action_link(record, self.as_at)

    def render_due(self, record: Any) -> SafeString:
        return cells.due_cell(record)

    def render_late(self, record: Any) -> SafeString:
        return cells.late_cell(record, self.as_at.day)

    def render_state(self, record: Any) -> SafeString:
        return cells.status_cell(record)

    def render_update(self, record: Any) -> SafeString:
        return cells.update_cell(record, self.as_at)


class PlanActionTable(ActionTable):
    """The actions of one area of a plan."""

    class Meta:
        attrs = {"class": "app-table--plan"}


class OverdueTable(ActionTable):
    """What is late, where it belongs and how its date moved."""

    plan = tables.Column(verbose_name="Plan", order_by=("plan__title", "pk"), accessor="pk")
    trail = tables.Column(verbose_name="Dates", orderable=False, accessor="pk")

    class Meta:
        sequence = ("action", "plan", "due", "late", "trail", "update")
        exclude = ("state",)
        attrs = {"class": "app-table--wide"}
        empty_text = "No actions are overdue with these filters on this day."

    def render_plan(self, record: Any) -> SafeString:
        return format_html('{}<span class="app-secondary">{}</span>', record.plan.title, record.plan.organisation.name)

    def render_trail(self, record: Any) -> SafeString | str:
        return date_trail(marks_of(record, self.as_at.day))


class MyActionTable(ActionTable):
    """A person's own actions, with the way to update each."""

    answer = tables.Column(verbose_name="Update", orderable=False, accessor="pk")

    class Meta:
        sequence = ("action", "due", "late", "state", "update", "answer")

    def render_answer(self, record: Any) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}">Update<span class="govuk-visually-hidden"> {}</span></a>',
            reverse("update_action", args=[record.action_pk]),
            record.reference,
        )
