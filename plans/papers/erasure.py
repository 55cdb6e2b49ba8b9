"""Anonymising a person who has left: who they were goes, what was done and decided stays, in one transaction.

What people typed about somebody (a note, a reason, a file’s name) is nobody’s to change: it is listed, for a person to
look at. An issued paper stays as it was issued.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from plans.access.erasure import Identity, erase_account, identity_of, refuse_unless_erasable
from plans.access.models import Organisation, User
from plans.access.rules import ANONYMISED_DOMAIN, May
from plans.access.standing import organisations_where
from plans.access.trail import RefusedAccount
from plans.audit.changes import note_event
from plans.audit.erasure import lines_that_name, replace_in_trail
from plans.audit.scope import organisations_of_person
from plans.monitoring.erasure import erase_monitoring, links_of_contact
from plans.oversight.erasure import erase_oversight
from plans.papers.models import CalendarAddress

MOST_ROWS = 20
SHORTEST_NAME = 4
# Replaced or deleted as a whole, and what the framework keeps that nobody typed.
SEEN_TO = {
    "plans.user", "plans.event", "plans.invitation", "plans.reminder", "plans.updatedraft", "plans.partnerlink",
    "plans.apitoken", "admin.logentry", "sessions.session", "contenttypes.contenttype", "auth.permission",
    "auth.group", "usersessions.usersession", "account.emailaddress", "socialaccount.socialaccount",
    "socialaccount.socialtoken", "mfa.authenticator",
}  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """Texts of one kind in which the person is named: how many, and the numbers of the first of them."""

    kind: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Preview:
    """What anonymising somebody would do. ``mentions`` would stay, for a person to look at."""

    new_name: str
    trail_lines: int
    mentions: list[Mention]


def preview(person: User) -> Preview:
    """What would be replaced and what would stay; changes nothing."""
    who = _identity(person)
    return Preview(who.new_name, lines_that_name(who).count(), mentions_of(who))


def _identity(person: User) -> Identity:
    """Who they are, with the links for partners and the calendars that are called after them."""
    who = identity_of(person)
    links = links_of_contact(person.email).values_list("pk", flat=True)
    calendars = CalendarAddress.objects.filter(person=person).values_list("pk", flat=True)
    refs = {*(f"partnerlink {pk}" for pk in links), *(f"calendaraddress {pk}" for pk in calendars)}
    return replace(who, refs=who.refs | refs)


@transaction.atomic
def anonymise_person(person: User, *, by: User, at: datetime, confirmed: str) -> dict[str, int]:
    """Replace who the person was everywhere but in what people typed; answers how many rows of what.

    ``confirmed`` is the person’s address, typed by whoever does it. Raises RefusedAccount where it is another, where
    they have not left, and where ``by`` may not.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    refuse_unless_erasable(locked, by=by)
    if confirmed.strip().lower() != locked.email.lower():
        raise RefusedAccount("That is not the person’s e-mail address. Nothing was changed.", "address")
    who = _identity(locked)
    organisations = list(organisations_of_person(locked))
    counts = {
        "calendar_addresses": CalendarAddress.objects.filter(person=locked).delete()[0],
        **erase_oversight(locked),
        **erase_monitoring(locked, who, by=by, at=at),
        **erase_account(locked, who, at=at),
        "trail_lines": replace_in_trail(who),
    }
    note_event("person.anonymised", locked, by=by, at=at, organisations=organisations, **counts)
    person.name, person.email = locked.name, locked.email
    return counts


def contact_of(address: str, *, by: User, at: datetime) -> list[Identity]:
    """Who a partner’s contact without an account was, once for each name under which links were made for them.

    Raises RefusedAccount where there is no such contact, where one of their links works yet, where they have an
    account, and where ``by`` does not administer every council that made them a link.
    """
    links = list(links_of_contact(address).select_related("plan").order_by("pk"))
    if User.objects.filter(email__iexact=address).exists():
        raise RefusedAccount("This address belongs to an account: anonymise the person.")
    mine = organisations_where(by, May.ADMINISTER)
    councils = {link.plan.organisation_id for link in links}
    theirs = Organisation.objects.filter(pk__in=mine).filter(pk__in=councils)
    if not links or theirs.count() != len(councils):
        raise RefusedAccount("No link of a council that you administer alone was made for this address.")
    if any(link.revoked_at is None and link.expires_at > at for link in links):
        raise RefusedAccount("A link of this contact still works. Revoke it first.")
    number = links[0].pk
    refs = frozenset(f"partnerlink {link.pk}" for link in links)
    return [
        Identity(
            name=name,
            email=links[0].contact_email,
            new_name=f"Former contact {number}",
            new_email=f"former-contact-{number}@{ANONYMISED_DOMAIN}",
            only=False,
            refs=refs,
        )
        for name in sorted({link.contact_name for link in links})
    ]


@transaction.atomic
def anonymise_contact(address: str, *, by: User, at: datetime, confirmed: str) -> dict[str, int]:
    """Replace who a partner’s contact without an account was; answers how many rows of what. Raises as ``contact_of``,
    and RefusedAccount where ``confirmed`` is not the address."""
    identities = contact_of(address, by=by, at=at)
    if confirmed.strip().lower() != address.strip().lower():
        raise RefusedAccount("That is not the contact’s e-mail address. Nothing was changed.", "address")
    who = identities[0]
    links = list(links_of_contact(address).order_by("pk"))
    counts = {
        "partner_links": links_of_contact(address).update(contact_name=who.new_name, contact_email=who.new_email),
        "trail_lines": sum(replace_in_trail(one) for one in identities),
    }
    links[0].refresh_from_db()
    note_event("contact.anonymised", links[0], by=by, at=at, organisations=None, **counts)
    return counts


def mentions_of(who: Identity) -> list[Mention]:
    """Where the name or the address stands in what people typed, or in papers as issued."""
    found = []
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if _holds_text(one)]
        if model._meta.label_lower in SEEN_TO or not fields:
            continue
        rows: Any = model._default_manager.all()
        wanted = Q()
        for one in fields:
            if isinstance(one, models.JSONField):
                rows = rows.annotate(**{f"text_of_{one.name}": Cast(one.name, models.TextField())})
            wanted |= _named(f"text_of_{one.name}" if isinstance(one, models.JSONField) else one.name, who)
        keys = list(rows.filter(wanted).order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
        if keys:
            count = len(keys) if len(keys) <= MOST_ROWS else rows.filter(wanted).count()
            found.append(Mention(str(model._meta.verbose_name), count, tuple(keys[:MOST_ROWS])))
    return found


def _holds_text(field: Any) -> bool:
    text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return text and not field.choices and not field.name.endswith(("hash", "sha256", "_ref"))


def _named(column: str, who: Identity) -> Q:
    words = [who.email, *([who.name] if len(who.name) >= SHORTEST_NAME else [])]
    wanted = Q()
    for one in words:
        wanted |= Q(**{f"{column}__icontains": one}) | Q(**{f"{column}__icontains": json.dumps(one)[1:-1]})
    return wanted
