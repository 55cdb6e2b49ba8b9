"""What each person is reminded of and when: once an occasion, the numbers of the pages, nobody’s but their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.access.changes import hold_post
from plans.access.models import Membership, Post, PostHolding, User
from plans.access.rules import Role
from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import due_soon, overdue
from plans.monitoring.changes import AskedExtension, report_no_change, submit_update
from plans.oversight.chasing import EscalationRule, Reminder, ReminderChoice
from plans.oversight.chasing_changes import (
    Written,
    add_escalation,
    choose_reminders,
    claim,
    keep_problem,
    mark_sent,
    open_round,
    remove_escalation,
    to_send,
    write_reminder,
)
from plans.oversight.early_warning import quiet
from plans.oversight.overdue import figures
from plans.oversight.queue import queue
from plans.oversight.reminders import (
    Digest,
    Structure,
    choice_of,
    digest_of,
    escalation_occasion,
    occasion,
    people_to_remind,
)
from tests import factories
from tests.cast import Cast

Rhythm = ReminderChoice.Rhythm
DAY = date(2026, 6, 1)
NOW = factories.moment(2026, 6, 1)
MAIL = Written("Subject", "Text", "<p>Text</p>")
RETRY = timedelta(minutes=10)

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
weekdays = st.integers(0, 6)


def told(person: User, **choice: Any) -> Digest:
    chosen = ReminderChoice(person=person, **choice) if choice else choice_of(person)
    return digest_of(person, chosen, Structure.read(), day=DAY, now=NOW)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# When


@given(days, weekdays, st.sets(st.integers(0, 27)))
def test_each_week_has_one_occasion_whatever_days_the_run_happens(start: date, weekday: int, runs: set[int]) -> None:
    first = monday(start)
    made: dict[date, set[str]] = {}
    for run in sorted(runs):
        day = first + timedelta(days=run)
        if wanted := occasion(Rhythm.WEEKLY, weekday, day):
            made.setdefault(monday(day), set()).add(wanted)
    for week in {monday(first + timedelta(days=run)) for run in runs}:
        caught = any((first + timedelta(days=run) - week).days in range(weekday, 7) for run in runs)
        assert len(made.get(week, set())) == caught
    assert len({name for names in made.values() for name in names}) == len(made)


@given(days, weekdays)
def test_every_other_week_is_the_even_one(day: date, weekday: int) -> None:
    wanted = occasion(Rhythm.FORTNIGHTLY, weekday, day)
    even = day.isocalendar().week % 2 == 0
    assert bool(wanted) == (even and day.weekday() >= weekday)
    if wanted:
        assert wanted == occasion(Rhythm.WEEKLY, weekday, day)


@given(days)
def test_every_working_day_is_an_occasion_of_its_own(day: date) -> None:
    wanted = occasion(Rhythm.DAILY, 0, day)
    assert wanted in ("", day.isoformat())
    if day.weekday() >= 5:
        assert wanted == ""


def test_no_daily_mail_on_a_bank_holiday_and_days_beyond_the_list_are_counted_by_the_week() -> None:
    assert occasion(Rhythm.DAILY, 0, date(2026, 12, 25)) == ""
    assert occasion(Rhythm.DAILY, 0, date(2026, 12, 24)) == "2026-12-24"
    assert occasion(Rhythm.DAILY, 0, date(2090, 1, 2)) == "2090-01-02"


@given(days, weekdays)
def test_never_is_never_and_escalation_comes_weekly_all_the_same(day: date, weekday: int) -> None:
    choice = ReminderChoice(rhythm=Rhythm.NEVER, weekday=weekday)
    assert occasion(Rhythm.NEVER, weekday, day) == ""
    assert escalation_occasion(choice, day) == occasion(Rhythm.WEEKLY, weekday, day)


def test_weeks_are_named_by_their_own_year() -> None:
    assert occasion(Rhythm.WEEKLY, 0, date(2027, 1, 1)) == "2026-W53"
    assert occasion(Rhythm.WEEKLY, 0, date(2027, 1, 4)) == "2027-W01"


# What


def test_the_numbers_are_those_of_the_pages(cast: Cast) -> None:
    for month, day in ((2, 1), (4, 1), (6, 1), (6, 10), (6, 15), (6, 16), (9, 1)):
        action = factories.an_action(
            cast.plan, cast.lead, lead_id=cast.post.pk, **factories.due(date(2026, month, day))
        )
        if day == 10:
            report_no_change(action, by=cast.owner, at=factories.moment(2026, 5, 20))
    digest = told(cast.owner)
    mine = Action.objects.visible_to(cast.owner).in_the_hands_of(cast.owner)
    assert len(digest.overdue) == figures(mine, DAY).overdue == 3
    assert set(digest.overdue) == set(mine.filter(overdue(DAY)))
    assert set(digest.due_soon) == set(mine.filter(due_soon(DAY, 14)))
    assert [row.due_date.day for row in digest.due_soon] == [1, 10, 15]
    assert set(digest.quiet) == set(quiet(mine, NOW))
    assert len(told(cast.owner, lead_days=30).due_soon) == figures(mine, DAY).due_soon


def test_days_ahead_are_ones_own(cast: Cast) -> None:
    factories.an_action(cast.plan, cast.lead, lead_id=cast.post.pk, **factories.due(DAY + timedelta(days=5)))
    assert len(told(cast.owner, lead_days=5).due_soon) == 1
    assert told(cast.owner, lead_days=4).due_soon == []


def test_nothing_owed_is_an_empty_digest(cast: Cast) -> None:
    report_no_change(cast.partner_action, by=cast.partner, at=factories.moment(2026, 5, 20))
    assert told(cast.partner).is_empty
    assert told(cast.team_mate).is_empty
    assert not told(cast.owner).is_empty


def test_what_an_open_round_lacks_is_owed(cast: Cast) -> None:
    one = open_round(cast.plan, due=date(2026, 6, 5), by=cast.lead, at=factories.moment(2026, 5, 25))
    (owed,) = told(cast.owner).owed
    assert owed == (one, [cast.action])
    report_no_change(cast.action, by=cast.owner, at=factories.moment(2026, 5, 26))
    assert told(cast.owner).owed == []
    ((told_of, found),) = told(cast.lead).rounds
    assert (told_of, found.returned, found.asked) == (one, 1, 2)
    assert told(cast.owner).rounds == []


def test_who_runs_plans_is_told_of_what_the_queue_holds(cast: Cast) -> None:
    asked = AskedExtension(PrintedDate(date(2026, 9, 30), Precision.DAY, ""), "Staff left")
    submit_update(
        cast.action, by=cast.owner, at=NOW - timedelta(days=1), status=Status.IN_PROGRESS, note="Slow", extension=asked
    )
    (waiting,) = told(cast.lead).waiting
    rows = Action.objects.visible_to(cast.lead).filter(plan=cast.plan)
    assert waiting.all == waiting.extensions == len(queue(rows, DAY)) == 1
    assert told(cast.owner).waiting == []
    assert told(cast.stranger).is_empty


def test_the_installations_own_account_is_told_of_plans_only_by_a_role(cast: Cast) -> None:
    root = User.objects.create_superuser("root@example.org")
    submit_update(cast.action, by=cast.owner, at=NOW - timedelta(days=1), status=Status.COMPLETE, note="Done")
    assert told(root).waiting == []
    assert root not in [person for person, _ in people_to_remind()]


# Posts below


def below(cast: Cast) -> tuple[User, Post]:
    """A director, and above the post of the action one in between that owns nothing."""
    director = factories.a_person("Dora Director", role=Role.OFFICER, of=cast.council)
    top = factories.a_post("Director", cast.council, holder=director)
    between = factories.a_post("Assistant director", cast.council)
    Post.objects.filter(pk=between.pk).update(reports_to=top)
    Post.objects.filter(pk=cast.post.pk).update(reports_to=between)
    return director, top


def test_a_manager_is_told_of_the_posts_below_at_every_level(cast: Cast) -> None:
    director, _ = below(cast)
    digest = told(director)
    (post,) = digest.below
    expected = figures(Action.objects.visible_to(director).filter(lead=cast.post), DAY)
    assert (post.title, post.overdue, post.quiet) == ("Head of Service", expected.overdue, 1)
    assert expected.overdue == 1
    assert digest.longest_below == [cast.action]
    assert digest.overdue == []
    assert told(director, of_posts_below=False).is_empty


def test_posts_that_report_in_a_circle_end(cast: Cast) -> None:
    director, top = below(cast)
    Post.objects.filter(pk=top.pk).update(reports_to=cast.post)
    assert [post.title for post in told(director).below] == ["Head of Service"]


def test_a_manager_who_may_not_read_the_plan_is_told_nothing_of_it(cast: Cast) -> None:
    director, _ = below(cast)
    Membership.objects.filter(person=director).delete()
    assert told(director).is_empty


# Escalation


def escalate(cast: Cast, days_over: int, to: Post) -> EscalationRule:
    return add_escalation(cast.plan, days_over=days_over, to=to, by=cast.lead, at=NOW)


def test_the_rule_begins_on_its_day(cast: Cast) -> None:
    """Due on 31 March: on 1 June 62 days overdue."""
    director, top = below(cast)
    Post.objects.filter(pk=cast.post.pk).update(reports_to=None)
    rule = escalate(cast, 63, top)
    assert told(director).escalated == []
    EscalationRule.objects.filter(pk=rule.pk).update(days_over=62)
    (found,) = told(director).escalated
    assert (found.rows, found.as_deputy) == ([cast.action], False)


def test_it_reaches_who_chose_never_and_nothing_else_does(cast: Cast) -> None:
    escalate(cast, 30, cast.post)
    digest = told(cast.owner, rhythm=Rhythm.NEVER)
    assert [one.rows for one in digest.escalated] == [[cast.action]]
    assert digest.overdue == digest.quiet == []


def test_an_action_is_told_of_once_by_the_rule_of_most_days(cast: Cast) -> None:
    director, top = below(cast)
    escalate(cast, 30, top)
    escalate(cast, 60, top)
    late = factories.an_action(cast.plan, cast.lead, lead_id=cast.post.pk, **factories.due(date(2026, 4, 20)))
    assert [(one.rule.days_over, one.rows) for one in told(director).escalated] == [(60, [cast.action]), (30, [late])]


def test_a_vacant_post_tells_its_deputy_and_a_held_one_does_not(cast: Cast) -> None:
    director, top = below(cast)
    escalate(cast, 30, top)
    hold_post(cast.team_mate, top, since=date(2026, 1, 1), kind=PostHolding.Kind.DEPUTY)
    assert told(cast.team_mate).escalated == []
    PostHolding.objects.filter(person=director).update(until=date(2026, 5, 1))
    (found,) = told(cast.team_mate).escalated
    assert found.as_deputy
    assert told(director).escalated == []


def test_a_vacant_post_without_a_deputy_tells_nobody(cast: Cast) -> None:
    escalate(cast, 30, factories.a_post("Chief executive", cast.council))
    assert Structure.read().rules == {}


def test_what_the_holder_may_not_see_is_not_told(cast: Cast) -> None:
    post = factories.a_post("Elsewhere", cast.council, holder=cast.stranger)
    escalate(cast, 30, post)
    assert told(cast.stranger).escalated == []


def test_rules_are_kept_in_history(cast: Cast) -> None:
    rule = escalate(cast, 30, cast.post)
    remove_escalation(rule, by=cast.lead, at=NOW)
    assert list(EscalationRule.history.values_list("history_type", flat=True)) == ["-", "+"]


# Who


def test_nobody_deactivated_or_without_an_address_is_reminded(cast: Cast) -> None:
    def people() -> set[User]:
        return {person for person, _ in people_to_remind()}

    assert people() >= {cast.owner, cast.lead, cast.partner}
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    User.objects.filter(pk=cast.partner.pk).update(email="")
    assert not people() & {cast.owner, cast.partner}


def test_without_a_choice_it_is_weekly_on_monday_and_a_choice_is_kept(cast: Cast) -> None:
    usual = choice_of(cast.owner)
    assert (usual.rhythm, usual.weekday, usual.lead_days, usual.of_posts_below) == (Rhythm.WEEKLY, 0, 14, True)
    choose_reminders(cast.owner, rhythm=Rhythm.DAILY, weekday=2, lead_days=30, of_posts_below=False)
    choose_reminders(cast.owner, rhythm=Rhythm.NEVER, weekday=2, lead_days=30, of_posts_below=False)
    assert choice_of(User.objects.get(pk=cast.owner.pk)).rhythm == Rhythm.NEVER


# Once


def written(person: User, occasion_of: str = "2026-W23", at: datetime = NOW) -> Reminder:
    assert write_reminder(person, Reminder.Kind.DIGEST, occasion_of, MAIL, at=at)
    return Reminder.objects.get(person=person, occasion=occasion_of)


def test_one_for_the_same_occasion_is_written_once(cast: Cast) -> None:
    written(cast.owner)
    assert not write_reminder(cast.owner, Reminder.Kind.DIGEST, "2026-W23", MAIL, at=NOW)
    assert write_reminder(cast.owner, Reminder.Kind.CHASE, "2026-W23", MAIL, at=NOW)


def test_what_is_claimed_is_nobody_elses_until_it_is_tried_again(cast: Cast) -> None:
    row = written(cast.owner)
    assert claim(row, at=NOW, retry_after=RETRY)
    assert not claim(row, at=NOW + timedelta(minutes=9), retry_after=RETRY)
    assert not to_send(at=NOW + timedelta(minutes=9), retry_after=RETRY)
    assert claim(row, at=NOW + RETRY, retry_after=RETRY)
    mark_sent(row, at=NOW)
    assert not claim(row, at=NOW + timedelta(days=1), retry_after=RETRY)


def test_a_problem_is_kept_and_the_next_run_tries_again(cast: Cast) -> None:
    row = written(cast.owner)
    claim(row, at=NOW, retry_after=RETRY)
    keep_problem(row, "The server is full", claimed_at=NOW)
    (again,) = to_send(at=NOW, retry_after=RETRY)
    assert again.problem == "The server is full"


def test_a_late_problem_does_not_free_what_another_run_claimed(cast: Cast) -> None:
    row, later = written(cast.owner), NOW + timedelta(hours=1)
    claim(row, at=NOW, retry_after=RETRY)
    claim(row, at=later, retry_after=RETRY)
    keep_problem(row, "Timed out", claimed_at=NOW)
    row.refresh_from_db()
    assert (row.handed_over_at, row.problem) == (later, "")


@pytest.mark.parametrize(("age", "tried"), [(timedelta(days=6, hours=23), 1), (timedelta(days=7), 0)])
def test_what_is_older_than_its_occasion_is_given_up(cast: Cast, age: timedelta, tried: int) -> None:
    written(cast.owner)
    assert to_send(at=NOW + age, retry_after=RETRY).count() == tried


def test_nothing_goes_to_somebody_deactivated_since(cast: Cast) -> None:
    row = written(cast.owner)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert not to_send(at=NOW, retry_after=RETRY)
    assert not claim(row, at=NOW, retry_after=RETRY)
