"""How a measure stands against its target. Plain values only."""

from __future__ import annotations

from decimal import Decimal

from plans.improvement_plan.rules import Rag

NEAR = Decimal("0.1")


def measure_rag(value: Decimal | None, target: Decimal | None, *, lower_is_better: bool) -> Rag | None:
    """Green: the target is met. Amber: within a tenth of the target. Red: further off. None: nothing to compare."""
    if value is None or target is None:
        return None
    missed_by = value - target if lower_is_better else target - value
    if missed_by <= 0:
        return Rag.GREEN
    return Rag.AMBER if missed_by <= abs(target) * NEAR else Rag.RED


def is_better(before: Decimal, after: Decimal, *, lower_is_better: bool) -> bool | None:
    """Whether the later value is the better one; None where they are equal."""
    if before == after:
        return None
    return (after < before) == lower_is_better
