"""A council's own table in: a plan started, a file read into it, its columns named, its rows checked and accepted."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.documents.apart import plan_apart
from plans.documents.changes import Upload, keep_document, kept_already, note_refusal
from plans.documents.lines import RefusedDocument
from plans.documents.models import SourceDocument
from plans.documents.plan_columns import plain_heading
from plans.documents.proposals import ProposedPlan
from plans.findings.changes import start_inspection
from plans.findings.models import Area
from plans.improvement_plan.accept_rows import (
    RefusedRow,
    accept_rows,
    discard_plan_file,
    keep_plan_draft,
    open_plan_file,
    read_again,
    remember_columns,
)
from plans.improvement_plan.changes import start_plan
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import ColumnMeaning, Plan, PlanIntake
from plans.web.forms.many import ANOTHER_SAVED
from plans.web.forms.plan_files import MOST_ROWS, ColumnsForm, NewPlanForm, UploadPlanForm
from plans.web.forms.plan_review import PlanReview
from plans.web.forms.uploads import refuse_page_or_script, upload_of
from plans.web.guards import organisations_to_run_or_403, person, plan_intake_or_404, plan_to_run_or_404
from plans.web.pages import posted, show
from plans.web.wording import counted


def new_plan(request: HttpRequest) -> HttpResponse:
    """Start a draft plan, with the areas of the inspections that it answers."""
    organisations = organisations_to_run_or_403(request)
    form = NewPlanForm(**posted(request), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        organisation = said["organisation"]
        areas = Area.objects.filter(inspection__in=said.get("inspections") or [], addressed_to=organisation)
        with transaction.atomic():
            if said["framework"]:
                start_inspection(organisation, said["framework"], said["framework"].name)
            plan = start_plan(
                organisation,
                said["title"],
                areas.order_by("inspection", "number"),
                by=person(request),
                at=timezone.now(),
            )
        messages.success(request, "The plan is started. Read its actions from a file, or add them one by one.")
        return redirect("plan", pk=plan.pk)
    return show(request, "plan_files/new_plan.html", {"form": form}, status=400 if form.errors else 200)


def upload_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload the council's own table for a plan; it is read at once, by what its headings meant before."""
    plan = plan_to_run_or_404(request, pk)
    form = UploadPlanForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        upload = upload_of(form.cleaned_data["file"], form.cleaned_data["text"], "plan")
        by, at = person(request), timezone.now()
        if waiting := _waiting(upload, plan):
            messages.info(request, "This file has been read before and waits for you here. Nothing was read again.")
            return redirect("review_plan_file", pk=waiting.pk)
        try:
            proposal, mapping = _read(upload, plan)
        except RefusedDocument as refusal:
            note_refusal(upload, str(refusal), organisation=plan.organisation, by=by, at=at)
            form.add_error("file" if form.cleaned_data["file"] else "text", str(refusal))
        else:
            if sentence := _unusable(proposal):
                note_refusal(upload, sentence, organisation=plan.organisation, by=by, at=at)
                form.add_error("file" if form.cleaned_data["file"] else "text", sentence)
            else:
                with transaction.atomic():
                    document = keep_document(
                        upload,
                        organisation=plan.organisation,
                        kind=SourceDocument.Kind.PLAN,
                        title=f"Plan: {upload.name}",
                        by=by,
                        at=at,
                    )
                    intake = open_plan_file(plan, document, proposal, mapping, by=by, at=at)
                return redirect("review_plan_file" if proposal.rows else "plan_file_columns", pk=intake.pk)
    return show(request, "plan_files/upload.html", {"plan": plan, "form": form}, status=400 if form.errors else 200)


def _waiting(upload: Upload, plan: Plan) -> PlanIntake | None:
    """The reading of the same file for this plan that somebody is still checking, if any."""
    document = kept_already(upload, plan.organisation)
    return PlanIntake.objects.waiting().filter(plan=plan, document=document).first() if document else None


def _unusable(proposal: ProposedPlan) -> str:
    """Why nothing can be made of what was read; "" where it can be checked."""
    if not proposal.columns:
        return proposal.problems[0].message if proposal.problems else "No table was found in this file."
    if len(proposal.rows) > MOST_ROWS:
        return f"This file has {len(proposal.rows):,} rows. At most {MOST_ROWS:,} can be checked at once: split it."
    return ""


def _read(upload: Upload, plan: Plan) -> tuple[ProposedPlan, dict[int, str]]:
    """The file as read, by the remembered meanings of its headings where somebody gave them."""
    proposal = plan_apart(upload.data, upload.name)
    refuse_page_or_script(upload)
    known = dict(ColumnMeaning.objects.filter(organisation=plan.organisation).values_list("heading", "meaning"))
    mapping = {
        place: known[heading]
        for place, printed in enumerate(proposal.columns)
        if (heading := plain_heading(printed)[:200]) in known
    }
    fields = dict(enumerate(proposal.fields))
    if all(fields.get(place, "") == meaning for place, meaning in mapping.items()):
        return proposal, {}
    return plan_apart(upload.data, upload.name, mapping), mapping


def plan_file_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what each column holds, with the first rows in view; remembered for the council's next file."""
    intake = plan_intake_or_404(request, pk)
    if intake.accepted_at:
        return redirect("plan", pk=intake.plan_id)
    proposal = intake.proposal
    columns: list[str] = proposal["columns"]
    now = [intake.mapping.get(str(place), name) for place, name in enumerate(_padded(proposal["fields"], columns))]
    form = ColumnsForm(request.POST if request.method == "POST" else None, columns=columns, fields=now)
    if request.method == "POST" and form.is_valid():
        mapping = form.mapping()
        try:
            again = plan_apart(_bytes_of(intake), intake.document.original_name, mapping)
        except RefusedDocument as refusal:
            form.add_error(None, str(refusal))
        else:
            if again.rows:
                with transaction.atomic():
                    read_again(intake, again, mapping)
                    remember_columns(intake.plan, _meanings(columns, mapping))
                messages.success(request, "The columns are read as you said, and will be in the next file like it.")
                return redirect("review_plan_file", pk=intake.pk)
            form.add_error(
                None, "No action was found when the columns are read like this. Check which holds the action"
            )
    context = {
        "intake": intake,
        "form": form,
        "samples": [_padded(row, columns) for row in proposal["samples"]],
        "columns": [
            (form[f"column_{place}"], [row[place] for row in (_padded(one, columns) for one in proposal["samples"])])
            for place in range(len(columns))
        ],
    }
    return show(request, "plan_files/columns.html", context, status=400 if form.errors else 200)


def _padded(row: list[str], columns: list[str]) -> list[str]:
    return [*row, *[""] * (len(columns) - len(row))]


def _meanings(columns: list[str], mapping: Mapping[int, str]) -> dict[str, str]:
    """Each heading that says something, in plain words, with what it was said to mean."""
    return {heading: meaning for place, meaning in mapping.items() if (heading := plain_heading(columns[place]))}


def _bytes_of(intake: PlanIntake) -> bytes:
    with intake.document.file.open("rb") as file:
        data: bytes = file.read()
    return data


def review_plan_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row with where it was read and what it changes; mended in place, then accepted or left out."""
    intake = plan_intake_or_404(request, pk)
    if intake.accepted_at:
        messages.info(request, "This file has been accepted. Here is its plan.")
        return redirect("plan", pk=intake.plan_id)
    task = request.POST.get("do", "save") if request.method == "POST" else ""
    if task == "discard":
        discard_plan_file(intake, by=person(request), at=timezone.now())
        messages.success(request, f"{intake.document.original_name} has been left out. Nothing of it was taken.")
        return redirect("plan", pk=intake.plan_id)
    review = PlanReview(intake, request.POST if request.method == "POST" else None)
    refused = ""
    if request.method == "POST":
        if request.POST.get("draft", review.draft_seen) != review.draft_seen:
            task, refused = "", ANOTHER_SAVED
        else:
            keep_plan_draft(intake, review.draft())
    if task == "accept" and review.is_valid():
        if request.POST.get("seen") != review.seen:
            refused = "Somebody changed the plan while you were checking. Look at what differs, then accept again."
        else:
            try:
                return _accept(request, intake, review)
            except RefusedRow as refusal:
                row = review.taken()[refusal.place]
                known = refusal.field if refusal.field in row.form.fields else None
                row.form.add_error(known, f"{str(refusal).rstrip('.')} ({row.where})")
            except RefusedChange as refusal:
                refused = str(refusal)
    if task == "save":
        messages.success(request, "Saved. Nothing is in the plan yet: accept it when it is right.")
        return redirect("review_plan_file", pk=intake.pk)
    review.is_valid()
    context = {"review": review, "intake": intake, "refused": refused, "form_has_errors": task == "accept"}
    return show(request, "plan_files/review.html", context, status=400 if task == "accept" else 200)


def _accept(request: HttpRequest, intake: PlanIntake, review: PlanReview) -> HttpResponse:
    done = accept_rows(
        intake,
        review.confirmed(),
        review.present,
        inspection=review.target.cleaned_data.get("inspection"),
        by=person(request),
        at=timezone.now(),
        reason=review.reason.cleaned_data["moved"],
    )
    said = f"{counted(done.added, 'action')} added, {done.changed} changed, {done.unchanged} left as they are."
    messages.success(request, f"{said} {counted(done.areas, 'area')} added to the plan." if done.areas else said)
    return redirect("plan", pk=intake.plan_id)
