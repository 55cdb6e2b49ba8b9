"""What the cells of our lists show: the same fact looks the same in every list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plans.improvement_plan.rules import Rag, Status, rag
from plans.improvement_plan.timeliness import Timeliness, forecast_is_late, lateness
from plans.improvement_plan.wording import shortened
from plans.oversight.overdue import Group
from plans.web.as_at import AsAt
from plans.web.wording import ago, counted, due_parts

ILLUSTRATION: SafeString = mark_safe(' <span class="app-illustration">Illustration</span>')
KINDS = {
    "complete": "done",
    "due_soon": "due-soon",
    "on_time": "on-time",
    "no_date": "no-date",
    "signed_off": "signed-off",
}


def tag(word: str, kind: str) -> SafeString:
    """A word in a box; the box only repeats the word."""
    return format_html('<strong class="app-tag app-tag--{}">{}</strong>', kind, word)


def timeliness_tag(row: Any) -> SafeString:
    """“Overdue”, “Due soon” …"""
    word = Timeliness(row.timeliness)
    label = "Complete" if word == Timeliness.COMPLETE else word.label
    return tag(label, KINDS.get(word.value, word.value))


def rag_tag(word: Rag | str) -> SafeString:
    """A rating as its word, with its colour and sign."""
    return format_html('<strong class="app-rag app-rag--{}">{}</strong>', str(word), Rag(word).label)


def computed_rag(row: Any) -> Rag | None:
    """The rating by the default key."""
    return rag(row.status, row.timeliness, row.confidence, forecast_is_late(row))


def said_green_but_overdue(row: Any) -> bool:
    """Whether the owner rates green what is overdue."""
    return row.timeliness == Timeliness.OVERDUE and row.reported_rag == Rag.GREEN


def action_link(row: Any, as_at: AsAt) -> SafeString:
    """Reference and wording, linked; the lead below."""
    return format_html(
        '<a class="govuk-link" href="{}{}">{} {}</a><span class="app-secondary">{}</span>',
        reverse("action", args=[row.action_pk]),
        as_at.query,
        row.reference,
        row.wording,
        lead_words(row),
    )


def lead_words(row: Any) -> str:
    """The lead post and how many support it."""
    if row.lead is None:
        return "No owner"
    more = f", with {'; '.join(row.support_titles)}" if row.support else ""
    return f"{row.lead_name}{more}"


def asked_tag(row: Any) -> SafeString | str:
    """“Extension asked”, where one waits for a decision."""
    return format_html(" {}", tag("Extension asked", "attention")) if row.extension_pending else ""


def due_cell(row: Any) -> SafeString:
    """The due date as written; first agreed and the number of moves where it moved."""
    due, first, moved = due_parts(row)
    earlier = format_html('<span class="app-secondary">First agreed {}, {}</span>', first, moved) if first else ""
    return format_html("{}{}{}", due, earlier, asked_tag(row))


def late_cell(row: Any, day: date) -> SafeString:
    """Both clocks: days past the current date, and past the date first agreed."""
    late = lateness(row, day)
    if not late.days and not late.days_first:
        return mark_safe('<span class="govuk-visually-hidden">Not late</span>')
    if late.days == late.days_first:
        return format_html("{}", counted(late.days, "day"))
    return format_html(
        '{}<span class="app-secondary">{} after first agreed</span>',
        counted(late.days, "day") if late.days else "Not yet",
        counted(late.days_first, "day"),
    )


def late_words(row: Any, day: date) -> str:
    """How late a row is, where nothing beside it says that the number is one of days late."""
    late = lateness(row, day)
    if late.days and late.days == late.days_first:
        return f"{counted(late.days, 'day')} late"
    if late.days:
        return f"{counted(late.days, 'day')} late, {counted(late.days_first, 'day')} after first agreed"
    return f"{counted(late.days_first, 'day')} later than first agreed" if late.days_first else ""


def last_update_words(row: Any, as_at: AsAt) -> str:
    """“12 days ago”; where nobody has reported yet, whether the plan itself said something."""
    if row.reported_at is None and row.progress:
        return "As the plan said"
    return ago(row.reported_at, as_at.instant).capitalize()


def update_cell(row: Any, as_at: AsAt, *, with_text: bool = True) -> SafeString:
    """How long ago somebody last reported, what they rated and said."""
    rating = format_html(" {}", rag_tag(row.reported_rag)) if row.reported_rag else ""
    done = "" if row.share_done is None else format_html('<span class="app-secondary">{}% done</span>', row.share_done)
    return format_html(
        '{}{}{}{}{}<span class="app-secondary">{}</span>',
        last_update_words(row, as_at),
        rating,
        ILLUSTRATION if row.illustration and row.reported_at else "",
        mark_safe(' <strong class="app-worse">Reported green, but overdue</strong>')
        if said_green_but_overdue(row)
        else "",
        done,
        shortened(row.progress) if with_text else "",
    )


def why_cell(row: Any) -> SafeString:
    """The reason for delay and the next step. What is overdue without a reason says so."""
    parts = []
    if row.delay_reason:
        parts.append(format_html("<strong>Why:</strong> {}", shortened(row.delay_reason)))
    elif row.timeliness == Timeliness.OVERDUE:
        parts.append(mark_safe("No reason given"))
    if row.next_step:
        parts.append(format_html("<strong>Next:</strong> {}", shortened(row.next_step)))
    if not parts:
        return mark_safe('<span class="app-secondary">Nothing said</span>')
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts))


def group_heading(group: Group) -> SafeString:
    """What a group is, how many rows it has over all pages, and how late its latest is."""
    late = f", longest {counted(group.longest, 'day')} late" if group.longest else ""
    return format_html(
        '{} <span class="app-table__note">{}{}</span>', group.heading, counted(group.count, "action"), late
    )


def status_cell(row: Any) -> SafeString:
    """Delivery in words, timeliness as a tag where the action is open."""
    if row.timeliness in (Timeliness.SIGNED_OFF, Timeliness.WITHDRAWN):
        return timeliness_tag(row)
    if row.timeliness == Timeliness.COMPLETE:
        return format_html('{}<span class="app-secondary">Awaiting sign-off</span>', timeliness_tag(row))
    return format_html('{}<span class="app-secondary">{}</span>', timeliness_tag(row), Status(row.status).label)
