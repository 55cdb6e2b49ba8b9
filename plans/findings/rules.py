"""Statutory clocks of an inspection, and what its judgements come to. Plain values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plans.findings.working_days import BANK_HOLIDAYS, add_working_days


@dataclass(frozen=True)
class Clock:
    """A document that is owed: computed date, date in the letter, and which of the two rules."""

    label: str
    rule: str
    counts_from: str
    started: date | None
    computed: date | None
    in_letter: date | None
    source: str
    verified: bool
    applies: str
    problem: str = ""

    @property
    def rules(self) -> date | None:
        """The date that holds: the letter's where it prints one, else the computed one."""
        return self.in_letter or self.computed

    @property
    def disagree(self) -> bool:
        """Whether letter and computation give different dates."""
        return bool(self.in_letter and self.computed and self.in_letter != self.computed)


def clock(
    label: str,
    counts_from: str,
    started: date | None,
    *,
    working_days: int | None = None,
    calendar_days: int | None = None,
    in_letter: date | None = None,
    source: str = "",
    verified: bool = False,
    applies: str = "",
    holidays: Mapping[date, str] = BANK_HOLIDAYS,
) -> Clock:
    """The clock of one document; the day after ``started`` is day 1.

    Working days are those of England and Wales. Without any number of days only a letter gives a date.
    """
    computed, problem = None, ""
    rule = "The date is set by the inspectorate"
    if working_days is not None:
        rule = f"{working_days} working days from {counts_from}"
    elif calendar_days is not None:
        rule = f"{calendar_days} days from {counts_from}"
    if started is not None and working_days is not None:
        try:
            computed = add_working_days(started, working_days, holidays=holidays)
        except ValueError as refusal:
            problem = str(refusal)
    elif started is not None and calendar_days is not None:
        computed = started + timedelta(days=calendar_days)
    return Clock(label, rule, counts_from, started, computed, in_letter, source, verified, applies, problem)


def verdict(judgements: Sequence[tuple[str, str]]) -> str:
    """What the judgements come to, as a sentence: the overall grade where there is one, else each grade's count.

    ``judgements`` are pairs of the judged area and its grade word ("" without one).
    """
    for label, grade in judgements:
        if grade and label.lower().startswith("overall"):
            return f"{grade} overall."
    counts = Counter(grade for _, grade in judgements if grade)
    if not counts:
        return "No grade was given."
    said = [f"{grade.lower()} for {number}" for grade, number in counts.items()]
    return f"No overall grade; judged {', '.join(said)}."
