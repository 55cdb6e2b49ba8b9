"""The administrator's form of an action: its own fields and an update, written through the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import Q
from django.http import HttpRequest

from plans.access.models import Organisation, Post, User
from plans.admin.scope import administered
from plans.documents.dates import wording
from plans.findings.models import Area
from plans.improvement_plan import changes
from plans.improvement_plan.changes import due_columns
from plans.improvement_plan.ledger import ChangedSince, add_action, supporting
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Confidence, Status, statuses_to_choose
from plans.monitoring.changes import forecast_columns, submit_update
from plans.web.forms.fields import LongText, PlainText, TypedDate, with_version


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
        queryset=Post.objects.none(), required=False, widget=FilteredSelectMultiple("posts", False)
    )
    due = TypedDate(label="By when", required=False)
    published = forms.BooleanField(label="May stand in public papers", required=False)
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
        posts = Post.objects.filter(Q(organisation__in=own) | ~Q(organisation__kind=Organisation.Kind.COUNCIL))
        areas = Area.objects.filter(plan_areas__plan__in=plans)
        if self.instance.pk:
            areas = areas.filter(plan_areas__plan=self.instance.plan_id)
            self._show_what_is()
        for name, rows in (("plan", plans), ("area", areas.distinct()), ("lead", posts), ("support", posts)):
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _show_what_is(self) -> None:
        action = self.instance
        self.initial = {
            "version": action.version,
            "area": action.area_id,
            "reference": action.reference,
            "wording": action.wording,
            "lead": action.lead_id,
            "support": [post_id for post_id, _ in action.support],
            "due": wording(action.due_date, action.due_precision),
            "published": action.published,
            "status": action.status,
            "confidence": action.confidence,
            "forecast": wording(action.forecast_date, action.forecast_precision),
        }
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
                self.data = with_version(self.data, refusal)
        if not self.instance.pk and not said.get("plan"):
            self.add_error("plan", "Choose the plan")
        first = said["area"].inspection.first_day() if said.get("area") else None
        due = said.get("due")
        if due and first and due.last_day < first and due.last_day != self.instance.due_date:
            self.add_error("due", f"{wording(due.last_day, due.precision)} is before the inspection. Check the year.")
        reporting = said.get("status") != self.instance.status or "confidence" in self.changed_data
        if self.instance.pk and (reporting or "forecast" in self.changed_data) and not said.get("note"):
            self.add_error("note", "Say what has happened")
        return said

    def _own_fields(self) -> dict[str, Any]:
        said = self.cleaned_data
        columns: dict[str, Any] = {
            "area_id": said["area"].pk if said["area"] else None,
            "reference": said["reference"],
            "wording": said["wording"],
            "lead_id": said["lead"].pk if said["lead"] else None,
            "support": supporting(said["support"]),
            "published": said["published"],
        }
        return columns | due_columns(said["due"]) if "due" in self.changed_data else columns

    def write(self, *, by: User, at: datetime) -> None:
        """Record what was typed. Raises RefusedChange and ChangedSince as the ledger does."""
        if not self.instance.pk:
            plan = self.cleaned_data["plan"]
            made = add_action(plan, by=by, at=at, **self._own_fields())
            self.instance.__dict__.update(made.__dict__)
            return
        said = self.cleaned_data
        action = Action.objects.select_related("plan").get(pk=self.instance.pk)
        amended = changes.amend(
            action, by=by, at=at, note=said["reason"], expected_version=said["version"], **self._own_fields()
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
