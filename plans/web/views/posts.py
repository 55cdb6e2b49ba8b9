"""Posts: the list of them, one of them with its holders over time, and the forms that change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.holdings import (
    RefusedHolding,
    add_deputy,
    add_post,
    change_holder,
    change_post,
    end_holding,
    holder_of,
    organisations_with_posts_of,
    people_for_posts,
    posts_read_by,
    vacant_since,
)
from plans.access.models import Post, PostHolding, User
from plans.access.rules import May
from plans.access.standing import may_anywhere
from plans.audit.changes import note_event
from plans.improvement_plan.posts_in_charge import InHand, actions_of_post, in_hand_of
from plans.improvement_plan.timeliness import with_timeliness
from plans.web.forms.posts import DeputyForm, EndForm, HolderForm, PostForm
from plans.web.guards import person
from plans.web.pages import posted, show
from plans.web.people_guards import (
    holding_to_change_or_404,
    organisations_with_posts_or_403,
    post_or_404,
    post_to_change_or_404,
)
from plans.web.wording import day_of, day_words


def _row(post: Post, in_hand: InHand) -> dict[str, Any]:
    now = [row for row in post.holdings.all() if row.until is None]
    return {
        "post": post,
        "holder": next((row for row in now if row.kind == PostHolding.Kind.HOLDER), None),
        "deputies": [row for row in now if row.kind == PostHolding.Kind.DEPUTY],
        "vacant_since": vacant_since(list(post.holdings.all())),
        "in_hand": in_hand,
    }


def posts(request: HttpRequest) -> HttpResponse:
    """Every post of the organisations whose plans the person reads: who holds it, and what it has in hand."""
    user, today = person(request), day_of(timezone.now())
    holdings = PostHolding.objects.select_related("person").order_by("-since", "-pk")
    found = list(
        posts_read_by(user)
        .select_related("organisation", "reports_to")
        .prefetch_related(Prefetch("holdings", holdings))
        .order_by("organisation__name", "title")
    )
    in_hand = in_hand_of([post.pk for post in found], user, today)
    rows = [_row(post, in_hand[post.pk]) for post in found]
    vacant = [row for row in rows if row["holder"] is None]
    context = {
        "rows": vacant if (only := request.GET.get("only") == "vacant") else rows,
        "count": len(rows),
        "vacant": len(vacant),
        "vacant_lead": sum(row["in_hand"].leads for row in vacant),
        "only_vacant": only,
        "several": len({post.organisation_id for post in found}) > 1,
        "may_change": organisations_with_posts_of(user).exists(),
        "may_read_trail": may_anywhere(user, May.READ_TRAIL),
    }
    return show(request, "posts/posts.html", context)


def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: who held it when, who deputises, what it has in hand."""
    found, user, today = post_or_404(request, pk), person(request), day_of(timezone.now())
    holdings = list(found.holdings.select_related("person").order_by("-since", "-pk"))
    actions = with_timeliness(actions_of_post(found.pk, user), today)  # type: ignore[arg-type]
    titles = list(found.history.values_list("title", flat=True).distinct().order_by("title"))
    context = {
        "post": found,
        "holder": next((row for row in holdings if row.kind == "holder" and row.until is None), None),
        "holders": [row for row in holdings if row.kind == "holder"],
        "deputies": [row for row in holdings if row.kind == "deputy"],
        "vacant_since": vacant_since(holdings),
        "in_hand": in_hand_of([found.pk], user, today)[found.pk],
        "actions": actions,
        "reports": found.reports.order_by("title"),
        "earlier_titles": [title for title in titles if title != found.title],
        "may_change": organisations_with_posts_of(user).filter(pk=found.organisation_id).exists(),
    }
    return show(request, "posts/post.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """A new post."""
    form = PostForm(**posted(request), organisations=organisations_with_posts_or_403(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = _done(form, lambda: add_post(said["organisation"], said["title"], said["reports_to"], **_by(request)))
        if made is not None:
            messages.success(request, f"Added: {made}. Nobody holds it yet.")
            return redirect("post", pk=made.pk)
    return _form_page(request, form, "Add a post", "Add the post")


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename the post, or say to which it reports."""
    found = post_to_change_or_404(request, pk)
    form = PostForm(**posted(request), organisations=[found.organisation], post=found)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        changed = _done(form, lambda: change_post(found, said["title"], said["reports_to"], **_by(request)))
        if changed is not None:
            messages.success(request, "The post is changed." if changed else "The post was so already.")
            return redirect("post", pk=found.pk)
    hint = "Where its actions’ history and issued papers name the post, the title of that time stays."
    return _form_page(request, form, "Rename the post", "Save", found, hint)


def holder(request: HttpRequest, pk: int) -> HttpResponse:
    """Another holder from a day."""
    found = post_to_change_or_404(request, pk)
    present, people = holder_of(found), _people(found)
    form = HolderForm(**posted(request), people=people, initial={"expected": present.pk if present else None})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        dated = {"since": said["since"], "expected": said["expected"], "today": day_of(timezone.now())}
        made = _done(form, lambda: change_holder(found, said["person"], **dated, **_by(request)))
        if made is not None:
            messages.success(request, f"{made.person} holds the post since {day_words(made.since)}.")
            return redirect("post", pk=found.pk)
        if not form.has_error("person") and not form.has_error("since"):
            # Somebody else changed the holder: sending again is about the holder that the page shows now.
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["expected"] = present.pk if present else ""  # type: ignore[index]
    now = f"{present.person} holds it since {day_words(present.since)}" if present else "Nobody holds it now"
    hint = f"{now}. The actions stay with the post: whoever holds it has them in hand."
    return _form_page(request, form, "Change the holder", "Save the holder", found, hint)


def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who stands in."""
    found = post_to_change_or_404(request, pk)
    form = DeputyForm(**posted(request), people=_people(found))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        dated = {"since": said["since"], "until": said["until"], "today": day_of(timezone.now())}
        made = _done(form, lambda: add_deputy(found, said["person"], **dated, **_by(request)))
        if made is not None:
            messages.success(request, f"Recorded: {made.person} as deputy since {day_words(made.since)}.")
            return redirect("post", pk=found.pk)
    hint = "A deputy has the post’s actions in hand as its holder has."
    return _form_page(request, form, "Add a deputy", "Add the deputy", found, hint)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a holder or a deputy."""
    found = holding_to_change_or_404(request, pk)
    form = EndForm(**posted(request), initial={"until": day_words(day_of(timezone.now()))})
    if request.method == "POST" and form.is_valid():
        dated = {"until": form.cleaned_data["until"], "today": day_of(timezone.now())}
        if _done(form, lambda: end_holding(found, **dated, **_by(request)) or True):
            messages.success(request, f"{found.person} left the post on {day_words(dated['until'])}.")
            return redirect("post", pk=found.post_id)
    what = "as its deputy" if found.kind == PostHolding.Kind.DEPUTY else "as its holder"
    vacant = "" if found.kind == PostHolding.Kind.DEPUTY else " The post is vacant until another holder is recorded."
    hint = f"{found.person} has been here {what} since {day_words(found.since)}.{vacant}"
    return _form_page(request, form, f"{found.person} leaves", "Save the last day", found.post, hint)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": person(request), "at": timezone.now(), "note": note_event}


def _people(post: Post) -> Any:
    return User.objects.filter(pk__in=people_for_posts(post.organisation).values("pk")).order_by("name", "pk")


def _done(form: forms.Form, change: Callable[[], Any]) -> Any:
    """What the change answers; None where it is refused, and then the form says why."""
    try:
        return change()
    except RefusedHolding as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None


def _form_page(
    request: HttpRequest, form: forms.Form, title: str, submit: str, found: Post | None = None, hint: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "post": found, "hint": hint}
    return show(request, "posts/form.html", context, status=400 if form.errors else 200)
