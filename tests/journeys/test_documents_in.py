"""From a published report, or the council's own table, to a plan, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.documents.plan_files import csv_file
from tests.journeys.conftest import ROOT, Visitor, look_at_this_page
from tests.web.test_plan_files import HEADINGS
from tests.web.test_reports import report

SHARED = Path(os.environ.get("PUBLISHED_REPORTS", ROOT.parent / "shared"))
PUBLISHED = SHARED / "reports" / "la-2018-08-24-torbay.pdf"


def read_in(visitor: Visitor, file: Path) -> list[str]:
    """Upload a report and accept what was read; answers the titles of the screens on the way, the plan's last."""
    page = visitor.page
    screens = []
    visitor.open("/inspections/")
    page.get_by_role("button", name="Read a report").click()
    screens.append(page.title())
    page.get_by_label("The report").set_input_files(file)
    page.get_by_role("button", name="Read the report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check what was read")
    screens.append(page.title())
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Improvement plan:")
    screens.append(page.title())
    return screens


def test_a_report_becomes_a_draft_plan_in_three_screens(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in("grace.mbeki").page
    file = tmp_path / "report.pdf"
    file.write_bytes(report("Torbay Council"))
    assert len(read_in(visitor, file)) == 3
    expect(page.get_by_text("No actions yet")).to_be_visible()
    expect(page.get_by_text("The quality of pathway plans for care leavers.")).to_be_visible()


def test_a_published_report_becomes_a_draft_plan_in_at_most_five_screens(visitor: Visitor) -> None:
    if not PUBLISHED.exists():
        pytest.skip("The published reports are not at hand.")
    page = visitor.sign_in("grace.mbeki").page
    assert len(read_in(visitor, PUBLISHED)) <= 5
    expect(page.get_by_text("Areas without an action")).to_be_visible()
    expect(page.get_by_text("may repeat what an earlier inspection asked")).to_be_visible()
    page.locator("main dl a[href*='/inspections/']").first.click()
    expect(page.get_by_role("cell", name="Inadequate").first).to_be_visible()


def test_what_was_read_is_shown_beside_its_line_without_a_barrier(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in("grace.mbeki").page
    file = tmp_path / "another report.pdf"
    file.write_bytes(report("Torbay Council", lead="Somebody Else"))
    faults = look_at_this_page(visitor, visitor.page.url)
    visitor.open("/inspections/read/")
    faults += look_at_this_page(visitor, "the upload")
    page.get_by_label("The report").set_input_files(file)
    page.get_by_role("button", name="Read the report").click()
    picture = page.get_by_role("img", name="How soon strategy meetings")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    faults += look_at_this_page(visitor, "the review")
    page.get_by_label("Title", exact=True).fill("")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter title")
    faults += look_at_this_page(visitor, "the review with a mistake")
    page.get_by_role("button", name="Leave this report out").click()
    expect(page.get_by_text("has been left out")).to_be_visible()
    assert not faults, "\n".join(faults)


def test_the_councils_own_table_becomes_actions(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in("grace.mbeki").page
    visitor.open("/plans/new/")
    faults = look_at_this_page(visitor, "a new plan")
    page.get_by_label("Title of the plan").fill("A plan from a table")
    page.get_by_role("button", name="Start the plan").click()
    page.get_by_role("link", name="Read actions from a file").click()
    faults += look_at_this_page(visitor, "the upload of a plan")
    file = tmp_path / "plan.csv"
    file.write_bytes(
        csv_file(
            [HEADINGS, ("Recording of visits", "1.1", "Audit visit records", "Principal Social Worker", "May 2027", "")]
        )
    )
    page.get_by_label("The plan").set_input_files(file)
    page.get_by_role("button", name="Read the plan").click()
    expect(page.locator(".app-lede")).to_contain_text("1 row: 1 new, 0 changed, 0 unchanged")
    page.get_by_text("Change row 1").click()
    page.get_by_label("By when, as printed").fill("June 2027")
    faults += look_at_this_page(visitor, "the rows")
    page.get_by_role("link", name="Change what the columns hold").click()
    faults += look_at_this_page(visitor, "the columns")
    page.get_by_role("button", name="Read the file again").click()
    page.get_by_text("Change row 1").click()
    page.get_by_label("By when, as printed").fill("June 2027")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("1 action added")).to_be_visible()
    expect(page.get_by_text("June 2027").first).to_be_visible()
    assert not faults, "\n".join(faults)
