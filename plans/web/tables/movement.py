"""The list of what moved."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plans.oversight.movement import FALLS, NEW, cell_of
from plans.oversight.movement_rows import explanation, state_before
from plans.oversight.movement_words import state_words, what_changed
from plans.web.as_at import AsAt
from plans.web.date_trail import date_trail, marks_of
from plans.web.tables import cells
from plans.web.tables.actions import ROW_HEADER
from plans.web.tables.drawn_rows import DrawnRows
from plans.web.wording import day_of, day_words


class MovementTable(DrawnRows, tables.Table):
    """Rows of ``Movement.rows`` that ``with_what_was_said`` prepared, with their lead and their plan."""

    action = tables.Column(verbose_name="Action and lead", orderable=False, accessor="pk", attrs=ROW_HEADER)
    state = tables.Column(verbose_name="Before and after", orderable=False, accessor="pk")
    what = tables.Column(verbose_name="What changed", orderable=False, accessor="pk")
    dates = tables.Column(verbose_name="Dates", orderable=False, accessor="pk")
    why = tables.Column(verbose_name="Explanation", orderable=False, accessor="pk")

    nouns = ("action", "actions")
    caption = "What moved"

    class Meta:
        attrs = {"class": "app-table--wide app-table--movement"}
        empty_text = "No action moved in this way between these two days."

    def __init__(self, rows: Any, *, as_at: AsAt, with_plan: bool, **kwargs: Any) -> None:
        self.as_at, self.with_plan = as_at, with_plan
        super().__init__(rows, **kwargs)

    def render_action(self, record: Any) -> SafeString:
        plan = format_html('<span class="app-secondary">{}</span>', record.plan.title) if self.with_plan else ""
        return format_html("{}{}", cells.action_link(record, self.as_at), plan)

    def render_state(self, record: Any) -> SafeString:
        before, after = cell_of(record)
        if before == after:
            return format_html('{}<span class="app-secondary">No change of state</span>', state_tag(after))
        return format_html(
            '{} <span class="app-movement__to"><span class="govuk-visually-hidden">to</span></span> {}{}',
            state_tag(before),
            state_tag(after),
            mark_safe('<span class="app-worse app-movement__worse">Worse</span>') if (before, after) in FALLS else "",
        )

    def render_what(self, record: Any) -> SafeString:
        said = what_changed(record, state_before(record)) or [state_words(*cell_of(record))]
        return format_html_join("", '<span class="app-movement__change">{}</span>', ((one,) for one in said))

    def render_dates(self, record: Any) -> SafeString | str:
        return date_trail(marks_of(record, self.as_at.day))

    def render_why(self, record: Any) -> SafeString | str:
        said = explanation(record)
        if said is not None:
            return format_html(
                '{}<span class="app-secondary">{}, {}{}</span>',
                cells.shortened(said.note, 300),
                said.by,
                day_words(day_of(said.at)),
                cells.ILLUSTRATION if said.made_up else "",
            )
        if cell_of(record) in FALLS:
            return mark_safe('<strong class="app-worse">No explanation given</strong>')
        return ""


def state_tag(state: str) -> SafeString:
    """A state of the matrix as its tag."""
    return cells.tag("New", "new") if state == NEW else cells.timeliness_tag(SimpleNamespace(timeliness=state))
