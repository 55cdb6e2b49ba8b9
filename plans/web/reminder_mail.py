"""A reminder in words: one set of sections, as text and as HTML. No notes, no reasons, no names but the reader’s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.urls import reverse

from plans.access.models import User
from plans.improvement_plan.wording import counted, day_words, due_wording, listed_words, shortened
from plans.oversight.chasing import ReminderChoice, UpdateRound
from plans.oversight.chasing_changes import Written
from plans.oversight.early_warning import quiet_words
from plans.oversight.reminders import Digest, Escalated, PostBelow, WaitingIn
from plans.oversight.rounds import asked_by_words, returned_words
from plans.web.tables.cells import late_words

WORDING_SHOWN = 110
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class MailLine:
    """An action, or a count, with its address."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class MailSection:
    heading: str
    intro: str = ""
    lines: Sequence[MailLine] = field(default_factory=list)
    url: str = ""
    label: str = ""


def site_address() -> str:
    """Where the site is reached, without a slash at its end. Raises ImproperlyConfigured where nobody has said so."""
    if not settings.SITE_ADDRESS:
        raise ImproperlyConfigured(
            "SITE_ADDRESS is not set. Set it to the address at which people reach the tracker, such as"
            " https://plans.example.gov.uk: the links of its mails begin with it."
        )
    return settings.SITE_ADDRESS


def absolute(route: str, *args: int, **query: str | int) -> str:
    """The full address of a page."""
    return f"{site_address()}{reverse(route, args=args)}{'?' + urlencode(query) if query else ''}"


def digest_mail(digest: Digest) -> Written:
    """The mail of a digest that is not empty."""
    told = [*_escalated(digest), *_own(digest), *_below(digest), *_run(digest)]
    parts = summary_parts(digest)
    only_escalated = digest.choice.rhythm == ReminderChoice.Rhythm.NEVER
    why = (
        "You chose to get no reminders. This is sent all the same, because those who run the plan asked that the"
        " holder of your post be told."
        if only_escalated
        else f"You get this {rhythm_words(digest.choice)}."
    )
    return _written(
        subject=f"Improvement plan: {', '.join(parts[:3])}",
        person=digest.person,
        opening=f"On {day_words(digest.day)}: {listed_words(parts)}.",
        sections=told,
        why=why,
    )


def chase_mail(person: User, update_round: UpdateRound, rows: Sequence[Any], day: date) -> Written:
    """The mail that asks one person for the updates that a round still lacks of them."""
    by = day_words(update_round.due)
    number = counted(len(rows), "action")
    late = update_round.due < day
    section = MailSection(
        f"{number} to update",
        "Say how each stands. If nothing has changed, say that: it takes one button.",
        [_line(row, day) for row in rows],
    )
    return _written(
        subject=f"Updates {'were due' if late else 'are due'} by {by}: {number} of yours",
        person=person,
        opening=f"Those who run the plan “{update_round.plan}” asked for updates by {by}. "
        f"{counted(len(rows), 'action')} of yours {'has' if len(rows) == 1 else 'have'} none yet.",
        sections=[section],
        why="You get this because the plan’s owners are being asked for updates, whatever reminders you chose.",
    )


def summary_parts(digest: Digest) -> list[str]:
    """What is owed in a few words each, the gravest first: “2 escalated to you”, “1 overdue” …"""
    escalated = sum(len(one.rows) for one in digest.escalated)
    owed = sum(len(rows) for _, rows in digest.owed)
    below = sum(post.overdue for post in digest.below)
    waiting = sum(one.all for one in digest.waiting)
    lead_days = digest.choice.lead_days
    counts = (
        (escalated, f"{escalated} escalated to you"),
        (len(digest.overdue), f"{len(digest.overdue)} overdue"),
        (len(digest.due_soon), f"{len(digest.due_soon)} due {_within(lead_days)}"),
        (owed, f"{counted(owed, 'update')} asked for"),
        (len(digest.quiet), f"{len(digest.quiet)} without news for too long"),
        (below, f"{below} overdue in posts below yours"),
        (waiting, f"{counted(waiting, 'decision')} to make"),
        (len(digest.rounds), f"{counted(len(digest.rounds), 'round')} of updates open"),
    )
    found = [words for number, words in counts if number]
    return found or ["how the posts below yours stand"]


def _within(days: int) -> str:
    return "today" if days == 0 else f"within {counted(days, 'day')}"


def rhythm_words(choice: ReminderChoice) -> str:
    """“once a week, on Monday”."""
    rhythm = choice.Rhythm
    if choice.rhythm == rhythm.DAILY:
        return "every working day on which there is something to say"
    if choice.rhythm == rhythm.NEVER:
        return "never"
    often = "once a week" if choice.rhythm == rhythm.WEEKLY else "every two weeks"
    return f"{often}, on {DAYS[choice.weekday]} or as soon after it as there is something to say"


def _line(row: Any, day: date) -> MailLine:
    """Reference, short wording, due as printed, days late by both clocks; the address of its update page."""
    due = due_wording(row)
    late = late_words(row, day) or (due_in(row.due_date, day) if row.due_date else "")
    detail = f"Due {due}" if row.due_date else due
    return MailLine(
        f"{row.reference} {shortened(row.wording, WORDING_SHOWN)}",
        f"{detail}. {late}." if late else f"{detail}.",
        absolute("update_action", row.pk),
    )


def due_in(due: date, day: date) -> str:
    """“Due today”, “14 days left”."""
    left = (due - day).days
    return "Due today" if left == 0 else f"{counted(left, 'day')} left"


def _escalated(digest: Digest) -> list[MailSection]:
    return [_escalated_by(one, digest.day) for one in digest.escalated]


def _escalated_by(one: Escalated, day: date) -> MailSection:
    post = f"“{one.rule.to.title}”"
    why = f"You deputise in the post {post}, which nobody holds now" if one.as_deputy else f"You hold the post {post}"
    intro = (
        f"{why}. Those who run the plan “{one.rule.plan}” asked that its holder be told of each action that is"
        f" {counted(one.rule.days_over, 'day')} overdue or more."
    )
    lines = [_line_of_another(row, day) for row in one.rows]
    return MailSection(f"Escalated to you: {counted(len(one.rows), 'action')}", intro, lines)


def _own(digest: Digest) -> list[MailSection]:
    day = digest.day
    told = []
    if digest.overdue:
        told.append(MailSection(f"Overdue: {len(digest.overdue)}", lines=[_line(row, day) for row in digest.overdue]))
    if digest.due_soon:
        heading = f"Due {_within(digest.choice.lead_days)}: {len(digest.due_soon)}"
        told.append(MailSection(heading, lines=[_line(row, day) for row in digest.due_soon]))
    named = {row.pk for row in (*digest.overdue, *digest.due_soon)}
    for update_round, rows in digest.owed:
        heading = f"{asked_by_words(update_round)}: {len(rows)} still to come"
        told.append(_the_rest(heading, f"For the plan “{update_round.plan}”.", rows, named, day))
        named |= {row.pk for row in rows}
    if digest.quiet:
        told.append(_the_rest(f"Without news for too long: {len(digest.quiet)}", "", digest.quiet, named, day, True))
    return told


def _the_rest(
    heading: str, intro: str, rows: Sequence[Any], named: set[int], day: date, say_how_quiet: bool = False
) -> MailSection:
    """A list without the actions that an earlier one has; it says which those are."""
    again = [row.reference for row in rows if row.pk in named]
    above = f"{listed_words(again)}: see above." if again else ""
    lines = [_line(row, day) for row in rows if row.pk not in named]
    if say_how_quiet:
        fresh = [row for row in rows if row.pk not in named]
        lines = [
            MailLine(line.title, f"{line.detail} {quiet_words(row, day)}.", line.url)
            for line, row in zip(lines, fresh, strict=True)
        ]
    return MailSection(heading, " ".join(filter(None, (intro, above))), lines)


def _line_of_another(row: Any, day: date) -> MailLine:
    """As ``_line``, for somebody who does not owe it: with the post that leads it, and the action's own page."""
    line = _line(row, day)
    return MailLine(line.title, f"{row.lead_name or 'No owner'}. {line.detail}", absolute("action", row.pk))


def _below(digest: Digest) -> list[MailSection]:
    if not digest.below:
        return []
    counts = [
        MailLine(post.title, f"{_counts_of(post, digest)}.", absolute("overdue", lead=post.title))
        for post in digest.below
    ]
    told = [MailSection("Posts that report to yours", lines=counts)]
    named = {row.pk for one in digest.escalated for row in one.rows}
    if digest.longest_below:
        again = [row.reference for row in digest.longest_below if row.pk in named]
        above = f"{listed_words(again)}: see above." if again else ""
        lines = [_line_of_another(row, digest.day) for row in digest.longest_below if row.pk not in named]
        told.append(MailSection("Longest overdue among them", above, lines))
    return told


def _counts_of(post: PostBelow, digest: Digest) -> str:
    counts = (
        (post.overdue, "overdue"),
        (post.due_soon, f"due {_within(digest.choice.lead_days)}"),
        (post.quiet, "without news for too long"),
    )
    return ", ".join(f"{number} {words}" for number, words in counts if number)


def _run(digest: Digest) -> list[MailSection]:
    told = []
    if digest.waiting:
        lines = [
            MailLine(str(one.plan), f"{_waiting_words(one)}.", absolute("actions", plan=one.plan.pk, waiting="yes"))
            for one in digest.waiting
        ]
        told.append(MailSection(f"To decide: {sum(one.all for one in digest.waiting)}", lines=lines))
    if digest.rounds:
        rounds = [
            MailLine(str(one.plan), f"{asked_by_words(one)}: {returned_words(found)}.", absolute("round", one.pk))
            for one, found in digest.rounds
        ]
        told.append(MailSection("Rounds of updates that are open", lines=rounds))
    return told


def _waiting_words(one: WaitingIn) -> str:
    counts = (
        (one.extensions, counted(one.extensions, "extension asked for", "extensions asked for")),
        (one.closures, counted(one.closures, "closure reported", "closures reported")),
        (one.rechecks, counted(one.rechecks, "re-check due", "re-checks due")),
    )
    return listed_words([words for number, words in counts if number])


def _written(*, subject: str, person: User, opening: str, sections: Sequence[MailSection], why: str) -> Written:
    subject = " ".join(subject.split())
    context = {
        "subject": subject,
        "person": person,
        "opening": opening,
        "sections": sections,
        "why": why,
        "my_actions": absolute("my_actions"),
        "preferences": absolute("reminders"),
    }
    text = render_to_string("reminders/mail.txt", context)
    return Written(subject, text, render_to_string("reminders/mail.html", context))
