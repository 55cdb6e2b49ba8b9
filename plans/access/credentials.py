"""What lets somebody in beside a password: invitations and the tokens of programs. Secrets are kept as hashes alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from plans.access.models import Organisation, User
from plans.access.rules import Role


class Invitation(models.Model):
    """An e-mail that lets one person make an account, once, until it expires. Nobody registers without one."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256: the secret itself is not kept.")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "organisation"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_a_person",
                violation_error_message="This person has an invitation that waits already.",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_later"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="invitation_accepted_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class ApiToken(models.Model):
    """A secret with which a person's program reads what that person may read, until it expires or is revoked."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What it is for: “Power BI”.")
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256: the secret itself is not kept.")
    may_update = models.BooleanField("may record updates", default=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="token_expires_later"),
        ]

    def __str__(self) -> str:
        return self.name
