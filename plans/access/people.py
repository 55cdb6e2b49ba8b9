"""Accounts: whose account somebody administers, and the writes that change who gets in and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q, QuerySet

from plans.access.credentials import ApiToken
from plans.access.models import Membership, Organisation, PostHolding, Seat, User
from plans.access.rules import May, Role, is_anonymised_address
from plans.access.standing import may, organisations_where
from plans.access.trail import Note, RefusedAccount


def people_administered_by(user: User) -> QuerySet[User]:
    """People with a role, post or seat in the organisations that ``user`` administers; everybody, for the
    installation's own accounts, whom nobody else administers."""
    if user.is_superuser:
        return User.objects.all()
    mine = organisations_where(user, May.ADMINISTER)
    return User.objects.filter(
        Q(memberships__organisation__in=mine)
        | Q(holdings__post__organisation__in=mine)
        | Q(seats__board__organisation__in=mine),
        is_superuser=False,
    ).distinct()


def may_change_account(user: User, person: User) -> bool:
    """Whether ``user`` may close the account of ``person``: one who is in another organisation too, only the
    installation's own account may (docs/decisions/0004)."""
    if user.is_superuser:
        return True
    if person.is_superuser:
        return False
    mine = organisations_where(user, May.ADMINISTER)
    return not (
        Membership.objects.filter(person=person).exclude(organisation__in=mine).exists()
        or PostHolding.objects.filter(person=person).exclude(post__organisation__in=mine).exists()
        or Seat.objects.filter(person=person).exclude(board__organisation__in=mine).exists()
    )


def has_authenticator(person: User) -> bool:
    """Whether the person has set up an authenticator app."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def second_factor_asked_by(person: User) -> list[Organisation]:
    """The organisations that want an authenticator app of this person, for a role that they hold there."""
    held = Membership.objects.filter(person=person).select_related("organisation")
    asking = {row.organisation for row in held if row.role in (row.organisation.second_factor_roles or [])}
    return sorted(asking, key=lambda organisation: organisation.name)


def end_sessions(person: User, *, but: str = "") -> int:
    """Sign the person out everywhere, save in the session with the key ``but``; answers how many were ended."""
    sessions = list(UserSession.objects.filter(user=person).exclude(session_key=but))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def deactivate_person(person: User, *, by: User, at: datetime, note: Note) -> None:
    """Close the account. Nothing that the person did is touched; sessions and tokens end at once.

    Raises RefusedAccount for oneself, and for somebody whose account ``by`` may not change.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    _refuse_unless_theirs(by, locked)
    if locked.pk == by.pk:
        raise RefusedAccount("You cannot deactivate your own account. Ask another administrator.")
    if not locked.is_active:
        return
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    person.is_active = False
    ApiToken.objects.filter(person=locked, revoked_at__isnull=True).update(revoked_at=at)
    ended = end_sessions(locked)
    note("person.deactivated", locked, by=by, at=at, sessions_ended=ended)


@transaction.atomic
def reactivate_person(person: User, *, by: User, at: datetime, note: Note) -> None:
    """Open the account again, with the roles and posts that it has; tokens stay revoked. Raises RefusedAccount."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    _refuse_unless_theirs(by, locked)
    if locked.is_active:
        return
    if is_anonymised_address(locked.email):
        raise RefusedAccount(f"{locked} was anonymised: who they were is gone. Invite them anew.")
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    person.is_active = True
    note("person.reactivated", locked, by=by, at=at)


@transaction.atomic
def change_roles(
    person: User, organisation: Organisation, roles: Iterable[str], *, by: User, at: datetime, note: Note
) -> bool:
    """Give the person these roles in the organisation and no others; answers whether that changed anything.

    Raises RefusedAccount where ``by`` does not administer the organisation, and where it would end one's own
    administration of it.
    """
    wanted = {Role(role).value for role in roles}
    if not may(by, May.ADMINISTER, organisation.pk):
        raise RefusedAccount("Only an administrator of that organisation gives roles in it.")
    User.objects.select_for_update().get(pk=person.pk)
    before = set(Membership.objects.filter(person=person, organisation=organisation).values_list("role", flat=True))
    if person.pk == by.pk and not by.is_superuser and Role.ADMINISTRATOR.value in before - wanted:
        raise RefusedAccount("You cannot take the administrator’s role from yourself. Ask another administrator.")
    if before == wanted:
        return False
    # Row by row, so that each is kept in the history of roles.
    for row in Membership.objects.filter(person=person, organisation=organisation, role__in=before - wanted):
        row.delete()
    for role in sorted(wanted - before):
        Membership.objects.create(person=person, organisation=organisation, role=role)
    note(
        "roles.changed",
        person,
        by=by,
        at=at,
        organisations=[organisation],
        organisation=organisation.name,
        before=sorted(before),
        after=sorted(wanted),
    )
    return True


@transaction.atomic
def remove_second_factor(person: User, *, by: User, at: datetime, note: Note) -> bool:
    """Take the authenticator app and the recovery codes away, for somebody who lost both; sessions end.

    Answers whether there were any. Raises RefusedAccount for somebody whose account ``by`` may not change.
    """
    _refuse_unless_theirs(by, person)
    removed, _ = Authenticator.objects.filter(user=person).delete()
    if removed:
        end_sessions(person)
        note("second_factor.removed", person, by=by, at=at, by_administrator=True)
    return bool(removed)


@transaction.atomic
def unlink_single_sign_on(person: User, *, by: User, at: datetime, note: Note) -> bool:
    """Forget which account at the provider is this person's: the next sign-in there is matched by e-mail again.

    Answers whether there was a link. Raises RefusedAccount for somebody whose account ``by`` may not change.
    """
    if by.pk != person.pk:
        _refuse_unless_theirs(by, person)
    removed, _ = SocialAccount.objects.filter(user=person).delete()
    if removed:
        note("single_sign_on.unlinked", person, by=by, at=at)
    return bool(removed)


def _refuse_unless_theirs(by: User, person: User) -> None:
    if by.pk != person.pk and not people_administered_by(by).filter(pk=person.pk).exists():
        raise RefusedAccount("Only an administrator of the person’s organisation changes their account.")
    if not may_change_account(by, person):
        raise RefusedAccount(
            f"{person} is in another organisation too. Only the installation’s own account changes theirs."
        )
