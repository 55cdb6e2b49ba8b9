"""The administrator's form of an action: its own fields and an update, written through the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest

from plans.access.models import Post, User
from plans.admin.scope import administered
from plans.documents.dates import wording
from plans.findings.models import Area
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import ChangedSince, add_action
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Confidence, Status, statuses_to_choose
from plans.improvement_plan.state import ActionState
from plans.monitoring.changes import forecast_columns, submit_update
from plans.web.forms.action_fields import WithheldChoices, before_the_inspection, columns_of, initial_of, posts_for
from plans.web.forms.fields import LongText, PlainText, TypedDate, rebased


def shown_of(row: ActionState) -> dict[str, Any]:
    """What this form shows of an action, or of an update of it."""
    return initial_of(row) | {
        "status": row.status,
        "confidence": row.confidence,
        "forecast": wording(row.forecast_date, row.forecast_precision),
    }


class ActionAdminForm(forms.ModelForm):
    """Never assigns the model's fields: ``write`` hands what was typed to the ledger."""

    request: HttpRequest

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, label="")
    plan = forms.ModelChoiceField(queryset=Plan.objects.none(), required=False)
    area = forms.ModelChoiceField(
        queryset=Area.objects.none(), required=False, empty_label="None: the council’s own action"
    )
    reference = PlainText(max_length=30)
    wording = LongText(label="Action", rows=3)
    lead = forms.ModelChoiceField(queryset=Post.objects.none(), required=False, empty_label="No owner yet")
    support = forms.ModelMultipleChoiceField(
        label="Supporting posts", queryset=Post.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    due = TypedDate(label="By when", required=False)
    keep_early_date = forms.BooleanField(
        label="Keep the date", required=False, help_text="Tick if a date before the inspection is right."
    )
    published = forms.BooleanField(label="May stand in public papers", required=False)
    withheld = WithheldChoices()
    reason = LongText(
        rows=2, required=False, help_text="Why the fields above change. Needed when an agreed date moves."
    )
    status = forms.ChoiceField(required=False)
    note = LongText(label="What has happened", required=False, help_text="Fill in to record an update.")
    confidence = forms.ChoiceField(choices=[("", "Not said"), *Confidence.choices()], required=False)
    forecast = TypedDate(required=False)

    class Meta:
        model = Action
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = administered(self.request)
        plans = Plan.objects.filter(organisation__in=own)
        posts = posts_for([self.instance.plan.organisation_id] if self.instance.pk else own)
        areas = Area.objects.filter(plan_areas__plan__in=plans)
        if self.instance.pk:
            areas = areas.filter(plan_areas__plan=self.instance.plan_id)
            self._show_what_is()
        for name, rows in (("plan", plans), ("area", areas.distinct()), ("lead", posts), ("support", posts)):
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _show_what_is(self) -> None:
        """What the form was opened with: an earlier update, where another has followed it meanwhile."""
        action = self.instance
        version = self.data.get("version", "") if self.is_bound else ""
        opened = action.updates.filter(sequence=version).first() if str(version).isdecimal() else None
        self.initial = shown_of(opened or action) | {"version": action.version}
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        choices = dict.fromkeys([Status(action.status), *statuses_to_choose(action.status)])
        status.choices = [(choice.value, choice.label) for choice in choices]

    def _post_clean(self) -> None:
        """Nothing: here Django would assign the model's fields and check them."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        refusal = getattr(self.request, "refusal", None)
        if refusal is not None:
            named = str(getattr(refusal, "field", None) or "")
            named = "reason" if named == "note" and not said.get("note") else named
            self.add_error(named if named in self.fields else None, str(refusal))
            if isinstance(refusal, ChangedSince):
                self.data = rebased(self, shown_of(refusal.update), refusal)
        if not self.instance.pk and not said.get("plan"):
            self.add_error("plan", "Choose the plan")
        asked = before_the_inspection(said.get("area"), said.get("due")) if "due" in self.changed_data else ""
        if asked and not said.get("keep_early_date"):
            self.add_error("due", asked)
        reporting = said.get("status") != self.instance.status or "confidence" in self.changed_data
        if self.instance.pk and (reporting or "forecast" in self.changed_data) and not said.get("note"):
            self.add_error("note", "Say what has happened")
        return said

    def write(self, *, by: User, at: datetime) -> None:
        """Record what was typed. Raises RefusedChange and ChangedSince as the ledger does."""
        if not self.instance.pk:
            plan = self.cleaned_data["plan"]
            made = add_action(plan, by=by, at=at, **columns_of(self))
            self.instance.__dict__.update(made.__dict__)
            return
        said = self.cleaned_data
        action = Action.objects.select_related("plan").get(pk=self.instance.pk)
        amended = changes.amend(
            action, by=by, at=at, note=said["reason"], expected_version=said["version"], **columns_of(self)
        )
        if said["note"]:
            submit_update(
                action,
                by=by,
                at=at,
                status=said["status"],
                note=said["note"],
                expected_version=None if amended else said["version"],
                confidence=said["confidence"],
                **forecast_columns(said["forecast"]),
            )
