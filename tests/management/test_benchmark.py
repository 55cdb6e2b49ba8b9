"""The benchmark runs: every format and every page beside its floor, and what was saved can be drawn."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from lxml import etree

from plans.improvement_plan.models import Plan, Update
from plans.management import benchmark_pages, benchmark_papers
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
    monkeypatch.setattr(benchmark, "PAPERS", lambda **given: lines)
    out = StringIO()
    call_command("benchmark", "--papers", stdout=out)
    heading, first, second, growth = out.getvalue().splitlines()
    assert heading.split()[:2] == ["path", "size"]
    assert first.endswith("yes")
    assert second.endswith("NO")
    assert "3.00 times" in growth
    assert growth.endswith("(MORE THAN LINEAR)")


def test_every_page_is_measured_and_nothing_stays(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(benchmark_pages, "ROWS_OF_AN_IMPORT", 3)
    call_command("load_sample", actions=60, updates_per_action=5, seed=2, stdout=StringIO())
    before = Update.objects.count(), Plan.objects.count()
    out, saved = StringIO(), tmp_path / "60.json"
    call_command("benchmark", "--pages", runs=1, save=saved, stdout=out)
    assert (Update.objects.count(), Plan.objects.count(), Session.objects.count()) == (*before, 0)
    there, heading, *lines = out.getvalue().splitlines()
    assert there.startswith("60 actions, 300 updates, ")
    assert len(lines) == 19
    assert all(len(heading) == len(line) for line in lines)
    found = {(path["path"], path["reader"]): path for path in json.loads(saved.read_text())["paths"]}
    assert found["overdue, page 1", "all councils"]["queries"] <= 12
    assert found["save an update", "officer"]["rows"] > 0
    assert min(path["floor_worked"] for path in found.values()) > 0


def test_it_asks_for_a_population_where_there_is_none(db: None) -> None:
    with pytest.raises(CommandError, match="load_sample"):
        call_command("benchmark", "--pages", stdout=StringIO())


def test_the_drawing_has_a_line_for_each_database_and_path(tmp_path: Path) -> None:
    def figures(actions: int, database: str) -> Path:
        path: dict[str, Any] = {"path": "overdue, page 1", "reader": "one council", "worked": actions / 1e6}
        file = tmp_path / f"{database}{actions}.json"
        file.write_text(json.dumps({"actions": actions, "database": database, "paths": [path]}))
        return file

    files = [figures(actions, database) for actions in (1_000, 10_000) for database in ("sqlite", "postgresql")]
    picture = tmp_path / "growth.svg"
    call_command("benchmark", draw=[picture, *files])
    drawn = etree.fromstring(picture.read_bytes())
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(str(line.get("points")).split()) for line in lines] == [2, 2]
    assert {"SQLite", "PostgreSQL", "10,000", "1 ms"} <= {text.strip() for text in drawn.itertext()}
