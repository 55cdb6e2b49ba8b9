"""A workbook of actions that comes back: what the file alone can tell, whoever saved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.documents.apart import return_apart
from plans.documents.lines import RefusedDocument
from plans.documents.read_return import MOST_ROWS, read_return
from plans.documents.return_keys import COLUMNS, LOCKED, OPEN, key_of, read_key
from plans.documents.returned import LONGEST_TEXT, ReturnedRow, ReturnedWorkbook

HEADINGS = [column.heading for column in COLUMNS]
AS_WRITTEN = {
    "plan": "",
    "area": "Recording of\nstrategy discussions",
    "reference": "1.10",
    "action": "Sample discussion records monthly",
    "lead": "Head of Service",
    "due": "March 2026",
    "last_progress": "=cmd|' /C calc'!A0",
    "status": "In progress",
    "progress": "",
    "forecast": "March 2027",
    "confidence": "High",
    "rating": "",
}

Row = Mapping[str, str]


def a_row(action_id: int = 17, version: int = 3, **changed: str) -> dict[str, str]:
    """A row as it was written, with what somebody changed afterwards."""
    return {**AS_WRITTEN, "key": key_of(action_id, version, AS_WRITTEN), **changed}


def grid(rows: Sequence[Row], headings: Sequence[str] = HEADINGS) -> list[list[str]]:
    return [list(headings), *([row.get(column.name, "") for column in COLUMNS] for row in rows)]


def a_workbook(rows: Sequence[Sequence[str]], *, sheet: str = "Actions", **more: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in {sheet: rows, **more}.items():
        page = book.create_sheet(name)
        for number, line in enumerate(lines, start=1):
            for place, text in enumerate(line, start=1):
                if text:
                    cell = page.cell(number, place)
                    cell.value, cell.data_type = text, "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(rows: Sequence[Row], **more: Any) -> ReturnedWorkbook:
    return read_return(a_workbook(grid(rows), **more), "my-actions.xlsx")


def only(found: ReturnedWorkbook) -> ReturnedRow:
    assert (len(found.rows), found.unusable, found.faults) == (1, (), ())
    return found.rows[0]


def cells(row: ReturnedRow) -> dict[str, tuple[str, str]]:
    return {cell.name: (cell.text, cell.where) for cell in row.cells}


def test_rows_that_nobody_touched_are_only_counted() -> None:
    assert read([a_row(1), a_row(2), a_row(3)]) == ReturnedWorkbook(untouched=3)


def test_a_touched_row_has_its_cells_with_their_places() -> None:
    found = read([a_row(1), a_row(17, status="Complete", progress="All sampled.\n\nNone failed.")])
    row = only(found)
    assert (row.action_id, row.version, row.where, found.untouched) == (17, 3, "Actions!A3", 1)
    assert row.named == "1.10 Sample discussion records monthly"
    assert row.locked == ()
    assert cells(row)["status"] == ("Complete", "Actions!I3")
    assert cells(row)["progress"] == ("All sampled.\nNone failed.", "Actions!J3")
    assert cells(row)["forecast"] == ("March 2027", "Actions!K3")


def test_grey_cells_that_were_changed_are_named() -> None:
    row = only(read([a_row(due="June 2027", lead="")]))
    assert {(cell.name, cell.where, cell.text) for cell in row.locked} == {
        ("due", "Actions!G2", "June 2027"),
        ("lead", "Actions!F2", ""),
    }


def test_columns_may_stand_in_another_order_and_rows_above() -> None:
    moved = [["My work", "", ""], *[list(reversed(line)) for line in grid([a_row(status="Complete")])]]
    row = only(read_return(a_workbook(moved), "a.xlsx"))
    assert cells(row)["status"] == ("Complete", "Actions!E3")
    assert row.locked == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": ""}, "The row has no key"),
        ({"key": "17.3"}, "The key was changed"),
        ({"key": a_row(17)["key"].replace("17.3", "18.3")}, "The key was changed"),
        ({"key": a_row(17)["key"].replace("17.3", "17.4")}, "The key was changed"),
        ({"key": "9" * 400}, "The key was changed"),
        ({"key": "=A1"}, "The key was changed"),
    ],
)
def test_a_key_that_is_missing_or_mistyped_is_said_with_its_cell(change: dict[str, str], sentence: str) -> None:
    found = read([a_row(1), a_row(17, progress="News", **change)])
    assert (found.rows, found.untouched) == ((), 1)
    (problem,) = found.unusable[0].problems
    assert sentence in problem.message
    assert problem.where == "Actions!A3"
    assert found.unusable[0].named.startswith("1.10")


def test_a_key_in_small_letters_is_the_same_key() -> None:
    assert read([a_row(key=a_row()["key"].lower())]).untouched == 1


def test_a_key_that_stands_twice_is_refused_where_something_was_written() -> None:
    found = read([a_row(17), a_row(17, status="Complete")])
    assert (found.rows, found.untouched) == ((), 1)
    assert found.unusable[0].problems[0].message == "The same key stands in Actions!A2. Keep one row of each action."
    both = read([a_row(17, status="Complete"), a_row(17, status="Not started")])
    assert [row.problems[0].where for row in both.unusable] == ["Actions!A2", "Actions!A3"]


def test_every_heading_that_was_changed_is_said_at_once() -> None:
    headings = [{"Status": "State", "Forecast": "", "Key": "Key"}.get(heading, heading) for heading in HEADINGS]
    found = read_return(a_workbook(grid([a_row(status="Complete")], headings)), "a.xlsx")
    assert found.rows == ()
    assert [(fault.where, fault.message) for fault in found.faults] == [
        ("Actions!I1", "The heading should be “Status”; it says “State”. Put it back, then send again."),
        ("Actions!K1", "The heading “Forecast” is missing. Put the column back, then send again."),
    ]


def test_the_plan_is_a_column_that_may_be_absent() -> None:
    without = [[text for place, text in enumerate(line) if place != 1] for line in grid([a_row(status="Complete")])]
    row = only(read_return(a_workbook(without), "a.xlsx"))
    assert cells(row)["status"] == ("Complete", "Actions!H2")
    assert row.locked == ()


def test_a_workbook_without_the_sheet_is_no_return() -> None:
    for rows in ([["Area", "Action", "Lead"], ["Visits", "Visit", "HoS"]], [["Nothing"]]):
        found = read_return(a_workbook(rows, sheet="Plan"), "a.xlsx")
        assert (found.rows, [fault.where for fault in found.faults]) == ((), ["the file"])
        assert "No sheet “Actions” with the column “Key” was found." in found.faults[0].message


def test_a_copy_of_the_sheet_lies_beside_it_unread() -> None:
    rows = grid([a_row(status="Complete")])
    found = read_return(a_workbook(rows, Copy=rows), "a.xlsx")
    assert cells(only(found))["status"] == ("Complete", "Actions!I2")
    assert found.notes == ("The sheet “Copy” was not read.",)
    assert read_return(a_workbook(rows, sheet="One", Two=rows), "a.xlsx").faults


def test_csv_of_the_same_columns_is_read() -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(grid([a_row(1), a_row(17, progress="Begun,\nand so on")]))
    found = read_return(stream.getvalue().encode("utf-8-sig"), "my actions.CSV")
    assert found.untouched == 1
    assert cells(only(found))["progress"] == ("Begun,\nand so on", "line 4, New progress")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7 no", "a.pdf"),
        (b"PK\x03\x04 no zip", "a.xlsx"),
        (b"", "a.xlsx"),
        (b"Key\tPlan", "a.txt"),
        (b"", "a.csv"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes, name: str) -> None:
    with pytest.raises(RefusedDocument) as refusal:
        read_return(data, name)
    assert str(refusal.value).endswith(".")


def test_a_formula_is_never_computed_and_an_uncomputed_one_is_said() -> None:
    book = openpyxl.load_workbook(io.BytesIO(a_workbook(grid([a_row()]))))
    book["Actions"]["J2"] = "=1+1"
    stream = io.BytesIO()
    book.save(stream)
    found = read_return(stream.getvalue(), "a.xlsx")
    (problem,) = found.unusable[0].problems
    assert problem.where == "Actions!J2"
    assert "formula" in problem.message


def test_text_that_looks_like_a_formula_stays_text() -> None:
    row = only(read([a_row(progress="=cmd|' /C calc'!A0")]))
    assert cells(row)["progress"][0] == "=cmd|' /C calc'!A0"


def test_hidden_rows_are_read_and_said() -> None:
    book = openpyxl.load_workbook(io.BytesIO(a_workbook(grid([a_row(1), a_row(17, status="Complete")]))))
    book["Actions"].row_dimensions[3].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    found = read_return(stream.getvalue(), "a.xlsx")
    assert only(found).action_id == 17
    assert found.notes == ("Row 3 is hidden; it was read like the others.",)


def test_very_long_text_is_cut_where_it_can_no_longer_be_taken() -> None:
    assert len(cells(only(read([a_row(progress="x" * 30_000)])))["progress"][0]) == LONGEST_TEXT + 1


def test_more_rows_than_anybody_has_are_refused() -> None:
    rows = [a_row(number) for number in range(MOST_ROWS + 1)]
    assert "more than 2,000 rows" in read(rows).faults[0].message


def test_a_return_is_read_in_a_process_of_its_own() -> None:
    data = a_workbook(grid([a_row(1), a_row(17, status="Complete", due="June"), a_row(18, key="18.1")]))
    assert return_apart(data, "a.xlsx") == read_return(data, "a.xlsx")
    with pytest.raises(RefusedDocument):
        return_apart(b"PK no", "a.xlsx")


TEXTS = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 10**17),
    st.integers(0, 10**8),
    st.fixed_dictionaries({column.name: TEXTS for column in (*LOCKED, *OPEN)}),
    st.sampled_from([column.name for column in (*LOCKED, *OPEN)]),
)
def test_a_key_knows_its_row(action_id: int, version: int, texts: dict[str, str], name: str) -> None:
    key = read_key(key_of(action_id, version, texts))
    assert key is not None
    assert (key.action_id, key.version) == (action_id, version)
    assert key.is_as_written(texts)
    assert key.changed_cells(texts) == ()
    changed = {**texts, name: f"{texts[name]} and more"}
    assert not key.is_as_written(changed)
    assert key.changed_cells(changed) == ((name,) if name in {column.name for column in LOCKED} else ())
