"""Releases at every stage, made as the product makes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.papers.changes import draft_release, issue, make_ready
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import paper_for
from plans.papers.models import Release
from plans.papers.releases import brief_of
from plans.papers.rules import Audience, Format, Kind
from tests import factories

AS_AT = factories.moment(2026, 3, 1, 10)
LATER = factories.moment(2026, 3, 2, 10)


def a_draft(
    plan: Plan,
    *,
    by: User,
    kind: Kind = Kind.FULL_PLAN,
    audience: Audience = Audience.EXEMPT,
    at: datetime = AS_AT,
    **said: Any,
) -> Release:
    title = said.pop("title", "The plan for the board")
    return draft_release(plan, kind=kind, title=title, audience=audience, by=by, at=at, **said)


def a_ready_release(plan: Plan, *, by: User, as_at: datetime = AS_AT, **said: Any) -> Release:
    draft = a_draft(plan, by=by, **said)
    return make_ready(draft, as_at=as_at, by=by, at=as_at, expected_version=draft.version)


def an_issued_release(plan: Plan, *, by: User, **said: Any) -> Release:
    """Issued with one small file, so that no test waits for a PDF."""
    ready = a_ready_release(plan, by=by, **said)
    paper = paper_for(Kind(ready.kind), brief_of(ready, reader=by, at=LATER))
    files = {Format.CSV: file_of(paper, Format.CSV, LATER)}
    return issue(ready, paper, files, pages=2, by=by, at=LATER, expected_version=ready.version)
