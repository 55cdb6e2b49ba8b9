"""Texts of the field are alike by what they mean, and say why."""

from __future__ import annotations

import tomllib

import pytest

from plans.documents.similarity import Corpus, most_alike, stem, words_of
from plans.management.sample_documents import SEEDS


def wordings(stem_of_file: str) -> list[str]:
    facts = tomllib.loads((SEEDS / f"{stem_of_file}.toml").read_text(encoding="utf-8"))
    return [area["wording"] for area in facts["areas"]]


@pytest.mark.parametrize(
    "family",
    [
        "recording recorded records record",
        "consistent consistency consistently",
        "assessments assessed assessment assessing",
        "adopters adoption adoptive adopted",
        "supervise supervision supervisors supervised",
        "effective effectiveness effectively",
        "timely timeliness",
        "policies policy",
    ],
)
def test_forms_of_a_word_have_one_stem(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


def test_words_that_only_begin_alike_keep_apart() -> None:
    assert stem("police") != stem("policy")
    assert stem("placement") != stem("place")


def test_apostrophes_make_no_difference() -> None:
    assert words_of("The children\u2019s PLANS") == words_of("the childrens plans") == words_of("the children's plans")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Strategy discussions are minuted", "Minutes of strategy meetings"),
        ("First PEPs of children in care", "The initial personal education plans of looked after children"),
        ("The LSCB's neglect work", "Neglect and the local safeguarding children board"),
        ("Care experienced young people", "Care leavers"),
        ("Homelessness at 16 and 17", "16- and 17-year-olds who are homeless"),
        ("Lado referrals", "Referrals to the designated officer"),
    ],
)
def test_the_fields_own_terms_are_one_whatever_they_are_called(one: str, other: str) -> None:
    unlike = "Sufficiency of foster carers"
    found = most_alike(one, [unlike, other])
    assert found[0].index == 1
    assert found[0].score > 0.5


def test_an_abbreviation_that_is_a_word_too_counts_in_capitals_alone() -> None:
    assert most_alike("Provision for SEND", ["Special educational needs"])
    assert not most_alike("Letters to send", ["Special educational needs"])


def test_the_recording_of_strategy_meetings_is_found_first() -> None:
    earlier, later = wordings("001-derbyshire-2013"), wordings("004-derbyshire-2020")
    best = Corpus(earlier, beside=later).most_alike(later[2])
    assert earlier[best[0].index].startswith("Record strategy meetings")
    assert best[0].score > 2 * best[1].score - 0.01
    assert set(best[0].shared) == {"strategy discussions", "recorded"}


def test_the_reason_is_as_printed_without_capitals_of_a_sentence() -> None:
    (found,) = most_alike("Chronologies, and IRO challenge", ["Better chronologies; independent reviewing officers"])
    assert set(found.shared) == {"chronologies", "IRO"}


def test_words_that_every_ask_has_are_little_reason() -> None:
    asks = ["Ensure that all plans are of good quality", "Ensure that chronologies are kept"]
    found = most_alike("Ensure chronologies of good quality", asks)
    assert found[0].index == 1
    assert found[0].shared == ("chronologies",)


def test_scores_lie_between_nought_and_one_and_order_is_settled() -> None:
    found = most_alike("Neglect", ["Neglect", "neglect", "Neglect of children"])
    assert [one.index for one in found[:2]] == [0, 1]
    assert all(0 < one.score <= 1 for one in found)


@pytest.mark.parametrize(
    ("text", "candidates"), [("", ["Neglect"]), ("Neglect", []), ("Neglect", [""]), ("\u200b", [""])]
)
def test_nothing_is_like_nothing(text: str, candidates: list[str]) -> None:
    assert most_alike(text, candidates) == []
