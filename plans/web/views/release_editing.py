"""A draft, changed part by part in any order: what it is, its rows, its columns, its words, its recommendations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.improvement_plan.rules import Status
from plans.papers.changes import RefusedRelease, ReleaseChanged, change_draft
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.missing import WITH_WORDS, empty_columns
from plans.papers.models import Release
from plans.papers.plan_table import actions_of
from plans.papers.releases import brief_of
from plans.papers.rules import Kind, Stage
from plans.web.forms.release_recommendations import MOST, RecommendationsForm
from plans.web.forms.release_rows import ColumnsForm, RowsForm
from plans.web.forms.release_words import TEMPLATE, WordsForm, template_value
from plans.web.forms.releases import DetailsForm, PartOfRelease
from plans.web.guards import person, release_to_change_or_404
from plans.web.pages import posted, show
from plans.web.release_saving import Clash, keep_part
from plans.web.release_templates import considerations_of, templates_for
from plans.web.views.papers import MOST_IN_A_REQUEST
from plans.web.wording import counted, day_of

NOT_A_DRAFT = "This paper is no draft any more. Take it back to draft to change it."
CHANGED = "This paper changed several times while you were writing. Save again"


def details(request: HttpRequest, pk: int) -> HttpResponse:
    """For whom, for which meeting, as at which day, and its title."""
    found = release_to_change_or_404(request, pk)
    today = day_of(timezone.now())
    form = DetailsForm(**posted(request), release=found, today=today)
    return _part(request, found, form, "papers/details.html", {}, again={"today": today})


def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the plan's actions it is about."""
    found = release_to_change_or_404(request, pk)
    plan_areas = found.plan.plan_areas.select_related("area").order_by("position", "id")
    areas = [(row.area_id, f"{place}. {row.area.wording}") for place, row in enumerate(plan_areas, start=1)]
    form = RowsForm(**posted(request), release=found, areas=areas)
    brief = brief_of(found, reader=person(request), at=timezone.now())
    context = {
        "chosen": brief.selected.count(),
        "all": brief.rows.exclude(status=Status.WITHDRAWN).count(),
        "words": brief.choices.selection.words(),
        "public": brief.public,
        "has_rows": bool(CATALOGUE[Kind(found.kind)].columns),
    }
    return _part(request, found, form, "papers/rows.html", context, again={"areas": areas}, said=_rows_chosen)


def _rows_chosen(request: HttpRequest, kept: Release) -> str:
    brief = brief_of(kept, reader=person(request), at=timezone.now())
    every = brief.rows.exclude(status=Status.WITHDRAWN).count()
    return f"Saved. {brief.selected.count():,} of {counted(every, 'action')} {'is' if every == 1 else 'are'} chosen."


def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which columns its table has, in which order and how wide; its groups; which way up the page is."""
    found = release_to_change_or_404(request, pk)
    form = ColumnsForm(**posted(request), release=found)
    brief = brief_of(found, reader=person(request), at=timezone.now())
    number = brief.selected.count()
    context: dict[str, Any] = {"number": number, "has_rows": bool(CATALOGUE[Kind(found.kind)].columns), "empty": ()}
    if number <= MOST_IN_A_REQUEST:
        context["empty"] = empty_columns(found.plan, actions_of(brief.selected, brief.day), PLAN_COLUMNS, brief.day)
    return _part(request, found, form, "papers/columns.html", context)


def recommendations(request: HttpRequest, pk: int) -> HttpResponse:
    """What the committee is asked to do. A row more or one less is kept at once, with all that was typed."""
    found = release_to_change_or_404(request, pk)
    more = 1 if "more" in request.GET or not found.recommendations else 0
    form = RecommendationsForm(**posted(request), release=found, more=more)
    context = {"most": MOST}
    if request.method == "POST" and form.is_valid():
        pressed = request.POST.get("pressed", "")
        here = reverse("release_recommendations", args=[found.pk])
        if pressed == "more":
            return _part(request, found, form, "papers/recommendations.html", context, to=f"{here}?more#end")
        if pressed.isdecimal() and len(pressed) < 4:
            plain = form.typed_without(int(pressed))
            return _part(request, found, form, "papers/recommendations.html", context, plain=plain, to=here)
    return _part(request, found, form, "papers/recommendations.html", context)


def words(request: HttpRequest, pk: int) -> HttpResponse:
    """Its considerations, in the order of the template that prints them, and which template that is."""
    found = release_to_change_or_404(request, pk)
    again: dict[str, Any] = {
        "considerations": considerations_of(found),
        "templates": templates_for(found, person(request)),
    }
    form = WordsForm(**posted(request), release=found, **again)
    chosen = template_value(found)
    to = ""
    if request.method == "POST" and TEMPLATE in form.fields and request.POST.get(TEMPLATE, "") != chosen:
        to = reverse("release_words", args=[found.pk])
    context = {"has_words": Kind(found.kind) in WITH_WORDS}
    return _part(request, found, form, "papers/words.html", context, again=again, to=to)


@require_POST
def let_stand(request: HttpRequest, pk: int) -> HttpResponse:
    """Which texts that look personal a person has looked at and lets stand."""
    found = release_to_change_or_404(request, pk)
    texts = [text for text in request.POST.getlist("text") if text and len(text) <= 500][:200]
    version = request.POST.get("version", "")
    try:
        change_draft(
            found,
            by=person(request),
            at=timezone.now(),
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            let_stand=texts,
        )
    except ReleaseChanged:
        messages.error(request, "This paper changed while you were looking. Look at it below, and tick again.")
    except RefusedRelease as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Saved.")
    return redirect("release", pk=found.pk)


def _part(
    request: HttpRequest,
    found: Release,
    form: PartOfRelease,
    template: str,
    context: dict[str, Any],
    *,
    again: dict[str, Any] | None = None,
    plain: dict[str, Any] | None = None,
    to: str = "",
    said: Any = None,
) -> HttpResponse:
    """Show the page of a part, or keep what was sent. ``again``: what its form is made with besides the release."""
    if found.stage != Stage.DRAFT and request.method != "POST":
        messages.error(request, NOT_A_DRAFT)
        return redirect("release", pk=found.pk)
    clash: Clash | None = None
    shown: Any = form
    if request.method == "POST" and form.is_valid():
        try:
            clash = keep_part(form, by=person(request), at=timezone.now(), plain=plain, **(again or {}))
        except RefusedRelease as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except ReleaseChanged:
            form.add_error(None, CHANGED)
        else:
            if clash is None:
                if not to:
                    kept = Release.objects.select_related("plan", "meeting__board").get(pk=found.pk)
                    messages.success(request, said(request, kept) if said else "Saved.")
                return redirect(to or reverse("release", args=[found.pk]))
            shown = clash.form
    context |= {"release": found, "plan": found.plan, "form": shown, "clash": clash, "form_has_errors": bool(clash)}
    return show(request, template, context, status=400 if clash or form.errors else 200)
