"""Anonymising somebody who has left: first what it would do, then the person’s address typed, then it is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.erasure import refuse_unless_erasable
from plans.access.trail import RefusedAccount
from plans.papers.erasure import anonymise_person, preview
from plans.web.forms.accounts_people import AnonymiseForm
from plans.web.guards import person, person_to_administer_or_404
from plans.web.pages import posted, show


def anonymise(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace who somebody was, everywhere but in what people typed."""
    found = person_to_administer_or_404(request, pk)
    form = AnonymiseForm(**posted(request))
    refused = ""
    try:
        refuse_unless_erasable(found, by=person(request))
        if request.method == "POST" and form.is_valid():
            before = found.name
            done = anonymise_person(
                found, by=person(request), at=timezone.now(), confirmed=form.cleaned_data["address"]
            )  # fmt: skip
            messages.success(
                request,
                f"Anonymised: {before} is now {found.name}. {done['trail_lines']} lines of the trail were changed.",
            )
            return redirect("people")
    except RefusedAccount as refusal:
        if refusal.field:
            form.add_error(refusal.field, str(refusal))
        else:
            refused = str(refusal)
    context = {
        "person": found,
        "form": form,
        "refused": refused,
        "preview": None if refused else preview(found),
    }
    status = 400 if form.errors or refused and request.method == "POST" else 200
    return show(request, "accounts/anonymise.html", context, status=status)
