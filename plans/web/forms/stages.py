"""Moving a plan to another stage."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.improvement_plan.models import Plan
from plans.improvement_plan.stages import is_back, next_stages
from plans.web.forms.fields import LongText

WHAT_IT_MEANS = {
    Plan.Stage.DRAFT: "Its boards do not see it.",
    Plan.Stage.AGREED: "Its boards see it and follow it.",
    Plan.Stage.SUBMITTED: "It has gone to the inspectorate. No error may be left.",
    Plan.Stage.CLOSED: "Every action is signed off or withdrawn. No error may be left.",
}


class StageForm(forms.Form):
    """Which stage, and why. ``opened`` is the stage that the page showed."""

    opened = forms.CharField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label="Move the plan to", widget=forms.RadioSelect)
    reason = LongText(
        label="Reason",
        required=False,
        rows=3,
        max_length=1000,
        help_text="Needed to move back, and to submit or close with warnings left. Do not name a child.",
    )

    def __init__(self, data: Any = None, files: Any = None, *, plan: Plan, **kwargs: Any) -> None:
        super().__init__(data, files, initial={"opened": plan.stage}, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        stages = next_stages(plan.stage)
        field.choices = [
            (stage.value, f"Back to {stage.label.lower()}" if is_back(plan.stage, stage) else stage.label)
            for stage in stages
        ]
        field.option_hints = {stage.value: WHAT_IT_MEANS[stage] for stage in stages}  # type: ignore[attr-defined]
