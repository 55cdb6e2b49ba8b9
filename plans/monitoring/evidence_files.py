"""Which uploads are taken as evidence, judged by what a file holds and not by what it is called.

A refusal is a sentence for the person who uploads, and says what to do instead. Two kinds are refused because
nothing here can look inside them: old Office files, and e-mails with their attachments.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

SIZE_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
HEAD_BYTES = 4096
NAME_LIMIT = 120

# Repetitive sheets shrink well, so a high ratio counts only above this many bytes unpacked.
_RATIO_COUNTS_ABOVE = 10 * 1024 * 1024
_RATIO_LIMIT = 100
_MEMBER_LIMIT = 10_000
_CONTENTS_LIMIT = 1024 * 1024


class RefusedFile(ValueError):
    """The file is not taken; the message is the sentence to show."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken: its usual ending, media type and name in a sentence."""

    extension: str
    content_type: str
    words: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
PDF = FileKind(".pdf", "application/pdf", "a PDF")
WORD = FileKind(".docx", f"{_OPEN_XML}wordprocessingml.document", "a Word document")
EXCEL = FileKind(".xlsx", f"{_OPEN_XML}spreadsheetml.sheet", "an Excel workbook")
POWERPOINT = FileKind(".pptx", f"{_OPEN_XML}presentationml.presentation", "a PowerPoint presentation")
ODT = FileKind(".odt", f"{_OPEN_DOCUMENT}text", "an OpenDocument text")
ODS = FileKind(".ods", f"{_OPEN_DOCUMENT}spreadsheet", "an OpenDocument spreadsheet")
PNG = FileKind(".png", "image/png", "a PNG picture")
JPEG = FileKind(".jpg", "image/jpeg", "a JPEG picture")
TEXT = FileKind(".txt", "text/plain", "plain text")
CSV = FileKind(".csv", "text/csv", "a CSV table")

KINDS = {kind.extension: kind for kind in (PDF, WORD, EXCEL, POWERPOINT, ODT, ODS, PNG, JPEG, TEXT, CSV)} | {
    ".jpeg": JPEG
}
_SAVE_AS_PICTURE = "Save it as a PNG or JPEG picture"
_ADVICE = {
    ".doc": "Open it in Word and save it as .docx",
    ".rtf": "Open it in Word and save it as .docx",
    ".docm": "Save it without macros, as .docx",
    ".xls": "Open it in Excel and save it as .xlsx",
    ".xlsb": "Open it in Excel and save it as .xlsx",
    ".xlsm": "Save it without macros, as .xlsx",
    ".ppt": "Open it in PowerPoint and save it as .pptx",
    ".pptm": "Save it without macros, as .pptx",
    ".msg": "Save the e-mail as a PDF",
    ".eml": "Save the e-mail as a PDF",
    ".htm": "Save the page as a PDF",
    ".html": "Save the page as a PDF",
    ".svg": _SAVE_AS_PICTURE,
    ".gif": _SAVE_AS_PICTURE,
    ".bmp": _SAVE_AS_PICTURE,
    ".tif": _SAVE_AS_PICTURE,
    ".tiff": _SAVE_AS_PICTURE,
    ".heic": _SAVE_AS_PICTURE,
    ".webp": _SAVE_AS_PICTURE,
    ".zip": "Take the files out of it and upload each one",
}
_ANYTHING_TAKEN = "Save it as a PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, text or CSV file"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_FIRST_BYTES = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": WORD,
    b"spreadsheetml.sheet.main+xml": EXCEL,
    b"presentationml.presentation.main+xml": POWERPOINT,
}
_MACRO_MEMBERS = re.compile(r"(?:.*/)?vbaproject[^/]*\.bin|xl/macrosheets/.+|(?:basic|scripts)/.+", re.IGNORECASE)
_NOT_PLAIN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP_OR_SCRIPT = re.compile(
    r"\s*(?:<!doctype|<\?|<!--|<(?:html|head|body|svg|iframe)\b|#!|@echo\b)|.*?<script\b",
    re.IGNORECASE | re.DOTALL,
)


def sniff(head: bytes, name: str, stream: IO[bytes], limit: int = SIZE_LIMIT) -> FileKind:
    """The kind of an uploaded file; `head` is its first HEAD_BYTES bytes, `limit` the most bytes taken.

    Leaves the stream at its start. Raises RefusedFile with a sentence when the file is empty, too large, of
    a kind that is not taken, not what its name says, protected by a password, damaged, or able to run code.
    """
    shown = safe_name(name)
    extension = PurePosixPath(shown).suffix.lower()
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise RefusedFile(f"“{shown}” is empty. Check that it was saved, and upload it again.")
    if size > limit:
        raise RefusedFile(
            f"“{shown}” is {_megabytes(size)}; the most that can be uploaded is {_megabytes(limit)}. "
            "Make it smaller, split it, or give a link to it."
        )
    kind = KINDS.get(extension)
    if kind is None:
        what = f"of a kind ({extension}) that is not accepted" if extension else "without an ending like .pdf"
        raise RefusedFile(f"“{shown}” is {what}. {_ADVICE.get(extension, _ANYTHING_TAKEN)}, and upload that.")
    try:
        found = _kind_of_content(head, shown, kind, stream)
    finally:
        stream.seek(0)
    if found is kind:
        return kind
    if found is None:
        raise RefusedFile(
            f"“{shown}” is not {kind.words} inside. Open it in the program that made it, save it as "
            f"{kind.extension}, and upload that."
        )
    raise RefusedFile(
        f"“{shown}” is {found.words} inside, not {kind.words}. Rename it to end in {found.extension}, "
        "and upload it again."
    )


def is_page_or_script(head: bytes) -> bool:
    """Whether a file that begins so is a web page, a drawing that can hold a script, or a script, under any name."""
    if head.startswith((_ZIP, _OLE, *_FIRST_BYTES)):
        return False
    # UTF-16 reads like plain letters without its NULs.
    return bool(_MARKUP_OR_SCRIPT.match(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").decode("latin-1")))


def safe_name(name: str) -> str:
    """A file's name without folders, invisible characters or ones that Windows refuses; its ending is kept.

    At most 120 bytes long, so that any store takes it; never empty.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if letter.isspace() else letter for letter in last)
    visible = "".join(letter for letter in visible if not unicodedata.category(letter).startswith("C"))
    tidy = " ".join(re.sub(r'[<>:"|?*]', "-", visible).split()).rstrip(" .")
    ending = re.search(r"\.[A-Za-z0-9]{1,10}$", tidy)
    suffix = ending.group() if ending else ""
    stem = tidy.removesuffix(suffix).strip(" .").encode()[: NAME_LIMIT - len(suffix)].decode(errors="ignore")
    return f"{stem.rstrip(' .') or 'file'}{suffix}"


def _megabytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over the limit is not shown as the limit."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths // 10}.{tenths % 10} MB" if tenths % 10 else f"{tenths // 10} MB"


def _kind_of_content(head: bytes, shown: str, expected: FileKind, stream: IO[bytes]) -> FileKind | None:
    for first, kind in _FIRST_BYTES.items():
        if head.startswith(first):
            return kind
    if head.startswith(_OLE):
        raise RefusedFile(
            f"“{shown}” is an old Office file or protected by a password. Take the password off, save it as "
            ".docx, .xlsx or .pptx, and upload that."
        )
    if head.startswith(_ZIP):
        try:
            return _kind_of_package(shown, stream)
        except RefusedFile:
            raise
        except Exception:  # a damaged package makes zipfile fail in a dozen ways
            raise RefusedFile(
                f"“{shown}” is damaged. Open it in the program that made it, save it again, and upload that."
            ) from None
    return expected if expected in (TEXT, CSV) and _is_plain_text(stream.read()) else None


def _kind_of_package(shown: str, stream: IO[bytes]) -> FileKind | None:
    with zipfile.ZipFile(stream) as package:
        members = {member.filename: member for member in package.infolist()}
        _refuse_bomb(shown, package.infolist())
        if any(member.flag_bits & 0x1 for member in package.infolist()):
            raise RefusedFile(_password(shown))
        if any(_MACRO_MEMBERS.fullmatch(name) for name in members):
            raise RefusedFile(_macros(shown))
        if "[Content_Types].xml" in members:
            contents = _read(package, members["[Content_Types].xml"])
            if b"macroenabled" in contents.lower() or b"vbaproject" in contents.lower():
                raise RefusedFile(_macros(shown))
            return next((kind for part, kind in _MAIN_PARTS.items() if part in contents), None)
        if "mimetype" not in members:
            return None
        manifest = members.get("META-INF/manifest.xml")
        if "encrypted-package" in members or (manifest and b"encryption-data" in _read(package, manifest)):
            raise RefusedFile(_password(shown))
        media_type = _read(package, members["mimetype"]).decode().strip()
        return next((kind for kind in (ODT, ODS) if kind.content_type == media_type), None)


def _refuse_bomb(shown: str, members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    most = max(_RATIO_COUNTS_ABOVE, _RATIO_LIMIT * sum(member.compress_size for member in members))
    if len(members) > _MEMBER_LIMIT or unpacked > min(UNPACKED_LIMIT, most):
        raise RefusedFile(f"“{shown}” unpacks to far more than a document needs. Save it as a PDF, and upload that.")


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member that tells what the package is. NULs go, so that UTF-16 reads like plain letters."""
    if member.file_size > _CONTENTS_LIMIT:
        raise zipfile.BadZipFile(f"{member.filename} is too large")
    return package.read(member).replace(b"\0", b"")


def _macros(shown: str) -> str:
    return f"“{shown}” has macros in it. Save it without them or as a PDF, and upload that."


def _password(shown: str) -> str:
    return f"“{shown}” is protected by a password. Take the password off, save it, and upload it again."


def _is_plain_text(content: bytes) -> bool:
    """Text that a person can read and that no browser or shell takes for a page or a script."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _NOT_PLAIN_TEXT.search(text) and not _MARKUP_OR_SCRIPT.match(text)
    return False
