"""The one exception to a trail that nothing changes: who somebody was is replaced, what was done stays.

docs/decisions/0010 says why. The triggers that refuse every change are lifted and put back in the same transaction: no
other transaction ever sees the table without them, and a fault leaves them where they were.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from plans.access.erasure import Identity
from plans.audit.append_only import install_triggers, remove_triggers
from plans.audit.models import Event

BATCH = 500


def lines_that_name(who: Identity) -> QuerySet[Event]:
    """The lines of the trail in which the person stands: as who did it, as what it was done to, or beside it."""
    within = Q()
    for words in (who.email, who.name) if who.only else (who.email,):
        # SQLite keeps JSON with other letters than ASCII escaped.
        within |= Q(said__icontains=words) | Q(said__icontains=json.dumps(words)[1:-1])
    rows = Event.objects.annotate(said=Cast("details", models.TextField()))
    return rows.filter(
        Q(by__iexact=who.email) | Q(subject_ref__in=who.refs) | Q(subject__icontains=who.email) | within
    ).order_by("pk")


@transaction.atomic
def replace_in_trail(who: Identity) -> int:
    """Put the new name and address in place of the old in the trail; answers in how many lines."""
    changed = [event for event in lines_that_name(who).iterator(BATCH) if _replace(event, who)]
    if not changed:
        return 0
    table = Event._meta.db_table
    remove_triggers(connection, table)
    Event.objects.bulk_update(changed, ["by", "subject", "details"], batch_size=BATCH)
    install_triggers(connection, table)
    return len(changed)


def _replace(event: Event, who: Identity) -> bool:
    before = (event.by, event.subject, event.details)
    theirs = event.subject_ref in who.refs
    if event.by.lower() == who.email.lower():
        event.by = who.new_email
    event.subject = who.without_address(event.subject)
    if theirs:
        event.subject = who.without_name(event.subject)[:200]
    event.details = _without(event.details, who, anywhere=theirs)
    return before != (event.by, event.subject, event.details)


def _without(value: Any, who: Identity, *, anywhere: bool) -> Any:
    """The value without the person: their address wherever it stands, their name where it stands alone."""
    if isinstance(value, dict):
        return {key: _without(one, who, anywhere=anywhere) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, who, anywhere=anywhere) for one in value]
    if not isinstance(value, str):
        return value
    text = who.without_address(value)
    alone = who.only and text.strip().lower() == who.name.lower()
    return who.without_name(text) if anywhere or alone else text
