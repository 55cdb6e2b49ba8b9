"""Access for programs: a person’s tokens, made, shown once, and revoked."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plans.access.tokens import RefusedToken, make_token, revoke_token, tokens_of
from plans.audit.changes import note_event
from plans.web.forms.tokens import TokenForm
from plans.web.guards import own_token_or_404, person
from plans.web.pages import posted, show

ENDS_SOON = timedelta(days=30)


def tokens(request: HttpRequest) -> HttpResponse:
    """What the person’s programs are let in with, and until when."""
    now = timezone.now()
    rows = list(tokens_of(person(request)))
    live = [row for row in rows if row.revoked_at is None and row.expires_at > now]
    context = {
        "live": live,
        "ended": [row for row in rows if row not in live],
        "soon": sum(1 for row in live if row.expires_at <= now + ENDS_SOON),
    }
    return show(request, "tokens/tokens.html", context)


@never_cache
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token. Its secret is in this one answer and kept nowhere, so that no redirect can follow."""
    form = TokenForm(**posted(request))
    if request.method == "POST" and form.is_valid():
        user, now = person(request), timezone.now()
        said = form.cleaned_data
        try:
            token, secret = make_token(
                user, name=said["name"], days=int(said["days"]), may_update=said["may_update"], at=now
            )
        except RefusedToken as refusal:
            form.add_error(None, str(refusal))
        else:
            note_event(
                "token.made", token, by=user, at=now, expires=token.expires_at.isoformat(), may_update=token.may_update
            )
            context = {"token": token, "secret": secret, "base": request.build_absolute_uri("/api/v1/")}
            return show(request, "tokens/made.html", context)
    return show(request, "tokens/new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    token, now = own_token_or_404(request, pk), timezone.now()
    if revoke_token(token, at=now):
        note_event("token.revoked", token, by=person(request), at=now)
    messages.success(request, f"Revoked: {token.name}. It opens nothing any more.")
    return redirect("tokens")
