"""Every field of an action that can change. ``Action`` is the state now, ``Update`` the state from a moment on."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from plans.access.models import Post
from plans.findings.models import Area
from plans.improvement_plan.rules import Confidence, Impact, Rag, Status

PRECISION_CHOICES = [
    ("", "no date"),
    ("day", "day"),
    ("month", "month"),
    ("quarter", "quarter"),
    ("season", "season"),
    ("year", "year"),
    ("ongoing", "ongoing"),
]


class ActionState(models.Model):
    """The columns that ``Action`` and ``Update`` share, so that then is queried by the same paths as now.

    ``ledger.record`` alone assigns them. A due date is the last day that would still be in time; its
    precision and printed words say how much of it was written ("March 2020" is 31 March, precision month).
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="%(class)ss")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    also_answers = models.JSONField(default=list, blank=True, help_text="Ids of further areas that it answers.")
    reference = models.CharField(max_length=30)
    position = models.PositiveIntegerField(default=0)
    wording = models.TextField("action")
    lead = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="led_%(class)ss")
    lead_title = models.CharField(max_length=150, blank=True, help_text="The lead post's title at the time.")
    support = models.JSONField(
        default=list, blank=True, help_text="Supporting posts, each as its id and its title at the time."
    )
    status = models.CharField(max_length=20, choices=Status.choices(), default=Status.UNREPORTED)

    due_date = models.DateField(null=True, blank=True)
    due_precision = models.CharField(max_length=10, blank=True, choices=PRECISION_CHOICES)
    due_printed = models.CharField(max_length=200, blank=True)
    first_due_date = models.DateField("first agreed", null=True, blank=True)
    first_due_precision = models.CharField(max_length=10, blank=True, choices=PRECISION_CHOICES)
    first_due_printed = models.CharField(max_length=200, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)

    asked_due_date = models.DateField("extension asked to", null=True, blank=True)
    asked_due_precision = models.CharField(max_length=10, blank=True, choices=PRECISION_CHOICES)
    asked_reason = models.TextField(blank=True)

    forecast_date = models.DateField(null=True, blank=True)
    forecast_precision = models.CharField(max_length=10, blank=True, choices=PRECISION_CHOICES)
    confidence = models.CharField(max_length=10, blank=True, choices=Confidence.choices())
    reported_rag = models.CharField(max_length=10, blank=True, choices=Rag.choices())
    share_done = models.PositiveSmallIntegerField(
        "per cent done", null=True, blank=True, help_text="As the owner puts it, from 0 to 100."
    )
    impact = models.CharField(max_length=20, choices=Impact.choices(), default=Impact.NOT_ASSESSED)
    recheck_date = models.DateField(
        "re-check due", null=True, blank=True, help_text="When to look again whether a signed-off action holds."
    )

    delay_reason = models.TextField("reason for delay", blank=True)
    next_step = models.TextField(blank=True)

    progress = models.TextField(blank=True, help_text="What was last said of its progress.")
    reported_at = models.DateTimeField("last update", null=True, blank=True)
    published = models.BooleanField(default=False, help_text="May stand in public papers.")
    withheld = models.JSONField(
        "kept out of public papers",
        default=list,
        blank=True,
        help_text="Of a published action: the parts of it that are not, by the names in papers.columns.",
    )
    illustration = models.BooleanField(default=False, help_text="Something in it was made up to show the product.")

    class Meta:
        abstract = True

    @property
    def action_pk(self) -> int:
        """The action's own id, on either class."""
        return getattr(self, "action_id", None) or self.pk

    @property
    def support_titles(self) -> list[str]:
        """The supporting posts by the titles they had."""
        return [title for _, title in self.support]

    @property
    def extension_pending(self) -> bool:
        """Whether an asked extension waits for a decision."""
        return self.asked_due_date is not None


def due_before_inspection(row: ActionState) -> bool:
    """Whether its date lies before the inspection that it answers: to be asked, never corrected in silence."""
    if row.area is None or row.due_date is None:
        return False
    first = row.area.inspection.first_day()
    return bool(first and row.due_date < first)


# Columns that came after the first updates were written, with what they are where nothing was said: they enter an
# update's hash only where they say something, so that the hashes of older updates hold.
LATER_FIELDS: dict[str, Any] = {
    "share_done": None,
    "recheck_date": None,
    "delay_reason": "",
    "next_step": "",
    "withheld": [],
}

STATE_FIELDS: tuple[str, ...] = tuple(field.attname for field in ActionState._meta.local_fields)

# Set by the ledger from the history itself: no caller may pass them.
DERIVED_FIELDS = frozenset(
    {
        "first_due_date",
        "first_due_precision",
        "first_due_printed",
        "extensions",
        "progress",
        "reported_at",
        "illustration",
        "lead_title",
    }
)


def state_of(row: ActionState) -> dict[str, Any]:
    """The state columns of either class as plain values."""
    return {name: getattr(row, name) for name in STATE_FIELDS}


def state_constraints() -> list[models.BaseConstraint]:
    """What is never false of a state, then or now."""
    name = "%(class)s_"
    return [
        models.CheckConstraint(condition=~Q(wording=""), name=f"{name}has_wording"),
        models.CheckConstraint(condition=~Q(reference=""), name=f"{name}has_reference"),
        models.CheckConstraint(condition=Q(status__in=[word.value for word in Status]), name=f"{name}status_known"),
        models.CheckConstraint(
            condition=Q(due_date__isnull=True) | Q(first_due_date__isnull=False),
            name=f"{name}keeps_first_date",
        ),
        models.CheckConstraint(
            condition=Q(due_date__isnull=True) | ~Q(due_precision=""), name=f"{name}date_has_precision"
        ),
        models.CheckConstraint(
            condition=Q(due_date__isnull=True) | Q(due_date__lte=F("first_due_date")) | Q(extensions__gte=1),
            name=f"{name}later_date_is_counted",
        ),
        models.CheckConstraint(
            condition=Q(share_done__isnull=True) | Q(share_done__lte=100), name=f"{name}share_done_is_per_cent"
        ),
        models.CheckConstraint(
            condition=Q(asked_due_date__isnull=True) | ~Q(asked_reason=""), name=f"{name}asks_with_reason"
        ),
    ]
