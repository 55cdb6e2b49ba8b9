"""Rows of a council's own table become actions, or change those that are there: all of them or none.

Nothing goes because a file does not name it. Every change goes through the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.documents.changes import discard_document
from plans.documents.dates import Precision, PrintedDate
from plans.documents.models import SourceDocument
from plans.documents.proposals import ProposedPlan, as_plain
from plans.findings.changes import add_area
from plans.findings.models import Area, Inspection
from plans.improvement_plan.changes import amend, answer_areas, due_columns, nothing_asked
from plans.improvement_plan.difference import PlanRowValues, RowDifference, compare_row
from plans.improvement_plan.ledger import Change, RefusedChange, record, record_history, supporting
from plans.improvement_plan.models import Action, ColumnMeaning, Plan, PlanIntake
from plans.improvement_plan.posts_named import PostsNamed, lead_as_printed
from plans.improvement_plan.rules import Kind, Status
from plans.improvement_plan.state import ActionState

# What the owner reports; the rest is the plan's own.
REPORTED = frozenset({"status", "progress"})
STILL_TO_BE_MADE = -1


class RefusedRow(ValueError):
    """A row that cannot be taken: its place among the rows, the field, and a sentence."""

    def __init__(self, place: int, sentence: str, field: str | None) -> None:
        super().__init__(sentence)
        self.place, self.field = place, field


@dataclass(frozen=True)
class ConfirmedRow:
    """A row as a person confirmed it. ``action_pk`` is the action that it is, None for a new one.

    ``new_area`` is the heading of an area still to be made; ``first_due`` the date agreed before ``values.due``.
    """

    values: PlanRowValues
    action_pk: int | None
    where: str
    new_area: str = ""
    first_due: PrintedDate | None = None


@dataclass
class AcceptedRows:
    """How many actions were added, changed and left as they are, and how many areas were added to the plan."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    areas: int = 0
    actions: list[Action] = field(default_factory=list)


@transaction.atomic
def open_plan_file(
    plan: Plan, document: SourceDocument, proposal: ProposedPlan, mapping: Mapping[int, str], *, by: User, at: datetime
) -> PlanIntake:
    """Keep what was read until a person accepts it. A reading of the same file that still waits is replaced."""
    PlanIntake.objects.waiting().filter(plan=plan, document=document).delete()
    return PlanIntake.objects.create(
        plan=plan,
        document=document,
        mapping={str(place): meaning for place, meaning in mapping.items()},
        proposal=as_plain(proposal),
        opened_by=by,
        opened_at=at,
    )


def read_again(intake: PlanIntake, proposal: ProposedPlan, mapping: Mapping[int, str]) -> None:
    """Put a new reading, by other meanings of the columns, in the place of the one before."""
    intake.mapping = {str(place): meaning for place, meaning in mapping.items()}
    intake.proposal, intake.draft = as_plain(proposal), {}
    intake.save(update_fields=["mapping", "proposal", "draft"])


def keep_plan_draft(intake: PlanIntake, draft: dict[str, Any]) -> None:
    """Keep what the person typed so far, right or wrong."""
    intake.draft = draft
    intake.save(update_fields=["draft"])


def remember_columns(plan: Plan, meanings: Mapping[str, str]) -> None:
    """Remember for the organisation what these headings mean (heading in plain words to field, "" for none)."""
    for heading, meaning in meanings.items():
        ColumnMeaning.objects.update_or_create(
            organisation_id=plan.organisation_id, heading=heading[:200], defaults={"meaning": meaning}
        )


@transaction.atomic
def discard_plan_file(intake: PlanIntake, *, by: User, at: datetime) -> None:
    """Leave the file out: the reading goes, and the file where nothing else was read from it."""
    document = intake.document
    intake.delete()
    read = document.plan_intakes.exists() or hasattr(document, "report_intake") or hasattr(document, "inspection")
    if not read:
        discard_document(document, by=by, at=at)


def values_of(row: ActionState, plan: Plan) -> PlanRowValues:
    """An action's present state as a file would print it."""
    return PlanRowValues(
        area_pk=row.area_id,
        area_text=row.area.wording if row.area else "",
        reference=row.reference,
        wording=row.wording,
        lead=lead_as_printed(row, plan),
        support=tuple(row.support_titles),
        due=PrintedDate(row.due_date, Precision(row.due_precision), row.due_printed),
        status=row.status,
        progress=row.progress,
    )


def actions_of(plan: Plan) -> dict[int, Action]:
    """The plan's actions in its order, withdrawn ones left out, by id."""
    rows = Action.objects.filter(plan=plan).exclude(status=Status.WITHDRAWN)
    return {row.pk: row for row in rows.select_related("area", "lead__organisation").order_by("position", "pk")}


@transaction.atomic
def accept_rows(
    intake: PlanIntake,
    rows: Sequence[ConfirmedRow],
    present: Collection[str],
    *,
    inspection: Inspection | None,
    by: User,
    at: datetime,
    reason: str = "",
) -> AcceptedRows:
    """Add what is new and change what differs. ``present`` are the fields that the file has (``difference.FIELDS``).

    New areas are added to ``inspection``; ``reason`` is why dates that were agreed move, where any does.
    Raises RefusedRow where a row cannot be taken, RefusedChange where the intake was accepted already; then
    nothing is written.
    """
    plan = Plan.objects.select_for_update().select_related("organisation").get(pk=intake.plan_id)
    if PlanIntake.objects.select_for_update().get(pk=intake.pk).accepted_at:
        raise RefusedChange("This file has been accepted already. Nothing was changed.")
    done = AcceptedRows()
    areas = _areas(plan, rows, inspection, done)
    posts = PostsNamed(plan)
    actions = actions_of(plan)
    note = f"From {intake.document.original_name}"
    for place, row in enumerate(rows):
        if row.action_pk is not None:
            with _refusals_of(place):
                _change(actions[row.action_pk], row, areas, posts, present, note, reason, by, at, done)
    _add(plan, rows, areas, posts, by, at, done)
    intake.accepted_by, intake.accepted_at = by, at
    intake.save(update_fields=["accepted_by", "accepted_at"])
    note_event(
        "plan_file.accepted",
        plan,
        by=by,
        at=at,
        sha256=intake.document.sha256,
        added=done.added,
        changed=done.changed,
        unchanged=done.unchanged,
    )
    return done


class _refusals_of:
    """Says of which row a refusal of the ledger is."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, refusal: Any, trace: Any) -> None:
        if isinstance(refusal, RefusedChange):
            raise RefusedRow(self._place, str(refusal), refusal.field) from refusal


def _areas(
    plan: Plan, rows: Sequence[ConfirmedRow], inspection: Inspection | None, done: AcceptedRows
) -> dict[str, Area]:
    """The new areas by their headings; all areas that the rows answer are then the plan's."""
    headings = list(dict.fromkeys(row.new_area for row in rows if row.new_area))
    if headings and inspection is None:
        raise RefusedChange("Choose the inspection that the new areas belong to.")
    made = {
        heading: add_area(inspection, heading, body=plan.organisation) for heading in headings if inspection is not None
    }
    named = Area.objects.filter(pk__in={row.values.area_pk for row in rows if row.values.area_pk})
    before = plan.plan_areas.count()
    by_pk = {area.pk: area for area in named}
    ordered = [made[row.new_area] if row.new_area else by_pk.get(row.values.area_pk or 0) for row in rows]
    answer_areas(plan, dict.fromkeys(area for area in ordered if area is not None))
    done.areas = plan.plan_areas.count() - before
    return made


def _columns(row: ConfirmedRow, names: Collection[str], areas: Mapping[str, Area], posts: PostsNamed) -> dict[str, Any]:
    """The state's columns that these fields of a row come to."""
    values = row.values
    columns: dict[str, Any] = {}
    if "area" in names:
        columns["area_id"] = areas[row.new_area].pk if row.new_area else values.area_pk
    if "reference" in names:
        columns["reference"] = values.reference
    if "wording" in names:
        columns["wording"] = values.wording
    if "lead" in names:
        columns["lead_id"] = posts.find_or_make(values.lead).pk if values.lead else None
    if "support" in names:
        columns["support"] = supporting([posts.find_or_make(title) for title in values.support])
    if "due" in names:
        columns |= due_columns(values.due)
    return columns


def _change(
    action: Action,
    row: ConfirmedRow,
    areas: Mapping[str, Area],
    posts: PostsNamed,
    present: Collection[str],
    note: str,
    reason: str,
    by: User,
    at: datetime,
    done: AcceptedRows,
) -> None:
    different = {cell.field for cell in difference_of(row, action, present).cells}
    if not different:
        done.unchanged += 1
        return
    done.changed += 1
    source = f"{note}, {row.where}"
    if "due" in different and action.due_date:
        if action.extension_pending:
            raise RefusedChange("An extension waits for a decision on this action: decide it first.", "due")
        if not reason.strip():
            raise RefusedChange("Give a reason for moving a date that was agreed.", "due")
        source = f"{reason.strip()} ({source})"
    if columns := _columns(row, different - REPORTED, areas, posts):
        amend(action, by=by, at=at, note=source, **columns)
    if different & REPORTED:
        status = row.values.status if "status" in different else action.status
        completes = status == Status.COMPLETE and action.status != Status.COMPLETE
        said = row.values.progress if "progress" in different else f"{note}, {row.where}"
        kind, finished = Kind.PROGRESS, {}
        if completes:
            kind, finished = Kind.COMPLETED, {"next_step": "", **nothing_asked()}
            if action.share_done is not None:
                finished["share_done"] = 100
        record(action, by=by, at=at, kind=kind, note=said, status=status, **finished)


def difference_of(row: ConfirmedRow, action: Action | None, present: Collection[str]) -> RowDifference:
    """What a confirmed row changes; a move to an area that is still to be made counts as one."""
    now = None if action is None else values_of(action, action.plan)
    said = replace(row.values, area_pk=STILL_TO_BE_MADE, area_text=row.new_area) if row.new_area else row.values
    return compare_row(said, now, None if action is None else action.pk, present)


def _add(
    plan: Plan,
    rows: Sequence[ConfirmedRow],
    areas: Mapping[str, Area],
    posts: PostsNamed,
    by: User,
    at: datetime,
    done: AcceptedRows,
) -> None:
    new = [(place, row) for place, row in enumerate(rows) if row.action_pk is None]
    if not new:
        return
    taken = set(Action.objects.filter(plan=plan).values_list("reference", flat=True))
    taken |= {row.values.reference for _, row in new}
    places = {area_pk: place for place, area_pk in enumerate(plan.plan_areas.values_list("area_id", flat=True), 1)}
    position = max(plan.actions.values_list("position", flat=True), default=0)
    histories: list[list[Change]] = []
    everything = ("area", "reference", "wording", "lead", "support", "due")
    for number, (place, row) in enumerate(new, start=1):
        with _refusals_of(place):
            columns = _columns(row, everything, areas, posts)
            columns["reference"] = row.values.reference or _free_reference(places.get(columns["area_id"]), taken)
            columns |= {"status": row.values.status or Status.UNREPORTED, "position": position + number}
            histories.append(_history(row, columns, by, at))
    try:
        done.actions = record_history(plan, histories, recorded_at=at)
    except RefusedChange as refusal:
        raise RefusedRow(_place_of(new, refusal), str(refusal), refusal.field) from refusal
    done.added = len(new)


def _place_of(new: Sequence[tuple[int, ConfirmedRow]], refusal: RefusedChange) -> int:
    """The row whose reference the refusal names; the first new one where it names none."""
    return next(
        (place for place, row in new if row.values.reference and f" {row.values.reference} " in str(refusal)), new[0][0]
    )


def _history(row: ConfirmedRow, columns: dict[str, Any], by: User, at: datetime) -> list[Change]:
    """The action as added; where the file prints an earlier date too, that date first and then its move."""
    added = Change(by, at, Kind.ADDED, row.values.progress, changes=columns)
    first = row.first_due
    if first is None or first.last_day is None or first.last_day == columns["due_date"]:
        return [added]
    moved = {name: columns[name] for name in ("due_date", "due_precision", "due_printed")}
    added.changes = columns | due_columns(first)
    return [added, Change(by, at, Kind.AMENDED, "The date had moved before the plan came here", changes=moved)]


def _free_reference(place: int | None, taken: set[str]) -> str:
    """The next free “3.2” of the area’s place in the plan; “A1” for the council's own actions."""
    number = 1
    while (reference := f"{place}.{number}" if place else f"A{number}") in taken:
        number += 1
    taken.add(reference)
    return reference
