"""Whether an action may stand in public papers, and what of it is kept out of them, in words."""

from __future__ import annotations

from typing import Any

from plans.improvement_plan.state import ActionState
from plans.papers.columns import WITHHOLDABLE


def publication_words(row: ActionState) -> str:
    """“May stand in public papers, without: the reason for delay; the next step”."""
    if not row.published:
        return "Stands in no public paper"
    kept = kept_out_words(row.withheld)
    return f"May stand in public papers, without: {kept}" if kept else "May stand in public papers, all of it"


def kept_out_words(withheld: list[str]) -> str:
    """“the reason for delay; the next step”; nothing of nothing."""
    return "; ".join(label[:1].lower() + label[1:] for key, label in WITHHOLDABLE.items() if key in withheld)


def publication_change(before: Any, after: Any) -> str:
    """What an update changed of the marks, for the history; nothing where it changed none of them."""
    if (before.published, before.withheld) == (after.published, after.withheld):
        return ""
    said = publication_words(after)
    return said[:1].lower() + said[1:]
