"""Drawings: the same picture on a screen and on paper, told apart without colours, and never broken by a text."""

from __future__ import annotations

import re
import struct
from datetime import date
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.improvement_plan.timeliness import Timeliness
from plans.monitoring.models import Measure, Reading
from plans.oversight.front_page import Standing
from plans.papers import drawing_dates, drawing_measure, drawing_standings
from plans.papers.drawing import Drawing, by_class, on_paper
from plans.papers.drawing_dates import Mark, date_trail, trail_in_words
from plans.papers.drawing_measure import line_chart
from plans.papers.drawing_standings import standings_chart, standings_in_words
from plans.papers.pictures import png_of

SVG = "{http://www.w3.org/2000/svg}"
ON_SCREEN = by_class("app-chart")


def a_chart(look: object = drawing_measure.ON_PAPER, name: str = "Plans begun") -> str:
    measure = Measure(name=name, unit="%", target=Decimal(90), baseline=Decimal(14))
    readings = [
        Reading(measure=measure, value=Decimal(value), period_ends=date(2026, month, 28))
        for month, value in ((1, 40), (2, 55), (3, 73))
    ]
    return line_chart(measure, readings, look)  # type: ignore[arg-type]


MARKS = [
    Mark("first", date(2026, 1, 31), "Jan 2026"),
    Mark("move", date(2026, 2, 28), "Feb 2026"),
    Mark("due", date(2026, 3, 31), "Mar 2026"),
    Mark("forecast", date(2026, 8, 31), "Aug 2026"),
    Mark("today", date(2026, 4, 14), "14 Apr 2026"),
]


def standing(**counts: tuple[int, int | None]) -> list[Standing]:
    return [Standing(word, Timeliness(word).label, now, before) for word, (now, before) in counts.items()]


USUAL = standing(overdue=(11, 9), due_soon=(4, 6), on_time=(3, 7), complete=(4, 0), signed_off=(0, 0))


def places(svg: str) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """Every shape with where it stands, without how it looks."""
    where = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points", "text-anchor"}
    root = ElementTree.fromstring(svg)
    return [
        (node.tag.removeprefix(SVG), tuple(sorted(item for item in node.items() if item[0] in where)), node.text or "")
        for node in root
        if not node.tag.endswith("title")
    ]


def test_screen_and_paper_have_the_same_picture() -> None:
    assert places(a_chart(ON_SCREEN)) == places(a_chart())
    on_screen = date_trail(MARKS, by_class("app-trail", focusable="false"))
    assert places(on_screen) == places(date_trail(MARKS, drawing_dates.ON_PAPER))


def test_a_screen_colours_by_class_and_says_the_picture_within_it() -> None:
    svg = a_chart(ON_SCREEN)
    assert 'class="app-chart__target"' in svg
    assert "<title>Plans begun: 3 readings, from 40% in Jan 2026 to 73% in Mar 2026; target 90%" in svg
    assert "fill=" not in svg
    assert "stroke" not in svg


@pytest.mark.parametrize(
    "svg",
    [a_chart(), date_trail(MARKS, drawing_dates.ON_PAPER), standings_chart(USUAL, "Now", "Before")],
    ids=["measure", "dates", "standings"],
)
def test_paper_needs_no_style_sheet_and_can_be_drawn(svg: str) -> None:
    assert "class=" not in svg
    assert "style" not in svg
    assert "<script" not in svg
    assert 'font-family="Liberation Sans, Arial, sans-serif"' in svg
    png = png_of(svg)
    assert png is not None
    width, height = struct.unpack_from(">II", png, 16)
    assert width > 300
    assert height > 80


@pytest.mark.parametrize("text", ["<b>", "a & b", "“quoted” 'and' \"so\"", "\x00\x0b\ud800", "🙂 漢字"])
def test_no_text_breaks_a_picture(text: str) -> None:
    drawing = Drawing(100, 20, on_paper({}), text)
    drawing.words("", 5, 15, f"x{text}", "start")
    (words,) = ElementTree.fromstring(drawing.svg())
    assert words.text
    assert words.text.startswith("x")
    assert png_of(drawing.svg())
    assert ElementTree.fromstring(a_chart(ON_SCREEN, name=text or "x")) is not None


def test_one_reading_or_no_date_or_no_action_makes_no_picture() -> None:
    measure = Measure(name="One", unit="%")
    one = [Reading(measure=measure, value=Decimal(1), period_ends=date(2026, 1, 31))]
    assert line_chart(measure, one, drawing_measure.ON_PAPER) == ""
    assert date_trail([], drawing_dates.ON_PAPER) == ""
    assert standings_chart(standing(overdue=(0, 0)), "Now", "Before") == ""


def test_the_trail_says_what_it_shows() -> None:
    assert trail_in_words(MARKS) == (
        "First agreed Jan 2026, moved to Feb 2026, now due Mar 2026, forecast Aug 2026, as at 14 Apr 2026."
    )


def bars(svg: str) -> list[list[float]]:
    """The widths of each bar's parts, bar after bar: the boxes as high as a bar that have a colour."""
    rows: dict[str, list[float]] = {}
    for node in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        if node.get("height") == str(drawing_standings.BAR) and node.get("fill") != "none":
            rows.setdefault(str(node.get("y")), []).append(float(str(node.get("width"))))
    return list(rows.values())


def test_the_bars_are_as_long_as_their_counts() -> None:
    now, before = bars(standings_chart(USUAL, "Now", "Before"))
    assert [round(width / sum(now) * 22) for width in now] == [11, 4, 3, 4]
    assert [round(width / sum(before) * 22) for width in before] == [9, 6, 7]
    assert sum(now) == pytest.approx(sum(before), abs=0.5)


def test_the_picture_of_where_actions_stand_is_said_in_words() -> None:
    assert standings_in_words(USUAL, "Now", "Before") == (
        "Now: 11 overdue, 4 due soon, 3 on time, 4 complete, awaiting sign-off. "
        "Before: 9 overdue, 6 due soon, 7 on time."
    )
    assert standings_in_words(USUAL, "Now", "") == (
        "Now: 11 overdue, 4 due soon, 3 on time, 4 complete, awaiting sign-off."
    )


def test_a_state_that_no_action_has_is_not_in_the_legend_and_every_other_is() -> None:
    svg = standings_chart(USUAL, "Now", "Before")
    words = re.findall(r">([^<]+)</text>", svg)
    assert {"Overdue", "Due soon", "On time", "Complete", "Now", "Before", "11"} <= set(words)
    assert "Signed off" not in words


def grey(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def test_states_are_told_apart_in_black_and_white() -> None:
    """Any two: by their stripes, or by a shade that differs by a tenth."""
    for (one, stripes, _), (other, its_stripes, _) in combinations(drawing_standings._SHADES.values(), 2):
        assert stripes != its_stripes or abs(grey(one) - grey(other)) > 0.1, (one, other)


@settings(deadline=None, max_examples=40)
@given(counts=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=7, max_size=7))
def test_any_counts_make_a_picture_that_stays_in_its_frame(counts: list[tuple[int, int]]) -> None:
    lines = [
        Standing(word.value, word.label, now, before) for word, (now, before) in zip(Timeliness, counts, strict=True)
    ]
    svg = standings_chart(lines, "Now", "Before")
    if not any(now or before for now, before in counts):
        assert svg == ""
        return
    root = ElementTree.fromstring(svg)
    width, height = (float(str(root.get(name))) for name in ("width", "height"))
    for node in root:
        box = {name: float(value) for name, value in node.items() if name in ("x", "y", "x1", "x2", "y1", "y2")}
        assert all(-0.1 <= value <= (width if name.startswith("x") else height) + 0.1 for name, value in box.items())
