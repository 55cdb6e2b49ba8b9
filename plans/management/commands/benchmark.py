"""Measure the hot paths, each beside the plainest way to do as much in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from plans.improvement_plan.models import Action, Update
from plans.management import benchmark_pages, benchmark_papers, benchmark_served
from plans.management.benchmark_chart import growth_chart
from plans.management.benchmark_pages import Figures
from plans.management.benchmark_served import CONNECTIONS, SECONDS, Busy, Served
from plans.management.benchmark_servers import WORKERS
from plans.management.measuring import Line

# What measures the writers at so many rows, so often.
PAPERS: Callable[..., Iterable[Line]] = benchmark_papers.lines
PAGES: Callable[..., Iterable[Figures]] = benchmark_pages.lines

OF_A_PAGE = "{:26} {:12} {:>9} {:>8} {:>9} {:>9} {:>9} {:>6} {:>7} {:>6} {:>6} {:>5}"
PAGE_HEADINGS = OF_A_PAGE.format(
    "path",
    "reader",
    "median ms",
    "p95 ms",
    "worked ms",
    "floor ms",
    "worked ms",
    "ratio",
    "queries",
    "rows",
    "KB",
    "MB",
)
OF_SERVED = "{:26} {:12} {:>9} {:>8} {:>9} {:>6}"
SERVED_HEADINGS = OF_SERVED.format("path", "reader", "median ms", "p95 ms", "floor ms", "ratio")
OF_BUSY = "{:48} {:>9} {:>8}"
OF_A_PAPER = "{:20} {:>7} {:>9} {:>9} {:>6} {:>9} {:>9} {:>9} {:>6} {:>8}  {}"
PAPER_HEADINGS = OF_A_PAPER.format(
    "path", "size", "seconds", "worked", "MB", "floor s", "worked", "floor MB", "ratio", "at most", "held"
)
# From one size to the next, work may grow by this much more than the size does.
STEEPEST = 1.4


class Command(BaseCommand):
    help = (
        "Measures time, queries and memory of the hot paths beside their floors, on the population that is there."
        " Only the ratios can be compared. What it writes to measure is rolled back, but for --writes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pages", action="store_true", help="Measure the pages. Without any part, all are.")
        parser.add_argument(
            "--served",
            action="store_true",
            help="Measure the pages as a browser gets them: through the web server, begun for it on a free port here.",
        )
        parser.add_argument(
            "--writes",
            action="store_true",
            help="Of --served: saving, too. Its updates stay, so only for a population that is thrown away.",
        )
        parser.add_argument(
            "--seconds", type=float, default=SECONDS, help="Of --served: how long many ask at once for one page."
        )
        parser.add_argument("--papers", action="store_true", help="Measure the writing of papers.")
        parser.add_argument("--sizes", type=int, nargs="+", help="Of papers: sizes other than the usual.")
        parser.add_argument("--runs", type=int, help="How often each is run: 25 of a page, 3 of a paper.")
        parser.add_argument("--only", default="", help="Of pages: those whose name has these words.")
        parser.add_argument("--save", type=Path, help="Write the pages’ figures to this file, as JSON.")
        parser.add_argument(
            "--draw", type=Path, nargs="+", metavar="FILE", help="Draw an SVG, the first, of figures saved, the others."
        )

    def handle(self, *args: object, **options: Any) -> None:
        if options["draw"]:
            picture, *files = options["draw"]
            picture.write_text(growth_chart([json.loads(path.read_text()) for path in files]), encoding="utf-8")
            return
        runs = {"runs": options["runs"]} if options["runs"] else {}
        every = not (options["pages"] or options["served"] or options["papers"])
        saved: dict[str, Any] = {}
        if options["pages"] or options["served"] or every:
            saved = self._population()
        if options["pages"] or every:
            saved["paths"] = self._pages(options["only"], runs)
            _save(saved, options["save"])
        if options["served"] or every:
            saved["served"] = self._served(options, runs)
            _save(saved, options["save"])
        if options["papers"] or every:
            self._papers(runs | ({"sizes": options["sizes"]} if options["sizes"] else {}))

    def _population(self) -> dict[str, Any]:
        if settings.DEBUG:
            # Else each statement would be kept, as no server does.
            settings.DEBUG = False
        there = {"actions": Action.objects.count(), "updates": Update.objects.count(), "database": connection.vendor}
        self.stdout.write("{actions:,} actions, {updates:,} updates, {database}".format(**there))
        return {**there, "paths": []}

    def _pages(self, only: str, runs: dict[str, int]) -> list[dict[str, Any]]:
        self.stdout.write(PAGE_HEADINGS)
        found: list[Figures] = []
        for one in PAGES(only=only, **runs):
            found.append(one)
            self.stdout.write(_page(one))
        return [one.as_plain() for one in found]

    def _served(self, options: dict[str, Any], runs: dict[str, int]) -> dict[str, Any]:
        with benchmark_served.bench(writes=options["writes"], only=options["only"]) as bench:
            self.stdout.write(SERVED_HEADINGS)
            found: list[Served] = []
            for one in bench.lines(**runs):
                found.append(one)
                self.stdout.write(_of_served(one))
            busy = bench.busy(options["seconds"])
        if busy:
            for line in _of_busy(busy):
                self.stdout.write(line)
        return {"paths": [one.as_plain() for one in found], "busy": busy.as_plain() if busy else None}

    def _papers(self, given: dict[str, Any]) -> None:
        self.stdout.write(PAPER_HEADINGS)
        before: Line | None = None
        for line in PAPERS(**given):
            self.stdout.write(_paper(line))
            if before and before.path == line.path:
                self.stdout.write(_growth(before, line))
            before = line


def _page(one: Figures) -> str:
    milliseconds = (one.seconds, one.late, one.worked, one.floor_seconds, one.floor_worked)
    return OF_A_PAGE.format(
        one.path,
        one.reader,
        *(f"{1000 * seconds:.1f}" for seconds in milliseconds),
        f"{one.ratio:.1f}",
        one.queries,
        f"{one.rows:,}",
        f"{one.size / 1024:.0f}",
        f"{one.megabytes:.0f}",
    )


def _of_served(one: Served) -> str:
    milliseconds = (one.seconds, one.late, one.floor_seconds)
    return OF_SERVED.format(
        one.path, one.reader, *(f"{1000 * seconds:.1f}" for seconds in milliseconds), f"{one.ratio:.1f}"
    )


def _of_busy(busy: Busy) -> list[str]:
    """Two lines under a heading of their own."""
    asked = f"requests a second, {CONNECTIONS} connections"
    held = [f"{megabytes:.0f}" if megabytes else "–" for megabytes in (busy.megabytes, busy.floor_megabytes)]
    return [
        OF_BUSY.format(", ".join(benchmark_served.BUSY), "ours", "floor"),
        OF_BUSY.format(asked, f"{busy.a_second:.1f}", f"{busy.floor_a_second:.1f}"),
        OF_BUSY.format(f"MB of {WORKERS} processes", *held),
    ]


def _save(saved: dict[str, Any], file: Path | None) -> None:
    if file:
        file.write_text(json.dumps(saved, indent=1), encoding="utf-8")


def _paper(line: Line) -> str:
    return OF_A_PAPER.format(
        line.path,
        f"{line.size:,}",
        f"{line.ours.seconds:.3f}",
        f"{line.ours.worked:.3f}",
        f"{line.ours.megabytes:.0f}",
        f"{line.floor.seconds:.3f}",
        f"{line.floor.worked:.3f}",
        f"{line.floor.megabytes:.0f}",
        f"{line.ratio:.2f}",
        f"{line.most:.1f}",
        "yes" if line.held else "NO",
    )


def _growth(before: Line, line: Line) -> str:
    """How the work grew with the size: 1.0 is as fast as the size did."""
    grew = (line.ours.worked / before.ours.worked) / (line.size / before.size)
    said = "linear" if grew <= STEEPEST else "MORE THAN LINEAR"
    return f"    from {before.size:,} to {line.size:,}: {grew:.2f} times the growth in size ({said})"
