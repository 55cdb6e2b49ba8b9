"""Lists of actions."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableQuerysetData

from plans.improvement_plan.rules import OPEN_STATUSES
from plans.oversight.overdue import (
    GROUP_ORDER,
    LATE,
    GroupBy,
    Keep,
    MoreThanCounted,
    Shown,
    among_few_plans,
    group_of,
    question_of,
)
from plans.web.as_at import AsAt
from plans.web.date_trail import date_trail, marks_of
from plans.web.tables import cells
from plans.web.tables.drawn_rows import DrawnRows

ROW_HEADER = {"td": {"scope": "row"}}


class ActionTable(DrawnRows, tables.Table):
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


# Of each list of the overdue page: its caption before the day and after it, and what is said where it is empty.
LIST_WORDS: dict[Shown, tuple[str, str, str]] = {
    Shown.OVERDUE: ("Overdue on", ", longest first", "No actions are overdue"),
    Shown.FIRST: ("Later than first agreed on", ", longest first", "No actions are later than first agreed"),
    Shown.DUE_SOON: ("Due within 30 days of", ", earliest first", "No actions fall due within 30 days"),
    Shown.NO_DATE: ("Open without a date on", "", "No open actions are without a date"),
    Shown.PENDING: ("Waiting for a decision on an extension, as at", "", "No extensions wait for a decision"),
    Shown.COMPLETE: ("Complete and awaiting sign-off on", "", "No actions are complete and await sign-off"),
    Shown.SIGNED_OFF: ("Signed off by", "", "No actions are signed off"),
    Shown.ALL: ("All actions on", ", earliest date first", "There are no actions"),
}


class CountedRows(TableQuerysetData):
    """Rows that were counted already; of more than were counted, the first of them are there to be paged through.

    Grouped, they stay in the order of their groups, whatever they are sorted by. ``keep`` may answer which rows a page
    has: for those of every council on a past day, before which all must be passed over that was due earlier.
    """

    def __init__(
        self, rows: Any, length: int, *, grouped: bool, keep: Keep | None = None, of_few_plans: bool = False
    ) -> None:
        super().__init__(rows)
        self.data: Any
        self.length, self.grouped, self.keep, self.of_few_plans = length, grouped, keep, of_few_plans

    def __getitem__(self, page: Any) -> Any:
        rows = self.data
        if self.keep is None or not isinstance(page, slice):
            return rows[page]
        question = question_of(rows, page)
        return rows.filter(pk__in=self.keep(question, lambda: list(rows.values_list("pk", flat=True)[page])))

    def __len__(self) -> int:
        return self.length - 1 if self.is_longer else self.length

    @property
    def is_longer(self) -> bool:
        """Whether there are more rows than were counted."""
        return isinstance(self.length, MoreThanCounted)

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        if self.grouped:
            within = [each for each in self.data.query.order_by if each not in GROUP_ORDER]
            self.data = self.data.order_by(*GROUP_ORDER, *within)
        if self.of_few_plans:
            self.data = self.data.order_by(*among_few_plans(self.data.query.order_by))


class OverdueTable(ActionTable):
    """A list of the overdue page: where each action belongs, how its date moved, why it is late and what is next."""

    why = tables.Column(verbose_name="Why, and what next", orderable=False, accessor="pk")

    class Meta:
        sequence = ("action", "due", "late", "state", "update", "why")
        attrs = {"class": "app-table--wide app-table--overdue"}

    caption_visible = True

    def __init__(self, rows: CountedRows, *, as_at: AsAt, shown: Shown, late_by: int = 0, **kwargs: Any) -> None:
        before, after, empty = LIST_WORDS[shown]
        by = f", by more than {late_by} days" if late_by else ""
        super().__init__(
            rows,
            as_at=as_at,
            caption=f"{before} {as_at.words}{by}{after}",
            empty_text=f"{empty} with these filters on this day.",
            exclude=("state",) if shown in LATE else ("late",),
            **kwargs,
        )
        self.total_words = str(rows.length) if rows.is_longer else ""
        self.data.order_by(())

    def render_action(self, record: Any) -> SafeString:
        return format_html(
            '{}<span class="app-secondary">{}, {}</span>',
            super().render_action(record),
            record.plan.title,
            record.plan.organisation.name,
        )

    def render_due(self, record: Any) -> SafeString:
        # When something was done is known from its history alone: a trail that runs on to the day would mislead.
        trail = date_trail(marks_of(record, self.as_at.day)) if record.status in OPEN_STATUSES else ""
        return format_html("{}{}", super().render_due(record), trail)

    def render_state(self, record: Any) -> SafeString:
        return format_html(
            '{}<span class="app-secondary">{}</span>',
            cells.status_cell(record),
            cells.late_words(record, self.as_at.day),
        )

    def render_why(self, record: Any) -> SafeString:
        return cells.why_cell(record)

    def head_groups(self, by: GroupBy) -> None:
        """Give the first row of each group on this page the group's heading."""
        headed: set[int | None] = set()
        for row in self.page.object_list:
            if row.record.group_key not in headed:
                headed.add(row.record.group_key)
                row.record.group_heading = cells.group_heading(group_of(row.record, by, self.as_at.day))


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
