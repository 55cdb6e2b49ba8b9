"""Form fields of our own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from plans.documents.dates import Precision, PrintedDate, read_typed_date, wording
from plans.improvement_plan.ledger import ChangedSince
from plans.monitoring.evidence_files import HEAD_BYTES, KINDS, FileKind, RefusedFile, sniff
from plans.papers.safe_text import printable


def rebased(form: forms.BaseForm, fresh: Mapping[str, Any], refusal: ChangedSince) -> Any:
    """What was typed, on top of the other writer's change: what this writer left alone shows what it is now.

    ``fresh`` is the form's initial values of the action as it is; sending the answer again adds to the change.
    """
    typed = form.data.copy()  # type: ignore[attr-defined]
    for name in set(fresh) - set(form.changed_data):
        value, key = fresh[name], form.add_prefix(name)
        typed.pop(key, None)
        if isinstance(value, list):
            typed.setlist(key, [str(one) for one in value])
        elif value is True:
            typed[key] = "on"
        elif value not in (None, False):
            typed[key] = str(value)
    typed[form.add_prefix("version")] = str(refusal.update.sequence)
    return typed


class PlainText(forms.CharField):
    """Text without the characters that no document can hold, so that every paper can be made of it."""

    def to_python(self, value: Any) -> str:
        return printable(super().to_python(value) or "").strip()


class LongText(PlainText):
    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 4000, "widget": forms.Textarea(attrs={"rows": rows}), **kwargs})


class TypedDate(forms.CharField):
    """A day or a month, as people type them; cleaned to a PrintedDate or None."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-20"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, "help_text": "For example, 31 March 2027 or March 2027", **kwargs})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            read = read_typed_date(typed)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None
        return PrintedDate(read.last_day, read.precision, "")

    def prepare_value(self, value: Any) -> Any:
        return wording(value.last_day, value.precision) if isinstance(value, PrintedDate) else value


class TypedDay(TypedDate):
    """A single day; cleaned to a date or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "help_text": "", **kwargs})

    def clean(self, value: Any) -> Any:
        read: PrintedDate | None = super().clean(value)
        if read is None:
            return None
        if read.precision != Precision.DAY:
            raise ValidationError("Enter a day, like 16 March 2020")
        return read.last_day


class EvidenceFile(forms.FileField):
    """An upload whose content is what its name says; cleaned to the file, with ``kind`` set to its FileKind."""

    def __init__(self, **kwargs: Any) -> None:
        kinds = ", ".join(sorted(name.lstrip(".").upper() for name in KINDS))
        hint = f"{kinds}. Up to {settings.EVIDENCE_LIMIT_MB} MB. Do not upload files about individual children."
        super().__init__(**{"max_length": 200, "help_text": hint, "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            file.kind = self.kind_of(file)  # type: ignore[attr-defined]
        return file

    def kind_of(self, file: UploadedFile) -> FileKind:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        try:
            return sniff(head, PurePath(file.name or "").name, file, settings.EVIDENCE_LIMIT_MB * 1024 * 1024)
        except RefusedFile as refusal:
            raise ValidationError(str(refusal)) from None
