"""All-day events as an iCalendar file (RFC 5545): plain values in, bytes out. No clock, no addresses of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from plans.papers.safe_text import printable

CONTENT_TYPE = "text/calendar; charset=utf-8"
READ_AGAIN_AFTER = timedelta(hours=6)
PRODUCT = "-//Improvement Plan Tracker//Due dates//EN"


@dataclass(frozen=True)
class Event:
    """A day with something to do. ``uid`` names the same thing in each file, so that a moved date moves its entry."""

    uid: str
    day: date
    summary: str
    description: str
    link: str


def calendar_file(name: str, events: Iterable[Event], *, made_at: datetime) -> bytes:
    """The calendar called ``name``, to be read again every few hours; ``made_at`` is when its entries were written."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # The first of each pair is the standard's (RFC 7986), the second what older programs read.
    calendar.add("name", printable(name))
    calendar.add("x-wr-calname", printable(name))
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", f"PT{READ_AGAIN_AFTER // timedelta(hours=1)}H")
    for event in events:
        calendar.add_component(_entry(event, made_at.astimezone(UTC).replace(microsecond=0)))
    return bytes(calendar.to_ical())


def _entry(event: Event, made_at: datetime) -> Entry:
    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", made_at)
    entry.add("dtstart", event.day)
    entry.add("dtend", event.day + timedelta(days=1))  # the day after: an end is not part of the event
    entry.add("summary", printable(event.summary))
    entry.add("description", printable(event.description))
    entry.add("url", event.link)
    # Something to know, not time that is taken: nobody looks busy for a due date.
    entry.add("transp", "TRANSPARENT")
    return entry
