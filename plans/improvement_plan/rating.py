"""The computed rating as a query expression: the same rule as ``rules.rag``, so that it can be counted and filtered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from plans.improvement_plan.rules import Confidence, Rag, Status
from plans.improvement_plan.timeliness import Timeliness, due_soon, with_timeliness


def with_rating(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    """``rows`` with ``timeliness`` and ``rating``: a word of ``Rag``, or "" where there is nothing to rate by."""
    doubtful = due_soon(day) | Q(forecast_date__gt=F("due_date")) | Q(confidence=Confidence.LOW)
    return with_timeliness(rows, day).annotate(
        rating=Case(
            When(status=Status.SIGNED_OFF, then=Value(Rag.BLUE.value)),
            When(timeliness__in=[Timeliness.WITHDRAWN.value, Timeliness.NO_DATE.value], then=Value("")),
            When(timeliness=Timeliness.OVERDUE.value, then=Value(Rag.RED.value)),
            When(status=Status.COMPLETE, then=Value(Rag.GREEN.value)),
            When(doubtful, then=Value(Rag.AMBER.value)),
            default=Value(Rag.GREEN.value),
            output_field=CharField(),
        )
    )
