"""The writes of this stage: what was made of a plan, so that it can be told later from what it was made."""

from __future__ import annotations

from datetime import datetime

from plans.access.models import User
from plans.oversight.changes import digest_of_history
from plans.papers.brief import Brief
from plans.papers.content import Paper
from plans.papers.models import Release, WorkingCopy
from plans.papers.rules import Format, Kind, Stage


def record_copy(
    brief: Brief, paper: Paper, *, kind: Kind, by: User | None, at: datetime, file_format: Format
) -> WorkingCopy:
    """Keep who made which paper of the plan, as at when, with the hash of what it says and of the history behind it."""
    as_at = brief.moment or at
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


def faults_in_papers() -> list[str]:
    """A sentence for each paper whose actions are no longer those that it was made from."""
    kept: tuple[tuple[str, list[Release] | list[WorkingCopy]], ...] = (
        ("Release", list(Release.objects.filter(stage=Stage.ISSUED).select_related("plan"))),
        ("Working copy", list(WorkingCopy.objects.select_related("plan"))),
    )
    return [
        f"{name} {paper.pk} ({paper}): its actions are no longer those that it was made from."
        for name, papers in kept
        for paper in papers
        if paper.as_at is None or digest_of_history([paper.plan_id], paper.as_at) != paper.history_digest
    ]
