"""The form of a Word template that is uploaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from plans.access.models import Organisation
from plans.papers.word_template_package import MOST_BYTES
from plans.web.forms.fields import PlainText


class TemplateFile(forms.FileField):
    """Bounded before its bytes are read, and looked into only in the child process."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile) and (file.size or 0) > MOST_BYTES:
            raise ValidationError(f"This file is larger than {MOST_BYTES // 1024**2} MB. Make its pictures smaller")
        return file


class UploadTemplateForm(forms.Form):
    """A council's Word template, with what it is called in lists."""

    organisation = forms.ModelChoiceField(label="Whose template is it?", queryset=Organisation.objects.none())
    name = PlainText(label="Name", max_length=100, help_text="For example, Cabinet report")
    file = TemplateFile(
        label="The template",
        max_length=200,
        allow_empty_file=True,
        help_text="A Word document (.docx) or template (.dotx) without macros. Up to 10 MB",
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.only = organisations[0] if len(organisations) == 1 else None
        if self.only:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.only:
            said["organisation"] = self.only
        return said
