"""A workbook that came back against the tracker: what is taken, what is refused, and what is never overwritten."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from plans.access.changes import hold_post
from plans.access.models import User
from plans.audit.models import Event
from plans.documents.read_plan import read_plan
from plans.documents.read_return import read_return
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import ChangedSince, record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.permissions import may_update
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.changes import report_no_change, submit_update
from plans.monitoring.returned_workbook import Difference, TakenRow, accept, difference, updatable_by
from plans.papers.workbook import EMPTY_ROWS, MadeFor, actions_workbook, blank_workbook
from tests import factories
from tests.cast import Cast

MADE = factories.moment(2026, 3, 2)
LATER = factories.moment(2026, 3, 5)
SOFFICE = shutil.which("soffice")


def downloaded(*actions: Action) -> bytes:
    rows = Action.objects.filter(pk__in=[action.pk for action in actions])
    named = rows.select_related("plan__organisation", "area", "lead__organisation").order_by("plan", "position")
    return actions_workbook(list(named), MadeFor("My work", "Olive Owner", MADE))


def filled_in(data: bytes, reference: str = "1.1", **cells: Any) -> bytes:
    """The workbook with cells of one action's row filled in, saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Actions"]
    at = {cell.value: cell.column for cell in sheet[1]}
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, at["Reference"]).value == reference)
    for heading, value in cells.items():
        cell = sheet.cell(row, at[heading.replace("_", " ").replace("Rating", "Owner’s rating")])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def compared(data: bytes, user: User) -> Difference:
    return difference(read_return(data, "a.xlsx"), user)


def taken(data: bytes, user: User) -> TakenRow:
    found = compared(data, user)
    assert (len(found.taken), found.refused) == (1, ())
    return found.taken[0]


def sentences(data: bytes, user: User) -> list[tuple[str, str]]:
    found = compared(data, user)
    assert found.taken == ()
    return [(problem.where, problem.message) for row in found.refused for problem in row.problems]


def take(data: bytes, user: User, at: datetime = LATER) -> int:
    return accept(compared(data, user), by=user, at=at, name="a.xlsx", sha256="0" * 64)


def fresh(action: Action) -> Action:
    return Action.objects.get(pk=action.pk)


def test_a_workbook_that_nobody_touched_changes_nothing(cast: Cast) -> None:
    found = compared(downloaded(cast.action), cast.owner)
    assert (found.taken, found.refused, found.unchanged) == ((), (), 1)


def test_each_changed_cell_is_shown_with_its_place_and_then_recorded(cast: Cast) -> None:
    back = filled_in(
        downloaded(cast.action, cast.partner_action),
        Status="In progress",
        New_progress="Sampling began.",
        Forecast="30/4/2027",
        Confidence="low",
        Rating="Amber",
    )
    found = compared(back, cast.owner)
    assert [(one.heading, one.where, one.before, one.after) for one in found.taken[0].changes] == [
        ("Status", "Actions!H2", "Not yet reported", "In progress"),
        ("Forecast", "Actions!J2", "", "30 April 2027"),
        ("Confidence", "Actions!K2", "", "Low"),
        ("Owner’s rating", "Actions!L2", "", "Amber"),
        ("New progress", "Actions!I2", "", "Sampling began."),
    ]
    assert found.unchanged == 1
    assert take(back, cast.owner) == 1
    action = fresh(cast.action)
    assert (action.status, action.progress, action.confidence, action.reported_rag) == (
        "in_progress", "Sampling began.", "low", "amber",
    )  # fmt: skip
    assert (action.forecast_date, action.forecast_precision) == (date(2027, 4, 30), "day")
    update = action.updates.get(until__isnull=True)
    assert (update.kind, update.by, update.at) == (Kind.PROGRESS, cast.owner, LATER)
    event = Event.objects.get(what="workbook.accepted")
    said = {"name": "a.xlsx", "sha256": "0" * 64, "updated": 1, "unchanged": 1, "left_out": 0}
    assert event.details.items() >= said.items()


def test_the_same_file_a_second_time_changes_nothing(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="Complete", New_progress="All done.", Forecast="March 2027")
    assert take(back, cast.owner) == 1
    again = compared(back, cast.owner)
    assert (again.taken, again.refused, again.unchanged) == ((), (), 1)
    assert take(back, cast.owner) == 0
    assert Update.objects.filter(action=cast.action).count() == 2


def test_the_same_file_does_not_complete_again_what_was_sent_back(cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=MADE, kind=Kind.PROGRESS, status=Status.IN_PROGRESS)
    back = filled_in(downloaded(cast.action), Status="Complete", New_progress="All done.")
    take(back, cast.owner)
    changes.send_back(fresh(cast.action), by=cast.lead, at=LATER + timedelta(1), note="Re-check failed")
    ((where, said),) = sentences(back, cast.owner)
    assert where == "Actions!H2"
    assert "Lena Lead changed this on 6 March 2026" in said


def test_what_is_emptied_is_cleared_but_a_status_cannot_be(cast: Cast) -> None:
    submit_update(
        cast.action, by=cast.owner, at=MADE, status="in_progress", note="Begun", confidence="high", reported_rag="red"
    )
    data = downloaded(cast.action)
    row = taken(filled_in(data, Confidence=None, Rating=""), cast.owner)
    assert [(one.name, one.before, one.after) for one in row.changes] == [
        ("confidence", "High", ""),
        ("rating", "Red", ""),
    ]
    assert sentences(filled_in(data, Status=None), cast.owner)[0][1].startswith("The status was emptied. Choose")


@pytest.mark.parametrize(
    ("cells", "where", "sentence"),
    [
        ({"Due": "June 2027"}, "F2", "ask for an extension in the tracker"),
        ({"Lead": "Me"}, "E2", "ask the improvement lead"),
        ({"Action": "Something else"}, "D2", "can amend the action in the tracker"),
        ({"Last_progress": "Never said"}, "G2", "Write what is new under “New progress”"),
        ({"Status": "Nearly"}, "H2", "“Nearly” is not a status. Choose Not started, In progress or Complete."),
        ({"Status": "Signed off"}, "H2", "cannot go from “Not yet reported” to “Signed off”"),
        ({"Status": "Complete"}, "I2", "completing an action needs a sentence"),
        ({"New_progress": "News"}, "H2", "Choose a status as well: Not started, In progress or Complete."),
        ({"Forecast": "soon"}, "J2", "“soon” gives no date that could be read."),
        ({"Forecast": "31 February 2027"}, "J2", "February 2027 has 28 days"),
        ({"Confidence": "Sure"}, "K2", "Choose High, Medium or Low, or empty the cell."),
        ({"Rating": "Purple"}, "L2", "“Purple” is not one of the words"),
        ({"New_progress": "x" * 4001}, "I2", "Shorten the text to 4,000 characters."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_cell(
    cast: Cast, cells: dict[str, str], where: str, sentence: str
) -> None:
    found = sentences(filled_in(downloaded(cast.action), **cells), cast.owner)
    assert (f"Actions!{where}", True) in [(place, sentence in said) for place, said in found]
    assert fresh(cast.action).version == 1


def test_every_fault_of_a_row_is_said_at_once(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Due="June 2027", Forecast="soon", Status="Complete")
    assert [where for where, _ in sentences(back, cast.owner)] == ["Actions!F2", "Actions!I2", "Actions!J2"]


def test_a_change_by_somebody_else_in_another_column_is_no_conflict(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress", New_progress="Begun")
    record(cast.action, by=cast.lead, at=LATER, kind=Kind.PROGRESS, note="Chased by phone", confidence="high")
    row = taken(back, cast.owner)
    assert row.since == ("Progress update, Lena Lead, 5 March 2026",)
    take(back, cast.owner, LATER + timedelta(1))
    action = fresh(cast.action)
    assert (action.status, action.progress, action.confidence) == ("in_progress", "Begun", "high")


def test_a_change_of_the_same_column_by_somebody_else_is_shown_and_not_overwritten(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress", New_progress="Begun")
    record(cast.action, by=cast.lead, at=LATER, kind=Kind.PROGRESS, note="Not yet", status=Status.NOT_STARTED)
    ((where, said),) = sentences(back, cast.owner)
    assert where == "Actions!H2"
    assert said.startswith(
        "Lena Lead changed this on 5 March 2026, after your download. The tracker says “Not started”"
    )
    assert "your workbook “In progress”" in said


def test_a_change_that_somebody_else_made_alike_is_no_difference(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress")
    record(cast.action, by=cast.lead, at=LATER, kind=Kind.PROGRESS, status=Status.IN_PROGRESS)
    assert compared(back, cast.owner).unchanged == 1


def test_a_due_date_that_moved_since_is_no_cell_that_the_officer_changed(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress")
    changes.amend(cast.action, by=cast.lead, at=LATER, note="Agreed", **factories.due(date(2026, 6, 30)))
    assert [one.name for one in taken(back, cast.owner).changes] == ["status"]


@pytest.mark.parametrize("member", ["stranger", "team_mate", "board_member", "reader", "partner"])
def test_nobody_changes_by_workbook_what_they_may_not_update(cast: Cast, member: str) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress", Action="Guessed")
    user = getattr(cast, member)
    found = compared(back, user)
    assert (found.taken, [row.named for row in found.refused]) == ((), ["1.1 Guessed"])
    unknown = {problem.message for row in found.refused for problem in row.problems}
    assert len(unknown) == 1
    assert "of no action that you can update now" in unknown.pop()


def test_a_stranger_is_told_the_same_of_an_action_that_there_is_not(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress")
    there = sentences(back, cast.stranger)
    cast.action.pk = 999_999
    rows = list(
        Action.objects.filter(reference="1.1").select_related("plan__organisation", "area", "lead__organisation")
    )
    rows[0].pk = rows[0].id = 999_999
    data = actions_workbook(rows, MadeFor("My work", "Stan", MADE))
    assert sentences(filled_in(data, Status="In progress"), cast.stranger) == there


def test_who_may_update_is_the_same_by_row_and_by_query(cast: Cast) -> None:
    actions = list(Action.objects.select_related("plan"))
    ids = [action.pk for action in actions]
    for user in cast.everybody().values():
        assert set(updatable_by(user, ids)) == {action.pk for action in actions if may_update(user, action)}, user


def test_an_action_that_passed_to_somebody_else_is_no_longer_theirs(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress")
    hold_post(cast.team_mate, cast.post, since=date(2026, 3, 3))
    assert "may have passed to somebody else" in sentences(back, cast.owner)[0][1]
    assert taken(back, cast.team_mate)


def test_a_signed_off_action_is_closed_to_workbooks(cast: Cast) -> None:
    submit_update(cast.action, by=cast.owner, at=MADE, status="complete", note="Done")
    back = filled_in(downloaded(cast.action), New_progress="One more thing")
    assert [one.name for one in taken(back, cast.owner).changes] == ["progress"]
    changes.sign_off(fresh(cast.action), by=cast.lead, at=LATER)
    ((where, said),) = sentences(back, cast.owner)
    assert (where, said) == ("Actions!H2", "The action is signed off. Ask the improvement lead to reopen it.")


def test_a_version_that_never_was_is_refused(cast: Cast) -> None:
    report_no_change(cast.action, by=cast.owner, at=MADE)
    ahead = Action.objects.select_related("plan__organisation", "area", "lead__organisation").get(pk=cast.action.pk)
    ahead.version = 7
    data = actions_workbook([ahead], MadeFor("My work", "Olive", MADE))
    assert "no such version" in sentences(filled_in(data, Status="In progress"), cast.owner)[0][1]


def test_all_or_nothing(cast: Cast) -> None:
    data = downloaded(cast.action, cast.partner_action)
    both = filled_in(filled_in(data, Status="In progress"), "1.2", Status="In progress")
    found = compared(both, cast.lead)
    assert len(found.taken) == 2
    report_no_change(fresh(cast.partner_action), by=cast.partner, at=LATER)
    with pytest.raises(ChangedSince):
        accept(found, by=cast.lead, at=LATER, name="a.xlsx", sha256="")
    assert fresh(cast.action).version == 1
    assert not Event.objects.filter(what="workbook.accepted").exists()
    assert compared(both, cast.lead).digest() != found.digest()


def test_what_looks_like_a_formula_is_text_out_and_back(cast: Cast) -> None:
    nasty = '=HYPERLINK("http://example.org","x")'
    submit_update(cast.action, by=cast.owner, at=MADE, status="in_progress", note=nasty)
    data = downloaded(cast.action)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data))["Actions"].iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert nasty in [cell.value for cell in cells]
    assert compared(filled_in(data, Forecast="May 2027"), cast.owner).refused == ()
    take(filled_in(data, New_progress="=cmd|' /C calc'!A0"), cast.owner)
    assert fresh(cast.action).progress == "=cmd|' /C calc'!A0"


def test_odd_text_in_grey_cells_is_never_taken_for_a_change(cast: Cast) -> None:
    note = "One\r\n\r\n  two\ttabs · bullet\x0b\x0cthree\x01 \u200b\u2028four ’“ 😀" + "y" * 5000
    submit_update(cast.action, by=cast.owner, at=MADE, status="in_progress", note=note)
    assert [one.name for one in taken(filled_in(downloaded(cast.action), Forecast="May 2027"), cast.owner).changes] == [
        "forecast"
    ]


def test_the_workbook_is_locked_but_for_its_open_cells(cast: Cast) -> None:
    other = factories.a_plan(cast.council, title="Another plan")
    further = factories.an_action(other, cast.lead, reference="9.1", lead_id=cast.post.pk)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(cast.action, further)))
    sheet = book["Actions"]
    assert [cell.value for cell in sheet[1]] == [
        "Key", "Plan", "Area", "Reference", "Action", "Lead", "Due", "Last progress",
        "Status", "New progress", "Forecast", "Confidence", "Owner’s rating",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[3]][1:7] == [
        cast.plan.title, cast.area.wording, "1.1", cast.action.wording, "Head of Service", "March 2026",
    ]  # fmt: skip
    assert [cell.protection.locked for cell in sheet[2]] == [True] * 8 + [False] * 5
    assert (sheet.protection.sheet, sheet.protection.password, sheet.protection.autoFilter) == (True, None, False)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("E2", "A1:M3")
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert '"Not yet reported,Not started,In progress,Complete"' in lists
    how_to = " ".join(str(row[0].value) for row in book["How to use"].iter_rows())
    assert "Do not enter data about individual children" in how_to
    assert "My work: 2 actions, as at 2 March 2026. Made for Olive Owner on 2 March 2026 at 9:00." in how_to


def by_libreoffice(data: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice saves it."""
    assert SOFFICE
    (folder / "sent.xlsx").write_bytes(data)
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    words = [
        SOFFICE,
        home,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(folder / "out"),
    ]
    subprocess.run([*words, str(folder / "sent.xlsx")], check=True, capture_output=True, timeout=120)
    return (folder / "out" / "sent.xlsx").read_bytes()


@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_saved_is_the_same_workbook(cast: Cast, tmp_path: Path) -> None:
    submit_update(cast.action, by=cast.owner, at=MADE, status="in_progress", note="=1+1\nTwo  lines, 1.10 & <b>")
    data = downloaded(cast.action, cast.partner_action)
    back = by_libreoffice(filled_in(data, Forecast="March 2027", New_progress="Begun,\nand so on"), tmp_path)
    found = compared(back, cast.owner)
    assert (found.unchanged, found.refused) == (1, ())
    assert [(one.where, one.after) for one in found.taken[0].changes] == [
        ("Actions!J2", "March 2027"),
        ("Actions!I2", "Begun,\nand so on"),
    ]


def test_a_date_that_a_spreadsheet_made_a_number_is_read(cast: Cast) -> None:
    back = filled_in(downloaded(cast.action), Status="In progress", Forecast=date(2027, 3, 31))
    assert taken(back, cast.owner).columns["forecast_date"] == date(2027, 3, 31)


@pytest.mark.parametrize("change", [lambda sheet: None, lambda sheet: sheet.insert_cols(3)])
def test_a_blank_workbook_is_a_plan_without_rows_until_it_is_filled_in(
    cast: Cast, change: Callable[[Any], None]
) -> None:
    areas = [cast.area.wording, "Supervision = recorded"]
    data = blank_workbook(cast.plan, areas, MadeFor("New actions", "Lena Lead", MADE))
    empty = read_plan(data, "blank.xlsx")
    assert empty.rows == ()
    assert [problem.message for problem in empty.problems] == [
        "The headings of a plan stand there, with no action under them."
    ]
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Plan"]
    headings = [cell.value for cell in sheet[1]]
    written = {
        "Reference": "1.10", "What needs to improve": areas[1], "Action": "Record supervision",
        "By whom": "Team manager",
        "By when": "March 2027", "Status": "In progress", "Progress": "Begun", "Evidence": "Audit of ten records",
    }  # fmt: skip
    for heading, text in written.items():
        sheet.cell(2, headings.index(heading) + 1).value = text
    assert not sheet.cell(EMPTY_ROWS + 1, 1).protection.locked
    assert sheet.cell(1, 1).protection.locked
    change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    filled = read_plan(stream.getvalue(), "blank.xlsx")
    (action,) = filled.rows
    assert (action.reference, action.area, action.action, action.by_who) == (
        "1.10", areas[1], "Record supervision", ("Team manager",),
    )  # fmt: skip
    assert (action.by_when.last_day, action.status, action.progress, action.evidence) == (
        date(2027, 3, 31), "in progress", "Begun", "Audit of ten records",
    )  # fmt: skip
    assert filled.problems == ()
