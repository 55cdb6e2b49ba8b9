"""Forms of those who run a plan: an action's own fields, and decisions on it."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.access.models import Post
from plans.findings.models import Area
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Impact, Status
from plans.improvement_plan.state import ActionState
from plans.monitoring.models import Evidence
from plans.oversight.models import Decision, Meeting
from plans.web.forms.action_fields import WithheldChoices, before_the_inspection, columns_of, initial_of, posts_for
from plans.web.forms.fields import LongText, PlainText, TypedDate, TypedDay


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}. {obj.wording[:100]}"


class PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({obj.organisation.name})"


class PostChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({obj.organisation.name})"


class ActionForm(forms.Form):
    """A row of the plan. Used for a new one and to amend one; every change goes through the ledger."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    area = AreaChoice(
        label="Area that it answers",
        queryset=Area.objects.none(),
        required=False,
        empty_label="None: the council’s own action",
    )
    reference = PlainText(label="Reference", max_length=30, help_text="As in the plan, for example 2.4")
    wording = LongText(label="Action", rows=3)
    lead = PostChoice(label="Lead post", queryset=Post.objects.none(), required=False, empty_label="No owner yet")
    support = PostChoices(label="Supporting posts", queryset=Post.objects.none(), required=False)
    due = TypedDate(label="By when", required=False)
    keep_early_date = forms.BooleanField(label="Keep this date, although it is before the inspection", required=False)
    published = forms.BooleanField(label="May stand in public papers", required=False)
    withheld = WithheldChoices()
    note = LongText(
        label="Reason for the change",
        required=False,
        rows=2,
        help_text="Needed when a date that was agreed moves",
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, plan: Plan, opened: ActionState | None = None, **kwargs: Any
    ) -> None:
        """``opened`` is the action, or the update of it, that the form shows when it is opened; None to add one."""
        self.opened = opened
        super().__init__(data, files, initial=initial_of(opened) if opened else None, **kwargs)
        posts = posts_for([plan.organisation_id])
        self.fields["area"].queryset = plan.areas.order_by("plan_areas__position")  # type: ignore[attr-defined]
        self.fields["lead"].queryset = posts  # type: ignore[attr-defined]
        self.fields["support"].queryset = posts  # type: ignore[attr-defined]
        if opened is None:
            del self.fields["note"]
        self.fields["keep_early_date"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        asked = before_the_inspection(said.get("area"), said.get("due")) if "due" in self.changed_data else ""
        if asked:
            # The box is shown once there is something to ask.
            self.fields["keep_early_date"].widget = forms.CheckboxInput()
            if not said.get("keep_early_date"):
                self.add_error("due", asked)
        return said

    def changes(self) -> dict[str, Any]:
        """The state's columns that were changed, as the ledger takes them."""
        return columns_of(self)


class DecisionForm(forms.Form):
    """A decision on what waits: an asked extension, or a completed action's sign-off."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    due = TypedDate(label="Another date", required=False, help_text="Only where another date is agreed")
    impact = forms.ChoiceField(
        label="What difference has it made?",
        required=False,
        choices=[("", "Not said"), *Impact.choices()],
        help_text="Done is not embedded: this is kept beside the sign-off",
    )
    recheck_date = TypedDay(
        label="Look again on", help_text="A day on which to check that it still holds, for example 1 March 2027"
    )
    outputs_only = forms.BooleanField(
        label="Sign off although its evidence shows only that something was done, not that it made a difference",
        required=False,
    )
    answer_due = TypedDay(label="Answer wanted by", help_text="Only for a challenge")
    meeting = forms.ModelChoiceField(
        label="Decided at", queryset=Meeting.objects.none(), required=False, empty_label="Outside a meeting"
    )
    reason = LongText(
        label="Reason, question or note", required=False, rows=3, help_text="Needed unless you agree what was asked"
    )

    def __init__(self, data: Any = None, files: Any = None, *, action: Action, **kwargs: Any) -> None:
        self.action = action
        super().__init__(data, files, initial={"version": action.version}, **kwargs)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [(choice.value, choice.label) for choice in self.outcomes()]
        self.fields["meeting"].queryset = Meeting.objects.filter(  # type: ignore[attr-defined]
            board__plans=action.plan_id
        ).select_related("board")
        if not action.extension_pending:
            del self.fields["due"]
        if action.status != Status.COMPLETE:
            del self.fields["impact"]
            del self.fields["recheck_date"]
        self.evidence_kinds = set(action.evidence.values_list("kind", flat=True))
        if action.status != Status.COMPLETE or self.evidence_kinds != {Evidence.Kind.OUTPUT}:
            del self.fields["outputs_only"]

    def outcomes(self) -> list[Decision.Outcome]:
        """What can be decided now."""
        outcomes = Decision.Outcome
        choices: list[Decision.Outcome] = []
        if self.action.extension_pending:
            choices += [outcomes.EXTENSION_AGREED, outcomes.OTHER_DATE, outcomes.EXTENSION_REFUSED]
        if self.action.status == Status.COMPLETE:
            choices += [outcomes.SIGNED_OFF]
        if self.action.status == Status.SIGNED_OFF:
            choices += [outcomes.RECHECK_HOLDS, outcomes.RECHECK_FAILED]
        if self.action.status in (Status.COMPLETE, Status.WITHDRAWN):
            choices += [outcomes.SENT_BACK]
        if self.action.status not in (Status.SIGNED_OFF, Status.WITHDRAWN):
            choices += [outcomes.WITHDRAWN]
        return [*choices, outcomes.CHALLENGE, outcomes.NOTE]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        outcome = said.get("outcome")
        if outcome == Decision.Outcome.OTHER_DATE and not said.get("due") and "due" not in self.errors:
            self.add_error("due", "Enter the date that is agreed")
        agreed = (Decision.Outcome.EXTENSION_AGREED, Decision.Outcome.SIGNED_OFF)
        if outcome and outcome not in agreed and not said.get("reason"):
            words = {Decision.Outcome.CHALLENGE: "Enter the question", Decision.Outcome.NOTE: "Enter the note"}
            self.add_error("reason", words.get(outcome, "Give a reason"))
        if outcome == Decision.Outcome.SIGNED_OFF and "outputs_only" in self.fields and not said.get("outputs_only"):
            self.add_error(
                "outputs_only", "The evidence shows outputs alone. Ask for evidence of the outcome, or tick the box"
            )
        return said
