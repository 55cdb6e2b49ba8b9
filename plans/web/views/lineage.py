"""What an earlier inspection asked for and this one asks for again: suggested by likeness, confirmed by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from plans.access.models import User
from plans.findings.confirm_lineage import clear_earlier, confirm_earlier, reject_earlier
from plans.findings.lineage import Suggestion, alike, earlier_areas, waiting, when, year_of
from plans.findings.models import Area, Inspection
from plans.web.guards import inspection_to_run_or_404, person
from plans.web.pages import posted, show
from plans.web.wording import counted

NONE, OTHER = "none", "other"


class EarlierForm(forms.Form):
    """One area: which earlier one it repeats. ``opened`` is what it repeated when the page was opened."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    earlier = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    other = forms.ChoiceField(required=False, label="The earlier area")

    def __init__(self, area: Area, suggestions: Sequence[Suggestion], candidates: Sequence[Area], **bound: Any) -> None:
        answered_none = bound.pop("answered_none")
        super().__init__(**bound, prefix=f"area-{area.pk}")
        self.area, self.suggestions = area, suggestions
        self.known = {one.pk: one for one in candidates}
        if area.earlier:
            self.known[area.earlier.pk] = area.earlier
        shown = {one.earlier.pk: f"{one.in_words} ({one.score:.0%}). {one.reason}" for one in suggestions}
        if area.earlier_id and area.earlier_id not in shown:
            shown = {area.earlier_id: "Confirmed by a person.", **shown}
        now = str(area.earlier_id or "")
        self.initial = {"opened": now, "earlier": now or (NONE if answered_none else "")}
        self._ask(shown)

    def _ask(self, shown: Mapping[int, str]) -> None:
        field = self.fields["earlier"]
        assert isinstance(field, forms.ChoiceField)
        field.label = f"What does area {self.area.number} repeat?"
        choices = [(str(pk), self.known[pk].wording) for pk in shown]
        others = [one for pk, one in self.known.items() if pk not in shown]
        field.choices = [*choices, *([(OTHER, "Another earlier area")] if others else []), (NONE, "None of these")]
        field.option_hints = {str(pk): f"{named(self.known[pk])}. {reason}" for pk, reason in shown.items()}  # type: ignore[attr-defined]
        listed = self.fields["other"]
        assert isinstance(listed, forms.ChoiceField)
        listed.choices = [("", "Choose one"), *((str(one.pk), f"{named(one)}: {one.wording[:90]}") for one in others)]
        if others:
            self.reveals = {"earlier": {OTHER: ("other",)}}
        else:
            del self.fields["other"]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("earlier") == OTHER and not said.get("other") and "other" not in self.errors:
            self.add_error("other", f"Choose the earlier area that area {self.area.number} repeats")
        if said.get("opened", "") != str(self.area.earlier_id or "") and self.changes():
            now = f"repeats {named(self.area.earlier)}" if self.area.earlier else "repeats nothing"
            self.add_error(
                "earlier",
                f"Somebody changed area {self.area.number} after you opened this page: it now {now}. Choose again",
            )
        return said

    def answer(self) -> str:
        """The id of the earlier area, “none”, or "" where nothing was said."""
        said = self.cleaned_data.get("earlier", "")
        return self.cleaned_data.get("other", "") if said == OTHER else said

    def changes(self) -> bool:
        """Whether what was chosen says anything that is not recorded yet."""
        answer = self.answer()
        if answer == NONE and not self.suggestions and not self.area.earlier_id:
            return False
        return bool(answer) and answer != str(self.area.earlier_id or (self.initial["earlier"] or ""))

    def keep(self, by: User) -> None:
        """Record the answer. Raises ValueError as ``confirm_earlier`` does."""
        answer, now = self.answer(), timezone.now()
        if answer != NONE:
            confirm_earlier(self.area, self.known[int(answer)], by=by, at=now)
        elif self.suggestions:
            reject_earlier(self.area, [one.earlier for one in self.suggestions], by=by, at=now)
        else:
            clear_earlier(self.area, by=by, at=now)

    def all_errors(self) -> list[tuple[str, str]]:
        """Each error with the id of the input that it is beside."""
        fields: Any = self
        return [(str(error), fields[name].error_target) for name, found in self.errors.items() for error in found]

    def take_note(self) -> None:
        """Saving once more answers what the area repeats now: the person has been told."""
        if self.is_bound:
            self.data = {**self.data.dict(), self.add_prefix("opened"): self.initial["opened"]}  # type: ignore[attr-defined]

    @property
    def state(self) -> str:
        """Where the area stands: confirmed, answered, waiting, or like nothing earlier."""
        if self.area.earlier_id:
            return "confirmed"
        if not self.suggestions:
            return "unlike"
        return "answered" if self.initial["earlier"] == NONE else "waiting"


def named(area: Area) -> str:
    """“Area 2 of Single inspection, 2013”, and for whom where that is another body."""
    body = "" if area.addressed_to_id == area.inspection.organisation_id else f" for {area.addressed_to.paper_name}"
    year = year_of(area.inspection)
    title = area.inspection.title
    return f"Area {area.number}{body} of \u201c{title}\u201d{'' if not year or year in title else f', {year}'}"


@dataclass(frozen=True)
class EarlierCounts:
    """Areas of an inspection that wait for an answer, those that are confirmed, and whether any area is earlier."""

    waiting: int
    confirmed: int
    any_earlier: bool


def earlier_counts(inspection: Inspection, areas: Sequence[Area]) -> EarlierCounts:
    """What the inspection's own page says of it."""
    candidates = earlier_areas(inspection)
    open_ = waiting(areas, alike(areas, candidates))
    return EarlierCounts(len(open_), sum(area.earlier_id is not None for area in areas), bool(candidates))


def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Each area beside the earlier areas that it may repeat; one Save for all answers."""
    inspection = inspection_to_run_or_404(request, pk)
    user = person(request)
    forms_ = _forms(inspection, posted(request))
    invalid = [form for form in forms_ if not form.is_valid()]
    if request.method == "POST" and not invalid:
        kept = _keep(forms_, user)
        if kept is not None:
            messages.success(request, f"Saved for {counted(kept, 'area')}." if kept else "Nothing was different.")
            return redirect("inspection", pk=inspection.pk)
    errors = [one for form in forms_ for one in form.all_errors()]
    for form in forms_:
        form.take_note()
    by_state = {state: [form for form in forms_ if form.state == state] for state in STATES}
    context = {
        "inspection": inspection,
        "like": [form for form in forms_ if form.state != "unlike"],
        "unlike": by_state["unlike"],
        "area_count": len(forms_),
        "waiting": len(by_state["waiting"]),
        "confirmed": len(by_state["confirmed"]),
        "answered": len(by_state["answered"]),
        "any_earlier": any(form.known for form in forms_),
        "dated": when(inspection) is not None,
        "errors": errors,
    }
    return show(request, "findings/lineage.html", context, status=400 if errors else 200)


STATES = ("waiting", "confirmed", "answered", "unlike")


def _forms(inspection: Inspection, bound: dict[str, Any]) -> list[EarlierForm]:
    areas = list(
        inspection.areas.select_related(
            "addressed_to", "earlier__inspection__organisation", "earlier__addressed_to", "inspection"
        ).prefetch_related("earlier__inspection__spells")
    )
    candidates = earlier_areas(inspection)
    suggestions = alike(areas, candidates)
    open_ = waiting(areas, suggestions)
    made = []
    for area in areas:
        own = [one for one in suggestions if one.area is area]
        made.append(EarlierForm(area, own, candidates, answered_none=bool(own) and area.pk not in open_, **bound))
    return made


def _keep(forms_: Sequence[EarlierForm], by: User) -> int | None:
    """How many areas were answered anew; None, and nothing kept, where an answer is refused."""
    try:
        with transaction.atomic():
            changed = [form for form in forms_ if form.changes()]
            for form in changed:
                try:
                    form.keep(by)
                except ValueError as refusal:
                    form.add_error("earlier", str(refusal))
                    raise
            return len(changed)
    except ValueError:
        return None
