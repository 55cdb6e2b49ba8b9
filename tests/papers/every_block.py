"""A paper that has every block there is, in every shape."""

from __future__ import annotations

from datetime import date

from plans.papers.content import (
    Cell,
    Chart,
    Head,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Points,
    Row,
    Table,
)
from tests.papers.made_papers import STAMP

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 60" width="300" height="60">'
    '<rect x="10" y="10" width="120" height="20" fill="#1d70b8"/>'
    '<text x="140" y="25" font-size="12" font-family="Arial">11 overdue \N{GRINNING FACE}</text></svg>'
)
AREA_COLUMNS = (
    Head("area", "What needs to improve", 26, spans=True),
    Head("wording", "Action", 40),
    Head("by_when", "By when", 14),
    Head("days", "Days late", 8),
)


def area_rows(
    areas: int = 3, actions: int = 4, area: str = "The timeliness of decisions", action: str = "Do"
) -> tuple[Row, ...]:
    """Actions in areas, each area merged over its actions."""
    return tuple(
        Row(
            (
                Cell(f"{number}. {area}", rows=actions) if place == 0 else None,
                Cell(f"{action} the thing {number}.{place}"),
                Cell("March 2027", date(2027, 3, 31)),
                Cell(str(place), place),
            )
        )
        for number in range(1, areas + 1)
        for place in range(actions)
    )


def every_block(*, landscape: bool = False) -> Paper:
    """Portrait, unless it is told otherwise."""
    return Paper(
        "Westshire Council",
        "Every block",
        "A paper to try papers with",
        (
            Heading("Purpose"),
            Paragraph("To ask for approval.\nThe second line.\n\nThe second paragraph."),
            Paragraph("A note.", small=True),
            Heading("Recommendations", 3),
            Points(("That the plan is noted", "That the dates are approved"), "i"),
            Points(("First", "Second"), "1"),
            Points(("First again", "Second again"), "1"),
            Points(("One", "Another")),
            Heading("Deeper", 4),
            Chart("Actions by timeliness", "11 of 22 actions are overdue.", SVG),
            Table("Actions by area", AREA_COLUMNS, area_rows()),
            Table("Nothing here", AREA_COLUMNS, (), empty="There is nothing to show."),
            PageBreak(),
            Heading("Appendix"),
            Table("Two columns", (Head("a", "Name", 1), Head("b", "Says", 2)), (Row((Cell("A"), Cell("B"))),), 3),
            Chart("The same drawn again", "Also 11 of 22.", SVG),
        ),
        STAMP,
        ("Owner’s rating: red, late.",),
        landscape,
    )
