"""The papers of a plan: those issued, those in the making, a new one, one of them, and its files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import slugify

from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.audit.changes import note_event
from plans.improvement_plan.models import LONDON, Plan
from plans.improvement_plan.permissions import reads_exempt_papers, runs
from plans.papers.brief import Choices
from plans.papers.changes import RefusedRelease, draft_release, record_copy
from plans.papers.content import from_plain
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.making import LONGEST
from plans.papers.models import Making, Release
from plans.papers.releases import brief_of, formats_of
from plans.papers.rules import Audience, Format, Kind, Stage
from plans.web import background
from plans.web.forms.releases import NewReleaseForm, meetings_for
from plans.web.guards import (
    making_or_404,
    person,
    plan_to_run_or_404,
    release_file_or_404,
    release_or_404,
    release_to_change_or_404,
    whole_plan_or_404,
)
from plans.web.kept_files import download
from plans.web.pages import posted, show
from plans.web.read_replica import reads_replica
from plans.web.release_preview import Preview, cut, facts_of, place_words, preview_of
from plans.web.rows_taken_over import TakenOver, taken_over
from plans.web.views.papers import MOST_IN_A_REQUEST, as_file
from plans.web.wording import counted, day_of, day_words

REFRESH_SECONDS = 2
# What takes seconds for a long paper.
SLOW = frozenset({Format.WORD, Format.PDF})


def plan_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """What was issued, newest first; what is in the making; and what can be made."""
    plan = whole_plan_or_404(request, pk)
    user = person(request)
    may_make = runs(user, plan)
    rows = list(
        Release.objects.visible_to(user)
        .filter(plan=plan)
        .select_related("meeting__board", "issued_by", "made_by")
        .prefetch_related("files")
        .defer("content")
    )
    issued = sorted((row for row in rows if row.stage == Stage.ISSUED), key=_issued_at, reverse=True)
    meeting = meetings_for(plan).filter(pk=_number(request, "meeting")).first()
    if meeting is not None:
        issued = [row for row in issued if row.meeting_id == meeting.pk]
        rows = [row for row in rows if row.meeting_id == meeting.pk]
    public_only = not reads_exempt_papers(user, plan)
    context = {
        "plan": plan,
        "issued": issued,
        "in_making": [row for row in rows if row.stage != Stage.ISSUED],
        "kinds": [
            (each, list(formats_of(each.kind)))
            for each in CATALOGUE.values()
            if not public_only or Audience.PUBLIC in each.audiences
        ],
        "may_make": may_make,
        "meeting": meeting,
        "public_only": public_only,
        "running": Making.objects.visible_to(user).filter(plan=plan, ended_at__isnull=True).select_related("release"),
    }
    return show(request, "papers/plan_papers.html", context)


def _issued_at(release: Release) -> datetime:
    assert release.issued_at is not None
    return release.issued_at


def _number(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 19 else None


def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a paper. The address may say its kind, its meeting and the filters of a list of actions."""
    plan = plan_to_run_or_404(request, pk)
    now = timezone.now()
    taken = taken_over(request.GET, plan)
    first = {
        "kind": request.GET.get("kind", ""),
        "meeting": _number(request, "meeting"),
        "as_at": day_words(taken.day) if taken.day else "",
    }
    form = NewReleaseForm(**posted(request), plan=plan, today=day_of(now), initial=first)
    if request.method == "POST" and form.is_valid():
        kind = Kind(form.cleaned_data["kind"])
        last = (
            Release.objects.visible_to(person(request)).filter(plan=plan, kind=kind).order_by("-made_at", "-pk").first()
        )
        said: dict[str, Any] = form.kept()
        if taken.anything:
            said["choices"] = taken.into(Choices.from_plain(last.choices if last else {})).as_plain()
        try:
            made = draft_release(plan, kind=kind, title=form.title_of(), by=person(request), at=now, **said)
        except RefusedRelease as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _begun(last, taken))
            return redirect("release", pk=made.pk)
    context = {"plan": plan, "form": form, "taken": taken}
    return show(request, "papers/new_release.html", context, status=400 if form.errors else 200)


def _begun(last: Release | None, taken: TakenOver) -> str:
    if last is None:
        return "The draft is begun. Look at it below, and change what you need to."
    rows = "" if taken.anything else " rows,"
    return (
        f"The draft is begun. Its considerations, recommendations,{rows} columns and template were carried forward"
        f" from “{last.title}”: check them."
    )


def of_these_rows(request: HttpRequest) -> HttpResponse:
    """Of which plan to make a paper of the rows of a list; straight on where the list is of one plan."""
    user = person(request)
    own: QuerySet[Plan] = Plan.objects.visible_to(user).filter(
        organisation__in=organisations_where(user, May.RUN_PLANS)
    )
    plans = list(own.select_related("organisation"))
    if not plans:
        raise PermissionDenied("Only an improvement lead or an administrator makes and issues papers.")
    named = _number(request, "plan")
    chosen = [plan for plan in plans if plan.pk == named] if named else plans
    query = request.GET.urlencode()
    links = [(plan, f"{reverse('new_release', args=[plan.pk])}?{query}") for plan in (chosen or plans)]
    if len(links) == 1:
        return redirect(links[0][1])
    return show(request, "papers/of_these_rows.html", {"links": links})


def release(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper: as it was issued, or as it would be issued now."""
    found = release_or_404(request, pk)
    if found.stage == Stage.ISSUED:
        return _issued(request, found)
    preview = preview_of(found, reader=person(request), at=timezone.now())
    return show(request, "papers/draft.html", draft_context(found, preview))


def draft_context(found: Release, preview: Preview) -> dict[str, Any]:
    """What the page of a paper in the making shows."""
    kind = Kind(found.kind)
    long = preview.paper is not None and preview.paper.stamp.rows > MOST_IN_A_REQUEST
    return {
        "release": found,
        "plan": found.plan,
        "preview": preview,
        "paper": preview.shown,
        "facts": facts_of(found, preview.brief),
        "draft": found.stage == Stage.DRAFT,
        "formats": [each for each in formats_of(kind) if preview.paper and not (long and each in SLOW)],
        "long": long,
        "kind": CATALOGUE[kind],
        "running": found.makings.filter(ended_at__isnull=True, asked_at__gt=timezone.now() - LONGEST).first(),
    }


def _issued(request: HttpRequest, found: Release) -> HttpResponse:
    paper = from_plain(found.content or {})
    shown = cut(paper, MOST_IN_A_REQUEST)
    context = {
        "release": found,
        "plan": found.plan,
        "paper": shown,
        "is_cut": shown != paper,
        "files": list(found.files.all()),
        "place": place_words(found),
        "rows_words": counted(found.rows or 0, "action"),
        "pages_words": counted(found.pages or 0, "page"),
        "may_make": runs(person(request), found.plan),
        "publish_url": _publish_url(found),
        "kind": CATALOGUE.get(Kind(found.kind)),
    }
    return show(request, "papers/issued.html", context)


def _publish_url(found: Release) -> str:
    if found.audience != Audience.PUBLIC:
        return ""
    try:
        return reverse("publish_release", args=[found.pk])
    except NoReverseMatch:
        return ""


@reads_replica
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper in the making as a file that says on every page that it is a draft; kept as a working copy."""
    found = release_to_change_or_404(request, pk)
    kind = Kind(found.kind)
    try:
        file_format = Format(request.GET.get("format", Format.WORD.value))
    except ValueError:
        raise Http404("There is no such format.") from None
    if found.stage == Stage.ISSUED or file_format not in formats_of(kind):
        raise Http404("There is no draft of it in this format.")
    user, now = person(request), timezone.now()
    brief = brief_of(found, reader=user, at=now)
    try:
        paper = paper_for(kind, brief)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("release", pk=found.pk)
    if paper.stamp.rows > MOST_IN_A_REQUEST and file_format in SLOW:
        messages.error(request, "This paper is long: its Word and PDF files are made when it is issued.")
        return redirect("release", pk=found.pk)
    record_copy(brief, paper, kind=kind, by=user, at=now, file_format=file_format)
    return as_file(
        file_of(paper, file_format, now), file_format, f"draft-{_name(found, brief.day.isoformat())}.{file_format}"
    )


def _name(found: Release, day: str) -> str:
    return f"{slugify(found.title)[:80] or 'paper'}-{day}"


def file(request: HttpRequest, pk: int) -> FileResponse:
    """A file of an issued paper, as it was issued: to be kept, never shown by the browser."""
    found = release_file_or_404(request, pk)
    assert found.release.as_at is not None
    name = f"{_name(found.release, day_of(found.release.as_at).isoformat())}.{found.format}"
    answer = download(found.file, name=name, missing="This file is missing. Tell your administrator.")
    note_event(
        "release.downloaded",
        found.release,
        by=person(request),
        at=timezone.now(),
        format=found.format,
        sha256=found.sha256,
    )
    return answer


def making(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a paper is that is being made; its file, or what went wrong. It looks again by itself, without script."""
    found = making_or_404(request, pk)
    now = timezone.now()
    if found.release is not None and found.state == Making.State.DONE:
        return redirect("release", pk=found.release_id)
    background.wake_for(found)
    running = found.ended_at is None
    cut_off = running and now - found.asked_at > LONGEST
    context = {
        "making": found,
        "plan": found.plan,
        "release": found.release,
        "cut_off": cut_off,
        "running": running and not cut_off,
        "still": "still" in request.GET,
        "what": _what(found),
        "asked_at": found.asked_at.astimezone(LONDON),
    }
    answer = show(request, "papers/making.html", context)
    if context["running"] and not context["still"]:
        # With its address: a browser that came from “#looked” would else only scroll to that place again.
        answer.headers["Refresh"] = f"{REFRESH_SECONDS}; url={request.path}"
    return answer


def _what(found: Making) -> str:
    if found.release is not None:
        return found.release.title
    kind = CATALOGUE[Kind(found.asked["kind"])].label
    return f"{kind} of {found.plan.title}, {Format(found.asked['format']).label}"


def making_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file that was made, for the one who asked for it."""
    found = making_or_404(request, pk)
    if not found.file:
        raise Http404("There is no file. It is kept for a day: ask for the paper again.")
    name = str(found.file.name).rpartition("/")[2]
    return download(found.file, name=name, missing="This file is no longer there. Ask for the paper again.")
