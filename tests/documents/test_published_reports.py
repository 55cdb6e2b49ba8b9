"""The reader against published reports, when they are at hand: asks, grades and dates, measured."""

from __future__ import annotations

import os
import statistics
import time
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plans.documents.proposals import ProposedArea, ProposedInspection
from plans.documents.read_report import read_report

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("PUBLISHED_REPORTS", ROOT.parent / "shared"))
EXPECTED = tomllib.loads((Path(__file__).parent / "expected_reports.toml").read_text(encoding="utf-8"))["report"]
LEAST = 0.99


def published(name: str) -> Path | None:
    return next((path for path in (SHARED / "reports" / name, SHARED / "seeds" / name) if path.exists()), None)


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, Any], ProposedInspection, float]]:
    found = []
    for report in EXPECTED:
        path = published(report["file"])
        if path is None:
            continue
        began = time.perf_counter()
        proposal = read_report(path.read_bytes(), path.name)
        found.append((report, proposal, time.perf_counter() - began))
    if len(found) < len(EXPECTED):
        message = f"{len(EXPECTED) - len(found)} of {len(EXPECTED)} published reports are not in {SHARED}"
        warnings.warn(pytest.PytestWarning(message), stacklevel=1) if found else pytest.skip(message)
    return found


def shortened(area: ProposedArea) -> tuple[str, str]:
    """An ask as the expected readings write it: its group, its first and last words."""
    words = area.text.split()
    text = f"{' '.join(words[:5])} … {' '.join(words[-2:])}" if len(words) > 7 else area.text
    number = f"{area.number}. " if area.number else ""
    reference = f" [{area.reference}]" if area.reference else ""
    group = " | ".join(one or "-" for one in (area.kind, area.timescale, area.body, area.theme))
    return group, f"{number}{text}{reference}"


def expected_asks(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for group, *texts in report.get("asks", []):
        yield from ((group, text) for text in texts)


def test_asks_are_found_whole(readings: list[tuple[dict[str, Any], ProposedInspection, float]]) -> None:
    right: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for report, proposal, _seconds in readings:
        here, read = Counter(expected_asks(report)), Counter(map(shortened, proposal.areas))
        for (group, text), count in here.items():
            wanted[group.split(" | ")[0]] += count
            right[group.split(" | ")[0]] += min(count, read[group, text])
            if count > read[group, text]:
                wrong.append(f"{report['file']}: missed {group}: {text}")
        for (group, text), count in read.items():
            given[group.split(" | ")[0]] += count
            if count > here[group, text]:
                wrong.append(f"{report['file']}: unwanted {group}: {text}")
    print(f"\n{'kind':36} {'asks':>5} {'precision':>10} {'recall':>8}")
    for kind in sorted(set(wanted) | set(given)):
        precision = right[kind] / given[kind] if given[kind] else 0.0
        recall = right[kind] / wanted[kind] if wanted[kind] else 0.0
        print(f"{kind:36} {wanted[kind]:>5} {precision:>10.1%} {recall:>8.1%}")
    total = sum(right.values())
    precision, recall = total / sum(given.values()), total / sum(wanted.values())
    print(f"{'all':36} {sum(wanted.values()):>5} {precision:>10.1%} {recall:>8.1%}")
    assert precision >= LEAST, "\n".join(wrong)
    assert recall >= LEAST, "\n".join(wrong)


def test_facts_are_read_as_printed(readings: list[tuple[dict[str, Any], ProposedInspection, float]]) -> None:
    wrong = []
    for report, proposal, _seconds in readings:
        facts = {
            "authority": proposal.authority,
            "framework": proposal.framework,
            "spells": [[first.isoformat(), last.isoformat()] for first, last in proposal.spells] or None,
            "published": proposal.published.isoformat() if proposal.published else None,
            "lead_inspector": proposal.lead_inspector,
            "judgements": [f"{one.area} = {one.grade}" for one in proposal.judgements] or None,
        }
        wrong += [f"{report['file']}: {name} is {was}, not {report.get(name)}"
                  for name, was in facts.items() if was != report.get(name)]  # fmt: skip
    assert wrong == []


def test_a_reading_takes_under_a_second(readings: list[tuple[dict[str, Any], ProposedInspection, float]]) -> None:
    times = sorted(seconds for _report, _proposal, seconds in readings)
    print(f"\nmedian {statistics.median(times):.2f} s, slowest {times[-1]:.2f} s of {len(times)}")
    assert statistics.median(times) < 1
    assert times[-1] < 30


def test_the_expected_readings_are_many_and_of_every_kind() -> None:
    assert len(EXPECTED) == 69
    frameworks = {report.get("framework") for report in EXPECTED}
    assert {"POC", "LAC", "SIF", "ILACS_2018", "ILACS_2023", "ILACS_2026", "JTAI_2016", "JTAI_2022", "SEND_2023"} <= {
        one for one in frameworks if one
    }
