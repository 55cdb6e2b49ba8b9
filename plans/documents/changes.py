"""The writes of this stage: a file kept once with its hash, and a refusal noted without it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from plans.access.models import Organisation, User
from plans.audit.changes import note_event
from plans.documents.models import SourceDocument


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its own name and its bytes."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def kept_already(upload: Upload, organisation: Organisation) -> SourceDocument | None:
    """The document of the same bytes that the organisation has, if any."""
    return SourceDocument.objects.filter(organisation=organisation, sha256=upload.sha256).first()


def keep_document(
    upload: Upload, *, organisation: Organisation, kind: str, title: str, by: User, at: datetime
) -> SourceDocument:
    """Keep the file with its hash; the one that is there already where the same bytes came before.

    Where the row cannot be written the file goes again.
    """
    if found := kept_already(upload, organisation):
        return found
    document = SourceDocument(
        key=f"{organisation.pk}-{upload.sha256[:40]}",
        organisation=organisation,
        kind=kind,
        title=title[:300],
        original_name=upload.name[:150],
        size=len(upload.data),
        sha256=upload.sha256,
        added_by=by,
        added_at=at,
    )
    document.file.save(upload.name, ContentFile(upload.data), save=False)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
            note_event("document.kept", document, by=by, at=at, sha256=upload.sha256, size=len(upload.data))
    except Exception:
        document.file.storage.delete(str(document.file.name))
        raise
    return document


def note_refusal(upload: Upload, sentence: str, *, organisation: Organisation, by: User, at: datetime) -> None:
    """Remember that a file was refused and why. The file itself is not kept."""
    note_event(
        "document.refused", organisation, by=by, at=at, name=upload.name[:150], sha256=upload.sha256, reason=sentence
    )


@transaction.atomic
def discard_document(document: SourceDocument, *, by: User, at: datetime) -> None:
    """Take away a document that nothing was read from, and its file.

    Raises ``django.db.models.ProtectedError`` where something was.
    """
    name, storage = str(document.file.name), document.file.storage
    pictures, picture = pictures_of(document), f"{document.sha256}-"
    note_event("document.discarded", document, by=by, at=at, sha256=document.sha256)
    document.delete()
    if name:
        transaction.on_commit(lambda: _delete(storage, name, pictures, picture))


def pictures_of(document: SourceDocument) -> str:
    """The folder of the organisation's pictures of pages; each is named by its document's hash and its page."""
    return f"documents/{document.organisation_id}/pages"


def _delete(storage: Storage, name: str, pictures: str, picture: str) -> None:
    storage.delete(name)
    try:
        _, drawn = storage.listdir(pictures)
    except FileNotFoundError:
        return
    for one in drawn:
        if one.startswith(picture):
            storage.delete(f"{pictures}/{one}")
