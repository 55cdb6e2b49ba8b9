"""Papers of a plan, as at any day, to download at once: working copies, not issued."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from plans.improvement_plan.models import Plan
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.changes import record_copy
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.files import CONTENT_TYPES, file_of
from plans.papers.kinds.catalogue import paper_for
from plans.papers.rules import Format, Kind
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import person, whole_plan_or_404
from plans.web.pages import show

# Read by people, or sorted and filtered by programs.
COLUMNS: dict[Format, tuple[str, ...]] = {
    Format.WORD: CABINET_TABLE,
    Format.PDF: CABINET_TABLE,
    Format.EXCEL: EVERYTHING,
    Format.CSV: EVERYTHING,
}


def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a Word document with the four columns of a cabinet appendix."""
    return _file(request, pk, Format.WORD)


def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an accessible PDF with the four columns of a cabinet appendix."""
    return _file(request, pk, Format.PDF)


def excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an Excel workbook with every column, one row an action."""
    return _file(request, pk, Format.EXCEL)


def csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as CSV with every column, one row an action."""
    return _file(request, pk, Format.CSV)


def _file(request: HttpRequest, pk: int, file_format: Format) -> HttpResponse:
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return show(request, "papers/unreadable_day.html", {"plan": plan}, as_at)
    user = person(request)
    choices = Choices(columns=tuple(ChosenColumn(key) for key in COLUMNS[file_format]))
    brief = Brief(plan, as_at.day, as_at.moment, user.name, as_at.now, reader=user, choices=choices)
    paper = paper_for(Kind.FULL_PLAN, brief)
    record_copy(brief, paper, kind=Kind.FULL_PLAN, by=user, at=as_at.now, file_format=file_format)
    return HttpResponse(
        file_of(paper, file_format, as_at.now),
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{_file_name(plan, as_at, file_format)}"'},
    )


def _file_name(plan: Plan, as_at: AsAt, file_format: Format) -> str:
    return f"{slugify(plan.title) or 'plan'}-{as_at.day.isoformat()}.{file_format}"
