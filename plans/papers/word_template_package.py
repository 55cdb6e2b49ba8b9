"""A Word template as a package of parts: what in it makes it no template, and the same file without what is not needed.

Nothing in the file is run, followed or fetched. It is looked at in a process of its own (``template_in_child``).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}.main+xml"
_DOCUMENT, _TEMPLATE = _MAIN.format("document"), _MAIN.format("template")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Field codes that read a file, a web address or another program when the paper is opened.
_FETCHING = re.compile(
    r"^\s*(INCLUDEPICTURE|INCLUDETEXT|IMPORT|DDEAUTO|DDE|LINK|DATABASE|RD|MACROBUTTON)\b", re.IGNORECASE
)
_SAFE_LINK = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
_LINKED: dict[str, str] = {
    "attachedTemplate": "The file is linked to another template ({}). In Word choose Developer, Document Template, and"
    " attach Normal instead.",
    "image": "A picture in it is linked from elsewhere ({}). Insert the picture itself.",
    "hyperlink": "A link in it leads to a file or a program ({}). Links may lead to web pages and mail addresses only.",
}
_LINKED_OTHERWISE = "Something in it is linked from elsewhere ({}). Put it into the file, or take it out."
_DAMAGED = "The file is damaged or was cut short. Open it in Word, save it again, and upload that."


class RefusedTemplate(ValueError):
    """A Word template that cannot be used. ``problems``: every sentence about it that could be found."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Package:
    """The file with all that Word itself needs of it, as a document even where it was saved as a template (.dotx)."""

    data: bytes


def opened(data: bytes) -> Package:
    """Look at every part. Raises RefusedTemplate with all that was found."""
    if len(data) > MOST_BYTES:
        raise RefusedTemplate(f"The file is larger than {MOST_BYTES // 1024**2} MB. Make its pictures smaller.")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise RefusedTemplate("The file is protected by a password. Save it without one.")
        raise RefusedTemplate("This is an old Word file (.doc). Open it in Word and save it as .docx.")
    if not data.startswith(b"PK"):
        raise RefusedTemplate("This is not a Word document (.docx). Open it in Word and save it as .docx.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return _looked_at(package, data)
    except RefusedTemplate:
        raise
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, NotImplementedError, OSError, LookupError,
            RuntimeError, ValueError) as error:  # fmt: skip
        raise RefusedTemplate(_DAMAGED) from error


def _looked_at(package: zipfile.ZipFile, data: bytes) -> Package:
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise RefusedTemplate(
            f"The file unpacks to more than {MOST_UNPACKED // 1024**2} MB or {MOST_PARTS:,} parts, which no template"
            " does. It was not opened."
        )
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedTemplate("The file is protected by a password. Save it without one.")
    names = [part.filename for part in parts]
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise RefusedTemplate("This is not a Word document (.docx). Open it in Word and save it as .docx.")
    for name in names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(name):
            raise RefusedTemplate(
                "The file declares a document type, which Word never does. It may be an attack and was not opened."
            )
    types = package.read("[Content_Types].xml").decode("utf-8", "replace")
    problems = [*_macros(names, types), *_embedded(names)]
    for name in names:
        if name.endswith(".rels"):
            problems += _links(_tree(package.read(name)))
        elif re.fullmatch(r"word/[^/]+\.xml", name):
            problems += _in_part(name, _tree(package.read(name)))
    if problems:
        raise RefusedTemplate(*dict.fromkeys(problems))
    return Package(_as_document(package, data) if _TEMPLATE in types else data)


def _tree(part: bytes) -> etree._Element:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _macros(names: list[str], types: str) -> Iterator[str]:
    lowered = [name.lower() for name in names]
    if any("vbaproject" in name or "vbadata" in name for name in lowered) or "macroEnabled" in types:
        yield "The file holds macros. Save it as .docx, without macros."
    if any("/activex/" in name for name in lowered):
        yield "The file holds form controls that run programs (ActiveX). Take them out."


def _embedded(names: list[str]) -> Iterator[str]:
    if any(name.lower().startswith("word/embeddings/") for name in names):
        yield "The file holds another file or an embedded object (OLE). Take it out, or paste it as a picture."
    if any(re.match(r"word/(afchunk|.*\.(htm|html|mht|rtf)$)", name.lower()) for name in names):
        yield "The file holds another document inside it. Paste its text instead."


def _links(tree: etree._Element) -> Iterator[str]:
    for one in tree.iter("{*}Relationship"):
        target, kind = one.get("Target", ""), one.get("Type", "").rpartition("/")[2]
        if kind in ("aFChunk", "subDocument"):
            yield "The file holds another document inside it. Paste its text instead."
        elif one.get("TargetMode") == "External" and not (kind == "hyperlink" and _SAFE_LINK.match(target)):
            yield _LINKED.get(kind, _LINKED_OTHERWISE).format(target[:80])


def _in_part(name: str, tree: etree._Element) -> Iterator[str]:
    codes = [str(code.text or "") for code in tree.iter(f"{_W}instrText")]
    codes += [code.get(f"{_W}instr", "") for code in tree.iter(f"{_W}fldSimple")]
    if found := next((match for code in codes if (match := _FETCHING.match(code))), None):
        yield f"A Word field in it ({found[1].upper()}) reads from elsewhere when the paper is opened. Take it out."
    if (
        name == "word/document.xml"
        and next(tree.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo"), None) is not None
    ):
        yield "The file holds tracked changes. Accept or reject them all."
    if name == "word/comments.xml" and tree.find(f"{_W}comment") is not None:
        yield "The file holds comments. Delete them."
    if name == "word/settings.xml":
        protected = tree.find(f"{_W}documentProtection")
        if protected is not None and protected.get(f"{_W}enforcement") in ("1", "true", "on"):
            yield "The file is protected against changes. In Word choose Review, Restrict Editing, and stop protection."


def _as_document(package: zipfile.ZipFile, data: bytes) -> bytes:
    """The file with the type of a document in the place of a template's."""
    return rewritten(
        data,
        {"[Content_Types].xml": package.read("[Content_Types].xml").replace(_TEMPLATE.encode(), _DOCUMENT.encode())},
    )


def rewritten(data: bytes, instead: dict[str, bytes] | None = None) -> bytes:
    """The same parts in the same order, as the same bytes whenever and wherever that is done."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as package, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in package.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            made.writestr(entry, (instead or {}).get(name) or package.read(name))
    return file.getvalue()
