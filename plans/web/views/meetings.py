"""A meeting's page: what the board sees first. Live until the meeting begins; then as it was at that instant."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from plans.access.models import User
from plans.access.rules import May
from plans.access.standing import may, posts_of
from plans.findings.models import Area
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.timeliness import overdue, with_timeliness
from plans.monitoring.models import Measure
from plans.monitoring.readings import MeasureState, as_they_stood, state_of_measure
from plans.oversight.coverage import coverage
from plans.oversight.digest import digest
from plans.oversight.early_warning import likely_to_miss, quiet, reasons, with_signs
from plans.oversight.front_page import Standings, standings
from plans.oversight.meetings import meeting_before, plans_before
from plans.oversight.models import Challenge, Meeting
from plans.oversight.movement import Movement, Point, movement
from plans.oversight.overdue import figures
from plans.oversight.plan_facts import cover_facts_of
from plans.oversight.queue import Waiting, answers_owed, queue
from plans.web.action_filter import NO_RATING
from plans.web.as_at import AsAt, at_meeting
from plans.web.chart import line_chart
from plans.web.guards import meeting_or_404, person
from plans.web.movement_links import MovementLinks, matrix_table, sentence
from plans.web.pages import show
from plans.web.round_lines import rounds_shown
from plans.web.tables.cells import rag_tag
from plans.web.tables.meetings import FrontPageTable
from plans.web.wording import moment_words

LONGEST_SHOWN = 5
MOST_MEASURES = 4


def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan on a page for one meeting of a board."""
    found, user = meeting_or_404(request, pk), person(request)
    as_at = at_meeting(found.starts_at, timezone.now())
    plans = list(plans_before(found).visible_to(user).select_related("organisation"))
    rows = Action.objects.as_at(as_at.moment).visible_to(user).filter(plan__in=plans)
    before = meeting_before(found)
    point = Point(as_at.day, as_at.moment)
    since = Point.at(before) if before else None
    moved = movement(rows, since, point) if since else None
    earlier = Action.objects.as_at(since.moment).visible_to(user).filter(plan__in=plans) if since else None
    shown = with_timeliness(rows, as_at.day).select_related("lead__organisation", "plan__organisation")
    waiting = queue(shown, as_at.day)
    may_run = may(user, May.RUN_PLANS, found.board.organisation_id)
    links = Links(found, as_at)
    context: dict[str, Any] = {
        "meeting": found,
        "before": before,
        "plans": plans,
        "figures": figures(rows, as_at.day),
        "moved": moved,
        **(_moved(moved, found, as_at, before) if moved and before else {}),
        **_standings(standings(rows, as_at.day, earlier, since.day if since else None), links),
        "links": links,
        "waiting": _with_who_may(waiting, user) if may_run and not as_at.is_past else [(one, False) for one in waiting],
        "owed": answers_owed(Challenge.objects.filter(plan__in=plans).visible_to(user), as_at.moment),
        "longest": FrontPageTable(
            shown.filter(overdue(as_at.day)).order_by("due_date", "pk")[:LONGEST_SHOWN],
            as_at=as_at,
            caption="Longest overdue",
            orderable=False,
        ),
        **_warnings(rows, as_at),
        "gaps": _gaps(user, plans, as_at),
        "lineage": Area.objects.filter(plan_areas__plan__in=plans, earlier__isnull=False).select_related(
            "earlier__inspection"
        ),
        "measures": _measures(user, plans, as_at),
        "decisions": found.decisions.filter(action__plan__in=plans).select_related("action", "by"),
        "raised": found.challenges.filter(plan__in=plans).select_related("action", "owed_by"),
        "update_rounds": rounds_shown(plans, user, as_at.moment, as_at.now, found),
        "may_run": may_run,
        "may_hold": not found.held_at and found.starts_at <= as_at.now,
    }
    return show(request, "boards/meeting.html", context, as_at)


def meeting_digest(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting's numbers as plain text, for the e-mail that goes with its papers."""
    found, user = meeting_or_404(request, pk), person(request)
    as_at = at_meeting(found.starts_at, timezone.now())
    rows = Action.objects.as_at(as_at.moment).visible_to(user).filter(plan__in=plans_before(found).visible_to(user))
    before = meeting_before(found)
    text = digest(
        f"{found.board.name}, meeting of {moment_words(found.starts_at)}",
        as_at.words if as_at.is_past else f"today, {as_at.words}",
        figures(rows, as_at.day),
        len(queue(rows, as_at.day)),
        movement(rows, Point.at(before), Point(as_at.day, as_at.moment)) if before else None,
        moment_words(before.starts_at) if before else "",
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _with_who_may(waiting: list[Waiting], user: User) -> list[tuple[Waiting, bool]]:
    """Each row with whether this lead may decide it: nobody decides on their own action."""
    own = set(posts_of(user))
    return [(one, not own & {one.row.lead_id, *(post_id for post_id, _ in one.row.support)}) for one in waiting]


def _moved(moved: Movement, found: Meeting, as_at: AsAt, before: Meeting) -> dict[str, Any]:
    """The movement since the meeting before, in a sentence and as a matrix, each number with its rows."""
    links = MovementLinks({"meeting": str(found.pk)})
    since = at_meeting(before.starts_at, as_at.now).words
    until = as_at.words if as_at.is_past else f"today, {as_at.words}"
    return {
        "sentence": sentence(moved, links),
        "matrix": matrix_table(moved, links, since=since, until=until, chosen=("", "")),
        "movement_url": links.page_url(),
    }


def _warnings(rows: Any, as_at: AsAt) -> dict[str, Any]:
    """What is likely to miss its date, the first few with their reasons, and how much is without news for too long."""
    # Asked once: to find them costs more than all that is said of the first few.
    likely = list(likely_to_miss(rows, as_at.day).order_by("due_date", "pk").values_list("pk", flat=True))
    few = rows.filter(pk__in=likely[:LONGEST_SHOWN])
    first = list(with_signs(few, as_at.day, rows).select_related("lead").order_by("due_date", "pk"))
    return {
        "likely": [(row, reasons(row, as_at.day)) for row in first],
        "likely_count": len(likely),
        "quiet": quiet(rows, as_at.instant).count(),
    }


def _gaps(user: User, plans: list[Plan], as_at: AsAt) -> list[dict[str, Any]]:
    """The areas of these plans without an action, an owner, a measure or evidence, and which of them they lack."""
    return [
        {"area": cover.area, "missing": missing}
        for facts in cover_facts_of(plans, user=user, moment=as_at.moment)
        for cover in coverage(facts).areas
        if (missing := cover.missing)
    ]


def _measures(user: User, plans: list[Plan], as_at: AsAt) -> list[tuple[Measure, Any, MeasureState]]:
    """The measures of these plans that have a reading by then, with their chart."""
    found = list(Measure.objects.visible_to(user).filter(plans__in=plans).distinct().prefetch_related("readings"))
    if as_at.moment is not None:
        as_they_stood(found, as_at.moment)
    states = [(one, state_of_measure(one, one.readings.all(), as_at.day)) for one in found]
    known = [(one, state) for one, state in states if state.latest]
    return [(one, line_chart(one, state.series), state) for one, state in known[:MOST_MEASURES]]


def _standings(found: Standings, links: Links) -> dict[str, Any]:
    """Both tables of the front page, each line with its address; lines that are nought now and before are left out."""
    return {
        "timeliness": [
            (line, links.actions(timeliness=line.word), "") for line in found.timeliness if line.now or line.before
        ],
        "rating": [
            (line, links.actions(rating=line.word or NO_RATING), rag_tag(line.word) if line.word else "")
            for line in found.rating
            if line.now or line.before
        ],
    }


class Links:
    """The addresses of the rows behind each number of a meeting's page."""

    def __init__(self, found: Meeting, as_at: AsAt) -> None:
        self._meeting = found.pk
        self._as_at = {"as_at": as_at.value} if as_at.is_past else {}

    def _to(self, route: str, **query: str) -> str:
        return f"{reverse(route)}?{urlencode({'meeting': self._meeting, **query, **self._as_at})}"

    def actions(self, **query: str) -> str:
        return self._to("actions", **query)

    def overdue(self, **query: str) -> str:
        return self._to("overdue", **query)

    @property
    def all_actions(self) -> str:
        return self.overdue(show="all")

    @property
    def all_overdue(self) -> str:
        return self.overdue()

    @property
    def late_first(self) -> str:
        return self.overdue(show="first")

    @property
    def likely(self) -> str:
        return self._to("early_warning", list="likely")

    @property
    def quiet(self) -> str:
        return self._to("early_warning", list="quiet")

    @property
    def waiting(self) -> str:
        return self.actions(waiting="yes")
