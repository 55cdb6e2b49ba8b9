"""Documents read in a process of their own, which is stopped when it takes too long or too much memory.

A published PDF comes from outside and the libraries that read it are large: what crashes or hangs them ends the
child alone. It has no database, no settings and no environment.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any, TypeVar

from plans.documents.child_process import exchange, was_large, was_slow
from plans.documents.lines import RefusedDocument
from plans.documents.plain import from_plain
from plans.documents.proposals import ProposedInspection, ProposedPlan
from plans.documents.read_in_child import SECONDS
from plans.documents.returned import ReturnedWorkbook

MOST_ANSWERED = 64 * 1024 * 1024
# More than any reader takes; each refuses what is larger with its own sentence.
_MOST_SENT = 64 * 1024 * 1024

# Of one server process: several large documents at once would otherwise take the memory that each is allowed.
AT_ONCE = 2
_PLACES = BoundedSemaphore(AT_ONCE)
_BUSY = "Other documents are being read just now. Wait a minute, and try again."
_SLOW = (
    "This document took longer than {seconds} seconds to read, so it was stopped. Save the pages that matter on "
    "their own, and upload those."
)
_LARGE = (
    "This document needs more memory to read than any report or plan should, so it was stopped. Save the pages "
    "that matter on their own, and upload those."
)
_UNREAD = {
    "report": "This document could not be read: it is damaged or of an unusual kind. Save it again as a PDF or a "
    "Word document (.docx), and upload that.",
    "plan": "This document could not be read: it is damaged or of an unusual kind. Save it again as a Word document "
    "(.docx) or an Excel workbook (.xlsx), and upload that.",
    "return": "This workbook could not be read: it is damaged or of an unusual kind. Save it again as an Excel "
    "workbook (.xlsx), and send that.",
    "picture": "This page could not be shown: the document is damaged or of an unusual kind. Save it again as a PDF, "
    "and upload that.",
}

_log = logging.getLogger(__name__)
_Made = TypeVar("_Made", ProposedInspection, ProposedPlan, ReturnedWorkbook)


def report_apart(data: bytes, name: str) -> ProposedInspection:
    """As ``read_report``. Raises RefusedDocument also when reading takes too long, too much memory, or crashes."""
    return _proposed(ProposedInspection, {"kind": "report", "name": name}, data)


def plan_apart(data: bytes, name: str, mapping: Mapping[int, str] | None = None) -> ProposedPlan:
    """As ``read_plan``. Raises RefusedDocument also when reading takes too long, too much memory, or crashes."""
    # JSON keeps no numbers as keys.
    columns = None if mapping is None else list(mapping.items())
    return _proposed(ProposedPlan, {"kind": "plan", "name": name, "mapping": columns}, data)


def return_apart(data: bytes, name: str) -> ReturnedWorkbook:
    """As ``read_return``. Raises RefusedDocument also when reading takes too long, too much memory, or crashes."""
    return _proposed(ReturnedWorkbook, {"kind": "return", "name": name}, data)


def page_picture(data: bytes, page: int) -> bytes:
    """One page of a PDF, counted from 1, as a small PNG about 1,000 pixels wide.

    Raises RefusedDocument, with a sentence, where there is no such page or it cannot be drawn.
    """
    read = _read({"kind": "picture", "page": page}, data)
    try:
        return b64decode(read, validate=True)
    except (ValueError, TypeError) as error:
        raise _unread("picture", "an answer that is no picture") from error


def _proposed(made: type[_Made], wanted: dict[str, Any], data: bytes) -> _Made:
    read = _read(wanted, data)
    try:
        return from_plain(made, read)
    except (ValueError, TypeError) as error:
        raise _unread(wanted["kind"], f"an answer of another form: {error}") from error


def _read(wanted: dict[str, Any], data: bytes) -> Any:
    """What the child read, as plain values. Raises RefusedDocument for everything else that it may do."""
    kind = wanted["kind"]
    sent = data[:_MOST_SENT]
    if not _PLACES.acquire(timeout=SECONDS):
        raise RefusedDocument(_BUSY)
    try:
        head = json.dumps({**wanted, "bytes": len(sent)}).encode() + b"\n"
        ended, written = exchange("plans.documents.read_in_child", (head, sent), seconds=SECONDS, most=MOST_ANSWERED)
    finally:
        _PLACES.release()
    try:
        answered = json.loads(written)
    except (ValueError, RecursionError) as error:
        if was_slow(ended):
            raise RefusedDocument(_SLOW.format(seconds=SECONDS)) from error
        if was_large(ended) or len(written) > MOST_ANSWERED:
            raise RefusedDocument(_LARGE) from error
        raise _unread(kind, f"no answer, exit status {ended}") from error
    if not isinstance(answered, dict):
        raise _unread(kind, "an answer of another form")
    if isinstance(answered.get("refused"), str):
        raise RefusedDocument(answered["refused"])
    if "memory" in answered:
        raise RefusedDocument(_LARGE)
    if "read" not in answered:
        raise _unread(kind, str(answered.get("failed"))[:200])
    return answered["read"]


def _unread(kind: str, why: str) -> RefusedDocument:
    _log.warning("A document was not read (%s): %s", kind, why)
    return RefusedDocument(_UNREAD[kind])
