"""An uploaded file, or pasted text, as bytes with a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from plans.documents.changes import Upload
from plans.documents.lines import MOST_BYTES, RefusedDocument
from plans.monitoring.evidence_files import HEAD_BYTES, is_page_or_script, safe_name


class DocumentFile(forms.FileField):
    """A document to be read: bounded before its bytes are, and looked into only in the child process."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile) and (file.size or 0) > MOST_BYTES:
            raise ValidationError("This file is larger than 60 MB. Save the pages that matter, and upload those")
        return file


def refuse_page_or_script(upload: Upload) -> None:
    """What a reader takes for text, and a browser or a shell would not. Raises RefusedDocument."""
    if is_page_or_script(upload.data[:HEAD_BYTES]):
        raise RefusedDocument(
            "This file is a web page or a script inside, whatever its name says. Save it as a PDF or as a Word"
            " document, and upload that."
        )


def upload_of(file: UploadedFile | None, text: str, stem: str) -> Upload:
    """The file's own bytes; pasted text as a text file called “Pasted <stem>.txt”."""
    if file is not None:
        return Upload(safe_name(file.name or "file"), file.read())
    return Upload(f"Pasted {stem}.txt", text.encode())
