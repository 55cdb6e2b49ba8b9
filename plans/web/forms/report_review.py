"""A report under review: every form of the page over one set of names and values, which is kept as the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from plans.documents.proposals import Problem
from plans.findings.changes import ConfirmedArea, ConfirmedJudgement, ConfirmedReport
from plans.findings.models import Area, AskKind, Framework, Inspection, ReportIntake
from plans.findings.reading import is_of, same_area
from plans.web.forms.many import count_of, draft_of_data, draft_version, errors_of, is_a_key
from plans.web.forms.report_draft import draft_of
from plans.web.forms.reports import MOST_ROWS, AreaForm, BodyForm, DraftPlanForm, FactsForm, JudgementForm
from plans.web.source_lines import SourcePiece, source_pieces
from plans.web.wording import day_words

Form = forms.Form


def _chosen(form: Form, name: str) -> str:
    """The label of what is chosen; "" where nothing is."""
    value = str(form[name].value() or "")
    return dict(form.fields[name].choices).get(value, "") if value else ""  # type: ignore[attr-defined]


def _shown(form: Form, name: str) -> str:
    """A field as a person reads it: the label of a choice, otherwise what was typed."""
    value = str(form[name].value() or "")
    if value and isinstance(form.fields[name], forms.ChoiceField):
        labels = {str(key): str(label) for key, label in form.fields[name].choices}  # type: ignore[attr-defined]
        return labels.get(value, "")
    return value


def _columns_of(area: Area) -> tuple[tuple[str, str, str], ...]:
    """What a report may change of an area that is here: the form's field, its label, what it is."""
    return (
        ("wording", "Words", area.wording),
        ("kind", "Kind", str(area.kind)),
        ("timescale", "Timescale", area.timescale),
        ("heading", "List or theme", area.heading),
        ("location", "Where", area.location),
    )


@dataclass
class AreaRow:
    """An area's form beside what it was read from, and what accepting it would do."""

    form: AreaForm
    source: list[SourcePiece]
    difference: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    reason: str = ""

    @property
    def more_errors(self) -> bool:
        """Whether something is wrong in the fields that are folded away."""
        return bool(set(self.form.errors) - {"wording", "keep"})

    @property
    def said(self) -> str:
        """The folded fields in words: “Recommendation 3 for Torbay Council, within three months”."""
        form = self.form
        kind, body = _chosen(form, "kind"), _chosen(form, "body")
        words = f"{kind or 'Area'} {form['number'].value() or ''}".strip()
        timescale = f", {form['timescale'].value()}" if form["timescale"].value() else ""
        return f"{words[:1].upper()}{words[1:]} for {body}{timescale}"


@dataclass
class JudgementRow:
    form: JudgementForm
    source: list[SourcePiece]
    before: str = ""


class ReportReview:
    """``data`` is what the page's form sent, or the draft; without either, what was read."""

    def __init__(self, intake: ReportIntake, data: Mapping[str, Any] | None = None) -> None:
        self.intake = intake
        self.document = intake.document
        self.organisation = intake.document.organisation
        self.proposal: dict[str, Any] = intake.proposal
        self.data: Any = data if data is not None else MultiValueDict(intake.draft or self._as_read())

    @property
    def draft_seen(self) -> str:
        """Which draft the page shows: one that somebody else has saved since is not overwritten unseen."""
        return draft_version(self.intake.draft)

    def draft(self) -> dict[str, list[str]]:
        """The names and values to keep."""
        return draft_of_data(self.data)

    def add(self, what: str) -> None:
        """One empty row more of ``what``: “areas”, “judgements” or “bodies”."""
        self.data = self.data.copy()
        number = self._count(what)
        if number < MOST_ROWS:
            self.data[f"{what}-count"] = str(number + 1)
            self.data[f"{what}-{number}-keep"] = "on"
            if what == "areas":
                self.data[f"areas-{number}-number"] = str(number + 1)
                self.data[f"areas-{number}-body"] = "0"

    def _as_read(self) -> dict[str, list[str]]:
        read = draft_of(self.proposal, self.organisation, has_pages=self.document.is_pdf)
        return {name: [value] if isinstance(value, str) else list(value) for name, value in read.items()}

    def _count(self, what: str) -> int:
        return count_of(self.data, what, MOST_ROWS)

    @cached_property
    def existing(self) -> list[Inspection]:
        return list(self.organisation.inspections.all())

    @cached_property
    def facts(self) -> FactsForm:
        authority = self.proposal.get("authority") or ""
        return FactsForm(
            self.data,
            prefix="facts",
            existing=self.organisation.inspections.all() if self.existing else None,
            stranger="" if not authority or is_of(authority, self.organisation) else authority,
            council=self.organisation.paper_name,
        )

    @cached_property
    def framework(self) -> Framework | None:
        chosen = str(self.data.get("facts-framework", ""))
        return Framework.objects.filter(pk=chosen).first() if is_a_key(chosen) else None

    @cached_property
    def inspection(self) -> Inspection | None:
        """The inspection that is here already, where one is chosen."""
        chosen = str(self.data.get("facts-inspection", ""))
        return next((row for row in self.existing if str(row.pk) == chosen), None)

    @property
    def seen(self) -> str:
        """With which inspection the page compared the report: accepting asks for another look where it is another."""
        there = self.inspection
        if there is None:
            return ""
        areas = [(area.pk, *(was for _, _, was in _columns_of(area))) for area in there.areas.select_related("kind")]
        grades = list(there.judgements.order_by("pk").values_list("label", "grade"))
        return draft_version([there.pk, there.title, str(there.published_on), areas, grades])

    @cached_property
    def bodies(self) -> list[BodyForm]:
        return [
            BodyForm(self.data, prefix=f"bodies-{number}", organisation=self.organisation)
            for number in range(self._count("bodies"))
        ]

    @cached_property
    def body_choices(self) -> list[tuple[str, str]]:
        return [
            (str(number), str(self.data.get(f"bodies-{number}-name", "")) or f"Body {number + 1}")
            for number in range(self._count("bodies"))
        ]

    @cached_property
    def judgements(self) -> list[JudgementRow]:
        read = self.proposal.get("judgements", [])
        grades = list(self.framework.grades.all()) if self.framework else []
        rows = [
            JudgementRow(
                JudgementForm(self.data, prefix=f"judgements-{number}", grades=grades),
                source_pieces(self.document, read[number]["source"]) if number < len(read) else [],
            )
            for number in range(self._count("judgements"))
        ]
        there = list(self.inspection.judgements.select_related("grade")) if self.inspection else []
        was = {judgement.label.casefold(): str(judgement.grade or "No grade") for judgement in there}
        for row in rows:
            before = was.get(str(row.form["label"].value() or "").casefold(), "")
            becomes = _chosen(row.form, "grade")
            row.before = before if becomes and before != becomes else ""
        return rows

    @property
    def changed_facts(self) -> list[tuple[str, str, str]]:
        """What accepting would change of the inspection that is here: label, what it is, what it becomes."""
        there = self.inspection
        if there is None:
            return []
        was = (
            ("framework", "Kind of inspection", str(there.framework)),
            ("title", "Title", there.title),
            ("published_on", "Published", day_words(there.published_on)),
            ("received_on", "Received by the council", day_words(there.received_on)),
            ("letter_due_on", "Plan due, as the letter says", day_words(there.letter_due_on)),
            ("lead_inspector", "Lead inspector", there.lead_inspector),
        )
        return [
            (label, before, becomes)
            for name, label, before in was
            if (becomes := _shown(self.facts, name)) and becomes != before
        ]

    @cached_property
    def areas(self) -> list[AreaRow]:
        read = self.proposal.get("areas", [])
        kinds = list(AskKind.objects.all())
        there = list(self.inspection.areas.select_related("kind")) if self.inspection else []
        rows = []
        for number in range(self._count("areas")):
            prefix = f"areas-{number}"
            if there and f"{prefix}-same_as" not in self.data:
                self._match(prefix, there)
            form = AreaForm(self.data, prefix=prefix, bodies=self.body_choices, kinds=kinds, there=there)
            row = AreaRow(form, source_pieces(self.document, read[number]["source"]) if number < len(read) else [])
            self._tell_difference(row, there)
            rows.append(row)
        return rows

    def _match(self, prefix: str, there: list[Area]) -> None:
        match = same_area(str(self.data.get(f"{prefix}-wording", "")), there)
        self.data = self.data.copy()
        self.data[f"{prefix}-same_as"] = str(match.area.pk) if match.area else ""

    def _tell_difference(self, row: AreaRow, there: list[Area]) -> None:
        if not there:
            return
        chosen = str(self.data.get(row.form.add_prefix("same_as"), ""))
        before = next((area for area in there if str(area.pk) == chosen), None)
        if before is None:
            row.difference = "New"
            return
        row.changes = [
            (label, was, becomes)
            for name, label, was in _columns_of(before)
            if (becomes := _shown(row.form, name)) and " ".join(becomes.split()) != " ".join(was.split())
        ]
        row.difference = "Changed" if row.changes else "Unchanged"
        row.reason = same_area(str(row.form["wording"].value() or ""), [before]).reason

    @property
    def missing(self) -> list[Area]:
        """Areas that the inspection has and this report does not name: they stay."""
        if not self.inspection:
            return []
        named = {str(self.data.get(row.form.add_prefix("same_as"), "")) for row in self.areas}
        return [area for area in self.inspection.areas.all() if str(area.pk) not in named]

    @cached_property
    def plan(self) -> DraftPlanForm:
        return DraftPlanForm(self.data, prefix="plan", bodies=self.body_choices, organisation=self.organisation)

    @property
    def problems(self) -> list[Problem]:
        return [Problem(**one) for one in self.proposal.get("problems", [])]

    def forms(self) -> Iterator[Form]:
        yield self.facts
        yield from (row.form for row in self.judgements)
        yield from self.bodies
        yield from (row.form for row in self.areas)
        yield self.plan

    def is_valid(self) -> bool:
        return not [form for form in self.forms() if not form.is_valid()] and not self.doubled()

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error of the page with the id of its field, in the page's order."""
        return [*errors_of(self.forms()), *((sentence, "") for sentence in self.doubled())]

    def doubled(self) -> list[str]:
        """What is named twice where the inspection can have it once."""
        said = [
            row.form.cleaned_data for row in self.areas if row.form.is_valid() and row.form.cleaned_data.get("keep")
        ]
        labels = [
            row.form.cleaned_data["label"].casefold()
            for row in self.judgements
            if row.form.is_valid() and row.form.cleaned_data.get("keep")
        ]
        sentences = [f"“{label}” is judged twice" for label in dict.fromkeys(labels) if labels.count(label) > 1]
        same = [one["same_as"] for one in said if one.get("same_as")]
        sentences += [f"Two areas are given as “{area}”" for area in dict.fromkeys(same) if same.count(area) > 1]
        return sentences

    def confirmed(self) -> ConfirmedReport:
        """What the person confirms. Only for a review that is valid."""
        said = self.facts.cleaned_data
        return ConfirmedReport(
            framework=said["framework"],
            title=said["title"],
            spells=self.facts.spells(),
            published_on=said["published_on"],
            received_on=said["received_on"],
            letter_due_on=said["letter_due_on"],
            lead_inspector=said["lead_inspector"],
            judgements=tuple(
                ConfirmedJudgement(row.form.cleaned_data["label"], row.form.cleaned_data["grade"])
                for row in self.judgements
                if row.form.cleaned_data["keep"]
            ),
            areas=tuple(self._confirmed_area(row.form.cleaned_data) for row in self.taken()),
            inspection=said.get("inspection"),
        )

    def taken(self) -> list[AreaRow]:
        """The areas that are taken."""
        return [row for row in self.areas if row.form.cleaned_data["keep"]]

    def areas_for_plan(self) -> list[int]:
        """The places, among the areas taken, of those that the draft plan answers."""
        bodies = set(self.plan.cleaned_data["bodies"])
        return [place for place, row in enumerate(self.taken()) if row.form.cleaned_data["body"] in bodies]

    def _confirmed_area(self, said: dict[str, Any]) -> ConfirmedArea:
        form = self.bodies[said["body"]]
        return ConfirmedArea(
            number=said["number"],
            wording=said["wording"],
            kind=said["kind"],
            timescale=said["timescale"],
            body=form.body(),
            body_as_printed=form.cleaned_data["printed"],
            heading=said["heading"],
            location=said["location"],
            same_as=said.get("same_as"),
        )
