"""An invitation becomes an account with an authenticator app, in a real browser, with and without script."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor, look_at_this_page, look_closely


def code_of(key: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(key.replace(" ", ""), int(time.time()) // 30 + later))


def test_an_administrator_invites_and_looks_after_people(visitor: Visitor) -> None:
    page = visitor.sign_in("sam.taylor").page
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    page.get_by_role("button", name="Invite a person").click()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("link", name="Enter name").click()
    page.keyboard.type("Nia New")
    page.get_by_label("E-mail address").fill("nia.new@example.org")
    page.get_by_label("Reader").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Invited: nia.new@example.org")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Nia New"))).to_contain_text("Reader")
    assert look_at_this_page(visitor, "people") == []
    page.get_by_role("link", name="Anna Kowalska").click()
    page.get_by_label("Officer").check()
    page.get_by_role("button", name="Save roles").click()
    expect(page.get_by_text("The roles are changed.")).to_be_visible()
    page.get_by_label("Officer").uncheck()
    page.get_by_role("button", name="Save roles").click()
    assert look_at_this_page(visitor, "person") == []


def test_somebody_sets_up_an_authenticator_and_signs_in_with_it(
    visitor_without_script: Visitor, tmp_path: Path
) -> None:
    visitor = visitor_without_script.sign_in("james.okafor")
    page = visitor.page
    page.get_by_role("link", name="James Okafor").click()
    page.get_by_role("link", name="Set up an authenticator app").click()
    expect(page.get_by_alt_text("QR code with the key below")).to_be_visible()
    key = page.locator(".app-hash").inner_text()
    assert page.evaluate("document.images[0].naturalWidth") > 0
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.locator(".app-hash").inner_text() == key
    page.get_by_label("Code").fill(code_of(key))
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as text").click()
    assert codes[9] in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Sign out").click()
    visitor.sign_in("james.okafor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code from your authenticator app")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overdue")
    page.get_by_role("link", name="James Okafor").click()
    expect(page.get_by_text("9 unused")).to_be_visible()
    page.get_by_role("link", name="Remove the authenticator app").click()
    page.get_by_role("button", name="Remove the app").click()
    expect(page.get_by_text("The app is removed.")).to_be_visible()


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in/reset/", "/sign-in/reset/sent/"])
def test_pages_before_signing_in_are_for_everybody(visitor: Visitor, path: str) -> None:
    assert look_closely(visitor, path) == []


def test_pages_of_the_account_are_for_everybody(visitor: Visitor) -> None:
    visitor.sign_in("sam.taylor")
    faults = []
    for path in ("/account/", "/account/sessions/", "/account/password/", "/account/authenticator/", "/people/invite/"):
        faults += look_closely(visitor, path)
    assert faults == []
