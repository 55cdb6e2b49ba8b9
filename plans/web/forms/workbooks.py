"""Forms by which a workbook of actions comes back: the file, and what a person says to its differences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from plans.access.models import User
from plans.web.wording import counted

LARGEST_MB = 5
# A day's work may lie between looking and recording; what was shown is compared again in any case.
MOST_SECONDS = 24 * 60 * 60
# Below what a web form may carry in all.
MOST_CARRIED = 2_000_000
TOO_OLD = "This page is more than a day old, or was changed on its way. Send the workbook again."


class TooMuchText(ValueError):
    """The workbook holds more new text than one page can carry."""


class SendBackForm(forms.Form):
    file = forms.FileField(
        label="The workbook",
        max_length=200,
        allow_empty_file=True,
        help_text=f"The workbook that you downloaded, filled in: .xlsx or .csv, up to {LARGEST_MB} MB.",
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_MB * 1024 * 1024:
            raise ValidationError(f"The file is larger than {LARGEST_MB} MB. Send the workbook as it was downloaded")
        return file


class AcceptForm(forms.Form):
    """Carries what was read from one page to the next, signed for the person who sent it."""

    carried = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)
    leave_out = forms.BooleanField()

    def __init__(self, data: Any = None, *, refused: int = 0, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        rows = "the row that cannot be taken" if refused == 1 else f"the {counted(refused, 'row')} that cannot be taken"
        if not refused:
            del self.fields["leave_out"]
            return
        leave_out = self.fields["leave_out"]
        leave_out.label = f"Leave out {rows}"
        leave_out.help_text = "Nothing is recorded of what is left out. Your workbook still has what you wrote."
        said = f"Tick “{leave_out.label}”, or correct the workbook and send it again"
        leave_out.error_messages["required"] = said


def carry(plain: Any, user: User) -> str:
    """The values as text that only this person can send back, unchanged. Raises TooMuchText."""
    carried = signing.dumps(plain, salt=_salt(user), compress=True)
    if len(carried) > MOST_CARRIED:
        raise TooMuchText("The workbook holds too much new text for one go. Delete half of its rows and send it twice.")
    return carried


def carried_by(text: str, user: User) -> Any:
    """The values that ``carry`` was given. Raises django.core.signing.BadSignature for anything else."""
    return signing.loads(text, salt=_salt(user), max_age=MOST_SECONDS)


def _salt(user: User) -> str:
    return f"returned workbook of {user.pk}"
