"""The writes of measures and their readings. Nothing is deleted: a wrong reading is corrected, its past kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from plans.access.models import Organisation, User
from plans.audit.changes import note_event
from plans.improvement_plan.ledger import RefusedChange
from plans.monitoring.models import Measure, Reading

LINKS = ("plans", "areas", "actions")
# As long as the history's own column for a reason.
_LONGEST_REASON = 100


class MeasureChangedSince(Exception):
    """Somebody else changed the row after the form was opened. ``entry`` is their change in its history."""

    def __init__(self, entry: Any) -> None:
        super().__init__("This has changed since you opened it.")
        self.entry = entry


def version_of(row: Measure | Reading) -> int:
    """The number of the row's latest entry in its history: what a form is opened with; 0 where it has none."""
    entry = row.history.order_by("-history_id").first()
    return entry.history_id if entry else 0


@transaction.atomic
def add_measure(organisation: Organisation, *, by: User, at: datetime, **said: Any) -> Measure:
    """A new measure. ``said``: its columns, and rows for ``plans``, ``areas`` and ``actions``.

    Raises RefusedChange where the organisation has a measure of that name.
    """
    links = {name: said.pop(name) for name in LINKS if name in said}
    measure = Measure(organisation=organisation, **said)
    _refuse_a_second(measure)
    _keep(measure, by, at)
    for name, rows in links.items():
        getattr(measure, name).set(rows)
    note_event("measure.added", measure, by=by, at=at, **_keys(links))
    return measure


@transaction.atomic
def change_measure(
    measure: Measure, *, by: User, at: datetime, expected_version: int | None = None, **said: Any
) -> bool:
    """Change what differs of a measure and its links; False where nothing does.

    Raises MeasureChangedSince, and RefusedChange as ``add_measure``.
    """
    locked = Measure.objects.select_for_update().get(pk=measure.pk)
    _refuse_if_changed(locked, expected_version)
    asked = {name: said.pop(name) for name in LINKS if name in said}
    links = {name: rows for name, rows in asked.items() if {row.pk for row in rows} != _linked(locked, name)}
    different = {name: value for name, value in said.items() if getattr(locked, name) != value}
    if not different and not links:
        return False
    for name, value in different.items():
        setattr(locked, name, value)
    _refuse_a_second(locked)
    _keep(locked, by, at)
    for name, rows in links.items():
        getattr(locked, name).set(rows)
    note_event("measure.changed", locked, by=by, at=at, fields=sorted(different), **_keys(links))
    return True


@transaction.atomic
def add_reading(measure: Measure, *, by: User, at: datetime, **said: Any) -> Reading:
    """A reading for a period. Raises RefusedChange where there is one for it already."""
    reading = Reading(measure=measure, **said)
    _refuse_the_same_period(reading)
    _keep(reading, by, at)
    note_event("reading.added", measure, by=by, at=at, reading=str(reading))
    return reading


@transaction.atomic
def correct_reading(
    reading: Reading, *, by: User, at: datetime, note: str, expected_version: int | None = None, **said: Any
) -> bool:
    """Put a wrong reading right; False where nothing differs. What it said before stays in its history.

    Raises MeasureChangedSince, and RefusedChange where no note says why or the period has another reading.
    """
    if not note.strip():
        raise RefusedChange("Say why the reading is corrected.", "note")
    locked = Reading.objects.select_for_update().get(pk=reading.pk)
    _refuse_if_changed(locked, expected_version)
    different = {name: value for name, value in said.items() if getattr(locked, name) != value}
    if not different:
        return False
    before = str(locked)
    for name, value in different.items():
        setattr(locked, name, value)
    locked.note = note
    _refuse_the_same_period(locked)
    _keep(locked, by, at, reason=note)
    note_event("reading.corrected", locked.measure, by=by, at=at, before=before, after=str(locked), note=note)
    return True


def _keep(row: Any, by: User, at: datetime, reason: str = "") -> None:
    row._history_user, row._history_date = by, at
    row._change_reason = reason[:_LONGEST_REASON] or None
    row.save()


def _refuse_if_changed(row: Any, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != version_of(row):
        raise MeasureChangedSince(row.history.select_related("history_user").order_by("-history_id").first())


def _refuse_a_second(measure: Measure) -> None:
    others = Measure.objects.filter(organisation=measure.organisation, name=measure.name).exclude(pk=measure.pk)
    if others.exists():
        raise RefusedChange("This organisation has a measure of that name already. Give another one.", "name")


def _refuse_the_same_period(reading: Reading) -> None:
    if (other := reading_of_the_period(reading)) is not None:
        raise RefusedChange(f"There is a reading for this period already ({other}). Correct that one.", "period")


def reading_of_the_period(reading: Reading) -> Reading | None:
    """Another reading of the same kind for the same period of its measure."""
    same = Reading.objects.filter(measure=reading.measure, kind=reading.kind, period_ends=reading.period_ends)
    return same.exclude(pk=reading.pk).first()


def _linked(measure: Measure, name: str) -> set[int]:
    return set(getattr(measure, name).values_list("pk", flat=True))


def _keys(links: dict[str, Iterable[Any]]) -> dict[str, Any]:
    return {name: sorted(row.pk for row in rows) for name, rows in links.items()}
