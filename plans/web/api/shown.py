"""Rows as the interface answers with them. Lateness and rating come from ``timeliness`` and ``rating`` alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from plans.findings.models import Area, Inspection
from plans.improvement_plan.models import Plan, Update
from plans.improvement_plan.state import ActionState
from plans.improvement_plan.timeliness import lateness
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import state_of_measure

# The columns of a state that are answered as they are.
STATE = (
    "plan_id", "reference", "position", "wording", "also_answers", "status",
    "due_date", "due_precision", "due_printed", "first_due_date", "first_due_precision", "first_due_printed",
    "extensions", "asked_due_date", "asked_due_precision", "asked_reason", "forecast_date", "forecast_precision",
    "confidence", "reported_rag", "share_done", "impact", "recheck_date", "delay_reason", "next_step", "progress",
    "reported_at", "illustration", "timeliness",
)  # fmt: skip
OF_AN_UPDATE = (
    "action_id", "plan_id", "reference", "sequence", "at", "until", "recorded_at", "kind", "note", "status",
    "due_date", "due_precision", "due_printed", "first_due_date", "extensions", "forecast_date", "forecast_precision",
    "confidence", "reported_rag", "share_done", "delay_reason", "next_step",
)  # fmt: skip


def page_address(request: HttpRequest, route: str, pk: int, query: str = "") -> str:
    """The whole address of a page for people."""
    return request.build_absolute_uri(reverse(route, args=[pk]) + query)


def plan_answer(request: HttpRequest, row: Plan) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation": row.organisation.name,
        "title": row.title,
        "stage": row.stage,
        "summary": row.summary,
        "submitted_printed": row.submitted_printed,
        "quiet_days": row.quiet_days,
        "page": page_address(request, "plan", row.pk),
    }


def area_answer(row: Area) -> dict[str, Any]:
    """``row`` has ``seen_plan_areas``: its places in the plans that the person sees."""
    return {
        "id": row.pk,
        "inspection_id": row.inspection_id,
        "number": row.number,
        "wording": row.wording,
        "kind": row.kind.name,
        "heading": row.heading,
        "timescale": row.timescale,
        "addressed_to": row.addressed_to.name,
        "location": row.location,
        "plan_ids": sorted(place.plan_id for place in row.seen_plan_areas),  # type: ignore[attr-defined]
    }


def inspection_answer(request: HttpRequest, row: Inspection) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation": row.organisation.name,
        "framework": row.framework.name,
        "title": row.title,
        "published_on": row.published_on,
        "received_on": row.received_on,
        "letter_due_on": row.letter_due_on,
        "on_site": [{"starts": spell.starts, "ends": spell.ends} for spell in row.spells.all()],
        "judgements": [
            {"label": judgement.label, "grade": judgement.grade.word if judgement.grade else None}
            for judgement in row.judgements.all()
        ],
        "page": page_address(request, "inspection", row.pk),
    }


def action_answer(request: HttpRequest, row: ActionState, day: date, query: str) -> dict[str, Any]:
    """A state with ``timeliness`` and ``rating``, on ``day``; ``query`` keeps its page on that day."""
    late = lateness(row, day)
    area = row.area
    return {
        **{name: getattr(row, name) for name in STATE},
        "id": row.action_pk,
        "version": row.sequence if isinstance(row, Update) else row.version,  # type: ignore[attr-defined]
        "plan": row.plan.title,
        "area": {"id": area.pk, "number": area.number, "wording": area.wording} if area else None,
        "lead": row.lead_name,  # type: ignore[attr-defined]
        "lead_organisation": row.lead.organisation.name if row.lead else "",
        "support": row.support_titles,
        "computed_rag": row.rating,  # type: ignore[attr-defined]
        "days_late": late.days,
        "days_late_first_agreed": late.days_first,
        "as_at": day,
        "page": page_address(request, "action", row.action_pk, query),
    }


def update_answer(row: Update) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in OF_AN_UPDATE},
        "id": row.pk,
        "by": row.by.name,
        "illustration": row.made_up,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def reading_answer(row: Reading) -> dict[str, Any]:
    return {
        "id": row.pk,
        "measure_id": row.measure_id,
        "kind": row.kind,
        "period_ends": row.period_ends,
        "period_printed": row.period_printed,
        "value": float(row.value),
        "note": row.note,
    }


def measure_answer(request: HttpRequest, row: Measure, day: date) -> dict[str, Any]:
    """``row`` has its readings, and in ``seen_plans`` and ``seen_actions`` what the person sees of its links."""
    state = state_of_measure(row, row.readings.all(), day)
    return {
        "id": row.pk,
        "organisation": row.organisation.name,
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "better": row.better,
        "baseline": _number(row.baseline),
        "target": _number(row.target),
        "target_high": _number(row.target_high),
        "target_printed": row.target_printed,
        "comparator": row.comparator,
        "comparator_value": _number(row.comparator_value),
        "rag": state.rag.value if state.rag else "",
        "latest": reading_answer(state.latest) if state.latest else None,
        "plan_ids": sorted(plan.pk for plan in row.seen_plans),  # type: ignore[attr-defined]
        "action_ids": sorted(action.pk for action in row.seen_actions),  # type: ignore[attr-defined]
        "page": page_address(request, "measure", row.pk),
    }
