"""The writes of this stage: releases from draft to issued, and what was made of a plan without being issued."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.improvement_plan.models import Plan
from plans.oversight.changes import digest_of_history
from plans.papers.brief import Brief
from plans.papers.content import Paper, as_plain
from plans.papers.models import Release, ReleaseFile, WorkingCopy
from plans.papers.releases import carried_forward
from plans.papers.rules import EXEMPT_ONLY, NEXT_STAGES, Audience, Format, Kind, Stage

# What may be changed of a draft; nothing of it once it is ready.
CHANGEABLE = frozenset(
    {
        "title",
        "audience",
        "meeting",
        "as_at",
        "template",
        "shipped_template",
        "choices",
        "words",
        "recommendations",
        "let_stand",
    }
)


class RefusedRelease(ValueError):
    """What the rules of releases do not allow. ``field`` is the form field beside which to say so."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class ReleaseChanged(Exception):
    """Somebody else changed the release after the form was opened. ``release`` is as it is now."""

    def __init__(self, release: Release) -> None:
        super().__init__("This paper has changed since you opened it.")
        self.release = release


def draft_release(
    plan: Plan, *, kind: Kind, title: str, audience: Audience, by: User, at: datetime, **said: Any
) -> Release:
    """Begin a release. What its kind had last time is carried forward where nothing else is said.

    Raises RefusedRelease where the kind is not made for that audience.
    """
    _refuse_unfit(kind, audience)
    carried = carried_forward(plan.pk, kind)
    taken: dict[str, Any] = {}
    if carried is not None:
        taken = {
            "words": carried.words,
            "recommendations": carried.recommendations,
            "choices": carried.choices,
            "template_id": carried.template_id,
            "shipped_template": carried.shipped_template,
            "let_stand": carried.let_stand,
        }
    if said.keys() & {"template", "shipped_template"}:
        taken.pop("template_id", None)
        taken.pop("shipped_template", None)
    _refuse_unknown(said)
    release = Release.objects.create(
        plan=plan,
        kind=kind,
        audience=audience,
        made_by=by,
        made_at=at,
        changed_at=at,
        **{**taken, **said, "title": title},
    )
    note_event("release.drafted", release, by=by, at=at, kind=kind.value, audience=audience.value)
    return release


@transaction.atomic
def change_draft(release: Release, *, by: User, at: datetime, expected_version: int, **said: Any) -> Release:
    """Change what a draft asks for. Raises ReleaseChanged, or RefusedRelease where it is no draft any more."""
    locked = _locked(release, expected_version)
    _refuse_unknown(said)
    if locked.stage != Stage.DRAFT:
        raise RefusedRelease("This paper is no draft any more, so it cannot be changed. Take it back to draft first.")
    _refuse_unfit(Kind(locked.kind), Audience(said.get("audience", locked.audience)))
    for name, value in said.items():
        setattr(locked, name, value)
    _save(locked, at, *said)
    note_event("release.changed", locked, by=by, at=at, fields=sorted(said))
    return locked


@transaction.atomic
def make_ready(release: Release, *, as_at: datetime, by: User, at: datetime, expected_version: int) -> Release:
    """Fix the moment that the paper is about: from here on it no longer follows the plan."""
    locked = _move(_locked(release, expected_version), Stage.READY)
    locked.as_at, locked.ready_by, locked.ready_at = as_at, by, at
    _save(locked, at, "stage", "as_at", "ready_by", "ready_at")
    note_event("release.ready", locked, by=by, at=at, as_at=as_at.isoformat())
    return locked


@transaction.atomic
def back_to_draft(release: Release, *, by: User, at: datetime, expected_version: int) -> Release:
    """Open a paper that was ready again. Its moment is given up, so it follows the plan until it is ready anew."""
    locked = _move(_locked(release, expected_version), Stage.DRAFT)
    locked.as_at = locked.ready_by = locked.ready_at = None
    _save(locked, at, "stage", "as_at", "ready_by", "ready_at")
    note_event("release.reopened", locked, by=by, at=at)
    return locked


@transaction.atomic
def discard_release(release: Release, *, by: User, at: datetime, expected_version: int) -> None:
    """Throw away a paper that was not issued."""
    locked = _locked(release, expected_version)
    if locked.stage == Stage.ISSUED:
        raise RefusedRelease("An issued paper is kept for ever.")
    note_event("release.discarded", locked, by=by, at=at, title=locked.title)
    locked.delete()


def issue(
    release: Release,
    paper: Paper,
    files: Mapping[Format, bytes],
    *,
    pages: int,
    by: User,
    at: datetime,
    expected_version: int,
) -> Release:
    """Keep the paper with its files, their hashes, its content and the history behind it. All of it or nothing.

    Raises RefusedRelease where it is not ready, or has no file; ReleaseChanged where it is not as it was.
    """
    if not files:
        raise RefusedRelease("There is no file to issue.")
    stored: list[ReleaseFile] = []
    try:
        with transaction.atomic():
            locked = _move(_locked(release, expected_version), Stage.ISSUED)
            assert locked.as_at is not None
            for file_format, data in files.items():
                stored.append(_file_row(locked, file_format, data))
            ReleaseFile.objects.bulk_create(stored)
            locked.issued_by, locked.issued_at, locked.changed_at = by, at, at
            locked.content, locked.content_hash = as_plain(paper), paper.content_hash()
            locked.history_digest = digest_of_history([locked.plan_id], locked.as_at)
            locked.rows, locked.pages = paper.stamp.rows, pages
            locked.version += 1
            locked.save()
            hashes = {row.format: row.sha256 for row in stored}
            note_event("release.issued", locked, by=by, at=at, audience=locked.audience, files=hashes)
    except Exception:
        for row in stored:
            row.file.storage.delete(str(row.file.name))
        raise
    return locked


def _file_row(release: Release, file_format: Format, data: bytes) -> ReleaseFile:
    digest = hashlib.sha256(data).hexdigest()
    row = ReleaseFile(release=release, format=file_format, sha256=digest, size=len(data))
    row.file.save(f"{release.pk}-{digest[:40]}.{file_format}", ContentFile(data), save=False)
    return row


def _locked(release: Release, expected_version: int) -> Release:
    locked = Release.objects.select_for_update(of=("self",)).select_related("plan").get(pk=release.pk)
    if locked.version != expected_version:
        raise ReleaseChanged(locked)
    return locked


def _move(release: Release, stage: Stage) -> Release:
    if stage not in NEXT_STAGES[Stage(release.stage)]:
        raise RefusedRelease(f"This paper is {Stage(release.stage).label.lower()}, so it cannot become {stage.value}.")
    release.stage = stage
    return release


def _save(release: Release, at: datetime, *fields: str) -> None:
    release.version += 1
    release.changed_at = at
    release.save(update_fields=[*fields, "version", "changed_at"])


def _refuse_unfit(kind: Kind, audience: Audience) -> None:
    if kind in EXEMPT_ONLY and audience == Audience.PUBLIC:
        raise RefusedRelease(
            "This kind of paper is for use within the council. It is not made for the public.", "audience"
        )


def _refuse_unknown(said: Mapping[str, Any]) -> None:
    if unknown := set(said) - CHANGEABLE:
        raise TypeError(f"Not what a caller may say of a release: {', '.join(sorted(unknown))}")


def record_copy(
    brief: Brief, paper: Paper, *, kind: Kind, by: User | None, at: datetime, file_format: Format
) -> WorkingCopy:
    """Keep who made which paper of the plan, as at when, with the hash of what it says and of the history behind it."""
    as_at = brief.moment or at
    if by is not None:
        note_event(
            "copy.downloaded",
            brief.plan,
            by=by,
            at=at,
            kind=kind.label,
            format=file_format.label,
            audience=brief.audience,
            as_at=as_at.isoformat(),
        )
    return WorkingCopy.objects.create(
        plan=brief.plan,
        kind=kind,
        as_at=as_at,
        audience=brief.audience,
        format=file_format,
        columns=[head.key for table in paper.tables[:1] for head in table.columns],
        rows=paper.stamp.rows,
        made_by=by,
        made_at=at,
        content_hash=paper.content_hash(),
        history_digest=digest_of_history([brief.plan.pk], as_at),
    )
