"""The writes of this stage: a progress update with its evidence, all or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from plans.access.models import User
from plans.documents.dates import PrintedDate
from plans.improvement_plan.changes import due_columns, nothing_asked
from plans.improvement_plan.ledger import RefusedChange, record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.evidence_files import FileKind, safe_name
from plans.monitoring.models import Evidence


@dataclass(frozen=True)
class OfferedEvidence:
    """A checked file or a link, as a form hands it over."""

    kind: str
    title: str
    file: File | None = None
    file_kind: FileKind | None = None
    link: str = ""


@dataclass(frozen=True)
class AskedExtension:
    """The date that an owner asks for, and why."""

    due: PrintedDate
    reason: str


@transaction.atomic
def submit_update(
    action: Action,
    *,
    by: User,
    at: datetime,
    status: str,
    note: str,
    expected_version: int | None = None,
    evidence: OfferedEvidence | None = None,
    extension: AskedExtension | None = None,
    **said: Any,
) -> Update:
    """Record what the owner says of an action, with evidence and an asked extension if any.

    ``said`` may hold confidence, forecast, reported rating, share done, reason for delay and next step columns.
    A complete action has no next step, and is done to 100 per cent where a share was ever given; why it was late
    stays. Raises ChangedSince and RefusedChange as the ledger does; then nothing is saved, the file included.
    """
    kind = Kind.PROGRESS
    if status == Status.COMPLETE:
        said["next_step"] = ""
        if said.get("share_done", action.share_done) is not None:
            said["share_done"] = 100
    if status == Status.COMPLETE and action.status != Status.COMPLETE:
        kind = Kind.COMPLETED
        said |= nothing_asked()
    if extension:
        if status == Status.COMPLETE:
            raise RefusedChange("A complete action needs no extension.", "asked_due")
        if extension.due.last_day is None or (action.due_date and extension.due.last_day <= action.due_date):
            raise RefusedChange("Ask for a date later than the current one.", "asked_due")
        kind = Kind.EXTENSION_ASKED
        said |= {
            "asked_due_date": extension.due.last_day,
            "asked_due_precision": extension.due.precision,
            "asked_reason": extension.reason,
        }
    update = record(
        action, by=by, at=at, kind=kind, note=note, expected_version=expected_version, status=status, **said
    )
    if evidence:
        add_evidence(action, evidence, by=by, at=at, update=update)
    return update


def report_no_change(action: Action, *, by: User, at: datetime, expected_version: int | None = None) -> Update:
    """A nil return: the owner has looked, and nothing has changed."""
    return record(action, by=by, at=at, kind=Kind.NO_CHANGE, expected_version=expected_version)


def add_evidence(
    action: Action, offered: OfferedEvidence, *, by: User, at: datetime, update: Update | None = None
) -> Evidence:
    """Keep a file or link with its hash, so that a later change to the file shows."""
    evidence = Evidence(
        action=action,
        update=update,
        kind=offered.kind,
        title=offered.title,
        link=offered.link,
        added_by=by,
        added_at=at,
    )
    if offered.file is not None and offered.file_kind is not None:
        name = safe_name(offered.file.name or "file")
        evidence.original_name = name
        evidence.content_type = offered.file_kind.content_type
        evidence.size = offered.file.size
        evidence.sha256 = hash_of_file(offered.file)
        offered.file.seek(0)
        evidence.file.save(name, offered.file, save=False)
    try:
        with transaction.atomic():
            evidence.save(force_insert=True)
    except Exception:
        if evidence.file:
            evidence.file.storage.delete(str(evidence.file.name))
        raise
    return evidence


def hash_of_file(file: File) -> str:
    """SHA-256 of a file's bytes."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def accept_evidence(evidence: Evidence, *, by: User, at: datetime) -> None:
    """Say that the evidence shows what it claims. Raises RefusedChange for the person who added it."""
    if evidence.added_by_id == by.pk:
        raise RefusedChange("Somebody other than the person who added it must accept evidence.")
    evidence.accepted_by, evidence.accepted_at = by, at
    evidence.save(update_fields=["accepted_by", "accepted_at"])


def forecast_columns(forecast: PrintedDate | None) -> dict[str, Any]:
    """A forecast as the state's columns (its printed words are not kept)."""
    columns = due_columns(forecast, prefix="forecast")
    del columns["forecast_printed"]
    return columns
