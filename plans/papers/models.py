"""Papers: releases with their files, copies that were downloaded, the words that go with them, calendar addresses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from plans.access.models import Organisation, User
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.findings.models import Area, Judgement
from plans.improvement_plan.models import Plan
from plans.improvement_plan.permissions import plans_with_exempt_papers_for
from plans.oversight.models import Meeting
from plans.papers.rules import Audience, Format, Kind, Stage


class TemplateQuerySet(models.QuerySet["PaperTemplate"]):
    def visible_to(self, user: User) -> TemplateQuerySet:
        """Those of the organisations in which ``user`` makes papers."""
        return self.filter(organisation__in=organisations_where(user, May.MAKE_PAPERS))

    def in_use(self) -> TemplateQuerySet:
        return self.filter(retired_at__isnull=True)


class PaperTemplate(models.Model):
    """A council's own Word template for its reports. Retired, never deleted: issued papers were made from it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="paper_templates")
    name = models.CharField(max_length=100)
    file = models.FileField(upload_to="templates/")
    sha256 = models.CharField(max_length=64)
    fields = models.JSONField(default=list, help_text="The fields that it uses, in order.")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="paper_templates")
    uploaded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(retired_at__isnull=True),
                name="a_template_name_once",
                violation_error_message="There is a template of that name already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="template_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User) -> ReleaseQuerySet:
        """Issued ones of plans that ``user`` reads in full, those not for publication only where they may read such;
        those in the making of plans that they run."""
        whole = Plan.objects.read_in_full_by(user).values("pk")
        run = Plan.objects.filter(organisation__in=organisations_where(user, May.RUN_PLANS)).values("pk")
        readable = Q(audience=Audience.PUBLIC) | Q(plan__in=plans_with_exempt_papers_for(user).values("pk"))
        return self.filter(Q(plan__in=run) | Q(plan__in=whole, stage=Stage.ISSUED) & readable)


class Release(models.Model):
    """A paper on its way from draft to issued: which plan, as at when, for whom, which rows and columns, its words.

    While it is a draft without a day of its own it follows the plan. Ready, its moment is fixed. Issued, nothing of
    it changes any more (a database trigger refuses): its content and its files are kept with their hashes.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="releases")
    kind = models.CharField(max_length=20, choices=Kind.choices())
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=10, choices=Audience.choices(), default=Audience.EXEMPT)
    stage = models.CharField(max_length=10, choices=Stage.choices(), default=Stage.DRAFT)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    as_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it follows the plan.")
    template = models.ForeignKey(PaperTemplate, on_delete=models.PROTECT, null=True, blank=True)
    shipped_template = models.CharField(max_length=30, blank=True)
    choices = models.JSONField(default=dict, blank=True, help_text="Columns, grouping, rows, page.")
    words = models.JSONField(default=dict, blank=True, help_text="Considerations by the name of their field.")
    recommendations = models.JSONField(default=list, blank=True, help_text="Each a verb and what follows it.")
    let_stand = models.JSONField(default=list, blank=True, help_text="Texts that look personal and may stand.")
    version = models.PositiveIntegerField(default=1, help_text="Goes up with each change, so that none is lost.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="releases")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ready_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="releases_made_ready"
    )
    ready_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="releases_issued")
    issued_at = models.DateTimeField(null=True, blank=True)
    content = models.JSONField(null=True, blank=True, help_text="The content tree as issued.")
    content_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what it says, in any format.")
    history_digest = models.CharField(max_length=64, blank=True, help_text="Hash over every action as it saw it.")
    rows = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True, help_text="Of the PDF.")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["public", "exempt"]), name="release_audience_known"),
            models.CheckConstraint(condition=Q(stage__in=["draft", "ready", "issued"]), name="release_stage_known"),
            models.CheckConstraint(condition=~Q(title=""), name="release_has_a_title"),
            models.CheckConstraint(
                condition=Q(stage="draft") | Q(as_at__isnull=False, ready_by__isnull=False, ready_at__isnull=False),
                name="release_ready_of_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(stage="issued", content_hash="")
                & (
                    Q(stage="issued", issued_by__isnull=False, issued_at__isnull=False, content__isnull=False)
                    | ~Q(stage="issued") & Q(issued_by__isnull=True, issued_at__isnull=True, content__isnull=True)
                ),
                name="release_issued_with_its_content",
            ),
            models.CheckConstraint(
                condition=Q(template__isnull=True) | Q(shipped_template=""), name="release_has_one_template"
            ),
            models.CheckConstraint(
                condition=Q(audience="exempt") | ~Q(kind__in=["board_pack", "submission", "decisions"]),
                name="release_kind_may_be_public",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReleaseFile(models.Model):
    """A file of an issued release, as it was issued. Neither changed nor deleted."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=10, choices=Format.choices())
    file = models.FileField(upload_to="releases/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")

    class Meta:
        ordering = ["release", "id"]
        constraints = [models.UniqueConstraint(fields=["release", "format"], name="a_format_once_in_a_release")]

    def __str__(self) -> str:
        return f"{self.release}, {self.get_format_display()}"


class WorkingCopy(models.Model):
    """A paper that left the tracker without having been issued: of which plan, as at when, for whom, and its hash."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="working_copies")
    kind = models.CharField(max_length=20, choices=Kind.choices(), default=Kind.FULL_PLAN)
    as_at = models.DateTimeField()
    audience = models.CharField(max_length=10, choices=Audience.choices(), default=Audience.EXEMPT)
    format = models.CharField(max_length=10, choices=Format.choices())
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="working_copies",
        help_text="Empty where it was made from the command line.",
    )
    made_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the paper's content, whatever its format.")
    history_digest = models.CharField(max_length=64, help_text="Hash over every action as the paper saw it.")

    class Meta:
        verbose_name_plural = "working copies"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["public", "exempt"]), name="copy_audience_known"),
            models.CheckConstraint(condition=~Q(content_hash=""), name="copy_has_its_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.get_format_display()}, {self.made_at:%d %B %Y}"


class MakingQuerySet(models.QuerySet["Making"]):
    def visible_to(self, user: User) -> MakingQuerySet:
        """One's own."""
        return self.filter(asked_by=user)


class Making(models.Model):
    """A paper that is being made in the background: what was asked, how far it is, and the file or what went wrong."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Being made"
        DONE = "done", "Made"
        FAILED = "failed", "Not made"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, null=True, blank=True, related_name="makings")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="makings")
    asked = models.JSONField(default=dict, help_text="Kind, format, audience, day and choices of a working copy.")
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="makings")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.CharField(max_length=100, blank=True, help_text="What is being done, in words.")
    done = models.PositiveSmallIntegerField(default=0, help_text="Steps done.")
    steps = models.PositiveSmallIntegerField(default=1)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it was not made, in a sentence.")
    file = models.FileField(upload_to="made/", blank=True)

    objects = MakingQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="failed") & ~Q(problem="") | ~Q(state="failed") & Q(problem=""),
                name="a_failed_making_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "working"], ended_at__isnull=True)
                | Q(state__in=["done", "failed"], ended_at__isnull=False),
                name="a_making_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.get_state_display()}"


class YoungPeoplesSummary(models.Model):
    """What a plan says to children and young people: an introduction, answers to questions, plain words per area."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="young_peoples_summary")
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True)
    more = models.TextField("what more the council is doing", blank=True, help_text="A line for each point.")
    contact = models.TextField(blank=True, help_text="Where to ask or to read more.")
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "young people’s summary"
        verbose_name_plural = "young people’s summaries"
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="summary_has_a_title")]

    def __str__(self) -> str:
        return self.title


class SummaryQuestion(models.Model):
    """A question of the summary with its answer, and the grade that the inspectors gave, if it is about a judgement."""

    summary = models.ForeignKey(YoungPeoplesSummary, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=0)
    question = models.CharField(max_length=300)
    judgement = models.ForeignKey(
        Judgement, on_delete=models.SET_NULL, null=True, blank=True, related_name="summary_questions"
    )
    answer = models.TextField(blank=True, help_text="A line for each paragraph.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~Q(question=""), name="summary_question_is_asked")]

    def __str__(self) -> str:
        return self.question


class PlainWords(models.Model):
    """An area of a plan in plain words, beside the report's own: what needs to get better, and what is being done."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="plain_words")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="plain_words")
    better = models.TextField("what needs to get better", blank=True)
    doing = models.TextField("what we are doing", blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "plain words"
        constraints = [models.UniqueConstraint(fields=["plan", "area"], name="plain_words_once_for_an_area")]

    def __str__(self) -> str:
        return f"{self.area}"


class Publication(models.Model):
    """A public address at which an issued public release can be read without signing in, from when until when."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="publications")
    address = models.SlugField(max_length=60, help_text="The last part of the address.")
    since = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="publications")
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="publications_ended"
    )

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(until__isnull=True), name="an_address_shows_one_release"
            ),
            models.CheckConstraint(condition=~Q(address=""), name="publication_has_an_address"),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ended_by__isnull=True) | Q(until__isnull=False, ended_by__isnull=False),
                name="publication_ended_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class CalendarAddress(models.Model):
    """A secret address from which a calendar program reads a person's due dates, until it is revoked."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_addresses")
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256: the secret itself is not kept.")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="one_calendar_address_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.made_at:%d %B %Y}"
