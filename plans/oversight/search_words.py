"""What somebody typed to search for, as terms; and a text with those terms marked. Plain values only.

Words are folded (case, accents) and cut as the index of either database does it, so that both find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from plans.oversight.porter import porter_stem

MOST_TYPED = 200
MOST_TERMS = 12
EXCERPT = 220  # characters, about
_LEAD = 60  # of those, before the first word that was found

_QUOTED = re.compile(r"[\"“”„]([^\"“”„]*)(?:[\"“”„]|$)")
_POSSESSIVE = re.compile(r"['’‘`´]s?(?=\W|$)")
_LETTERS = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


@dataclass(frozen=True)
class Term:
    """Words that must follow one another: one word, a reference such as 4.2, or a phrase in quotation marks.

    ``begins``: a word that begins with the last of them will do, as it may not have been typed to its end.
    """

    words: tuple[str, ...]
    begins: bool = False


def folded(text: str) -> str:
    """Lower case, and without accents."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(found) for found in _LETTERS.findall(unicodedata.normalize("NFD", text)))


def read_terms(typed: str) -> tuple[Term, ...]:
    """All of these must be found. Nothing typed is refused: what holds no letter and no number is left out."""
    typed = _POSSESSIVE.sub("", typed[:MOST_TYPED])
    terms: list[Term] = []
    rest = 0
    for quoted in _QUOTED.finditer(typed):
        terms += _loose(typed[rest : quoted.start()])
        terms.append(Term(_words(quoted[1])))
        rest = quoted.end()
    loose = _loose(typed[rest:])
    if loose:
        last = loose[-1]
        # A number is typed to its end: 4.2 does not ask for 4.21.
        loose[-1] = Term(last.words, begins=len(last.words[-1]) > 1 and last.words[-1].isalpha())
    return tuple(dict.fromkeys(term for term in [*terms, *loose] if term.words))[:MOST_TERMS]


def _loose(text: str) -> list[Term]:
    return [Term(words) for piece in text.split() if (words := _words(piece))]


@dataclass(frozen=True)
class _Place:
    """A word of a text: where it stands, and its stem."""

    start: int
    end: int
    stem: str


def _places(text: str) -> list[_Place]:
    return [_Place(*found.span(), porter_stem(folded(found[0]))) for found in _LETTERS.finditer(text)]


def _found(places: Sequence[_Place], terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where in the text each term stands, as first and last place."""
    for term in terms:
        stems = [porter_stem(word) for word in term.words]
        for first in range(len(places) - len(stems) + 1):
            these = places[first : first + len(stems)]
            last_fits = these[-1].stem == stems[-1] or (term.begins and these[-1].stem.startswith(stems[-1]))
            if last_fits and all(place.stem == stem for place, stem in zip(these[:-1], stems[:-1], strict=True)):
                yield first, first + len(stems) - 1


def _marks(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """The stretches of the text to be marked, in order, none over another."""
    places = _places(text)
    stretches = sorted((places[first].start, places[last].end) for first, last in _found(places, terms))
    marks: list[tuple[int, int]] = []
    for start, end in stretches:
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks


def says_any(text: str, terms: Sequence[Term]) -> bool:
    """Whether at least one of the terms stands in the text."""
    return next(_found(_places(text), terms), None) is not None


def marked(text: str, terms: Sequence[Term]) -> SafeString:
    """The whole text, safe for a page, with what was found marked."""
    return _with_marks(text, _marks(text, terms))


def excerpt(text: str, terms: Sequence[Term]) -> SafeString:
    """The part of the text in which the terms stand, in whole words, safe for a page, with what was found marked."""
    text = " ".join(text.split())
    marks = _marks(text, terms)
    if len(text) <= EXCERPT:
        return _with_marks(text, marks)
    first = marks[0][0] if marks else 0
    start = 0 if first <= _LEAD else text.find(" ", first - _LEAD, first) + 1 or first
    end = len(text) if len(text) - start <= EXCERPT else text.rfind(" ", start, start + EXCERPT)
    if end <= start:
        end = min(start + EXCERPT, len(text))
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and b > start]
    return format_html(
        "{}{}{}",
        "… " if start else "",
        _with_marks(text[start:end], inside),
        " …" if end < len(text) else "",
    )


def _with_marks(text: str, marks: Sequence[tuple[int, int]]) -> SafeString:
    edges = [0, *(edge for mark in marks for edge in mark), len(text)]
    plain = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    inside = [text[a:b] for a, b in marks]
    body = format_html_join("", "{}<mark>{}</mark>", zip(plain, inside, strict=False))
    return body + conditional_escape(plain[-1])
