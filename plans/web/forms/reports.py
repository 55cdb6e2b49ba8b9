"""Forms of a report that was read: its facts, judgements, bodies and areas, all on one page, each mendable in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from plans.access.models import Organisation
from plans.findings.changes import Body, body_refusal
from plans.findings.models import Area, AskKind, Framework, GradeWord, Inspection
from plans.web.forms.fields import LongText, PlainText, TypedDay
from plans.web.forms.many import RowChoice
from plans.web.forms.uploads import DocumentFile

MOST_ROWS = 200


class UploadReportForm(forms.Form):
    """A report as a file, or as text copied from one."""

    organisation = forms.ModelChoiceField(
        label="Whose inspection is it?", queryset=Organisation.objects.none(), empty_label=None
    )
    file = DocumentFile(
        label="The report",
        help_text="The PDF as published, a Word document or plain text. Up to 60 MB.",
    )
    text = LongText(
        label="Or paste its text",
        required=False,
        rows=6,
        max_length=1_000_000,
        help_text="Where the PDF is only a picture, or you have the letter in an e-mail",
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.only = organisations[0] if len(organisations) == 1 else None
        if self.only:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.only:
            said["organisation"] = self.only
        if "file" not in self.errors and "text" not in self.errors:
            if not said.get("file") and not said.get("text"):
                self.add_error("file", "Choose the report, or paste its text")
            elif said.get("file") and said.get("text"):
                self.add_error("text", "Give the file or the text, not both")
        return said


class FactsForm(forms.Form):
    """What the report says of the inspection itself."""

    inspection = forms.ModelChoiceField(
        label="Is this inspection here already?",
        queryset=Inspection.objects.none(),
        required=False,
        empty_label="No, it is a new one",
    )
    ours = forms.BooleanField(required=False)
    framework = forms.ModelChoiceField(
        label="Kind of inspection", queryset=Framework.objects.all(), empty_label="Choose the kind"
    )
    title = PlainText(label="Title", max_length=200, help_text="As the plan and its papers will name it")
    starts_1 = TypedDay(label="First day on site")
    ends_1 = TypedDay(label="Last day on site")
    starts_2 = TypedDay(label="First day of a second visit")
    ends_2 = TypedDay(label="Last day of a second visit")
    published_on = TypedDay(label="Published")
    received_on = TypedDay(label="Received by the council", help_text="The clock for the plan runs from this day")
    letter_due_on = TypedDay(label="Plan due, as the letter says", help_text="Where the letter gives a date, it rules")
    lead_inspector = PlainText(label="Lead inspector", max_length=150, required=False)

    def __init__(self, *args: Any, existing: Any, stranger: str, council: str, **kwargs: Any) -> None:
        """``stranger`` is the authority that the report names where it is not ``council``; "" where it is."""
        super().__init__(*args, **kwargs)
        self.stranger = stranger
        self.fields["inspection"].queryset = existing  # type: ignore[attr-defined]
        if not existing:
            del self.fields["inspection"]
        if stranger:
            self.fields["ours"].label = f"It is an inspection of {council}, although the report names {stranger}"
        else:
            del self.fields["ours"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.stranger and not said.get("ours"):
            self.add_error(
                "ours", f"The report names {self.stranger}. Check that it is the right one, and tick the box"
            )
        for number in (1, 2):
            starts, ends = said.get(f"starts_{number}"), said.get(f"ends_{number}")
            if bool(starts) != bool(ends) and not {f"starts_{number}", f"ends_{number}"} & set(self.errors):
                self.add_error(f"{'ends' if starts else 'starts'}_{number}", "Enter both days, or neither")
            elif starts and ends and ends < starts:
                self.add_error(f"ends_{number}", "The last day is before the first")
        published, received = said.get("published_on"), said.get("received_on")
        spells = self.spells()
        if published and spells and published < spells[-1][1]:
            self.add_error("published_on", "This is before the inspection ended. Check both dates")
        due = said.get("letter_due_on")
        if due and received and due < received:
            self.add_error("letter_due_on", "This is before the report was received. Check both dates")
        return said

    def spells(self) -> tuple[tuple[date, date], ...]:
        """The days on site, as far as both ends are given."""
        said = self.cleaned_data
        pairs = [(said.get(f"starts_{number}"), said.get(f"ends_{number}")) for number in (1, 2)]
        return tuple((starts, ends) for starts, ends in pairs if starts and ends)


class BodyForm(forms.Form):
    """Whom some of the areas are addressed to."""

    printed = forms.CharField(widget=forms.HiddenInput, required=False)
    name = PlainText(label="Organisation", max_length=150)
    kind = forms.ChoiceField(label="What it is, if it is new here", choices=Organisation.Kind.choices)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if refused := body_refusal(name, self.organisation):
            raise ValidationError(refused)
        return name

    def body(self) -> Body:
        return Body(self.cleaned_data["name"], self.cleaned_data["kind"])


class JudgementForm(forms.Form):
    """A judged area and its grade."""

    keep = forms.BooleanField(label="Keep", required=False)
    label = PlainText(label="Judged area", max_length=250, required=False)
    grade = RowChoice(label="Grade", required=False, empty_label="No grade")

    def __init__(self, *args: Any, grades: Sequence[GradeWord], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].offer(grades)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("keep") and not said.get("label"):
            self.add_error("label", "Enter what was judged, or take the tick away")
        return said


class AreaForm(forms.Form):
    """One ask of the report."""

    keep = forms.BooleanField(label="Take this area", required=False)
    wording = PlainText(
        label="In the report’s words", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=None
    )
    number = forms.IntegerField(
        label="Number", min_value=1, max_value=9999, widget=forms.TextInput(attrs={"class": "govuk-input--width-3"})
    )
    kind = RowChoice(label="Kind", empty_label="Choose the kind")
    timescale = PlainText(label="Timescale, as printed", max_length=100, required=False)
    body = forms.TypedChoiceField(label="Addressed to", coerce=int)
    heading = PlainText(label="List or theme", max_length=200, required=False)
    location = PlainText(label="Where in the report", max_length=150, required=False)
    same_as = RowChoice(label="Is it here already?", required=False, empty_label="No, it is new")

    def __init__(
        self,
        *args: Any,
        bodies: list[tuple[str, str]],
        kinds: Sequence[AskKind],
        there: Sequence[Area],
        **kwargs: Any,
    ) -> None:
        """``there`` are the areas that the inspection has already."""
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]
        self.fields["kind"].offer(kinds)  # type: ignore[attr-defined]
        if there:
            self.fields["same_as"].offer(there)  # type: ignore[attr-defined]
        else:
            del self.fields["same_as"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("keep"):
            if not said.get("wording") and "wording" not in self.errors:
                self.add_error("wording", "Enter the area’s words, or take the tick away")
        else:
            # What is left out need not be right.
            self.errors.clear()
        return said


class DraftPlanForm(forms.Form):
    """Whether a draft plan is made in the same step."""

    make = forms.BooleanField(label="Also make a draft plan that answers these areas", required=False)
    title = PlainText(label="Title of the plan", max_length=200, required=False)
    bodies = forms.TypedMultipleChoiceField(label="Areas addressed to", coerce=int, required=False)

    def __init__(self, *args: Any, bodies: list[tuple[str, str]], organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["bodies"].choices = bodies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("make"):
            if not said.get("title") and "title" not in self.errors:
                self.add_error("title", "Enter a title for the plan")
            elif self.organisation.plans.filter(title=said.get("title")).exists():
                self.add_error("title", "There is a plan of this title already. Give another one")
        return said
