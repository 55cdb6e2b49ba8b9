"""A board's pack: the plan on a page, then what waits, what is late, what moved, what may miss, measures, answers owed.

Each part is that of the kind of paper that tells it alone. Exempt only.
"""

from __future__ import annotations

from plans.improvement_plan.wording import counted, day_words, extension_asked
from plans.oversight.movement_words import period_sentence
from plans.oversight.queue import Waiting
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.columns import Column, PlanRow
from plans.papers.content import Block, Heading, PageBreak, Paper, Paragraph, Table
from plans.papers.drawing_dates import marks_of, trail_in_words
from plans.papers.kinds import decisions, exceptions, measures, movement, plan_on_a_page
from plans.papers.kinds.parts import columns_of, overdue_words, paper_of, without_actions
from plans.papers.plan_table import listing, rating_key


def build(brief: Brief) -> Paper:
    """The front page, and a section for each thing that the board looks at."""
    account = Account(brief)
    blocks: list[Block] = [Paragraph(sentence(account)), *front_page(account), PageBreak()]
    blocks += [*to_decide(account), *late(account), *moved(account), *_measures(account), *decided(account)]
    keys = [head.key for block in blocks if isinstance(block, Table) for head in block.columns]
    return paper_of(account, "Board pack", blocks, key=rating_key(brief, keys))


def sentence(account: Account) -> str:
    """“Since the meeting of 14 January 2020: 3 completed, 4 newly overdue; 15 unchanged. … 2 decisions wait.”"""
    if not account.figures.all:
        return without_actions(account)
    since = ""
    if account.moved and account.since:
        since = period_sentence(account.moved, account.since.words, account.until_words) + " "
    waits = len(account.waiting)
    return f"{since}{overdue_words(account)}; {counted(waits, 'decision')} {'waits' if waits == 1 else 'wait'}."


def front_page(account: Account) -> list[Block]:
    """The plan on a page, save the overdue actions, all of which follow."""
    counts: list[Block] = [Paragraph(plan_on_a_page.counts(account))] if account.figures.all else []
    rated: list[Block] = [Paragraph(plan_on_a_page.by_rating(account), small=True)] if account.figures.all else []
    return [*counts, *plan_on_a_page.standing(account), *rated]


def to_decide(account: Account) -> list[Block]:
    """What the board is asked to decide, and the answers that it is owed."""
    return [
        Heading("To decide"),
        decisions_that_wait(account, level=3),
        decisions.challenges_owed(account, level=3),
    ]


def decisions_that_wait(account: Account, *, level: int = 2) -> Table:
    """Extensions asked, closures reported, re-checks due, with how the dates moved."""
    asked = {one.row.action_pk: _asked(one) for one in account.waiting}
    columns = columns_of("reference", "wording", "by_whom", wording=34)
    columns.append(Column("asked", "Asked", 40, lambda row: asked[row.action.action_pk]))
    columns.append(Column("dates", "Dates", 34, _dates))
    rows = [account.line(one.row) for one in account.waiting]
    caption, empty = "What waits for a decision", "Nothing waits for a decision."
    return listing(account.brief, rows, columns, caption=caption, level=level, empty=empty)


def _asked(waiting: Waiting) -> str:
    row = waiting.row
    if waiting.asked == "extension":
        return f"{extension_asked(row)}: {row.asked_reason}"
    if waiting.asked == "closure":
        return f"Closure: {row.progress or 'reported complete'}"
    return f"Re-check, due {day_words(row.recheck_date)}: does it still hold?"


def _dates(row: PlanRow) -> str:
    return trail_in_words(marks_of(row.action, row.day)) or "No date"


def late(account: Account) -> list[Block]:
    """What is overdue, and what is late or may be for all that it is not."""
    return [
        Heading("Overdue, and likely to be"),
        exceptions.overdue(account, level=3),
        *exceptions.beside_overdue(account, level=3, extensions=False),
    ]


def moved(account: Account) -> list[Block]:
    """What moved since the last meeting."""
    since = f"What moved since {account.since.words}" if account.since else "What moved"
    return [Heading(since), *movement.opening(account), *movement.what_moved(account, level=3)]


def _measures(account: Account) -> list[Block]:
    return [
        Heading("Measures"),
        Paragraph(measures.sentence(account)),
        *measures.standing(account, level=3),
        *measures.one_by_one(account, level=3),
    ]


def decided(account: Account) -> list[Block]:
    """What was decided since the last meeting."""
    since = f"since {account.since.words}" if account.since else f"by {account.as_at_words}"
    table = decisions.decisions_table(
        account,
        account.decisions_since,
        caption=f"Decisions {since}",
        empty=f"Nothing had been decided {since}.",
    )
    return [table]
