"""The only writer of events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from plans.access.models import Organisation, User
from plans.audit.models import Event
from plans.audit.scope import as_details, organisations_of


def note_event(
    what: str,
    subject: models.Model,
    *,
    by: User,
    at: datetime,
    organisations: Iterable[Organisation] | None = None,
    **details: Any,
) -> Event:
    """Add one line to the trail. ``details`` must be plain JSON values.

    ``organisations`` are those whose trail it stands in, where the subject does not say it: what is done about a
    person in one organisation is not for the others in which they have a role.
    """
    whose = organisations_of(subject) if organisations is None else organisations
    return Event.objects.create(
        at=at,
        by=by.email,
        what=what,
        subject=str(subject)[:200],
        subject_ref=f"{subject._meta.model_name} {subject.pk}",
        details={**details, **as_details(whose)},
    )


def note_stranger(what: str, subject: models.Model | None = None, *, by: str, at: datetime, **details: Any) -> Event:
    """Add one line about somebody who has no account; ``by`` says what is known of them, up to 254 characters."""
    whose = as_details(organisations_of(subject)) if subject else {}
    return Event.objects.create(
        at=at,
        by=by[:254],
        what=what,
        subject=str(subject)[:200] if subject else "",
        subject_ref=f"{subject._meta.model_name} {subject.pk}" if subject else "",
        details={**details, **whose},
    )
