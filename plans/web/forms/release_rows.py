"""Which of a plan's actions a paper is about: every filter of ``Selection``, and how the rows are laid out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django import forms

from plans.improvement_plan.rules import Rag, Status
from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.overdue import LATE, Shown
from plans.papers.brief import Choices, ChosenColumn
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.models import Release
from plans.papers.plan_table import OWN_ACTIONS
from plans.papers.rules import Grouping, Kind
from plans.papers.selection import Selection
from plans.web.filters import LISTS
from plans.web.forms.fields import PlainText
from plans.web.forms.releases import PartOfRelease

GROUPING_LABELS = {
    Grouping.AREA: "Area for improvement",
    Grouping.LEAD: "Lead post",
    Grouping.TIMELINESS: "Timeliness: overdue first",
    Grouping.NONE: "Not in groups",
}
WIDEST = 100
# What no paper about one plan has: its own title in each row.
NOT_OFFERED = frozenset({"plan"})


def _any(label: str, pairs: Any) -> list[tuple[str, str]]:
    return [("", label), *pairs]


class RowsForm(PartOfRelease):
    """The filters; everything that is said narrows further."""

    show = forms.ChoiceField(label="Which list?", choices=[(each.value, label) for each, label in LISTS.items()])
    late_by = forms.IntegerField(
        label="Late by more than how many days?",
        min_value=0,
        max_value=3650,
        required=False,
        help_text="Only for what is overdue or later than first agreed",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    q = PlainText(
        label="With these words",
        max_length=100,
        required=False,
        help_text="In the action, its reference, its lead or its progress",
    )
    lead = PlainText(label="Lead post", max_length=100, required=False, help_text="Part of its title is enough")
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=_any("Any status", [(one.value, one.label) for one in Status if one != Status.WITHDRAWN]),
    )
    timeliness = forms.ChoiceField(
        label="Timeliness",
        required=False,
        choices=_any("Any", [(one.value, one.label) for one in Timeliness if one != Timeliness.WITHDRAWN]),
    )
    rating = forms.ChoiceField(label="Rating by its date", required=False, choices=_any("Any", Rag.choices()))
    owner_rating = forms.ChoiceField(label="Owner’s rating", required=False, choices=_any("Any", Rag.choices()))
    areas = forms.MultipleChoiceField(
        label="Areas",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick none for all of them",
    )
    names: ClassVar[dict[str, str]] = {
        "show": "the list",
        "late_by": "the days late",
        "q": "the words",
        "lead": "the lead post",
        "status": "the status",
        "timeliness": "the timeliness",
        "rating": "the rating by date",
        "owner_rating": "the owner’s rating",
        "areas": "the areas",
    }

    def __init__(self, *args: Any, release: Release, areas: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, release=release, **kwargs)
        field = self.fields["areas"]
        assert isinstance(field, forms.MultipleChoiceField)
        kept = set(Choices.from_plain(release.choices).selection.areas) - {pk for pk, _ in areas} - {0}
        gone = [(str(pk), "An area that the plan no longer has") for pk in sorted(kept)]
        field.choices = [*((str(pk), label) for pk, label in areas), *gone, ("0", OWN_ACTIONS)]

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        chosen = Choices.from_plain(release.choices).selection
        return {name: getattr(chosen, name) for name in cls.names} | {"areas": sorted(chosen.areas)}

    @classmethod
    def shown(cls, plain: dict[str, Any]) -> dict[str, Any]:
        return plain | {"areas": [str(pk) for pk in plain["areas"]], "late_by": plain["late_by"] or None}

    def typed(self) -> dict[str, Any]:
        said = self.cleaned_data
        kept = {name: said[name] for name in self.names}
        return kept | {"areas": sorted(int(pk) for pk in said["areas"]), "late_by": said["late_by"] or 0}

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        chosen = Selection.from_plain(plain)
        return {"choices": replace(Choices.from_plain(release.choices), selection=chosen).as_plain()}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("late_by") and said.get("show") and Shown(said["show"]) not in LATE:
            self.add_error("late_by", "Days late narrow only what is late. Clear this or choose another list")
        return said


class ColumnsForm(PartOfRelease):
    """Which columns, in which order and how wide; in what groups; which way up the page is."""

    grouping = forms.ChoiceField(
        label="In groups by",
        widget=forms.RadioSelect,
        choices=[(word.value, GROUPING_LABELS[word]) for word in Grouping],
    )
    landscape = forms.ChoiceField(
        label="The page",
        widget=forms.RadioSelect,
        choices=[("yes", "Landscape: wide, for many columns"), ("no", "Portrait: upright")],
    )
    names: ClassVar[dict[str, str]] = {
        "columns": "the columns",
        "grouping": "the groups",
        "landscape": "which way up the page is",
    }

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, release=release, **kwargs)
        for key in self.offered(release):
            column = PLAN_COLUMNS[key]
            number = forms.NumberInput(attrs={"class": "govuk-input--width-3"})
            self.fields[f"in_{key}"] = forms.BooleanField(label=column.heading, required=False)
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=f"Place of “{column.heading}”", required=False, min_value=1, max_value=99, widget=number
            )
            self.fields[f"width_{key}"] = forms.IntegerField(
                label=f"Width of “{column.heading}”", required=False, min_value=1, max_value=WIDEST, widget=number
            )

    @staticmethod
    def kept(release: Release) -> tuple[ChosenColumn, ...]:
        """The columns that were chosen, or those that the kind usually has."""
        chosen = Choices.from_plain(release.choices).columns
        return chosen or tuple(ChosenColumn(key) for key in CATALOGUE[Kind(release.kind)].columns)

    @classmethod
    def offered(cls, release: Release) -> list[str]:
        """The keys of the columns that may be chosen: those that are, in their order, then the others."""
        chosen = [column.key for column in cls.kept(release) if column.key in PLAN_COLUMNS]
        twin = {"area": "area_each_row", "area_each_row": "area"}
        not_both = {twin[key] for key in chosen if key in twin} or {"area_each_row"}
        return chosen + [key for key in PLAN_COLUMNS if key not in {*chosen, *not_both, *NOT_OFFERED}]

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        choices = Choices.from_plain(release.choices)
        return {
            "columns": [[column.key, column.width] for column in cls.kept(release)],
            "grouping": choices.grouping.value,
            "landscape": choices.landscape,
        }

    @classmethod
    def shown(cls, plain: dict[str, Any]) -> dict[str, Any]:
        first: dict[str, Any] = {
            "grouping": plain["grouping"],
            "landscape": "yes" if plain["landscape"] else "no",
        }
        for place, (key, width) in enumerate(plain["columns"], start=1):
            first |= {f"in_{key}": True, f"place_{key}": place, f"width_{key}": width}
        return first

    def typed(self) -> dict[str, Any]:
        said = self.cleaned_data
        offered = self.offered(self.release)
        chosen = [(said.get(f"place_{key}") or WIDEST, order, key) for order, key in enumerate(offered)]
        return {
            "columns": [[key, said.get(f"width_{key}")] for _, _, key in sorted(chosen) if said.get(f"in_{key}")],
            "grouping": said["grouping"],
            "landscape": said["landscape"] == "yes",
        }

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        choices = replace(
            Choices.from_plain(release.choices),
            columns=tuple(ChosenColumn(key, width) for key, width in plain["columns"]),
            grouping=Grouping(plain["grouping"]),
            landscape=plain["landscape"],
        )
        return {"choices": choices.as_plain()}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not any(said.get(f"in_{key}") for key in self.offered(self.release)):
            self.add_error(None, "Choose at least one column")
        return said

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For each column its fields, its usual width and its key."""
        return [
            {
                "key": key,
                "heading": PLAN_COLUMNS[key].heading,
                "usual": PLAN_COLUMNS[key].width,
                "chosen": self[f"in_{key}"],
                "place": self[f"place_{key}"],
                "width": self[f"width_{key}"],
            }
            for key in self.offered(self.release)
        ]

    def in_words(self, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(PLAN_COLUMNS[key].heading for key, _ in value) or "none"
        if isinstance(value, bool):
            return "landscape" if value else "portrait"
        return GROUPING_LABELS[Grouping(value)]
