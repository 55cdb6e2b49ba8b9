"""Public addresses: what anybody may read without signing in, and who puts it there and takes it down.

The two views that are read without signing in look at the publication alone: not at who asks, and at no other row.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from plans.improvement_plan.permissions import runs
from plans.papers.content import from_plain
from plans.papers.files import CONTENT_TYPES
from plans.papers.models import Publication, Release, ReleaseFile
from plans.papers.publication import (
    PUBLISHED_FORMATS,
    RefusedPublication,
    issued_for_the_public,
    live_at,
    live_publications,
    may_be_published,
    publications_of,
    publish,
    suggested_address,
    unpublish,
)
from plans.papers.rules import Format, Kind
from plans.web.forms.young_people import PublishForm
from plans.web.guards import (
    person,
    publication_to_run_or_404,
    release_to_change_or_404,
    whole_plan_or_404,
)
from plans.web.kept_files import FileMissing, download
from plans.web.pages import posted, show
from plans.web.paper_shown import PaperShown, paper_shown
from plans.web.wording import day_of, day_words

# Kept by a cache, and asked for each time: what was taken down is gone at once.
CACHED = "public, no-cache"


@login_not_required
@require_safe
def published(request: HttpRequest, address: str) -> HttpResponse:
    """An issued public paper, for anybody."""
    found = live_at(address)
    if found is None:
        return _nothing_here()
    context = {
        "publication": found,
        "paper": _shown(found.release),
        "issued": day_words(day_of(found.release.issued_at)) if found.release.issued_at else "",
        "files": _files(found.release),
    }
    # Without the request: neither the session nor who is signed in goes into a page that caches keep.
    response = HttpResponse(render_to_string("publications/published.html", context))
    set_response_etag(response)
    response.headers["Cache-Control"] = CACHED
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    assert answer is not None
    return answer


@login_not_required
@require_safe
def published_file(request: HttpRequest, address: str, file_format: str) -> HttpResponseBase:
    """A file of the paper that is at the address, as it was issued."""
    found = live_at(address)
    file = next((one for one in _files(found.release) if one.format == file_format), None) if found else None
    if found is None or file is None:
        return _nothing_here()
    etag = f'"{file.sha256}"'
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            answer = download(
                file.file,
                name=f"{slugify(found.release.title) or 'paper'}.{file.format}",
                missing="This file is missing.",
                content_type=CONTENT_TYPES[Format(file.format)],
            )
        except FileMissing:
            return _nothing_here()
    answer.headers["Cache-Control"], answer.headers["ETag"] = CACHED, etag
    return answer


def _nothing_here() -> HttpResponse:
    """The same answer whether nothing was ever there or it was taken down."""
    page = render_to_string("publications/nothing_here.html")
    return HttpResponse(page, status=404, headers={"Cache-Control": "no-store"})


def _shown(release: Release) -> PaperShown:
    """The paper as issued. Young people are not shown the stamp: it counts actions, which their paper has not."""
    return paper_shown(from_plain(release.content or {}), stamped=release.kind != Kind.YOUNG_PEOPLE)


def _files(release: Release) -> list[ReleaseFile]:
    """Those of its files that are public with it, PDF first."""
    files = release.files.filter(format__in=PUBLISHED_FORMATS)
    return sorted(files, key=lambda file: PUBLISHED_FORMATS.index(Format(file.format)))


def plan_publications(request: HttpRequest, pk: int) -> HttpResponse:
    """What of the plan is public now, what can be, and what was."""
    plan, user = whole_plan_or_404(request, pk), person(request)
    rows = list(publications_of(plan))
    live = [row for row in rows if row.until is None]
    out = {row.release_id for row in live}
    issued = Release.objects.visible_to(user).filter(issued_for_the_public(), plan=plan).order_by("-issued_at")
    context = {
        "plan": plan,
        "live": live,
        "ended": [row for row in rows if row.until is not None],
        "waiting": [release for release in issued if release.pk not in out],
        "may_run": runs(user, plan),
        "host": f"{request.scheme}://{request.get_host()}",
    }
    return show(request, "publications/publications.html", context)


def publish_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what becomes public, and where; then publish it."""
    release = release_to_change_or_404(request, pk)
    suggested = suggested_address(release)
    form = PublishForm(**posted(request), initial={"address": suggested}, others=bool(live_publications(release.plan)))
    allowed = may_be_published(release)
    if request.method == "POST" and allowed and form.is_valid():
        said = form.cleaned_data
        try:
            made = publish(
                release, said["address"], by=person(request), at=timezone.now(), replacing=said.get("replacing", False)
            )
        except RefusedPublication as refusal:
            form.add_error("address", str(refusal).rstrip("."))
        else:
            messages.success(request, f"Published. Anybody can read it at {reverse('published', args=[made.address])}")
            return redirect("plan_publications", pk=release.plan_id)
    there = live_at(form["address"].value() or "")
    context = {
        "release": release,
        "plan": release.plan,
        "allowed": allowed,
        "form": form,
        "there": there if there and there.release.plan_id == release.plan_id else None,
        "paper": _shown(release) if allowed else None,
        "files": _files(release) if allowed else [],
        "base": request.build_absolute_uri(reverse("published", args=["x"])).removesuffix("x/"),
    }
    return show(request, "publications/publish.html", context, status=400 if form.errors else 200)


@require_POST
def end_publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper down from its public address."""
    found: Publication = publication_to_run_or_404(request, pk)
    if unpublish(found, by=person(request), at=timezone.now()):
        messages.success(request, f"Taken down. Nobody can read “{found.release}” at “{found.address}” any more.")
    else:
        messages.info(request, "It had been taken down already.")
    return redirect("plan_publications", pk=found.release.plan_id)
