"""The trail as it is read: searched, and cut into pages by the place of its lines, so that no page is slower."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from plans.access.models import User
from plans.audit.models import Event

LINES_A_PAGE = 50
MOST_NAMES = 200


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; each is left out where it is empty."""

    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


def found(events: QuerySet[Event], asked: Asked) -> QuerySet[Event]:
    """Those of ``events`` that were asked for, newest first."""
    rows = events.order_by("-at", "-pk")
    if asked.person:
        people = User.objects.filter(Q(name__icontains=asked.person) | Q(email__icontains=asked.person))
        emails = list(people.values_list(Lower("email"), flat=True)[:MOST_NAMES])
        rows = rows.filter(Q(by__icontains=asked.person) | Q(by__in=emails))
    if asked.kind:
        rows = rows.filter(what=asked.kind)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lte=asked.until)
    for word in asked.words.split():
        rows = rows.filter(subject__icontains=word)
    return rows


def page_after(rows: QuerySet[Event], last: int | None) -> tuple[list[Event], bool]:
    """The lines that follow the line ``last`` (the newest where it is None), and whether there are older ones.

    Raises Event.DoesNotExist for a line that is not among ``rows``.
    """
    if last is not None:
        line = rows.get(pk=last)
        rows = rows.filter(Q(at__lt=line.at) | Q(at=line.at, pk__lt=line.pk))
    lines = list(rows[: LINES_A_PAGE + 1])
    return lines[:LINES_A_PAGE], len(lines) > LINES_A_PAGE


def names_of(emails: Iterable[str]) -> dict[str, str]:
    """People's names by their e-mail addresses in small letters."""
    wanted = {email.lower() for email in emails}
    people: Any = User.objects.annotate(small=Lower("email")).filter(small__in=wanted)
    return dict(people.values_list("small", "name"))
