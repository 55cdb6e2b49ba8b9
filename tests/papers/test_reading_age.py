"""The reading age is a hint: right most of the time, quiet about texts too short to tell, and it names what is hard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.papers.reading_age import IN_PLAIN_WORDS, YOUNGEST, is_hard, reading_hint, syllables

# As a dictionary divides them.
SYLLABLES = {
    1: "the care safe plan school schools makes lives helped asked homes goes your voice guess clothes while rule",
    2: "children council social worker wanted needed places safely table little people being saying quickly special",
    3: "family inspector protection assessment improvement timeliness everyone area quality agencies",
    4: "education information situation experience independent appropriate supervision",
    5: "accommodation individual experiences",
}
EASY = (
    "We want you to be safe. We listen to you. We will tell you what we do. You can ask us for help. It is your plan."
)
HARD = (
    "The timeliness of multi-agency safeguarding assessments demonstrates considerable inconsistency,"
    " necessitating comprehensive management oversight alongside systematic evaluation of interventions"
    " commissioned collaboratively throughout the partnership."
)


@pytest.mark.parametrize(
    ("word", "count"),
    [(word, count) for count, words in SYLLABLES.items() for word in words.split()],
)
def test_syllables_are_those_that_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_an_easy_text_is_for_children_and_a_hard_one_is_not() -> None:
    easy, hard = reading_hint(EASY), reading_hint(HARD)
    assert easy.age is not None
    assert hard.age is not None
    assert easy.age <= 7
    assert not easy.is_hard
    assert hard.age >= 18
    assert hard.is_hard


def test_the_age_is_the_published_formula_plus_five() -> None:
    """Twenty words of one syllable in two sentences: 0.39 × 10 + 11.8 − 15.59 = 0.11, and so five years."""
    assert reading_hint("We will help you to be safe and well now. " * 2).age == YOUNGEST
    long = "we will help you to be safe and well now " * 4
    assert reading_hint(long).age == round(0.39 * 40 + 11.8 - 15.59 + 5)


def test_a_line_ends_a_sentence() -> None:
    lines = "\n".join(["we help you to be safe and well at home now"] * 4)
    assert reading_hint(lines).longest_words == 11


def test_too_short_a_text_has_no_age() -> None:
    hint = reading_hint("We help you.")
    assert hint.too_short
    assert (hint.words, hint.age, hint.hard) == (3, None, ())


def test_the_longest_sentence_and_the_hard_words_are_named_with_plain_ones() -> None:
    hint = reading_hint(f"{EASY} {HARD}")
    assert hint.longest == HARD
    assert dict(hint.hard)["safeguarding"] == IN_PLAIN_WORDS["safeguarding"]
    assert len(hint.hard) <= 8


def test_names_and_familiar_long_words_are_not_hard() -> None:
    hint = reading_hint("We asked families and everyone in Derbyshire and Nottinghamshire to remember this. " * 2)
    assert hint.hard == ()
    assert not is_hard("children")
    assert not is_hard("decided")


def test_texts_are_told_together() -> None:
    assert reading_hint(EASY[:40], EASY[40:]).words == reading_hint(EASY[:40]).words + reading_hint(EASY[40:]).words


@given(st.text(max_size=400))
def test_no_text_is_refused(text: str) -> None:
    hint = reading_hint(text)
    assert hint.age is None or hint.age >= YOUNGEST
