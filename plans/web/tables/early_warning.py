"""What is likely to miss its date, and what has been quiet for too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.oversight.early_warning import quiet_words
from plans.web.tables import cells
from plans.web.tables.actions import ActionTable


class NamedPlanTable(ActionTable):
    """Actions of several plans: the plan stands below each."""

    def render_action(self, record: Any) -> SafeString:
        return format_html(
            '{}<span class="app-secondary">{}, {}</span>',
            super().render_action(record),
            record.plan.title,
            record.plan.organisation.name,
        )


class WarningTable(NamedPlanTable):
    """Actions that are likely to miss their date, each with why. ``told`` holds the reasons by the row's key."""

    why = tables.Column(verbose_name="Why", orderable=False, accessor="pk")

    caption = "Likely to miss, earliest date first"
    caption_visible = True
    told: Mapping[int, list[str]]

    class Meta:
        sequence = ("action", "due", "why", "update")
        exclude = ("late", "state")

    def render_why(self, record: Any) -> SafeString:
        items = format_html_join("", "<li>{}</li>", ((reason,) for reason in self.told[record.pk]))
        return format_html('<ul class="govuk-list app-small">{}</ul>', items)


class QuietTable(NamedPlanTable):
    """Open actions without an update for longer than their plan allows."""

    silence = tables.Column(verbose_name="Silence", order_by=("reported_at", "pk"), accessor="pk")

    caption = "Quiet for too long, longest first"
    caption_visible = True

    class Meta:
        sequence = ("action", "due", "state", "silence")
        exclude = ("late", "update")

    def render_silence(self, record: Any) -> SafeString:
        return format_html(
            '{}<span class="app-secondary">{}</span>',
            quiet_words(record, self.as_at.day),
            cells.shortened(record.progress),
        )
