"""Drawings as plain SVG: shapes by the role that they play, and how each role looks, on a screen or on paper.

On a screen a style sheet colours them, by class. On paper each shape carries its own attributes: a PDF, Word and
a printer without colours know no style sheet. Every shade and dash there tells itself apart in black and white.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from plans.papers.safe_text import printable

LETTER = 6.8  # room that a letter takes at the most, in the units of a drawing whose words are 12 high
FONT = "Liberation Sans, Arial, sans-serif"
INK, QUIET, LINE_GREY = "#0b0c0c", "#505a5f", "#b1b4b6"


@dataclass(frozen=True)
class Look:
    """The attributes of the picture itself, and of each role; ``title``: its words in short stand within it."""

    picture: Mapping[str, str]
    role: Callable[[str], Mapping[str, str]]
    title: bool


def by_class(block: str, **picture: str) -> Look:
    """The look of a screen: the classes “block” and “block__role”."""
    return Look(
        {"class": block, "role": "img", **picture},
        lambda role: {"class": f"{block}__{role}"} if role else {},
        title=True,
    )


def on_paper(roles: Mapping[str, Mapping[str, str]]) -> Look:
    """The look of a paper. The words of a picture stand beside it, as its alternative text."""
    picture = {
        "xmlns": "http://www.w3.org/2000/svg",
        "font-family": FONT,
        "font-size": "12",
        "fill": "none",
    }
    return Look(picture, lambda role: roles.get(role, {"fill": INK}), title=False)


@dataclass
class Drawing:
    """Shapes one over the other, in a box of ``width`` by ``height``; ``says`` is the picture in words."""

    width: float
    height: float
    look: Look
    says: str = ""
    _shapes: list[str] = field(default_factory=list)

    def line(self, role: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self._add("line", role, {"x1": x1, "x2": x2, "y1": y1, "y2": y2})

    def box(self, role: str, x: float, y: float, width: float, height: float) -> None:
        self._add("rect", role, {"x": x, "width": width, "y": y, "height": height})

    def circle(self, role: str, x: float, y: float, radius: float) -> None:
        self._add("circle", role, {"cx": x, "cy": y, "r": radius})

    def path(self, role: str, points: Iterable[tuple[float, float]]) -> None:
        """A line through the points."""
        self._add("polyline", role, {"points": " ".join(f"{x},{y}" for x, y in points)})

    def words(self, role: str, x: float, y: float, words: str, anchor: str = "middle") -> None:
        self._add("text", role, {"x": x, "y": y, "text-anchor": anchor}, words)

    def svg(self) -> str:
        """The whole picture."""
        title = f"<title>{escape(printable(self.says))}</title>" if self.look.title else ""
        size = {"viewBox": f"0 0 {self.width} {self.height}"}
        if not self.look.title:
            size |= {"width": str(self.width), "height": str(self.height)}
        return f"<svg{_written({**self.look.picture, **size})}>{title}{''.join(self._shapes)}</svg>"

    def _add(self, tag: str, role: str, place: Mapping[str, object], words: str | None = None) -> None:
        opened = f"<{tag}{_written({**self.look.role(role), **place})}"
        self._shapes.append(f"{opened}/>" if words is None else f"{opened}>{escape(printable(words))}</{tag}>")


def _written(attributes: Mapping[str, object]) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
