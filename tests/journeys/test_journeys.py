"""What people come for, in a real browser: officer, board member, improvement lead, administrator, partner."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import expect

from tests.journeys.conftest import RULES, Visitor, look_closely

PLAN = "Post-ILACS action plan"


def plan_address(visitor: Visitor) -> str:
    visitor.open("/plans/")
    return visitor.address_of(PLAN)


def test_an_officer_finds_their_action_and_records_an_update_with_a_file(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in("olu.adeyemi").page
    expect(page.get_by_role("heading", level=1)).to_contain_text("My work")
    page.get_by_role("link", name="starting PEPs").first.click()
    page.get_by_role("button", name="Give an update").click()
    page.get_by_label("In progress").check()
    page.get_by_label("What has happened since the last update?").fill("All schools now use the reminder.")
    page.get_by_label("Reason for delay").fill("Schools changed systems in the autumn.")
    page.get_by_label("Next step").fill("Remind the last two schools")
    page.get_by_label("When do you expect it to be done?").fill("March 2027")
    page.get_by_text("Add evidence: a file or a link").click()
    minutes = tmp_path / "reminder check.pdf"
    minutes.write_bytes(b"%PDF-1.7\n%%EOF\n")
    page.get_by_label("Upload a file").set_input_files(minutes)
    page.get_by_label("Outcome: it made a difference").check()
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_text("Your update on 4.2 is recorded.")).to_be_visible()
    expect(page.get_by_text("All schools now use the reminder.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="reminder check.pdf").click()
    assert Path(download.value.path()).read_bytes() == minutes.read_bytes()
    page.get_by_role("button", name="Nothing has changed").click()
    expect(page.get_by_text("Recorded: nothing has changed on 4.2.")).to_be_visible()


def test_a_board_member_sees_what_was_overdue_on_the_day_of_the_cabinet(visitor: Visitor) -> None:
    page = visitor.sign_in("ruth.goldberg").page
    expect(page.get_by_role("heading", level=1)).to_have_text("Overdue")
    page.get_by_label("Show another day").fill("16 March 2020")
    page.get_by_role("button", name="Show that day").click()
    lede = page.locator(".app-lede")
    expect(lede).to_contain_text("11 of 22 actions are overdue on 16 March 2020")
    expect(lede).to_contain_text("9 more fall due within 30 days, 1 has no date, 1 is complete")
    page.get_by_label("Plan", exact=True).select_option(label=PLAN)
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("Showing 1 to 11 of 11 actions")).to_be_visible()
    page.get_by_role("link", name="Due", exact=True).click()
    expect(page.get_by_text("Showing 1 to 11 of 11 actions")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("February 2020")


def test_a_board_member_sees_what_moved_since_the_last_meeting_and_the_rows_behind_it(visitor: Visitor) -> None:
    page = visitor.sign_in("ruth.goldberg").page
    visitor.open("/boards/")
    page.get_by_role("link", name="Practice Improvement Board").click()
    page.get_by_role("link", name="10 March 2020 at 9:30").click()
    lede = page.locator(".app-lede")
    expect(lede).to_contain_text("Since 14 January 2020 at 9:30: 6 newly overdue")
    expect(lede).to_contain_text("11 of 22 actions are overdue")
    lede.get_by_role("link", name="6 newly overdue").click()
    expect(page.locator("main table").last.locator("tbody tr")).to_have_count(6)
    page.go_back()
    lede.get_by_role("link", name="11", exact=True).first.click()
    expect(page.get_by_text("Showing 1 to 11 of 11 actions")).to_be_visible()


def test_an_improvement_lead_takes_the_plan_away_in_word_and_csv(visitor: Visitor) -> None:
    page = visitor.sign_in("megan.lloyd").page
    page.get_by_role("link", name=PLAN).click()
    with page.expect_download() as word:
        page.get_by_role("link", name="Download Word").click()
    table = Document(str(word.value.path())).tables[0]
    assert len(table.rows) == 1 + 22
    assert [cell.text for cell in table.rows[0].cells] == [
        "What needs to improve",
        "Action",
        "By whom",
        "By when",
    ]
    with page.expect_download() as file:
        page.get_by_role("link", name="Download CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(file.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == 22
    assert [row["Action"] for row in rows] == [row.tc_lst[1].p_lst[0].text for row in table._tbl.tr_lst[1:]]


def test_the_lead_decides_an_extension_that_was_asked(visitor: Visitor) -> None:
    page = visitor.sign_in("megan.lloyd").page
    visitor.open(plan_address(visitor))
    page.get_by_role("link", name="4.4").first.click()
    expect(page.get_by_text("It waits for a decision")).to_be_visible()
    page.get_by_role("button", name="Decide").click()
    page.get_by_label("Extension refused").check()
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_role("link", name="Give a reason").click()
    page.keyboard.type("The board wants a plan for the clinic first.")
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_text("Recorded: extension refused.")).to_be_visible()
    expect(page.locator(".app-history__head").first).to_contain_text("Extension refused")


def test_an_update_can_be_given_without_script(visitor_without_script: Visitor) -> None:
    visitor = visitor_without_script.sign_in("fatima.hussain")
    page = visitor.page
    page.get_by_role("link", name="clinic capacity").first.click()
    page.get_by_role("button", name="Give an update").click()
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("What has happened since the last update?").fill("Second clinic opens in May.")
    page.get_by_label("Reason for delay").fill("The rooms are in use for other work.")
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_text("Second clinic opens in May.").first).to_be_visible()


def test_the_keyboard_reaches_the_main_content_first(visitor: Visitor) -> None:
    page = visitor.sign_in("megan.lloyd").page
    visitor.open("/overdue/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def boards_pages(visitor: Visitor) -> list[str]:
    """The pages of a board that is shown a plan: its own, a meeting's, what moved, what may be late."""
    visitor.open("/boards/")
    board = visitor.address_of("Practice Improvement Board")
    visitor.open(board)
    meetings = visitor.page.locator("main table a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return ["/boards/", board, meetings[0], meetings[-2], "/movement/", "/early-warning/", "/actions/"]


@pytest.mark.parametrize("name", ["olu.adeyemi", "megan.lloyd", "ruth.goldberg", "fatima.hussain", "tom.penrose"])
def test_no_page_has_a_barrier(visitor: Visitor, name: str) -> None:
    faults = look_closely(visitor, "/sign-in/")
    visitor.sign_in(name)
    pages = [
        "/my-actions/",
        "/plans/",
        "/overdue/",
        "/overdue/?as_at=2020-09-16",
        "/overdue/?as_at=never",
        "/inspections/",
    ]
    pages += ["/measures/", "/overdue/?nothing=1", "/nowhere/", "/my-actions/calendar/"]
    pages += boards_pages(visitor) if name in ("megan.lloyd", "ruth.goldberg") else ["/boards/"]
    visitor.open("/plans/")
    links = visitor.page.locator("main table a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for start in ("/inspections/", "/measures/"):
        visitor.open(start)
        links += visitor.page.locator("main table a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for plan in [link for link in links if link.startswith("/plans/")]:
        visitor.open(plan)
        links += visitor.page.locator("main tbody a").evaluate_all("all => all.map(a => a.getAttribute('href'))")[:2]
        if name == "megan.lloyd":
            links += [f"{plan}{page}/" for page in ("add-action", "stage", "rag-key", "read", "young-people/edit")]
        if name in ("megan.lloyd", "ruth.goldberg"):
            links += [f"{plan}{page}/" for page in ("coverage", "challenges", "young-people", "published")]
    for action in [link for link in links if link.startswith("/actions/")]:
        visitor.open(action)
        found = visitor.page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        links += [link for link in found if link.endswith(("/update/", "/amend/", "/decide/"))]
        links += [link for link in found if link.startswith("/documents/")]
    for path in dict.fromkeys(pages + links):
        faults += look_closely(visitor, path)
    assert not faults, "\n".join(faults)


def test_the_administrator_updates_an_action_in_their_own_name(visitor: Visitor) -> None:
    page = visitor.sign_in("sam.taylor").page
    visitor.open("/admin/plans/action/?late=overdue")
    page.get_by_role("link", name="5.4", exact=True).click()
    page.get_by_label("What has happened").fill("Scorecard agreed with two teams.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("link", name="5.4", exact=True).first.click()
    expect(page.get_by_role("cell", name="Sam Taylor").first).to_be_visible()


def test_no_administrators_form_has_a_barrier(visitor: Visitor) -> None:
    visitor.sign_in("sam.taylor")
    visitor.open("/admin/plans/")
    lists = visitor.page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    pages = ["/admin/", "/admin/password_change/"] + [
        link for link in lists if re.fullmatch(r"/admin/plans/\w+/", link)
    ]
    for listing in pages[2:]:
        visitor.open(listing)
        rows = visitor.page.locator("#result_list th a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        pages += [row.split("?")[0] for row in rows[:1]]
    faults = []
    for path in dict.fromkeys(pages):
        visitor.open(path)
        found = Axe().run(visitor.page, options=RULES)
        faults += [f"{path}: {rule['id']} {rule['nodes'][0]['html']}" for rule in found.response["violations"]]
    # The checker itself writes styles into these pages, which the policy refuses.
    visitor.errors = [error for error in visitor.errors if "Applying inline style" not in error]
    assert not faults, "\n".join(faults)
