"""The addresses of the JSON interface, and its description by OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from plans.web.api import recording
from plans.web.api.authentication import Bearer
from plans.web.api.problems import NO_TOKEN, PROBLEM, REALM, Refusal, answer_problems, problem
from plans.web.rate_limits import seconds_to_wait

PREFIX = "api/v1"
DESCRIPTION = (
    "What you may see in the Improvement Plan Tracker, for your programs. Send a token, made under Access for"
    " programs, as “Authorization: Bearer …”. Lists come in pages in the order of their ids: follow “next”."
    " Words are those of the pages; lateness is worked out from dates and cannot be sent."
)
NOT_SECURE = "Ask over https. This token was sent where others can read it: revoke it, and make another."
UNKNOWN = "There is no such address. See /api/ for those that there are."


class _Interface(NinjaAPI):
    def get_openapi_schema(self, **asked_for: Any) -> OpenAPISchema:
        """The description, with problems as what they are and nothing that is null without saying so."""
        schema = super().get_openapi_schema(**{**asked_for, "path_prefix": f"{PREFIX}/"})
        for operations in schema["paths"].values():
            for operation in operations.values():
                _describe(operation)
        return schema

    def get_openapi_operation_id(self, operation: Any) -> str:
        return operation.view_func.__name__


def _describe(operation: dict[str, Any]) -> None:
    for code, answer in operation["responses"].items():
        content = answer.get("content", {})
        if int(code) >= 400 and "application/json" in content:
            answer["content"] = {PROBLEM: content["application/json"]}
    if operation["operationId"] == "actions_csv":
        operation["responses"][200]["content"] = {"text/csv": {"schema": {"type": "string"}}}
    for parameter in operation["parameters"]:
        if parameter["schema"].get("default", "") is None:
            del parameter["schema"]["default"]
        if parameter["name"] == "idempotency_key":
            parameter["name"] = "Idempotency-Key"
            parameter["description"] = "A key of your own, so that a repeated request records once."


interface = _Interface(
    title="Improvement Plan Tracker",
    version="1",
    description=DESCRIPTION,
    auth=[Bearer()],
    openapi_url=None,
    docs_url=None,
    urls_namespace="interface",
)
answer_problems(interface)
interface.add_router("", recording.router)


def _kept_private(view: Callable[..., Any]) -> Callable[..., Any]:
    """For one token alone, and to be asked for again: with an ETag, so that what is the same is not sent twice."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            # Not sent on: a program would never notice that its token goes over the network in plain sight each time.
            return problem(403, NOT_SECURE)
        found: HttpResponse = view(request, *args, **kwargs)
        if found.status_code == 405:
            allowed = found["Allow"]
            found = problem(405, f"This address takes {allowed}.")
            found["Allow"] = allowed
        if found.status_code == 401 and request.path.endswith(".csv"):
            # Excel and Power BI offer a user name and a password where they are asked for them.
            found["WWW-Authenticate"] = f"Basic {REALM}, Bearer {REALM}"
        if found.status_code == 429:
            found["Retry-After"] = str(seconds_to_wait("interface"))
        found["Cache-Control"] = "private, no-cache"
        patch_vary_headers(found, ["Authorization"])
        return found

    return login_not_required(csrf_exempt(conditional_page(answer)))


def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the interface, for whoever is signed in and for any token."""
    try:
        known = request.user.is_authenticated or Bearer()(request)
    except Refusal as refusal:
        return problem(refusal.status, refusal.detail)
    if not known:
        return problem(401, NO_TOKEN)
    return JsonResponse(interface.get_openapi_schema())


def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address of the interface."""
    return problem(404, UNKNOWN)


def _patterns() -> list[URLPattern]:
    # An address with two methods is listed twice, with the same view.
    found = {str(each.pattern): each for each in interface.urls[0] if isinstance(each, URLPattern) and each.pattern}
    return [
        path(f"{PREFIX}/{address}", _kept_private(each.callback), name=each.name)
        for address, each in found.items()
        if address
    ]


routes = [
    *_patterns(),
    path(f"{PREFIX}/openapi.json", _kept_private(openapi), name="api_openapi"),
    path(f"{PREFIX}/<path:rest>", _kept_private(unknown), name="api_unknown"),
]
