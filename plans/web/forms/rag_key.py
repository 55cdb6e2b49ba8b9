"""The form of what the owner's ratings mean in a plan."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.improvement_plan.rules import RAG_KEY, Rag
from plans.web.forms.fields import LongText

LONGEST_MEANING = 150


class KeyForm(forms.Form):
    """A box for each rating; an empty one stands for the usual words."""

    opened_with = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, own: dict[str, str], **kwargs: Any) -> None:
        super().__init__(data, files, initial={"opened_with": own, **own}, **kwargs)
        for word, usual in RAG_KEY:
            self.fields[word.value] = LongText(
                label=word.label,
                rows=2,
                max_length=LONGEST_MEANING,
                required=False,
                help_text=f"Usually: {usual}",
            )

    def clean_opened_with(self) -> dict[str, str]:
        opened = self.cleaned_data["opened_with"]
        return opened if isinstance(opened, dict) else {}

    def meanings(self) -> dict[Rag, str]:
        """What was typed for each rating, on one line."""
        return {word: " ".join(self.cleaned_data[word.value].split()) for word, _ in RAG_KEY}
