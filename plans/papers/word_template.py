"""A council's Word template: looked at when it is uploaded, filled when a paper is made, in a process of its own.

It comes from outside, and what fills it is a language: a loop that does not end, or takes all memory, ends the child.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

from plans.documents.child_process import exchange, was_large, was_slow
from plans.papers.considerations import Field, still_empty, typed_fields
from plans.papers.content import BLOCKS, Block
from plans.papers.template_in_child import SECONDS
from plans.papers.word_template_package import MOST_BYTES, RefusedTemplate
from plans.papers.word_template_reading import Mark

__all__ = ["Filled", "RefusedTemplate", "TemplateFacts", "fill", "template_facts"]

MOST_ANSWERED = 64 * 1024 * 1024
# Of one server process: several at once would otherwise take the memory that each is allowed.
_PLACES = BoundedSemaphore(2)
_KEPT = 8
_BUSY = "Other papers are being made just now. Wait a minute, and try again."
_SLOW = (
    "Filling this template took longer than {seconds} seconds, so it was stopped. A loop in it goes through too much,"
    " or does not end. Take loops out of loops."
)
_LARGE = "This template needs more memory than any report should, so it was stopped. Make its pictures smaller."
_FAILED = "This template could not be read: it is damaged or of an unusual kind. Open it in Word and save it as .docx."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TemplateFacts:
    """``fields``: those that the template uses, in its order. ``optional``: those it does without if they are empty."""

    fields: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    @property
    def typed(self) -> tuple[Field, ...]:
        """What a person writes for each paper made of it, in its order."""
        return typed_fields(self.fields)

    def empty(self, words: Mapping[str, str]) -> tuple[Field, ...]:
        """What it prints and nobody has written: a gap that a reader would see."""
        return tuple(field for field in still_empty(self.fields, words) if field.name not in self.optional)


@dataclass(frozen=True)
class Filled:
    """A filled template. ``pieces``: what it says, with a mark where the blocks of a field belong.

    ``lowered``: by how much its headings stand lower in a paper than in Word.
    """

    skeleton: bytes
    pieces: tuple[Block | Mark, ...]
    lowered: int


@lru_cache(_KEPT)
def template_facts(data: bytes) -> TemplateFacts:
    """Look at a template and try it. Raises RefusedTemplate with every problem that was found."""
    if len(data) > MOST_BYTES:
        raise RefusedTemplate(f"The file is larger than {MOST_BYTES // 1024**2} MB. Make its pictures smaller.")
    made = _made({"kind": "fields"}, data)
    return TemplateFacts(tuple(made["used"]), frozenset(made["tested"]))


def fill(data: bytes, words: Mapping[str, Any], *, leave_out: tuple[str, ...] = ()) -> Filled:
    """The template with these words: texts by field, lists of texts, and True for each block that there is.

    Raises RefusedTemplate where it cannot be filled. ``leave_out``: see ``read_back``.
    """
    wanted = {"kind": "fill", "words": dict(words), "leave_out": list(leave_out)}
    return _filled(json.dumps(wanted, sort_keys=True), data)


# A paper is looked at before it is downloaded, in several formats.
@lru_cache(_KEPT)
def _filled(wanted: str, data: bytes) -> Filled:
    made = _made(json.loads(wanted), data)
    return Filled(b64decode(made["skeleton"]), tuple(_piece(plain) for plain in made["pieces"]), int(made["lowered"]))


def _piece(plain: dict[str, Any]) -> Block | Mark:
    if plain["is"] == "Mark":
        return Mark(plain["name"], None)
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items() if name != "is"}
    made: Block = BLOCKS[plain["is"]](**said)
    return made


def _made(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    """What the child made. Raises RefusedTemplate for everything else that it may do."""
    if not _PLACES.acquire(timeout=SECONDS):
        raise RefusedTemplate(_BUSY)
    try:
        head = json.dumps({**wanted, "bytes": len(data)}).encode() + b"\n"
        ended, written = exchange("plans.papers.template_in_child", (head, data), seconds=SECONDS, most=MOST_ANSWERED)
    finally:
        _PLACES.release()
    try:
        answered = json.loads(written)
    except (ValueError, RecursionError) as error:
        if was_slow(ended):
            raise RefusedTemplate(_SLOW.format(seconds=SECONDS)) from error
        if was_large(ended) or len(written) > MOST_ANSWERED:
            raise RefusedTemplate(_LARGE) from error
        raise _failure(f"no answer, exit status {ended}") from error
    if isinstance(answered.get("refused"), list):
        raise RefusedTemplate(*map(str, answered["refused"]))
    if "memory" in answered:
        raise RefusedTemplate(_LARGE)
    if "made" not in answered:
        raise _failure(str(answered.get("failed"))[:200])
    made: dict[str, Any] = answered["made"]
    return made


def _failure(why: str) -> RefusedTemplate:
    _log.warning("A Word template was not filled: %s", why)
    return RefusedTemplate(_FAILED)
