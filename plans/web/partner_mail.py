"""The e-mail with which a partner's contact gets their link."""

from __future__ import annotations

import logging

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from plans.monitoring.models import PartnerLink

logger = logging.getLogger(__name__)


def send_partner_link(link: PartnerLink, address: str) -> bool:
    """Send the link; whether the mail server took it."""
    text = render_to_string("partner_links/mail.txt", {"link": link, "address": address})
    subject = f"Your updates on the improvement plan of {link.plan.organisation}"
    try:
        EmailMessage(" ".join(subject.split()), text, to=[link.contact_email]).send()
    except OSError:
        logger.exception("A partner's link was not sent")
        return False
    return True
