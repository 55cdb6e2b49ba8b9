"""The page on which a plan's summary for young people is written: texts, questions, plain words for each area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from plans.findings.models import Area
from plans.improvement_plan.models import Plan
from plans.papers.publication import fault_of_address
from plans.papers.reading_age import ReadingHint, reading_hint
from plans.papers.young_people_merge import TEXTS, Merged
from plans.papers.young_people_words import (
    USUAL_TITLE,
    AreaWords,
    QuestionWords,
    SummaryWords,
    areas_of,
    judgements_of,
)
from plans.web.forms.fields import LongText, PlainText
from plans.web.forms.many import RowChoice, count_of, errors_of, is_a_key

MOST_QUESTIONS = 40
EMPTIED = "(They emptied it.)"
A_LINE_EACH = "Begin a new line for each paragraph"


class PublishForm(forms.Form):
    """The public address of an issued paper."""

    address = PlainText(
        label="The last part of the address",
        help_text="Small letters, numbers and hyphens. Keep it for the next summary: people will have the link",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "spellcheck": "false"}),
    )
    replacing = forms.BooleanField(label="Take the place of what is there now", required=False)
    looked = forms.BooleanField(
        label="I have looked at all of it, and anybody may read it",
        error_messages={"required": "Look at all of the paper, then tick that anybody may read it"},
    )

    def __init__(self, *args: Any, others: bool, **kwargs: Any) -> None:
        """``others``: whether another paper of the plan is read anywhere, whose place it could take."""
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["replacing"]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).lower()
        if fault := fault_of_address(address):
            raise ValidationError(fault)
        return address


class SummaryForm(forms.Form):
    """What stands around the questions."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    title = PlainText(label="Title", max_length=200)
    introduction = LongText(label="Introduction", rows=4, max_length=2000, required=False, help_text=A_LINE_EACH)
    more = LongText(
        label="What more the council is doing", rows=6, required=False, help_text="Begin a new line for each point"
    )
    contact = LongText(
        label="Where to ask",
        rows=3,
        max_length=1000,
        required=False,
        help_text="A service and how to reach it. Name a service, not a person",
    )


class QuestionForm(forms.Form):
    """A question with its answer. A row without either is left out."""

    pk = forms.CharField(required=False, widget=forms.HiddenInput)
    question = PlainText(label="Question", max_length=300, required=False)
    judgement = RowChoice(
        label="The judgement that it is about",
        empty_label="None: no grade is shown",
        required=False,
        help_text="Its grade is shown as the inspectors printed it",
    )
    answer = LongText(label="Answer", rows=6, required=False, help_text=A_LINE_EACH)
    remove = forms.BooleanField(label="Remove this question when I save", required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("remove") and not said.get("question") and (said.get("answer") or said.get("pk")):
            self.add_error("question", "Enter the question, or tick “Remove this question when I save”")
        return said


class AreaForm(forms.Form):
    """An area in plain words."""

    better = LongText(label="What needs to get better", rows=4, max_length=1500, required=False)
    doing = LongText(label="What we are doing", rows=4, max_length=1500, required=False)


@dataclass(frozen=True)
class QuestionRow:
    """A question on the page: ``hint`` of its answer; ``theirs``: what another writer has, by the field's name."""

    form: QuestionForm
    hint: ReadingHint
    theirs: dict[str, str]


@dataclass(frozen=True)
class AreaRow:
    """An area on the page, ``number`` its place in the plan."""

    number: int
    area: Area
    form: AreaForm
    hints: dict[str, ReadingHint]
    theirs: dict[str, str]


class SummaryPage:
    """The forms of the page: of the words as they are, or bound to what was sent. ``merged``: after another writer."""

    def __init__(
        self,
        plan: Plan,
        words: SummaryWords,
        data: Mapping[str, Any] | None = None,
        *,
        another: bool = False,
        merged: Merged | None = None,
    ) -> None:
        self.plan, self.words, self.data, self.another = plan, words, data, another
        self.merged = merged
        self.areas = areas_of(plan)
        self.judgements = judgements_of(plan)

    @cached_property
    def texts(self) -> SummaryForm:
        shown = {name: getattr(self.words, name) for name in TEXTS}
        shown |= {"version": self.words.version, "title": self.words.title or USUAL_TITLE}
        return SummaryForm(self.data, initial=shown, prefix=None)

    @cached_property
    def hints(self) -> dict[str, ReadingHint]:
        """Of the introduction, of what more is being done, and of the whole."""
        texts = {name: self._shown(self.texts, name) for name in ("introduction", "more", "contact")}
        answers = [self._shown(row.form, "answer") for row in self.question_rows]
        areas = [self._shown(row.form, name) for row in self.area_rows for name in ("better", "doing")]
        return {name: reading_hint(text) for name, text in texts.items()} | {
            "whole": reading_hint(texts["introduction"], *answers, *areas, texts["more"], texts["contact"])
        }

    @cached_property
    def question_rows(self) -> list[QuestionRow]:
        if self.data is not None:
            count = count_of(self.data, "questions", MOST_QUESTIONS)
            filled: list[QuestionWords | None] = [None] * count
        else:
            filled = [*self.words.questions, *([QuestionWords("")] if self.another else [])]
        return [self._question_row(place, asked) for place, asked in enumerate(filled)]

    def _question_row(self, place: int, asked: QuestionWords | None) -> QuestionRow:
        shown = vars(asked) if asked else {}
        form = QuestionForm(self.data, initial=shown, prefix=f"question-{place}")
        form.fields["judgement"].offer(self.judgements)  # type: ignore[attr-defined]
        return QuestionRow(
            form, reading_hint(self._shown(form, "answer")), self._theirs("question", (asked and asked.pk) or 0)
        )

    @cached_property
    def area_rows(self) -> list[AreaRow]:
        rows = []
        for number, area in enumerate(self.areas, start=1):
            form = AreaForm(
                self.data, initial=vars(self.words.areas.get(area.pk, AreaWords())), prefix=f"area-{area.pk}"
            )
            hints = {name: reading_hint(self._shown(form, name)) for name in ("better", "doing")}
            rows.append(AreaRow(number, area, form, hints, self._theirs("area", area.pk)))
        return rows

    def _theirs(self, what: str, pk: int) -> dict[str, str]:
        found = self.merged.theirs if self.merged else {}
        return {str(place[2]): text or EMPTIED for place, text in found.items() if place[:2] == (what, pk)}

    @property
    def theirs(self) -> dict[str, str]:
        """What another writer has in the place of the texts around the questions."""
        found = self.merged.theirs if self.merged else {}
        return {str(place[0]): text or EMPTIED for place, text in found.items() if len(place) == 1}

    @staticmethod
    def _shown(form: forms.Form, name: str) -> str:
        return str(form[name].value() or "")

    def forms(self) -> Iterator[forms.Form]:
        """Every form in the order of the page."""
        yield self.texts
        yield from (row.form for row in self.question_rows)
        yield from (row.form for row in self.area_rows)

    def is_valid(self) -> bool:
        faulty = [form for form in self.forms() if not form.is_valid()]
        return not faulty

    @property
    def errors(self) -> list[tuple[str, str]]:
        return list(errors_of(self.forms())) if self.data is not None else []

    @property
    def asks_anything(self) -> bool:
        return bool(self.question_rows)

    def said(self, *, move: int | None = None, by: int = 0) -> SummaryWords:
        """What was sent, once it is valid; the question in row ``move`` one place up (``by`` -1) or down (1)."""
        texts = self.texts.cleaned_data
        questions = {place: _question(row.form) for place, row in enumerate(self.question_rows) if _kept(row.form)}
        order = list(questions)
        if move in questions and 0 <= order.index(move) + by < len(order):
            here = order.index(move)
            order[here], order[here + by] = order[here + by], order[here]
        areas = {
            row.area.pk: AreaWords(row.form.cleaned_data["better"], row.form.cleaned_data["doing"])
            for row in self.area_rows
        }
        return SummaryWords(
            **{name: texts[name] for name in TEXTS},
            questions=tuple(questions[place] for place in order),
            areas=areas,
            version=texts["version"],
        )


def _kept(form: QuestionForm) -> bool:
    return bool(form.cleaned_data["question"] and not form.cleaned_data["remove"])


def _question(form: QuestionForm) -> QuestionWords:
    said = form.cleaned_data
    about = said["judgement"].pk if said["judgement"] else None
    return QuestionWords(said["question"], said["answer"], about, int(said["pk"]) if is_a_key(said["pk"]) else None)
