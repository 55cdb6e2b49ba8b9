"""What the tests of signing in share: a browser that goes to a real OpenID provider, codes of an app, the trail."""

from __future__ import annotations

import html
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from plans.access.models import User
from plans.audit.models import Event

PASSWORD = "a long password"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("sign_in"), {"login": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def app_of(person: User) -> str:
    """Give the person an authenticator app; answers its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)}
    )
    return secret


def code(secret: str, later: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def trail(what: str) -> list[Event]:
    return list(Event.objects.filter(what=what).order_by("id"))


def address_at_provider(client: Client, **sent: Any) -> str:
    """Press the button; answers the address at the provider that the page leads to, by itself and by a link."""
    begun = client.post(reverse("single_sign_on"), sent)
    assert begun.status_code == 200, begun.content.decode()
    page = begun.content.decode()
    (by_itself,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page)
    assert f'<a class="govuk-link" href="{by_itself}">continue</a>' in page
    return html.unescape(by_itself)


def to_provider(client: Client, subject: str, **sent: Any) -> str:
    """Agree at the provider; answers the path with which it sends the person back."""
    asked = address_at_provider(client, **sent)
    agreed = requests.post(asked, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert agreed.status_code == 302, agreed.text
    back = urlsplit(agreed.headers["Location"])
    assert back.path == reverse("single_sign_on_callback")
    assert {"code", "state"} <= set(parse_qs(back.query))
    return f"{back.path}?{back.query}"
