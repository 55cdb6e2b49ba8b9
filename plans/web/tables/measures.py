"""The list of measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plans.monitoring.measure_words import amount, missed_words, period_of, target_amount, trend_words
from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState
from plans.monitoring.rules import TargetKind
from plans.web.as_at import AsAt
from plans.web.measure_words import concern_list
from plans.web.tables.cells import rag_tag


class MeasureTable(tables.Table):
    """Measures as they stand; ``states`` is that of each, by its key."""

    name = tables.Column(verbose_name="Measure", order_by=("name", "pk"), attrs={"td": {"scope": "row"}})
    organisation = tables.Column(order_by=("organisation__name", "pk"))
    latest = tables.Column(verbose_name="Latest", orderable=False, accessor="pk")
    target = tables.Column(orderable=False, accessor="pk")
    rating = tables.Column(verbose_name="Against target", orderable=False, accessor="pk")
    direction = tables.Column(verbose_name="Direction", orderable=False, accessor="pk")

    caption = "Measures"
    nouns = ("measure", "measures")

    class Meta:
        empty_text = "No measures to show. Whoever runs the plans can add them."

    def __init__(self, rows: Any, *, as_at: AsAt, states: Mapping[int, MeasureState], **kwargs: Any) -> None:
        self.as_at, self.states = as_at, states
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
        latest = self.states[record.pk].latest
        if latest is None:
            return "No reading yet"
        return format_html('{}<span class="app-secondary">{}</span>', amount(record, latest.value), period_of(latest))

    def render_target(self, record: Measure) -> SafeString:
        compared = ""
        if record.comparator_value is not None:
            compared = f"{record.comparator} {amount(record, record.comparator_value)}"
        return format_html(
            '{}<span class="app-secondary">{}</span>',
            target_amount(record) or record.target_printed or "None set",
            compared,
        )

    def render_rating(self, record: Measure) -> SafeString | str:
        state = self.states[record.pk]
        if state.rag:
            return format_html(
                '{}<span class="app-secondary">{}</span>', rag_tag(state.rag), missed_words(record, state)
            )
        return "Not rated: the target is in words" if state.kind == TargetKind.WORDS else "Not rated"

    def render_direction(self, record: Measure) -> SafeString | str:
        state = self.states[record.pk]
        words = trend_words(state)
        way: SafeString | str = words
        if state.better is not None:
            way = format_html('<span class="app-{}">{}</span>', "better" if state.better else "worse", words)
        return format_html("{}{}", way, concern_list(state))
