"""The date trail as pages show it: coloured by their style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

from plans.papers.drawing import by_class
from plans.papers.drawing_dates import Mark, marks_of
from plans.papers.drawing_dates import date_trail as drawn_date_trail
from plans.papers.drawing_dates import trail_in_words as in_words

__all__ = ["date_trail", "in_words", "marks_of"]

LOOK = by_class("app-trail", focusable="false")


def date_trail(marks: Sequence[Mark]) -> SafeString:
    """The picture; nothing where there is no date to show."""
    return mark_safe(drawn_date_trail(marks, LOOK))  # its words are escaped
