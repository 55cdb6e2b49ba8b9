"""Who there is: organisations, people, the posts that they hold and the boards that they sit on."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from plans.access.rules import Role, Standing


class Organisation(models.Model):
    """A council, safeguarding partnership, NHS body, police force, school …"""

    class Kind(models.TextChoices):
        COUNCIL = "council", "Council"
        PARTNERSHIP = "safeguarding partnership", "Safeguarding partnership"
        NHS = "NHS body", "NHS body"
        POLICE = "police force", "Police force"
        SCHOOL = "school", "School"
        OTHER = "other", "Other"

    name = models.CharField(max_length=150, unique=True, help_text="The short name, for lists: “Derbyshire”.")
    formal_name = models.CharField(
        max_length=200, blank=True, help_text="The name for papers: “Derbyshire County Council”."
    )
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.COUNCIL)
    gss_code = models.CharField(
        "GSS code", max_length=9, unique=True, null=True, blank=True, help_text="For example E10000007."
    )
    dfe_code = models.CharField("DfE code", max_length=4, blank=True)
    ofsted_urn = models.CharField("Ofsted reference", max_length=10, blank=True)
    region = models.CharField(max_length=60, blank=True)
    second_factor_roles = models.JSONField(
        "roles that must use an authenticator app",
        default=list,
        blank=True,
        help_text="Roles whose holders sign in with an authenticator app as well as a password.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def paper_name(self) -> str:
        """The name as a paper prints it."""
        return self.formal_name or self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A person who can sign in, or cannot yet where no password is given."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, **{"name": email, **fields, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail address; what they may do comes from roles, posts and seats."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(
        "can sign in", default=True, help_text="Untick instead of deleting: history keeps its names."
    )

    objects = UserManager()

    # Kept by ``standing.remember_standing`` for as long as this object lives.
    remembered_standing: Standing | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_an_email_address",
                violation_error_message="Somebody has this e-mail address already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def is_staff(self) -> bool:
        """Whether the administrator's forms are open to this person."""
        if self.remembered_standing is not None:
            administers = any(role == Role.ADMINISTRATOR for _, role in self.remembered_standing.roles)
        else:
            administers = self.memberships.filter(role=Role.ADMINISTRATOR).exists()
        return self.is_superuser or (self.is_active and administers)


class Membership(models.Model):
    """A person's role in an organisation. ``access/rules.py`` says what each role may do."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    history = HistoricalRecords()

    class Meta:
        verbose_name = "role"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                name="a_role_once",
                violation_error_message="This person has that role there already.",
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {Role(self.role).label}, {self.organisation}"


class Post(models.Model):
    """A job that owns actions. People move, posts stay."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=150)
    reports_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    history = HistoricalRecords()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                name="a_post_once_in_an_organisation",
                violation_error_message="This organisation has a post of that title already.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="post_has_a_title"),
            models.CheckConstraint(condition=~Q(reports_to=F("id")), name="post_reports_to_another"),
        ]

    def __str__(self) -> str:
        return self.title


class PostHolding(models.Model):
    """Who holds a post, or deputises in it, from when until when."""

    class Kind(models.TextChoices):
        HOLDER = "holder", "Holder"
        DEPUTY = "deputy", "Deputy"

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HOLDER)
    since = models.DateField()
    until = models.DateField(
        null=True, blank=True, help_text="The last day. Leave empty while the person holds the post."
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = "post holder"
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="holding_ends_after_it_begins",
                violation_error_message="The last day is before the first.",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(until__isnull=True, kind="holder"),
                name="one_holder_of_a_post_at_a_time",
                violation_error_message="Somebody holds this post now. End their holding first.",
            ),
            models.CheckConstraint(condition=Q(kind__in=["holder", "deputy"]), name="holding_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.post}"


class Board(models.Model):
    """A body that oversees plans: improvement board, scrutiny committee, cabinet, partnership."""

    class Kind(models.TextChoices):
        IMPROVEMENT = "improvement board", "Improvement board"
        SCRUTINY = "scrutiny committee", "Scrutiny committee"
        CABINET = "cabinet", "Cabinet"
        PARTNERSHIP = "safeguarding partnership", "Safeguarding partnership"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="boards")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.IMPROVEMENT)
    independent_chair = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["organisation__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="a_board_once_in_an_organisation"),
            models.CheckConstraint(condition=~Q(name=""), name="board_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person's place on a board."""

    class Kind(models.TextChoices):
        CHAIR = "chair", "Chair"
        MEMBER = "member", "Member"

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MEMBER)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "person"], name="a_seat_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.board}"
