"""Single sign-on by OpenID Connect, configured by the environment alone.

Who comes is matched to a person who exists or was invited, and never made an account for otherwise:

- by the pair of issuer and subject, once it was kept;
- else by an e-mail address that the issuer says it has verified;
- or, where the council names its tenant, by the address of an account in that tenant. Microsoft Entra says nothing
  about verified addresses, and an address alone is no proof: anybody may have a tenant in which it is theirs.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from plans.access import invitations
from plans.access.models import User
from plans.audit.changes import note_event
from plans.web.sign_in_rules import CLOSED, note_failure

# Kept of what the provider says; the rest is forgotten with the request.
KEPT_CLAIMS = ("iss", "sub", "email", "tid")


class RefusedSignOn(Exception):
    """Somebody whom the provider knows is not let in. The message says why; ``reason`` is its kind for the trail."""

    def __init__(self, why: str, reason: str) -> None:
        super().__init__(why)
        self.reason = reason


def refusal(request: HttpRequest, why: str, reason: str, email: str = "") -> HttpResponse:
    """The page that says why, and the line in the trail."""
    note_failure(request, reason, email, by_means_of="single sign-on")
    return render(request, "accounts/refused.html", {"why": why, "single_sign_on": True}, status=403)


class Provider(OpenIDConnectOAuth2Adapter):
    """The council's provider. Its identifier is the issuer, so an account there is kept as (issuer, subject)."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, settings.OIDC_ISSUER)

    def get_provider(self) -> Any:
        provider = super().get_provider()
        provider.get_oauth2_adapter = Provider
        return provider

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single_sign_on_callback"))

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER:
            raise ProviderException("The provider says that it is another issuer.")
        return config

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Raises ProviderException for an answer without an identity, or with two different ones."""
        if not kwargs["response"].get("id_token"):
            raise ProviderException("The provider sent no identity.")
        login: SocialLogin = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        userinfo, identity = said.get("userinfo") or {}, said["id_token"]
        if userinfo and userinfo.get("sub") != identity.get("sub"):
            raise ProviderException("The provider described two different people.")
        claims = {**userinfo, **identity}
        login.claims = claims
        login.account.extra_data = {"id_token": {name: claims[name] for name in KEPT_CLAIMS if name in claims}}
        return login


class SingleSignOnRules(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody makes an account without an invitation."""
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The one provider that the environment names; rows of the library's own table count for nothing."""
        if not settings.OIDC_ISSUER or provider not in (None, settings.OIDC_ISSUER, "openid_connect"):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=settings.OIDC_ISSUER,
                name=settings.OIDC_NAME,
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
            )
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.claims
        email = str(claims.get("email") or "").strip().lower()
        try:
            if sociallogin.state.get("process") != AuthProcess.LOGIN:
                raise RefusedSignOn("That was not a sign-in. Begin again.", "not a sign-in")
            _refuse_other_tenants(claims)
            if sociallogin.is_existing:
                if not sociallogin.user.is_active:
                    raise RefusedSignOn(CLOSED, "account closed")
                return
            _refuse_unverified(claims, email)
            with transaction.atomic():
                sociallogin.connect(request, person_vouched_for(email))
        except RefusedSignOn as refused:
            known = sociallogin.user.email if sociallogin.is_existing else email
            raise ImmediateHttpResponse(refusal(request, str(refused), refused.reason, known)) from None
        assert isinstance(sociallogin.user, User)
        note_event("single_sign_on.linked", sociallogin.user, by=sociallogin.user, at=timezone.now())

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == AuthError.CANCELLED:
            why, reason = "You stopped the sign-in at your provider. Nothing has changed.", "cancelled"
        elif exception is None and "state_id" in (extra_context or {}):
            why = "This sign-in began in another window, took longer than ten minutes or was used already. Begin again."
            reason = "state unknown"
        else:
            why = "Your provider did not confirm who you are. Begin again; if it fails again, tell your administrator."
            reason = "provider refused"
        raise ImmediateHttpResponse(refusal(request, why, reason))


def person_vouched_for(email: str) -> User:
    """The person with an address that the provider vouches for; invitations that wait for it are accepted.

    Raises RefusedSignOn for a stranger, for a closed account, and where another account there is theirs already.
    """
    now = timezone.now()
    person = User.objects.filter(email__iexact=email).first()
    if person is not None and not person.is_active:
        raise RefusedSignOn(CLOSED, "account closed")
    if person is not None and SocialAccount.objects.filter(user=person, provider=settings.OIDC_ISSUER).exists():
        raise RefusedSignOn(
            "Your e-mail address belongs to somebody who signs in with another account of the provider. Ask your"
            " administrator to unlink it.",
            "linked to another",
        )
    for invitation in invitations.open_invitations_for(email, now):
        person = invitations.accept(invitation, person=person, at=now, note=note_event)
    if person is None:
        raise RefusedSignOn(
            "There is no account for your e-mail address, and nobody has invited you. Ask the administrator of"
            " your organisation for an invitation.",
            "not invited",
        )
    return person


def _refuse_other_tenants(claims: dict[str, Any]) -> None:
    if settings.OIDC_TENANT and claims.get("tid") != settings.OIDC_TENANT:
        raise RefusedSignOn(
            "You are signed in to another organisation’s directory. Sign in with your account of the council.",
            "another tenant",
        )


def _refuse_unverified(claims: dict[str, Any], email: str) -> None:
    """An address counts where the issuer has verified it; where it says nothing, in the council's own tenant alone."""
    verified = claims.get("email_verified")
    vouched = verified is True or str(verified).lower() == "true"
    if not vouched and verified is None and settings.OIDC_TENANT:
        vouched = True
    if not email:
        raise RefusedSignOn(
            "Your provider did not send your e-mail address. Your administrator can have it sent.", "no e-mail address"
        )
    if not vouched:
        raise RefusedSignOn(
            "Your provider has not verified your e-mail address, so it does not show that it is yours.",
            "e-mail address not verified",
        )
