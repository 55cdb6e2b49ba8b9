"""What arrived: the published reports and papers that findings and plans were read from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from plans.access.models import Organisation


class SourceDocument(models.Model):
    """A report or paper, known by what is printed on it."""

    class Kind(models.TextChoices):
        REPORT = "inspection report", "Inspection report"
        PAPER = "cabinet paper", "Cabinet paper"
        OTHER = "other", "Other"

    key = models.CharField(max_length=60, unique=True, help_text="The name by which it is loaded once.")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.REPORT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="documents")
    printed_date = models.CharField(max_length=60, blank=True, help_text="The date as printed.")
    dated = models.DateField(null=True, blank=True, help_text="The date it bears, once checked.")
    address = models.URLField(blank=True, help_text="Where it is published.")
    query = models.TextField(
        blank=True, help_text="What in it contradicts itself. It is asked, never corrected in silence."
    )

    class Meta:
        ordering = ["organisation__name", "title"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="document_has_a_title")]

    def __str__(self) -> str:
        return self.title
