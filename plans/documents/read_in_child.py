"""The child process that ``apart`` starts: bounds itself, reads one document, answers and ends.

On its standard input stand a line of JSON, which says what is wanted, and then the document. The answer is one
JSON object: "read", or why nothing was read: "refused" (a sentence), "memory", or "failed" (where, without
any word of the document).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from plans.documents.child_process import bounded, place_of

SECONDS = 30
# Of address space, which is what a system lets a process be held to, and never less than what is resident. The
# libraries take 75 MB of it and a document of 60 MB is held once, so some 350 MB are left to read it with.
MEMORY = 500 * 1024 * 1024


def answer(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    """What a wish and a document come to. Never raises an Exception."""
    from plans.documents.lines import RefusedDocument

    try:
        return {"read": _READERS[wanted["kind"]](wanted, data)}
    except RefusedDocument as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:
        return {"failed": place_of(error)}


def _report(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    from plans.documents.proposals import as_plain
    from plans.documents.read_report import read_report

    return as_plain(read_report(data, wanted["name"]))


def _plan(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    from plans.documents.proposals import as_plain
    from plans.documents.read_plan import read_plan

    columns = wanted["mapping"]
    return as_plain(read_plan(data, wanted["name"], None if columns is None else dict(columns)))


def _return(wanted: dict[str, Any], data: bytes) -> dict[str, Any]:
    from dataclasses import asdict

    from plans.documents.read_return import read_return

    return asdict(read_return(data, wanted["name"]))


def _picture(wanted: dict[str, Any], data: bytes) -> str:
    from base64 import b64encode

    from plans.documents.page_pictures import picture_of_page

    return b64encode(picture_of_page(data, wanted["page"])).decode()


_READERS: dict[str, Callable[[dict[str, Any], bytes], Any]] = {
    "report": _report,
    "plan": _plan,
    "return": _return,
    "picture": _picture,
}


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
    # A damaged document can still crash the libraries when they tidy up after it.
    os._exit(0)


if __name__ == "__main__":
    main()
