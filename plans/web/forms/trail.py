"""What is looked for in the trail."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms

from plans.audit.reading import Asked
from plans.audit.words import KINDS, known_kinds
from plans.improvement_plan.models import LONDON, end_of_day
from plans.web.forms.fields import PlainText, TypedDay


class TrailForm(forms.Form):
    """Who, what, when, and words."""

    person = PlainText(label="Person", max_length=150, required=False, help_text="Name or e-mail address")
    kind = forms.ChoiceField(label="What happened", required=False)
    since = TypedDay(label="From")
    until = TypedDay(label="Until")
    words = PlainText(label="Words", max_length=200, required=False, help_text="In the name of what it happened to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Anything"), *known_kinds(KINDS)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", "Enter the day of “From” or a later one")
        return said

    def asked(self) -> Asked:
        """What is looked for: whole days in London."""
        said = self.cleaned_data
        return Asked(
            person=said["person"],
            kind=said["kind"],
            since=datetime.combine(said["since"], time.min, LONDON) if said["since"] else None,
            until=end_of_day(said["until"]) if said["until"] else None,
            words=said["words"],
        )
