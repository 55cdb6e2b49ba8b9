"""Papers that were made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from plans.access.models import User
from plans.improvement_plan.models import Plan


class Release(models.Model):
    """A paper that left the tracker: of which plan, as at when, for whom, which columns, by whom, and its hash."""

    class Audience(models.TextChoices):
        PUBLIC = "public", "Public"
        EXEMPT = "exempt", "Exempt: not for publication"

    class Format(models.TextChoices):
        WORD = "docx", "Word"
        PDF = "pdf", "PDF"
        EXCEL = "xlsx", "Excel"
        CSV = "csv", "CSV"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="releases")
    as_at = models.DateTimeField()
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.EXEMPT)
    format = models.CharField(max_length=10, choices=Format)
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="releases")
    made_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the paper's content, whatever its format.")
    history_digest = models.CharField(max_length=64, help_text="Hash over every action as the paper saw it.")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["public", "exempt"]), name="release_audience_known"),
            models.CheckConstraint(condition=~Q(content_hash=""), name="release_has_its_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.get_format_display()}, {self.made_at:%d %B %Y}"
