"""What the administrator's forms change of who may do what leaves a line in the trail, as the pages' changes do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from plans.access.models import Membership, PostHolding, Seat, User
from plans.admin.scope import person
from plans.audit.changes import note_event

ACCESS = (Membership, PostHolding, Seat)


class NotesAccess:
    """For an administrator's form of people, posts or boards, before its other bases."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)  # type: ignore[misc]
        rows = [
            *((row, "added") for row in formset.new_objects),
            *((row, "changed") for row, _ in formset.changed_objects),
            *((row, "removed") for row in formset.deleted_objects),
        ]
        for row, did in rows:
            if isinstance(row, ACCESS):
                note_event("access.changed_by_form", row, by=person(request), at=timezone.now(), **_said(row, did))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if isinstance(obj, User) and change and "is_active" in form.changed_data:
            note_event(
                "person.reactivated" if obj.is_active else "person.deactivated",
                obj,
                by=person(request),
                at=timezone.now(),
                by_form=True,
            )


def _said(row: Any, did: str) -> dict[str, Any]:
    place = row.post if isinstance(row, PostHolding) else row.board if isinstance(row, Seat) else row
    dates = {"since": row.since.isoformat()} if isinstance(row, PostHolding) else {}
    if isinstance(row, PostHolding) and row.until:
        dates["until"] = row.until.isoformat()
    return {"did": did, "of": row._meta.verbose_name, "organisations": [place.organisation], **dates}
