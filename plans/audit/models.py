"""What happened beside the plan's own history: papers made, evidence downloaded, documents loaded."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One line of the trail. No foreign keys, so that deleting live rows never breaks it; append-only."""

    at = models.DateTimeField()
    by = models.CharField(max_length=254, help_text="The person's e-mail address at the time.")
    what = models.CharField(max_length=60, help_text="A dotted name: paper.made, evidence.downloaded …")
    subject = models.CharField(max_length=200, help_text="What it happened to, as named then.")
    subject_ref = models.CharField(max_length=60, blank=True, help_text="Kind and number of that row.")
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at"], name="event_newest_first"),
            models.Index(fields=["subject_ref", "-at"], name="event_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by} {self.what} {self.subject}"
