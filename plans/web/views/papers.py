"""Papers of a plan, as at any day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify

from plans.audit.changes import note_event
from plans.improvement_plan.models import Action, Plan
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.content import Paper, plan_paper
from plans.papers.csv import csv_lines
from plans.papers.word import word_document
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import person, whole_plan_or_404
from plans.web.pages import show

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _paper(request: HttpRequest, plan: Plan, as_at: AsAt, columns: tuple[str, ...]) -> Paper:
    rows = Action.objects.as_at(as_at.moment).visible_to(person(request)).filter(plan=plan)
    return plan_paper(plan, rows, day=as_at.day, made_by=person(request).name, made_at=as_at.now, columns=columns)


def _made(request: HttpRequest, plan: Plan, as_at: AsAt, paper: Paper, ending: str) -> str:
    """Note that the paper was made; answers the header that names the file."""
    note_event(
        "paper.made",
        plan,
        by=person(request),
        at=as_at.now,
        format=ending,
        as_at=as_at.day.isoformat(),
        rows=paper.stamp.rows,
        content=paper.content_hash(),
    )
    return f'attachment; filename="{slugify(plan.title)}-{as_at.day.isoformat()}.{ending}"'


def _unreadable_day(request: HttpRequest, plan: Plan, as_at: AsAt) -> HttpResponse:
    return show(request, "papers/unreadable_day.html", {"plan": plan}, as_at)


def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a Word document with the four columns of a cabinet appendix."""
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return _unreadable_day(request, plan, as_at)
    paper = _paper(request, plan, as_at, CABINET_TABLE)
    name = _made(request, plan, as_at, paper, "docx")
    document = word_document(paper, as_at.now)
    return HttpResponse(document, content_type=WORD_TYPE, headers={"Content-Disposition": name})


def csv(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The plan as CSV with every column, one row an action."""
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return _unreadable_day(request, plan, as_at)
    paper = _paper(request, plan, as_at, EVERYTHING)
    name = _made(request, plan, as_at, paper, "csv")
    return StreamingHttpResponse(
        csv_lines(paper), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )
