"""Chasing: rounds of updates, what each person is told and when, and whom it is escalated to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from plans.access.models import Post, User
from plans.improvement_plan.models import Plan
from plans.oversight.models import Meeting


class UpdateRound(models.Model):
    """A call for updates on a plan by a day, for a meeting or not. One is open at a time."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="update_rounds")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="update_rounds")
    due = models.DateField("updates due by", help_text="The last day that is still in time.")
    note = models.TextField(blank=True, help_text="What is asked of the owners.")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rounds_opened")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="rounds_closed")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(closed_at__isnull=True),
                name="one_open_round_a_plan",
                violation_error_message="This plan has a round of updates that is open. Close it first.",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="round_closed_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: updates by {self.due:%d %B %Y}"


class ReminderChoice(models.Model):
    """How a person wants to be reminded. Without a row: weekly, on Monday, of what is due within 14 days."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", "Every working day"
        WEEKLY = "weekly", "Once a week"
        FORTNIGHTLY = "fortnightly", "Every two weeks"
        NEVER = "never", "Never"

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reminder_choice")
    rhythm = models.CharField(max_length=15, choices=Rhythm, default=Rhythm.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")
    lead_days = models.PositiveSmallIntegerField(default=14, help_text="Days before it is due that an action is named.")
    of_posts_below = models.BooleanField(default=True, help_text="Of the posts that report to one’s own.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="reminder_weekday_is_one"),
            models.CheckConstraint(condition=Q(lead_days__lte=90), name="reminder_lead_days_are_few"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_rhythm_display()}"


class EscalationRule(models.Model):
    """From so many days overdue on, the holder of a post is told."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="escalation_rules")
    days_over = models.PositiveSmallIntegerField(help_text="Calendar days.")
    to = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="escalations")
    history = HistoricalRecords()

    class Meta:
        ordering = ["days_over"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "days_over", "to"], name="an_escalation_once"),
            models.CheckConstraint(condition=Q(days_over__gte=1), name="escalation_after_a_day_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.days_over} days over: {self.to}"


class Reminder(models.Model):
    """An e-mail to one person for one occasion. Written before it is sent, so that it is never sent twice."""

    class Kind(models.TextChoices):
        DIGEST = "digest", "What you owe"
        QUEUE = "queue", "What waits for the board"
        CHASE = "chase", "Updates asked for"

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    occasion = models.CharField(max_length=60, help_text="What it is sent for, once: a week, a round and a day.")
    address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    written_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True, help_text="When sending began.")
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="What the mail server said, where it took none.")

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "occasion"], name="a_reminder_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(handed_over_at__isnull=False), name="sent_after_handed_over"
            ),
        ]
        indexes = [models.Index(fields=["written_at"], condition=Q(sent_at__isnull=True), name="reminder_not_sent_yet")]

    def __str__(self) -> str:
        return f"{self.person}: {self.subject}"
