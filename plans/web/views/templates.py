"""Word templates of cabinet reports: those of one's organisations, those to start from, and the fields to use."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access.models import Organisation
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.audit.changes import note_event
from plans.documents.changes import Upload
from plans.monitoring.evidence_files import safe_name
from plans.papers.considerations import FIELDS, NOTHING_ARISES, Holds
from plans.papers.files import CONTENT_TYPES
from plans.papers.models import PaperTemplate
from plans.papers.rules import Format
from plans.papers.shipped_templates import shipped_bytes, shipped_templates
from plans.papers.template_changes import NameTaken, keep_template, retire_template
from plans.papers.word_template import RefusedTemplate
from plans.web.forms.templates import UploadTemplateForm
from plans.web.guards import (
    organisations_to_run_or_403,
    paper_template_or_404,
    paper_template_to_run_or_404,
    papers_are_made_or_403,
    person,
)
from plans.web.kept_files import download
from plans.web.pages import posted, show

_HEADINGS = {
    Holds.FACT: "Facts from the plan",
    Holds.LINE: "Lines that are typed for each paper",
    Holds.TEXT: "Considerations that are typed for each paper",
    Holds.BLOCK: "Blocks: alone in a paragraph",
    Holds.LIST: "Lists to go through",
}


def templates(request: HttpRequest) -> HttpResponse:
    """The templates in use, those retired, and the two to start from."""
    papers_are_made_or_403(request)
    found = PaperTemplate.objects.visible_to(person(request)).select_related("organisation", "uploaded_by")
    rows = list(found.order_by("organisation__name", "name"))
    running = organisations_where(person(request), May.RUN_PLANS)
    run = set(Organisation.objects.filter(pk__in=running).values_list("pk", flat=True))
    context = {
        "in_use": [(row, row.organisation_id in run) for row in rows if row.retired_at is None],
        "retired": [row for row in rows if row.retired_at is not None],
        "runs": bool(run),
        "shipped": shipped_templates(),
    }
    return show(request, "papers/templates.html", context)


def template_fields(request: HttpRequest) -> HttpResponse:
    """What a template may say, field by field."""
    papers_are_made_or_403(request)
    fields = [(_HEADINGS[holds], list(each)) for holds, each in groupby(FIELDS, lambda field: field.holds)]
    context = {"fields": fields, "shipped": shipped_templates(), "nothing_arises": NOTHING_ARISES}
    return show(request, "papers/template_fields.html", context)


def upload_template(request: HttpRequest) -> HttpResponse:
    """Upload a template: it is looked at and tried at once, and every problem is shown beside the file."""
    organisations = organisations_to_run_or_403(request, "uploads templates for papers")
    form = UploadTemplateForm(**posted(request), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        upload = Upload(safe_name(file.name or "template.docx"), file.read())
        try:
            template, facts = keep_template(
                upload,
                organisation=form.cleaned_data["organisation"],
                name=form.cleaned_data["name"],
                by=person(request),
                at=timezone.now(),
            )
        except RefusedTemplate as refusal:
            for problem in refusal.problems:
                form.add_error("file", problem)
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, f"“{template}” is kept. It was tried, and uses {len(facts.fields)} fields.")
            return redirect("paper_templates")
    return show(request, "papers/template_upload.html", {"form": form}, status=400 if form.errors else 200)


def template_file(request: HttpRequest, pk: int) -> FileResponse:
    """The template as it was uploaded, as a download and never shown by the browser."""
    template = paper_template_or_404(request, pk)
    answer = download(
        template.file,
        name=safe_name(f"{template.name}.docx"),
        missing="The file of this template is missing. Tell your administrator.",
        content_type=CONTENT_TYPES[Format.WORD],
    )
    note_event("template.downloaded", template, by=person(request), at=timezone.now(), sha256=template.sha256)
    return answer


def shipped_template(request: HttpRequest, key: str) -> HttpResponse:
    """A template to start from."""
    papers_are_made_or_403(request)
    try:
        data = shipped_bytes(key)
    except KeyError:
        raise Http404("There is no such template.") from None
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES[Format.WORD],
        headers={"Content-Disposition": f'attachment; filename="report-template-{key}.docx"'},
    )


@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a template for new papers no more."""
    template = paper_template_to_run_or_404(request, pk)
    retire_template(template, by=person(request), at=timezone.now())
    messages.success(request, f"“{template}” is retired. Papers that were made from it keep it.")
    return redirect("paper_templates")
