"""Papers of a plan, as at any day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify

from plans.improvement_plan.models import Action, Plan
from plans.papers.changes import record_release
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.content import Paper, plan_paper
from plans.papers.csv import csv_lines
from plans.papers.models import Release
from plans.papers.word import word_document
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import person, whole_plan_or_404
from plans.web.pages import show

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _paper(request: HttpRequest, plan: Plan, as_at: AsAt, columns: tuple[str, ...]) -> Paper:
    rows = Action.objects.as_at(as_at.moment).visible_to(person(request)).filter(plan=plan)
    return plan_paper(plan, rows, day=as_at.day, made_by=person(request).name, made_at=as_at.now, columns=columns)


def _made(request: HttpRequest, plan: Plan, as_at: AsAt, columns: tuple[str, ...], file_format: str) -> Paper:
    """The paper, with a record that it was made."""
    paper = _paper(request, plan, as_at, columns)
    record_release(
        plan,
        paper,
        by=person(request),
        at=as_at.now,
        as_at=as_at.instant,
        file_format=file_format,
        columns=columns,
    )
    return paper


def _file_name(plan: Plan, as_at: AsAt, ending: str) -> str:
    return f'attachment; filename="{slugify(plan.title) or "plan"}-{as_at.day.isoformat()}.{ending}"'


def _unreadable_day(request: HttpRequest, plan: Plan, as_at: AsAt) -> HttpResponse:
    return show(request, "papers/unreadable_day.html", {"plan": plan}, as_at)


def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a Word document with the four columns of a cabinet appendix."""
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return _unreadable_day(request, plan, as_at)
    paper = _made(request, plan, as_at, CABINET_TABLE, Release.Format.WORD)
    return HttpResponse(
        word_document(paper, as_at.now),
        content_type=WORD_TYPE,
        headers={"Content-Disposition": _file_name(plan, as_at, "docx")},
    )


def csv(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The plan as CSV with every column, one row an action."""
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return _unreadable_day(request, plan, as_at)
    paper = _made(request, plan, as_at, EVERYTHING, Release.Format.CSV)
    return StreamingHttpResponse(
        csv_lines(paper),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": _file_name(plan, as_at, "csv")},
    )
