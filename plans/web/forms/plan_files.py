"""Forms of a council's own table that was read: what its columns hold, its headings, its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from plans.access.models import Organisation
from plans.documents.dates import Precision, PrintedDate
from plans.documents.plan_words import read_when
from plans.findings.models import Framework, Inspection
from plans.improvement_plan.posts_named import LONGEST_TITLE
from plans.improvement_plan.rules import Status
from plans.web.forms.fields import LongText, PlainText
from plans.web.forms.uploads import DocumentFile

MOST_ROWS = 1000
MEANINGS: tuple[tuple[str, str], ...] = (
    ("", "Nothing that the plan needs"),
    ("area", "What needs to improve"),
    ("action", "The action"),
    ("by_who", "By whom"),
    ("by_when", "By when"),
    ("status", "Status"),
    ("progress", "Progress"),
    ("reference", "Reference"),
    ("evidence", "Evidence or success measure"),
)
NEW_AREA = "new"
STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.COMPLETE)


class NewPlanForm(forms.Form):
    """A plan to start, with the inspections that it answers."""

    organisation = forms.ModelChoiceField(label="Whose plan is it?", queryset=Organisation.objects.none())
    title = PlainText(label="Title of the plan", max_length=200)
    inspections = forms.ModelMultipleChoiceField(
        label="Inspections that it answers",
        queryset=Inspection.objects.none(),
        required=False,
        help_text="Their areas for the council become the areas of the plan",
    )
    framework = forms.ModelChoiceField(
        label="Or an inspection whose report is not here yet",
        queryset=Framework.objects.all(),
        required=False,
        empty_label="None",
        help_text="Its report can be read in later",
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["inspections"].queryset = Inspection.objects.filter(  # type: ignore[attr-defined]
            organisation__in=organisations
        ).select_related("organisation")
        self.only = organisations[0] if len(organisations) == 1 else None
        if self.only:
            del self.fields["organisation"]
        if not self.fields["inspections"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["inspections"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.only:
            said["organisation"] = self.only
        organisation = said.get("organisation")
        if organisation and organisation.plans.filter(title=said.get("title", "")).exists():
            self.add_error("title", "There is a plan of this title already. Give another one")
        if organisation and any(one.organisation_id != organisation.pk for one in said.get("inspections") or []):
            self.add_error("inspections", f"Choose inspections of {organisation}")
        return said


class UploadPlanForm(forms.Form):
    """A plan as a file, or as text copied from one."""

    file = DocumentFile(
        label="The plan",
        help_text="A Word document, an Excel workbook, a CSV file or a PDF with the plan as a table. Up to 50 MB.",
    )
    text = LongText(
        label="Or paste its table",
        required=False,
        rows=6,
        max_length=1_000_000,
        help_text="Copied from Word or Excel, so that a tab stands between the cells",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            if not said.get("file") and not said.get("text"):
                self.add_error("file", "Choose the plan, or paste its table")
            elif said.get("file") and said.get("text"):
                self.add_error("text", "Give the file or the text, not both")
        return said


class ColumnsForm(forms.Form):
    """What each column of the file holds."""

    def __init__(self, *args: Any, columns: Sequence[str], fields: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, heading in enumerate(columns):
            now = fields[place] if place < len(fields) and fields[place] in dict(MEANINGS) else ""
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading or f"Column {place + 1}", choices=MEANINGS, required=False, initial=now
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "action" not in said.values():
            raise ValidationError("Say which column holds the action")
        for meaning, label in MEANINGS:
            # Several columns may tell of the action, its progress or its evidence; their texts are put together.
            if meaning in ("area", "by_when", "status", "reference") and list(said.values()).count(meaning) > 1:
                raise ValidationError(f"Two columns are given as “{label}”. Choose one")
        return said

    def mapping(self) -> dict[int, str]:
        """Each column's place and what it holds."""
        return {int(name.removeprefix("column_")): meaning for name, meaning in self.cleaned_data.items()}


class HeadingForm(forms.Form):
    """What a heading of the file is in the plan: an area that it has, a new one, or none."""

    printed = forms.CharField(widget=forms.HiddenInput, required=False)
    area = forms.ChoiceField(label="Answers", required=False)

    def __init__(self, *args: Any, areas: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = list(areas)  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """The inspection to which new areas are added."""

    inspection = forms.ModelChoiceField(
        label="New areas belong to",
        queryset=Inspection.objects.none(),
        required=False,
        empty_label="Choose the inspection",
    )

    def __init__(self, *args: Any, inspections: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspection"].queryset = inspections  # type: ignore[attr-defined]
        self.needed = needed

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.needed and not said.get("inspection") and not self.errors:
            self.add_error("inspection", "Choose the inspection that the new areas belong to")
        return said


class ReasonForm(forms.Form):
    """Why dates that were agreed move: asked where the file moves any."""

    moved = LongText(
        label="Why do agreed dates move?",
        required=False,
        rows=2,
        help_text="Kept with each of them. Each move to a later date counts as an extension",
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.needed and not said.get("moved") and not self.errors:
            self.add_error("moved", "Say why the dates move")
        return said


class RowForm(forms.Form):
    """One row of the file. Dates are read as printed; what is no date is kept as words."""

    keep = forms.BooleanField(label="Take this row", required=False)
    same_as = PlainText(
        label="Action of the plan that it is",
        max_length=30,
        required=False,
        help_text="Its reference. Leave empty for a new action",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    heading = forms.ChoiceField(label="Under", required=False)
    reference = PlainText(
        label="Reference",
        max_length=30,
        required=False,
        help_text="Left empty, the next free one is given",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    wording = LongText(label="Action", rows=3, required=False)
    lead = PlainText(label="Lead post", max_length=LONGEST_TITLE, required=False)
    support = LongText(label="Supporting posts", rows=2, required=False, help_text="One on each line")
    due = PlainText(label="By when, as printed", max_length=200, required=False)
    first_due = PlainText(label="Date agreed before that one", max_length=200, required=False)
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Not said"), *((status.value, status.label) for status in STATUSES)],
    )
    progress = LongText(label="Progress", rows=3, required=False, max_length=20_000)

    def __init__(
        self, *args: Any, headings: Iterable[tuple[str, str]], references: dict[str, int], **kwargs: Any
    ) -> None:
        """``references`` are the ids of the plan's actions by reference."""
        super().__init__(*args, **kwargs)
        self.fields["heading"].choices = list(headings)  # type: ignore[attr-defined]
        self.references = references

    def clean_same_as(self) -> str:
        reference: str = self.cleaned_data["same_as"]
        if reference and reference not in self.references:
            raise ValidationError(f"The plan has no action {reference}")
        return reference

    def clean_support(self) -> tuple[str, ...]:
        titles = tuple(title for line in self.cleaned_data["support"].splitlines() if (title := line.strip()))
        if long := next((title for title in titles if len(title) > LONGEST_TITLE), ""):
            raise ValidationError(f"“{long[:60]} …” is longer than {LONGEST_TITLE} characters. Shorten it")
        return titles

    def clean_due(self) -> PrintedDate:
        return read_when(self.cleaned_data["due"])[0]

    def clean_first_due(self) -> PrintedDate | None:
        first = read_when(self.cleaned_data["first_due"])[0]
        if first.printed and first.last_day is None:
            raise ValidationError("Enter a date, like March 2020, or leave it empty")
        return first if first.last_day else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("keep"):
            self.errors.clear()
            return said
        if not said.get("wording") and "wording" not in self.errors:
            self.add_error("wording", "Enter the action, or take the tick away")
        first, due = said.get("first_due"), said.get("due")
        if first and due and due.last_day and first.last_day and first.last_day > due.last_day:
            self.add_error("first_due", "This is later than the date that it was moved to")
        if first and due and due.precision == Precision.NONE and not due.last_day:
            self.add_error("first_due", "Enter the date that it was moved to above, or leave this empty")
        return said
