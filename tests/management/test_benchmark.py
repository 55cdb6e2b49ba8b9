"""The benchmark runs and measures every format beside its floor."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from plans.management import benchmark_papers
from plans.management.commands import benchmark
from plans.management.measuring import Line, Measured


def test_it_measures_each_format_beside_its_floor() -> None:
    (line, *_) = list(benchmark_papers.lines(sizes=(20,), runs=1))
    assert min(line.ours.seconds, line.ours.worked, line.floor.worked) > 0
    assert line.ours.megabytes > 10


@pytest.mark.parametrize("floor", ["lxml_rows", "bare_typst", "bare_xlsxwriter", "csv_writer"])
def test_a_floor_writes_the_rows(floor: str) -> None:
    made = getattr(benchmark_papers, floor)(benchmark_papers.texts(20))
    assert len(made) > 500


def test_it_says_what_is_held_and_how_it_grew(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        Line("Word paper, rows", 10, Measured(9.0, 1.0, 50), Measured(1.0, 1.0, 40), 2.0),
        Line("Word paper, rows", 100, Measured(9.0, 30.0, 60), Measured(10.0, 10.0, 50), 2.0),
    ]
    monkeypatch.setitem(benchmark.PARTS, "papers", lambda **given: lines)
    out = StringIO()
    call_command("benchmark", "--papers", stdout=out)
    heading, first, second, growth = out.getvalue().splitlines()
    assert heading.split()[:2] == ["path", "size"]
    assert first.endswith("yes")
    assert second.endswith("NO")
    assert "3.00 times" in growth
    assert growth.endswith("(MORE THAN LINEAR)")
