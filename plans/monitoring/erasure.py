"""What of a person goes from this stage: what was typed and not sent, and what they were as a partner’s contact."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from plans.access.erasure import Identity
from plans.access.models import User
from plans.monitoring.models import PartnerLink, UpdateDraft


def links_of_contact(email: str) -> QuerySet[PartnerLink]:
    """The links that were made for whoever reads this address."""
    return PartnerLink.objects.filter(contact_email__iexact=email)


def erase_monitoring(person: User, who: Identity, *, by: User, at: datetime) -> dict[str, int]:
    """Answers how many rows of what went or were changed."""
    links = PartnerLink.objects.filter(pk__in=list(links_of_contact(who.email).values_list("pk", flat=True)))
    links.filter(revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    return {
        "drafts": UpdateDraft.objects.filter(person=person).delete()[0],
        "partner_links": links.update(contact_name=who.new_name, contact_email=who.new_email),
    }
