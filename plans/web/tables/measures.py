"""The list of measures."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from plans.monitoring.models import Measure
from plans.monitoring.readings import state_of_measure
from plans.web.as_at import AsAt
from plans.web.chart import amount
from plans.web.tables.cells import rag_tag


class MeasureTable(tables.Table):
    name = tables.Column(verbose_name="Measure", order_by=("name", "pk"), attrs={"td": {"scope": "row"}})
    organisation = tables.Column(order_by=("organisation__name", "pk"))
    latest = tables.Column(verbose_name="Latest", orderable=False, accessor="pk")
    target = tables.Column(orderable=False, accessor="pk")
    rating = tables.Column(verbose_name="Against target", orderable=False, accessor="pk")
    direction = tables.Column(verbose_name="Direction", orderable=False, accessor="pk")

    caption = "Measures"
    nouns = ("measure", "measures")

    class Meta:
        empty_text = "No measures are recorded yet. An administrator can add them."

    def __init__(self, rows: Any, *, as_at: AsAt, **kwargs: Any) -> None:
        self.as_at = as_at
        super().__init__(rows, **kwargs)

    def render_name(self, record: Measure) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}{}">{}</a><span class="app-secondary">{}</span>',
            reverse("measure", args=[record.pk]),
            self.as_at.query,
            str(record),
            record.get_better_display(),
        )

    def render_latest(self, record: Measure) -> SafeString | str:
        state = state_of_measure(record, record.readings.all(), self.as_at.day)
        if state.latest is None:
            return "No reading yet"
        return format_html(
            '{}<span class="app-secondary">{}</span>',
            amount(record, state.latest.value),
            state.latest.period_printed,
        )

    def render_target(self, record: Measure) -> str:
        if record.target is not None:
            return amount(record, record.target)
        return record.target_printed or "None set"

    def render_rating(self, record: Measure) -> SafeString | str:
        rag = state_of_measure(record, record.readings.all(), self.as_at.day).rag
        return rag_tag(rag) if rag else "Not rated"

    def render_direction(self, record: Measure) -> SafeString | str:
        better = state_of_measure(record, record.readings.all(), self.as_at.day).better
        if better is None:
            return "No change to show"
        return (
            mark_safe('<span class="app-better">Getting better</span>')
            if better
            else mark_safe('<span class="app-worse">Getting worse</span>')
        )
