"""The form by which an owner says how an action stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from plans.documents.dates import wording
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import OPEN_STATUSES, Confidence, Rag, Status, statuses_to_choose
from plans.improvement_plan.state import ActionState
from plans.improvement_plan.timeliness import forecast_is_late
from plans.monitoring.changes import AskedExtension, OfferedEvidence, forecast_columns
from plans.monitoring.models import Evidence
from plans.web.forms.fields import EvidenceFile, LongText, PlainText, TypedDate
from plans.web.wording import day_of

# Of one action: what a board could look through is far fewer.
MOST_FILES = 200
NOT_PER_CENT = "Enter a whole number from 0 to 100, such as 40"


def shown_of(row: ActionState) -> dict[str, Any]:
    """What the form shows of an action, or of an update of it, when it is opened."""
    return {
        "status": row.status,
        "confidence": row.confidence,
        "forecast": wording(row.forecast_date, row.forecast_precision),
        "reported_rag": row.reported_rag,
        "share_done": "" if row.share_done is None else str(row.share_done),
        "delay_reason": row.delay_reason,
        "next_step": row.next_step,
    }


class PerCent(forms.CharField):
    """A whole number from 0 to 100, with or without its sign; cleaned to a number or None."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).removesuffix("%").removesuffix("per cent").strip()
        if not typed:
            return None
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3 and int(typed) <= 100):
            raise ValidationError(NOT_PER_CENT)
        return int(typed)


class ShortUpdateForm(forms.Form):
    """What an update needs at least: for lists, where each row has its own."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label="Status", widget=forms.RadioSelect)
    note = LongText(
        label="What has happened since the last update?",
        help_text="One or two sentences are enough. Do not name or describe individual children.",
    )
    delay_reason = LongText(
        label="Reason for delay",
        required=False,
        rows=2,
        max_length=1000,
        help_text="What holds it up, for the board to read. No names and no individual children.",
    )
    forecast = TypedDate(label="When do you expect it to be done?", required=False)
    confidence = forms.ChoiceField(
        label="How sure are you that it will be done in time?",
        choices=[("", "Not said"), *Confidence.choices()],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        action: Action,
        opened: ActionState | None = None,
        typed: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """``opened`` is the state that a sent form was opened with, ``typed`` what a draft brings back."""
        self.action = action
        initial = shown_of(opened or action) | {"version": action.version} | dict(typed or {})
        super().__init__(data, files, initial=initial, **kwargs)
        self.today = day_of(timezone.now())
        status = self.fields["status"]
        assert isinstance(status, forms.ChoiceField)
        choices = list(statuses_to_choose(action.status))
        if action.status not in choices and action.status != Status.UNREPORTED:
            choices.insert(0, Status(action.status))
        status.choices = [(choice.value, choice.label) for choice in choices]
        self.fields["confidence"].inline = True  # type: ignore[attr-defined]

    @property
    def touched(self) -> set[str]:
        """The names of the fields that the sent form changes."""
        names = set(self.changed_data) - {"version"}
        # Nothing chosen where nothing was reported yet is no change.
        return names if self.data.get(self.add_prefix("status")) else names - {"status"}

    def typed(self) -> dict[str, str]:
        """Every field as it was sent, by its name, to be kept as a draft; files cannot be."""
        names = [name for name, field in self.fields.items() if not isinstance(field, forms.FileField)]
        return {name: self.data.get(self.add_prefix(name), "").replace("\0", "") for name in names}

    def _is_late(self, status: str | None) -> bool:
        """Whether the action is overdue today where it has this status: then the form asks why."""
        due: date | None = self.action.due_date
        return status in OPEN_STATUSES and due is not None and due < self.today

    @property
    def shows_delay(self) -> bool:
        """Whether the reason for delay stands in the open: where there is one to give, or one was given or typed."""
        return (
            self._is_late(self.action.status)
            or bool(self["delay_reason"].errors)
            or forecast_is_late(self.action)
            or self._forecasts_late(getattr(self, "cleaned_data", {}))
            or bool(self["delay_reason"].value())
        )

    def _forecasts_late(self, said: dict[str, Any]) -> bool:
        forecast, due = said.get("forecast"), self.action.due_date
        return bool(forecast and forecast.last_day and due and forecast.last_day > due)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        asked = self._is_late(said.get("status")) and "delay_reason" not in self.errors
        if asked and not said.get("delay_reason"):
            self.add_error("delay_reason", "Say why it is late")
        return said

    def changes(self) -> dict[str, Any]:
        """What was typed, as ``submit_update`` takes it."""
        said = self.cleaned_data
        return {
            "status": said["status"],
            "note": said["note"],
            "expected_version": said["version"],
            "confidence": said["confidence"],
            "delay_reason": said["delay_reason"],
            **forecast_columns(said["forecast"]),
        }


class UpdateForm(ShortUpdateForm):
    """The whole of it, with evidence and an extension if one is asked."""

    next_step = LongText(
        label="Next step", required=False, rows=2, max_length=300, help_text="What happens next, by whom and by when"
    )
    share_done = PerCent(label="How much is done, per cent", required=False, help_text="For example, 40")
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

    # The order of the page, which the list of errors follows.
    field_order = ("version", "status", "note", "delay_reason", "next_step", "forecast", "share_done", "confidence")

    def __init__(self, data: Any = None, files: Any = None, *, action: Action, **kwargs: Any) -> None:
        super().__init__(data, files, action=action, **kwargs)
        self.fields["reported_rag"].inline = True  # type: ignore[attr-defined]
        if action.extension_pending:
            self.fields["asked_due"].help_text = (
                f"An extension to {wording(action.asked_due_date, action.asked_due_precision)} has been asked and"
                " waits for a decision. A new request replaces it."
            )

    @property
    def rating_words(self) -> str:
        """The rating that the form sends, for the heading that it is folded under."""
        given = self["reported_rag"].value()
        return Rag(given).label.lower() if given in list(Rag) else "not rated"

    @property
    def has_evidence(self) -> bool:
        """Whether the evidence part was used or has errors: then it is shown open."""
        return self._used("evidence_file", "evidence_link", "evidence_title")

    @property
    def has_extension(self) -> bool:
        """Whether the extension part was used or has errors: then it is shown open."""
        return self._used("asked_due", "asked_reason")

    def _used(self, *names: str) -> bool:
        if self.is_bound:
            return any(self[name].errors or self[name].data for name in names)
        return any(self.initial.get(name) for name in names)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("evidence_file") and said.get("evidence_link"):
            self.add_error("evidence_link", "Give a file or a link, not both")
        if said.get("evidence_link") and not said.get("evidence_title") and "evidence_title" not in self.errors:
            self.add_error("evidence_title", "Say what the link leads to")
        if said.get("evidence_file") and self.action.evidence.exclude(file="").count() >= MOST_FILES:
            self.add_error("evidence_file", f"This action has {MOST_FILES} files, the most that are kept. Give a link")
        if said.get("asked_due"):
            self._check_extension(said)
        elif said.get("asked_reason") and "asked_due" not in self.errors:
            self.add_error("asked_due", "Enter the date that you ask for, or clear the reason below")
        if said.get("status") == Status.COMPLETE and said.get("next_step") and "next_step" in self.changed_data:
            self.add_error("next_step", "A complete action has no next step. Clear this or change the status")
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
        return super().changes() | {
            "evidence": evidence,
            "extension": AskedExtension(said["asked_due"], said["asked_reason"]) if said["asked_due"] else None,
            "reported_rag": said["reported_rag"],
            "share_done": said["share_done"],
            "next_step": said["next_step"],
        }
