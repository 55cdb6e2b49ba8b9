"""How a measure stands against its target, and the words that say by which rule. Plain values only."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from plans.improvement_plan.rules import Rag

NEAR = Decimal("0.1")


class TargetKind(StrEnum):
    """What a measure aims at."""

    NONE = "none"
    WORDS = "words"
    NUMBER = "number"
    RANGE = "range"


class Concern(StrEnum):
    """What a reader should ask about, beside the rating."""

    WORSE_THAN_BASELINE = "worse than baseline"
    AWAY_FROM_TARGET = "away from target"
    MET_BUT_SLIPPING = "met but slipping"
    TARGET_EASIER = "target easier than baseline"


RULES: dict[TargetKind, str] = {
    TargetKind.NUMBER: (
        "Green: the target is met. Amber: it is missed by up to a tenth of the target. Red: it is missed by more."
    ),
    TargetKind.RANGE: (
        "Green: inside the range. Amber: outside it by up to a tenth of its nearer end. Red: further outside."
    ),
    TargetKind.WORDS: "The target is in words, so no rating is worked out.",
    TargetKind.NONE: "No target is set, so no rating is worked out.",
}


def target_kind(target: Decimal | None, target_high: Decimal | None = None, printed: str = "") -> TargetKind:
    """What the target's columns make: a number wins over the words that it was printed in."""
    if target is None:
        return TargetKind.WORDS if printed else TargetKind.NONE
    return TargetKind.NUMBER if target_high is None else TargetKind.RANGE


def rule_in_words(kind: TargetKind) -> str:
    """The rule by which ``measure_rag`` rates, as pages print it."""
    return RULES[kind]


def missed_by(
    value: Decimal, target: Decimal, target_high: Decimal | None = None, *, lower_is_better: bool
) -> tuple[Decimal, Decimal]:
    """How far the value is from the target (0: met), and the end of the target that it is compared with."""
    if target_high is not None:
        if value < target:
            return target - value, target
        return max(value - target_high, Decimal(0)), target_high
    return max(value - target if lower_is_better else target - value, Decimal(0)), target


def measure_rag(
    value: Decimal | None, target: Decimal | None, target_high: Decimal | None = None, *, lower_is_better: bool
) -> Rag | None:
    """The rating by ``RULES``; None where there is nothing to compare.

    A range is met inside it, its ends included, whichever direction is better.
    """
    if value is None or target is None:
        return None
    missed, end = missed_by(value, target, target_high, lower_is_better=lower_is_better)
    if missed == 0:
        return Rag.GREEN
    return Rag.AMBER if missed <= abs(end) * NEAR else Rag.RED


def is_better(
    before: Decimal,
    after: Decimal,
    *,
    lower_is_better: bool,
    target: Decimal | None = None,
    target_high: Decimal | None = None,
) -> bool | None:
    """Whether the later value is the better one; None where neither is.

    Of a range the value nearer to it is the better one, and two inside it are alike.
    """
    if target is not None and target_high is not None:
        before, after = (
            missed_by(value, target, target_high, lower_is_better=lower_is_better)[0] for value in (before, after)
        )
        lower_is_better = True
    if before == after:
        return None
    return (after < before) == lower_is_better


def concerns(
    latest: Decimal,
    before: Decimal | None,
    *,
    baseline: Decimal | None,
    target: Decimal | None,
    target_high: Decimal | None = None,
    lower_is_better: bool,
) -> tuple[Concern, ...]:
    """What the rating alone would hide: a trend the wrong way, a target that asks for less than there was.

    ``before`` is the reading before the latest. Board members ask how a target can stretch while the trend is down.
    """

    def better(first: Decimal, second: Decimal) -> bool | None:
        return is_better(first, second, lower_is_better=lower_is_better, target=target, target_high=target_high)

    found = []
    if baseline is not None and better(baseline, latest) is False:
        found.append(Concern.WORSE_THAN_BASELINE)
    if target is not None and before is not None and better(before, latest) is False:
        met = missed_by(latest, target, target_high, lower_is_better=lower_is_better)[0] == 0
        found.append(Concern.MET_BUT_SLIPPING if met else Concern.AWAY_FROM_TARGET)
    if baseline is not None and target is not None and target_high is None and better(baseline, target) is False:
        found.append(Concern.TARGET_EASIER)
    return tuple(found)
