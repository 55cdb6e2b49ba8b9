"""Measure the hot paths, each beside the plainest way to do as much in the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plans.management import benchmark_papers
from plans.management.measuring import Line

# A part of the product by its option, and what measures it at so many rows, so often.
PARTS: dict[str, Callable[..., Iterable[Line]]] = {"papers": benchmark_papers.lines}
ROW = "{:20} {:>7} {:>9} {:>9} {:>6} {:>9} {:>9} {:>9} {:>6} {:>8}  {}"
HEADINGS = ROW.format(
    "path", "size", "seconds", "worked", "MB", "floor s", "worked", "floor MB", "ratio", "at most", "held"
)
# From one size to the next, work may grow by this much more than the size does.
STEEPEST = 1.4


class Command(BaseCommand):
    help = "Measures time and memory of the hot paths beside their floors. Only the ratios can be compared."

    def add_arguments(self, parser: CommandParser) -> None:
        for part in PARTS:
            parser.add_argument(f"--{part}", action="store_true", help=f"Measure {part}. Without any part, all are.")
        parser.add_argument("--sizes", type=int, nargs="+", help="Sizes other than the usual.")
        parser.add_argument("--runs", type=int, default=3, help="How often each is run; the median counts.")

    def handle(self, *args: object, **options: Any) -> None:
        chosen = [part for part in PARTS if options[part]] or list(PARTS)
        given = {"sizes": options["sizes"]} if options["sizes"] else {}
        self.stdout.write(HEADINGS)
        before: Line | None = None
        for part in chosen:
            for line in PARTS[part](runs=options["runs"], **given):
                self.stdout.write(self._said(line))
                if before and before.path == line.path:
                    self.stdout.write(self._growth(before, line))
                before = line

    def _said(self, line: Line) -> str:
        return ROW.format(
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

    def _growth(self, before: Line, line: Line) -> str:
        """How the work grew with the size: 1.0 is as fast as the size did."""
        grew = (line.ours.worked / before.ours.worked) / (line.size / before.size)
        said = "linear" if grew <= STEEPEST else "MORE THAN LINEAR"
        return f"    from {before.size:,} to {line.size:,}: {grew:.2f} times the growth in size ({said})"
