"""What young people read: words that were written for them, grades as printed, and nothing else of the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from model_bakery import baker

from plans.access.models import Organisation
from plans.audit.models import Event
from plans.findings.models import GradeWord, Judgement
from plans.improvement_plan.changes import answer_areas
from plans.papers.brief import Brief
from plans.papers.content import Heading, Paragraph, Points, as_plain, from_plain
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.kinds.young_people import NONE_YET, blocks, grade_sentence, lines
from plans.papers.models import PlainWords, SummaryQuestion, YoungPeoplesSummary
from plans.papers.rules import Audience, Format, Kind
from plans.papers.young_people_changes import SummaryChangedSince, keep_summary
from plans.papers.young_people_words import (
    AreaWords,
    QuestionWords,
    SummaryWords,
    usual_questions,
    what_is_missing,
    words_of,
    words_of_version,
)
from tests import factories
from tests.cast import Cast

AT = factories.START


def a_judgement(cast: Cast, label: str, grade: str = "Good") -> Judgement:
    word, _ = GradeWord.objects.get_or_create(framework=cast.inspection.framework, word=grade, defaults={"rank": 1})
    return Judgement.objects.create(inspection=cast.inspection, label=label, grade=word)


def a_summary(cast: Cast, **fields: Any) -> SummaryWords:
    said: dict[str, Any] = {
        "title": "What the inspectors told us",
        "introduction": "People came to see us.\nThey talked to you.",
        "more": "- More workers\n\n• More time",
        "contact": "Ask the Youth Council.",
        "questions": (QuestionWords("How do we help?", "We try.\nWe learn."), QuestionWords("Do we listen?", "Yes.")),
        "areas": {cast.area.pk: AreaWords("We must write things down. All of them.", "We learn how to.")},
    }
    return SummaryWords(**{**said, **fields})


def keep(cast: Cast, words: SummaryWords, at: Any = AT) -> bool:
    return keep_summary(cast.plan, words, by=cast.lead, at=at)


def a_brief(cast: Cast, **fields: Any) -> Brief:
    return Brief(cast.plan, AT.date(), fields.pop("moment", None), "Lena Lead", AT, audience=Audience.PUBLIC, **fields)


def texts(cast: Cast, **fields: Any) -> list[str]:
    paper = paper_for(Kind.YOUNG_PEOPLE, a_brief(cast, **fields))
    return [text for block in paper.blocks for text in _texts(block)]


def _texts(block: Any) -> list[str]:
    return list(block.items) if isinstance(block, Points) else [block.text]


def test_what_is_kept_comes_back(cast: Cast) -> None:
    assert keep(cast, a_summary(cast))
    found = words_of(cast.plan)
    assert found.version == 1
    assert [(one.question, one.answer) for one in found.questions] == [
        ("How do we help?", "We try.\nWe learn."),
        ("Do we listen?", "Yes."),
    ]
    assert found.areas == a_summary(cast).areas
    assert Event.objects.get(what="young_peoples_summary.changed").by == cast.lead.email


def test_nothing_different_is_no_change(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    assert not keep(cast, words_of(cast.plan))
    assert words_of(cast.plan).version == 1


def test_questions_are_added_moved_and_removed(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    now = words_of(cast.plan)
    first, second = now.questions
    keep(cast, replace(now, questions=(second, QuestionWords("New?"))), AT + timedelta(hours=1))
    found = words_of(cast.plan)
    assert [one.question for one in found.questions] == ["Do we listen?", "New?"]
    assert found.questions[0].pk == second.pk
    assert not SummaryQuestion.objects.filter(pk=first.pk).exists()
    assert SummaryQuestion.history.filter(id=first.pk).count() == 2


def test_a_second_writer_is_refused_and_nothing_of_theirs_is_written(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    keep(cast, replace(words_of(cast.plan), contact="Ask Ann."), AT + timedelta(hours=1))
    with pytest.raises(SummaryChangedSince) as refused:
        keep(cast, a_summary(cast, version=1, title="Mine"), AT + timedelta(hours=2))
    assert refused.value.by == "Lena Lead"
    assert refused.value.words.contact == "Ask Ann."
    assert YoungPeoplesSummary.objects.get().title == "What the inspectors told us"


def test_two_who_begin_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    with pytest.raises(SummaryChangedSince):
        keep(cast, a_summary(cast, title="Mine"))


def test_a_question_of_another_summary_is_not_taken(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    elsewhere = factories.a_plan(cast.council)
    stolen = words_of(cast.plan).questions[0]
    keep_summary(elsewhere, SummaryWords(title="Theirs", questions=(stolen,)), by=cast.lead, at=AT)
    assert len(words_of(cast.plan).questions) == 2
    assert words_of(elsewhere).questions[0].pk != stolen.pk


def test_words_of_an_area_that_the_plan_does_not_have_are_left_out(cast: Cast) -> None:
    other = factories.an_area(cast.inspection)
    keep(cast, a_summary(cast, areas={other.pk: AreaWords("A", "B")}))
    assert not PlainWords.objects.exists()


def test_the_summary_reads_as_it_did_on_any_day(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    later = AT + timedelta(days=10)
    first = words_of(cast.plan).questions[1]
    keep(cast, replace(words_of(cast.plan), title="Later", questions=(first,), areas={}), later)
    then = words_of(cast.plan, AT + timedelta(days=1))
    assert (then.title, len(then.questions), then.areas) == (
        "What the inspectors told us",
        2,
        a_summary(cast).areas,
    )
    assert words_of(cast.plan, later).title == "Later"
    assert len(words_of(cast.plan, later).questions) == 1
    assert words_of_version(cast.plan, 1) == then
    assert words_of_version(cast.plan, 9) == SummaryWords()


def test_words_that_were_written_after_the_day_stand_in_its_paper(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    assert words_of(cast.plan, AT - timedelta(days=30)).title == "What the inspectors told us"


def test_the_paper_has_its_parts_in_order(cast: Cast) -> None:
    judgement = a_judgement(cast, "Leaders")
    asked = (QuestionWords("How do we help?", "We try.\nWe learn.", judgement.pk),)
    keep(cast, a_summary(cast, questions=asked))
    assert texts(cast) == [
        "People came to see us.",
        "They talked to you.",
        "How do we help?",
        "The inspectors said this was good.",
        "We try.",
        "We learn.",
        "What needs to get better",
        "We must write things down.",
        "All of them.",
        "What we are doing: We learn how to.",
        "What more we are doing",
        "More workers",
        "More time",
        "Where to ask",
        "Ask the Youth Council.",
    ]


def test_the_paper_is_upright_and_is_kept_and_made_again(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    paper = paper_for(Kind.YOUNG_PEOPLE, a_brief(cast))
    assert not paper.landscape
    assert paper.title == "What the inspectors told us"
    assert from_plain(as_plain(paper)) == paper


@pytest.mark.parametrize("file_format", list(Format))
def test_it_can_be_made_in_every_format(cast: Cast, file_format: Format) -> None:
    keep(cast, a_summary(cast))
    paper = paper_for(Kind.YOUNG_PEOPLE, a_brief(cast))
    assert isinstance(file_of(paper, file_format, AT), bytes)


def test_nothing_stands_in_for_plain_words(cast: Cast) -> None:
    """Neither the report's words, nor an action, a post or a note."""
    keep(cast, a_summary(cast, areas={cast.area.pk: AreaWords("Only this half", "")}))
    said = " ".join(texts(cast))
    for jargon in (cast.area.wording, cast.action.wording, cast.post.title, "Only this half", "Lena"):
        assert jargon not in said


def test_a_question_without_grade_and_answer_is_left_out(cast: Cast) -> None:
    keep(cast, a_summary(cast, questions=(QuestionWords("Why?"),)))
    assert "Why?" not in texts(cast)


def test_without_a_summary_the_paper_says_so_and_an_appendix_is_empty(cast: Cast) -> None:
    assert texts(cast) == [NONE_YET]
    assert blocks(a_brief(cast)) == ()


def test_as_part_of_another_paper_its_headings_stand_deeper(cast: Cast) -> None:
    keep(cast, a_summary(cast))
    levels = {block.level for block in blocks(a_brief(cast), level=3) if isinstance(block, Heading)}
    assert levels == {3, 4}
    assert isinstance(blocks(a_brief(cast))[0], Paragraph)


@pytest.mark.parametrize(
    ("grade", "sentence"),
    [
        ("Good", "The inspectors said this was good."),
        ("Requires improvement to be good", "The inspectors said this requires improvement to be good."),
        (
            "Inconsistent experiences and outcomes",
            "The inspectors’ words for this were “Inconsistent experiences and outcomes”.",
        ),
    ],
)
def test_the_grade_is_said_as_printed(grade: str, sentence: str) -> None:
    assert grade_sentence(grade) == sentence


def test_points_are_lines_without_what_was_typed_before_them() -> None:
    assert lines(" - one\n\n• two\nthree - four") == ("one", "two", "three - four")


@pytest.mark.parametrize(
    ("labels", "questions"),
    [
        (
            (
                "The impact of leaders on social work practice with children and families",
                "The experiences and progress of children who need help and protection",
                "The experiences and progress of children in care and care leavers",
                "Overall effectiveness",
            ),
            (
                "How well does Westshire support its social workers?",
                "How well does Westshire help and protect children?",
                "How well does Westshire help children in care and care leavers?",
            ),
        ),
        (
            ("The experiences and progress of children in care", "The experiences and progress of care leavers"),
            (
                "How well does Westshire look after children in care?",
                "How well does Westshire help young people who have left care?",
            ),
        ),
        (
            ("Children looked after and achieving permanence", "Adoption performance", "Effectiveness of the LSCB"),
            (
                "How well does Westshire look after children in care?",
                "How well does Westshire help children who are adopted?",
            ),
        ),
        (
            (),
            (
                "How well does Westshire support its social workers?",
                "How well does Westshire help and protect children?",
                "How well does Westshire help children in care and care leavers?",
            ),
        ),
    ],
)
def test_the_usual_questions_are_those_that_the_judgements_answer(
    labels: tuple[str, ...], questions: tuple[str, ...]
) -> None:
    judgements = [baker.prepare(Judgement, pk=number, label=label) for number, label in enumerate(labels, start=1)]
    found = usual_questions(Organisation(name="Westshire"), judgements)
    assert tuple(one.question for one in found) == questions
    assert all(one.judgement for one in found) == bool(labels)


def test_what_is_missing_is_named_with_its_field(cast: Cast) -> None:
    assert [one.sentence for one in what_is_missing(cast.plan, SummaryWords())] == ["Nobody has begun the summary"]
    second = factories.an_area(cast.inspection, "Another")
    answer_areas(cast.plan, [second])
    keep(cast, a_summary(cast, introduction="", questions=(QuestionWords("Why?"),)))
    found = {one.field: one.sentence for one in what_is_missing(cast.plan, words_of(cast.plan))}
    assert found == {
        "id_introduction": "It has no introduction",
        "id_question-0-answer": "“Why?” has no answer",
        f"id_area-{second.pk}-better": "Area 2 does not say in plain words what needs to get better",
    }


def test_the_kind_is_in_the_catalogue_for_the_public_too() -> None:
    assert Audience.PUBLIC in CATALOGUE[Kind.YOUNG_PEOPLE].audiences
