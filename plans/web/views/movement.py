"""What moved between two days or since the last meeting, in numbers that add up and the rows behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from plans.access.models import Board, User
from plans.access.standing import boards_of
from plans.improvement_plan.models import Action, Plan, end_of_day
from plans.oversight.meetings import meeting_before, plans_before
from plans.oversight.models import Meeting
from plans.oversight.movement import Move, Movement, Point, worst_first
from plans.oversight.movement import movement as movement_between
from plans.oversight.movement_rows import ever_rated_red, with_what_was_said
from plans.oversight.movement_words import KINDS, cell_words
from plans.web.as_at import AsAt, as_at_of, at_meeting
from plans.web.filters import visible_boards, visible_plans
from plans.web.forms.movement import MovementForm
from plans.web.guards import person
from plans.web.movement_links import MovementLinks, matrix_table, sentence
from plans.web.pages import paged, show
from plans.web.tables.actions import CountedRows
from plans.web.tables.movement import MovementTable

DEFAULT_DAYS = 30
SCOPE = ("board", "plan", "meeting", "ever_red", "since", "as_at")


@dataclass(frozen=True)
class Period:
    """Both ends of the page, and the meetings with which it begins and ends, where it does."""

    since: AsAt
    until: AsAt
    first: Meeting | None = None
    last: Meeting | None = None
    error: str = ""

    @property
    def since_words(self) -> str:
        return f"the meeting of {self.since.day_words}" if self.first else self.since.words

    @property
    def until_words(self) -> str:
        return f"the meeting of {self.until.day_words}" if self.last else self.until.words

    @property
    def usable(self) -> bool:
        return not (self.error or self.until.error)


def movement(request: HttpRequest) -> HttpResponse:
    """The movement of the plans that the person sees, or of one board's, one plan's or a meeting's."""
    boards = list(visible_boards(request).select_related("organisation"))
    form = MovementForm(
        request.GET,
        boards=boards,
        plans=list(visible_plans(request)),
        meetings=Meeting.objects.visible_to(person(request)).select_related("board"),
    )
    valid = form.is_valid()
    period = _period(request, form, boards)
    context: dict[str, Any] = {
        "form": form,
        "period": period,
        "errors": _errors(form, period),
        "kept_days": _kept(request, ("since", "as_at")),
        "kept_filters": _kept(request, tuple(form.fields)),
        "in_use": sum(1 for name in form.fields if name != "meeting" and form.said(name)),
        "meeting": form.meeting,
        "clear_url": MovementLinks(dict(_kept(request, ("meeting", "since", "as_at")))).page_url(),
    }
    if valid and period.usable:
        context |= _found(request, form, period)
    return show(request, "oversight/movement.html", context, period.until, 200 if valid and period.usable else 400)


def _found(request: HttpRequest, form: MovementForm, period: Period) -> dict[str, Any]:
    since, until = (Point(end.day, end.moment) for end in (period.since, period.until))
    found = movement_between(_rows(request, form, until), since, until)
    links = MovementLinks({name: request.GET.get(name, "") for name in SCOPE})
    before, after = form.said("from") or "", form.said("to") or ""
    # A cell of the matrix has its unmoved actions too.
    move = Move(form.said("kind") or (Move.ALL if before or after else Move.MOVED))
    return {
        "found": found,
        "sentence": sentence(found, links),
        "matrix": matrix_table(
            found, links, since=period.since.words, until=period.until.words, chosen=(before, after)
        ),
        "table": _table(request, found, period, form, move),
        "heading": _heading(move, before, after),
        "narrowed": bool(form.said("kind") or before or after),
        "all_url": links.page_url(),
    }


def _rows(request: HttpRequest, form: MovementForm, until: Point) -> Any:
    rows = Action.objects.as_at(until.moment).visible_to(person(request))
    if meeting := form.meeting:
        rows = rows.filter(plan__in=plans_before(meeting).values("pk"))
    if board := form.said("board"):
        rows = rows.filter(plan__in=Plan.objects.filter(boards=board).values("pk"))
    if plan := form.said("plan"):
        rows = rows.filter(plan=plan)
    return ever_rated_red(rows, until.moment) if form.said("ever_red") else rows


def _table(request: HttpRequest, found: Movement, period: Period, form: MovementForm, move: Move) -> MovementTable:
    asked = (move, form.said("from") or "", form.said("to") or "")
    rows = worst_first(found.behind(*asked)).select_related("lead", "plan")
    assert found.since.moment is not None
    counted = CountedRows(
        with_what_was_said(rows, found.since.moment, found.until.moment), found.count_behind(*asked), grouped=False
    )
    return paged(request, MovementTable(counted, as_at=period.until, with_plan=form.said("plan") is None))


def _heading(move: Move, before: str, after: str) -> str:
    words = cell_words(before, after)
    if move is Move.ALL and words:
        return words[:1].upper() + words[1:]
    kind = "What moved" if move is Move.MOVED else KINDS[move]
    return f"{kind}, {words}" if words else kind


def _period(request: HttpRequest, form: MovementForm, boards: list[Board]) -> Period:
    """The two days that are asked for; else from the last meeting before, or 30 days before, until today."""
    now, meeting = timezone.now(), form.meeting
    asked = "as_at" in request.GET
    until = at_meeting(meeting.starts_at, now) if meeting and not asked else as_at_of(request)
    last = meeting if meeting and until.moment == meeting.starts_at else None
    if not request.GET.get("since", "").strip():
        first = meeting_before(last) if last else _meeting_before(form, boards, until, person(request))
        if first is not None:
            return Period(at_meeting(first.starts_at, now), until, first, last)
        day = until.day - timedelta(days=DEFAULT_DAYS)
        return Period(AsAt(day, now, end_of_day(day), ""), until, last=last)
    since = as_at_of(request, "since")
    error = since.error
    if not error and (since.moment is None or since.moment >= until.instant):
        error = f"Enter a day before {until.words}"
    return Period(since, until, last=last, error=error)


def _meeting_before(form: MovementForm, boards: list[Board], until: AsAt, user: User) -> Meeting | None:
    """The last meeting before the period's end, of the board or the plan's boards that are asked for.

    Where none is asked for, of the boards that ``user`` sits on, or else of the only board they see.
    """
    before = Meeting.objects.filter(starts_at__lt=until.instant).select_related("board").order_by("-starts_at")
    if board := form.said("board") or (form.meeting.board if form.meeting else None):
        return before.filter(board=board).first()
    if plan := form.said("plan"):
        return before.filter(board__in=plan.boards.values("pk")).first()
    if len(boards) == 1:
        return before.filter(board=boards[0]).first()
    return before.filter(board__in=boards_of(user)).first()


def _errors(form: MovementForm, period: Period) -> list[tuple[str, str]]:
    """Each fault with the field that it is about."""
    found = [(str(error), "") for error in form.non_field_errors()]
    found += [(str(error), getattr(field, "error_target", "")) for field in form for error in field.errors]
    if period.error:
        found.append((period.error, "since"))
    return found + ([(period.until.error, "as_at")] if period.until.error else [])


def _kept(request: HttpRequest, names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, request.GET[name]) for name in names if request.GET.get(name)]
