"""How the house signs people in: what it changes in the library's rules, each change with its reason.

Every success, failure and lock-out is noted in the trail.
"""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes

from plans.access.models import User
from plans.access.people import has_authenticator, second_factor_asked_by
from plans.audit.changes import note_event, note_stranger
from plans.web.sign_in_middleware import SECOND_FACTOR_WANTED, SEEN_AT, SIGNED_IN_AT

logger = logging.getLogger(__name__)

LOCKED_MINUTES = 15
JUST_SIGNED_IN = 10 * 60  # seconds in which nobody is asked for the password again
CLOSED = "This account has been closed. Ask your administrator."
# The library's names of what a person proved, as the trail has them.
METHODS = {"mfa": "authenticator", "socialaccount": "single sign-on"}


def note_failure(request: HttpRequest, reason: str, email: str, **details: Any) -> None:
    """Note a sign-in that failed. What was typed is kept only where it is the address of an account.

    Otherwise it may be a password typed into the wrong field: then a keyed hash stands for it, which tells the same
    typing twice from two different ones, and nothing more.
    """
    known = User.objects.filter(email__iexact=email).first() if email else None
    address = AccountRules().get_client_ip(request)
    if known is not None:
        note_event("sign_in.failed", known, by=known, at=timezone.now(), reason=reason, from_address=address, **details)
        return
    typed = salted_hmac("plans.sign_in.typed", email.strip().lower(), algorithm="sha256").hexdigest()[:16]
    note_stranger(
        "sign_in.failed", by=f"unknown:{typed}", at=timezone.now(), reason=reason, from_address=address, **details
    )


def may_use_password(user: User) -> bool:
    """Whether the account is entered by a password: where single sign-on alone is wanted, the installation's are."""
    return not settings.OIDC_ONLY or user.is_superuser


class AccountRules(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": CLOSED,
        "email_password_mismatch": "That e-mail address and password do not match an account here",
        "enter_current_password": "That is not your password now. Type it again",
        "incorrect_password": "That is not your password. Type it again",
        "too_many_login_attempts": (
            f"Signing in is locked for {LOCKED_MINUTES} minutes, because there were too many wrong answers."
            " Wait, or reset your password by e-mail, which opens the account at once"
        ),
        "rate_limited": f"There were too many wrong answers. Wait {LOCKED_MINUTES} minutes, then try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account without an invitation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """There are pages only."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            email = credentials.get("email", "")
            mark = salted_hmac("plans.sign_in.locked", email.lower(), algorithm="sha256").hexdigest()
            # One line for each lock, not one for each knock at the door.
            if cache.add(f"locked-out-noted:{mark}", True, LOCKED_MINUTES * 60):
                note_failure(request, "locked out", email, minutes=LOCKED_MINUTES)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(request, "password", credentials.get("email", ""))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """By the person's own address; the library would look into its own table of addresses first."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not right after signing in; nor of somebody who came by single sign-on, who has no password here to type."""
        request = self.request
        if timezone.now().timestamp() - request.session.get(SIGNED_IN_AT, 0) < JUST_SIGNED_IN:
            return False
        methods = {record["method"] for record in get_authentication_records(request, request.user)}
        if "socialaccount" in methods:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        now = timezone.now().timestamp()
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now
        if not has_authenticator(user) and second_factor_asked_by(user):
            request.session[SECOND_FACTOR_WANTED] = True

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        note_event(
            "sign_in.succeeded",
            user,
            by=user,
            at=timezone.now(),
            by_means_of=list(dict.fromkeys(METHODS.get(method, method) for method in methods)),
            from_address=self.get_client_ip(request),
        )
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The right password of a closed account: said in words, because whoever knows it may know this."""
        note_failure(request, "account closed", user.email)
        return render(request, "accounts/refused.html", {"why": CLOSED}, status=403)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that does not answer must not undo what was done, nor say which addresses have accounts."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            logger.exception("Mail was not sent: %s", template_prefix)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        if may_use_password(user):
            super().send_password_reset_mail(user, email, context)
        else:
            self.send_mail("account/email/no_password", email, {**context, "provider": settings.OIDC_NAME})

    def unlock(self, request: HttpRequest, user: User) -> None:
        """Whoever proved by e-mail who they are has not to wait."""
        self._delete_login_attempts_cached_email(request, email=user.email)


def _ciphers() -> MultiFernet:
    """Keys made from SECRET_KEY, the first for writing; fallbacks still read what an earlier key wrote."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"plans authenticator secrets").derive(force_bytes(key))
        for key in keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


class SecondFactorRules(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Your organisation asks for an authenticator app for your role, so it stays",
        "incorrect_code": "That code is not right, or was used already. Wait for the next one and type it",
    }

    def encrypt(self, text: str) -> str:
        """The library would keep the secrets of authenticators readable in the database."""
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _ciphers().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not second_factor_asked_by(authenticator.user)
