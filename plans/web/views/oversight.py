"""What is overdue, on any day; decisions on what waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import RAG_KEY
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight import changes
from plans.oversight.overdue import figures
from plans.web.as_at import as_at_of
from plans.web.filters import OverdueFilter
from plans.web.forms.plans import DecisionForm
from plans.web.guards import action_to_decide_or_404, person
from plans.web.pages import in_use, paged, posted, show, strict
from plans.web.tables.actions import OverdueTable


def overdue(request: HttpRequest) -> HttpResponse:
    """Actions past their date on any day, longest first, by either clock."""
    as_at = as_at_of(request)
    visible = Action.objects.as_at(as_at.moment).visible_to(person(request))
    filters = OverdueFilter(request.GET, visible, as_at=as_at, request=request)
    narrowed, status = strict(request, filters)
    rows = with_timeliness(filters.late(narrowed) if status == 200 else narrowed, as_at.day)
    clock = "first_due_date" if filters.by_first_agreed else "due_date"
    table = paged(
        request,
        OverdueTable(
            rows.select_related("lead__organisation", "plan__organisation").order_by(clock, "pk"),
            as_at=as_at,
            caption=f"Overdue on {as_at.words}, longest first",
        ),
    )
    context = {
        "figures": figures(narrowed, as_at.day),
        "table": table,
        "filters": filters,
        "in_use": in_use(filters),
        "kept_by_filters": [(name, request.GET[name]) for name in ("as_at", "sort") if name in request.GET],
        "rag_key": RAG_KEY,
    }
    return show(request, "oversight/overdue.html", context, as_at, status)


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide an asked extension or a sign-off. Nobody decides on their own action."""
    action = action_to_decide_or_404(request, pk)
    form = DecisionForm(**posted(request), action=action)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decision = changes.decide(
                action,
                said["outcome"],
                by=person(request),
                at=timezone.now(),
                reason=said["reason"],
                due=said.get("due"),
                meeting=said["meeting"],
                expected_version=said["version"],
            )
        except ChangedSince as refusal:
            return _changed_meanwhile(request, refusal)
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"Recorded: {decision.get_outcome_display().lower()}.")
            return redirect("action", pk=action.pk)
    status = 400 if form.errors else 200
    return show(request, "oversight/decide.html", {"action": action, "form": form}, status=status)


def _changed_meanwhile(request: HttpRequest, refusal: ChangedSince) -> HttpResponse:
    """A decision is on what the decider saw: they look again before they decide."""
    messages.error(
        request,
        f"{refusal.update.by} changed this action while you were deciding. Nothing was decided: look again first.",
    )
    return redirect("decide_action", pk=refusal.update.action_id)
