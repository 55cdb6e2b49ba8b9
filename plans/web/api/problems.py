"""What goes wrong, as RFC 9457 problem JSON with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

PROBLEM = "application/problem+json"
REALM = 'realm="Improvement Plan Tracker"'
NO_TOKEN = (
    "Send a token in the header “Authorization: Bearer …”. This one is missing, unknown, expired or revoked:"
    " make one under Access for programs."
)
NOT_FOUND = "There is no such record, or this token’s person may not see it."


class FieldProblem(Schema):
    field: str = Field(description="The parameter or the name in the body; empty for the whole.")
    detail: str = Field(description="What is wrong, in a sentence.")


class Problem(Schema):
    type: str = Field(description="Always about:blank: the status says what kind it is.")
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do, in a sentence.")
    errors: list[FieldProblem] = Field(default=[], description="What is wrong with single fields.")


class Refusal(Exception):
    """A problem to be answered with."""

    def __init__(self, status: int, detail: str, errors: Iterable[tuple[str, str]] = (), **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.more = status, detail, tuple(errors), more


def problem(status: int, detail: str, errors: Iterable[tuple[str, str]] = (), **more: Any) -> HttpResponse:
    """The answer that tells of a problem."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [{"field": field, "detail": sentence} for field, sentence in errors],
        **more,
    }
    answer = JsonResponse(content, status=status, content_type=PROBLEM)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = f"Bearer {REALM}"
    return answer


def _sentence(error: dict[str, Any]) -> str:
    kind = error.get("type", "")
    if kind == "missing":
        return "Give a value."
    if kind == "extra_forbidden":
        return "There is no such field."
    message = str(error.get("msg", "")).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."


def _invalid(request: HttpRequest, refusal: Any) -> HttpResponse:
    errors = []
    for error in refusal.errors:
        # The first is where it was sent; what follows a union's own name says nothing to the reader.
        place = [str(part) for part in error["loc"][1:] if str(part) not in ("asked", "said")]
        errors.append((".".join(place[:2]), _sentence(error)))
    return problem(422, "Something that was sent cannot be read. See errors.", errors)


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return problem(refusal.status, refusal.detail, refusal.errors, **refusal.more)


def _other(request: HttpRequest, refusal: Any) -> HttpResponse:
    return problem(refusal.status_code, str(refusal))


def answer_problems(api: NinjaAPI) -> None:
    """Have the interface answer every refusal as a problem."""
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(AuthenticationError, lambda _, it: problem(401, NO_TOKEN))
    api.add_exception_handler(PermissionDenied, lambda _, it: problem(403, str(it) or "This person may not do that."))
    api.add_exception_handler(Http404, lambda _, it: problem(404, NOT_FOUND))
    api.add_exception_handler(HttpError, _other)
    api.add_exception_handler(ValidationError, _invalid)
