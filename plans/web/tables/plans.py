"""The list of plans."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plans.web.as_at import AsAt

NUMBER = {"cell": {"class": "app-number"}}


class PlanTable(tables.Table):
    title = tables.Column(verbose_name="Plan", attrs={"td": {"scope": "row"}})
    organisation = tables.Column(order_by=("organisation__name", "pk"))
    stage = tables.Column()
    actions = tables.Column(orderable=False, accessor="pk", attrs=NUMBER)
    overdue = tables.Column(orderable=False, accessor="pk", attrs=NUMBER)

    caption = "Plans"
    nouns = ("plan", "plans")

    class Meta:
        empty_text = "You have no plans to see yet. Ask your improvement lead."

    def __init__(self, rows: Any, *, as_at: AsAt, counts: dict[int, dict[str, int]], **kwargs: Any) -> None:
        self.as_at, self.counts = as_at, counts
        super().__init__(rows, **kwargs)

    def render_title(self, record: Any) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}{}">{}</a>',
            reverse("plan", args=[record.pk]),
            self.as_at.query,
            record.title,
        )

    def render_stage(self, record: Any) -> str:
        submitted = f" {record.submitted_printed}" if record.submitted_printed else ""
        return f"{record.get_stage_display()}{submitted}"

    def render_actions(self, record: Any) -> int:
        return self.counts.get(record.pk, {}).get("number", 0)

    def render_overdue(self, record: Any) -> SafeString | int:
        late = self.counts.get(record.pk, {}).get("late", 0)
        if not late:
            return 0
        query = f"&as_at={self.as_at.value}" if self.as_at.is_past else ""
        return format_html(
            '<a class="govuk-link" href="{}?plan={}{}">{}<span class="govuk-visually-hidden"> overdue</span></a>',
            reverse("overdue"),
            record.pk,
            query,
            late,
        )
