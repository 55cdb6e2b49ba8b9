"""The administrator's forms about people: who is invited, and which roles they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from plans.access.models import Membership, Organisation, User
from plans.access.rules import Role
from plans.web.forms.fields import PlainText

WHAT_ROLES_DO = {
    Role.ADMINISTRATOR.value: "Everything an improvement lead may, people and settings.",
    Role.LEAD.value: "Runs the plan: actions, decisions, papers.",
    Role.OFFICER.value: "Reads the plans, makes papers and updates the actions of their own posts.",
    Role.BOARD_MEMBER.value: "Reads what the boards oversee on which they have a seat.",
    Role.READER.value: "Reads the plans and makes papers, none that are exempt.",
    Role.AUDITOR.value: "Reads everything, the trail of who did what too, and changes nothing.",
    Role.PARTNER.value: "Sees and updates the actions of their own posts, nothing else.",
}
ROLES = [(role.value, role.label) for role in Role]


class InviteForm(forms.Form):
    name = PlainText(label="Name", max_length=150)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with it.",
        error_messages={"invalid": "Enter an e-mail address, like name@example.org"},
    )
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none(), label="Organisation")
    role = forms.ChoiceField(choices=ROLES, label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = list(organisations)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(pk__in=[organisation.pk for organisation in mine])
        if len(mine) == 1:
            del self.fields["organisation"]
            self.only: Organisation | None = mine[0]
        else:
            self.only = None
        self.fields["role"].option_hints = WHAT_ROLES_DO  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        return said | {"organisation": self.only or said.get("organisation")}


class RolesForm(forms.Form):
    """The roles of one person, a question for each organisation."""

    def __init__(self, *args: Any, person: User, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = list(organisations)
        held: dict[int, list[str]] = {}
        for row in Membership.objects.filter(person=person, organisation__in=self.organisations):
            held.setdefault(row.organisation_id, []).append(row.role)
        for organisation in self.organisations:
            field = forms.MultipleChoiceField(
                label=f"Roles in {organisation}",
                choices=ROLES,
                required=False,
                initial=held.get(organisation.pk, []),
                widget=forms.CheckboxSelectMultiple,
            )
            field.option_hints = WHAT_ROLES_DO  # type: ignore[attr-defined]
            self.fields[f"roles_{organisation.pk}"] = field

    def roles_in(self, organisation: Organisation) -> list[str]:
        """What was ticked."""
        return list(self.cleaned_data[f"roles_{organisation.pk}"])


class AnonymiseForm(forms.Form):
    """The person’s own address, typed: the second step before something that cannot be undone."""

    address = PlainText(
        label="Their e-mail address",
        max_length=254,
        help_text="Type it to confirm. Nothing brings the name back afterwards, save a backup from before.",
        error_messages={"required": "Type the person’s e-mail address to confirm"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "off"
