"""The parts of a Word document or an Excel workbook, walked without building them in memory.

Nothing in the file is run, followed or fetched: macros and document type declarations are refused.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Protocol
from xml.parsers import expat

from plans.documents.lines import RefusedDocument

MOST_UNPACKED = 250_000_000
MOST_PARTS = 5_000
MOST_ELEMENTS = 4_000_000  # of one part; a sheet of a million empty rows holds a third of them
_CHUNK = 1 << 16
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
)


class Walker(Protocol):
    """What hears a part's elements, by their names without a namespace, in the order in which they stand."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn whatever a damaged file raises into a sentence."""
    try:
        yield
    except RefusedDocument:
        raise
    except _DAMAGED as error:
        raise RefusedDocument("The file is damaged or was cut short. Save it again and send it once more.") from error


class OfficeFile:
    """A zip of parts. Raises RefusedDocument for one that is too large when unpacked, locked, or has macros."""

    def __init__(self, data: bytes) -> None:
        with damage_refused():
            self._zip = zipfile.ZipFile(BytesIO(data))
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise RefusedDocument(
                f"The file unpacks to more than {MOST_UNPACKED // 1_000_000} MB or {MOST_PARTS:,} parts, "
                "which no plan does. It was not opened."
            )
        if any(part.flag_bits & 1 for part in parts):
            raise RefusedDocument("The file is protected by a password. Save it without one and send it again.")
        self.names = frozenset(part.filename for part in parts)
        if any(name.lower().endswith("vbaproject.bin") for name in self.names):
            raise RefusedDocument("The file holds macros. Save it as .docx or .xlsx, without macros, and send that.")

    def walk(self, name: str, walker: Walker) -> None:
        """Let ``walker`` hear the part from its beginning to its end."""
        with damage_refused(), self._zip.open(name) as part:
            parser = expat.ParserCreate(namespace_separator=" ")
            parser.buffer_text = True
            parser.StartDoctypeDeclHandler = _refuse_declaration
            parser.StartElementHandler = _local(walker)
            parser.EndElementHandler = lambda tag: walker.end(tag.rpartition(" ")[2])
            parser.CharacterDataHandler = walker.text
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)


def _local(walker: Walker) -> Callable[[str, dict[str, str]], None]:
    heard = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal heard
        heard += 1
        if heard > MOST_ELEMENTS:
            raise RefusedDocument(
                f"A part of the file has more than {MOST_ELEMENTS:,} elements, which no plan does. It was not read."
            )
        walker.start(tag.rpartition(" ")[2], {name.rpartition(" ")[2]: value for name, value in attributes.items()})

    return start


def _refuse_declaration(*_: object) -> None:
    raise RefusedDocument(
        "The file declares a document type, which Word and Excel never do. It may be an attack and was not opened."
    )
