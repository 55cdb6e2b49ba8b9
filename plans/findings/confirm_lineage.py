"""A person says which earlier area an area repeats, or that it repeats none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.findings.lineage import NOTED_CLEARED, NOTED_CONFIRMED, NOTED_REJECTED, when
from plans.findings.models import Area


@transaction.atomic
def confirm_earlier(area: Area, earlier: Area, *, by: User, at: datetime) -> None:
    """Record that ``area`` repeats ``earlier``. Raises ValueError, with a sentence, where it cannot."""
    held = Area.objects.select_for_update(of=("self",)).select_related("inspection").get(pk=area.pk)
    if held.earlier_id == earlier.pk:
        return
    _refuse_unlikely(held, earlier)
    _keep(held, earlier, by)
    note_event(NOTED_CONFIRMED, held, by=by, at=at, earlier=earlier.pk, earlier_area=str(earlier)[:200])


@transaction.atomic
def clear_earlier(area: Area, *, by: User, at: datetime) -> None:
    """Record that ``area`` repeats nothing after all. Does nothing where it repeats nothing."""
    held = Area.objects.select_for_update().get(pk=area.pk)
    if held.earlier_id is None:
        return
    was = held.earlier_id
    _keep(held, None, by)
    note_event(NOTED_CLEARED, held, by=by, at=at, earlier=was)


@transaction.atomic
def reject_earlier(area: Area, suggested: Sequence[Area], *, by: User, at: datetime) -> None:
    """Record that ``area`` repeats none of those suggested, so that they are not brought up again."""
    clear_earlier(area, by=by, at=at)
    note_event(NOTED_REJECTED, area, by=by, at=at, suggested=[one.pk for one in suggested])


def _keep(held: Area, earlier: Area | None, by: User) -> None:
    held.earlier = earlier
    held._history_user = by  # type: ignore[attr-defined]
    held.save(update_fields=["earlier"])


def _refuse_unlikely(area: Area, earlier: Area) -> None:
    organisation = area.inspection.organisation_id
    if organisation not in (earlier.inspection.organisation_id, earlier.addressed_to_id):
        raise ValueError(f"\u201c{earlier}\u201d was asked of another organisation, so it cannot be repeated here.")
    day, then = when(area.inspection), when(earlier.inspection)
    if day is None or then is None:
        raise ValueError("Both inspections need a date before one can be said to repeat the other.")
    if then >= day:
        raise ValueError(f"\u201c{earlier.inspection}\u201d is not an earlier inspection.")
    step: Area | None = earlier
    seen = {area.pk}
    while step is not None:
        if step.pk in seen:
            raise ValueError("Each of these areas would repeat the other.")
        seen.add(step.pk)
        step = step.earlier
