"""Template tags: the same words and boxes as the lists have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from plans.documents.dates import wording as date_wording
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rag_key import has_own_words, key_of, plans_with_own_key
from plans.improvement_plan.rules import RAG_KEY, Confidence, Impact, Kind, Rag, Status
from plans.improvement_plan.wording import due_wording, extension_asked, first_due_wording
from plans.monitoring.measure_words import amount, distance_words, period_of, target_amount
from plans.web import date_trail as trail
from plans.web import wording
from plans.web.tables import cells

register = template.Library()
register.filter("day", wording.day_words)
register.filter("moment", wording.moment_words)
register.filter("moved", wording.moved_words)
register.filter("due", due_wording)
register.filter("extension_asked", extension_asked)
register.filter("first_due", first_due_wording)
register.filter("timeliness_tag", cells.timeliness_tag)
register.filter("rag_tag", cells.rag_tag)
register.filter("lead_words", cells.lead_words)


@register.filter
def days(number: int) -> str:
    """“1 day”, “14 days”."""
    return wording.counted(number, "day")


@register.filter
def actions(number: int) -> str:
    """“1 action”, “22 actions”."""
    return wording.counted(number, "action")


@register.filter
def areas(number: int) -> str:
    """“1 area”, “5 areas”."""
    return wording.counted(number, "area")


@register.filter
def status_label(value: str) -> str:
    return Status(value).label


@register.filter
def kind_label(value: str) -> str:
    return Kind(value).label


@register.filter
def confidence_label(value: str) -> str:
    return Confidence(value).label if value else "Not said"


@register.filter
def rag_label(value: str) -> str:
    return Rag(value).label if value else "Not rated"


@register.filter
def impact_label(value: str) -> str:
    return Impact(value).label


@register.filter
def written_date(row: Any, prefix: str) -> str:
    """The date of a state by its column prefix (“asked_due”, “forecast”), as it was written."""
    return _written(getattr(row, f"{prefix}_date"), getattr(row, f"{prefix}_precision"))


def _written(day: date | None, precision: str) -> str:
    return date_wording(day, precision)


@register.filter
def ago(then: datetime | None, now: datetime) -> str:
    return wording.ago(then, now)


@register.filter
def date_trail(row: Any, day: date) -> SafeString | str:
    """The small picture of how a row's date moved."""
    return trail.date_trail(trail.marks_of(row, day))


@register.filter
def percent(share: float) -> str:
    """“43%” of a share between 0 and 1."""
    return f"{share:.0%}"


@register.simple_tag
def measured(measure: Any, value: Any) -> SafeString | str:
    """A measure's value with its unit."""
    return "" if value is None else amount(measure, value)


@register.filter
def target_words(measure: Any) -> str:
    """A measure's target as a number or a range, with its unit."""
    return target_amount(measure)


@register.filter
def period(reading: Any) -> str:
    """The period of a reading, as somebody called it."""
    return period_of(reading)


@register.simple_tag
def distance(measure: Any, value: Any, other: Any) -> str:
    """“59 percentage points higher than”."""
    return distance_words(measure, value, other)


@register.inclusion_tag("components/rag_key.html", takes_context=True)
def rag_key_of(context: Any, plan: Plan | None = None) -> dict[str, Any]:
    """What the ratings on a page mean: those of its plan, or the usual ones, with the plans that differ."""
    as_at = context.get("as_at")
    key = key_of(plan, as_at.moment if as_at else None) if plan else RAG_KEY
    return {
        "rag_key": key,
        "usual_key": RAG_KEY,
        "own_words": has_own_words(key),
        "plans_with_own_key": [] if plan else list(plans_with_own_key(context["user"])),
        "plan": plan,
        "as_at": as_at,
        "may_run": context.get("may_run", False),
    }
