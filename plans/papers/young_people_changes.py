"""The writes of what a plan says to young people. Each change raises the summary's version and is kept in history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from plans.access.models import User
from plans.audit.changes import note_event
from plans.improvement_plan.models import Plan
from plans.papers.models import PlainWords, SummaryQuestion, YoungPeoplesSummary
from plans.papers.young_people_words import AreaWords, SummaryWords, words_of


class SummaryChangedSince(Exception):
    """Somebody else changed the summary after the page was opened. ``by`` is their name, ``words`` what they left."""

    def __init__(self, by: str, words: SummaryWords) -> None:
        super().__init__("The summary has changed since you opened it.")
        self.by, self.words = by, words


@transaction.atomic
def keep_summary(plan: Plan, said: SummaryWords, *, by: User, at: datetime) -> bool:
    """Keep the words; questions in the order given, those not named are removed. False where nothing differs.

    ``said.version`` is the one that the page was opened with: raises SummaryChangedSince where it is another now.
    Areas that the plan does not have are left out, and so is a question that belongs to another summary.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    now = words_of(plan)
    if said.version != now.version:
        raise SummaryChangedSince(_last_writer(plan), now)
    areas = {pk: words for pk, words in said.areas.items() if words != now.areas.get(pk, AreaWords())}
    if now.begun and not areas and _without_areas(said) == _without_areas(now):
        return False
    summary = YoungPeoplesSummary.objects.filter(plan=plan).first() or YoungPeoplesSummary(plan=plan)
    summary.title, summary.introduction = said.title, said.introduction
    summary.more, summary.contact = said.more, said.contact
    summary.version = now.version + 1
    _write(summary, by, at)
    _keep_questions(summary, said, by, at)
    _keep_areas(plan, areas, by, at)
    note_event("young_peoples_summary.changed", plan, by=by, at=at, version=summary.version)
    return True


def _without_areas(words: SummaryWords) -> tuple[Any, ...]:
    return words.title, words.introduction, words.more, words.contact, words.questions


def _last_writer(plan: Plan) -> str:
    latest = YoungPeoplesSummary.history.filter(plan=plan).select_related("history_user").first()
    return str(latest.history_user) if latest and latest.history_user else "Somebody else"


def _keep_questions(summary: YoungPeoplesSummary, said: SummaryWords, by: User, at: datetime) -> None:
    there = {row.pk: row for row in SummaryQuestion.objects.filter(summary=summary)}
    for place, words in enumerate(said.questions, start=1):
        row = there.pop(words.pk, None) if words.pk else None
        before = (row.position, row.question, row.answer, row.judgement_id) if row else None
        if before != (place, words.question, words.answer, words.judgement):
            row = row or SummaryQuestion(summary=summary)
            row.position, row.question = place, words.question
            row.answer, row.judgement_id = words.answer, words.judgement
            _write(row, by, at)
    for row in there.values():
        row._history_user, row._history_date = by, at  # type: ignore[attr-defined]
        row.delete()


def _keep_areas(plan: Plan, areas: dict[int, AreaWords], by: User, at: datetime) -> None:
    of_plan = set(plan.plan_areas.values_list("area_id", flat=True))
    there = {row.area_id: row for row in PlainWords.objects.filter(plan=plan)}
    for pk, words in areas.items():
        if pk in of_plan:
            row = there.get(pk) or PlainWords(plan=plan, area_id=pk)
            row.better, row.doing = words.better, words.doing
            _write(row, by, at)


def _write(row: Any, by: User, at: datetime) -> None:
    """Save the row, with its history dated as the rest of the change."""
    row._history_user, row._history_date = by, at
    row.save()
