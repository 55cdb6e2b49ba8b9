"""What several kinds of paper share: the paper around its blocks, its opening sentences, tables of few columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from plans.improvement_plan.wording import counted
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import PLAN_COLUMNS, Column
from plans.papers.content import Block, Cell, Head, Paper, Paragraph, Row, Table
from plans.papers.plan_table import columns_for


def paper_of(
    account: Account, what: str, blocks: Iterable[Block], *, rows: int | None = None, key: tuple[str, ...] = ()
) -> Paper:
    """The paper with these blocks. ``what`` says what it tells; ``rows``: of how many actions, if not of all."""
    brief, plan = account.brief, account.plan
    return Paper(
        organisation=plan.organisation.paper_name,
        title=brief.title or f"{plan.title}: {what.lower()}",
        subtitle=what,
        blocks=tuple(blocks),
        stamp=brief.stamp(account.figures.all if rows is None else rows, illustration=account.illustration),
        key=key,
        landscape=brief.choices.landscape,
    )


def columns_of(*keys: str, **widths: int) -> list[Column]:
    """Columns of ``PLAN_COLUMNS``, with shares of the page's width of their own where they are given."""
    return [replace(PLAN_COLUMNS[key], width=widths.get(key, PLAN_COLUMNS[key].width)) for key in keys]


def chosen_columns(brief: Brief, usual: Sequence[str], widths: Mapping[str, int] | None = None) -> list[Column]:
    """The columns that the brief chose or those that are usual, for a table without groups."""
    found = []
    for one in columns_for(brief, usual):
        column = PLAN_COLUMNS["area_each_row" if one.key == "area" else one.key]
        found.append(replace(column, width=one.width or (widths or {}).get(column.key, column.width)))
    return found


def table_of(
    caption: str,
    heads: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int | date | Cell]],
    *,
    level: int = 2,
    empty: str = "There is nothing to list.",
) -> Table:
    """A table of texts and numbers; ``heads`` are headings with their shares of the page's width."""
    columns = tuple(Head(f"column_{place}", heading, width) for place, (heading, width) in enumerate(heads, start=1))
    return Table(caption, columns, tuple(Row(tuple(map(_cell, row))) for row in rows), level, empty)


def _cell(value: str | int | date | Cell) -> Cell:
    if isinstance(value, Cell):
        return value
    return Cell(f"{value:,}", value) if isinstance(value, int) else Cell(str(value))


def kept_back_note(account: Account) -> list[Block]:
    """Of how many published actions a public paper cannot say how they stand."""
    number = account.left_out
    if not number:
        return []
    said = "is left out: its dates or its standing are" if number == 1 else "are left out: their dates or standing are"
    return [Paragraph(f"{counted(number, 'published action')} {said} not published.", small=True)]


def without_actions(account: Account) -> str:
    """The sentence of a paper that has no action to tell of."""
    chosen = account.brief.choices.selection.words()
    if chosen:
        return f"The plan had no actions {chosen} on {account.as_at_words}."
    return f"The plan had no {'published ' if account.brief.public else ''}actions on {account.as_at_words}."


def is_or_are(number: int) -> str:
    return "is" if number == 1 else "are"


def overdue_words(account: Account) -> str:
    """“11 of 22 actions are overdue on 16 March 2020; 13 are later than first agreed”, without its full stop."""
    told = account.figures
    first = told.late_against_first
    late = f"{told.overdue:,} of {counted(told.all, 'action')} {is_or_are(told.overdue)} overdue"
    return f"{late} on {account.as_at_words}; {first:,} {is_or_are(first)} later than first agreed"


def overdue_sentence(account: Account) -> str:
    """As the page of what is overdue opens."""
    told = account.figures
    if not told.all:
        return without_actions(account)
    said = (
        f"{overdue_words(account)}. {told.due_soon:,} more {'falls' if told.due_soon == 1 else 'fall'} due "
        f"within 30 days, {told.without_date:,} {'has' if told.without_date == 1 else 'have'} no date, "
        f"{told.complete:,} {is_or_are(told.complete)} complete"
    )
    if told.signed_off:
        said += f", {told.signed_off:,} signed off"
    if told.extension_pending:
        waits = "waits" if told.extension_pending == 1 else "wait"
        said += f". {counted(told.extension_pending, 'extension')} {waits} for a decision"
    return f"{said}."
