"""How the time worked for each path grows with the population, as a plain drawing: both scales by powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

WIDTH, PANEL, HEIGHT, LEFT, TOP = 960, 330, 300, 70, 50
_INK, _GREY, _LINES = "#0b0c0c", "#505a5f", "#d8dcde"
_COLOURS = ("#1d4f5f", "#a2260f", "#6b3fa0", "#00703c", "#8a5a00", "#1d70b8", "#c2417c", "#505a5f")
# What the drawing shows; the tables have all.
SHOWN = (
    ("overdue, page 1", "one council"),
    ("overdue, page 1", "all councils"),
    ("overdue, as at 2 years ago", "all councils"),
    ("search", "all councils"),
    ("meeting, held", "one council"),
    ("action", "one council"),
    ("my work", "officer"),
    ("save an update", "officer"),
)
Saved = dict[str, Any]
Points = list[tuple[float, float]]


def growth_chart(saved: Sequence[Saved]) -> str:
    """One panel for each database, a line for each path: actions against the milliseconds worked."""
    panels = {
        name: {
            key: points for key in SHOWN if (points := _points([one for one in saved if one["database"] == name], key))
        }
        for name in sorted({one["database"] for one in saved}, reverse=True)
    }
    every = [point for lines in panels.values() for points in lines.values() for point in points]
    if not every:
        raise ValueError("None of these figures are drawn.")
    sizes = _decades([size for size, _ in every])
    times = _decades([milliseconds for _, milliseconds in every])
    shapes = []
    for place, (name, lines) in enumerate(panels.items()):
        left = LEFT + place * (PANEL + 70)
        shapes += _panel(left, {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(name, name), lines, sizes, times)
    shapes += _legend(TOP + HEIGHT + 60)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {TOP + HEIGHT + 160}" font-size="13"'
        f' font-family="Liberation Sans, Arial, sans-serif" fill="{_INK}" role="img">'
        "<title>Time worked for a request by the number of actions; the tables have the same figures.</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(shapes)}</svg>\n'
    )


def _points(saved: Sequence[Saved], key: tuple[str, str]) -> Points:
    return sorted(
        (one["actions"], path["worked"] * 1000)
        for one in saved
        for path in one["paths"]
        if (path["path"], path["reader"]) == key
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    first, last = floor(log10(min(values))), ceil(log10(max(values)))
    return first, max(last, first + 1)


def _panel(
    left: float,
    name: str,
    lines: dict[tuple[str, str], Points],
    sizes: tuple[int, int],
    times: tuple[int, int],
) -> list[str]:
    def across(size: float) -> float:
        return left + PANEL * (log10(size) - sizes[0]) / (sizes[1] - sizes[0])

    def down(milliseconds: float) -> float:
        return TOP + HEIGHT * (1 - (log10(milliseconds) - times[0]) / (times[1] - times[0]))

    shapes = [f'<text x="{left}" y="{TOP - 22}" font-weight="bold">{escape(name)}</text>']
    for power in range(times[0], times[1] + 1):
        y = down(10**power)
        shapes.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LINES}"/>')
        shapes.append(_words(left - 8, y + 4, f"{10**power:,g} ms", "end"))
    for power in range(sizes[0], sizes[1] + 1):
        shapes.append(_words(across(10**power), TOP + HEIGHT + 22, f"{10**power:,}", "middle"))
    shapes.append(_words(left + PANEL / 2, TOP + HEIGHT + 42, "actions", "middle"))
    for key, points in lines.items():
        colour = _COLOURS[SHOWN.index(key)]
        path = " ".join(f"{across(size):.1f},{down(milliseconds):.1f}" for size, milliseconds in points)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{_dash(key)}/>')
        shapes += [
            f'<circle cx="{across(size):.1f}" cy="{down(milliseconds):.1f}" r="3.5" fill="{colour}"/>'
            for size, milliseconds in points
        ]
    return shapes


def _legend(top: float) -> list[str]:
    shapes = []
    for place, key in enumerate(SHOWN):
        x, y = LEFT + place % 2 * 400, top + place // 2 * 22
        colour = _COLOURS[place]
        shapes.append(
            f'<line x1="{x}" x2="{x + 34}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"{_dash(key)}/>'
        )
        shapes.append(f'<circle cx="{x + 17}" cy="{y}" r="3.5" fill="{colour}"/>')
        shapes.append(_words(x + 44, y + 4, ": ".join(key), "start", _INK))
    return shapes


def _dash(key: tuple[str, str]) -> str:
    """Lines tell themselves apart without their colours."""
    pattern = ("", "7 3", "2 3", "10 3 2 3")[SHOWN.index(key) % 4]
    return f' stroke-dasharray="{pattern}"' if pattern else ""


def _words(x: float, y: float, words: str, anchor: str, colour: str = _GREY) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
