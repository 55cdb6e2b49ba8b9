"""Evidence that something was done or made a difference, and the measures that show it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from plans.access.models import Board, Organisation, Post, User
from plans.access.rules import May
from plans.access.standing import boards_of, organisations_where
from plans.findings.models import Area
from plans.improvement_plan.models import Action, Plan, Update

if TYPE_CHECKING:
    from datetime import datetime


def stored_name(evidence: Evidence, filename: str) -> str:
    """A name that tells nothing and meets no other; the file's own name stays in the row."""
    return f"evidence/{uuid.uuid4().hex}{Path(filename).suffix.lower()}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> EvidenceQuerySet:
        return self.filter(action__in=Action.objects.visible_to(user).values("pk"))

    def added_by_the_time(self, moment: datetime | None) -> EvidenceQuerySet:
        return self if moment is None else self.filter(added_at__lte=moment)


class Evidence(models.Model):
    """A file or a link that shows output, outcome or external assurance."""

    class Kind(models.TextChoices):
        OUTPUT = "output", "Output: something was done or issued"
        OUTCOME = "outcome", "Outcome: it made a difference"
        EXTERNAL = "external", "External: somebody outside confirmed it"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    update = models.ForeignKey(Update, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OUTPUT)
    title = models.CharField(max_length=200)
    file = models.FileField(upload_to=stored_name, blank=True, max_length=200)
    link = models.URLField(blank=True)
    original_name = models.CharField(max_length=150, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evidence_added")
    added_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["-added_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(file="") & Q(link="")) | (Q(file="") & ~Q(link="")),
                name="evidence_is_file_or_link",
            ),
            models.CheckConstraint(condition=Q(file="") | ~Q(sha256=""), name="evidence_file_has_its_hash"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="evidence_accepted_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("added_by")),
                name="evidence_accepted_by_another",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: User) -> MeasureQuerySet:
        """Those of the organisations whose plans ``user`` may read, or whose boards they sit on."""
        readable = organisations_where(user, May.READ_PLANS)
        of_boards = Board.objects.filter(pk__in=boards_of(user)).values("organisation")
        return self.filter(Q(organisation__in=readable) | Q(organisation__in=of_boards))


class Measure(models.Model):
    """An indicator with its baseline, target and direction."""

    class Better(models.TextChoices):
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="measures")
    code = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=250)
    unit = models.CharField(max_length=30, blank=True)
    better = models.CharField(max_length=10, choices=Better, default=Better.HIGHER)
    baseline = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    target = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    target_high = models.DecimalField(
        "upper end of the target",
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Where the target is a range, “target” is its lower end.",
    )
    comparator = models.CharField(max_length=100, blank=True, help_text="For example “England” or “similar councils”.")
    comparator_value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    target_printed = models.CharField(
        max_length=100, blank=True, help_text="A target in words, or as the source prints it."
    )
    rag_printed = models.CharField("rating in the source", max_length=20, blank=True)
    plans = models.ManyToManyField(Plan, blank=True, related_name="measures")
    areas = models.ManyToManyField(Area, blank=True, related_name="measures")
    actions = models.ManyToManyField(Action, blank=True, related_name="measures")
    history = HistoricalRecords()

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="a_measure_once",
                violation_error_message="This organisation has a measure of that name already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="measure_has_a_name"),
            models.CheckConstraint(condition=Q(better__in=["higher", "lower"]), name="measure_direction_known"),
            models.CheckConstraint(
                condition=Q(target_high__isnull=True) | Q(target__isnull=False, target_high__gte=F("target")),
                name="measure_range_has_both_ends",
                violation_error_message="The upper end of a target is not below its lower end.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class Reading(models.Model):
    """A measure's value for a period."""

    class Kind(models.TextChoices):
        PERIOD = "month", "For the period"
        YEAR_TO_DATE = "year to date", "Year to date"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PERIOD)
    period_ends = models.DateField("period ends")
    period_printed = models.CharField("period", max_length=80, blank=True, help_text="As printed: “January 2009”.")
    value = models.DecimalField(max_digits=12, decimal_places=3)
    note = models.CharField(max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["period_ends", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "kind", "period_ends"],
                name="a_reading_once_a_period",
                violation_error_message="There is a reading for this period already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.period_printed or self.period_ends}: {self.value.normalize():f}"


class UpdateDraft(models.Model):
    """What somebody has typed for an update and not sent yet."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="update_drafts")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="update_drafts")
    said = models.JSONField(default=dict, help_text="The form's fields as typed.")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "action"], name="one_draft_of_an_update_a_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.action}"


class PartnerLink(models.Model):
    """A secret address by which a partner's contact sees the open actions of one post in one plan, and nothing else."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="partner_links")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="partner_links")
    contact_name = models.CharField(max_length=150)
    contact_email = models.EmailField(max_length=254)
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256: the secret itself is not kept.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="partner_links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="partner_links_revoked"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="partner_link_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="partner_link_revoked_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_name}, {self.post}"


class ProposedUpdate(models.Model):
    """An update that a partner's contact proposed: it counts when somebody of the council has accepted it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for the council"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Sent back"

    link = models.ForeignKey(PartnerLink, on_delete=models.PROTECT, related_name="proposals")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="proposals")
    version = models.PositiveIntegerField(help_text="The action's version that the contact saw.")
    said = models.JSONField(default=dict, help_text="Status, progress, forecast and the like, as plain values.")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was sent back.")
    update = models.OneToOneField(Update, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal")

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "action"], condition=Q(state="waiting"), name="one_waiting_proposal_an_action"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", update__isnull=False) | ~Q(state="accepted") & Q(update__isnull=True),
                name="accepted_proposal_names_its_update",
            ),
            models.CheckConstraint(condition=~Q(state="refused", reason=""), name="refused_proposal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.get_state_display()}"
