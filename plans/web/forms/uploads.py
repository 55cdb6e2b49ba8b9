"""An uploaded file, or pasted text, as bytes with a name."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile

from plans.documents.changes import Upload
from plans.monitoring.evidence_files import safe_name


def upload_of(file: UploadedFile | None, text: str, stem: str) -> Upload:
    """The file's own bytes; pasted text as a text file called “Pasted <stem>.txt”."""
    if file is not None:
        return Upload(safe_name(file.name or "file"), file.read())
    return Upload(f"Pasted {stem}.txt", text.encode())
