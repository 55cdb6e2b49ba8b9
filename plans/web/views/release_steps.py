"""The steps of a paper: ready, back to draft, issued, thrown away, and the same again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.papers.changes import (
    RefusedRelease,
    ReleaseChanged,
    back_to_draft,
    discard_release,
    draft_release,
    make_ready,
)
from plans.papers.making import ask_to_issue
from plans.papers.models import Release
from plans.papers.releases import moment_of
from plans.papers.rules import Audience, Kind, Stage
from plans.web import background
from plans.web.as_at import as_at_words
from plans.web.forms.releases import proposed_title
from plans.web.guards import person, release_to_change_or_404
from plans.web.pages import show
from plans.web.release_preview import Preview, preview_of
from plans.web.views.releases import draft_context

CHANGED = "Somebody changed this paper after you opened the page. Look at it as it is now, and decide again."
LOOK_FIRST = "Look at the preview, then tick “I have looked at the preview”"


def _version(request: HttpRequest) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _step(request: HttpRequest, found: Release, move: Callable[[int], Any], done: str) -> HttpResponse:
    """Make a move with the version that the page was opened with, and say what came of it."""
    try:
        move(_version(request))
    except ReleaseChanged:
        messages.error(request, CHANGED)
    except RefusedRelease as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("release", pk=found.pk)


@require_POST
def ready(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix the moment that the paper is about."""
    found, now = release_to_change_or_404(request, pk), timezone.now()
    moment = moment_of(found, now) or now
    return _step(
        request,
        found,
        lambda version: make_ready(found, as_at=moment, by=person(request), at=now, expected_version=version),
        f"The paper is ready. It is as at {as_at_words(moment)}, and no longer follows the plan.",
    )


@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a paper that was ready for changes again."""
    found = release_to_change_or_404(request, pk)
    return _step(
        request,
        found,
        lambda version: back_to_draft(found, by=person(request), at=timezone.now(), expected_version=version),
        "The paper is a draft again. The day that it was fixed to is given up: set it again if it is to have one.",
    )


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a paper that was not issued; asks first."""
    found = release_to_change_or_404(request, pk)
    if found.stage == Stage.ISSUED:
        messages.error(request, "An issued paper is kept for ever.")
        return redirect("release", pk=found.pk)
    if request.method != "POST":
        return show(request, "papers/discard.html", {"release": found, "plan": found.plan})
    plan, title = found.plan, found.title
    try:
        discard_release(found, by=person(request), at=timezone.now(), expected_version=_version(request))
    except ReleaseChanged:
        messages.error(request, CHANGED)
        return redirect("release", pk=found.pk)
    messages.success(request, f"“{title}” has been thrown away.")
    return redirect("plan_papers", pk=plan.pk)


def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Say once more what it is, and issue it as it is."""
    found, now = release_to_change_or_404(request, pk), timezone.now()
    if found.stage != Stage.READY:
        messages.error(request, "Only a paper that is ready can be issued.")
        return redirect("release", pk=found.pk)
    preview = preview_of(found, reader=person(request), at=now)
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and not preview.problem:
        if "looked" not in request.POST:
            errors.append((LOOK_FIRST, "looked"))
        else:
            try:
                making = ask_to_issue(found, by=person(request), at=now, expected_version=_version(request))
            except ReleaseChanged:
                messages.error(request, CHANGED)
                return redirect("release", pk=found.pk)
            except RefusedRelease as refusal:
                errors.append((str(refusal), ""))
            else:
                background.start(making)
                return redirect("making", pk=making.pk)
    return _issue_page(request, found, preview, errors)


def _issue_page(request: HttpRequest, found: Release, preview: Preview, errors: list[tuple[str, str]]) -> HttpResponse:
    context = {**draft_context(found, preview), "errors": errors, "form_has_errors": bool(errors)}
    return show(request, "papers/issue.html", context, status=400 if errors else 200)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft with the choices, words, recommendations and template of this one; no meeting and no day yet."""
    found = release_to_change_or_404(request, pk)
    template = found.template if found.template and found.template.retired_at is None else None
    kind = Kind(found.kind)
    made = draft_release(
        found.plan,
        kind=kind,
        title=proposed_title(kind, found.plan, None),
        audience=Audience(found.audience),
        by=person(request),
        at=timezone.now(),
        choices=found.choices,
        words=found.words,
        recommendations=found.recommendations,
        template=template,
        shipped_template=found.shipped_template,
    )
    messages.success(
        request,
        f"The draft has the rows, columns, words and recommendations of “{found.title}”."
        " Choose its meeting and its day.",
    )
    return redirect(reverse("release_details", args=[made.pk]))
