"""What of a request may stand in a log or in the report of a fault: where it happened, and nothing that opens a door.

Some addresses are secrets themselves (a partner's link, a calendar, an invitation, a reset); what people type and what
programs send may be. Reports are of a fault in the code, which shows without them.
"""

from __future__ import annotations

import logging
import re
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

HIDDEN = "…"
# What follows these is known to one person alone; ``tests/web/test_security_secrets.py`` holds it against the routes.
SECRET_PREFIXES = ("calendar/", "invitations/accept/", "partner/", "sign-in/reset/")
_AFTER_A_PREFIX = re.compile(rf"(/(?:{'|'.join(SECRET_PREFIXES)}))[^\s/?#\"'<>“”]+")
_AFTER_A_QUESTION_MARK = re.compile(r"(/[^\s?\"'<>“”]*\?)[^\s\"'<>“”]+")
# Of what a browser sends, what tells one kind of request from another.
_SHOWN_OF_A_REQUEST = ("REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT", "HTTP_ACCEPT")


def without_secrets(text: str) -> str:
    """The text with every address in it cut off where its secret or its query begins."""
    return _AFTER_A_QUESTION_MARK.sub(rf"\1{HIDDEN}", _AFTER_A_PREFIX.sub(rf"\1{HIDDEN}", text))


class WithoutSecrets(logging.Filter):
    """Takes secrets out of the addresses that the framework logs, whatever handler writes them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets(one) if isinstance(one, str) else one for one in record.args)
        if isinstance(record.msg, str):
            record.msg = without_secrets(record.msg)
        return True


class ReportFilter(SafeExceptionReporterFilter):
    """Hides what a report has no need of. With DEBUG, on one's own machine, everything shows as usual."""

    cleansed_substitute = HIDDEN
    # Beside the framework's own: addresses that carry a password, such as DATABASE_URL and EMAIL_URL.
    hidden_settings = re.compile(
        rf"{SafeExceptionReporterFilter.hidden_settings.pattern}|_URL$|CLIENT|HOST_USER|ISSUER|DATABASES|CACHES",
        flags=re.IGNORECASE,
    )

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        return dict.fromkeys(request.POST, HIDDEN)

    def get_safe_request_meta(self, request: HttpRequest | None) -> dict[str, Any]:
        if request is None:
            return {}
        if not self.is_active(request):
            return super().get_safe_request_meta(request)
        return {name: request.META[name] for name in _SHOWN_OF_A_REQUEST if name in request.META}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        """None: what a variable holds may be a password, or what somebody wrote about a family."""
        return [] if self.is_active(request) else super().get_traceback_frame_variables(request, tb_frame)


class Report(ExceptionReporter):
    """The report of a fault, for e-mail to the administrators or for whatever else asks for it."""

    def get_traceback_data(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_traceback_data()
        if not self.filter.is_active(self.request):
            return found
        found["request_GET_items"] = [(name, HIDDEN) for name, _ in found.get("request_GET_items") or ()]
        found["request_COOKIES_items"] = [(name, HIDDEN) for name, _ in found.get("request_COOKIES_items") or ()]
        found["request_FILES_items"] = [(name, HIDDEN) for name, _ in found.get("request_FILES_items") or ()]
        found["request_insecure_uri"] = without_secrets(str(found.get("request_insecure_uri") or ""))
        found["exception_value"] = without_secrets(str(found.get("exception_value") or ""))
        if self.request is not None:
            found["request"] = _Shown(self.request)
        return found


class _Shown:
    """Of the request, what the report's template asks: who, how and where."""

    def __init__(self, request: HttpRequest) -> None:
        self.method = request.method
        self.path_info = without_secrets(request.path_info)
        self.META = {"REQUEST_METHOD": request.method}
        self.GET = self.POST = self.COOKIES = self.FILES = ()
