"""Exceptions: what is late or may be, the longest late first; what waits, what lacks an owner or a date, what is quiet.

An extension never hides: what is late against the date first agreed stands here however often its date was moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from plans.improvement_plan.wording import extension_asked
from plans.oversight.early_warning import quiet_words
from plans.oversight.overdue import Shown
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import Column, PlanRow
from plans.papers.content import Block, Paper, Paragraph, Table
from plans.papers.kinds.parts import chosen_columns, columns_of, kept_back_note, overdue_sentence, paper_of
from plans.papers.plan_table import listing, rating_key

COLUMNS = (
    "reference",
    "wording",
    "by_whom",
    "by_when",
    "days_late",
    "first_agreed",
    "days_late_first",
    "extensions",
    "progress",
    "delay_reason",
    "next_step",
)
_WIDTHS = {
    "reference": 6,
    "wording": 24,
    "by_whom": 15,
    "by_when": 12,
    "first_agreed": 12,
    "progress": 22,
    "delay_reason": 15,
    "next_step": 12,
}
# What nobody said is said to be missing: it is what a board asks about.
_SAID: dict[str, Callable[[PlanRow], str]] = {
    "progress": lambda row: row.action.progress or "Nothing said",
    "delay_reason": lambda row: row.action.delay_reason or "No reason given",
}


def build(brief: Brief) -> Paper:
    """The sentence, then a table for each sort of exception; what there is none of is said in one line."""
    account = Account(brief)
    blocks: list[Block] = [Paragraph(overdue_sentence(account)), *kept_back_note(account)]
    if account.figures.all:
        blocks += [overdue(account), *beside_overdue(account)]
    keys = [column.key for column in chosen_columns(brief, COLUMNS)]
    return paper_of(account, "Exceptions", blocks, key=rating_key(brief, keys))


def beside_overdue(account: Account, *, level: int = 2, extensions: bool = True) -> list[Block]:
    """Every other sort of exception that there is, and a line with those that there are none of.

    ``extensions``: with those that wait for a decision.
    """
    found = {
        "later than first agreed without being overdue": later_than_first_agreed(account, level=level),
        "likely to miss its date": likely_to_miss(account, level=level),
        "waiting for a decision on its extension": extensions_that_wait(account, level=level),
        "without an owner": without_owner(account, level=level),
        "without a date": without_date(account, level=level),
        "quiet for too long": quiet_for_too_long(account, level=level),
    }
    if not extensions:
        del found["waiting for a decision on its extension"]
    none = [words for words, table in found.items() if not table.rows]
    blocks: list[Block] = [table for table in found.values() if table.rows]
    return blocks + ([Paragraph(f"No action is {', or '.join(none)}.")] if none else [])


def overdue(account: Account, *, level: int = 2) -> Table:
    """What is overdue, the longest first, by both clocks."""
    columns = [
        replace(column, text=_SAID.get(column.key, column.text))
        for column in chosen_columns(account.brief, COLUMNS, _WIDTHS)
    ]
    return _table(
        account,
        account.those(Shown.OVERDUE),
        columns,
        caption="Overdue, the longest first",
        empty="No action is overdue.",
        level=level,
    )


def later_than_first_agreed(account: Account, *, level: int = 2) -> Table:
    """What its extensions keep from being overdue, and is late all the same."""
    rows = [row for row in account.those(Shown.FIRST) if row.due_date is None or row.due_date >= account.day]
    return _table(
        account,
        rows,
        columns_of(
            "reference",
            "wording",
            "by_whom",
            "first_agreed",
            "days_late_first",
            "by_when",
            "extensions",
            "delay_reason",
            delay_reason=20,
        ),
        caption="Later than first agreed, and not overdue because the date was moved",
        empty="No action is later than first agreed without being overdue.",
        level=level,
    )


def likely_to_miss(account: Account, *, level: int = 2) -> Table:
    """What is not overdue and gives a sign that it will be, the earliest date first."""
    why = {each.action.action_pk: ". ".join(each.reasons) + "." for each in account.likely}
    return _table(
        account,
        [each.action for each in account.likely],
        [*columns_of("reference", "wording", "by_whom", "by_when"), _told("why", "Why", 40, why)],
        caption="Likely to miss its date",
        empty="No open action looks likely to miss its date.",
        level=level,
    )


def extensions_that_wait(account: Account, *, level: int = 2) -> Table:
    """Extensions asked for and not decided: what is overdue stays so meanwhile. Reasons are not for the public."""
    columns = columns_of("reference", "wording", "by_whom", "by_when", "days_late")
    columns.append(Column("asked", "Asked", 16, lambda row: extension_asked(row.action), mark="dates"))
    if not account.brief.public:
        columns.append(Column("asked_reason", "Why", 30, lambda row: row.action.asked_reason))
    return _table(
        account,
        account.those(Shown.PENDING),
        columns,
        caption="Extensions that wait for a decision",
        empty="No extension waits for a decision.",
        level=level,
    )


def without_owner(account: Account, *, level: int = 2) -> Table:
    """What nobody leads. Where the public is not told who leads, it is not told that nobody does."""
    return _table(
        account,
        [row for row in account.without_owner if "lead" not in account.line(row).withheld],
        columns_of("reference", "wording", "by_when", "timeliness"),
        caption="Without an owner",
        empty="Every open action has an owner.",
        level=level,
    )


def without_date(account: Account, *, level: int = 2) -> Table:
    """What has no date to be held to, with the words that stand in its place."""
    return _table(
        account,
        account.those(Shown.NO_DATE),
        columns_of("reference", "wording", "by_whom", "by_when", "status"),
        caption="Without a date",
        empty="Every open action has a date.",
        level=level,
    )


def quiet_for_too_long(account: Account, *, level: int = 2) -> Table:
    """What nobody has reported on for longer than the plan allows."""
    silence = Column("silence", "Silence", 18, lambda row: quiet_words(row.action, row.day), mark="standing")
    return _table(
        account,
        account.quiet,
        [*columns_of("reference", "wording", "by_whom", "by_when", "timeliness"), silence],
        caption="Quiet for too long",
        empty=f"Every open action was reported on within {account.plan.quiet_days} days.",
        level=level,
    )


def _told(key: str, heading: str, width: int, words: dict[int, str]) -> Column:
    return Column(key, heading, width, lambda row: words[row.action.action_pk])


def _table(
    account: Account, actions: Iterable[Any], columns: list[Column], *, caption: str, empty: str, level: int
) -> Table:
    rows = [account.line(action) for action in actions]
    return listing(account.brief, rows, columns, caption=caption, level=level, empty=empty)
