"""An officer's actions: the list, the action itself, updates and evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access.models import PostHolding
from plans.audit.changes import note_event
from plans.findings.models import Area, Inspection
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.permissions import has_in_hand, may_decide, may_update, runs
from plans.improvement_plan.rules import OPEN_STATUSES, REPORTABLE, Kind, Status
from plans.improvement_plan.state import ActionState, due_before_inspection
from plans.improvement_plan.timeliness import lateness, with_timeliness
from plans.monitoring.changes import accept_evidence, report_no_change
from plans.monitoring.drafts import AnotherDraft, draft_mark, drafts_of, drop_draft, keep_draft, send_update
from plans.monitoring.models import Evidence, UpdateDraft
from plans.monitoring.partner_links import waiting_for
from plans.web.as_at import AsAt, as_at_of
from plans.web.date_trail import date_trail, in_words, marks_of
from plans.web.forms.fields import rebased
from plans.web.forms.my_work import draft_opened
from plans.web.forms.updates import UpdateForm, shown_of
from plans.web.guards import action_or_404, action_to_update_or_404, evidence_or_404, person
from plans.web.kept_files import UNREACHABLE_FIELD, download
from plans.web.kept_typing import forget_typing, keeps_typing, typed_before, whose
from plans.web.pages import opened_row, posted, show
from plans.web.public_marks import publication_change, publication_words
from plans.web.tables.cells import computed_rag, said_green_but_overdue
from plans.web.views.my_work import CHANGED, another_draft_words
from plans.web.wording import ago, day_of
from tracker.file_store import StoreUnreachable


def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action as it stands, or stood on any day: its dates, its history, its evidence."""
    as_at = as_at_of(request)
    current: Action = action_or_404(request, pk, as_at.day)
    row: ActionState = current
    if as_at.is_past:
        then = with_timeliness(Action.objects.as_at(as_at.moment).filter(action_id=pk), as_at.day)
        row = get_object_or_404(then.select_related("lead__organisation", "area__inspection"))
    return show(request, "actions/action.html", _action_context(request, current, row, as_at), as_at)


def _action_context(request: HttpRequest, current: Action, row: Any, as_at: AsAt) -> dict[str, Any]:
    user = person(request)
    history = current.updates.select_related("by", "decision__meeting__board", "proposal__link__post").order_by(
        "-sequence"
    )
    if as_at.moment:
        history = history.filter(at__lte=as_at.moment)
    entries = list(history)
    moves: list[tuple[date, str]] = []
    for after, before in zip(entries, entries[1:], strict=False):
        after.moved_from = before if after.due_date != before.due_date else None
        after.publication = publication_change(before, after)
        if after.due_date != before.due_date and before.due_date and before.due_date != row.first_due_date:
            moves.insert(0, (before.due_date, before.due_precision))
    done_on = None
    if row.status in (Status.COMPLETE, Status.SIGNED_OFF):
        # Where the sources do not say when it was done, the day it was recorded as done is not shown as one.
        done = [entry for entry in entries if entry.kind == Kind.COMPLETED]
        done_on = day_of(done[0].at) if done else None
    runs_it, in_hand = runs(user, current.plan), has_in_hand(user, current)
    decides = not as_at.is_past and runs_it and not in_hand
    # Who runs the plan may update all of it.
    updates = in_hand or runs_it or may_update(user, current)
    marks = marks_of(row, as_at.day, moves=moves, done_on=done_on)
    area = row.area
    return {
        "action": row,
        "current": current,
        "plan": current.plan,
        "area": area,
        "also_answers": _also_answers(row),
        "sees_inspection": bool(area) and Inspection.objects.visible_to(user).filter(pk=area.inspection_id).exists(),
        "late": lateness(row, as_at.day),
        "computed_rag": computed_rag(row),
        "green_but_overdue": said_green_but_overdue(row),
        "trail": date_trail(marks),
        "trail_words": in_words(marks),
        "history": entries,
        "holders": _holders(row, as_at),
        "evidence": _evidence(current, as_at),
        "measures": current.measures.visible_to(user),
        "last_update": reported_words(row, as_at),
        "before_inspection": due_before_inspection(row),
        "may_update": not as_at.is_past and row.status in REPORTABLE and updates,
        "is_open": row.status in OPEN_STATUSES,
        "proposed": [] if as_at.is_past else waiting_for(user).filter(action=current).select_related("link__post"),
        "may_decide": decides,
        "waits": row.extension_pending or row.status == Status.COMPLETE,
        "may_amend": not as_at.is_past and runs_it,
        # What counts is the mark of today, also in papers about earlier days.
        "publication": publication_words(current) if runs_it else "",
        "may_accept": decides,
    }


def reported_words(row: ActionState, as_at: AsAt) -> str:
    """When somebody last reported, as the opening sentence says it."""
    if row.reported_at is None:
        return "What is known of its progress stood in the plan" if row.progress else "No update yet"
    return f"Last update {ago(row.reported_at, as_at.instant)}"


def _evidence(current: Action, as_at: AsAt) -> list[Evidence]:
    """Evidence as it stood on that day: what was accepted later is not accepted yet."""
    rows = list(current.evidence.added_by_the_time(as_at.moment).select_related("added_by", "accepted_by"))
    for row in rows:
        if as_at.moment and row.accepted_at and row.accepted_at > as_at.moment:
            row.accepted_by = row.accepted_at = None
    return rows


def _holders(row: ActionState, as_at: AsAt) -> list[PostHolding]:
    """Who held the lead post on that day."""
    if row.lead_id is None:
        return []
    on_that_day = Q(until__isnull=True) | Q(until__gte=as_at.day)
    return list(
        PostHolding.objects.filter(on_that_day, post=row.lead_id, since__lte=as_at.day).select_related("person")
    )


def _also_answers(row: ActionState) -> list[Any]:
    return list(Area.objects.filter(pk__in=row.also_answers)) if row.also_answers else []


@keeps_typing
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner's update: status, what happened, forecast, evidence, an extension if one is asked; or its draft."""
    found = action_to_update_or_404(request, pk)
    if found.status not in REPORTABLE:
        raise PermissionDenied("This action is no longer open. Ask the improvement lead to reopen it.")
    draft = drafts_of(person(request), [found.pk]).first()
    if request.method == "POST":
        return _sent(request, found, draft)
    before = typed_before(request)
    said = {name: str(before[name]) for name in before} if before is not None else draft.said if draft else {}
    form, changed_by = draft_opened(UpdateForm, said, found)
    return _update_page(request, found, form, draft, draft_mark(draft), changed_by, back=before is not None)


def _sent(request: HttpRequest, found: Action, draft: UpdateDraft | None) -> HttpResponse:
    """Record what was sent, keep it as a draft, or throw the draft away."""
    user, now, mark = person(request), timezone.now(), request.POST.get("draft", "")
    form = UpdateForm(**posted(request), action=found, opened=opened_row(request, found))
    do, changed_by = request.POST.get("do", "save"), None
    if do == "discard":
        drop_draft(found, person=user, opened_with=mark)
        return _done(request, f"Your draft on {found.reference} is thrown away.", "update_action", pk=found.pk)
    if do == "later":
        try:
            keep_draft(found, form.typed(), person=user, at=now, opened_with=mark)
        except AnotherDraft as other:
            messages.error(request, f"{another_draft_words(other.draft)}.")
            form = UpdateForm(action=found, typed=form.typed())
            return _update_page(request, found, form, other.draft, draft_mark(other.draft), status=400)
        lost = " A file cannot be kept: choose it again when you send it." if request.FILES else ""
        return _done(request, f"Saved for later, not sent: your update on {found.reference}.{lost}", "my_actions")
    if form.is_valid():
        try:
            send_update(found, by=user, at=now, draft=mark, **form.changes())
        except ChangedSince as refusal:
            changed_by = refusal.update
            form.data = rebased(form, shown_of(refusal.update), refusal)
            form.add_error(None, CHANGED)
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except StoreUnreachable:
            form.add_error("evidence_file", UNREACHABLE_FIELD)
        else:
            return _done(request, f"Your update on {found.reference} is recorded.", "action", pk=found.pk)
    return _update_page(request, found, form, draft, mark, changed_by, status=400)


def _done(request: HttpRequest, said: str, to: str, **named: Any) -> HttpResponse:
    forget_typing(request)
    messages.success(request, said)
    return redirect(to, **named)


def _update_page(
    request: HttpRequest,
    found: Action,
    form: UpdateForm,
    draft: UpdateDraft | None,
    mark: str,
    changed_by: Update | None = None,
    *,
    back: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The form. ``mark`` names the draft that it was opened with; ``back``: typed after the sign-in had ended."""
    context = {
        "action": found,
        "form": form,
        "draft": draft,
        "mark": mark,
        "back": back,
        "whose": whose(person(request)),
        "changed_by": changed_by,
        "file_lost": bool(request.FILES),
        "history": found.updates.select_related("by", "proposal__link__post")[:5],
    }
    return show(request, "actions/update.html", context, status=status)


@require_POST
def no_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A nil return in one click."""
    found = action_to_update_or_404(request, pk)
    if found.status not in OPEN_STATUSES:
        raise PermissionDenied("This action is no longer open, so there is nothing to report on it.")
    report_no_change(found, by=person(request), at=timezone.now())
    messages.success(request, f"Recorded: nothing has changed on {found.reference}.")
    return redirect("action", pk=found.pk)


def evidence(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file itself, as a download and never shown by the browser; a link leads to where it points."""
    found = evidence_or_404(request, pk)
    if not found.file:
        raise Http404("This evidence is a link, not a file.")
    answer = download(
        found.file, name=found.original_name, missing="The file of this evidence is missing. Tell your administrator."
    )
    note_event("evidence.downloaded", found, by=person(request), at=timezone.now(), sha256=found.sha256)
    return answer


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept evidence: somebody who may decide, and did not add it."""
    found: Evidence = evidence_or_404(request, pk)
    if not may_decide(person(request), found.action):
        raise PermissionDenied("Nobody accepts evidence on their own action.")
    try:
        accept_evidence(found, by=person(request), at=timezone.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Accepted: {found.title}.")
    return redirect("action", pk=found.action_id)
