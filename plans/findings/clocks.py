"""The clocks that run for an inspection, from its framework's deadlines and its own dates."""

from __future__ import annotations

from datetime import date

from plans.findings.models import BankHoliday, DeadlineRule, Inspection
from plans.findings.rules import Clock, clock
from plans.findings.working_days import BANK_HOLIDAYS


def bank_holidays() -> dict[date, str]:
    """The table in the database, which administrators can edit; the shipped one where it is empty."""
    return dict(BankHoliday.objects.values_list("day", "name")) or dict(BANK_HOLIDAYS)


def clocks_of(inspection: Inspection) -> list[Clock]:
    """One clock for each deadline of the framework. The letter’s date is the last one’s, which is the plan’s."""
    holidays = bank_holidays()
    starts = {
        DeadlineRule.CountsFrom.RECEIPT: inspection.received_on,
        DeadlineRule.CountsFrom.PUBLICATION: inspection.published_on,
        DeadlineRule.CountsFrom.LETTER: inspection.published_on or inspection.received_on,
    }
    deadlines = list(inspection.framework.deadlines.order_by("id"))
    return [
        clock(
            rule.label,
            DeadlineRule.CountsFrom(rule.counts_from).label.lower(),
            starts[DeadlineRule.CountsFrom(rule.counts_from)],
            working_days=rule.working_days,
            calendar_days=rule.calendar_days,
            in_letter=inspection.letter_due_on if rule is deadlines[-1] else None,
            source=rule.source,
            verified=rule.verified,
            applies=rule.applies,
            holidays=holidays,
        )
        for rule in deadlines
    ]
