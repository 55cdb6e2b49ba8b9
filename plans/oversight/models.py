"""The board's side: meetings, and what they decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from plans.access.models import Board, User
from plans.improvement_plan.models import Action, Update


class Meeting(models.Model):
    """A board's meeting. It freezes nothing: it names an instant, and its pages are as at that instant."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField("starts")
    papers_due = models.DateField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash over every action as the meeting saw it."
    )
    plans_shown = models.JSONField(default=list, editable=False, help_text="Ids of the plans that it was shown.")
    illustration = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "starts_at"],
                name="a_meeting_once",
                violation_error_message="This board has a meeting at that time already.",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, digest="") | (Q(held_at__isnull=False) & ~Q(digest="")),
                name="held_meeting_has_its_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board}, {self.starts_at:%d %B %Y}".replace(", 0", ", ")


class Decision(models.Model):
    """What was decided about an action, by whom, why, and at which meeting if at one."""

    class Outcome(models.TextChoices):
        EXTENSION_AGREED = "extension agreed", "Extension agreed"
        OTHER_DATE = "another date agreed", "Another date agreed"
        EXTENSION_REFUSED = "extension refused", "Extension refused"
        SIGNED_OFF = "signed off", "Signed off"
        SENT_BACK = "sent back", "Sent back to the owner"
        WITHDRAWN = "withdrawn", "Withdrawn from the plan"
        CHALLENGE = "challenge", "Challenge"
        NOTE = "note", "Note"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    outcome = models.CharField(max_length=30, choices=Outcome)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    update = models.OneToOneField(Update, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["extension agreed", "signed off"]) | ~Q(reason=""),
                name="decision_gives_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["challenge", "note"]) | Q(update__isnull=False),
                name="decision_that_changes_names_its_update",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.action}"
