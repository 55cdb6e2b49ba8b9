"""The child process that ``word_template`` starts: bounds itself, reads or fills one Word template, answers and ends.

On its standard input stand a line of JSON, which says what is wanted, and then the template. The answer is one JSON
object: "made"; or why nothing was made: "refused" (sentences), "memory", or "failed" (where, without any word of it).
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from plans.documents.child_process import bounded, place_of

SECONDS = 10
MEMORY = 500 * 1024 * 1024


def answer(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    """What a wish and a template come to. Never raises an Exception."""
    from plans.papers.word_template_package import RefusedTemplate

    try:
        return {"made": _DOINGS[wanted["kind"]](wanted, data)}
    except RefusedTemplate as refusal:
        return {"refused": list(refusal.problems)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:
        return {"failed": place_of(error)}


def _fields(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The fields in order. The template is filled once with samples, so that no mistake waits for a real paper."""
    from plans.papers.word_template_fill import fields_of, filled, sample_words
    from plans.papers.word_template_package import RefusedTemplate

    found = fields_of(data)
    if found.problems:
        raise RefusedTemplate(*dict.fromkeys(found.problems))
    filled(data, sample_words())
    return {"used": found.used, "tested": [name for name in found.used if name in found.tested]}


def _fill(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    from plans.papers.word_template_fill import filled
    from plans.papers.word_template_reading import Mark, document_of, read_back

    skeleton = filled(data, wanted["words"])
    reading = read_back(document_of(skeleton), leave_out=tuple(wanted["leave_out"]))
    pieces = [
        {"is": "Mark", "name": piece.name} if isinstance(piece, Mark) else {"is": type(piece).__name__, **asdict(piece)}
        for piece in reading.pieces
    ]
    return {"skeleton": b64encode(skeleton).decode(), "pieces": pieces, "lowered": reading.lowered}


_DOINGS: dict[str, Callable[[dict[str, Any], bytes], dict[str, Any]]] = {"fields": _fields, "fill": _fill}


def main() -> None:
    bounded(SECONDS, MEMORY)
    # Whatever a library prints must not stand in the answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    wanted = json.loads(sys.stdin.buffer.readline())
    try:
        written = json.dumps(answer(wanted, sys.stdin.buffer.read(wanted["bytes"]))).encode()
    except MemoryError:
        written = b'{"memory": true}'
    with os.fdopen(answers, "wb") as stream:
        stream.write(written)
    os._exit(0)


if __name__ == "__main__":
    main()
