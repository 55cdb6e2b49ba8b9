"""What a file would change is said cell by cell; what it does not say changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plans.documents.dates import Precision, PrintedDate, read_printed_date
from plans.improvement_plan.difference import FIELDS, CellDifference, PlanRowValues, compare_row, difference, same_due

MARCH = read_printed_date("March 2020").date
ACTION = PlanRowValues(
    area_pk=3,
    area_text="Recording of strategy discussions",
    reference="3.2",
    wording="Sample each month how good the records are",
    lead="Head of Service",
    support=("Team Manager", "Designated Nurse"),
    due=MARCH,
    status="in_progress",
    progress="Two samples done.",
)


def changed(row: PlanRowValues, present: object = FIELDS) -> dict[str, tuple[str, str]]:
    found = compare_row(row, ACTION, 7, set(present))  # type: ignore[call-overload]
    assert (found.kind, found.action_pk) == ("changed" if found.cells else "unchanged", 7)
    return {cell.field: (cell.old, cell.new) for cell in found.cells}


def test_the_same_row_changes_nothing() -> None:
    assert changed(ACTION) == {}


def test_an_empty_row_changes_nothing() -> None:
    assert changed(PlanRowValues()) == {}


def test_a_column_that_the_file_lacks_changes_nothing() -> None:
    assert changed(replace(ACTION, lead="Director", status="complete"), {"lead"}) == {
        "lead": ("Head of Service", "Director")
    }
    assert changed(replace(ACTION, lead="Director"), ()) == {}


@pytest.mark.parametrize(
    ("field", "values", "old", "new"),
    [
        ("area", {"area_pk": 4, "area_text": "PEPs"}, "Recording of strategy discussions", "PEPs"),
        ("reference", {"reference": "3.3"}, "3.2", "3.3"),
        ("wording", {"wording": "Sample each week"}, "Sample each month how good the records are", "Sample each week"),
        ("wording", {"wording": ACTION.wording.upper()}, ACTION.wording, ACTION.wording.upper()),
        ("wording", {"wording": f"{ACTION.wording}."}, ACTION.wording, f"{ACTION.wording}."),
        ("lead", {"lead": "Director"}, "Head of Service", "Director"),
        ("support", {"support": ("Team Manager",)}, "Team Manager; Designated Nurse", "Team Manager"),
        ("due", {"due": read_printed_date("30 June 2020").date}, "March 2020", "30 June 2020"),
        ("due", {"due": read_printed_date("31 March 2020").date}, "March 2020", "31 March 2020"),
        ("status", {"status": "not started"}, "In progress", "Not started"),
        ("status", {"status": "complete"}, "In progress", "Complete, awaiting sign-off"),
        ("progress", {"progress": "Three samples done."}, "Two samples done.", "Three samples done."),
    ],
)
def test_a_cell_that_says_otherwise_is_a_change(field: str, values: dict, old: str, new: str) -> None:
    assert changed(replace(ACTION, **values)) == {field: (old, new)}


@pytest.mark.parametrize(
    "values",
    [
        {"wording": "  Sample each\u00a0month how\ngood the records\u200b are "},
        {"support": ("Designated  Nurse", "", "Team Manager")},
        {"status": "In progress"},
        {"due": PrintedDate(date(2020, 3, 31), Precision.MONTH, "")},
        {"area_text": "RECORDING, in other words"},
        {"area_pk": None, "area_text": "An area that the plan does not have"},
    ],
)
def test_white_space_and_ways_of_saying_the_same_are_no_change(values: dict) -> None:
    assert changed(replace(ACTION, **values)) == {}


def test_a_file_does_not_undo_a_sign_off_by_calling_the_action_complete() -> None:
    signed_off = replace(ACTION, status="signed_off")
    assert compare_row(replace(ACTION, status="complete"), signed_off, 7, FIELDS).kind == "unchanged"
    assert compare_row(replace(ACTION, status="in progress"), signed_off, 7, FIELDS).kind == "changed"


def test_a_new_row_shows_all_that_it_says_and_no_more() -> None:
    row = PlanRowValues(reference="9.1", wording="Recruit", due=MARCH)
    found = compare_row(row, None, None, FIELDS)
    assert (found.kind, found.action_pk) == ("new", None)
    assert found.cells == (
        CellDifference("reference", "Reference", "", "9.1"),
        CellDifference("wording", "Action", "", "Recruit"),
        CellDifference("due", "Due", "", "March 2020"),
    )


def test_what_the_file_does_not_name_is_missing_in_the_plans_order() -> None:
    actions = {5: ACTION, 2: ACTION, 9: ACTION}
    found = difference([(ACTION, 2), (replace(ACTION, lead="Director"), None)], actions, FIELDS)
    assert found.missing == (5, 9)
    assert [row.kind for row in found.rows] == ["unchanged", "new"]
    assert (found.count("new"), found.count("changed"), found.count("unchanged")) == (1, 0, 1)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="same action"):
        difference([(ACTION, 2), (ACTION, 2)], {2: ACTION}, FIELDS)
    with pytest.raises(ValueError, match="colour"):
        difference([], {}, {"colour"})
    with pytest.raises(KeyError):
        difference([(ACTION, 3)], {2: ACTION}, FIELDS)


def test_dates_are_the_same_by_day_precision_and_words() -> None:
    assert same_due(MARCH, replace(MARCH, printed=""))
    assert not same_due(MARCH, replace(MARCH, printed="By March 2020 (rolling programme thereafter)"))
    assert not same_due(MARCH, replace(MARCH, precision=Precision.DAY))
