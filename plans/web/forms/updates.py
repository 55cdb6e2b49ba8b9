"""The form by which an owner says how an action stands."""

from __future__ import annotations

from typing import Any

from django import forms

from plans.documents.dates import wording
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Confidence, Rag, Status, statuses_to_choose
from plans.improvement_plan.state import ActionState
from plans.monitoring.changes import AskedExtension, OfferedEvidence, forecast_columns
from plans.monitoring.models import Evidence
from plans.web.forms.fields import EvidenceFile, LongText, PlainText, TypedDate


def shown_of(row: ActionState) -> dict[str, Any]:
    """What the form shows of an action, or of an update of it, when it is opened."""
    return {
        "status": row.status,
        "confidence": row.confidence,
        "forecast": wording(row.forecast_date, row.forecast_precision),
        "reported_rag": row.reported_rag,
    }


class UpdateForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label="Status", widget=forms.RadioSelect)
    note = LongText(
        label="What has happened since the last update?",
        help_text="One or two sentences are enough. Do not name or describe individual children.",
    )
    confidence = forms.ChoiceField(
        label="How sure are you that it will be done in time?",
        choices=[("", "Not said"), *Confidence.choices()],
        widget=forms.RadioSelect,
        required=False,
    )
    forecast = TypedDate(label="When do you expect it to be done?", required=False)
    reported_rag = forms.ChoiceField(
        label="Your rating",
        choices=[("", "Not rated"), *Rag.choices()],
        widget=forms.RadioSelect,
        required=False,
    )
    evidence_file = EvidenceFile(label="Upload a file", required=False)
    evidence_link = forms.URLField(
        label="Or give a link",
        required=False,
        assume_scheme="https",
        help_text="For example, to a minute or a page",
    )
    evidence_title = PlainText(
        label="What it is", max_length=200, required=False, help_text="Leave empty to use the file’s name"
    )
    evidence_kind = forms.ChoiceField(
        label="What it shows",
        choices=Evidence.Kind.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Evidence.Kind.OUTPUT,
    )
    asked_due = TypedDate(label="To when", required=False)
    asked_reason = LongText(label="Why more time is needed", required=False, rows=3)

    def __init__(
        self, data: Any = None, files: Any = None, *, action: Action, opened: ActionState | None = None, **kwargs: Any
    ) -> None:
        self.action = action
        initial = shown_of(opened or action) | {"version": action.version}
        super().__init__(data, files, initial=initial, **kwargs)
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        choices = list(statuses_to_choose(action.status))
        if action.status not in choices and action.status != Status.UNREPORTED:
            choices.insert(0, Status(action.status))
        status.choices = [(choice.value, choice.label) for choice in choices]
        for name in ("confidence", "reported_rag"):
            self.fields[name].inline = True  # type: ignore[attr-defined]
        if action.extension_pending:
            self.fields["asked_due"].help_text = (
                f"An extension to {wording(action.asked_due_date, action.asked_due_precision)} has been asked and"
                " waits for a decision. A new request replaces it."
            )

    @property
    def has_evidence(self) -> bool:
        """Whether the evidence part was used or has errors: then it is shown open."""
        return self._used("evidence_file", "evidence_link", "evidence_title")

    @property
    def has_extension(self) -> bool:
        """Whether the extension part was used or has errors: then it is shown open."""
        return self._used("asked_due", "asked_reason")

    def _used(self, *names: str) -> bool:
        return any(self[name].errors or self[name].data for name in names) if self.is_bound else False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("evidence_file") and said.get("evidence_link"):
            self.add_error("evidence_link", "Give a file or a link, not both")
        if said.get("evidence_link") and not said.get("evidence_title") and "evidence_title" not in self.errors:
            self.add_error("evidence_title", "Say what the link leads to")
        if said.get("asked_due"):
            self._check_extension(said)
        elif said.get("asked_reason") and "asked_due" not in self.errors:
            self.add_error("asked_due", "Enter the date that you ask for, or clear the reason below")
        return said

    def _check_extension(self, said: dict[str, Any]) -> None:
        if not said.get("asked_reason") and "asked_reason" not in self.errors:
            self.add_error("asked_reason", "Give a reason for the board")
        if said.get("status") == Status.COMPLETE:
            self.add_error("asked_due", "A complete action needs no extension. Clear this date or change the status")
        elif self.action.due_date and said["asked_due"].last_day <= self.action.due_date:
            now = wording(self.action.due_date, self.action.due_precision)
            self.add_error("asked_due", f"Ask for a date later than the current one, {now}")

    def changes(self) -> dict[str, Any]:
        """What was typed, as ``submit_update`` takes it."""
        said = self.cleaned_data
        evidence = None
        if said["evidence_file"] or said["evidence_link"]:
            file = said["evidence_file"]
            evidence = OfferedEvidence(
                kind=said["evidence_kind"] or Evidence.Kind.OUTPUT,
                title=said["evidence_title"] or file.name,
                file=file or None,
                file_kind=file.kind if file else None,
                link=said["evidence_link"],
            )
        return {
            "status": said["status"],
            "note": said["note"],
            "expected_version": said["version"],
            "evidence": evidence,
            "extension": AskedExtension(said["asked_due"], said["asked_reason"]) if said["asked_due"] else None,
            "confidence": said["confidence"],
            "reported_rag": said["reported_rag"],
            **forecast_columns(said["forecast"]),
        }
