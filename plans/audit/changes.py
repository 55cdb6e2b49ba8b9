"""The only writer of events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from plans.access.models import User
from plans.audit.models import Event


def note_event(what: str, subject: models.Model, *, by: User, at: datetime, **details: Any) -> Event:
    """Add one line to the trail. ``details`` must be plain JSON values."""
    return Event.objects.create(
        at=at,
        by=by.email,
        what=what,
        subject=str(subject)[:200],
        subject_ref=f"{subject._meta.model_name} {subject.pk}",
        details=details,
    )
