"""The matrix of a plan's coverage, and where each thing that is amiss is mended."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plans.access.models import User
from plans.oversight.coverage import AreaCover
from plans.oversight.hygiene import Finding, Mend
from plans.web.as_at import AsAt
from plans.web.tables.actions import ROW_HEADER
from plans.web.tables.cells import tag
from plans.web.wording import counted

FOR_READERS = {
    Mend.AMEND: ("action", "Open the action"),
    Mend.UPDATE: ("action", "Open the action"),
    Mend.DECIDE: ("action", "Open the action"),
    Mend.ACTION: ("action", "Open the action"),
    Mend.ADD_ACTION: ("plan", "Open the plan"),
    Mend.MEASURES: ("measures", "Open the measures"),
    Mend.INSPECTION: ("inspection", "Open the inspection"),
    Mend.PLAN: ("plan", "Open the plan"),
}
FOR_THOSE_WHO_RUN_IT = {
    **FOR_READERS,
    Mend.AMEND: ("amend_action", "Amend the action"),
    Mend.UPDATE: ("update_action", "Give an update"),
    Mend.DECIDE: ("decide_action", "Decide"),
    Mend.ADD_ACTION: ("add_action", "Add an action"),
    Mend.MEASURES: ("measures", "Link a measure"),
}


def mended_at(finding: Finding, user: User, *, may_run: bool) -> tuple[str, str]:
    """Where this person mends it, or sees it where they cannot: the address, and what the link says."""
    mend = finding.rule.mend
    if mend == Mend.PLAN and user.is_staff:
        return reverse("admin:plans_plan_change", args=[finding.subject]), "Choose its boards"
    route, words = (FOR_THOSE_WHO_RUN_IT if may_run else FOR_READERS)[mend]
    return reverse(route, args=[] if mend == Mend.MEASURES else [finding.subject]), words


def yes_or_no(so: bool) -> SafeString:
    return tag("Yes", "done") if so else tag("No", "attention")


class CoverageTable(tables.Table):
    """One row for each area: answered, owned, measured, evidenced."""

    area = tables.Column(verbose_name="Area", accessor="area__pk", attrs=ROW_HEADER)
    actions = tables.Column(verbose_name="Actions", accessor="area__pk")
    owner = tables.Column(verbose_name="Owner", accessor="area__pk")
    measure = tables.Column(verbose_name="Measure", accessor="area__pk")
    evidence = tables.Column(verbose_name="Evidence", accessor="area__pk")
    signed_off = tables.Column(verbose_name="Signed off", accessor="area__pk")

    nouns = ("area", "areas")

    class Meta:
        orderable = False
        attrs = {"class": "app-table--wide"}

    def __init__(self, covers: list[AreaCover], *, as_at: AsAt, address: str, caption: str) -> None:
        """``address`` is that of the page, to which a link for one area adds."""
        self.as_at, self.address, self.caption = as_at, address, caption
        super().__init__(covers)

    def render_area(self, record: AreaCover) -> SafeString:
        area = record.area
        place = ", ".join(part for part in (area.heading, area.location) if part)
        return format_html('{}. {}<span class="app-secondary">{}</span>', area.number, area.wording, place)

    def render_actions(self, record: AreaCover) -> SafeString:
        if not record.actions:
            return format_html('{}<span class="app-secondary">No action</span>', yes_or_no(False))
        joiner = "&" if "?" in self.address else "?"
        return format_html(
            '{} <span class="app-secondary"><a class="govuk-link app-nowrap" href="{}{}area={}#actions">{}'
            '<span class="govuk-visually-hidden"> for area {}</span></a></span>',
            yes_or_no(True),
            self.address,
            joiner,
            record.area.pk,
            counted(len(record.actions), "action"),
            record.area.number,
        )

    def render_owner(self, record: AreaCover) -> SafeString:
        return self._share(record.owned, record.with_owner, len(record.actions), "with an owner")

    def render_measure(self, record: AreaCover) -> SafeString:
        links = format_html_join(
            "",
            '<span class="app-secondary"><a class="govuk-link" href="{}{}">{}</a></span>',
            ((reverse("measure", args=[measure.pk]), self.as_at.query, measure.name) for measure in record.measures),
        )
        none: SafeString = mark_safe('<span class="app-secondary">None</span>')
        return format_html("{}{}", yes_or_no(record.measured), links or none)

    def render_evidence(self, record: AreaCover) -> SafeString:
        said = "None"
        if record.evidence:
            said = f"{counted(record.evidence, 'piece')}, {record.accepted or 'none'} accepted"
        return format_html('{}<span class="app-secondary">{}</span>', yes_or_no(record.evidenced), said)

    def render_signed_off(self, record: AreaCover) -> str:
        return f"{record.signed_off} of {len(record.actions)}" if record.actions else "0"

    def _share(self, so: bool, some: int, all_: int, what: str) -> SafeString:
        said: Any = f"{some} of {all_} {what}" if all_ else "No action"
        return format_html('{}<span class="app-secondary">{}</span>', yes_or_no(so), said)
