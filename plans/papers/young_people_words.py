"""What a plan says to young people as plain values, now or as it stood at any moment; the questions it begins with.

Nothing of it is worked out of the plan's actions: every word was written for its readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plans.access.models import Organisation
from plans.findings.models import Area, Judgement
from plans.improvement_plan.models import Plan
from plans.papers.models import PlainWords, SummaryQuestion, YoungPeoplesSummary

USUAL_TITLE = "What the inspectors said, and what we are doing"


@dataclass(frozen=True)
class QuestionWords:
    """``pk`` is None for a question that is not kept yet; ``judgement`` is the id of the one that it is about."""

    question: str
    answer: str = ""
    judgement: int | None = None
    pk: int | None = None


@dataclass(frozen=True)
class AreaWords:
    """An area in plain words: both, or it stands in no paper."""

    better: str = ""
    doing: str = ""

    @property
    def complete(self) -> bool:
        return bool(self.better and self.doing)


@dataclass(frozen=True)
class SummaryWords:
    """All that a plan says to young people. ``version`` 0: nobody has begun. ``areas`` by the area's id."""

    title: str = ""
    introduction: str = ""
    more: str = ""
    contact: str = ""
    questions: tuple[QuestionWords, ...] = ()
    areas: dict[int, AreaWords] = field(default_factory=dict)
    version: int = 0

    @property
    def begun(self) -> bool:
        return bool(self.version)


def words_of(plan: Plan, moment: datetime | None = None) -> SummaryWords:
    """The summary's words now, or as at ``moment``; the first ones where they were written later than that.

    What young people are told is often written after the day that the plan is shown as at, for the same meeting.
    """
    if moment is None:
        summary = YoungPeoplesSummary.objects.filter(plan=plan).first()
        questions = SummaryQuestion.objects.filter(summary=summary) if summary else []
        areas: Any = PlainWords.objects.filter(plan=plan)
    else:
        first = YoungPeoplesSummary.history.filter(plan=plan).order_by("history_date").first()
        moment = max(moment, first.history_date) if first else moment
        kept = list(_then(YoungPeoplesSummary, moment, plan=plan))
        summary = kept[-1] if kept else None
        questions = _then(SummaryQuestion, moment, summary=summary) if summary else []
        areas = _then(PlainWords, moment, plan=plan)
    if summary is None:
        return SummaryWords()
    return SummaryWords(
        title=summary.title,
        introduction=summary.introduction,
        more=summary.more,
        contact=summary.contact,
        questions=tuple(
            QuestionWords(row.question, row.answer, row.judgement_id, row.pk)
            for row in sorted(questions, key=lambda row: (row.position, row.pk))
        ),
        areas={row.area_id: AreaWords(row.better, row.doing) for row in areas},
        version=summary.version,
    )


def words_of_version(plan: Plan, version: int) -> SummaryWords:
    """The words as a page that was opened with that version showed them; none where there was no such version."""
    kept = YoungPeoplesSummary.history.filter(plan=plan, version=version).first()
    return words_of(plan, kept.history_date) if kept else SummaryWords()


def _then(model: Any, moment: datetime, **of: Any) -> list[Any]:
    """The rows as at the moment, each once: of two changes at one moment the later."""
    return list({row.pk: row for row in model.history.as_of(moment).filter(**of).order_by("history_id")}.values())


def areas_of(plan: Plan) -> list[Area]:
    """The plan's areas in its order."""
    rows = plan.plan_areas.select_related("area__inspection").order_by("position", "id")
    return [row.area for row in rows]


def judgements_of(plan: Plan) -> list[Judgement]:
    """The judgements of the inspections that the plan answers, the latest inspection first."""
    inspections = plan.plan_areas.values("area__inspection")
    found = Judgement.objects.filter(inspection__in=inspections).select_related("grade", "inspection")
    return list(found.order_by("-inspection__published_on", "-inspection_id", "position", "id"))


@dataclass(frozen=True)
class Missing:
    """What a summary still lacks: a sentence, and the id of the field where it is mended."""

    sentence: str
    field: str


def what_is_missing(plan: Plan, words: SummaryWords) -> list[Missing]:
    """What the paper will lack, in the order of the page; all of it may be left so."""
    if not words.begun:
        return [Missing("Nobody has begun the summary", "")]
    found = [] if words.introduction else [Missing("It has no introduction", "id_introduction")]
    if not words.questions:
        found.append(Missing("It answers no question", ""))
    found += [
        Missing(f"“{asked.question}” has no answer", f"id_question-{place}-answer")
        for place, asked in enumerate(words.questions)
        if not asked.answer
    ]
    for number, area in enumerate(areas_of(plan), start=1):
        said = words.areas.get(area.pk, AreaWords())
        lacks = "better" if not said.better else "doing"
        if not said.complete:
            part = {"better": "what needs to get better", "doing": "what you are doing"}[lacks]
            found.append(Missing(f"Area {number} does not say in plain words {part}", f"id_area-{area.pk}-{lacks}"))
    if not words.more:
        found.append(Missing("It does not say what more the council is doing", "id_more"))
    if not words.contact:
        found.append(Missing("It does not say where to ask", "id_contact"))
    return found


# Words of a judgement's label, the first that fits, and the question that it answers. They cover the judgement
# areas of each framework since 2009; care leavers have had a judgement of their own since January 2023.
_QUESTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), question)
    for pattern, question in (
        (r"in care and care leavers", "How well does {council} help children in care and care leavers?"),
        (r"care leavers", "How well does {council} help young people who have left care?"),
        (r"adoption", "How well does {council} help children who are adopted?"),
        (r"in care|looked after", "How well does {council} look after children in care?"),
        (r"help and protection|safeguarding services: overall", "How well does {council} help and protect children?"),
        (r"LSCB|partnership|capacity", ""),
        (r"leader|governance|management", "How well does {council} support its social workers?"),
        (r"special educational|SEND", "How well are children with special needs or disabilities helped?"),
    )
)
_WITHOUT_JUDGEMENTS = ("leaders", "help and protection", "in care and care leavers")


def usual_questions(organisation: Organisation, judgements: list[Judgement]) -> tuple[QuestionWords, ...]:
    """The questions that the judgements answer, each once; the three usual ones where there is no such judgement."""
    found: dict[str, QuestionWords] = {}
    for judgement in judgements:
        asked = _question(judgement.label, organisation)
        if asked:
            found.setdefault(asked, QuestionWords(asked, judgement=judgement.pk))
    if found:
        return tuple(found.values())
    return tuple(QuestionWords(_question(label, organisation)) for label in _WITHOUT_JUDGEMENTS)


def _question(label: str, organisation: Organisation) -> str:
    asked = next((question for pattern, question in _QUESTIONS if pattern.search(label)), "")
    return asked.format(council=organisation.paper_name)
