"""Programs read a running server with tokens that people made on the page, and find what those people may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from plans.web.api.routes import interface
from tests.journeys.conftest import Visitor

OPERATIONS = [
    (method, path) for path, operations in interface.get_openapi_schema()["paths"].items() for method in operations
]
# Made-up tokens are tried elsewhere. No schema can say what the rules of an action refuse.
NOT_HERE = [ignored_auth, positive_data_acceptance]
ONE_BY_ONE = ("plans", "actions", "measures", "inspections")
LISTS = ("plans", "areas", "actions", "updates", "measures", "inspections")
CASES = 12


@dataclass
class Program:
    """What a person's token opens on the server."""

    server: str
    headers: dict[str, str]

    def answer(self, path: str) -> requests.Response:
        return requests.get(f"{self.server}/api/v1/{path}", headers=self.headers, timeout=30)

    def ids(self, name: str) -> set[int]:
        """The numbers of every row of a list, over all its pages."""
        found: set[int] = set()
        address: str | None = f"{self.server}/api/v1/{name}"
        while address:
            page = requests.get(address, headers=self.headers, timeout=30).json()
            found |= {row["id"] for row in page["items"]}
            address = page["next"]
        return found


def program_of(browser: Browser, server: str, name: str) -> Program:
    """A token made as a person makes one."""
    context = browser.new_context()
    page = Visitor(context.new_page(), server).sign_in(name).page
    page.goto(f"{server}/tokens/new/")
    page.get_by_label("What is it for?").fill("Performance workbook")
    page.get_by_label("30 days").check()
    page.get_by_label("It may record updates").check()
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Copy your token now")
    secret = page.get_by_label("Your token").input_value()
    context.close()
    return Program(server, {"Authorization": f"Bearer {secret}"})


@pytest.fixture(scope="module")
def theirs(browser: Browser, server: str) -> Program:
    return program_of(browser, server, "grace.mbeki")


@pytest.fixture(scope="module")
def mine(browser: Browser, server: str) -> Program:
    return program_of(browser, server, "megan.lloyd")


def test_two_councils_find_nothing_of_each_other(mine: Program, theirs: Program) -> None:
    for name in LISTS:
        ours, others = mine.ids(name), theirs.ids(name)
        assert ours
        assert not ours & others, name
        for number in sorted(ours)[:5]:
            if name in ONE_BY_ONE:
                assert mine.answer(f"{name}/{number}").status_code == 200
                assert theirs.answer(f"{name}/{number}").status_code == 404
    assert theirs.ids("inspections")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_running_server_answers_as_it_describes(method: str, path: str, mine: Program, theirs: Program) -> None:
    """With any words, with numbers of one's own, and with the numbers of another council."""
    operation = schemathesis.openapi.from_url(f"{mine.server}/api/v1/openapi.json", headers=mine.headers)[path][method]
    numbers = {name: sorted(mine.ids(name)) for name in ONE_BY_ONE}

    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), whose=st.sampled_from(["anybody", "mine", "others"]), data=st.data())
    def holds(case: Any, whose: str, data: st.DataObject) -> None:
        asked = {name: numbers[name.replace("_id", "s")] for name in case.path_parameters or {}}
        if whose != "anybody" and asked:
            case.path_parameters = {name: data.draw(st.sampled_from(ids)) for name, ids in asked.items()}
        caller, not_theirs = (theirs, "Derbyshire") if whose == "others" else (mine, "Torbay")
        answer = case.call(headers=caller.headers, timeout=30)
        case.validate_response(answer, excluded_checks=NOT_HERE)
        assert answer.status_code < 500
        assert not_theirs not in answer.text
        if whose == "others" and asked:
            assert answer.status_code in (404, 422)

    holds()
