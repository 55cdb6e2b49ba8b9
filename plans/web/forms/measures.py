"""Forms of measures and readings, for those who run the plans; and the filters of their list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import Truncator

from plans.access.models import Organisation, User
from plans.documents.dates import PrintedDate, wording
from plans.findings.models import Area
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import Rag, Status
from plans.monitoring.measure_changes import LINKS
from plans.monitoring.measure_words import plain_number
from plans.monitoring.models import Measure, Reading
from plans.monitoring.readings import MeasureState
from plans.web.filters import visible_plans
from plans.web.forms.fields import LongText, PlainText, TypedDate

ENTER_A_NUMBER = "Enter a number, like 63.1 or 1,200"
_NUMBER = re.compile(r"(?P<sign>[-−]?)(?P<money>£?)(?P<digits>\d[\d,]*(?:\.\d*)?|\.\d+)(?P<percent>%|\s*per\s?cent)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_MOST_WHOLE, _MOST_PLACES = 9, 3
NOT_RATED = "none"


class TypedNumber(PlainText):
    """A number as people type it: “63.1%”, “1,200”, “£3.5”. Cleaned to a Decimal or None.

    ``unit`` is what the measure counts in, where that is known: another one is refused.
    """

    widget = forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "text", "autocomplete": "off"})

    def __init__(self, *, advice: str = "", **kwargs: Any) -> None:
        self.advice, self.unit = advice, ""
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        plain = typed.removesuffix(self.unit).rstrip() if self.unit and not self.unit.isdigit() else typed
        found = _NUMBER.fullmatch(plain)
        if found is None:
            raise ValidationError(f"{ENTER_A_NUMBER}.{f' {self.advice}' if self.advice else ''}")
        self._refuse_another_unit(found)
        digits = found["digits"]
        if "," in digits and not _THOUSANDS.fullmatch(digits):
            raise ValidationError("Use commas for thousands only, and a full stop before decimals, like 63.1")
        number = Decimal(f"{'-' if found['sign'] else ''}{digits.replace(',', '')}")
        whole, _, places = digits.replace(",", "").partition(".")
        if len(places.rstrip("0")) > _MOST_PLACES:
            raise ValidationError(f"Give at most {_MOST_PLACES} decimal places")
        if len(whole.lstrip("0")) > _MOST_WHOLE:
            raise ValidationError(f"Enter a number of at most {_MOST_WHOLE} digits before the full stop")
        return number

    def _refuse_another_unit(self, found: re.Match[str]) -> None:
        if found["percent"] and self.unit not in ("", "%"):
            raise ValidationError(f"This measure counts in {self.unit}, not in per cent. Enter the number alone")
        if found["money"] and self.unit not in ("", "£"):
            raise ValidationError(f"This measure counts in {self.unit}, not in pounds. Enter the number alone")

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


def _short(words: str) -> str:
    return Truncator(words).chars(120)


class AreaChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number}. {_short(obj.wording)} ({obj.inspection})"


class ActionChoices(forms.ModelMultipleChoiceField):
    with_plan = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference} {_short(obj.wording)}{f' ({obj.plan})' if self.with_plan else ''}"


def _number(label: str, **kwargs: Any) -> TypedNumber:
    return TypedNumber(label=label, required=False, **kwargs)


class MeasureForm(forms.Form):
    """An indicator, with what it aims at and what it belongs to. Used for a new one and to change one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    organisation = forms.ModelChoiceField(label="Whose measure is it?", queryset=Organisation.objects.none())
    code = PlainText(label="Code", max_length=30, required=False, help_text="As your returns print it, like NI59")
    name = PlainText(label="What is measured", max_length=250, help_text="For example, Visits made in time")
    unit = PlainText(
        label="Unit",
        max_length=30,
        required=False,
        help_text="%, days, £ … Leave empty for a plain count",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    better = forms.ChoiceField(label="Which way is better?", choices=Measure.Better.choices, widget=forms.RadioSelect)
    baseline = _number("Baseline", help_text="Where it stood before the work began")
    target = _number(
        "Target",
        help_text="Of a range, its lower end",
        advice="A target in words goes in the box “Target in words”",
    )
    target_high = _number("Upper end of the target", help_text="Only where the target is a range")
    target_printed = PlainText(
        label="Target in words",
        max_length=100,
        required=False,
        help_text="Where there is no number, or as your paper prints it. No rating is worked out from words",
    )
    comparator = PlainText(
        label="Compared with", max_length=100, required=False, help_text="For example, England or similar councils"
    )
    comparator_value = _number("Their figure")
    plans = forms.ModelMultipleChoiceField(label="Plans", queryset=Plan.objects.none(), required=False)
    areas = AreaChoices(label="Areas", queryset=Area.objects.none(), required=False)
    actions = ActionChoices(label="Actions", queryset=Action.objects.none(), required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        organisations: Any = (),
        measure: Measure | None = None,
        opened: Any = None,
        **kwargs: Any,
    ) -> None:
        """``opened`` is the measure, or the entry of its history, that the form shows when it is opened."""
        if measure is not None:
            kwargs["initial"] = shown_of_measure(measure, opened or measure)
        super().__init__(data, files, **kwargs)
        self.measure = measure
        self.only = measure.organisation if measure else _only(organisations)
        if self.only:
            del self.fields["organisation"]
            self._offer_links(self.only, user)
        else:
            # What it can be linked to depends on whose it is.
            self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
            for name in LINKS:
                del self.fields[name]

    def _offer_links(self, organisation: Organisation, user: User) -> None:
        plans = Plan.objects.visible_to(user).filter(organisation=organisation).values("pk")
        actions = Action.objects.visible_to(user).filter(plan__in=plans).exclude(status=Status.WITHDRAWN)
        # What is linked already stays to be seen, and to be unticked.
        linked = Q(measures=self.measure) if self.measure else Q(pk__in=[])
        areas = Q(addressed_to=organisation) | Q(plan_areas__plan__in=plans)
        found = Action.objects.filter(Q(pk__in=actions.values("pk")) | linked).select_related("plan")
        offered = {
            "plans": Plan.objects.filter(Q(pk__in=plans) | linked).order_by("title"),
            "areas": Area.objects.filter(areas | linked).select_related("inspection").order_by("inspection", "number"),
            "actions": found.order_by("plan", "position", "pk"),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows.distinct()  # type: ignore[attr-defined]
        self.fields["actions"].with_plan = plans.count() > 1  # type: ignore[attr-defined]

    @property
    def links(self) -> list[tuple[Any, int, bool]]:
        """Each field of links, how many are ticked, and whether it is shown open: it is long."""
        found = []
        for name in LINKS:
            if name in self.fields and self.fields[name].queryset.exists():  # type: ignore[attr-defined]
                ticked = len(self[name].value() or [])
                found.append((self[name], ticked, bool(self[name].errors)))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.only:
            said["organisation"] = self.only
        self._check_range(said)
        self._check_comparator(said)
        self._check_unit(said)
        return said

    def _check_range(self, said: Mapping[str, Any]) -> None:
        low, high = said.get("target"), said.get("target_high")
        if high is None or "target" in self.errors:
            return
        if low is None:
            self.add_error("target", "Enter the lower end of the range as well")
        elif high <= low:
            self.add_error("target_high", f"Enter a number above the lower end, {plain_number(low)}")

    def _check_comparator(self, said: Mapping[str, Any]) -> None:
        name, value = said.get("comparator"), said.get("comparator_value")
        if value is not None and not name and "comparator" not in self.errors:
            self.add_error("comparator", "Say whose figure this is, like England")
        if name and value is None and "comparator_value" not in self.errors:
            self.add_error("comparator_value", f"Enter the figure of “{name}”, or clear its name")

    def _check_unit(self, said: Mapping[str, Any]) -> None:
        typed = [str(self[name].value() or "") for name in ("baseline", "target", "target_high", "comparator_value")]
        if any("%" in one for one in typed) and said.get("unit") != "%" and "unit" not in self.errors:
            self.add_error("unit", "A figure below is in per cent. Enter % here, or take it off there")

    def changes(self) -> dict[str, Any]:
        """What was said, as ``measure_changes`` takes it; of a measure that is there, what was changed alone."""
        names = set(self.fields) - {"version", "organisation"}
        if self.measure:
            names &= set(self.changed_data)
        return {name: list(self.cleaned_data[name]) if name in LINKS else self.cleaned_data[name] for name in names}


def _only(organisations: Any) -> Organisation | None:
    found = list(organisations[:2])
    return found[0] if len(found) == 1 else None


def shown_of_measure(measure: Measure, row: Any) -> dict[str, Any]:
    """What the form shows of a measure: its columns as in ``row``, its links as they are."""
    columns = set(MeasureForm.base_fields) - {"version", "organisation", *LINKS}
    return {name: getattr(row, name) for name in columns} | {
        name: list(getattr(measure, name).values_list("pk", flat=True)) for name in LINKS
    }


class ReadingForm(forms.Form):
    """A measure's value for a period. A correction says why."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    value = TypedNumber(label="Value")
    period = TypedDate(
        label="When does the period end?", help_text="For example, July 2019, or 31 December 2019 for a quarter"
    )
    period_printed = PlainText(
        label="What the period is called",
        max_length=80,
        required=False,
        help_text="For example, Quarter 3 2019/20. Leave empty to show the date above",
    )
    kind = forms.ChoiceField(
        label="What it counts", choices=Reading.Kind.choices, widget=forms.RadioSelect, initial=Reading.Kind.PERIOD
    )
    note = LongText(
        label="Note",
        required=False,
        rows=2,
        max_length=300,
        help_text="For example, provisional. Do not name or describe individual children",
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        measure: Measure,
        today: date,
        reading: Reading | None = None,
        opened: Any = None,
        **kwargs: Any,
    ) -> None:
        """``reading`` is the one to be corrected; ``opened`` it, or the entry of its history that the form shows."""
        if reading is not None:
            kwargs["initial"] = shown_of_reading(opened or reading)
        super().__init__(data, files, **kwargs)
        self.measure, self.reading, self.today = measure, reading, today
        value = self.fields["value"]
        assert isinstance(value, TypedNumber)
        value.unit = measure.unit
        value.help_text = f"In {measure.unit}" if measure.unit else ""
        if reading is not None:
            note = self.fields["note"]
            note.label, note.required = "Why it is corrected", True
            note.help_text = "Shown beside what the reading said before"
            note.error_messages["required"] = "Say why it is corrected"

    def clean_period(self) -> PrintedDate:
        period: PrintedDate = self.cleaned_data["period"]
        if period.last_day and period.last_day > self.today:
            ends = wording(period.last_day, "day")
            raise ValidationError(f"This period ends on {ends}, which is still to come. Enter one that has ended")
        return period

    def changes(self) -> dict[str, Any]:
        """What was said, as ``measure_changes`` takes it."""
        said = self.cleaned_data
        period = said["period"]
        return {
            "value": said["value"],
            "kind": said["kind"],
            "period_ends": period.last_day,
            "period_printed": self._printed(period),
            "note": said["note"],
        }

    def _printed(self, period: PrintedDate) -> str:
        printed = self.cleaned_data["period_printed"]
        if self.reading and "period" in self.changed_data and "period_printed" not in self.changed_data:
            # The old period's name would stand beside the new one's date.
            printed = ""
        return printed or wording(period.last_day, period.precision)


def shown_of_reading(row: Any) -> dict[str, Any]:
    """What the form shows of a reading, or of an entry of its history."""
    return {
        "value": row.value,
        "period": wording(row.period_ends, "day"),
        "period_printed": row.period_printed,
        "kind": row.kind,
    }


class MeasureFilter(filters.FilterSet):
    """Narrows the list by how measures stand; ``states`` is that of each, by its key."""

    rating = filters.ChoiceFilter(
        label="Against target",
        choices=[*((word.value, word.label) for word in Rag if word != Rag.BLUE), (NOT_RATED, "Not rated")],
        empty_label="Any rating",
        null_label=None,
        method="by_rating",
    )
    trend = filters.ChoiceFilter(
        label="Direction",
        choices=(("better", "Getting better"), ("worse", "Getting worse"), ("ask", "Something to ask about")),
        empty_label="Any direction",
        method="by_trend",
    )
    plan = filters.ModelChoiceFilter(
        label="Plan", queryset=visible_plans, field_name="plans", empty_label="All plans", distinct=True
    )

    def __init__(self, data: Any, rows: Any, *, states: Mapping[int, MeasureState], request: HttpRequest) -> None:
        self.states = states
        super().__init__(data, rows, request=request)

    def by_rating(self, rows: Any, name: str, value: str) -> Any:
        wanted = None if value == NOT_RATED else Rag(value)
        return rows.filter(pk__in=[key for key, state in self.states.items() if state.rag == wanted])

    def by_trend(self, rows: Any, name: str, value: str) -> Any:
        if value == "ask":
            return rows.filter(pk__in=[key for key, state in self.states.items() if state.concerns])
        return rows.filter(pk__in=[key for key, state in self.states.items() if state.better is (value == "better")])
