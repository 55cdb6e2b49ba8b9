"""Rounds of updates in a line each, on the pages of boards, meetings and owners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.oversight.chasing import UpdateRound
from plans.oversight.models import Meeting
from plans.oversight.rounds import Returns, asked_rows, owed_to_a_round, returns, rounds_told_of, with_open_round


def rounds_shown(
    plans: Iterable[Plan], user: User, moment: datetime | None, now: datetime, meeting: Meeting | None = None
) -> list[tuple[UpdateRound, Returns]]:
    """The rounds of these plans that were open at the moment, or for the meeting, with how they stood then."""
    found = rounds_told_of(plans, moment, meeting)
    return [(one, returns(asked_rows(one, user, moment, now))) for one in found]


def rounds_owed(rows: Any) -> list[tuple[UpdateRound, int]]:
    """The open rounds that some of these actions are still owed to, with how many."""
    owed = with_open_round(rows).filter(owed_to_a_round()).order_by().values("round_id").annotate(number=Count("pk"))
    numbers = {one["round_id"]: one["number"] for one in owed}
    if not numbers:
        return []
    rounds = UpdateRound.objects.filter(pk__in=numbers).select_related("plan", "meeting__board").order_by("due", "pk")
    return [(one, numbers[one.pk]) for one in rounds]
