"""Lists of a meeting's page."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from plans.web.date_trail import date_trail, marks_of
from plans.web.tables.actions import ActionTable


class FrontPageTable(ActionTable):
    """The few that matter most: how late by both clocks, how the date moved, what was last said."""

    trail = tables.Column(verbose_name="Dates", orderable=False, accessor="pk")

    class Meta:
        sequence = ("action", "due", "late", "trail", "update")
        exclude = ("state",)
        empty_text = "Nothing is overdue."

    def render_trail(self, record: Any) -> SafeString | str:
        return date_trail(marks_of(record, self.as_at.day))
