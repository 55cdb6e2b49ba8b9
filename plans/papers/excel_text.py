"""Text as a cell of Excel holds it."""

from __future__ import annotations

from plans.papers.safe_text import printable

LONGEST_TEXT = 32_767  # in UTF-16 units: what a cell of Excel holds
CUT = " … (cut here: a cell of Excel holds no more)"
FONT = {"font_name": "Arial", "font_size": 10}


def fitting(text: str) -> str:
    """``text`` as a cell holds it: without what no document holds, and cut, which is said, where it is too long."""
    text = printable(text)
    if len(text) <= LONGEST_TEXT // 2 or len(text.encode("utf-16-le")) <= 2 * LONGEST_TEXT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(CUT))]
    return kept.decode("utf-16-le", errors="ignore") + CUT
