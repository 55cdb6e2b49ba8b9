"""How many actions stand where, as bars of the same length: now, and before. Shades and stripes tell states apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.front_page import Standing
from plans.oversight.movement_words import state_label
from plans.papers.drawing import INK, LETTER, Drawing, on_paper

WIDTH, LEFT, RIGHT, TOP, BAR, GAP = 800, 60, 490, 1, 15, 4
_SWATCH, _COLUMN = 12, 97  # of the legend, which stands beside the bars, on as many lines
_COLUMNS = 3
_STRIPE = 5  # units between two stripes of a bar
_EDGE = {"stroke": INK, "stroke-width": "1"}

# State: colour, which way its stripes rise, colour of the number on it. Darkest is what matters most; printed in black
# and white, two states that are as light as one another differ by their stripes.
_SHADES: dict[str, tuple[str, str, str]] = {
    Timeliness.OVERDUE: ("#8f1d0c", "", "#ffffff"),
    Timeliness.DUE_SOON: ("#f3c04a", "/", INK),
    Timeliness.ON_TIME: ("#d4e8dc", "", INK),
    Timeliness.NO_DATE: ("#ffffff", "", INK),
    Timeliness.COMPLETE: ("#a9c9e6", "\\", INK),
    Timeliness.SIGNED_OFF: ("#5b9bd5", "", INK),
    Timeliness.WITHDRAWN: ("#dcdfe0", "/\\", INK),
}
LOOK = on_paper(
    {
        **{state: {"fill": colour, **_EDGE} for state, (colour, _, _) in _SHADES.items()},
        **{f"on-{state}": {"fill": ink, "font-weight": "bold"} for state, (_, _, ink) in _SHADES.items()},
        "stripe": {"stroke": INK, "stroke-width": "0.7"},
        "plate": {"fill": "#ffffff"},
        "edge": {"fill": "none", **_EDGE},
    }
)


@dataclass(frozen=True)
class Bar:
    """One bar: its name at the left, and how many stand in each state, in the order of drawing."""

    name: str
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.counts)


def standings_chart(lines: Sequence[Standing], now: str, before: str) -> str:
    """The bars of now and, where there is a before, of then; nothing where there are no actions."""
    shown = [line for line in lines if line.now or line.before]
    bars = [Bar(now, tuple((line.word, line.now) for line in shown))]
    if before:
        bars.append(Bar(before, tuple((line.word, line.before or 0) for line in shown)))
    if not any(bar.total for bar in bars):
        return ""
    lines_of_legend = -(-len(shown) // _COLUMNS)
    picture = Drawing(WIDTH, TOP + max(len(bars), lines_of_legend) * (BAR + GAP), LOOK)
    for place, bar in enumerate(bars):
        _draw(picture, bar, TOP + place * (BAR + GAP))
    for place, line in enumerate(shown):
        row, column = divmod(place, _COLUMNS)
        x, y = RIGHT + 20 + column * _COLUMN, TOP + row * (BAR + GAP) + 1
        _box(picture, line.word, x, y, _SWATCH, _SWATCH)
        picture.words("", x + _SWATCH + 6, y + 10, state_label(line.word), "start")
    return picture.svg()


def _draw(picture: Drawing, bar: Bar, y: int) -> None:
    picture.words("", 0, y + BAR / 2 + 4, bar.name, "start")
    x, done = float(LEFT), 0
    for state, number in bar.counts:
        if not number:
            continue
        done += number
        end = round(LEFT + done / bar.total * (RIGHT - LEFT), 1)
        _box(picture, state, x, y, round(end - x, 1), BAR)
        room, middle = len(f"{number:,}") * LETTER + 6, (x + end) / 2
        if end - x >= room:
            if _SHADES[state][1]:
                picture.box("plate", round(middle - room / 2, 1), y + 1, round(room, 1), BAR - 2)
            picture.words(f"on-{state}", round(middle, 1), y + BAR / 2 + 4, f"{number:,}")
        x = end


def _box(picture: Drawing, state: str, x: float, y: float, width: float, height: float) -> None:
    """A box in the shade of a state, with its stripes."""
    picture.box(state, x, y, width, height)
    if stripes := _SHADES[state][1]:
        for way in stripes:
            _stripe(picture, way, x, y, width, height)
        picture.box("edge", x, y, width, height)


def _stripe(picture: Drawing, way: str, x: float, y: float, width: float, height: float) -> None:
    """Stripes at 45 degrees, cut off at the edges; those that fall are those that rise, upside down."""
    at = _STRIPE
    while at < width + height:
        ends = max(0.0, at - height), min(float(at), width)
        begin, end = (at - across if way == "/" else height - at + across for across in ends)
        picture.line("stripe", *(round(place, 1) for place in (x + ends[0], y + begin, x + ends[1], y + end)))
        at += _STRIPE


def standings_in_words(lines: Sequence[Standing], now: str, before: str) -> str:
    """What the bars show, for those who do not see them: “Now: 11 overdue, 2 due soon. Before: …”."""
    said = [f"{now}: {_counted((line.label, line.now) for line in lines)}."]
    if before:
        said.append(f"{before}: {_counted((line.label, line.before or 0) for line in lines)}.")
    return " ".join(said)


def _counted(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number:,} {label.lower()}" for label, number in counts if number) or "no actions"
