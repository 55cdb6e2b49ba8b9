"""The list of what moved."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plans.documents.dates import wording
from plans.improvement_plan.models import Update
from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.movement import DONE, FALLS, NEW, OPEN, cell_of
from plans.oversight.movement_rows import Fact, explanation, state_before
from plans.papers.columns import due_wording
from plans.web.as_at import AsAt
from plans.web.date_trail import date_trail, marks_of
from plans.web.tables import cells
from plans.web.tables.actions import ROW_HEADER
from plans.web.wording import day_of, day_words, moved_words


class MovementTable(tables.Table):
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


BECAME: dict[str, str] = {
    Timeliness.COMPLETE: "Completed",
    Timeliness.SIGNED_OFF: "Signed off",
    Timeliness.WITHDRAWN: "Withdrawn",
    # Nobody did anything: the day came.
    Timeliness.OVERDUE: "Its date passed",
    Timeliness.DUE_SOON: "Its date came near",
}


def state_words(before: str, after: str) -> str:
    """What a change of state alone comes to."""
    if before == after:
        return "Nothing"
    if before in DONE and after in OPEN:
        return "Reopened"
    return "Reinstated" if before == Timeliness.WITHDRAWN else BECAME.get(after, "")


def what_changed(row: Any, before: Update | None) -> list[str]:
    """What is different beside the state, a sentence each: dates, forecast, wording, posts."""
    if before is None:
        return [f"Added to the plan, due {due_wording(row)}" if row.due_date else "Added to the plan without a date"]
    found = []
    was_due, due = due_wording(before), due_wording(row)
    if before.due_date is None and row.due_date:
        found.append(f"Given a date: {due}")
    elif getattr(row, Fact.EXTENDED):
        times = moved_words(row.extensions - before.extensions)
        words = (
            f"Date {times} from {was_due} to {due}" if row.due_date > before.due_date else f"Date {times}, now {due}"
        )
        found.append(words if was_due != due else f"Date {times}, now {due} again")
    elif getattr(row, Fact.BROUGHT_FORWARD):
        found.append(f"Date brought forward from {was_due} to {due}")
    if getattr(row, Fact.FORECAST_WORSE):
        forecast = wording(row.forecast_date, row.forecast_precision)
        earlier = wording(before.forecast_date, before.forecast_precision) if before.forecast_date else ""
        changed = earlier and earlier != forecast
        found.append(
            f"Forecast moved from {earlier} to {forecast}" if changed else f"Forecast {forecast}, after its date"
        )
    if getattr(row, Fact.REWORDED):
        found.append(f"Reworded; it was “{cells.shortened(before.wording)}”")
    if getattr(row, Fact.REASSIGNED):
        found += _posts_changed(row, before)
    return found


def _posts_changed(row: Any, before: Update) -> list[str]:
    found = []
    if row.lead_id != before.lead_id:
        lead = row.lead_name if row.lead_id else "nobody"
        found.append(f"Lead changed from {before.lead_name or 'nobody'} to {lead}")
    now, then = dict(row.support), dict(before.support)
    if joined := [title for pk, title in now.items() if pk not in then]:
        found.append(f"Now supported by {'; '.join(joined)}")
    if left := [title for pk, title in then.items() if pk not in now]:
        found.append(f"No longer supported by {'; '.join(left)}")
    return found
