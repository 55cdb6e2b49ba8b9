"""One question over actions, areas, updates and evidence: what says these words, within what a person may see, now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils.safestring import SafeString

from plans.access.models import User
from plans.findings.models import Area
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import OPEN_STATUSES, Kind, Status
from plans.improvement_plan.wording import day_of, day_words
from plans.monitoring.models import Evidence
from plans.oversight.search_index import ACTIONS, AREAS, EVIDENCE, NOTES, Indexed, Says, by_the_index
from plans.oversight.search_words import Term, excerpt, marked, read_terms, says_any

MOST_COUNTED = 1000
FIRST = 5
ROWS_A_PAGE = 20


class FoundKind(StrEnum):
    """What can be found, in the order in which it is shown."""

    ACTION = "action"
    AREA = "area"
    UPDATE = "update"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Found:
    """One row that says the words. ``title`` and ``excerpt`` are safe for a page, with the words marked.

    ``pk`` is the row's own; ``page`` what to open: the action's id, or the inspection's of an area. ``made_up``: it
    was made up to show the product.
    """

    kind: FoundKind
    pk: int
    page: int
    title: SafeString
    excerpt: SafeString
    place: str
    reference: str = ""
    made_up: bool = False


@dataclass(frozen=True)
class Group:
    """What was found of one kind: how many (``MOST_COUNTED`` + 1 for more than can be told), and those to be shown."""

    kind: FoundKind
    count: int
    found: Sequence[Found]

    @property
    def uncounted(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > MOST_COUNTED


@dataclass(frozen=True)
class Answer:
    """``terms`` is empty where nothing that can be searched for was typed."""

    terms: tuple[Term, ...]
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def uncounted(self) -> bool:
        return any(group.uncounted for group in self.groups)


@dataclass(frozen=True)
class _Source:
    """Where one kind is found: its index, what the person may see of it, its order, and how a row is shown."""

    indexed: Indexed
    rows: Callable[[User], Any]
    order: Sequence[Any]
    shown: Callable[[Any, Sequence[Term]], Found]


def search(typed: str, user: User, *, kind: FoundKind | None = None, page: int = 1) -> Answer:
    """What says all that was typed, as ``user`` may see it: the first few of each kind, or one kind page by page.

    First what is named so (an action's reference), then what says so in its wording, then the rest.
    """
    terms = read_terms(typed)
    if not terms:
        return Answer((), ())
    groups = []
    with by_the_index():
        for each, source in SOURCES.items():
            rows = source.rows(user)
            saying = rows.filter(Says(source.indexed, terms))
            keys = list(saying.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
            found: Sequence[Found] = ()
            if keys and kind in (None, each):
                start, length = (0, FIRST) if kind is None else ((page - 1) * ROWS_A_PAGE, ROWS_A_PAGE)
                # Those that were found need not be looked for again; of more, the first are to be found among all.
                among = rows.filter(pk__in=keys) if len(keys) <= MOST_COUNTED else saying
                listed = _ranked(among, source, terms)[start : min(start + length, MOST_COUNTED)]
                found = [source.shown(row, terms) for row in listed]
            groups.append(Group(each, len(keys), found))
    return Answer(terms, groups)


def pages_of(count: int) -> int:
    """How many pages the list of one kind has."""
    return -(-min(count, MOST_COUNTED) // ROWS_A_PAGE)


def _ranked(rows: QuerySet[Any], source: _Source, terms: Sequence[Term]) -> QuerySet[Any]:
    weights = sorted({weight for _, weight in source.indexed.columns})
    if len(weights) > 1:
        places = [
            When(Says(source.indexed, terms, "".join(weights[: place + 1])), then=Value(place))
            for place in range(len(weights) - 1)
        ]
        rows = rows.annotate(stands=Case(*places, default=Value(len(weights)), output_field=IntegerField()))
        return rows.order_by("stands", *source.order)
    return rows.order_by(*source.order)


def _plan_words(plan: Any) -> str:
    return f"{plan.title}, {plan.organisation.name}"


def _action(row: Any, terms: Sequence[Term]) -> Found:
    said = (row.progress, row.next_step, row.delay_reason)
    saying = next((text for text in said if text and says_any(text, terms)), "")
    status = "" if row.status in OPEN_STATUSES else f" · {Status(row.status).label}"
    return Found(
        FoundKind.ACTION,
        row.pk,
        row.pk,
        marked(f"{row.reference} {row.wording}", terms),
        excerpt(saying, terms),
        f"{_plan_words(row.plan)}{status}",
        row.reference,
        row.illustration,
    )


def _area(row: Any, terms: Sequence[Term]) -> Found:
    return Found(
        FoundKind.AREA,
        row.pk,
        row.inspection_id,
        marked(f"Area {row.number}" + (f": {row.heading}" if row.heading else ""), terms),
        excerpt(row.wording, terms),
        f"{row.inspection.title}, {row.inspection.organisation.name}",
        str(row.number),
    )


def _note(row: Any, terms: Sequence[Term]) -> Found:
    day = day_words(day_of(row.at))
    return Found(
        FoundKind.UPDATE,
        row.pk,
        row.action_id,
        marked(f"{Kind(row.kind).label} on {row.action.reference}, {day}", ()),
        excerpt(row.note, terms),
        f"{_plan_words(row.plan)} · by {row.by.name}",
        row.action.reference,
        row.made_up,
    )


def _evidence(row: Any, terms: Sequence[Term]) -> Found:
    return Found(
        FoundKind.EVIDENCE,
        row.pk,
        row.action_id,
        marked(row.title, terms),
        excerpt("", terms),
        f"Evidence of action {row.action.reference}, {_plan_words(row.action.plan)}"
        f" · added {day_words(day_of(row.added_at))}",
        row.action.reference,
    )


_CLOSED_LAST = Case(When(status__in=OPEN_STATUSES, then=Value(0)), default=Value(1), output_field=IntegerField())

SOURCES: dict[FoundKind, _Source] = {
    FoundKind.ACTION: _Source(
        ACTIONS,
        lambda user: Action.objects.visible_to(user).select_related("plan__organisation"),
        (_CLOSED_LAST, "-plan_id", "position", "pk"),
        _action,
    ),
    FoundKind.AREA: _Source(
        AREAS,
        lambda user: Area.objects.visible_to(user).select_related("inspection__organisation"),
        (F("inspection__published_on").desc(nulls_last=True), "-inspection_id", "number", "pk"),
        _area,
    ),
    FoundKind.UPDATE: _Source(
        NOTES,
        lambda user: Update.objects.visible_to(user).select_related("plan__organisation", "action", "by"),
        ("-at", "-pk"),
        _note,
    ),
    FoundKind.EVIDENCE: _Source(
        EVIDENCE,
        lambda user: Evidence.objects.visible_to(user).select_related("action__plan__organisation"),
        ("-added_at", "-pk"),
        _evidence,
    ),
}
