"""What stands in a person's calendar: due dates and re-checks of the actions in their hands, meetings of their boards.

A calendar is read by programs outside the council. So no note, reason or progress goes into it, and an action's own
wording only where the action may stand in public papers; its reference and its plan name it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q

from plans.access.models import User
from plans.access.standing import boards_of, posts_of
from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import LONDON, Action
from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import is_open
from plans.oversight.models import Meeting
from plans.papers.calendar import Event
from plans.papers.columns import due_wording

LONGEST_WORDING = 80
# The address of a page, by what it shows (“action” or “meeting”) and its number.
Link = Callable[[str, int], str]


def events_of(person: User, *, day: date, link: Link, host: str) -> list[Event]:
    """The events that ``person`` may see, in the order of their days; of meetings those from ``day`` on.

    ``host`` makes the names of the events unique in the world: the name under which the tracker is reached.
    """
    events = [*_due_dates(person, link, host), *_rechecks(person, link, host), *_meetings(person, day, link, host)]
    return sorted(events, key=lambda event: (event.day, event.uid))


def _in_hand(person: User) -> Any:
    mine = Action.objects.all().visible_to(person).in_the_hands_of(person)
    return mine.select_related("plan__organisation").order_by("pk")


def _due_dates(person: User, link: Link, host: str) -> list[Event]:
    return [
        Event(
            f"due-of-action-{action.pk}@{host}",
            action.due_date,
            _named(action, "due"),
            _told(action, _when(action), link("action", action.pk)),
            link("action", action.pk),
        )
        for action in _in_hand(person).filter(is_open(), due_date__isnull=False)
    ]


def _rechecks(person: User, link: Link, host: str) -> list[Event]:
    return [
        Event(
            f"re-check-of-action-{action.pk}@{host}",
            action.recheck_date,
            _named(action, "re-check"),
            _told(action, "It is signed off. Look again whether it holds.", link("action", action.pk)),
            link("action", action.pk),
        )
        for action in _in_hand(person).filter(status=Status.SIGNED_OFF, recheck_date__isnull=False)
    ]


def _meetings(person: User, day: date, link: Link, host: str) -> list[Event]:
    """Of the boards that they sit on, and those that their posts are asked to attend."""
    asked = Meeting.must_attend.through.objects.filter(post__in=posts_of(person)).values("meeting_id")
    found = Meeting.objects.visible_to(person).filter(Q(board__in=boards_of(person)) | Q(pk__in=asked))
    from_day = datetime.combine(day, time(), LONDON)
    events = []
    for meeting in found.filter(starts_at__gte=from_day).select_related("board").order_by("starts_at", "pk"):
        local = meeting.starts_at.astimezone(LONDON)
        address = link("meeting", meeting.pk)
        told = [f"Meeting at {local.hour}:{local:%M}, {wording(local.date(), Precision.DAY)}."]
        told += [f"Papers are due on {wording(meeting.papers_due, Precision.DAY)}."] if meeting.papers_due else []
        events.append(
            Event(
                f"meeting-{meeting.pk}@{host}",
                local.date(),
                f"{meeting.board.name} at {local.hour}:{local:%M}",
                "\n".join([*told, address]),
                address,
            )
        )
    return events


def _named(action: Action, what: str) -> str:
    """“4.2 due: Set up lasting arrangements …”, or “4.2 due: Post-ILACS action plan”."""
    words = " ".join(action.wording.split()) if action.published else action.plan.title
    if len(words) > LONGEST_WORDING:
        words = words[:LONGEST_WORDING].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return f"{action.reference} {what}: {words}"


def _when(action: Action) -> str:
    """The date as it was written, and the last day that is in time: “March 2027: by 31 March 2027.”"""
    last_day = wording(action.due_date, Precision.DAY)
    printed = due_wording(action)
    return f"By {last_day}." if printed == last_day else f"{printed}: by {last_day}."


def _told(action: Action, when: str, address: str) -> str:
    return f"{when}\n{action.plan.title}, {action.plan.organisation}, action {action.reference}.\n{address}"
