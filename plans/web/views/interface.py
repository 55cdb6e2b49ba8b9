"""The page that describes the JSON interface to people, made from its own description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from plans.improvement_plan.models import Plan
from plans.web.api.routes import interface
from plans.web.guards import person
from plans.web.pages import show


@dataclass(frozen=True)
class Field:
    """A parameter or a field of an answer, in words."""

    name: str
    kind: str
    says: str
    needed: bool = False


@dataclass(frozen=True)
class Operation:
    key: str
    method: str
    path: str
    summary: str
    more: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    is_list: bool


def interface_page(request: HttpRequest) -> HttpResponse:
    """Addresses, parameters and fields of the interface, and the CSV addresses of the person’s own plans."""
    schema = interface.get_openapi_schema()
    groups: dict[str, list[Operation]] = {}
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(schema, address, method, operation))
    plans = Plan.objects.read_in_full_by(person(request)).select_related("organisation")[:50]
    context = {
        "groups": groups,
        "base": request.build_absolute_uri("/api/v1/"),
        "plans": [(plan, request.build_absolute_uri(reverse("api_actions_csv", args=[plan.pk]))) for plan in plans],
    }
    return show(request, "api/interface.html", context)


def _operation(schema: dict[str, Any], address: str, method: str, operation: dict[str, Any]) -> Operation:
    summary, _, more = operation["description"].partition("\n")
    answer = _resolved(schema, _content(operation["responses"].get(201) or operation["responses"][200]))
    items = answer.get("properties", {}).get("items")
    body = _resolved(schema, _content(operation.get("requestBody", {})))
    return Operation(
        operation["operationId"],
        method.upper(),
        address,
        summary.strip(),
        " ".join(more.split()),
        [
            Field(each["name"], _kind(schema, each["schema"]), each.get("description", ""), each["required"])
            for each in operation["parameters"]
        ],
        _fields(schema, body),
        _fields(schema, _resolved(schema, items["items"]) if items else answer),
        bool(items),
    )


def _content(part: dict[str, Any]) -> dict[str, Any]:
    content = part.get("content", {})
    return next(iter(content.values()))["schema"] if content else {}


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    return schema["components"]["schemas"][reference.rsplit("/", 1)[-1]] if reference else part


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> list[Field]:
    needed = part.get("required", [])
    return [
        Field(name, _kind(schema, each), each.get("description", ""), name in needed)
        for name, each in part.get("properties", {}).items()
    ]


_WORDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false", "null": "null"}
_FORMATS = {"date": "date", "date-time": "date and time"}


def _kind(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """What a value can be, in words: “text”, “date or null”, “one of draft, agreed”."""
    if "anyOf" in part:
        return " or ".join(_kind(schema, each) for each in part["anyOf"])
    part = _resolved(schema, part)
    if "enum" in part:
        return "one of " + ", ".join(value or "(empty)" for value in part["enum"])
    if part.get("type") == "array":
        return f"list of {_kind(schema, part['items'])}"
    if "properties" in part:
        return f"object: {', '.join(part['properties'])}"
    return _FORMATS.get(part.get("format", ""), _WORDS.get(part.get("type", ""), "value"))
