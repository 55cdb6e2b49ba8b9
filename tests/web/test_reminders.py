"""One's own reminders; a plan's rules of escalation and the mails about it; how a mail reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.changes import hold_post
from plans.access.models import Membership, PostHolding
from plans.access.rules import Role
from plans.improvement_plan.changes import amend
from plans.oversight.chasing import EscalationRule, Reminder, ReminderChoice
from plans.oversight.chasing_changes import Written, add_escalation, write_reminder
from plans.oversight.reminders import Structure, digest_of
from plans.web.reminder_mail import digest_mail, rhythm_words
from tests import factories
from tests.cast import Cast

DAY, NOW = date(2026, 6, 1), factories.moment(2026, 6, 1)
SENT = {"rhythm": "fortnightly", "weekday": "2", "lead_days": "30"}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_ADDRESS = "https://plans.example.gov.uk"


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def a_mail(person: Any, subject: str, **said: Any) -> Reminder:
    write_reminder(person, said.pop("kind", "digest"), subject, Written(subject, "", ""), at=timezone.now())
    Reminder.objects.filter(subject=subject).update(**said)
    return Reminder.objects.get(subject=subject)


# One's own


def test_what_is_chosen_is_kept(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert reverse("reminders") in client.get(reverse("my_actions")).content.decode()
    assert client.post(reverse("reminders"), SENT).status_code == 302
    kept = ReminderChoice.objects.get(person=cast.owner)
    assert (kept.rhythm, kept.weekday, kept.lead_days, kept.of_posts_below) == ("fortnightly", 2, 30, False)
    assert "every two weeks, on Wednesday" in client.get(reverse("reminders")).content.decode()


@pytest.mark.parametrize("wrong", [{"lead_days": "91"}, {"lead_days": "soon"}, {"weekday": "7"}, {"rhythm": "hourly"}])
def test_what_cannot_be_is_said_and_nothing_is_kept(cast: Cast, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(cast.owner)
    answer = client.post(reverse("reminders"), {**SENT, **wrong})
    assert answer.status_code == 400
    assert "There is a problem" in answer.content.decode()
    assert not ReminderChoice.objects.exists()


def test_the_last_mails_are_ones_own(cast: Cast, client: Client) -> None:
    a_mail(cast.owner, "For Olive")
    a_mail(cast.lead, "For Lena")
    client.force_login(cast.owner)
    told = client.get(reverse("reminders")).content.decode()
    assert "For Olive" in told
    assert "For Lena" not in told


# Of a plan


def test_a_rule_is_added_removed_and_kept_in_the_history(lead: Client, cast: Cast) -> None:
    at = reverse("add_escalation", args=[cast.plan.pk])
    assert lead.post(at, {"days_over": "30", "to": cast.post.pk}).status_code == 302
    again = lead.post(at, {"days_over": "30", "to": cast.post.pk})
    assert again.status_code == 400
    assert "There is this rule already" in again.content.decode()
    told = lead.get(reverse("plan_reminders", args=[cast.plan.pk])).content.decode()
    assert "30 days or more" in told
    assert cast.owner.name in told
    lead.post(reverse("remove_escalation", args=[EscalationRule.objects.get().pk]))
    told = lead.get(reverse("plan_reminders", args=[cast.plan.pk])).content.decode()
    assert "Nobody is told of what stays overdue" in told
    assert f"removed by {cast.lead.name}: 30 days, Head of Service" in told


def test_a_rule_for_a_vacant_post_says_that_nobody_is_told(lead: Client, cast: Cast) -> None:
    post = factories.a_post("Chief executive", cast.council)
    add_escalation(cast.plan, days_over=90, to=post, by=cast.lead, at=timezone.now())
    assert (
        "Nobody is told: the post is vacant"
        in lead.get(reverse("plan_reminders", args=[cast.plan.pk])).content.decode()
    )


@pytest.mark.parametrize("days", ["0", "-1", "many", ""])
def test_days_overdue_are_a_number_from_one(lead: Client, cast: Cast, days: str) -> None:
    answer = lead.post(reverse("add_escalation", args=[cast.plan.pk]), {"days_over": days, "to": cast.post.pk})
    assert answer.status_code == 400
    assert not EscalationRule.objects.exists()


def test_mails_about_the_plan_say_who_when_and_what_went_wrong(lead: Client, cast: Cast) -> None:
    a_mail(cast.owner, "1 overdue", problem="SMTPServerDisconnected: gone")
    a_mail(cast.team_mate, "Nothing to do with it")
    a_mail(cast.partner, "3 overdue in two councils")
    told = lead.get(reverse("plan_reminders", args=[cast.plan.pk])).content.decode()
    assert "1 overdue" in told
    assert "SMTPServerDisconnected: gone" in told
    assert "Nothing to do with it" not in told
    # The partner’s mail may count another council’s actions: that there was one is told, not what it counted.
    assert cast.partner.email in told
    assert "3 overdue in two councils" not in told


def test_somebody_with_a_role_elsewhere_as_well_keeps_their_subjects(lead: Client, cast: Cast) -> None:
    Membership.objects.create(
        person=cast.owner, organisation=factories.an_organisation("Northshire"), role=Role.OFFICER.value
    )
    a_mail(cast.owner, "5 overdue in two councils")
    assert "5 overdue in two councils" not in lead.get(reverse("plan_reminders", args=[cast.plan.pk])).content.decode()


# A mail


def mail_to(person: Any, **choice: Any) -> Written:
    chosen = ReminderChoice(person=person, **choice)
    return digest_mail(digest_of(person, chosen, Structure.read(), day=DAY, now=NOW))


def test_text_and_html_say_the_same_lines(cast: Cast) -> None:
    for month, day in ((5, 1), (6, 3), (6, 10)):
        factories.an_action(cast.plan, cast.lead, lead_id=cast.post.pk, **factories.due(date(2026, month, day)))
    written = mail_to(cast.owner)
    assert written.subject == "Improvement plan: 2 overdue, 2 due within 14 days, 4 without news for too long"
    for said in ("62 days late", "31 days late", "2 days left", "9 days left", "once a week, on Monday"):
        assert said in written.text
        assert said in written.html
    for row in cast.plan.actions.filter(lead=cast.post):
        assert written.text.count(f"/actions/{row.pk}/update/") == written.html.count(f"/actions/{row.pk}/update/") == 1


def test_both_clocks_are_told(cast: Cast) -> None:
    moved = factories.due(date(2026, 5, 30))
    amend(cast.action, by=cast.lead, at=factories.moment(2026, 4, 1), note="Agreed", **moved)
    assert "Due 30 May 2026. 2 days late, 62 days after first agreed." in mail_to(cast.owner).text


def test_markup_in_an_action_is_text_in_html(cast: Cast) -> None:
    factories.an_action(
        cast.plan, cast.lead, wording="<b>Bold</b> & more", lead_id=cast.post.pk, **factories.due(date(2026, 5, 1))
    )
    written = mail_to(cast.owner)
    assert "<b>Bold</b> & more" in written.text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; more" in written.html


def test_what_is_escalated_says_why_to_holder_and_deputy(cast: Cast) -> None:
    top = factories.a_post("Director", cast.council)
    add_escalation(cast.plan, days_over=30, to=top, by=cast.lead, at=NOW)
    hold_post(cast.team_mate, top, since=date(2026, 1, 1), kind=PostHolding.Kind.DEPUTY)
    written = mail_to(cast.team_mate, rhythm="never")
    assert written.subject == "Improvement plan: 1 escalated to you"
    assert "You deputise in the post “Director”, which nobody holds now" in written.html
    assert "30 days overdue or more" in written.html
    assert "You chose to get no reminders. This is sent all the same" in written.html
    hold_post(cast.reader, top, since=date(2026, 1, 1))
    assert "You hold the post “Director”" in mail_to(cast.reader).html


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"rhythm": "daily"}, "every working day on which there is something to say"),
        ({"weekday": 4}, "once a week, on Friday or as soon after it as there is something to say"),
        ({"rhythm": "never"}, "never"),
    ],
)
def test_a_rhythm_in_words(choice: dict[str, Any], said: str) -> None:
    assert rhythm_words(ReminderChoice(**choice)) == said
