"""My work in a real browser: from an e-mail to a saved update on a phone, a sign-in that ends, a partner's link."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from plans.management.demo_accounts import PASSWORD
from tests.journeys.conftest import RULES, Visitor, look_at_this_page

PHONE = {"width": 375, "height": 812}
A_CHARACTER = 60  # milliseconds
BETWEEN_FIELDS = 1.5  # seconds
MOST_SECONDS = 60


def axe_clean(page: Page) -> None:
    assert Axe().run(page, options=RULES).response["violations"] == []


def write(field: Locator, words: str) -> None:
    """As somebody writes on a phone: touch, write, look for the next."""
    field.tap()
    field.press_sequentially(words, delay=A_CHARACTER)
    time.sleep(BETWEEN_FIELDS)


def test_from_an_e_mail_to_a_saved_update_on_a_phone_in_under_a_minute(
    browser: Browser, server: str, visitor: Visitor
) -> None:
    address = visitor.sign_in("olu.adeyemi").address_of("4.2")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    begun = time.monotonic()
    page.goto(f"{server}{address}update/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=.*/update/"))
    time.sleep(BETWEEN_FIELDS)
    write(page.get_by_label("E-mail address"), "olu.adeyemi@example.org")
    write(page.get_by_label("Password", exact=True), PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Update on action 4.2")
    time.sleep(BETWEEN_FIELDS)
    page.get_by_label("In progress").tap()
    time.sleep(BETWEEN_FIELDS)
    write(page.get_by_label("What has happened since the last update?"), "All schools but two use the reminder now.")
    write(page.get_by_label("Reason for delay"), "Two schools changed systems in the autumn.")
    page.get_by_label("Medium").tap()
    time.sleep(BETWEEN_FIELDS)
    page.get_by_role("button", name="Save update").tap()
    expect(page.get_by_text("Your update on 4.2 is recorded.")).to_be_visible()
    seconds = time.monotonic() - begun
    print(f"\nFrom the e-mail to the saved update on a phone: {seconds:.1f} seconds.")
    assert seconds < MOST_SECONDS
    axe_clean(page)
    page.goto(f"{server}{address}update/")
    axe_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()


@pytest.mark.parametrize(
    ("name", "scripts", "action"), [("fatima.hussain", True, "4.4"), ("olu.adeyemi", False, "4.2")]
)
def test_a_sign_in_that_ends_while_somebody_types_loses_nothing(
    browser: Browser, server: str, name: str, scripts: bool, action: str
) -> None:
    context = browser.new_context(java_script_enabled=scripts, viewport=PHONE)
    visitor = Visitor(context.new_page(), server)
    page = visitor.sign_in(name).page
    if page.get_by_role("button", name="Save updates").count():
        page.locator("summary").filter(has_text=re.compile(r"Update \d")).first.click()
        save = page.get_by_role("button", name=re.compile(r"^Save \d"))
    else:
        # Another journey has given this month's update already.
        visitor.open(f"{visitor.address_of(action)}update/")
        save = page.get_by_role("button", name="Save update")
    said = f"Typed before the sign-in ended, by {name}."
    page.get_by_label("What has happened since the last update?").first.fill(said)
    page.get_by_label("Reason for delay").first.fill("Schools changed systems.")
    context.clear_cookies(name="sessionid")
    save.first.click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your sign-in had ended before this was recorded.")).to_be_visible()
    expect(page.get_by_label("What has happened since the last update?").first).to_have_value(said)
    save.first.click()
    expect(page.get_by_text(re.compile(rf"Recorded: your update|Your update on {action} is recorded"))).to_be_visible()
    if page.get_by_role("heading", level=1, name="My work").count():
        page.locator(".govuk-notification-banner__link").first.click()
    expect(page.locator(".app-history__text").first).to_contain_text(said)
    assert visitor.errors == []
    context.close()


def test_a_draft_is_kept_for_later_and_several_are_told_unchanged(visitor: Visitor) -> None:
    page = visitor.sign_in("olu.adeyemi").page
    visitor.open("/my-actions/")
    address = visitor.address_of("4.2")
    visitor.open(f"{address}update/")
    page.get_by_label("Next step").fill("To be finished on Monday")
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Saved for later, not sent: your update on 4.2.")).to_be_visible()
    expect(page.get_by_role("link", name="Go on with your draft")).to_be_visible()
    assert look_at_this_page(visitor, "my work with a draft") == []
    page.get_by_role("link", name="Go on with your draft").click()
    expect(page.get_by_label("Next step")).to_have_value("To be finished on Monday")
    assert look_at_this_page(visitor, "a draft") == []
    page.get_by_role("button", name="Throw the draft away").click()
    expect(page.get_by_label("Next step")).not_to_have_value("To be finished on Monday")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_partner_without_an_account_proposes_and_the_council_accepts(
    browser: Browser, server: str, visitor: Visitor, scripts: bool
) -> None:
    page = visitor.sign_in("megan.lloyd").page
    visitor.open("/plans/")
    visitor.open(f"{visitor.address_of('Post-ILACS action plan')}partner-links/new/")
    page.get_by_label("Post of the partner").select_option(index=1)
    page.get_by_label("Name of the contact").fill("Nia Nurse")
    page.get_by_label("E-mail address of the contact").fill("nia.nurse@example.org")
    assert look_at_this_page(visitor, "make a link") == []
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Its address").input_value()
    assert look_at_this_page(visitor, "the link is made") == []

    context = browser.new_context(java_script_enabled=scripts)
    contact = Visitor(context.new_page(), server)
    contact.page.goto(link)
    expect(contact.page.get_by_role("heading", name="4.4 Provide more clinic capacity")).to_be_visible()
    expect(contact.page.get_by_role("navigation")).to_have_count(0)
    contact.page.locator("summary").filter(has_text="Say how it stands").click()
    said = f"The second clinic opens in May (scripts {scripts})."
    contact.page.get_by_label("What has happened since the last update?").fill(said)
    contact.page.get_by_label("Reason for delay").fill("The rooms were in use.")
    if scripts:
        assert look_at_this_page(contact, "the contact's page") == []
    contact.page.get_by_role("button", name="Send to the council").click()
    expect(contact.page.get_by_text("Sent to the council: 1 update (4.4).")).to_be_visible()
    expect(contact.page.get_by_text("It waits for the council.")).to_be_visible()
    contact.open("/plans/")
    expect(contact.page.get_by_role("heading", level=1)).to_have_text("Sign in")

    visitor.open("/proposals/")
    assert look_at_this_page(visitor, "proposals") == []
    page.get_by_role("link", name="Look closer").click()
    assert look_at_this_page(visitor, "a proposal") == []
    page.get_by_role("button", name="Accept and record it in my name").click()
    expect(page.get_by_text("Accepted and recorded in your name: the update on 4.4.")).to_be_visible()
    contact.page.goto(link)
    expect(contact.page.get_by_text("Accepted by the council")).to_be_visible()
    assert contact.errors == []
    context.close()
