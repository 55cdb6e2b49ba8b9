"""What moved since the last meeting: the sentence, the table that adds up, each kind with what was said."""

from __future__ import annotations

from typing import Any

from plans.improvement_plan.wording import day_of, day_words, sentence_case
from plans.oversight.movement import FALLS, Move, Movement, cell_of, is_of
from plans.oversight.movement_rows import explanation, state_before
from plans.oversight.movement_words import (
    KINDS,
    SAID,
    SAID_BELOW,
    cell_words,
    further_sentence,
    matrix_caption,
    period_sentence,
    state_label,
    state_words,
    what_changed,
)
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import PLAN_COLUMNS, Column, PlanRow
from plans.papers.content import Block, Heading, Paper, Paragraph, Table
from plans.papers.kinds.parts import columns_of, kept_back_note, paper_of, table_of
from plans.papers.plan_table import listing

LISTED: tuple[Move, ...] = (*SAID, *SAID_BELOW)
NOTHING_BEFORE = (
    "There is nothing to compare with: no board of this plan met before {}, and no day was chosen from which to tell."
)


def build(brief: Brief) -> Paper:
    """The movement of the plan's actions, withdrawn ones included."""
    account = Account(brief)
    blocks = [*opening(account), *kept_back_note(account), *what_moved(account)]
    rows = account.moved.matrix.total if account.moved else None
    return paper_of(account, "What moved", blocks, rows=rows)


def sentence(account: Account) -> str:
    """What the paper opens with."""
    if account.moved is None or account.since is None:
        return NOTHING_BEFORE.format(account.as_at_words)
    return period_sentence(account.moved, account.since.words, account.until_words)


def opening(account: Account) -> list[Block]:
    """The sentence, what else moved, and by their references those that got worse without an explanation."""
    blocks: list[Block] = [Paragraph(sentence(account))]
    if account.moved and (further := further_sentence(account.moved, with_explanations=not account.brief.public)):
        blocks.append(Paragraph(further))
    unexplained = [row.reference for row in account.moved_rows if is_of(row, Move.UNEXPLAINED)]
    if unexplained and not account.brief.public:
        blocks.append(Paragraph(f"Got worse, and nobody said why: {', '.join(unexplained)}."))
    return blocks


def what_moved(account: Account, *, level: int = 2) -> list[Block]:
    """The table of states, then a list for each kind of movement that there was."""
    if account.moved is None or not account.moved.matrix.total:
        return []
    blocks: list[Block] = [
        matrix_table(account, account.moved, level=level),
        Paragraph(
            "The table counts every action once, withdrawn ones included. In the sentence above an action may be "
            "counted more than once: completed and reworded, say.",
            small=True,
        ),
    ]
    if account.moved_rows:
        return [*blocks, Heading("What moved, and what was said", level), *lists(account, level=level + 1)]
    return [*blocks, Paragraph("Nothing moved in this period.")]


def matrix_table(account: Account, found: Movement, *, level: int) -> Table:
    """States before down, states after across; the last row and the last column are the totals."""
    assert account.since is not None
    matrix = found.matrix
    rows: list[list[str | int]] = [
        [
            state_label(before),
            *(matrix.counts.get((before, after), 0) for after in matrix.columns),
            matrix.row_total(before),
        ]
        for before in matrix.rows
    ]
    rows.append(["All after", *(matrix.column_total(after) for after in matrix.columns), matrix.total])
    heads = [("Before, and after", 14), *((state_label(after), 10) for after in matrix.columns), ("All before", 10)]
    caption = matrix_caption(account.since.state_words, account.as_at_words)
    return table_of(caption, heads, rows, level=level)


def lists(account: Account, *, level: int) -> list[Block]:
    """One table for each kind of movement; what is in none of them, as a change of state, comes last."""
    rows = account.moved_rows
    found = [(KINDS[move], [row for row in rows if is_of(row, move)]) for move in LISTED]
    rest = [row for row in rows if not any(is_of(row, move) for move in LISTED)]
    return [
        _list(account, heading, members, level=level)
        for heading, members in (*found, ("Other changes of state", rest))
        if members
    ]


def _list(account: Account, heading: str, rows: list[Any], *, level: int) -> Table:
    public = account.brief.public
    columns = [
        *columns_of("reference", "wording", "by_whom", wording=30),
        Column("states", "Before and after", 16, lambda row: sentence_case(cell_words(*cell_of(row.action)))),
        Column("changed", "What changed", 26, lambda row: _changed(row, public=public)),
        # Notes name people, and hold the reasons of decisions: the public reads the progress that is published.
        PLAN_COLUMNS["progress"] if public else Column("said", "What was said", 36, _what_was_said),
    ]
    return listing(account.brief, [account.line(row) for row in rows], columns, caption=heading, level=level)


def _changed(row: PlanRow, *, public: bool) -> str:
    posts = not (public and "lead" in row.withheld)
    said = what_changed(row.action, state_before(row.action), earlier_wording=not public, posts=posts)
    return ". ".join(said or [state_words(*cell_of(row.action))])


def _what_was_said(row: PlanRow) -> str:
    said = explanation(row.action)
    if said is not None:
        made_up = " (illustration)" if said.made_up else ""
        return f"{said.note} ({said.by}, {day_words(day_of(said.at))}){made_up}"
    return "No explanation given" if cell_of(row.action) in FALLS else ""
