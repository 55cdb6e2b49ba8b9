"""Links for partners without accounts, for those who run the plan: made, shown once, sent, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plans.improvement_plan.ledger import RefusedChange
from plans.monitoring.models import PartnerLink
from plans.monitoring.partner_links import (
    USUAL_DAYS,
    links_of,
    make_again,
    make_link,
    revoke_link,
    uses_of,
    waiting_for,
    works,
)
from plans.web.forms.partner_links import PartnerLinkForm
from plans.web.guards import person, plan_to_run_or_404
from plans.web.pages import posted, show
from plans.web.partner_guards import partner_link_to_run_or_404
from plans.web.partner_mail import send_partner_link


def plan_links(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's links: who, for which post, until when, last used, what waits."""
    plan, now = plan_to_run_or_404(request, pk), timezone.now()
    rows = list(links_of(plan))
    context = {
        "plan": plan,
        "working": [row for row in rows if works(row, now)],
        "ended": [row for row in rows if not works(row, now)],
        "waiting": waiting_for(person(request), plan).count(),
    }
    return show(request, "partner_links/links.html", context)


@never_cache
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link and send it. Its address is in this one answer, so that no redirect can follow."""
    plan = plan_to_run_or_404(request, pk)
    form = PartnerLinkForm(**posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            link, secret = make_link(
                plan,
                said["post"],
                contact_name=said["contact_name"],
                contact_email=said["contact_email"],
                days=said["days"],
                by=person(request),
                at=timezone.now(),
            )
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _made(request, link, secret)
    return show(request, "partner_links/new.html", {"plan": plan, "form": form}, status=400 if form.errors else 200)


def _made(request: HttpRequest, link: PartnerLink, secret: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("partner_page", args=[secret]))
    context = {"link": link, "plan": link.plan, "address": address, "sent": send_partner_link(link, address)}
    return show(request, "partner_links/made.html", context)


def one_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link, when it was used, and what was proposed through it."""
    link = partner_link_to_run_or_404(request, pk)
    context = {
        "link": link,
        "plan": link.plan,
        "works": works(link, timezone.now()),
        "uses": uses_of(link),
        "proposals": link.proposals.select_related("action", "decided_by").order_by("-proposed_at", "-pk"),
        "days": USUAL_DAYS,
    }
    return show(request, "partner_links/link.html", context)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a link at once."""
    link = partner_link_to_run_or_404(request, pk)
    if revoke_link(link, by=person(request), at=timezone.now()):
        messages.success(request, f"Revoked. The link of {link.contact_name} opens nothing any more.")
    else:
        messages.info(request, "It had been revoked already.")
    return redirect("partner_links", pk=link.plan_id)


@never_cache
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link for the same contact; the one before stops working."""
    link = partner_link_to_run_or_404(request, pk)
    try:
        made, secret = make_again(link, days=USUAL_DAYS, by=person(request), at=timezone.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("partner_links", pk=link.plan_id)
    return _made(request, made, secret)
