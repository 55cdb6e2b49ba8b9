"""A paper from the plan to its files, in a real browser: by the lead without script, and read by a board member."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor, look_at_this_page, look_closely

PLAN = "Post-ILACS action plan"


def papers_address(visitor: Visitor) -> str:
    visitor.open("/plans/")
    return visitor.address_of(PLAN) + "papers/"


def begin(visitor: Visitor, kind: str, *, day: str = "16 March 2020") -> str:
    """Begin a draft; its address."""
    page = visitor.page
    visitor.open(papers_address(visitor))
    page.get_by_role("link", name=re.compile(f"^{kind}.*make this paper")).click()
    page.get_by_label("As at which day?").fill(day)
    page.get_by_role("button", name="Begin a draft").click()
    expect(page.get_by_text("The draft is begun.")).to_be_visible()
    return page.url.removeprefix(visitor.server)


def test_a_paper_is_made_and_issued_without_script_and_a_board_member_takes_it_away(
    visitor_without_script: Visitor, visitor: Visitor
) -> None:
    lead = visitor_without_script.sign_in("megan.lloyd")
    page = lead.page
    draft = begin(lead, "Full plan")
    expect(page.locator(".app-lede")).to_contain_text("22 actions on")
    lead.open(f"{draft}rows/")
    page.get_by_label("Which list?").select_option(label="Overdue")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("11 of 22 actions are chosen.")).to_be_visible()
    lead.open(f"{draft}columns/")
    page.get_by_label("Status", exact=True).check()
    page.get_by_label("Place of “Status”").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("columnheader").first).to_have_text("Status")
    page.get_by_role("button", name="Make it ready").click()
    expect(page.get_by_text("as at 16 March 2020, and no longer follows the plan")).to_be_visible()
    page.get_by_role("button", name="Issue it").click()
    page.get_by_role("button", name="Issue it").click()
    page.get_by_role("link", name="I have looked at the preview").click()
    page.get_by_label("I have looked at the preview").check()
    page.get_by_role("button", name="Issue it").click()
    # The page looks again by itself until the paper is there.
    expect(page.get_by_text("Make the same again")).to_be_visible(timeout=60_000)
    title = page.get_by_role("heading", level=1).inner_text().splitlines()[-1]

    board = visitor.sign_in("ruth.goldberg")
    board.open(papers_address(board))
    board.page.get_by_role("link", name=title, exact=True).first.click()
    expect(board.page.locator(".app-lede")).to_contain_text("11 actions on")
    expect(board.page.get_by_text("Make the same again")).to_have_count(0)
    with board.page.expect_download() as download:
        board.page.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert look_at_this_page(board, "an issued paper") == []


def test_a_report_to_cabinet_is_written_part_by_part(visitor: Visitor) -> None:
    page = visitor.sign_in("megan.lloyd").page
    draft = begin(visitor, "Cabinet report")
    expect(page.get_by_text("There is no recommendation.")).to_be_visible()
    visitor.open(f"{draft}words/")
    page.get_by_label("Purpose of the report").fill("To tell members of progress.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("To tell members of progress.")).to_be_visible()
    visitor.open(f"{draft}recommendations/")
    page.get_by_label("Recommendation 1: What").fill("the plan")
    page.get_by_role("button", name="Add another").click()
    page.get_by_label("Recommendation 2: What").fill("progress")
    page.get_by_role("button", name="Remove recommendation 1").click()
    expect(page.get_by_label("Recommendation 1: What")).to_have_value("progress")
    faults = [
        fault
        for part in ("", "details/", "rows/", "columns/", "words/", "recommendations/", "discard/")
        for fault in look_closely(visitor, f"{draft}{part}")
    ]
    assert faults == []


def test_the_pages_of_papers_hold_on_every_screen(visitor: Visitor) -> None:
    page = visitor.sign_in("megan.lloyd").page
    faults = look_closely(visitor, papers_address(visitor))
    faults += look_closely(visitor, papers_address(visitor) + "new/")
    for kind in ("Board pack", "What moved", "Measures"):
        begin(visitor, kind)
        faults += look_at_this_page(visitor, kind)
    visitor.open("/overdue/")
    page.get_by_role("link", name="Make a paper of these rows").click()
    expect(page.locator("main")).to_contain_text(re.compile("The rows of your list are taken over|Choose which"))
    faults += look_at_this_page(visitor, "a paper of these rows")
    assert faults == []
