"""Forms of those who run a plan: an action's own fields, and decisions on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from plans.access.models import Organisation, Post
from plans.documents.dates import Precision, PrintedDate, wording
from plans.findings.models import Area
from plans.improvement_plan.changes import due_columns
from plans.improvement_plan.ledger import supporting
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Status
from plans.oversight.models import Decision, Meeting
from plans.web.forms.fields import LongText, PlainText, TypedDate


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}. {obj.wording[:100]}"


class PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({obj.organisation.name})"


class PostChoices(forms.ModelMultipleChoiceField):
    label_from_instance = PostChoice.label_from_instance


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
    note = LongText(
        label="Reason for the change",
        required=False,
        rows=2,
        help_text="Needed when a date that was agreed moves",
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, plan: Plan, action: Action | None = None, **kwargs: Any
    ) -> None:
        self.plan, self.action = plan, action
        super().__init__(data, files, initial=self._initial() if action else None, **kwargs)
        organisations = Organisation.objects.filter(Q(pk=plan.organisation_id) | ~Q(kind="council"))
        posts = Post.objects.filter(organisation__in=organisations).select_related("organisation")
        self.fields["area"].queryset = plan.areas.order_by("plan_areas__position")  # type: ignore[attr-defined]
        self.fields["lead"].queryset = posts  # type: ignore[attr-defined]
        self.fields["support"].queryset = posts  # type: ignore[attr-defined]
        if action is None:
            del self.fields["note"]
        if not self._is_early(data):
            self.fields["keep_early_date"].widget = forms.HiddenInput()

    def _initial(self) -> dict[str, Any]:
        action = self.action
        assert action is not None
        return {
            "version": action.version,
            "area": action.area_id,
            "reference": action.reference,
            "wording": action.wording,
            "lead": action.lead_id,
            "support": [post_id for post_id, _ in action.support],
            "due": wording(action.due_date, action.due_precision),
            "published": action.published,
        }

    def _is_early(self, data: Any) -> bool:
        """Whether the form is being sent with a date before the inspection: then it asks to confirm."""
        if not data or not data.get("due"):
            return False
        try:
            due = self.fields["due"].clean(data["due"])
            area = self.fields["area"].clean(data.get("area"))
        except forms.ValidationError:
            return False
        first = area.inspection.first_day() if area else None
        return bool(due and first and due.last_day < first)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        area, due = said.get("area"), said.get("due")
        first = area.inspection.first_day() if area else None
        unchanged = self.action and due and due.last_day == self.action.due_date
        if due and first and due.last_day < first and not said.get("keep_early_date") and not unchanged:
            self.fields["keep_early_date"].widget = forms.CheckboxInput()
            self.add_error(
                "due",
                f"{wording(due.last_day, due.precision)} is before the inspection"
                f" ({wording(first, Precision.DAY)}). Check the year, or tick the box to keep it",
            )
        return said

    def changes(self) -> dict[str, Any]:
        """The state's columns, as the ledger takes them."""
        said = self.cleaned_data
        due: PrintedDate | None = said["due"]
        columns: dict[str, Any] = {
            "area_id": said["area"].pk if said["area"] else None,
            "reference": said["reference"],
            "wording": said["wording"],
            "lead_id": said["lead"].pk if said["lead"] else None,
            "support": supporting(said["support"]),
            "published": said["published"],
        }
        same_date = self.action and ((due.last_day, due.precision) if due else (None, "")) == (
            self.action.due_date,
            self.action.due_precision,
        )
        return columns if same_date else columns | due_columns(due)


class DecisionForm(forms.Form):
    """A decision on what waits: an asked extension, or a completed action's sign-off."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    due = TypedDate(label="Another date", required=False, help_text="Only where another date is agreed")
    meeting = forms.ModelChoiceField(
        label="Decided at", queryset=Meeting.objects.none(), required=False, empty_label="Outside a meeting"
    )
    reason = LongText(label="Reason", required=False, rows=3, help_text="Needed unless you agree what was asked")

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

    def outcomes(self) -> list[Decision.Outcome]:
        """What can be decided now."""
        outcomes = Decision.Outcome
        choices: list[Decision.Outcome] = []
        if self.action.extension_pending:
            choices += [outcomes.EXTENSION_AGREED, outcomes.OTHER_DATE, outcomes.EXTENSION_REFUSED]
        if self.action.status == Status.COMPLETE:
            choices += [outcomes.SIGNED_OFF]
        if self.action.status in (Status.COMPLETE, Status.SIGNED_OFF, Status.WITHDRAWN):
            choices += [outcomes.SENT_BACK]
        if self.action.status not in (Status.SIGNED_OFF, Status.WITHDRAWN):
            choices += [outcomes.WITHDRAWN]
        return choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        outcome = said.get("outcome")
        if outcome == Decision.Outcome.OTHER_DATE and not said.get("due") and "due" not in self.errors:
            self.add_error("due", "Enter the date that is agreed")
        agreed = (Decision.Outcome.EXTENSION_AGREED, Decision.Outcome.SIGNED_OFF)
        if outcome and outcome not in agreed and not said.get("reason"):
            self.add_error("reason", "Give a reason")
        return said
