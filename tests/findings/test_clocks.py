"""Statutory clocks: computed in working days, the letter's date rules, both are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from plans.findings.clocks import clocks_of
from plans.findings.models import BankHoliday, DeadlineRule
from plans.findings.rules import clock, verdict
from plans.improvement_plan.rules import Rag
from plans.monitoring.rules import is_better, measure_rag
from tests.cast import Cast

RECEIPT = "receipt of the report"


def test_seventy_working_days_from_receipt() -> None:
    found = clock("Action plan", RECEIPT, date(2022, 4, 1), working_days=70)
    assert found.computed == found.rules == date(2022, 7, 15)
    assert found.rule == "70 working days from receipt of the report"
    assert not found.disagree


def test_the_date_in_the_letter_rules_and_both_are_kept() -> None:
    found = clock("Action plan", RECEIPT, date(2022, 4, 1), working_days=70, in_letter=date(2022, 7, 11))
    assert (found.rules, found.computed, found.disagree) == (date(2022, 7, 11), date(2022, 7, 15), True)


def test_calendar_days_and_dates_that_only_a_letter_gives() -> None:
    assert clock("Force action plan", "publication", date(2026, 1, 1), calendar_days=42).rules == date(2026, 2, 12)
    unset = clock("Improvement plan", "publication", date(2026, 1, 1))
    assert (unset.rules, unset.rule) == (None, "The date is set by the inspectorate")
    assert clock("Action plan", RECEIPT, None, working_days=70).rules is None


def test_a_day_outside_the_holiday_table_is_said_and_not_guessed() -> None:
    found = clock("Action plan", RECEIPT, date(2028, 12, 1), working_days=70)
    assert found.computed is None
    assert "2028" in found.problem


def test_an_inspections_clocks_follow_its_framework_and_the_edited_holidays(cast: Cast) -> None:
    framework = cast.inspection.framework
    DeadlineRule.objects.create(framework=framework, label="Publish", working_days=30)
    DeadlineRule.objects.create(framework=framework, label="Plan", working_days=70)
    cast.inspection.received_on = date(2022, 7, 18)
    cast.inspection.letter_due_on = date(2022, 10, 25)
    publish, plan = clocks_of(cast.inspection)
    assert (publish.in_letter, plan.in_letter) == (None, date(2022, 10, 25))
    assert plan.computed == date(2022, 10, 26)
    for year in (2022, 2023):
        BankHoliday.objects.create(day=date(year, 12, 26), name="Boxing Day")
    assert clocks_of(cast.inspection)[1].computed == date(2022, 10, 24), "only the edited table counts"


@pytest.mark.parametrize(
    ("judgements", "said"),
    [
        ([("Overall effectiveness", "Good"), ("Leaders", "Adequate")], "Good overall."),
        ([], "No grade was given."),
        ([("Leaders", "")], "No grade was given."),
        (
            [("Leaders", "Good"), ("Help", "Requires improvement to be good"), ("Care", "Good")],
            "No overall grade; judged good for 2, requires improvement to be good for 1.",
        ),
    ],
)
def test_the_judgements_as_a_sentence(judgements: list[tuple[str, str]], said: str) -> None:
    assert verdict(judgements) == said


@pytest.mark.parametrize(
    ("value", "target", "lower", "rating"),
    [
        ("70", "70", False, Rag.GREEN),
        ("63.1", "70", False, Rag.AMBER),
        ("62.9", "70", False, Rag.RED),
        ("15.3", "8", True, Rag.RED),
        ("8", "8", True, Rag.GREEN),
        ("8.5", "8", True, Rag.AMBER),
    ],
)
def test_a_measure_is_rated_against_its_target(value: str, target: str, lower: bool, rating: Rag) -> None:
    assert measure_rag(Decimal(value), Decimal(target), lower_is_better=lower) == rating
    assert measure_rag(None, Decimal(target), lower_is_better=lower) is None
    assert measure_rag(Decimal(value), None, lower_is_better=lower) is None


def test_better_depends_on_the_direction() -> None:
    assert is_better(Decimal(15), Decimal(8), lower_is_better=True) is True
    assert is_better(Decimal(15), Decimal(8), lower_is_better=False) is False
    assert is_better(Decimal(8), Decimal(8), lower_is_better=False) is None


def test_first_and_last_day_of_two_spells(cast: Cast) -> None:
    assert cast.inspection.first_day() is None
    assert cast.inspection.last_day() is None
    cast.inspection.spells.create(starts=date(2019, 8, 5), ends=date(2019, 8, 8))
    cast.inspection.spells.create(starts=date(2019, 7, 1), ends=date(2019, 7, 12))
    assert (cast.inspection.first_day(), cast.inspection.last_day()) == (date(2019, 7, 1), date(2019, 8, 8))
    assert str(cast.inspection.spells.first()) == "01 July 2019 to 12 July 2019"
