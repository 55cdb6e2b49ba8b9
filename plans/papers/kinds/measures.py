"""The plan's measures as they stood: each against its target, which way it goes, its readings drawn and listed."""

from __future__ import annotations

from dataclasses import replace

from plans.improvement_plan.rules import Rag
from plans.improvement_plan.wording import counted, sentence_case
from plans.monitoring.measure_words import (
    SHORT_CONCERNS,
    amount,
    concern_words,
    missed_words,
    opening,
    period_of,
    series_in_words,
    target_amount,
    trend_words,
)
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import MeasureState
from plans.monitoring.rules import TargetKind, rule_in_words
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.content import Block, Chart, Heading, Paper, Paragraph, Points, Table
from plans.papers.drawing_measure import ON_PAPER, line_chart
from plans.papers.kinds.parts import paper_of, table_of

NO_MEASURES = "This plan has no measures: nothing shows yet whether its actions make a difference."


def build(brief: Brief) -> Paper:
    """The measures of the plan: figures of all its work, so that a public paper has each of them, without notes."""
    account = Account(brief)
    paper = paper_of(account, "Measures", [Paragraph(sentence(account)), *standing(account), *one_by_one(account)])
    return replace(paper, stamp=replace(paper.stamp, counted=False))


def sentence(account: Account) -> str:
    """As the page of measures opens."""
    states = [state for _, state in account.measures]
    if not states:
        return NO_MEASURES

    def said(number: int, one: str, many: str, none: str = "none") -> str:
        return f"{number if number else none} {one if number == 1 else many}"

    rated = {word: sum(state.rag == word for state in states) for word in (Rag.GREEN, Rag.AMBER, Rag.RED)}
    parts = [
        said(rated[Rag.GREEN], "meets its target", "meet their target"),
        said(rated[Rag.AMBER], "misses it by up to a tenth", "miss it by up to a tenth"),
        said(rated[Rag.RED], "by more", "by more"),
    ]
    unrated = sum(state.rag is None for state in states)
    worse = sum(state.better is False for state in states)
    return (
        f"{counted(len(states), 'measure')} on {account.as_at_words}: {', '.join(parts)}; "
        f"{said(unrated, 'cannot be rated', 'cannot be rated')}. "
        f"{said(worse, 'is getting worse', 'are getting worse', 'None')}."
    )


def standing(account: Account, *, level: int = 2) -> list[Block]:
    """All measures in one table, a row each."""
    if not account.measures:
        return []
    table = table_of(
        "Where the measures stand",
        [("Measure", 36), ("Baseline", 12), ("Target", 16), ("Latest", 20), ("Against target", 24), ("Trend", 24)],
        [
            (
                f"{one} ({one.get_better_display().lower()})",
                amount(one, one.baseline) if one.baseline is not None else "Not recorded",
                _target(one),
                _latest(one, state),
                _rating(one, state),
                ". ".join([trend_words(state), *(SHORT_CONCERNS[concern] for concern in state.concerns)]),
            )
            for one, state in account.measures
        ],
        level=level,
    )
    kinds = {state.kind for _, state in account.measures}
    rules = [rule_in_words(kind) for kind in (TargetKind.NUMBER, TargetKind.RANGE) if kind in kinds]
    trend = "Getting better or worse is against the reading before."
    return [table, Paragraph(" ".join([*rules, trend]), small=True)]


def _target(measure: Measure) -> str:
    return target_amount(measure) or measure.target_printed or "None set"


def _latest(measure: Measure, state: MeasureState) -> str:
    if state.latest is None:
        return "No reading yet"
    said = f"{amount(measure, state.latest.value)}, {period_of(state.latest)}"
    if state.year_to_date:
        said += f"; year to date {amount(measure, state.year_to_date.value)}"
    return said


def _rating(measure: Measure, state: MeasureState) -> str:
    """The rating by our rule as a word, and the source's where it is another."""
    printed = measure.rag_printed
    ours = f"{state.rag.label}. {missed_words(measure, state)}" if state.rag else _not_rated(state)
    differs = printed and (state.rag is None or state.rag.label.lower() != printed.lower())
    return f"{ours}. The source prints it as {printed}, by a rule of its own" if differs else ours


def _not_rated(state: MeasureState) -> str:
    return "Not rated: the target is in words" if state.kind == TargetKind.WORDS else "Not rated"


def one_by_one(account: Account, *, level: int = 2) -> list[Block]:
    """Each measure that has a reading: what it comes to, what to ask about, its picture and its readings."""
    return [
        block
        for measure, state in account.measures
        if state.latest
        for block in _of_one(account, measure, state, level)
    ]


def _of_one(account: Account, measure: Measure, state: MeasureState, level: int) -> list[Block]:
    trend = f" {trend_words(state)}." if state.better is not None else ""
    rating = f" {state.rag.label}." if state.rag else ""
    blocks: list[Block] = [
        Heading(str(measure), level),
        Paragraph(f"{sentence_case(str(opening(measure, state)))}.{rating}{trend} {measure.get_better_display()}."),
    ]
    if concerns := concern_words(measure, state):
        blocks.append(Points(tuple(concerns)))
    if svg := line_chart(measure, state.series, ON_PAPER):
        blocks.append(Chart("Readings over time", f"{series_in_words(measure, state.series)}.", svg))
    return [*blocks, readings_table(measure, state, notes=not account.brief.public, level=level + 1)]


def readings_table(measure: Measure, state: MeasureState, *, notes: bool, level: int) -> Table:
    """Its readings, the newest first. ``notes``: with what somebody wrote beside them."""
    notes = notes and any(reading.note for reading in state.readings)
    heads = [("Period", 30), ("Value", 14), ("What it is", 20)]
    return table_of(
        f"Readings: {measure}",
        [*heads, ("Note", 46)] if notes else heads,
        [
            [
                period_of(reading),
                amount(measure, reading.value),
                Reading.Kind(reading.kind).label,
                *([reading.note] if notes else []),
            ]
            for reading in state.readings[::-1]
        ],
        level=level,
    )
