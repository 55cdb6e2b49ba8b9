"""The query behind ``movement``: states after, each with its state before and what else changed beside them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import Exact

from plans.improvement_plan.models import ActionSupport, Update
from plans.improvement_plan.rules import Rag
from plans.improvement_plan.timeliness import is_open, with_timeliness

BETWEEN = ">"
REMEMBERED = ("sequence", "wording", "lead_id", "support", "due_date", "extensions", "forecast_date")


class Fact(StrEnum):
    """What is true of an action beside its states before and after. The values name columns of the query."""

    EXTENDED = "was_extended"
    BROUGHT_FORWARD = "was_brought_forward"
    FORECAST_WORSE = "forecast_is_worse"
    REWORDED = "was_reworded"
    REASSIGNED = "was_reassigned"
    CHANGED = "changed_beside_its_state"
    EXPLAINED = "is_explained"

    @property
    def tally(self) -> str:
        """The column that counts it."""
        return f"number_that_{self.value}"


def with_movement(
    rows: Any, since: datetime, since_day: date, until: datetime | None, until_day: date, *, absent: str
) -> QuerySet[Any]:
    """``rows`` with ``cell`` (state before, BETWEEN, state after; ``absent`` where there was none) and every Fact."""
    key = rows.action_path
    path, number = ("action__updates", "sequence") if rows.model is Update else ("updates", "version")
    holding = Q(**{f"{path}__at__lte": since}) & (
        Q(**{f"{path}__until__gt": since}) | Q(**{f"{path}__until__isnull": True})
    )
    then = with_timeliness(Update.objects.holding_at(since).filter(action_id=OuterRef(key)), since_day).order_by()
    facts = _facts(key, since, until)
    facts[Fact.CHANGED] = Q(
        *(facts[fact] for fact in Fact if fact not in (Fact.CHANGED, Fact.EXPLAINED)), _connector=Q.OR
    )
    # First and cheapest: nothing is said or changed beside its state without an update.
    updated = Q(**{f"{number}__gt": Coalesce(F("before_sequence"), 0)})
    return (
        with_timeliness(rows, until_day)
        .annotate(before=FilteredRelation(path, condition=holding))
        .annotate(**{f"before_{name}": F(f"before__{name}") for name in REMEMBERED})
        .annotate(
            cell=Concat(
                Coalesce(Subquery(then.values("timeliness")), Value(absent)),
                Value(BETWEEN),
                "timeliness",
            )
        )
        # A comparison with nothing is neither true nor false; here it is false.
        .annotate(
            **{
                fact.value: Case(
                    When(updated & rule, then=Value(True)), default=Value(False), output_field=BooleanField()
                )
                for fact, rule in facts.items()
            }
        )
    )


def _facts(key: str, since: datetime, until: datetime | None) -> dict[Fact, Q]:
    existed = Q(before_wording__isnull=False)
    joined, left = _support_only_at(until, since, key), _support_only_at(since, until, key)
    return {
        Fact.EXTENDED: Q(extensions__gt=Coalesce(F("before_extensions"), 0)),
        Fact.BROUGHT_FORWARD: Q(due_date__lt=F("before_due_date")),
        Fact.FORECAST_WORSE: existed
        & is_open()
        & (
            Q(forecast_date__gt=F("before_forecast_date"))
            | Q(forecast_date__gt=F("due_date"))
            & (Q(before_forecast_date__isnull=True) | Q(before_forecast_date__lte=F("before_due_date")))
        ),
        Fact.REWORDED: existed & ~Q(wording=F("before_wording")),
        # A supporting post that is only written again, under its new title, is no new one.
        Fact.REASSIGNED: existed
        & (
            ~Q(Exact(Coalesce(F("lead_id"), 0), Coalesce(F("before_lead_id"), 0)))
            | ~Q(support=F("before_support")) & (Q(Exists(joined)) | Q(Exists(left)))
        ),
        Fact.EXPLAINED: Q(Exists(said_between(since, until).filter(action_id=OuterRef(key)))),
    }


def _support_only_at(one: datetime | None, other: datetime | None, key: str) -> QuerySet[Any]:
    """The posts that support the action at the one moment and not at the other."""
    there = ActionSupport.objects.holding_at(other).filter(action_id=OuterRef(OuterRef(key)))
    return ActionSupport.objects.holding_at(one).filter(action_id=OuterRef(key)).exclude(post__in=there.values("post"))


def said_between(since: datetime, until: datetime | None) -> QuerySet[Update]:
    """The updates after the one moment and up to the other (None: now) in which somebody said something."""
    said = Update.objects.filter(at__gt=since).exclude(note="")
    return said if until is None else said.filter(at__lte=until)


def ever_rated_red(rows: Any, until: datetime | None) -> QuerySet[Any]:
    """Of ``rows``, those whose owner rated them red at any time up to the moment (None: now)."""
    red = Update.objects.filter(action_id=OuterRef(rows.action_path), reported_rag=Rag.RED)
    return rows.filter(Exists(red if until is None else red.filter(at__lte=until)))


def with_what_was_said(rows: QuerySet[Any], since: datetime, until: datetime | None) -> QuerySet[Any]:
    """``rows`` that can tell ``state_before`` and ``explanation``: two queries more for as many as are read."""
    current = rows.model is not Update
    path = "updates" if current else "action__updates"
    latest = said_between(since, until).select_related("by").order_by("-sequence")[:1]
    return (rows if current else rows.select_related("action")).prefetch_related(
        Prefetch(path, queryset=Update.objects.holding_at(since).order_by("pk"), to_attr="held_before"),
        Prefetch(path, queryset=latest, to_attr="said_since"),
    )


def state_before(row: Any) -> Update | None:
    """The update that held at the earlier moment; None where the plan did not have the action yet."""
    found = getattr(row, "action", row).held_before
    return found[0] if found else None


def explanation(row: Any) -> Update | None:
    """The latest update of the period in which somebody said something; None where nobody did."""
    found = getattr(row, "action", row).said_since
    return found[0] if found else None
