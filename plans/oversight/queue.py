"""What waits for a decision, at any moment: extensions asked, closures reported, re-checks due, answers owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import extension_pending
from plans.oversight.models import Challenge


def recheck_due(day: date) -> Q:
    """Signed off, and the day on which to look again has come."""
    return Q(status=Status.SIGNED_OFF, recheck_date__lte=day)


def waits_for_a_decision(day: date) -> Q:
    """An extension is asked, a closure is reported, or a re-check is due."""
    return extension_pending() | Q(status=Status.COMPLETE) | recheck_due(day)


@dataclass(frozen=True)
class Waiting:
    """A row of the queue and what is asked: “extension”, “closure” or “re-check”."""

    row: Any
    asked: str


def queue(rows: QuerySet[Any], day: date) -> list[Waiting]:
    """Those of ``rows`` that wait, extensions first, then closures, then re-checks; each in the order of its plan."""
    found = rows.filter(waits_for_a_decision(day)).order_by("plan_id", "position", "pk")
    waiting = [Waiting(row, _asked(row)) for row in found]
    order = ("extension", "closure", "re-check")
    return sorted(waiting, key=lambda one: order.index(one.asked))


def _asked(row: Any) -> str:
    if row.status == Status.COMPLETE:
        return "closure"
    return "extension" if row.extension_pending else "re-check"


def answers_owed(challenges: QuerySet[Challenge], moment: datetime | None) -> list[Challenge]:
    """The questions among ``challenges`` that had no answer at ``moment`` (now where it is None), oldest first."""
    asked = challenges if moment is None else challenges.filter(raised_at__lte=moment)
    open_then = (
        Q(answered_at__isnull=True) if moment is None else Q(answered_at__isnull=True) | Q(answered_at__gt=moment)
    )
    return list(asked.filter(open_then).select_related("owed_by", "action", "raised_by").order_by("raised_at", "pk"))
