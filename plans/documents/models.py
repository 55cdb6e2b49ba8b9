"""What arrived: the published reports and papers that findings and plans were read from."""

from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.models import Q

from plans.access.models import Board, Organisation, User
from plans.access.rules import May
from plans.access.standing import boards_of, organisations_where


def stored_name(document: SourceDocument, filename: str) -> str:
    """Named by its content, so that a file is kept once; its own name stays in the row."""
    return f"documents/{document.organisation_id}/{document.sha256}{Path(filename).suffix.lower()}"


class SourceDocumentQuerySet(models.QuerySet["SourceDocument"]):
    def visible_to(self, user: User) -> SourceDocumentQuerySet:
        """Those of the organisations whose plans ``user`` may read; of those whose boards they sit on, the published.

        A council's own table may be of a plan that is still a draft, which its boards do not see.
        """
        return self.filter(
            Q(organisation__in=organisations_where(user, May.READ_PLANS))
            | Q(organisation__in=Board.objects.filter(pk__in=boards_of(user)).values("organisation_id"))
            & ~Q(kind=SourceDocument.Kind.PLAN)
        )


class SourceDocument(models.Model):
    """A report or paper, known by what is printed on it, with the file itself where one was uploaded."""

    class Kind(models.TextChoices):
        REPORT = "inspection report", "Inspection report"
        PAPER = "cabinet paper", "Cabinet paper"
        PLAN = "improvement plan", "Improvement plan"
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
    headings = models.JSONField(default=list, blank=True, help_text="A paper's own headings, in order.")
    recommendations = models.JSONField(default=list, blank=True, help_text="What a paper asks its meeting to do.")
    young_people = models.JSONField(
        "summary for young people",
        default=list,
        blank=True,
        help_text="Questions with their grade, if any, and answers.",
    )
    file = models.FileField(upload_to=stored_name, blank=True, max_length=250)
    original_name = models.CharField(max_length=150, blank=True, help_text="The file's own name.")
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="documents_added")
    added_at = models.DateTimeField(null=True, blank=True)

    objects = SourceDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="document_has_a_title"),
            models.CheckConstraint(condition=Q(file="") | ~Q(sha256=""), name="document_file_has_its_hash"),
            models.UniqueConstraint(
                fields=["organisation", "sha256"], condition=~Q(sha256=""), name="a_file_once_in_an_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_pdf(self) -> bool:
        """Whether its pages can be shown as pictures."""
        return bool(self.file) and self.original_name.lower().endswith(".pdf")
