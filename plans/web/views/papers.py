"""Papers of a plan, as at any day, to download at once: working copies for use within the council, not issued.

Who may not read papers that are exempt gets the copy that is for the public: only what is marked for publication.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify

from plans.improvement_plan.models import Plan
from plans.improvement_plan.permissions import reads_exempt_papers
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.changes import record_copy
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.files import CONTENT_TYPES, file_of
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.making import ask_for_copy
from plans.papers.public import RefusedPaper
from plans.papers.releases import formats_of
from plans.papers.rules import Audience, Format, Kind
from plans.web import background
from plans.web.as_at import AsAt, as_at_of
from plans.web.guards import person, whole_plan_or_404
from plans.web.pages import show
from plans.web.read_replica import reads_replica

# A request makes a paper of so many actions in about a second; a longer one is made outside the web process.
MOST_IN_A_REQUEST = 500

# Of the full plan: read by people, or sorted and filtered by programs.
COLUMNS: dict[Format, tuple[str, ...]] = {
    Format.WORD: CABINET_TABLE,
    Format.PDF: CABINET_TABLE,
    Format.EXCEL: EVERYTHING,
    Format.CSV: EVERYTHING,
}


@reads_replica
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a Word document with the four columns of a cabinet appendix."""
    return _file(request, pk, Kind.FULL_PLAN, Format.WORD)


@reads_replica
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an accessible PDF with the four columns of a cabinet appendix."""
    return _file(request, pk, Kind.FULL_PLAN, Format.PDF)


@reads_replica
def excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as an Excel workbook with every column, one row an action."""
    return _file(request, pk, Kind.FULL_PLAN, Format.EXCEL)


@reads_replica
def csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as CSV with every column, one row an action."""
    return _file(request, pk, Kind.FULL_PLAN, Format.CSV)


@reads_replica
def quick(request: HttpRequest, pk: int, kind: str, ending: str) -> HttpResponse:
    """The plan as a paper of any kind, in any format that the kind has."""
    try:
        asked, file_format = Kind(kind), Format(ending)
    except ValueError:
        raise Http404("There is no such paper.") from None
    if asked not in CATALOGUE or file_format not in formats_of(asked):
        raise Http404("There is no such paper.")
    return _file(request, pk, asked, file_format)


def _file(request: HttpRequest, pk: int, kind: Kind, file_format: Format) -> HttpResponse:
    plan, as_at = whole_plan_or_404(request, pk), as_at_of(request)
    if as_at.error:
        return show(request, "papers/unreadable_day.html", {"plan": plan}, as_at)
    user = person(request)
    audience = Audience.EXEMPT if reads_exempt_papers(user, plan) else Audience.PUBLIC
    if audience not in CATALOGUE[kind].audiences:
        raise PermissionDenied(
            f"{CATALOGUE[kind].label}: this paper is for use within the council, and your role reads papers that are"
            " public."
        )
    columns = COLUMNS[file_format] if kind == Kind.FULL_PLAN else ()
    choices = Choices(columns=tuple(ChosenColumn(key) for key in columns))
    brief = Brief(
        plan,
        as_at.day,
        as_at.moment,
        user.name,
        as_at.now,
        reader=user,
        audience=audience,
        choices=choices,
        draft=audience == Audience.PUBLIC,
    )
    if brief.rows.count() > MOST_IN_A_REQUEST:
        making = ask_for_copy(
            plan,
            kind=kind,
            file_format=file_format,
            audience=audience,
            as_at=as_at.moment,
            choices=choices,
            by=user,
            at=as_at.now,
        )
        background.start(making)
        return redirect("making", pk=making.pk)
    try:
        paper = paper_for(kind, brief)
    except RefusedPaper as refusal:
        raise PermissionDenied(str(refusal)) from None
    record_copy(brief, paper, kind=kind, by=user, at=as_at.now, file_format=file_format)
    name = _file_name(plan, as_at, kind, file_format, audience)
    return as_file(file_of(paper, file_format, as_at.now), file_format, name)


def as_file(data: bytes, file_format: Format, name: str) -> HttpResponse:
    """A file to be kept, never shown by the browser."""
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _file_name(plan: Plan, as_at: AsAt, kind: Kind, file_format: Format, audience: Audience) -> str:
    what = "" if kind == Kind.FULL_PLAN else f"-{slugify(CATALOGUE[kind].label)}"
    what += "-public" if audience == Audience.PUBLIC else ""
    return f"{slugify(plan.title) or 'plan'}{what}-{as_at.day.isoformat()}.{file_format}"
