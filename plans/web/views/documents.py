"""The sources: what a plan and its findings were read from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from plans.findings.models import Inspection
from plans.web.guards import document_or_404, person
from plans.web.pages import show


def document(request: HttpRequest, pk: int) -> HttpResponse:
    """What a document says of itself, what in it is doubtful, and what was read from it."""
    source = document_or_404(request, pk)
    read = Inspection.objects.visible_to(person(request)).filter(source=source)
    return show(request, "documents/document.html", {"document": source, "inspections": read})
