"""A meeting in a few plain lines, for the e-mail that goes with its papers: the same numbers as its page."""

from __future__ import annotations

from plans.oversight.movement import Move, Movement
from plans.oversight.overdue import Figures

# What is told of the movement, in the order of telling; kinds of which there are none are left out.
TOLD: tuple[tuple[Move, str], ...] = (
    (Move.COMPLETED, "completed"),
    (Move.SIGNED_OFF, "signed off"),
    (Move.NEWLY_OVERDUE, "newly overdue"),
    (Move.EXTENDED, "with a later date"),
    (Move.REOPENED, "reopened"),
    (Move.WITHDRAWN, "withdrawn"),
    (Move.NEW, "new"),
    (Move.UNCHANGED, "unchanged"),
)


def digest(title: str, as_at: str, figures: Figures, waiting: int, moved: Movement | None, since: str) -> str:
    """The lines of the digest. ``waiting`` is how many decisions wait; ``since`` the meeting before in words."""
    lines = [title, f"As at {as_at}.", ""]
    lines.append(f"Actions: {figures.all}")
    lines.append(f"Overdue: {figures.overdue}")
    lines.append(f"Later than first agreed: {figures.late_against_first}")
    lines.append(f"Due within 30 days: {figures.due_soon}")
    lines.append(f"Without a date: {figures.without_date}")
    lines.append(f"Complete, awaiting sign-off: {figures.complete}")
    lines.append(f"Signed off: {figures.signed_off}")
    lines.append(f"Decisions that wait: {waiting}")
    if moved is not None:
        told = [f"{moved.counts[kind]} {words}" for kind, words in TOLD if moved.counts[kind]]
        lines += ["", f"Since {since}: {', '.join(told) or 'nothing moved'}."]
    return "\n".join(lines) + "\n"
