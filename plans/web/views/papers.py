"""Papers of a plan, as at any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import slugify

from plans.improvement_plan.models import Action, Plan
from plans.papers.changes import record_release
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.content import Paper, plan_paper
from plans.papers.csv import csv_lines
from plans.papers.excel import excel_workbook
from plans.papers.models import Release
from plans.papers.pdf import pdf_document
from plans.papers.word import word_document
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import person, whole_plan_or_404
from plans.web.pages import show

TYPES = {
    Release.Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Release.Format.PDF: "application/pdf",
    Release.Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    return _file(request, pk, CABINET_TABLE, Release.Format.WORD, word_document)


def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an accessible PDF with the four columns of a cabinet appendix."""
    return _file(request, pk, CABINET_TABLE, Release.Format.PDF, pdf_document)


def excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an Excel workbook with every column, one row an action."""
    return _file(request, pk, EVERYTHING, Release.Format.EXCEL, excel_workbook)


def _file(
    request: HttpRequest,
    pk: int,
    columns: tuple[str, ...],
    file_format: Release.Format,
    render: Callable[[Paper, datetime], bytes],
) -> HttpResponse:
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return _unreadable_day(request, plan, as_at)
    paper = _made(request, plan, as_at, columns, file_format)
    return HttpResponse(
        render(paper, as_at.now),
        content_type=TYPES[file_format],
        headers={"Content-Disposition": _file_name(plan, as_at, file_format)},
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
