"""Invitations: the one way in. Their secrets go out by e-mail and are kept as hashes alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from plans.access.credentials import Invitation
from plans.access.models import Membership, Organisation, User
from plans.access.rules import May, Role
from plans.access.standing import may, organisations_where
from plans.access.trail import Note, RefusedAccount

LIFETIME = timedelta(days=7)


def invitations_administered_by(user: User) -> QuerySet[Invitation]:
    """Those of the organisations that the person administers."""
    return Invitation.objects.filter(organisation__in=organisations_where(user, May.ADMINISTER))


def waiting(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Neither accepted nor revoked; they may have expired."""
    return rows.filter(accepted_at__isnull=True, revoked_at__isnull=True)


def open_invitation(secret: str, at: datetime) -> Invitation | None:
    """The invitation that the secret of a link opens at that moment, if any."""
    found = waiting(Invitation.objects.filter(secret_hash=_hash(secret), expires_at__gt=at))
    return found.select_related("organisation", "invited_by").first()


def open_invitations_for(email: str, at: datetime) -> QuerySet[Invitation]:
    """What waits for the owner of an address that a provider vouches for."""
    return waiting(Invitation.objects.filter(email=email.strip().lower(), expires_at__gt=at)).order_by("invited_at")


@transaction.atomic
def invite(
    name: str, email: str, role: Role, organisation: Organisation, *, by: User, at: datetime, note: Note
) -> tuple[Invitation, str]:
    """Invite a person; answers the invitation and the secret for the link.

    Raises RefusedAccount where ``by`` does not administer the organisation, and where the person has the role, is
    invited already, or has an account that was closed.
    """
    email = email.strip().lower()
    if not may(by, May.ADMINISTER, organisation.pk):
        raise RefusedAccount("Only an administrator of that organisation invites people into it.", "organisation")
    person = User.objects.filter(email__iexact=email).first()
    if person is not None and not person.is_active:
        raise RefusedAccount("This person has an account that was deactivated. Reactivate it instead.", "email")
    if person is not None and person.memberships.filter(organisation=organisation, role=role.value).exists():
        raise RefusedAccount("This person has that role here already.", "email")
    # One that ran out makes room for the new one.
    for old in waiting(Invitation.objects.filter(email=email, organisation=organisation, expires_at__lte=at)):
        revoke(old, by=by, at=at, note=note)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        email=email,
        name=name,
        organisation=organisation,
        role=role.value,
        secret_hash=_hash(secret),
        invited_by=by,
        invited_at=at,
        expires_at=at + LIFETIME,
    )
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError:
        raise RefusedAccount(
            "This person has an invitation that waits already. Send that one again, or revoke it.", "email"
        ) from None
    note("person.invited", invitation, by=by, at=at, email=email, role=role.value, organisation=organisation.name)
    return invitation, secret


@transaction.atomic
def renew(invitation: Invitation, *, by: User, at: datetime, note: Note) -> str:
    """Make a new secret, which runs from now; the link sent before stops working. Raises RefusedAccount."""
    locked = _locked(invitation)
    if not may(by, May.ADMINISTER, locked.organisation_id):
        raise RefusedAccount("Only an administrator of that organisation sends its invitations.")
    secret = secrets.token_urlsafe(32)
    locked.secret_hash = _hash(secret)
    locked.invited_at, locked.expires_at = at, at + LIFETIME
    locked.save(update_fields=["secret_hash", "invited_at", "expires_at"])
    note("person.invited", locked, by=by, at=at, email=locked.email, again=True)
    return secret


@transaction.atomic
def revoke(invitation: Invitation, *, by: User, at: datetime, note: Note) -> None:
    """Take an invitation back: its link stops working. Raises RefusedAccount."""
    locked = _locked(invitation)
    if not may(by, May.ADMINISTER, locked.organisation_id):
        raise RefusedAccount("Only an administrator of that organisation takes its invitations back.")
    locked.revoked_at = at
    locked.save(update_fields=["revoked_at"])
    note("invitation.revoked", locked, by=by, at=at, email=locked.email)


@transaction.atomic
def accept(
    invitation: Invitation, *, at: datetime, note: Note, person: User | None = None, password: str | None = None
) -> User:
    """Make the account, or give the role to ``person``, whose address it was sent to; answers who that is.

    Without a password the account is entered by single sign-on. Raises RefusedAccount where the invitation no longer
    waits, and where the address has an account that is not ``person``.
    """
    locked = _locked(invitation)
    if locked.expires_at <= at:
        raise RefusedAccount("This invitation has expired. Ask for a new one.")
    owner = User.objects.select_for_update().filter(email__iexact=locked.email).first()
    if owner is None:
        owner = User.objects.create_user(locked.email, password, name=locked.name)
    elif person is None or person.pk != owner.pk:
        raise RefusedAccount("This address has an account already. Sign in to it, then accept.")
    elif not owner.is_active:
        raise RefusedAccount("This account has been closed. Ask your administrator.")
    Membership.objects.get_or_create(person=owner, organisation=locked.organisation, role=locked.role)
    locked.accepted_by, locked.accepted_at = owner, at
    locked.save(update_fields=["accepted_by", "accepted_at"])
    note(
        "invitation.accepted",
        owner,
        by=owner,
        at=at,
        organisations=[locked.organisation],
        role=locked.role,
        organisation=locked.organisation.name,
    )
    return owner


def _locked(invitation: Invitation) -> Invitation:
    """The row as it is, held. Raises RefusedAccount for one that was accepted or revoked meanwhile."""
    rows = waiting(Invitation.objects.select_for_update(of=("self",)).select_related("organisation"))
    found = rows.filter(pk=invitation.pk, secret_hash=invitation.secret_hash).first()
    if found is None:
        raise RefusedAccount("This invitation was accepted, sent again or taken back in the meantime.")
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
