"""All that a reader, a program or a curious person could find in a file: every part of it, opened and decompressed."""

from __future__ import annotations

import re
import zlib
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pypdfium2


def everything_in(content: bytes, file_format: str) -> str:
    """Every text of the file, its metadata and its raw parts, one after the other."""
    if file_format == "pdf":
        return _pdf(content)
    if file_format in ("docx", "xlsx"):
        return "\n".join(_part(name, part) for name, part in _parts(content))
    return content.decode()


def _parts(content: bytes) -> list[tuple[str, bytes]]:
    with ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


def _part(name: str, part: bytes) -> str:
    raw = part.decode("utf-8", errors="replace")
    # Letters of one word may be cut up into runs: the text is looked at with and without what stands between.
    return "\n".join(
        (name, unescape(raw), unescape(re.sub(r"<[^>]*>", "", raw)), unescape(re.sub(r"<[^>]*>", " ", raw)))
    )


def _pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        about = [f"{key}: {value}" for key, value in document.get_metadata_dict().items()]
        marks = [mark.get_title() for mark in document.get_toc()]
    finally:
        document.close()
    streams = []
    for stream in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            streams.append(zlib.decompress(stream.group(1)).decode("latin-1"))
        except zlib.error:
            streams.append(stream.group(1).decode("latin-1"))
    # Metadata and alternative texts may be written in UTF-16, as bytes or as hexadecimal.
    wide = "".join(re.findall(r"[ -~]", content.replace(b"\x00", b"").decode("latin-1")))
    return "\n".join((*pages, *(" ".join(page.split()) for page in pages), *about, *marks, *streams, wide))
