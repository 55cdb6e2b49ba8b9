"""Everything about one plan on a day that its coverage and its hygiene are told from, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from plans.access.models import PostHolding, User
from plans.findings.clocks import clocks_of
from plans.findings.models import Area, Inspection, Spell
from plans.findings.rules import Clock
from plans.improvement_plan.models import Action, Plan, PlanArea, Update
from plans.improvement_plan.rules import Kind, Status
from plans.improvement_plan.timeliness import OwnAction, with_timeliness
from plans.monitoring.models import Evidence, Measure

NAMED_WITH_AREA = ("inspection__framework", "inspection__organisation", "kind", "addressed_to")


@dataclass(frozen=True)
class EvidenceCount:
    """The evidence of one action: all of it, what is more than output, what somebody had accepted."""

    all: int
    beyond_output: int
    accepted: int


@dataclass(frozen=True)
class Named:
    """A measure, or a board, by its name."""

    pk: int
    name: str


@dataclass(frozen=True, kw_only=True)
class CoverFacts:
    """What the coverage of one plan is told from. ``actions`` leaves withdrawn ones out; areas and measures are
    today's."""

    plan: Plan
    actions: list[Any]
    areas: list[Area]
    area_measures: dict[int, list[Named]]
    action_measures: dict[int, list[Named]]

    def evidence_of(self, action: Any) -> EvidenceCount:
        return EvidenceCount(action.evidence_all, action.evidence_beyond_output, action.evidence_accepted)


@dataclass(frozen=True, kw_only=True)
class PlanFacts(CoverFacts):
    """One plan on ``day``. Titles and boards are today's too.

    ``left_out`` are the report's areas for this council that none of its plans has.
    """

    day: date
    left_out: list[Area]
    has_board: bool
    clocks: list[tuple[Inspection, Clock]]


def cover_facts_of(plans: Sequence[Plan], *, user: User, moment: datetime | None) -> list[CoverFacts]:
    """The plans as ``user`` may see them at ``moment``, now where that is None: three queries however many they are."""
    rows = Action.objects.as_at(moment).visible_to(user).filter(plan__in=plans).exclude(status=Status.WITHDRAWN)
    needed = ["plan", "area", "also_answers", "lead", "status", *(["action"] if rows.model is Update else [])]
    actions: dict[int, list[Any]] = defaultdict(list)
    for action in rows.only(*needed).annotate(**_evidence(moment)).order_by("position", "id"):
        actions[action.plan_id].append(action)
    places = PlanArea.objects.filter(plan__in=plans).order_by("position", "pk")
    areas: dict[int, list[Area]] = defaultdict(list)
    for place in places.select_related(*(f"area__{name}" for name in NAMED_WITH_AREA)):
        areas[place.plan_id].append(place.area)
    linked = _linked(plans, Measure.objects.visible_to(user))
    return [
        CoverFacts(
            plan=plan,
            actions=actions[plan.pk],
            areas=areas[plan.pk],
            area_measures=linked["area"],
            action_measures=linked["action"],
        )
        for plan in plans
    ]


def facts_of(plan: Plan, *, user: User, day: date, moment: datetime | None) -> PlanFacts:
    """The plan as ``user`` may see it at ``moment``, now where that is None."""
    rows = Action.objects.as_at(moment).visible_to(user).filter(plan=plan)
    return facts_from(plan, rows, Measure.objects.visible_to(user), day=day, moment=moment)


def facts_from(plan: Plan, rows: Any, measures: QuerySet[Measure], *, day: date, moment: datetime | None) -> PlanFacts:
    """The plan told from ``rows``, its states at ``moment``, and from those of its measures that are ``measures``."""
    areas = list(_areas(plan))
    inspections = {area.inspection_id: area.inspection for area in areas if area.has_place}
    linked = _linked([plan], measures)
    return PlanFacts(
        plan=plan,
        day=day,
        actions=list(_actions(rows, day, moment)),
        areas=[area for area in areas if area.has_place],
        left_out=[area for area in areas if not area.has_place and not area.in_another_plan],
        area_measures=linked["area"],
        action_measures=linked["action"],
        has_board=bool(linked["board"]),
        clocks=_clocks(plan, list(inspections.values())),
    )


def _actions(rows: Any, day: date, moment: datetime | None) -> QuerySet[Any]:
    held = PostHolding.objects.filter(post=OuterRef("lead_id"), since__lte=day)
    known = Update.objects.filter(action_id=OwnAction(), at__lte=OuterRef("reported_at")).order_by("-sequence")
    first = Update.objects.filter(action_id=OwnAction(), sequence=1)
    spells = Spell.objects.filter(inspection=OuterRef("area__inspection_id")).order_by("starts")
    return (
        with_timeliness(rows.exclude(status=Status.WITHDRAWN), day)
        .annotate(
            post_is_held=Exists(held.filter(Q(until__isnull=True) | Q(until__gte=day))),
            post_was_held=Exists(held),
            added_at=Subquery(first.values("at")[:1]),
            completed_at=Subquery(known.filter(kind=Kind.COMPLETED).values("at")[:1]),
            asked_at=Subquery(known.filter(kind=Kind.EXTENSION_ASKED).values("at")[:1]),
            inspected_from=Subquery(spells.values("starts")[:1]),
            **_evidence(moment),
        )
        .select_related("lead__organisation", "area")
        .order_by("position", "id")
    )


def _areas(plan: Plan) -> QuerySet[Any]:
    """The areas of the plan in its order, and those of the same reports that the council was given."""
    place = PlanArea.objects.filter(plan=plan, area=OuterRef("pk"))
    of_the_plan = PlanArea.objects.filter(plan=plan)
    same_report = Q(
        inspection__in=of_the_plan.values("area__inspection"),
        addressed_to=plan.organisation_id,
        kind__from_inspectorate=True,
    )
    elsewhere = PlanArea.objects.filter(area=OuterRef("pk"), plan__organisation=plan.organisation_id)
    return (
        Area.objects.filter(Q(pk__in=of_the_plan.values("area")) | same_report)
        .annotate(
            has_place=Exists(place),
            position=Subquery(place.values("position")[:1]),
            place=Subquery(place.values("pk")[:1]),
            in_another_plan=Exists(elsewhere),
        )
        .select_related(*NAMED_WITH_AREA)
        .order_by("position", "place", "number")
    )


def _evidence(moment: datetime | None) -> dict[str, Any]:
    """Counts of each action's evidence by ``moment``, as columns: who sees an action sees its evidence."""
    own = Evidence.objects.added_by_the_time(moment).filter(action_id=OwnAction()).order_by()
    accepted = own.filter(accepted_at__isnull=False)
    if moment is not None:
        accepted = accepted.filter(accepted_at__lte=moment)
    counted = {"all": own, "beyond_output": own.exclude(kind=Evidence.Kind.OUTPUT), "accepted": accepted}
    return {
        f"evidence_{name}": Coalesce(
            Subquery(rows.values("action").annotate(number=Count("pk")).values("number"), output_field=IntegerField()),
            0,
        )
        for name, rows in counted.items()
    }


def _linked(plans: Sequence[Plan], measures: QuerySet[Measure]) -> dict[str, dict[int, list[Named]]]:
    """In one query: the measures of the plans' areas and of their actions by those, and their boards by the plan."""
    seen = measures.order_by().values("pk")
    measure = ("measure_id", "measure__code", "measure__name")
    areas = Measure.areas.through.objects.filter(area__plan_areas__plan__in=plans, measure__in=seen)
    actions = Measure.actions.through.objects.filter(action__plan__in=plans, measure__in=seen)
    boards = Plan.boards.through.objects.filter(plan__in=plans)
    found = areas.values_list(*measure, "area_id", Value("area")).union(
        actions.values_list(*measure, "action_id", Value("action")),
        boards.values_list("board_id", Value(""), "board__name", "plan_id", Value("board")),
    )
    linked: dict[str, dict[int, list[Named]]] = {name: defaultdict(list) for name in ("area", "action", "board")}
    for pk, code, name, of, kind in sorted(found):
        linked[kind][of].append(Named(pk, f"{code} {name}".strip()))
    return linked


def _clocks(plan: Plan, inspections: list[Inspection]) -> list[tuple[Inspection, Clock]]:
    """The clock of the plan itself, for each inspection of this council that it answers; none once submitted."""
    if plan.stage not in (Plan.Stage.DRAFT, Plan.Stage.AGREED):
        return []
    own = [row for row in inspections if row.organisation_id == plan.organisation_id]
    return [(inspection, clocks[-1]) for inspection in own if (clocks := clocks_of(inspection))]
