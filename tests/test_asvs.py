"""The table of the OWASP standard in docs/security.md is whole, and the tests that it names are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
ANSWERS = {"held", "not applicable", "by the operator", "not held"}
# ASVS 5.0.0: of each section, how many requirements are of level 1 or 2; they are the first of it.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3
5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3
9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4
17.3:2
"""


def expected() -> list[str]:
    sections = (part.split(":") for part in SECTIONS.split())
    return [f"{section}.{number}" for section, count in sections for number in range(1, int(count) + 1)]


def test_every_requirement_has_one_row_in_its_order() -> None:
    assert len(expected()) == 253
    assert [row[0] for row in ROW.findall(PAGE)] == expected()


def test_every_row_is_answered_and_what_is_not_held_has_its_reason() -> None:
    for number, what, answer, reason in ROW.findall(PAGE):
        assert answer in ANSWERS, number
        assert what.strip(), number
        assert reason.strip() or answer == "held", number
        if answer == "not held":
            assert len(TEST.sub("", reason).strip()) > 30, number


def test_the_sentence_above_the_table_counts_it() -> None:
    count = Counter(row[2] for row in ROW.findall(PAGE))
    held, none, operator, missed = (count[each] for each in ("held", "not applicable", "by the operator", "not held"))
    plain = " ".join(PAGE.split())
    assert (
        f"Of 253 requirements {held} are held, {none} do not apply, {operator} are the operator's, and {missed} are"
        in plain
    )


@pytest.mark.parametrize("path", sorted({path for path, _ in TEST.findall(PAGE)}))
def test_every_test_that_is_named_exists(path: str) -> None:
    file = ROOT / path
    assert file.is_file()
    source = file.read_text(encoding="utf-8")
    for named, name in TEST.findall(PAGE):
        if named == path and name:
            assert f"def {name}(" in source, name


def test_limits_in_the_page_are_those_of_the_settings() -> None:
    from django.conf import settings

    said = {name: rate.split(",")[0].split("/")[0] for name, rate in settings.ACCOUNT_RATE_LIMITS.items()}
    table = PAGE.split("## Limits")[1].split("## Uploads")[0]
    for name in (
        "search",
        "list_words",
        "papers",
        "upload",
        "interface",
        "interface_refused",
        "calendar_feed",
        "published",
    ):
        assert re.search(rf"\| {said[name]} (?:a|an|in) ", table), name
