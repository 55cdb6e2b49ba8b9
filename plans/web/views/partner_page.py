"""What a partner's contact sees behind their link: their post's open actions in one plan. No account, no session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import consume
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action
from plans.monitoring.models import PartnerLink, ProposedUpdate
from plans.monitoring.partner_links import actions_of, latest_proposals, link_behind, note_opening, propose
from plans.web.forms.many import errors_of
from plans.web.forms.partner_links import ProposedRow, contact_rows
from plans.web.wording import counted

# Nothing of the address leaves the page: “no-referrer” would also hide from this site that a form is its own, and the
# browser's answer would then be refused.
HEADERS = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def _private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        # Django would write the address of an answer of 4xx into the log, and the secret with it.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
@_private
def partner_page(request: HttpRequest, secret: str) -> HttpResponse:
    """The open actions of the link's post, and an update proposed for each; the same answer for every dead link."""
    # Opening is counted too: each is a line in the trail.
    if not consume(request, app="allauth.account", action="partner_link", limit_get=True):
        too_often = _page(request, "partner_links/too_often.html", {}, 429)
        too_often.headers["Retry-After"] = "60"
        return too_often
    now = timezone.now()
    link = link_behind(secret, now)
    if link is None:
        return _page(request, "partner_links/gone.html", {}, 404)
    actions: dict[int, Action] = {action.pk: action for action in actions_of(link)}
    latest = latest_proposals(link, actions)
    if request.method != "POST":
        note_opening(link, now)
        return _shown(request, link, contact_rows(actions, latest))
    rows = contact_rows(actions, latest, request.POST)
    proposed, refused = _take(link, rows)
    if refused:
        return _shown(request, link, refused + [row for row in rows if row not in refused], proposed)
    if proposed:
        messages.success(request, f"Sent to the council: {_words(proposed)}. It counts when somebody has accepted it.")
    else:
        messages.info(request, "Nothing new was typed or ticked, so nothing was sent.")
    return redirect("partner_page", secret=secret)


def _take(link: PartnerLink, rows: list[ProposedRow]) -> tuple[list[Action], list[ProposedRow]]:
    """Propose what was typed and ticked; answers what was proposed, and the rows to be mended."""
    proposed: list[Action] = []
    refused: list[ProposedRow] = []
    for row in rows:
        if row.version is None or not (row.ticked or row.is_new):
            continue
        typed = row.is_new
        if typed and not row.form.is_valid():
            refused.append(row)
            continue
        said = row.form.proposed() if typed else {}
        try:
            row.latest = propose(link, row.action, version=row.version, said=said, at=timezone.now())
        except RefusedChange as refusal:
            row.form.add_error(None, str(refusal))
            refused.append(row)
        else:
            proposed.append(row.action)
    return proposed, refused


def _words(actions: list[Action]) -> str:
    return f"{counted(len(actions), 'update')} ({', '.join(action.reference for action in actions)})"


def _shown(
    request: HttpRequest, link: PartnerLink, rows: list[ProposedRow], proposed: list[Action] | None = None
) -> HttpResponse:
    refused = [row for row in rows if row.is_open]
    context = {
        "link": link,
        "plan": link.plan,
        "rows": rows,
        "waiting": sum(1 for row in rows if row.waits),
        "errors": [
            (f"{row.action.reference}: {error}", target or f"row-{row.action.pk}")
            for row in refused
            for error, target in errors_of([row.form])
        ],
        "proposed": _words(proposed) if proposed else "",
        "State": ProposedUpdate.State,
    }
    return _page(request, "partner_links/partner.html", context, 400 if refused else 200)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that looks the same to everybody: whoever is signed in here is not asked."""
    nobody = {"user": AnonymousUser(), "navigation": ()}
    return render(request, template, {**context, **nobody}, status=status)
