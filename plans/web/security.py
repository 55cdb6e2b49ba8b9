"""The headers that every answer carries, whatever made it: a page, a download, an error, a static file."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(),"
        " fullscreen=(self), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(),"
        " local-fonts=(), magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(),"
        " publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(),"
        " storage-access=(), usb=(), xr-spatial-tracking=()"
    ),
}
# A file to be kept has no business on a page: should a browser show it all the same, nothing in it runs.
OF_A_FILE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
NOT_KEPT = "private, no-store"
# What somebody types here may take long, and must still be there after “back”: browsers forget it with “no-store”.
TYPED_ON = frozenset(
    {
        "add_action",
        "amend_action",
        "answer_challenge",
        "decide_action",
        "edit_young_people",
        "my_actions",
        "release_words",
        "update_action",
    }
)
NOT_KEPT_WITHOUT_ASKING = "private, no-cache"
# Routes whose address is a secret, and the word of it that is. A page with a form sends its origin, or the browser's
# answer would not be known to come from here; what has none sends nothing.
SECRET_WORDS = {
    "accept_invitation": "secret",
    "account_reset_password_from_key": "key",
    "calendar_feed": "secret",
    "partner_page": "secret",
    "single_sign_on_callback": "",
}
WITH_A_FORM = frozenset({"accept_invitation", "account_reset_password_from_key", "partner_page"})


class HeadersMiddleware:
    """The outermost: answers of every other middleware pass through it too. What a view has set itself stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(" ".join([name, *sources]) for name, sources in settings.SECURE_CSP.items())
        self.static = f"/{settings.STATIC_URL.lstrip('/')}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        is_file = headers.get("Content-Disposition", "").startswith("attachment")
        headers.setdefault("Content-Security-Policy", OF_A_FILE if is_file else self.policy)
        route = request.resolver_match.url_name if request.resolver_match else ""
        if route in SECRET_WORDS:
            headers["Referrer-Policy"] = "strict-origin" if route in WITH_A_FORM else "no-referrer"
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if not request.path_info.startswith(self.static):
            headers.setdefault("Cache-Control", NOT_KEPT_WITHOUT_ASKING if route in TYPED_ON else NOT_KEPT)
        return response


class _NamedCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class MessageStorage(FallbackStorage):
    """As Django's, with the cookie under a name that another host of the council cannot set."""

    storage_classes = (_NamedCookie, SessionStorage)
