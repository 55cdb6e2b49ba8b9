"""The writes of this stage: what was made of a plan, so that it can be told later from what it was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.oversight.changes import digest_of_history
from plans.papers.content import Paper
from plans.papers.models import Release


def record_release(
    plan: Plan, paper: Paper, *, by: User, at: datetime, as_at: datetime, file_format: str, columns: Sequence[str]
) -> Release:
    """Keep who made which paper of the plan, as at when, with the hash of what it says and of the history behind it."""
    return Release.objects.create(
        plan=plan,
        as_at=as_at,
        audience=Release.Audience.EXEMPT,
        format=file_format,
        columns=list(columns),
        rows=paper.stamp.rows,
        made_by=by,
        made_at=at,
        content_hash=paper.content_hash(),
        history_digest=digest_of_history([plan.pk], as_at),
    )


def faults_in_releases() -> list[str]:
    """A sentence for each paper whose actions are no longer those that it was made from."""
    return [
        f"Release {release.pk} ({release}): its actions are no longer those that it was made from."
        for release in Release.objects.select_related("plan").iterator()
        if digest_of_history([release.plan_id], release.as_at) != release.history_digest
    ]
