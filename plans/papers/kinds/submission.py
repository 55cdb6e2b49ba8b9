"""The plan as it goes to the inspectorate: the report's own words, area by area, with what answers them. Exempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plans.findings.models import Area, Inspection
from plans.improvement_plan.wording import counted, day_words, listed_words
from plans.monitoring.measure_words import amount, period_of, target_amount
from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState
from plans.oversight.coverage import AreaCover, Coverage, Show, coverage
from plans.oversight.hygiene import Finding, check_plan
from plans.oversight.plan_facts import Named
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import Column, PlanRow
from plans.papers.content import Block, Heading, Paper, Paragraph, Points, Table
from plans.papers.kinds.parts import chosen_columns, is_or_are, paper_of, table_of
from plans.papers.plan_table import OWN_ACTIONS, listing, rating_key

COLUMNS = ("reference", "wording", "by_whom", "by_when", "status")
NO_MEASURE = "No measure is set for this area."


def build(brief: Brief) -> Paper:
    """The inspections, each area with its actions, and whether every area is answered, owned, measured, evidenced."""
    account = Account(brief)
    found = coverage(account.facts)
    blocks: list[Block] = [Paragraph(sentence(account, found)), inspections_table(account)]
    for number, cover in enumerate(found.areas, start=1):
        blocks += area_blocks(account, number, cover)
    blocks += own_actions(account)
    blocks.append(coverage_table(found))
    if brief.draft:
        blocks += to_mend(account)
    keys = [column.key for column in chosen_columns(brief, COLUMNS)]
    return paper_of(account, "Submission to the inspectorate", blocks, key=rating_key(brief, keys))


def sentence(account: Account, found: Coverage) -> str:
    """“22 actions answer 5 areas of 1 inspection: 5 are answered, 4 owned, 1 measured, 2 evidenced.”"""
    areas = len(found.areas)
    actions = counted(account.figures.all, "action")
    if not areas:
        return f"This plan answers no area of a report; it has {actions} of the council’s own on {account.as_at_words}."
    inspections = len({cover.area.inspection_id for cover in found.areas})
    said = {show: found.count(show) for show in (Show.ANSWERED, Show.OWNED, Show.MEASURED, Show.EVIDENCED)}
    parts = ", ".join(f"{number:,} {show.value}" for show, number in list(said.items())[1:])
    return (
        f"{actions} for {counted(areas, 'area')} of {counted(inspections, 'inspection')} on {account.as_at_words}: "
        f"{said[Show.ANSWERED]:,} {is_or_are(said[Show.ANSWERED])} answered, {parts}."
    )


def inspections_table(account: Account) -> Table:
    """What the plan answers: days on site, publication, receipt, and when the plan is due."""
    due = {inspection.pk: clock.rules for inspection, clock in account.facts.clocks}
    inspections = {area.inspection_id: area.inspection for area in account.facts.areas}
    return table_of(
        "Inspections that this plan answers",
        [
            ("Inspection", 36),
            ("Inspectorate", 18),
            ("On site", 24),
            ("Published", 14),
            ("Received", 14),
            ("Plan due", 14),
        ],
        [
            (
                str(one),
                one.framework.inspectorate,
                _on_site(account, one),
                day_words(one.published_on) or "Not recorded",
                day_words(one.received_on) or "Not recorded",
                day_words(one.letter_due_on or due.get(one.pk)) or "Not recorded",
            )
            for one in inspections.values()
        ],
        empty="This plan answers no inspection.",
    )


def _on_site(account: Account, inspection: Inspection) -> str:
    spells = account.spells.get(inspection.pk, [])
    return listed_words([f"{day_words(spell.starts)} to {day_words(spell.ends)}" for spell in spells]) or "Not recorded"


def area_blocks(account: Account, number: int, cover: AreaCover) -> list[Block]:
    """One area: the report's words, where they stand, how success is known, the actions."""
    area = cover.area
    actions = [action for action in account.actions if action.area_id == area.pk]
    also = [action.reference for action in cover.actions if action.area_id != area.pk]
    blocks: list[Block] = [
        Heading(f"Area {number}"),
        Paragraph(f"“{area.wording}”"),
        Paragraph(_place(area), small=True),
    ]
    if also:
        blocks.append(Paragraph(f"Also answered by {listed_words(also)}."))
    measures = [account.linked_measures[named.pk] for named in cover.measures if named.pk in account.linked_measures]
    blocks.append(Heading("How it will be known", 3))
    blocks.append(Points(tuple(_known_by(*each) for each in measures)) if measures else Paragraph(NO_MEASURE))
    empty = "It has no action of its own." if also else "No action answers this area."
    return [*blocks, _actions(account, actions, caption=f"Actions for area {number}", empty=empty)]


def _place(area: Area) -> str:
    """Its number in the report's own list, and where it stands."""
    said = [f"{area.inspection}, {area.kind.name} {area.number}", area.heading, area.location]
    if area.timescale:
        said.append(f"to be done {area.timescale}")
    return "; ".join(part for part in said if part) + "."


def _known_by(measure: Measure, state: MeasureState) -> str:
    """“Plans begun in 10 days: from 14% to a target of 90%, higher is better. Latest: 73%, January 2020.”"""
    start = f"from {amount(measure, measure.baseline)} " if measure.baseline is not None else ""
    target = target_amount(measure) or (f"“{measure.target_printed}”" if measure.target_printed else "")
    aims = f"{start}to {target}" if target else (f"{start}with no target set" if start else "no target is set")
    latest = f" Latest: {amount(measure, state.latest.value)}, {period_of(state.latest)}." if state.latest else ""
    return f"{measure}: {aims}, {measure.get_better_display().lower()}.{latest or ' No reading yet.'}"


def own_actions(account: Account) -> list[Block]:
    """The council's own actions, and those of areas that are not in the plan."""
    places = {area.pk for area in account.facts.areas}
    outside = [action for action in account.actions if action.area_id not in places]
    return [_actions(account, outside, caption=OWN_ACTIONS, empty="")] if outside else []


def _actions(account: Account, actions: Iterable[Any], *, caption: str, empty: str) -> Table:
    measured = account.facts.area_measures, account.facts.action_measures

    def success(row: PlanRow) -> str:
        action = row.action
        found: Sequence[Named] = measured[1].get(action.action_pk) or measured[0].get(action.area_id, [])
        return "; ".join(named.name for named in found) or "None set"

    columns = chosen_columns(account.brief, COLUMNS)
    columns.insert(-1, Column("success_measure", "Success measure", 26, success))
    rows = [account.line(action) for action in actions]
    return listing(account.brief, rows, columns, caption=caption, level=3, empty=empty)


def coverage_table(found: Coverage) -> Table:
    """Every area: answered, owned, measured and evidenced, or listed as not."""
    return table_of(
        "Coverage",
        [("Area", 50), ("Answered", 16), ("Owned", 16), ("Measured", 16), ("Evidenced", 20)],
        [
            (
                f"{number}. {cover.area.wording}",
                f"Yes, by {counted(len(cover.actions), 'action')}" if cover.answered else "No",
                _share(cover),
                "Yes" if cover.measured else "No",
                f"Yes, {counted(cover.evidence, 'piece')}, {cover.accepted or 'none'} accepted"
                if cover.evidenced
                else "No",
            )
            for number, cover in enumerate(found.areas, start=1)
        ],
        empty="This plan answers no area of a report.",
    )


def _share(cover: AreaCover) -> str:
    if not cover.answered:
        return "No action"
    return "Yes" if cover.owned else f"No, {cover.with_owner} of {len(cover.actions)} with an owner"


def to_mend(account: Account) -> list[Block]:
    """Of a draft: what must be mended before the plan is submitted, and what may be overruled with a reason."""
    check = check_plan(account.facts)
    blocks: list[Block] = [Heading("Before this is submitted")]
    if not check.errors and not check.warnings:
        return [*blocks, Paragraph("Every rule was checked on this plan, and none found anything to mend.")]
    for heading, findings in (("To be mended", check.errors), ("To be looked at", check.warnings)):
        if findings:
            blocks += [Heading(heading, 3), Points(tuple(map(_message, findings)))]
    return blocks


def _message(finding: Finding) -> str:
    return finding.message
