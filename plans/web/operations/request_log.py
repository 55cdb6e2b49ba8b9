"""One line and one measurement for each request: which route, how long, how it ended. Never whose, never what.

The path and the query stay out: the secrets of partners, calendars and invitations stand in paths. So do addresses and
people: who did what is in the trail, which those read whose task it is.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from plans.web.operations import metrics
from plans.web.operations.log_lines import named

HEADER = "X-Request-ID"
_MAY_BE_TAKEN_OVER = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = logging.getLogger("tracker.request")


class Queries:
    """How many queries were made, and the seconds that they took."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


def id_of(request: HttpRequest) -> str:
    """The id that the proxy in front gave the request, where there is one and it can be an id; else a new one."""
    given = request.headers.get(HEADER, "") if settings.TRUST_REQUEST_ID else ""
    return given if _MAY_BE_TAKEN_OVER.fullmatch(given) else uuid.uuid4().hex


def route_of(request: HttpRequest) -> str:
    """The name of the request’s route; “static” for files that come with the product, “none” for unknown addresses."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or "unnamed"
    if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return "static"
    try:
        # Answered before the route was looked for.
        return resolve(request.path_info).view_name or "unnamed"
    except Resolver404:
        return "none"


class RequestLogMiddleware:
    """Comes first: gives each request its id, and logs and measures how it ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = id_of(request)  # type: ignore[attr-defined]
        queries, began, status = Queries(), time.perf_counter(), 500
        with named(request.id):  # type: ignore[attr-defined]
            try:
                with ExitStack() as counting:
                    for database in connections.all():
                        counting.enter_context(database.execute_wrapper(queries))
                    response = self.get_response(request)
                status = response.status_code
                response.headers[HEADER] = request.id  # type: ignore[attr-defined]
                # The framework would say it again, without the id; faults it has told of already.
                response._has_been_logged = True  # type: ignore[attr-defined]
                return response
            finally:
                self._note(request, status, time.perf_counter() - began, queries)

    def _note(self, request: HttpRequest, status: int, seconds: float, queries: Queries) -> None:
        route = route_of(request)
        method = request.method if request.method in metrics.METHODS else "other"
        metrics.note_request(route, method or "other", status, seconds, queries.count, queries.seconds)
        quiet = route in QUIET and status < 400
        _log.log(
            logging.DEBUG if quiet else logging.INFO,
            "request",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "queries": queries.count,
                "database_ms": round(queries.seconds * 1000, 1),
            },
        )


# Asked every few seconds, or dozens at once: logged where LOG_LEVEL is DEBUG, and when they fail.
QUIET = {"health_live", "health_ready", "health_worker", "metrics", "static"}
