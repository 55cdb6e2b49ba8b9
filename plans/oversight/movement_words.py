"""What moved, in words: kinds, states, the sentence that a chair could read out, what changed beside a state.

Pages make links of the numbers and papers print them: both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plans.documents.dates import wording
from plans.improvement_plan.models import Update
from plans.improvement_plan.timeliness import Timeliness
from plans.improvement_plan.wording import due_wording, moved_words, shortened
from plans.oversight.movement import DONE, NEW, OPEN, Move, Movement
from plans.oversight.movement_rows import Fact

KINDS: dict[Move, str] = {
    Move.MOVED: "All that moved",
    Move.COMPLETED: "Completed",
    Move.SIGNED_OFF: "Signed off",
    Move.NEWLY_OVERDUE: "Newly overdue",
    Move.NO_LONGER_OVERDUE: "No longer overdue, and not done",
    Move.NOW_DUE_SOON: "Now due soon",
    Move.DATED: "Given a date",
    Move.EXTENDED: "Date moved later",
    Move.BROUGHT_FORWARD: "Date brought forward",
    Move.FORECAST_WORSE: "Forecast later",
    Move.NEW: "New",
    Move.REOPENED: "Reopened",
    Move.WITHDRAWN: "Withdrawn",
    Move.REINSTATED: "Reinstated",
    Move.REWORDED: "Reworded",
    Move.REASSIGNED: "Lead or supporting posts changed",
    Move.FELL: "Got worse",
    Move.UNEXPLAINED: "Got worse without an explanation",
    Move.UNCHANGED: "Unchanged",
    Move.ALL: "All actions",
}
# What the opening sentence says, first what a chair asks for first; of one, and of several.
SAID: dict[Move, tuple[str, str]] = {
    Move.COMPLETED: ("completed", "completed"),
    Move.SIGNED_OFF: ("signed off", "signed off"),
    Move.NEWLY_OVERDUE: ("newly overdue", "newly overdue"),
    Move.EXTENDED: ("date moved", "dates moved"),
    Move.REOPENED: ("reopened", "reopened"),
    Move.WITHDRAWN: ("withdrawn", "withdrawn"),
    Move.NEW: ("new", "new"),
}
SAID_BELOW: dict[Move, tuple[str, str]] = {
    Move.NOW_DUE_SOON: ("now due soon", "now due soon"),
    Move.NO_LONGER_OVERDUE: ("no longer overdue, but not done", "no longer overdue, but not done"),
    Move.FORECAST_WORSE: ("with a later forecast", "with a later forecast"),
    Move.DATED: ("given a date", "given a date"),
    Move.BROUGHT_FORWARD: ("brought forward", "brought forward"),
    Move.REINSTATED: ("reinstated", "reinstated"),
    Move.REWORDED: ("reworded", "reworded"),
    Move.REASSIGNED: ("with other posts", "with other posts"),
}


def state_label(state: str) -> str:
    """A state of the matrix in words."""
    if state == NEW:
        return "New"
    return "Complete" if state == Timeliness.COMPLETE else Timeliness(state).label


def cell_words(before: str, after: str) -> str:
    """“from on time to overdue”; of a row or a column, its one end."""
    was = "not in the plan yet" if before == NEW else state_label(before).lower() if before else ""
    now = state_label(after).lower() if after else ""
    if was and now:
        return f"{was} before and after" if was == now else f"from {was} to {now}"
    return f"{was} before" if was else f"{now} after" if now else ""


@dataclass(frozen=True)
class Number:
    """How many moved in one way, and the words that follow the number."""

    move: Move
    number: int
    words: str

    def __str__(self) -> str:
        return f"{self.number:,} {self.words}"


@dataclass(frozen=True)
class Numbers:
    """What is said of a period. Kinds of which there are none are left out; ``unexplained`` is of those that fell."""

    first: list[Number]
    also: list[Number]
    unchanged: Number
    fell: Number
    unexplained: Number


def number_of(found: Movement, move: Move, one: str, many: str = "") -> Number:
    """The count of a kind with its words."""
    number = found.counts[move]
    return Number(move, number, one if number == 1 else many or one)


def numbers_of(found: Movement) -> Numbers:
    """The numbers that a chair could read out."""
    first, also = (
        [number_of(found, move, *words) for move, words in each.items() if found.counts[move]]
        for each in (SAID, SAID_BELOW)
    )
    return Numbers(
        first=first or also,
        also=also if first else [],
        unchanged=number_of(found, Move.UNCHANGED, "unchanged"),
        fell=number_of(found, Move.FELL, "got worse"),
        unexplained=number_of(found, Move.UNEXPLAINED, "without an explanation"),
    )


def period_sentence(found: Movement, since: str, until: str = "") -> str:
    """“Since 14 January 2020: 3 completed, 2 dates moved; 4 unchanged.” ``until`` is left out for today."""
    said = numbers_of(found)
    when = f"From {since} to {until}" if until else f"Since {since}"
    if not found.matrix.total:
        return f"{when}: there are no actions."
    moved = ", ".join(map(str, said.first)) or "nothing moved"
    return f"{when}: {moved}; {said.unchanged if said.unchanged.number else 'none unchanged'}."


def further_sentence(found: Movement, *, with_explanations: bool = True) -> str:
    """What else moved, and how many got worse; “” where neither is so."""
    said = numbers_of(found)
    parts = [f"Also {', '.join(map(str, said.also))}."] if said.also else []
    if said.fell.number:
        unexplained = f", {said.unexplained}" if with_explanations and said.unexplained.number else ""
        parts.append(f"{said.fell}{unexplained}.")
    return " ".join(parts)


def matrix_caption(since: str, until: str) -> str:
    """What the matrix is a table of."""
    return f"Actions by their state on {since} (down) and on {until} (across)"


BECAME: dict[str, str] = {
    Timeliness.COMPLETE: "Completed",
    Timeliness.SIGNED_OFF: "Signed off",
    Timeliness.WITHDRAWN: "Withdrawn",
    # Nobody did anything: the day came.
    Timeliness.OVERDUE: "Its date passed",
    Timeliness.DUE_SOON: "Its date came near",
}


def state_words(before: str, after: str) -> str:
    """What a change of state alone comes to."""
    if before == after:
        return "Nothing"
    if before in DONE and after in OPEN:
        return "Reopened"
    return "Reinstated" if before == Timeliness.WITHDRAWN else BECAME.get(after, "")


def what_changed(row: Any, before: Update | None, *, earlier_wording: bool = True, posts: bool = True) -> list[str]:
    """What is different beside the state, a sentence each: dates, forecast, wording, posts.

    ``earlier_wording`` and ``posts`` say whether the wording of before and the posts may be told.
    """
    if before is None:
        return [f"Added to the plan, due {due_wording(row)}" if row.due_date else "Added to the plan without a date"]
    found = []
    was_due, due = due_wording(before), due_wording(row)
    if before.due_date is None and row.due_date:
        found.append(f"Given a date: {due}")
    elif getattr(row, Fact.EXTENDED):
        times = moved_words(row.extensions - before.extensions)
        words = (
            f"Date {times} from {was_due} to {due}" if row.due_date > before.due_date else f"Date {times}, now {due}"
        )
        found.append(words if was_due != due else f"Date {times}, now {due} again")
    elif getattr(row, Fact.BROUGHT_FORWARD):
        found.append(f"Date brought forward from {was_due} to {due}")
    if getattr(row, Fact.FORECAST_WORSE):
        forecast = wording(row.forecast_date, row.forecast_precision)
        earlier = wording(before.forecast_date, before.forecast_precision) if before.forecast_date else ""
        changed = earlier and earlier != forecast
        found.append(
            f"Forecast moved from {earlier} to {forecast}" if changed else f"Forecast {forecast}, after its date"
        )
    if getattr(row, Fact.REWORDED):
        found.append(f"Reworded; it was “{shortened(before.wording)}”" if earlier_wording else "Reworded")
    if getattr(row, Fact.REASSIGNED) and posts:
        found += _posts_changed(row, before)
    return found


def _posts_changed(row: Any, before: Update) -> list[str]:
    found = []
    if row.lead_id != before.lead_id:
        lead = row.lead_name if row.lead_id else "nobody"
        found.append(f"Lead changed from {before.lead_name or 'nobody'} to {lead}")
    now, then = dict(row.support), dict(before.support)
    if joined := [title for pk, title in now.items() if pk not in then]:
        found.append(f"Now supported by {'; '.join(joined)}")
    if left := [title for pk, title in then.items() if pk not in now]:
        found.append(f"No longer supported by {'; '.join(left)}")
    return found
