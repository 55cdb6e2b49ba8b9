"""The list of inspections."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plans.web.wording import day_words


class InspectionTable(tables.Table):
    title = tables.Column(verbose_name="Inspection", attrs={"td": {"scope": "row"}})
    organisation = tables.Column(order_by=("organisation__name", "pk"))
    framework = tables.Column(order_by=("framework__name", "pk"))
    on_site = tables.Column(verbose_name="Days on site", orderable=False, accessor="pk")
    judgement_count = tables.Column(verbose_name="Judgements", attrs={"cell": {"class": "app-number"}})
    area_count = tables.Column(verbose_name="Areas", attrs={"cell": {"class": "app-number"}})

    caption = "Inspections"
    nouns = ("inspection", "inspections")

    class Meta:
        empty_text = "No inspections are recorded yet. An administrator can add one."

    def render_title(self, record: Any) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("inspection", args=[record.pk]), record.title
        )

    def render_on_site(self, record: Any) -> SafeString | str:
        spells = [f"{day_words(spell.starts)} to {day_words(spell.ends)}" for spell in record.spells.all()]
        return "; ".join(spells) or "Not recorded"
