"""The sources: what a plan and its findings were read from."""

from __future__ import annotations

from contextlib import suppress

from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone

from plans.audit.changes import note_event
from plans.documents.apart import page_picture
from plans.documents.changes import pictures_of
from plans.documents.lines import RefusedDocument
from plans.documents.models import SourceDocument
from plans.documents.page_pieces import Part, piece_of_page
from plans.findings.models import Inspection, ReportIntake
from plans.improvement_plan.models import PlanIntake
from plans.web.guards import document_or_404, person
from plans.web.kept_files import download, opened
from plans.web.pages import show

# A page of a kept document never changes.
PARTS = {"left", "top", "right", "bottom"}
MISSING = "The file of this document is missing. Tell your administrator."
KEPT_BY_THE_BROWSER = "private, max-age=86400, immutable"


def document(request: HttpRequest, pk: int) -> HttpResponse:
    """What a document says of itself, what in it is doubtful, and what was read from it."""
    source = document_or_404(request, pk)
    user = person(request)
    context = {
        "document": source,
        "inspections": Inspection.objects.visible_to(user).filter(source=source),
        "report_intakes": ReportIntake.objects.visible_to(user).filter(document=source),
        "plan_intakes": PlanIntake.objects.visible_to(user).filter(document=source).select_related("plan"),
    }
    return show(request, "documents/document.html", context)


def document_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file as it was uploaded, as a download and never shown by the browser."""
    source = document_or_404(request, pk)
    if not source.file:
        raise Http404("The file of this document was not uploaded.")
    answer = download(source.file, name=source.original_name, missing=MISSING)
    note_event("document.downloaded", source, by=person(request), at=timezone.now(), sha256=source.sha256)
    return answer


def document_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a PDF as a picture, or the part of it that ``left``, ``top``, ``right`` and ``bottom`` name."""
    source = document_or_404(request, pk)
    if not source.is_pdf:
        raise Http404("This document has no pages to show.")
    picture = _page(source, number)
    if PARTS & set(request.GET):
        try:
            part = Part(**{name: float(request.GET.get(name, "")) for name in PARTS})
        except ValueError:
            raise Http404("That is no part of a page.") from None
        picture = piece_of_page(picture, part)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": KEPT_BY_THE_BROWSER})


def _page(source: SourceDocument, number: int) -> bytes:
    """The picture of a page, drawn once and kept beside the file."""
    storage = source.file.storage
    name = f"{pictures_of(source)}/{source.sha256}-{number}.png"
    with suppress(FileNotFoundError), storage.open(name) as kept:
        return kept.read()
    with opened(source.file, MISSING) as file:
        data = file.read()
    try:
        picture = page_picture(data, number)
    except RefusedDocument as refusal:
        raise Http404(str(refusal)) from None
    storage.save(name, ContentFile(picture))
    return picture
