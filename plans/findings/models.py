"""Inspections, their judgements and areas for improvement, and the frameworks that say what to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from plans.access.models import Board, Organisation, User
from plans.access.rules import May
from plans.access.standing import boards_of, organisations_where
from plans.documents.models import SourceDocument

if TYPE_CHECKING:
    from datetime import date


class Framework(models.Model):
    """A kind of inspection. Data that administrators edit: a new one comes every few years."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    inspectorate = models.CharField(max_length=100, blank=True)
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    letter_only = models.BooleanField(default=False, help_text="Ends in a letter without grades.")
    overall_grade = models.BooleanField(default=True, help_text="Reports usually give an overall grade.")
    notes = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(from_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="framework_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name


class JudgementArea(models.Model):
    """An area that a framework usually judges. A suggestion: an inspection's own rows rule."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="judgement_areas")
    label = models.CharField(max_length=250)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["framework", "label"], name="a_judgement_area_once")]

    def __str__(self) -> str:
        return self.label


class GradeWord(models.Model):
    """A grade as a framework words it. ``rank`` 1 is the best, whichever way its printed numbers run."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="grades")
    word = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField()
    printed_number = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["framework", "rank"]
        constraints = [models.UniqueConstraint(fields=["framework", "word"], name="a_grade_word_once")]

    def __str__(self) -> str:
        return self.word


class AskKind(models.Model):
    """What an inspectorate calls an ask: area for improvement, recommendation … ``rank`` 1 is the strongest."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    rank = models.PositiveSmallIntegerField()
    from_inspectorate = models.BooleanField(default=True)

    class Meta:
        verbose_name = "kind of ask"
        verbose_name_plural = "kinds of ask"
        ordering = ["rank", "name"]

    def __str__(self) -> str:
        return self.name


class FrameworkAsk(models.Model):
    """A kind of ask under the heading that a framework's reports print."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="asks")
    kind = models.ForeignKey(AskKind, on_delete=models.PROTECT, related_name="headings")
    heading = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "heading of asks"
        constraints = [models.UniqueConstraint(fields=["framework", "kind", "heading"], name="a_heading_of_asks_once")]

    def __str__(self) -> str:
        return self.heading


class DeadlineRule(models.Model):
    """A document that must follow an inspection, and its clock. Without days, the inspectorate sets the date."""

    class CountsFrom(models.TextChoices):
        RECEIPT = "receipt", "Receipt of the report"
        PUBLICATION = "publication", "Publication"
        LETTER = "letter", "Date of the letter"

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="deadlines")
    label = models.CharField(max_length=150)
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    calendar_days = models.PositiveSmallIntegerField(null=True, blank=True)
    counts_from = models.CharField(max_length=20, choices=CountsFrom, default=CountsFrom.RECEIPT)
    applies = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)
    verified = models.BooleanField(default=False, help_text="Checked at its source.")

    class Meta:
        verbose_name = "deadline"
        ordering = ["framework", "working_days"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "label"], name="a_deadline_rule_once"),
            models.CheckConstraint(
                condition=Q(working_days__isnull=True) | Q(calendar_days__isnull=True),
                name="deadline_counts_one_kind_of_day",
                violation_error_message="Give working days or calendar days, not both.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class BankHoliday(models.Model):
    """A bank holiday in England and Wales. Loaded from the shipped table; proclaimed ones are added by hand."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d %B %Y}, {self.name}"


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User) -> InspectionQuerySet:
        """Those of the organisations whose plans ``user`` may read, or whose boards they sit on."""
        if user.is_superuser:
            return self.all()
        readable = organisations_where(user, May.READ_PLANS)
        return self.filter(
            Q(organisation__in=readable)
            | Q(organisation__in=Board.objects.filter(pk__in=boards_of(user)).values("organisation"))
            | Q(pk__in=Area.objects.filter(addressed_to__in=readable).values("inspection"))
        )


class Inspection(models.Model):
    """One inspection or review of one organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="inspections")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="inspections")
    title = models.CharField(max_length=200)
    published_on = models.DateField("published", null=True, blank=True)
    received_on = models.DateField(
        "received",
        null=True,
        blank=True,
        help_text="The day the council received the report: its clock starts.",
    )
    letter_due_on = models.DateField(
        "plan due, as the letter says",
        null=True,
        blank=True,
        help_text="Where the letter prints a date, that date rules over the computed one.",
    )
    source = models.OneToOneField(
        SourceDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="inspection"
    )
    lead_inspector = models.CharField(max_length=150, blank=True)
    query = models.TextField(blank=True, help_text="What the sources disagree on.")
    history = HistoricalRecords()

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "title"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="inspection_has_a_title")]

    def __str__(self) -> str:
        return self.title

    def first_day(self) -> date | None:
        """The first day on site, where any is recorded."""
        days = [spell.starts for spell in self.spells.all()]
        return min(days) if days else None

    def last_day(self) -> date | None:
        """The last day on site, where any is recorded."""
        days = [spell.ends for spell in self.spells.all()]
        return max(days) if days else None


class Spell(models.Model):
    """Days on site without a break; some inspections have two."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="spells")
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        verbose_name = "spell on site"
        verbose_name_plural = "spells on site"
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="spell_ends_after_it_starts",
                violation_error_message="The inspection ends before it starts.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts:%d %B %Y} to {self.ends:%d %B %Y}"


class Judgement(models.Model):
    """A judged area and its grade; a letter or a narrative outcome may have no grade."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="judgements")
    label = models.CharField("judged area", max_length=250)
    grade = models.ForeignKey(GradeWord, on_delete=models.PROTECT, null=True, blank=True, related_name="judgements")
    position = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "label"],
                name="a_judged_area_once",
                violation_error_message="This area is judged twice in the list.",
            ),
            models.CheckConstraint(condition=~Q(label=""), name="judgement_has_a_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.grade or 'no grade'}"

    def clean(self) -> None:
        if self.grade and self.inspection_id and self.grade.framework_id != self.inspection.framework_id:
            words = ", ".join(self.inspection.framework.grades.values_list("word", flat=True)) or "none"
            raise ValidationError({"grade": f"“{self.grade}” is not a grade of this framework. Its grades: {words}."})


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, user: User) -> AreaQuerySet:
        """Areas of the inspections that ``user`` may see."""
        return self.filter(inspection__in=Inspection.objects.visible_to(user).values("pk"))


class Area(models.Model):
    """An area for improvement: the ask, in whose words, how soon, of whom, and where in the report."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="areas")
    number = models.PositiveSmallIntegerField(help_text="Its place in the report's own list.")
    wording = models.TextField()
    kind = models.ForeignKey(AskKind, on_delete=models.PROTECT, related_name="areas")
    timescale = models.CharField(max_length=100, blank=True, help_text="As printed: “within three months”.")
    addressed_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="areas")
    body_as_printed = models.CharField(max_length=200, blank=True)
    heading = models.CharField(max_length=200, blank=True, help_text="The list or theme it stands under.")
    location = models.CharField(max_length=150, blank=True, help_text="Page or paragraph of the report.")
    starts = models.CharField("opening words", max_length=150, blank=True, help_text="To find it in the report.")
    earlier = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        help_text="The area of an earlier inspection that asked for the same.",
    )
    history = HistoricalRecords()

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["inspection", "addressed_to", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "addressed_to", "number"],
                name="an_area_number_once",
                violation_error_message="Two areas for the same body have this number.",
            ),
            models.CheckConstraint(condition=~Q(wording=""), name="area_has_wording"),
            models.CheckConstraint(condition=~Q(earlier=F("id")), name="area_repeats_another"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.wording}"


class ReportIntakeQuerySet(models.QuerySet["ReportIntake"]):
    def visible_to(self, user: User) -> ReportIntakeQuerySet:
        """Those of the organisations whose plans ``user`` runs."""
        return self.filter(document__organisation__in=organisations_where(user, May.RUN_PLANS))

    def waiting(self) -> ReportIntakeQuerySet:
        """Those that nobody has accepted yet."""
        return self.filter(accepted_at__isnull=True)


class ReportIntake(models.Model):
    """A report that was read and waits for a person: what was read, and what they have made of it so far.

    ``proposal`` is ``documents.proposals.as_plain`` of what was read, for good; ``draft`` the names and values
    of the review's form, as last sent, right or wrong: nothing typed is lost.
    """

    document = models.OneToOneField(SourceDocument, on_delete=models.PROTECT, related_name="report_intake")
    proposal = models.JSONField()
    draft = models.JSONField(default=dict, blank=True)
    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="intakes",
        help_text="What it became, or the inspection that it is a newer report of.",
    )
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="report_intakes")
    opened_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="report_intakes_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = ReportIntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, inspection__isnull=False),
                name="report_accepted_by_and_at_into",
            )
        ]

    def __str__(self) -> str:
        return str(self.document)
