"""Log lines that tell what happened and not whom it is about: plain, or JSON for a program to read.

Imports nothing of Django, so that the web server can use it before the settings are read.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

LONGEST_MESSAGE = 2_000
LONGEST_SAID = 200
# What a request's line has beside its message.
MEASURED = ("method", "route", "status", "ms", "queries", "database_ms")
MASKED = "[masked]"

_work: ContextVar[str] = ContextVar("work", default="")

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[^\s@<>\"“”(),;:=]+@[^\s@<>\"'“”(),;:=]+\.[^\s@<>\"'“”(),;:=]+"), "[e-mail]"),
    # The addresses of machines, save this one’s own.
    (re.compile(r"(?<![\w.])(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)"), "[address]"),
    # The user and the password in the address of a database or a mail server.
    (re.compile(r"://[^\s/@]+@"), f"://{MASKED}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{12,}"), rf"\1 {MASKED}"),
    (
        re.compile(
            r"(?i)([\"']?\b[\w-]*(?:password|secret|token|sessionid|cookie|authorization|api_?key)[\w-]*[\"']?\s*[=:]\s*)"
            r"(?:\"[^\"]*\"|'[^']*'|[^\s,;&}]+)"
        ),
        rf"\1{MASKED}",
    ),
    (re.compile(r"/(partner|calendar|accept|reset)/[^\s/\"']{8,}"), rf"/\1/{MASKED}"),
    (re.compile(r"ipt_[\w-]{8,}"), MASKED),
    # A long run of letters and digits is a token or a hash; the number of a task is not.
    (re.compile(rf"(?<![\w-])(?!{_UUID}(?![\w-]))(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{{24,}}"), MASKED),
    (re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}"), MASKED),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def masked(text: str) -> str:
    """The text without e-mail addresses, passwords and tokens."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


@contextmanager
def named(work: str) -> Iterator[None]:
    """Every line that is logged in this block carries the id ``work``: of a request, or of a task."""
    before = _work.set(work)
    try:
        yield
    finally:
        _work.reset(before)


def current_work() -> str:
    """The id of the request or task that this is done for, if any."""
    return _work.get()


def message_of(record: logging.LogRecord) -> str:
    """What the record says. Where it is about a request, the name of its route stands for its path, in which a secret
    may stand."""
    request: Any = getattr(record, "request", None)
    text = ""
    if request is not None and isinstance(record.args, tuple):
        match = getattr(request, "resolver_match", None)
        route = (match.view_name if match else "") or "no route"
        paths = tuple(route if isinstance(arg, str) and arg.startswith("/") else arg for arg in record.args)
        text = str(record.msg) % paths if paths else str(record.msg)
    text = text or record.getMessage()
    return masked(text)[:LONGEST_MESSAGE]


def fault_of(error: BaseException) -> list[str]:
    """Where an error arose: files, lines and functions, and for each error of the chain the beginning of what it says.

    No values of variables, and of what it says the first line alone: databases put the row into the second.
    """
    lines: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        said = masked(next(iter(str(one).splitlines()), ""))[:LONGEST_SAID]
        lines = [*_places(one.__traceback__), f"{type(one).__module__}.{type(one).__qualname__}: {said}", *lines]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return lines


def _places(trace: TracebackType | None) -> list[str]:
    return [f"  {place.filename}:{place.lineno} in {place.name}" for place in traceback.extract_tb(trace)]


def parts_of(record: logging.LogRecord) -> dict[str, Any]:
    """The record as plain values, in the order in which they are read."""
    parts: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "id": current_work(),
        "logger": record.name,
        "message": message_of(record),
    }
    parts |= {name: value for name in MEASURED if (value := getattr(record, name, None)) is not None}
    if record.exc_info and record.exc_info[1] is not None:
        parts["fault"] = fault_of(record.exc_info[1])
    return {name: value for name, value in parts.items() if value != ""}


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(parts_of(record), ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """One line for a person; a fault's places are indented below it."""

    def format(self, record: logging.LogRecord) -> str:
        parts = parts_of(record)
        fault = parts.pop("fault", [])
        begins = [parts.pop("time"), parts.pop("level"), parts.pop("id", "-"), parts.pop("logger")]
        text = _CONTROL.sub(" ", parts.pop("message", "")).replace("\n", " ")
        rest = [f"{name}={value}" for name, value in parts.items()]
        return "\n".join([" ".join([*begins, text, *rest]), *(f"    {_CONTROL.sub(' ', line)}" for line in fault)])


FORMATS = {"json": "plans.web.operations.log_lines.JsonLines", "plain": "plans.web.operations.log_lines.PlainLines"}


# Libraries that tell of each step, some with what they were given; lines of SQL hold values.
LOUD = ("boto3", "botocore", "s3transfer", "urllib3", "fontTools", "pdfminer", "PIL", "pypdfium2", "asyncio", "docx")
LEVELS = {**dict.fromkeys((*LOUD, "django.db.backends"), {"level": "WARNING"}), "django.template": {"level": "INFO"}}
