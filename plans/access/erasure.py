"""What of a person goes from who gets in: name, address, ways in, roles. Their number stays, and with it history."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from plans.access.credentials import ApiToken, Invitation
from plans.access.models import Membership, PostHolding, Seat, User
from plans.access.people import end_sessions, may_change_account, people_administered_by
from plans.access.rules import anonymous_address, anonymous_name, is_anonymised_address
from plans.access.trail import RefusedAccount


@dataclass(frozen=True)
class Identity:
    """Who somebody was and what stands for them from now on.

    ``refs`` are the rows that carry their name in what they are called, by kind and number. ``only``: nobody else has
    this name, so that it means this person wherever it stands alone.
    """

    name: str
    email: str
    new_name: str
    new_email: str
    only: bool
    refs: frozenset[str] = field(default_factory=frozenset)

    def without_address(self, text: str) -> str:
        """The text with the new address in place of the old."""
        return re.sub(rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-])", self.new_email, text, flags=re.IGNORECASE)

    def without_name(self, text: str) -> str:
        """The text with the new name in place of the old, wherever it stands."""
        return re.sub(rf"(?<!\w){re.escape(self.name)}(?!\w)", self.new_name, text, flags=re.IGNORECASE)


def identity_of(person: User) -> Identity:
    """Who the person is, with every row that is called after them."""
    same = User.objects.filter(name__iexact=person.name).exclude(pk=person.pk)
    return Identity(
        name=person.name,
        email=person.email,
        new_name=anonymous_name(person.pk),
        new_email=anonymous_address(person.pk),
        only=not same.exists(),
        refs=frozenset(f"{model._meta.model_name} {pk}" for model, keys in _rows(person).items() for pk in keys),
    )


def _rows(person: User) -> dict[type[Model], set[int]]:
    """The rows of this stage that are called after the person, those of the past too."""
    found: dict[type[Model], set[int]] = {User: {person.pk}, Invitation: set(_invitations(person))}
    for model in (Membership, PostHolding, Seat):
        history: Any = model.history
        found[model] = set(history.filter(person_id=person.pk).values_list("id", flat=True)) | set(
            model._default_manager.filter(person=person).values_list("pk", flat=True)
        )
    return found


def _invitations(person: User) -> Any:
    mine = Invitation.objects.filter(Q(accepted_by=person) | Q(email__iexact=person.email))
    return mine.values_list("pk", flat=True)


def refuse_unless_erasable(person: User, *, by: User) -> None:
    """Raises RefusedAccount, saying what is to be done first, for somebody who is not to be anonymised (yet)."""
    if not people_administered_by(by).filter(pk=person.pk).exists():
        raise RefusedAccount("Only an administrator of the person’s organisation anonymises them.")
    if not may_change_account(by, person):
        raise RefusedAccount(
            f"{person} is in another organisation too. Only the installation’s own account anonymises them."
        )
    if is_anonymised_address(person.email):
        raise RefusedAccount(f"{person} has been anonymised already.")
    if person.is_active:
        raise RefusedAccount("Deactivate the account first: only somebody who has left is anonymised.")
    held = PostHolding.objects.filter(person=person, until__isnull=True).count()
    if held:
        raise RefusedAccount(f"{person} still holds {held} post{'' if held == 1 else 's'}. Hand over first.")


def erase_account(person: User, who: Identity, *, at: datetime) -> dict[str, int]:
    """Replace name and address and take every way in away; answers how many rows of what went or were changed."""
    end_sessions(person)
    counts = {
        "sessions": UserSession.objects.filter(user=person).delete()[0],
        "authenticators": Authenticator.objects.filter(user=person).delete()[0],
        "single_sign_on": SocialAccount.objects.filter(user=person).delete()[0],
        "addresses": EmailAddress.objects.filter(user=person).delete()[0],
        "tokens": ApiToken.objects.filter(person=person).delete()[0],
        "invitations": _erase_invitations(person, who, at),
        "administration_log": _erase_administration_log(person, who),
        # Row by row, so that each is kept in the history of roles and seats, under the number alone.
        "roles": sum(row.delete()[0] for row in Membership.objects.filter(person=person)),
        "seats": sum(row.delete()[0] for row in Seat.objects.filter(person=person)),
    }
    person.name, person.email = who.new_name, who.new_email
    person.last_login = None
    person.is_superuser = False
    person.set_unusable_password()
    person.save(update_fields=["name", "email", "last_login", "is_superuser", "password"])
    person.groups.clear()
    person.user_permissions.clear()
    return counts


def _erase_invitations(person: User, who: Identity, at: datetime) -> int:
    rows = Invitation.objects.filter(pk__in=list(_invitations(person)))
    rows.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=at)
    return rows.update(name=who.new_name, email=who.new_email)


def _erase_administration_log(person: User, who: Identity) -> int:
    """The administrator’s forms keep what they changed by the names that it had."""
    theirs = Q()
    for model, keys in _rows(person).items():
        kind = ContentType.objects.get_for_model(model)
        theirs |= Q(content_type=kind, object_id__in=[str(key) for key in keys])
    names = Q(object_repr__icontains=who.name) | Q(change_message__icontains=who.name)
    emails = Q(object_repr__icontains=who.email) | Q(change_message__icontains=who.email)
    changed = 0
    for entry in LogEntry.objects.filter(theirs | emails | names if who.only else theirs | emails):
        before = (entry.object_repr, entry.change_message)
        entry.object_repr = who.without_name(who.without_address(entry.object_repr))
        entry.change_message = who.without_name(who.without_address(entry.change_message))
        if before != (entry.object_repr, entry.change_message):
            entry.save(update_fields=["object_repr", "change_message"])
            changed += 1
    return changed
