"""A real browser against a real server with the demonstration's data."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from plans.management.demo_accounts import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDTHS = (1280, 375, 320)

# The browser's event loop runs beside the tests, which use the database in the ordinary way.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn("NO BROWSER: install Chromium to run the journeys. They were left out.", stacklevel=1)
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", *quiet],
    }


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server started as “make demo” starts it, with data of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
        "DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "PORT": str(port),
    }
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(900):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/sign-in/", timeout=2) as answer:
                assert b"Improvement Plan Tracker" in answer.read()
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The server did not answer: {log.read_text()}")


class Visitor:
    """Somebody at a browser. Errors in the console or from the server fail the journey."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.errors: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "response",
            lambda answer: self.errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )

    def _note(self, said: ConsoleMessage) -> None:
        # Chromium reports every answer of 400 and 404 as an error; those are what some journeys are for.
        if said.type == "error" and "status of 40" not in said.text:
            self.errors.append(said.text)

    def open(self, path: str) -> None:
        self.page.goto(self.server + path)

    def sign_in(self, name: str) -> Visitor:
        self.open("/sign-in/")
        self.page.get_by_label("E-mail address").fill(f"{name}@example.org")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        return self

    def address_of(self, link: str) -> str:
        """Where a link of this page leads, without the server."""
        return str(self.page.get_by_role("link", name=link).first.get_attribute("href"))


@pytest.fixture
def visitor(page: Page, server: str) -> Iterator[Visitor]:
    visitor = Visitor(page, server)
    yield visitor
    assert visitor.errors == []


@pytest.fixture
def visitor_without_script(browser: Browser, server: str) -> Iterator[Visitor]:
    context = browser.new_context(java_script_enabled=False)
    visitor = Visitor(context.new_page(), server)
    yield visitor
    assert visitor.errors == []
    context.close()


def look_closely(visitor: Visitor, path: str) -> list[str]:
    """Faults of a page: WCAG 2.2 AA by axe, and scrolling sideways on any screen."""
    visitor.open(path)
    return look_at_this_page(visitor, path)


def look_at_this_page(visitor: Visitor, name: str) -> list[str]:
    """Faults of the page that is open."""
    faults = []
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        if visitor.page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name} scrolls sideways at {width}")
    visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    found = Axe().run(visitor.page, options=RULES)
    return faults + [f"{name}: {rule['id']} {rule['nodes'][0]['html']}" for rule in found.response["violations"]]
