"""The board's side: meetings, and what they decided."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from simple_history.models import HistoricalRecords

from plans.access.models import Board, Membership, Organisation, Post, User
from plans.access.rules import May, Role
from plans.access.standing import boards_of, organisations_where, posts_of
from plans.improvement_plan.models import Action, Plan, Update


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """Meetings of the boards that ``user`` sits on, and of organisations whose plans they may read."""
        return self.filter(board__in=boards_visible_to(user).values("pk"))


def boards_visible_to(user: User) -> models.QuerySet[Board]:
    """The boards that ``user`` sits on, and those of organisations whose plans they may read."""
    if user.is_superuser:
        return Board.objects.all()
    return Board.objects.filter(
        Q(pk__in=boards_of(user)) | Q(organisation__in=organisations_where(user, May.READ_PLANS))
    )


class Meeting(models.Model):
    """A board's meeting. It freezes nothing: it names an instant, and its pages are as at that instant."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField("starts")
    place = models.CharField(max_length=200, blank=True)
    papers_due = models.DateField(null=True, blank=True)
    must_attend = models.ManyToManyField(
        Post, blank=True, related_name="meetings", help_text="Posts whose holders are asked to attend."
    )
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash over every action as the meeting saw it."
    )
    plans_shown = models.JSONField(default=list, editable=False, help_text="Ids of the plans that it was shown.")
    illustration = models.BooleanField(default=False)
    history = HistoricalRecords()

    objects = MeetingQuerySet.as_manager()

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
        RECHECK_HOLDS = "re-check holds", "Re-checked: it holds"
        RECHECK_FAILED = "re-check failed", "Re-checked: it does not hold"
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


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def visible_to(self, user: User) -> ChallengeQuerySet:
        """Challenges on plans that ``user`` reads in full, and those whose answer their own posts owe."""
        plans = Plan.objects.read_in_full_by(user).values("pk")
        return self.filter(Q(plan__in=plans) | Q(owed_by__in=posts_of(user)))

    def unanswered(self) -> ChallengeQuerySet:
        return self.filter(answered_at__isnull=True)

    def as_at(self, moment: datetime | None) -> ChallengeQuerySet:
        """Those raised by the moment; all of them now."""
        return self if moment is None else self.filter(raised_at__lte=moment)


class Challenge(models.Model):
    """A question that a board or a member put, with the answer that is owed: by which post, by when."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="challenges")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges")
    question = models.TextField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="challenges_raised")
    raised_at = models.DateTimeField()
    owed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="answers_owed")
    answer_due = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges_answered"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="challenge_has_a_question"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="challenge_answered_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:100]


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> SavedFilterQuerySet:
        """One's own, and those shared with a role that the person has in that organisation."""
        roles = Membership.objects.filter(
            person=user, organisation=OuterRef("organisation"), role=OuterRef("shared_with")
        )
        return self.filter(Q(owner=user) | Exists(roles))


class SavedFilter(models.Model):
    """A list's filters under a name: one's own, or shared with everybody of a role in the organisation."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=30, help_text="The name of the list's route.")
    query = models.CharField(max_length=500, blank=True, help_text="The filters as the address has them.")
    shared_with = models.CharField(
        max_length=20, blank=True, choices=[("", "Only me"), *((role.value, role.label) for role in Role)]
    )

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "organisation", "name"], name="a_filter_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
