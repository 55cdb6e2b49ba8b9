"""A plan on a page: each area in a row, how many actions stand where now and before, and the worst five."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from plans.documents.dates import short_wording
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.improvement_plan.wording import counted, sentence_case, shortened
from plans.oversight.coverage import AreaCover, coverage
from plans.oversight.front_page import Standing
from plans.oversight.movement_words import state_label
from plans.oversight.overdue import Shown
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import by_whom
from plans.papers.content import Block, Cell, Chart, Paper, Paragraph, Table
from plans.papers.drawing_standings import standings_chart, standings_in_words
from plans.papers.kinds.parts import (
    columns_of,
    kept_back_note,
    overdue_words,
    paper_of,
    table_of,
    without_actions,
)
from plans.papers.plan_table import group_by_area, listing

WORST = 5
_LONGEST_AREA, _LONGEST_ACTION, _LONGEST_POST = 56, 64, 36  # what a line of its column holds
_WIDTHS_OF_WORST = {"wording": 44, "by_whom": 26, "by_when": 14, "days_late": 9, "extensions": 11}


def build(brief: Brief) -> Paper:
    """The plan on one page of A4 where it has about five areas."""
    account = Account(brief)
    blocks = [Paragraph(sentence(account)), *kept_back_note(account), *standing(account)]
    if account.figures.overdue:
        blocks.append(worst(account))
    return paper_of(account, "Plan on a page", blocks)


def sentence(account: Account) -> str:
    """What a chair reads out first."""
    return f"{counts(account)} {overdue_words(account)}." if account.figures.all else without_actions(account)


def counts(account: Account) -> str:
    """“22 actions for 5 areas: 1 signed off, 3 complete, 2 due soon, 2 without an owner.”"""
    told = account.figures
    areas = counted(len(account.line.plan_areas), "area")
    parts = [f"{told.signed_off:,} signed off", f"{told.complete:,} complete", f"{told.due_soon:,} due soon"]
    if told.without_date:
        parts.append(f"{told.without_date:,} without a date")
    # Who leads an action may be kept out of a public paper, so how many nobody leads is not told there.
    if told.without_owner and not account.brief.public:
        parts.append(f"{told.without_owner:,} without an owner")
    return f"{counted(told.all, 'action')} for {areas}: {', '.join(parts)}."


@dataclass(frozen=True)
class _AreaRow:
    """An area with its selected actions; ``cover`` is None where the paper may not say what it lacks."""

    heading: str
    actions: Sequence[Any]
    cover: AreaCover | None


def standing(account: Account, *, level: int = 2) -> list[Block]:
    """Where the actions stand, now and before: as a picture, and area by area as its table."""
    lines = [line for line in account.standings.timeliness if line.now or line.before]
    blocks: list[Block] = []
    if lines:
        before = sentence_case(account.since.words) if account.since else ""
        words = standings_in_words(lines, f"On {account.as_at_words}", before)
        picture = standings_chart(lines, "Now", "Before" if account.since else "")
        blocks.append(Chart("Where the actions stand", words, picture))
    return [*blocks, areas_table(account, lines, level=level)]


def areas_table(account: Account, lines: Sequence[Standing], *, level: int) -> Table:
    """One row an area, in the plan's order, the council's own actions last; then the sums, and those of before."""
    words = [line.word for line in lines]
    rows = [_area_row(account, row, words) for row in _areas(account)]
    if rows:
        rows.append(_area_row(account, _AreaRow("All now", account.actions, None), words))
    if account.since and lines:
        said = f"All at {account.since.words}" if account.since.of_a_meeting else f"All on {account.since.words}"
        blank = [""] * (2 if account.sees_all else 1)
        rows.append([said, account.standings.before or 0, *(line.before or 0 for line in lines), *blank])
    heads = [("Area", 48), ("Actions", 7), *((state_label(word), 8) for word in words), ("Next due", 13)]
    if account.sees_all:
        heads.append(("What is missing", 18))
    return table_of("Area by area", heads, rows, level=level, empty="This plan answers no area of a report yet.")


def _areas(account: Account) -> list[_AreaRow]:
    covers = {one.area.pk: one for one in coverage(account.facts).areas} if account.sees_all else {}
    places = account.line.plan_areas
    groups = {group.actions[0].area_id: group for group in group_by_area(account.actions, places)}
    found = []
    for number, place in enumerate(places, start=1):
        group = groups.pop(place.area_id, None)
        heading = f"{number}. {place.area.wording}"
        found.append(_AreaRow(heading, group.actions if group else [], covers.get(place.area_id)))
    return found + [_AreaRow(group.heading, group.actions, None) for group in groups.values()]


def _area_row(account: Account, row: _AreaRow, words: Sequence[str]) -> list[str | int | Cell]:
    to_come = [
        action
        for action in row.actions
        if action.status in OPEN_STATUSES and action.due_date and action.due_date >= account.day
    ]
    following = min(to_come, key=lambda action: action.due_date, default=None)
    cells: list[str | int | Cell] = [
        shortened(row.heading, _LONGEST_AREA),
        len(row.actions),
        *(sum(action.timeliness == word for action in row.actions) for word in words),
        Cell(_soon(following), following.due_date) if following else "None",
    ]
    if account.sees_all:
        cells.append(_missing(row.cover) if row.cover else "")
    return cells


def _soon(action: Any) -> str:
    return short_wording(action.due_date, action.due_precision, shortened(action.due_printed, 12))


def _missing(cover: AreaCover) -> str:
    return sentence_case(", ".join(cover.missing)) or "Nothing"


def by_rating(account: Account) -> str:
    """How many have each rating by date; an action without a date has none."""
    said = [f"{line.now:,} {line.label.lower()}" for line in account.standings.rating if line.now]
    return f"By the rating that is worked out from dates and standing: {', '.join(said)}."


def worst(account: Account, *, level: int = 2) -> Table:
    """The few that have been overdue longest, each on one line."""
    actions = account.those(Shown.OVERDUE)[:WORST]
    columns = columns_of("reference", "wording", "by_whom", "by_when", "days_late", "extensions", **_WIDTHS_OF_WORST)
    columns[1] = replace(columns[1], text=lambda row: shortened(row.action.wording, _LONGEST_ACTION))
    columns[2] = replace(columns[2], text=lambda row: shortened(by_whom(row), _LONGEST_POST))
    caption = "Overdue longest" if account.figures.overdue > WORST else "Overdue"
    return listing(account.brief, [account.line(action) for action in actions], columns, caption=caption, level=level)
