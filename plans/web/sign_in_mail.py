"""The e-mail with which somebody is invited."""

from __future__ import annotations

import logging

from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from plans.access.credentials import Invitation

logger = logging.getLogger(__name__)


def send_invitation(request: HttpRequest, invitation: Invitation, secret: str) -> bool:
    """Send the link; whether the mail server took it."""
    address = request.build_absolute_uri(reverse("accept_invitation", args=[secret]))
    text = render_to_string("accounts/mail/invitation.txt", {"invitation": invitation, "address": address})
    subject = f"Your invitation to the improvement plan of {invitation.organisation}"
    try:
        EmailMessage(" ".join(subject.split()), text, to=[invitation.email]).send()
    except OSError:
        logger.exception("An invitation was not sent")
        return False
    return True
