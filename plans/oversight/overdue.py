"""The figures of the overdue page, for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import (
    due_soon,
    extension_pending,
    is_open,
    late_against_first_agreed,
    overdue,
    without_date,
)


@dataclass(frozen=True)
class Figures:
    """Counts of a set of actions as at a day. ``all`` leaves withdrawn actions out."""

    all: int
    open: int
    overdue: int
    late_against_first: int
    due_soon: int
    without_date: int
    complete: int
    signed_off: int
    withdrawn: int
    without_owner: int
    extension_pending: int


def figures(rows: QuerySet[Any], day: date) -> Figures:
    """Count ``rows`` in one query."""
    shown = ~Q(status=Status.WITHDRAWN)
    return Figures(
        **rows.aggregate(
            all=Count("pk", filter=shown),
            open=Count("pk", filter=is_open()),
            overdue=Count("pk", filter=overdue(day)),
            late_against_first=Count("pk", filter=late_against_first_agreed(day)),
            due_soon=Count("pk", filter=due_soon(day)),
            without_date=Count("pk", filter=without_date()),
            complete=Count("pk", filter=Q(status=Status.COMPLETE)),
            signed_off=Count("pk", filter=Q(status=Status.SIGNED_OFF)),
            withdrawn=Count("pk", filter=Q(status=Status.WITHDRAWN)),
            without_owner=Count("pk", filter=is_open() & Q(lead__isnull=True)),
            extension_pending=Count("pk", filter=extension_pending()),
        )
    )
