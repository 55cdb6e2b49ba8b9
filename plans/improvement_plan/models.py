"""The plan, its actions and their append-only history."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from plans.access.models import Board, Organisation, Post, User
from plans.access.rules import May
from plans.access.standing import boards_of, organisations_where, posts_of, that_follows
from plans.documents.models import SourceDocument
from plans.findings.models import Area
from plans.improvement_plan.among import Among
from plans.improvement_plan.rules import Kind
from plans.improvement_plan.state import ActionState, state_constraints

LONDON = ZoneInfo("Europe/London")
OPEN = Q(status__in=["unreported", "not_started", "in_progress"])
# What the figures of a page count: read from an index alone.
COUNTED = ["status", "due_date", "first_due_date", "asked_due_date", "lead"]


def end_of_day(day: date) -> datetime:
    """The last moment of ``day`` in London: “as at” a day includes all that was recorded on it, and nothing later."""
    return datetime.combine(day, time.max, LONDON)


class HistoryIsAppendOnly(Exception):
    """Somebody tried to change or delete an update. Nothing was written."""


class PlanQuerySet(models.QuerySet["Plan"]):
    def read_in_full_by(self, user: User) -> PlanQuerySet:
        """Plans of which ``user`` may read every action."""
        if user.is_superuser:
            return self.all()
        return self.filter(
            Q(organisation__in=organisations_where(user, May.READ_PLANS))
            | Q(pk__in=Plan.boards.through.objects.filter(board__in=boards_of(user)).values("plan_id"))
            & ~Q(stage=Plan.Stage.DRAFT)
        )

    def visible_to(self, user: User) -> PlanQuerySet:
        """Plans of which ``user`` may read at least one action."""
        if user.is_superuser:
            return self.all()
        in_hand = Action.objects.in_the_hands_of(user).values("plan_id")
        return self.filter(Q(pk__in=self.model.objects.read_in_full_by(user).values("pk")) | Q(pk__in=in_hand))


class Plan(models.Model):
    """A council's improvement plan: areas from one or several inspections, and the actions that answer them."""

    class Stage(models.TextChoices):
        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"
        SUBMITTED = "submitted", "Submitted"
        CLOSED = "closed", "Closed"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.DRAFT)
    summary = models.TextField(blank=True)
    submitted_printed = models.CharField(
        "submitted", max_length=60, blank=True, help_text="As the papers say it: “December 2019”."
    )
    rag_key = models.JSONField(
        "what the ratings mean",
        default=dict,
        blank=True,
        help_text="Rating to meaning, where this plan's own words differ from the usual key.",
    )
    quiet_days = models.PositiveSmallIntegerField(
        default=60, help_text="Days without an update after which an open action counts as quiet."
    )
    boards = models.ManyToManyField(Board, blank=True, related_name="plans")
    areas = models.ManyToManyField(Area, through="PlanArea", related_name="plans")
    settled_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Nothing may be recorded before this moment any more.",
    )
    history = HistoricalRecords()

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                name="a_plan_title_once",
                violation_error_message="This organisation has a plan of that title already.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="plan_has_a_title"),
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "agreed", "submitted", "closed"]), name="plan_stage_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanArea(models.Model):
    """An area that a plan answers, in the plan's order."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="plan_areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plan_areas")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "area of the plan"
        verbose_name_plural = "areas of the plan"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "area"],
                name="an_area_once_in_a_plan",
                violation_error_message="The plan has this area already.",
            )
        ]

    def __str__(self) -> str:
        return str(self.area)


class StateQuerySet(models.QuerySet[Any]):
    """What can be asked of actions now and of actions as they were alike."""

    action_path = "pk"

    def in_the_hands_of(self, user: User) -> Any:
        """Actions whose lead or supporting post ``user`` holds now, whoever led them then."""
        return self.filter(self._in_hand(user))

    def _in_hand(self, user: User) -> Q:
        posts = posts_of(user)
        led = Action.objects.filter(lead__in=posts).values("pk")
        supported = ActionSupport.objects.filter(post__in=posts, until__isnull=True).values("action_id")
        return Q(Among(self.action_path, led)) | Q(Among(self.action_path, supported))

    def visible_to(self, user: User) -> Any:
        """Actions of plans that ``user`` reads in full, and those in their own hands."""
        if user.is_superuser:
            return self.all()
        whole = Plan.objects.read_in_full_by(user).order_by("pk").values_list("pk", flat=True)
        if self.model is Update:
            # By the ids themselves: only then does SQLite look for the states of a day among those plans’ alone.
            return self.filter(Q(plan__in=that_follows(user, "plans read in full", whole)) | self._in_hand(user))
        return self.filter(Q(Among("plan_id", whole)) | self._in_hand(user))

    def bulk_update(self, *args: object, **kwargs: object) -> NoReturn:
        raise HistoryIsAppendOnly("Actions change through ledger.record alone.")

    def update(self, **values: object) -> NoReturn:
        raise HistoryIsAppendOnly("Actions change through ledger.record alone.")


class ActionQuerySet(StateQuerySet):
    def as_at(self, moment: datetime | None) -> StateQuerySet:
        """The states that held at ``moment``; now where it is None. Both take the same filters."""
        return Action.objects.all() if moment is None else Update.objects.holding_at(moment)


class Action(ActionState):
    """A row of the plan as it stands now."""

    version = models.PositiveIntegerField(default=0, help_text="How many updates it has.")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "position", "id"]
        constraints = [
            *state_constraints(),
            models.UniqueConstraint(fields=["plan", "reference"], name="a_reference_once_in_a_plan"),
        ]
        indexes = [
            models.Index(fields=["plan", "position", "id"], name="action_paper_order"),
            models.Index(
                fields=["due_date", "id"],
                condition=OPEN,
                name="action_open_by_due_date",
            ),
            # The other lists of the overdue page in their order, for somebody who reads every council's plans.
            models.Index(
                fields=["first_due_date", "id"],
                condition=OPEN,
                name="action_open_by_first_due_date",
            ),
            models.Index(fields=["due_date", "id"], condition=Q(status="complete"), name="action_complete_by_due_date"),
            models.Index(fields=["due_date", "id"], name="action_by_due_date"),
            models.Index(
                fields=["due_date", "id"], condition=Q(asked_due_date__isnull=False), name="action_asked_by_due_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.wording}"

    @property
    def lead_name(self) -> str:
        """The lead post's title today; “” without an owner."""
        return self.lead.title if self.lead else ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Refuses instead of writing: a state that changed outside the ledger would have no history.
        raise HistoryIsAppendOnly("Actions change through ledger.record alone.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsAppendOnly("An action is withdrawn, never deleted.")


class UpdateQuerySet(StateQuerySet):
    action_path = "action_id"

    def holding_at(self, moment: datetime) -> UpdateQuerySet:
        return self.filter(Q(until__gt=moment) | Q(until__isnull=True), at__lte=moment)

    def delete(self) -> NoReturn:
        raise HistoryIsAppendOnly("Updates cannot be deleted.")


class Update(ActionState):
    """An action's state from a moment on, with who, why and what was said. Append-only."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    sequence = models.PositiveIntegerField(help_text="1 for the first update of the action.")
    at = models.DateTimeField(help_text="The state holds from this moment.")
    until = models.DateTimeField(null=True, blank=True, help_text="The moment the next update replaced it.")
    recorded_at = models.DateTimeField(help_text="What the clock said.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=20, choices=Kind.choices())
    note = models.TextField(blank=True)
    made_up = models.BooleanField(default=False, help_text="This update itself is an illustration.")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ["action", "-sequence"]
        constraints = [
            *state_constraints(),
            models.UniqueConstraint(fields=["action", "sequence"], name="an_update_number_once"),
            models.UniqueConstraint(
                fields=["action"], condition=Q(until__isnull=True), name="one_current_update_an_action"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("at")), name="update_holds_for_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "at"], name="update_of_a_plan"),
            # What held at a moment, anywhere and of one plan.
            models.Index(fields=["until", "at", "plan", *COUNTED], name="update_held_at"),
            models.Index(fields=["plan", "until", "at", *COUNTED], name="update_of_a_plan_held_at"),
            # With the moments of each, so that what did not hold is passed over without reading its row.
            models.Index(
                fields=["due_date", "id", "until", "at", "status", "plan"],
                condition=OPEN,
                name="update_open_by_due_date_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, update {self.sequence}"

    @property
    def lead_name(self) -> str:
        """The lead post's title as it was then; “” without an owner."""
        return self.lead_title

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise HistoryIsAppendOnly("Updates are written by ledger.record alone.")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise HistoryIsAppendOnly("Updates cannot be deleted.")


class IntervalQuerySet(models.QuerySet[Any]):
    def holding_at(self, moment: datetime | None) -> Any:
        if moment is None:
            return self.filter(until__isnull=True)
        return self.filter(Q(until__gt=moment) | Q(until__isnull=True), since__lte=moment)


class ActionSupport(models.Model):
    """A post that supports an action, from when until when: the index behind ``ActionState.support``."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="supports")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="supports")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "post"], condition=Q(until__isnull=True), name="a_post_supports_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} supports {self.action}"


class ActionAnswer(models.Model):
    """A further area that an action answers: the index behind ``ActionState.also_answers``."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="further_answers")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="further_answers")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "area"], condition=Q(until__isnull=True), name="an_area_answered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} answers {self.area}"


class ColumnMeaning(models.Model):
    """What a heading of the organisation's own plans means, as somebody there said: remembered for the next file."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="column_meanings")
    heading = models.CharField(max_length=200, help_text="As ``documents.plan_columns.plain_heading`` gives it.")
    meaning = models.CharField(max_length=30, blank=True, help_text="A name of plan_columns.FIELDS; empty for none.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "heading"], name="a_heading_means_one_thing")]

    def __str__(self) -> str:
        return f"{self.heading}: {self.meaning or 'not read'}"


class PlanIntakeQuerySet(models.QuerySet["PlanIntake"]):
    def visible_to(self, user: User) -> PlanIntakeQuerySet:
        """Those of the organisations whose plans ``user`` runs."""
        return self.filter(plan__organisation__in=organisations_where(user, May.RUN_PLANS))

    def waiting(self) -> PlanIntakeQuerySet:
        """Those that nobody has accepted yet."""
        return self.filter(accepted_at__isnull=True)


class PlanIntake(models.Model):
    """A council's own table that was read for a plan and waits for a person. Fields as ``ReportIntake``'s.

    ``mapping`` says what each column holds, by its place, where a person said so.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="intakes")
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="plan_intakes")
    mapping = models.JSONField(default=dict, blank=True)
    proposal = models.JSONField()
    draft = models.JSONField(default=dict, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="plan_intakes")
    opened_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_intakes_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = PlanIntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "document"],
                condition=Q(accepted_at__isnull=True),
                name="a_document_waits_once_for_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="plan_intake_accepted_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} into {self.plan}"
