"""The marks for public papers of many actions: a small form for each row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from plans.improvement_plan.models import Action
from plans.oversight.personal_text import looks_personal
from plans.web.forms.action_fields import WithheldChoices


class MarksForm(forms.Form):
    """The marks of one action, with the version of it whose text was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    published = forms.BooleanField(required=False)
    withheld = WithheldChoices(help_text="")

    def __init__(self, data: Any = None, *, action: Action, tick_all: bool = False) -> None:
        self.action = action
        marks = {"published": action.published or tick_all, "withheld": action.withheld, "version": action.version}
        super().__init__(data, prefix=f"action-{action.pk}", initial=marks)
        self.fields["published"].label = f"Action {action.reference} may stand in public papers"
        self.fields["withheld"].label = f"But keep out of them, of action {action.reference}"

    @property
    def personal(self) -> str:
        """What its text may hold that could name a child, in words."""
        action = self.action
        return looks_personal(action.wording, action.progress, action.delay_reason, action.next_step)

    def different(self) -> dict[str, Any]:
        """The marks that are not as they are in the plan now."""
        said = {"published": self.cleaned_data["published"], "withheld": self.cleaned_data["withheld"]}
        return {name: value for name, value in said.items() if getattr(self.action, name) != value}

    def take_version(self) -> None:
        """What was ticked stays; from now on it is about the action as it is."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("version")] = str(self.action.version)
        self.data = typed


def marks_forms(actions: Iterable[Action], data: Any = None, *, tick_all: bool = False) -> list[MarksForm]:
    """A form for each action; of those that were sent, only the ones that the page had."""
    return [
        MarksForm(data, action=action, tick_all=tick_all)
        for action in actions
        if data is None or f"action-{action.pk}-version" in data
    ]
