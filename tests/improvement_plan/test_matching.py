"""What a file says is found again in the plan, with a reason, or is said not to be there."""

from __future__ import annotations

import tomllib

import pytest

from plans.improvement_plan.matching import (
    NO_ACTION,
    NO_AREA,
    ActionMatch,
    RowKey,
    folded_reference,
    match_actions,
    match_areas,
    split_number,
)
from plans.management.sample_documents import SEEDS

AREAS = [
    (11, 1, "The timeliness with which Starting Point decides on contacts"),
    (12, 2, "The quality and timeliness of assessment and planning for children in need, including disabled children"),
    (13, 3, "The consistency of the quality of recording of strategy discussions"),
    (14, 4, "The timeliness of initial personal education plans (PEPs) and initial health assessments"),
]


@pytest.mark.parametrize(
    ("printed", "pk", "reason"),
    [
        ("The consistency of the quality of recording of strategy discussions", 13, "Same words"),
        ("THE CONSISTENCY OF THE QUALITY\nOF RECORDING OF STRATEGY DISCUSSIONS.", 13, "Same words"),
        ("3. The consistency of the quality of recording of strategy discussions", 13, "Same number and words"),
        ("Area 3: The consistency of the quality of recording of strategy discussions;", 13, "Same number and words"),
        ("Area for improvement 3 – The consistency of the quality of recor…", 13, "Same number and words, cut short"),
        ("The quality and timeliness of assessment and planning for chil", 12, "Same words, cut short"),
        ("5. The consistency of the quality of recording of strategy discussions", 13, "Same words"),
        ("Recording of strategy meetings", 13, "Some words are the same – check"),
        ("3. Better records of strategy meetings", 13, "Same number and some words"),
        ("4 Personal education plans and health assessments", 14, "Same number and most words"),
        ("Timeliness of PEPs and of initial health assessments", 14, None),
        ("3. Leadership", 13, "Number 3 only – check"),
        ("3", 13, "Number 3 only – check"),
        ("Leadership and governance", None, NO_AREA),
        ("9. Leadership and governance", None, NO_AREA),
        ("16 and 17 year olds who are homeless", None, NO_AREA),
        ("", None, NO_AREA),
        ("...", None, NO_AREA),
    ],
)
def test_a_printed_heading_finds_its_area(printed: str, pk: int | None, reason: str | None) -> None:
    found = match_areas([printed], AREAS)[printed]
    assert found.pk == pk
    assert reason is None or found.reason == reason
    assert 0 <= found.score <= 1
    assert (found.score > 0) == (pk is not None)


def test_words_rule_over_a_number_that_says_otherwise() -> None:
    printed = "1. Recording and consistency of strategy discussions"
    assert match_areas([printed], AREAS)[printed].pk == 13


def test_two_headings_may_mean_one_area() -> None:
    found = match_areas(["Recording of strategy discussions", "Strategy discussions: recording quality"], AREAS)
    assert {match.pk for match in found.values()} == {13}


def test_a_number_that_two_bodies_lists_have_settles_nothing() -> None:
    areas = [(1, 1, "Record decisions"), (2, 1, "The board's membership")]
    assert match_areas(["1. Other words"], areas)["1. Other words"].pk is None
    assert "2 areas" in match_areas(["1. Other words"], areas)["1. Other words"].reason


def test_the_same_words_twice_are_settled_by_the_number_or_to_be_checked() -> None:
    areas = [(1, 1, "Record decisions"), (2, 2, "Record decisions")]
    found = match_areas(["Record decisions", "2. Record decisions"], areas)
    assert found["2. Record decisions"].pk == 2
    assert found["Record decisions"].reason == "2 areas of the plan have these words – check"


def test_an_area_may_be_known_by_several_wordings() -> None:
    areas = [*AREAS, (13, 3, "What inspectors said of minutes")]
    assert match_areas(["What inspectors said of minutes"], areas)["What inspectors said of minutes"].pk == 13
    assert match_areas(["3. Leadership"], areas)["3. Leadership"].reason == "Number 3 only – check"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("3. The quality", (3, "The quality")),
        ("(3) the quality", (3, "the quality")),
        ("Recommendation 12: act", (12, "act")),
        ("2.1 The quality", (2, "The quality")),
        ("7", (7, "")),
        ("16 and 17 year olds", (None, "16 and 17 year olds")),
        ("2019 inspection", (None, "2019 inspection")),
        ("1-to-1 support", (None, "1-to-1 support")),
        ("Areas of work", (None, "Areas of work")),
    ],
)
def test_a_number_is_split_off_only_where_it_numbers(printed: str, expected: tuple[int | None, str]) -> None:
    assert split_number(printed) == expected


ACTIONS = [
    (1, "1.1", "Complete and launch a new thresholds document", 11),
    (2, "1.2", "Review how Call Derbyshire handles calls", 11),
    (3, "2.1", "Sample each month how good the records of strategy discussions are", 13),
    (4, "2.2", "Provide more clinic capacity for initial health assessments", 14),
]


def pks(rows: list[RowKey]) -> list[int | None]:
    return [match.pk for match in match_actions(rows, ACTIONS)]


def test_the_same_file_finds_every_action() -> None:
    found = match_actions([RowKey(reference, words, area) for _, reference, words, area in ACTIONS], ACTIONS)
    assert found == [ActionMatch(pk, 1.0, "Same reference and words") for pk in (1, 2, 3, 4)]


def test_references_are_not_needed() -> None:
    assert pks([RowKey(None, f"  {words.upper()} ") for _, _, words, _ in reversed(ACTIONS)]) == [4, 3, 2, 1]


def test_rows_that_were_numbered_anew_are_known_by_their_words() -> None:
    rows = [RowKey("1.1", ACTIONS[1][2]), RowKey("1.2", ACTIONS[0][2])]
    assert pks(rows) == [2, 1]


def test_an_edited_row_is_known_by_its_reference() -> None:
    (found,) = match_actions([RowKey("Action 1.2.", "Review and strengthen how calls are handled")], ACTIONS)
    assert (found.pk, found.reason.split(",")[0]) == (2, "Same reference")
    (found,) = match_actions(
        [RowKey("2.1", "Monthly audits of strategy meetings by team managers of all areas")], ACTIONS
    )
    assert found.pk == 3
    assert found.reason.endswith("check")


def test_a_reference_with_quite_other_words_is_a_new_row_and_says_so() -> None:
    (found,) = match_actions([RowKey("1.2", "Recruit foster carers")], ACTIONS)
    assert found == ActionMatch(None, 0.0, "Action 1.2 of the plan says something else")


def test_a_row_like_nothing_is_new() -> None:
    assert match_actions([RowKey("7.7", "Recruit foster carers")], ACTIONS) == [ActionMatch(None, 0.0, NO_ACTION)]


def test_a_file_without_the_actions_words_is_matched_by_reference() -> None:
    assert pks([RowKey("2.2", ""), RowKey("9", ""), RowKey(None, "")]) == [4, None, None]


def test_no_action_is_two_rows() -> None:
    found = match_actions([RowKey(None, ACTIONS[0][2]), RowKey("1.1", ACTIONS[0][2])], ACTIONS)
    assert [match.pk for match in found] == [None, 1]


def test_of_two_with_the_same_words_the_area_settles() -> None:
    actions = [(1, "1.1", "Train managers", 11), (2, "2.1", "Train managers", 12)]
    rows = [RowKey(None, "Train managers", 12), RowKey(None, "Train managers", 11)]
    assert [match.pk for match in match_actions(rows, actions)] == [2, 1]


def test_phases_of_one_thing_are_two_actions() -> None:
    actions = [(1, "1.1", "Deliver phase 1 of the neglect training to all social work teams", None)]
    rows = [RowKey(None, "Deliver phase 2 of the neglect training to all social work teams")]
    assert match_actions(rows, actions)[0].pk is None


def test_the_order_of_the_rows_makes_no_difference() -> None:
    rows = [RowKey(None, "Call handling at Call Derbyshire reviewed"), RowKey("2.1", "Sample records each month")]
    forwards, backwards = match_actions(rows, ACTIONS), match_actions(rows[::-1], ACTIONS)
    assert forwards == backwards[::-1]


def test_the_papers_own_wording_finds_the_sample_plans_actions() -> None:
    """The sample plan words its actions anew; these are a few of the paper's own."""
    facts = tomllib.loads((SEEDS / "004-derbyshire-2020.toml").read_text(encoding="utf-8"))
    actions = [(number, row["reference"], row["wording"], None) for number, row in enumerate(facts["actions"])]
    said = {
        "Monthly sampling of quality of strategy discussion records": "3.2",
        "Increase clinic capacity for initial health assessments": "4.4",
        "Specific training for Team Co-ordinators on minute-taking for strategy discussions": "3.1",
    }
    found = match_actions([RowKey(None, words) for words in said], actions)
    assert [next(row[1] for row in actions if row[0] == match.pk) for match in found] == list(said.values())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Action 1.2.", "1.2", True),
        ("Ref: A1", "a1", True),
        ("1.2", "1.20", False),
        ("1.2", "1.02", False),
        ("", "", True),
    ],
)
def test_references_are_one_without_what_files_add(one: str, other: str, same: bool) -> None:
    assert (folded_reference(one) == folded_reference(other)) is same
