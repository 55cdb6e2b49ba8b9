"""The page on which the summary for young people is written: nothing typed is lost, and every button works alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.improvement_plan.changes import answer_areas
from plans.papers.models import SummaryQuestion, YoungPeoplesSummary
from plans.papers.young_people_changes import keep_summary
from plans.papers.young_people_words import AreaWords, QuestionWords, SummaryWords, words_of
from tests import factories
from tests.cast import Cast
from tests.papers.test_young_people import a_judgement, a_summary

AT = factories.START


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def edit_address(cast: Cast) -> str:
    return reverse("edit_young_people", args=[cast.plan.pk])


def as_sent(cast: Cast, words: SummaryWords | None = None, **changed: Any) -> dict[str, Any]:
    """What the form sends of the words as they are, with what was ``changed`` (“__” for “-”)."""
    words = words or words_of(cast.plan)
    said: dict[str, Any] = {
        "version": words.version,
        "title": words.title or "Title",
        "introduction": words.introduction,
        "more": words.more,
        "contact": words.contact,
        "questions-count": len(words.questions),
    }
    for place, asked in enumerate(words.questions):
        said |= {
            f"question-{place}-pk": asked.pk,
            f"question-{place}-question": asked.question,
            f"question-{place}-answer": asked.answer,
            f"question-{place}-judgement": asked.judgement or "",
        }
    for row in cast.plan.plan_areas.all():
        area = words.areas.get(row.area_id, AreaWords())
        said |= {f"area-{row.area_id}-better": area.better, f"area-{row.area_id}-doing": area.doing}
    return {**said, **{name.replace("__", "-"): value for name, value in changed.items()}}


def send(client: Client, cast: Cast, do: str = "save", words: SummaryWords | None = None, **changed: Any) -> Any:
    return client.post(edit_address(cast), {**as_sent(cast, words, **changed), "do": do})


def keep(cast: Cast, words: SummaryWords | None = None) -> None:
    keep_summary(cast.plan, words or a_summary(cast), by=cast.administrator, at=AT)


def test_a_plan_without_a_summary_says_so_and_leads_to_the_form(cast: Cast, lead: Client) -> None:
    page = lead.get(reverse("young_people", args=[cast.plan.pk])).content.decode()
    assert "There is no summary for children and young people of this plan yet." in page
    assert edit_address(cast) in page


def test_who_reads_the_plan_reads_the_summary_and_is_not_led_to_the_form(cast: Cast, client: Client) -> None:
    keep(cast)
    client.force_login(cast.board_member)
    page = client.get(reverse("young_people", args=[cast.plan.pk])).content.decode()
    assert "What the inspectors told us" in page
    assert "We learn how to." in page
    assert edit_address(cast) not in page
    assert "actions." not in page


def test_the_plan_leads_to_it(cast: Cast, lead: Client) -> None:
    plan = lead.get(reverse("plan", args=[cast.plan.pk])).content.decode()
    assert reverse("young_people", args=[cast.plan.pk]) in plan


def test_each_area_stands_beside_its_boxes_in_the_reports_words(cast: Cast, lead: Client) -> None:
    page = lead.get(edit_address(cast)).content.decode()
    assert cast.area.wording in page
    assert f'name="area-{cast.area.pk}-better"' in page
    assert f'name="area-{cast.area.pk}-doing"' in page


def test_the_usual_questions_begin_it(cast: Cast, lead: Client) -> None:
    judgement = a_judgement(cast, "The experiences and progress of children in care")
    assert "Start with the usual questions" in lead.get(edit_address(cast)).content.decode()
    answer = send(lead, cast, "usual", introduction="Hello")
    assert answer.url.startswith(edit_address(cast))
    words = words_of(cast.plan)
    assert words.introduction == "Hello"
    assert [(one.question, one.judgement) for one in words.questions] == [
        ("How well does Westshire look after children in care?", judgement.pk)
    ]
    page = lead.get(edit_address(cast)).content.decode()
    assert "Start with the usual questions" not in page


def test_what_is_typed_is_kept_whatever_button_is_pressed(cast: Cast, lead: Client) -> None:
    for number, do in enumerate(("save", "check", "add", "up-0", "down-0", "nonsense", "")):
        assert send(lead, cast, do, contact=f"Ask {number}").status_code == 302
        assert words_of(cast.plan).contact == f"Ask {number}"


def test_a_question_is_added_on_a_row_of_its_own(cast: Cast, lead: Client) -> None:
    keep(cast)
    answer = send(lead, cast, "add")
    assert "add=1" in answer.url
    page = lead.get(answer.url).content.decode()
    assert 'name="question-2-question"' in page
    send(lead, cast, questions__count=3, question__2__question="Third?", question__2__answer="Yes.")
    assert words_of(cast.plan).questions[2].question == "Third?"


def test_a_row_that_was_left_empty_is_no_question(cast: Cast, lead: Client) -> None:
    keep(cast)
    send(lead, cast, questions__count=3, question__2__question="", question__2__answer="")
    assert SummaryQuestion.objects.count() == 2


@pytest.mark.parametrize(("do", "order"), [("up-1", [1, 0]), ("down-0", [1, 0]), ("up-0", [0, 1]), ("down-9", [0, 1])])
def test_questions_are_moved_by_buttons(cast: Cast, lead: Client, do: str, order: list[int]) -> None:
    keep(cast)
    before = [one.pk for one in words_of(cast.plan).questions]
    send(lead, cast, do)
    assert [one.pk for one in words_of(cast.plan).questions] == [before[place] for place in order]


def test_a_question_is_removed_by_a_tick(cast: Cast, lead: Client) -> None:
    keep(cast)
    send(lead, cast, question__0__remove="on")
    assert [one.question for one in words_of(cast.plan).questions] == ["Do we listen?"]


def test_a_question_that_was_emptied_is_asked_about_and_its_answer_stays_on_the_page(cast: Cast, lead: Client) -> None:
    keep(cast)
    answer = send(lead, cast, question__0__question="", question__0__answer="Only here")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'href="#id_question-0-question"' in page
    assert "Only here" in page
    assert words_of(cast.plan).version == 1


def test_too_long_a_text_is_refused_and_kept_on_the_page(cast: Cast, lead: Client) -> None:
    answer = send(lead, cast, contact="x" * 1001, introduction="Typed with care")
    assert answer.status_code == 400
    assert "Typed with care" in answer.content.decode()
    assert not YoungPeoplesSummary.objects.exists()


def test_only_a_judgement_of_the_plan_can_be_chosen(cast: Cast, lead: Client) -> None:
    keep(cast)
    elsewhere = factories.an_inspection(cast.council)
    foreign = elsewhere.judgements.create(label="Elsewhere")
    assert send(lead, cast, question__0__judgement=foreign.pk).status_code == 400


def test_a_second_writer_sees_the_first_ones_change_and_keeps_their_own(cast: Cast, lead: Client) -> None:
    keep(cast)
    opened = words_of(cast.plan)
    send(lead, cast, contact="Ask Ann.", introduction="Theirs")
    answer = send(lead, cast, words=opened, introduction="Mine", more="Also mine")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Lena Lead changed the introduction and where to ask while you were writing" in page
    for shown in ("Ask Ann.", "Mine", "Also mine", "Theirs"):
        assert shown in page
    assert words_of(cast.plan).introduction == "Theirs"
    shown = answer.context["page"].words
    assert send(lead, cast, words=shown).status_code == 302
    now = words_of(cast.plan)
    assert (now.introduction, now.more, now.contact) == ("Mine", "Also mine", "Ask Ann.")


def test_two_who_begin_at_once_both_keep_their_words(cast: Cast, lead: Client) -> None:
    opened = words_of(cast.plan)
    send(lead, cast, introduction="First")
    answer = send(lead, cast, words=opened, introduction="Second")
    assert answer.status_code == 400
    assert "First" in answer.content.decode()
    assert "Second" in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_broken_version_writes_nothing(cast: Cast, lead: Client, version: str) -> None:
    keep(cast)
    assert send(lead, cast, version=version, introduction="Unseen").status_code == 400
    assert words_of(cast.plan).introduction != "Unseen"


def test_the_reading_age_stands_beside_each_text_and_is_only_a_hint(cast: Cast, lead: Client) -> None:
    hard = "Safeguarding assessments demonstrate considerable inconsistency throughout organisational supervision " * 3
    assert send(lead, cast, "check", introduction=hard, contact="Ask us.").status_code == 302
    page = lead.get(edit_address(cast)).content.decode()
    assert "Reading age: about" in page
    assert "safeguarding (say: keeping you safe)" in page
    assert "Aim for 9 to 11 years" in page
    send(lead, cast, more="More.")
    assert "too short to say (1 word)" in lead.get(edit_address(cast)).content.decode()


def test_what_is_missing_leads_to_its_box(cast: Cast, lead: Client) -> None:
    keep(cast, a_summary(cast, areas={}))
    page = lead.get(reverse("young_people", args=[cast.plan.pk])).content.decode()
    assert "1 part of the summary is still to be written" in page
    assert f'{edit_address(cast)}#id_area-{cast.area.pk}-better"' in page


def test_markup_in_the_words_is_text(cast: Cast, lead: Client) -> None:
    keep(cast, a_summary(cast, title="<b>Bold</b>", more="<script>alert(1)</script>"))
    for route in ("young_people", "edit_young_people"):
        page = lead.get(reverse(route, args=[cast.plan.pk])).content.decode()
        assert "<b>Bold" not in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("route", ["young_people", "edit_young_people"])
def test_queries_do_not_grow_with_questions_and_areas(cast: Cast, lead: Client, route: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get(reverse(route, args=[cast.plan.pk])).status_code == 200
        return len(captured)

    judgement = a_judgement(cast, "Leaders")
    keep(cast, a_summary(cast, questions=(QuestionWords("How?", "Well", judgement.pk),)))
    few = count()
    areas = [factories.an_area(cast.inspection, f"Area {number}") for number in range(8)]
    answer_areas(cast.plan, [cast.area, *areas])
    now = words_of(cast.plan)
    asked = tuple(QuestionWords(f"Question {number}?", "Yes", judgement.pk) for number in range(8))
    more = SummaryWords(
        title="More",
        questions=(*now.questions, *asked),
        areas={area.pk: AreaWords("Better", "Doing") for area in areas},
        version=now.version,
    )
    keep(cast, more)
    assert count() == few <= 20
