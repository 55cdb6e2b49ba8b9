"""The form that saves a list's filters under a name."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.access.models import Organisation, User
from plans.access.rules import May, Role
from plans.access.standing import organisations_where
from plans.web.forms.fields import PlainText


class SaveFilterForm(forms.Form):
    """Sharing is offered to those who run plans alone, with the roles of the organisations where they do."""

    query = forms.CharField(widget=forms.HiddenInput, required=False)
    name = PlainText(
        label="Name of these filters",
        max_length=80,
        error_messages={"required": "Enter a name for these filters"},
    )
    shared_with = forms.ChoiceField(label="Who can use them", required=False)

    def __init__(self, data: Any = None, *, person: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.organisations = [] if person.is_superuser else organisations_where(person, May.RUN_PLANS)
        several = Organisation.objects.in_bulk(self.organisations) if len(self.organisations) > 1 else {}
        shared_with = self.fields["shared_with"]
        assert isinstance(shared_with, forms.ChoiceField)
        shared_with.choices = [("", "Only me")] + [
            (f"{pk}:{role.value}", f"{role.label}s of {several[pk]}" if several else f"{role.label}s")
            for pk in self.organisations
            for role in Role
        ]
        if not self.organisations and not data:
            # Nothing to choose; a choice that is sent all the same is refused beside the field.
            self.fields["shared_with"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Adds ``organisation`` and ``role``, None where the filters are for oneself."""
        said = super().clean() or {}
        key, _, role = (said.get("shared_with") or "").partition(":")
        return said | {
            "organisation": Organisation.objects.get(pk=int(key)) if key else None,
            "role": Role(role) if role else None,
        }
