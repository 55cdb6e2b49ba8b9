"""A meeting's place among its board's meetings, and the plans that it looks at."""

from __future__ import annotations

from datetime import datetime

from plans.access.models import Board
from plans.improvement_plan.models import Plan, PlanQuerySet
from plans.oversight.models import Meeting


def plans_before(meeting: Meeting) -> PlanQuerySet:
    """The plans that a meeting looks at: those it was shown, once held; until then those that its board oversees."""
    if meeting.held_at:
        return Plan.objects.filter(pk__in=meeting.plans_shown)
    return Plan.objects.filter(boards=meeting.board).exclude(stage=Plan.Stage.DRAFT)


def meeting_before(meeting: Meeting) -> Meeting | None:
    """The board's meeting before this one."""
    return meeting.board.meetings.filter(starts_at__lt=meeting.starts_at).order_by("-starts_at").first()


def last_meeting(board: Board, moment: datetime) -> Meeting | None:
    """The board's last meeting that had begun by ``moment``."""
    return board.meetings.filter(starts_at__lte=moment).order_by("-starts_at").first()


def next_meeting(board: Board, moment: datetime) -> Meeting | None:
    """The board's next meeting after ``moment``."""
    return board.meetings.filter(starts_at__gt=moment).order_by("starts_at").first()
