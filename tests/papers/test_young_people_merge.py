"""Two writers of one summary: whatever either typed is on the page that the second is shown."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plans.papers.young_people_merge import merge
from plans.papers.young_people_words import AreaWords, QuestionWords, SummaryWords

OPENED = SummaryWords(
    title="Title",
    introduction="Begin",
    questions=(QuestionWords("One?", "1", None, 1), QuestionWords("Two?", "2", None, 2)),
    areas={7: AreaWords("Better", "Doing")},
    version=3,
)
NOW = replace(OPENED, version=4)


def test_where_one_of_them_wrote_their_words_stand() -> None:
    typed, now = replace(OPENED, title="Mine"), replace(NOW, introduction="Theirs")
    merged = merge(OPENED, typed, now)
    assert (merged.words.title, merged.words.introduction, merged.words.version) == ("Mine", "Theirs", 4)
    assert merged.theirs == {}
    assert merged.changed == {("introduction",)}


def test_where_both_wrote_the_second_keeps_theirs_and_sees_the_first() -> None:
    typed = replace(OPENED, areas={7: AreaWords("Mine", "Doing")})
    now = replace(NOW, areas={7: AreaWords("Theirs", "Doing too")})
    merged = merge(OPENED, typed, now)
    assert merged.words.areas == {7: AreaWords("Mine", "Doing too")}
    assert merged.theirs == {("area", 7, "better"): "Theirs"}


def test_a_question_removed_by_the_first_and_changed_by_the_second_is_asked_anew() -> None:
    typed = replace(OPENED, questions=(replace(OPENED.questions[0], answer="Mine"), OPENED.questions[1]))
    now = replace(NOW, questions=())
    merged = merge(OPENED, typed, now)
    assert merged.words.questions == (QuestionWords("One?", "Mine"),)
    assert merged.changed == {("questions",)}


def test_a_question_added_by_the_first_is_there() -> None:
    added = QuestionWords("Three?", "3", None, 3)
    merged = merge(OPENED, OPENED, replace(NOW, questions=(*NOW.questions, added)))
    assert merged.words.questions[-1] == added


def test_a_question_removed_by_the_second_stays_removed() -> None:
    typed = replace(OPENED, questions=OPENED.questions[1:])
    assert merge(OPENED, typed, NOW).words.questions == OPENED.questions[1:]


def test_a_question_changed_by_the_first_and_removed_by_the_second_is_shown() -> None:
    typed = replace(OPENED, questions=OPENED.questions[1:])
    changed = replace(OPENED.questions[0], answer="Theirs")
    merged = merge(OPENED, typed, replace(NOW, questions=(changed, NOW.questions[1])))
    assert changed in merged.words.questions


short = st.sampled_from(["", "a", "b", "c"])
some_words = st.builds(
    lambda title, introduction, answers, better: SummaryWords(
        title=title,
        introduction=introduction,
        questions=tuple(QuestionWords("Q?", answer, None, pk) for pk, answer in answers.items()),
        areas={7: AreaWords(better, "")},
        version=4,
    ),
    short,
    short,
    st.dictionaries(st.sampled_from([1, 2, 3]), short),
    short,
)


@given(opened=some_words, typed=some_words, now=some_words)
def test_nothing_that_either_typed_is_lost(opened: SummaryWords, typed: SummaryWords, now: SummaryWords) -> None:
    merged = merge(opened, typed, now)
    shown = [
        merged.words.title,
        merged.words.introduction,
        merged.words.areas[7].better,
        *[asked.answer for asked in merged.words.questions],
        *merged.theirs.values(),
    ]
    before = {asked.pk: asked for asked in opened.questions}
    for words in (typed, now):
        for name in ("title", "introduction"):
            assert getattr(words, name) == getattr(opened, name) or getattr(words, name) in shown
        assert words.areas == opened.areas or words.areas[7].better in shown
        for asked in words.questions:
            assert asked == before.get(asked.pk) or asked.answer in ("", *shown)


@given(opened=some_words, now=some_words)
def test_who_typed_nothing_sees_what_the_first_writer_left(opened: SummaryWords, now: SummaryWords) -> None:
    merged = merge(opened, opened, now)
    assert (merged.words.title, merged.words.areas) == (now.title, now.areas)
    assert sorted(asked.pk or 0 for asked in merged.words.questions) == sorted(asked.pk or 0 for asked in now.questions)
    assert merged.theirs == {}
