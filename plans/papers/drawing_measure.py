"""A line chart of a measure's readings, for screens and papers alike. No two labels overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from plans.documents.dates import short_wording
from plans.monitoring.measure_words import BEFORE_NUMBER, amount, plain_number, series_in_words
from plans.monitoring.models import Measure, Reading
from plans.papers.drawing import INK, LETTER, LINE_GREY, QUIET, Drawing, Look, on_paper

# Sized for a phone, so that its words stay readable there.
WIDTH, HEIGHT, TOP, BOTTOM = 340, 216, 22, 182
_LINE = 14  # room of a line, in the units of the drawing
_WIDEST_REFERENCE = 112
_LONGEST_COMPARATOR = 10
_MANY, _MOST_PERIODS = 12, 7
_GREEN = "#00703c"
ON_PAPER = on_paper(
    {
        # Words stand clear of the lines that they lie on.
        "": {
            "fill": INK,
            "stroke": "#ffffff",
            "stroke-width": "3",
            "stroke-linejoin": "round",
            "paint-order": "stroke",
        },
        "grid": {"stroke": LINE_GREY, "stroke-width": "1"},
        "line": {"stroke": INK, "stroke-width": "2.5"},
        "point": {"fill": INK},
        "band": {"fill": "#dbe8e2", "stroke": _GREEN, "stroke-width": "1"},
        "target": {"stroke": _GREEN, "stroke-width": "2", "stroke-dasharray": "6 3"},
        "baseline": {"stroke": QUIET, "stroke-width": "1.5", "stroke-dasharray": "1.5 3"},
        "comparator": {"stroke": "#6b3fa0", "stroke-width": "1.5", "stroke-dasharray": "8 3 2 3"},
        "lead": {"stroke": QUIET, "stroke-width": "1"},
    }
)


@dataclass(frozen=True)
class Label:
    """Words at a place; ``box`` is the room they take: left, top, right, bottom."""

    x: float
    y: float
    words: str
    anchor: str = "middle"

    @property
    def box(self) -> tuple[float, float, float, float]:
        width = room_of(self.words)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        # To a hundredth: labels that just touch do not overlap.
        return round(left, 2), round(self.y - _LINE + 3, 2), round(left + width, 2), round(self.y + 3, 2)

    def overlaps(self, other: Label) -> bool:
        mine, its = self.box, other.box
        return mine[0] < its[2] and its[0] < mine[2] and mine[1] < its[3] and its[1] < mine[3]


def room_of(words: str) -> float:
    """About how wide the words are, rather too much."""
    return len(words) * LETTER


@dataclass(frozen=True)
class Reference:
    """A line, or a band, across the chart: what the readings are held against."""

    kind: str
    words: str
    value: Decimal
    high: Decimal | None = None

    @property
    def middle(self) -> Decimal:
        return self.value if self.high is None else (self.value + self.high) / 2


@dataclass(frozen=True)
class Layout:
    """Where everything stands. ``ticks``: height of each line across; ``labels``: all words of the drawing."""

    left: float
    right: float
    ticks: tuple[float, ...]
    points: tuple[tuple[float, float], ...]
    bands: tuple[tuple[Reference, float, float], ...]
    leads: tuple[tuple[float, float], ...]
    labels: tuple[Label, ...]


def references_of(measure: Measure) -> list[Reference]:
    """The baseline, the target and the comparator, where they are numbers."""
    found = []
    if measure.target is not None:
        found.append(Reference("target", f"Target {_target(measure)}", measure.target, measure.target_high))
    if measure.baseline is not None:
        found.append(Reference("baseline", f"Baseline {_short(measure, measure.baseline)}", measure.baseline))
    if measure.comparator_value is not None:
        name = measure.comparator if len(measure.comparator) <= _LONGEST_COMPARATOR else "Comparator"
        words = f"{name} {_short(measure, measure.comparator_value)}"
        found.append(Reference("comparator", words, measure.comparator_value))
    return found


def _short(measure: Measure, value: Decimal) -> str:
    return amount(measure, value) if measure.unit in ("%", *BEFORE_NUMBER) else plain_number(value)


def _target(measure: Measure) -> str:
    assert measure.target is not None
    if measure.target_high is None:
        return _short(measure, measure.target)
    return f"{plain_number(measure.target)}–{_short(measure, measure.target_high)}"


def layout(measure: Measure, readings: Sequence[Reading]) -> Layout:
    """The drawing of at least two readings, oldest first."""
    references = references_of(measure)
    values = [Decimal(reading.value) for reading in readings]
    values += [end for one in references for end in (one.value, one.high) if end is not None]
    ticks = nice_ticks(min(values), max(values), percent=measure.unit == "%")
    low, high = ticks[0], ticks[-1]

    def up(value: Decimal) -> float:
        return round(BOTTOM - float((value - low) / (high - low)) * (BOTTOM - TOP), 1)

    tick_words = [plain_number(tick) for tick in ticks]
    left = round(max(map(room_of, tick_words)) + 10)
    named = [one if room_of(one.words) <= _WIDEST_REFERENCE else _without_number(one) for one in references]
    right = WIDTH - round(max((room_of(one.words) + 14 for one in named), default=12))
    xs = _across([reading.period_ends for reading in readings], left, right)
    points = tuple(zip(xs, (up(reading.value) for reading in readings), strict=True))
    lines = [up(one.value) for one in references if one.high is None]
    sides = _apart([up(one.middle) for one in named])
    side_labels = [Label(right + 12, y + 4, one.words, "start") for one, y in zip(named, sides, strict=True)]
    return Layout(
        left=left,
        right=right,
        ticks=tuple(map(up, ticks)),
        points=points,
        bands=tuple((one, up(one.value), up(one.high if one.high is not None else one.value)) for one in references),
        leads=tuple(zip((up(one.middle) for one in named), sides, strict=True)),
        labels=(
            *(Label(left - 6, up(tick) + 4, words, "end") for tick, words in zip(ticks, tick_words, strict=True)),
            *_period_labels([reading.period_ends for reading in readings], xs),
            *_value_labels([_short(measure, reading.value) for reading in readings], points, lines, left, right),
            *side_labels,
        ),
    )


def _without_number(one: Reference) -> Reference:
    return Reference(one.kind, one.words.rsplit(" ", 1)[0], one.value, one.high)


def nice_ticks(low: Decimal, high: Decimal, *, percent: bool = False) -> list[Decimal]:
    """From three to seven round values that hold both, at even steps."""
    if low == high:
        low, high = low - 1, high + 1
        if percent:
            low, high = max(low, Decimal(0)), high if high > 101 else min(high, Decimal(100))
    rough = (high - low) / 4
    power = Decimal(10) ** rough.adjusted()
    step = next(
        power * factor for factor in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if power * factor >= rough
    )
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def _across(days: Sequence[date], left: float, right: float) -> list[float]:
    """Where each day stands: time apart is room apart."""
    inner_left, inner_right = left + 14, right - 8
    span = (days[-1] - days[0]).days or 1
    return [round(inner_left + (day - days[0]).days / span * (inner_right - inner_left), 1) for day in days]


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights moved so that each has a line's room, in the same order."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = list(heights)
    for above, place in zip(order, order[1:], strict=False):
        placed[place] = max(placed[place], placed[above] + _LINE)
    floor: float = BOTTOM
    for place in reversed(order):
        placed[place] = min(placed[place], floor)
        floor = placed[place] - _LINE
    return placed


def _period_labels(days: Sequence[date], xs: Sequence[float]) -> list[Label]:
    """As many periods as have room under the chart, evenly chosen, the first and the latest among them."""
    finest = "month" if all((day + timedelta(days=1)).day == 1 for day in days) else "day"
    words = [short_wording(day, finest) for day in days]
    every = [Label(_inside(x, said, 0, WIDTH), BOTTOM + 22, said) for x, said in zip(xs, words, strict=True)]
    last = len(every) - 1
    for number in range(min(len(every), _MOST_PERIODS), 2, -1):
        chosen = [every[round(place * last / (number - 1))] for place in range(number)]
        if _side_by_side(chosen):
            return chosen
    ends = [every[0], every[-1]]
    return ends if _side_by_side(ends) else ends[1:]


def _side_by_side(labels: Sequence[Label]) -> bool:
    return all(one.box[2] + 6 < other.box[0] for one, other in zip(labels, labels[1:], strict=False))


def _inside(x: float, words: str, left: float, right: float) -> float:
    half = room_of(words) / 2
    return round(max(left + half, min(right - half, x)), 1)


def _value_labels(
    words: Sequence[str],
    points: Sequence[tuple[float, float]],
    lines: Sequence[float],
    left: float,
    right: float,
) -> list[Label]:
    """Values at their points: the latest, the first, the highest and lowest, then the others where there is room.

    Above the point or below it, rather where no line (``lines``: their heights) strikes the words through.
    """
    by_height = sorted(range(len(points)), key=lambda place: points[place][1])
    order = [len(points) - 1, 0, by_height[0], by_height[-1]]
    if len(points) <= _MANY:
        order += range(len(points))
    placed: dict[int, Label] = {}
    for place in dict.fromkeys(order):
        x, y = points[place]
        x = _inside(x, words[place], left + 4, right)
        for label in sorted(
            (Label(x, y - 8, words[place]), Label(x, y + 17, words[place])), key=lambda one: _struck(one, lines)
        ):
            fits = label.box[1] >= 0 and label.box[3] <= BOTTOM
            clear = not any(_covers(label, point) for number, point in enumerate(points) if number != place)
            if fits and clear and not any(label.overlaps(other) for other in placed.values()):
                placed[place] = label
                break
    return [placed[place] for place in sorted(placed)]


def _struck(label: Label, lines: Sequence[float]) -> bool:
    return any(label.box[1] < line < label.box[3] for line in lines)


def _covers(label: Label, point: tuple[float, float]) -> bool:
    box = label.box
    return box[0] - 2 < point[0] < box[2] + 2 and box[1] - 2 < point[1] < box[3] + 2


def line_chart(measure: Measure, readings: Sequence[Reading], look: Look) -> str:
    """The chart; nothing where fewer than two readings would make no line."""
    if len(readings) < 2:
        return ""
    drawn = layout(measure, readings)
    picture = Drawing(WIDTH, HEIGHT, look, series_in_words(measure, readings))
    for y in drawn.ticks:
        picture.line("grid", drawn.left, y, drawn.right, y)
    for reference, bottom, top in drawn.bands:
        if reference.high is None:
            picture.line(reference.kind, drawn.left, bottom, drawn.right, bottom)
        else:
            picture.box("band", drawn.left, top, drawn.right - drawn.left, max(1, round(bottom - top, 1)))
    for y, side in drawn.leads:
        picture.line("lead", drawn.right, y, drawn.right + 9, side)
    picture.path("line", drawn.points)
    for x, y in drawn.points:
        picture.circle("point", x, y, 4 if len(drawn.points) <= _MANY else 2.5)
    for label in drawn.labels:
        picture.words("", label.x, label.y, label.words, label.anchor)
    return picture.svg()
