"""A published report in: uploaded, read, checked by a person, and then an inspection with a draft plan."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.models import Organisation
from plans.documents.apart import report_apart
from plans.documents.changes import Upload, keep_document, kept_already, note_refusal
from plans.documents.lines import RefusedDocument
from plans.documents.models import SourceDocument
from plans.documents.proposals import ProposedInspection
from plans.findings.changes import (
    RefusedReport,
    accept_report,
    discard_report,
    keep_draft,
    open_report,
)
from plans.findings.lineage import earlier_areas_alike
from plans.findings.models import ReportIntake
from plans.improvement_plan.changes import start_plan
from plans.web.forms.many import ANOTHER_SAVED
from plans.web.forms.report_review import ReportReview
from plans.web.forms.reports import UploadReportForm
from plans.web.forms.uploads import refuse_page_or_script, upload_of
from plans.web.guards import organisations_to_run_or_403, person, report_intake_or_404
from plans.web.pages import posted, show
from plans.web.wording import counted


def upload_report(request: HttpRequest) -> HttpResponse:
    """Upload a report, or paste one; it is read at once, and nothing but a refusal is kept where it cannot be."""
    organisations = organisations_to_run_or_403(request)
    form = UploadReportForm(**posted(request), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        upload = upload_of(form.cleaned_data["file"], form.cleaned_data["text"], "report")
        organisation: Organisation = form.cleaned_data["organisation"]
        if (there := kept_already(upload, organisation)) and (intake := _intake_of(there)):
            messages.info(request, "This file has been read before. Nothing was read again.")
            return _where_it_is(intake)
        try:
            intake = _read(upload, organisation, request)
        except RefusedDocument as refusal:
            note_refusal(upload, str(refusal), organisation=organisation, by=person(request), at=timezone.now())
            form.add_error("file" if form.cleaned_data["file"] else "text", str(refusal))
        else:
            return redirect("review_report", pk=intake.pk)
    return show(request, "reports/upload.html", {"form": form}, status=400 if form.errors else 200)


def _intake_of(document: SourceDocument) -> ReportIntake | None:
    return ReportIntake.objects.filter(document=document).first()


def _where_it_is(intake: ReportIntake) -> HttpResponse:
    if intake.accepted_at and intake.inspection_id:
        return redirect("inspection", pk=intake.inspection_id)
    return redirect("review_report", pk=intake.pk)


def _read(upload: Upload, organisation: Organisation, request: HttpRequest) -> ReportIntake:
    proposal = report_apart(upload.data, upload.name)
    refuse_page_or_script(upload)
    by, at = person(request), timezone.now()
    with transaction.atomic():
        document = keep_document(
            upload,
            organisation=organisation,
            kind=SourceDocument.Kind.REPORT,
            title=_title(proposal, upload),
            by=by,
            at=at,
        )
        return open_report(document, proposal, by=by, at=at)


def _title(proposal: ProposedInspection, upload: Upload) -> str:
    return f"Report: {upload.name}" if proposal.authority is None else f"Report on {proposal.authority}: {upload.name}"


def review_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was read beside the lines it was read from; mended in place, then accepted or left out."""
    intake = report_intake_or_404(request, pk)
    if intake.accepted_at:
        messages.info(request, "This report has been accepted. Here is its inspection.")
        return _where_it_is(intake)
    review = ReportReview(intake, request.POST if request.method == "POST" else None)
    task = request.POST.get("do", "") if request.method == "POST" else ""
    if task == "discard":
        discard_report(intake, by=person(request), at=timezone.now())
        messages.success(request, f"{intake.document.original_name} has been left out. Nothing of it was kept.")
        return redirect("inspections")
    refused = ""
    if task.startswith("add_"):
        review.add(task.removeprefix("add_"))
    if request.method == "POST":
        if request.POST.get("draft", review.draft_seen) != review.draft_seen:
            task, refused = "", ANOTHER_SAVED
        else:
            keep_draft(intake, review.draft())
    if task == "accept" and review.is_valid():
        if request.POST.get("seen", "") != review.seen:
            refused = "This inspection is here already. Look at what the report would change, then accept again."
        else:
            try:
                return _accept(request, intake, review)
            except RefusedReport as refusal:
                refused = str(refusal)
    if task == "save":
        messages.success(request, "Saved. Nothing is in the plan yet: accept it when it is right.")
        return redirect("review_report", pk=intake.pk)
    review.is_valid()
    context = {
        "review": review,
        "intake": intake,
        "refused": refused,
        "form_has_errors": task == "accept",
        "area_count": len(review.areas),
        "judgement_count": len(review.judgements),
    }
    return show(request, "reports/review.html", context, status=400 if task == "accept" else 200)


def _accept(request: HttpRequest, intake: ReportIntake, review: ReportReview) -> HttpResponse:
    by, at = person(request), timezone.now()
    with transaction.atomic():
        accepted = accept_report(intake, review.confirmed(), by=by, at=at)
        plan = None
        if review.plan.cleaned_data["make"]:
            plan = start_plan(
                review.organisation,
                review.plan.cleaned_data["title"],
                [accepted.areas[place] for place in review.areas_for_plan()],
                by=by,
                at=at,
            )
    messages.success(
        request,
        f"{accepted.inspection} is here, with {counted(len(accepted.areas), 'area')}"
        f" and {counted(len(review.confirmed().judgements), 'judgement')}.",
    )
    if alike := earlier_areas_alike(accepted.inspection):
        number = len({suggestion.area.pk for suggestion in alike})
        messages.info(
            request,
            f"{counted(number, 'area')} may repeat what an earlier inspection asked. Its page says which.",
        )
    return redirect("plan", pk=plan.pk) if plan else redirect("inspection", pk=accepted.inspection.pk)
