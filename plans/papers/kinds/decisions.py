"""The log of decisions and of challenges, as at a moment: nothing that came later, the latest first. Exempt only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plans.improvement_plan.wording import counted, day_of, day_words, moment_words
from plans.oversight.models import Challenge, Decision, Meeting
from plans.papers.account import Account
from plans.papers.brief import Brief
from plans.papers.content import Block, Paper, Paragraph, Table
from plans.papers.kinds.parts import paper_of, table_of

NOBODY_YET = "Nobody yet"


def build(brief: Brief) -> Paper:
    """What was decided and asked of the plan's actions, withdrawn ones included."""
    account = Account(brief)
    blocks: list[Block] = [Paragraph(sentence(account))]
    if account.owed:
        blocks.append(challenges_owed(account))
    blocks += [decisions_table(account, account.decisions), challenges_table(account, account.challenges)]
    return paper_of(account, "Decisions and challenges", blocks, rows=len(account.named))


def sentence(account: Account) -> str:
    """“12 decisions and 3 challenges by 16 March 2020; 1 answer is owed.”"""
    decided, asked = len(account.decisions), len(account.challenges)
    if not decided and not asked:
        return f"Nothing had been decided and no question had been put by {account.as_at_words}."
    owed = len(account.owed)
    said = f"{counted(owed, 'answer')} {'is' if owed == 1 else 'are'} owed" if owed else "no answer is owed"
    late = sum(one.answer_due is not None and one.answer_due < account.day for one in account.owed)
    overdue = f", {late:,} of them past {'its' if late == 1 else 'their'} date" if late else ""
    return (
        f"{counted(decided, 'decision')} and {counted(asked, 'challenge')} by {account.as_at_words}; {said}{overdue}."
    )


def decisions_table(
    account: Account, decisions: Iterable[Decision], *, caption: str = "Decisions", level: int = 2, empty: str = ""
) -> Table:
    """What was decided, on what, why, by whom and where."""
    return table_of(
        caption,
        [("Date", 12), ("Meeting", 16), ("Action", 30), ("Decision", 16), ("Reason", 30), ("Recorded by", 14)],
        [
            (
                day_words(day_of(one.at)),
                _meeting(one.meeting),
                _action(account, one.action_id),
                one.get_outcome_display(),
                one.reason or "As asked",
                str(one.by),
            )
            for one in decisions
        ],
        level=level,
        empty=empty or f"Nothing had been decided by {account.as_at_words}.",
    )


def challenges_table(account: Account, challenges: Sequence[Challenge], *, level: int = 2) -> Table:
    """Every question with its answer, where it had one at the moment."""
    return table_of(
        "Challenges",
        [("Raised", 14), ("Meeting", 14), ("About", 22), ("Question", 30), ("Owed by", 16), ("Answer", 32)],
        [
            (
                f"{day_words(day_of(one.raised_at))}, {one.raised_by}",
                _meeting(one.meeting),
                _action(account, one.action_id),
                one.question,
                _owed_by(one),
                _answer(account, one),
            )
            for one in challenges
        ],
        level=level,
        empty=f"No question had been put by {account.as_at_words}.",
    )


def challenges_owed(account: Account, *, level: int = 2) -> Table:
    """The questions that wait for an answer, the oldest first."""
    return table_of(
        "Answers owed",
        [("Raised", 14), ("About", 26), ("Question", 40), ("Owed by", 20), ("By when", 14)],
        [
            (
                day_words(day_of(one.raised_at)),
                _action(account, one.action_id),
                one.question,
                str(one.owed_by or NOBODY_YET),
                _by_when(account, one),
            )
            for one in account.owed
        ],
        level=level,
        empty="No answer is owed.",
    )


def _action(account: Account, action_id: int | None) -> str:
    """The action as it was at the moment; a question may be about the plan as a whole."""
    if action_id is None:
        return "The plan as a whole"
    return " ".join(account.named.get(action_id, ("An action that was not in the plan then",)))


def _meeting(meeting: Meeting | None) -> str:
    return f"{meeting.board.name}, {day_words(day_of(meeting.starts_at))}" if meeting else "At no meeting"


def _owed_by(challenge: Challenge) -> str:
    due = f", by {day_words(challenge.answer_due)}" if challenge.answer_due else ""
    return f"{challenge.owed_by or NOBODY_YET}{due}"


def _by_when(account: Account, challenge: Challenge) -> str:
    if challenge.answer_due is None:
        return "No date"
    late = (account.day - challenge.answer_due).days
    return day_words(challenge.answer_due) + (f": {counted(late, 'day')} late" if late > 0 else "")


def _answer(account: Account, challenge: Challenge) -> str:
    if not account.answered(challenge) or challenge.answered_at is None:
        return "Not answered"
    return f"{challenge.answer} ({challenge.answered_by}, {moment_words(challenge.answered_at)})"
