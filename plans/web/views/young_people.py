"""What a plan says to children and young people: read by everybody who reads the plan, written by those who run it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.improvement_plan.permissions import runs
from plans.papers.brief import Brief
from plans.papers.kinds.catalogue import paper_for
from plans.papers.public import RefusedPaper
from plans.papers.publication import live_publications
from plans.papers.reading_age import AIM
from plans.papers.rules import Audience, Kind
from plans.papers.young_people_changes import SummaryChangedSince, keep_summary
from plans.papers.young_people_merge import Merged, merge
from plans.papers.young_people_words import usual_questions, what_is_missing, words_of, words_of_version
from plans.web.forms.many import is_a_key
from plans.web.forms.young_people import SummaryPage
from plans.web.guards import person, plan_to_run_or_404, whole_plan_or_404
from plans.web.pages import show
from plans.web.paper_shown import paper_shown
from plans.web.wording import day_of

STEPS = {"up": -1, "down": 1}


def young_people(request: HttpRequest, pk: int) -> HttpResponse:
    """The summary as its readers will have it, and what it still lacks."""
    plan, user, now = whole_plan_or_404(request, pk), person(request), timezone.now()
    words = words_of(plan)
    brief = Brief(plan, day_of(now), None, "", now, reader=user, audience=Audience.PUBLIC)
    refused, paper = "", None
    try:
        paper = paper_shown(paper_for(Kind.YOUNG_PEOPLE, brief), stamped=False)
    except RefusedPaper as refusal:
        refused = str(refusal)
    context = {
        "plan": plan,
        "words": words,
        "paper": paper,
        "refused": refused,
        "missing": what_is_missing(plan, words),
        "may_run": runs(user, plan),
        "published": live_publications(plan),
    }
    return show(request, "young_people/summary.html", context)


def edit_young_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the summary. Every button of the page keeps what was typed."""
    plan = plan_to_run_or_404(request, pk)
    if request.method != "POST":
        page = SummaryPage(plan, words_of(plan), another=request.GET.get("add") == "1")
        return _show_page(request, plan, page)
    page = SummaryPage(plan, words_of(plan), request.POST)
    if not page.is_valid():
        return _show_page(request, plan, page, status=400)
    return _keep(request, plan, page, person(request))


def _keep(request: HttpRequest, plan: Plan, page: SummaryPage, user: User) -> HttpResponse:
    do, _, row = request.POST.get("do", "").partition("-")
    said = page.said(move=int(row) if is_a_key(row) else None, by=STEPS.get(do, 0))
    if do == "usual":
        asked = {one.question for one in said.questions}
        usual = usual_questions(plan.organisation, page.judgements)
        said = replace(said, questions=(*said.questions, *(one for one in usual if one.question not in asked)))
    try:
        changed = keep_summary(plan, said, by=user, at=timezone.now())
    except SummaryChangedSince as refusal:
        merged = merge(words_of_version(plan, said.version), said, refusal.words)
        page = SummaryPage(plan, merged.words, merged=merged)
        return _show_page(request, plan, page, status=400, another=refusal.by)
    messages.success(request, "The summary is saved." if changed else "Nothing was different.")
    if do in ("usual", "add", "check", *STEPS):
        query, place = ("?add=1" if do == "add" else ""), ("new-question" if do == "add" else "questions")
        address = reverse("edit_young_people", args=[plan.pk])
        return redirect(address if do == "check" else f"{address}{query}#{place}")
    return redirect("young_people", pk=plan.pk)


def _show_page(
    request: HttpRequest, plan: Plan, page: SummaryPage, *, status: int = 200, another: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "plan": plan,
        "page": page,
        "errors": page.errors,
        "form_has_errors": bool(page.errors or another),
        "another": another,
        "changed": _changed_words(page.merged, page) if page.merged else "",
        "aim": AIM,
    }
    return show(request, "young_people/edit.html", context, status=status)


NAMES = {
    "title": "the title",
    "introduction": "the introduction",
    "more": "what more the council is doing",
    "contact": "where to ask",
}


def _changed_words(merged: Merged, page: SummaryPage) -> str:
    """What the other writer changed: “the introduction, the questions and area 2”."""
    numbers = {row.area.pk: row.number for row in page.area_rows}
    places = {place[0] for place in merged.changed}
    found = [words for name, words in NAMES.items() if name in places]
    found += ["the questions"] if places & {"question", "questions"} else []
    areas = sorted({numbers[int(place[1])] for place in merged.changed if place[0] == "area" and place[1] in numbers})
    found += [f"area {number}" for number in areas]
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found) or "nothing that you see"
