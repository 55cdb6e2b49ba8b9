"""What printed words come to among the rows that are here: whose report, which grade, kind and body, which area."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plans.access.models import Organisation
from plans.documents.similarity import most_alike
from plans.findings.changes import Body
from plans.findings.models import Area, AskKind, GradeWord

# As likely as not the same ask, reworded: a person decides, so a doubtful match is shown rather than hidden.
LEAST_LIKENESS = 0.5
_COUNCIL = re.compile(
    r"\b(?:the|royal|london|borough|city|county|district|metropolitan|council|of|and|unitary|corporation"
    r"|local|authority)\b",
    re.IGNORECASE,
)
_BODY_KINDS = (
    (Organisation.Kind.POLICE, re.compile(r"\b(?:police|constabulary|mps)\b", re.IGNORECASE)),
    (Organisation.Kind.NHS, re.compile(r"\b(?:nhs|icb|ccg|integrated care|health|hospitals?)\b", re.IGNORECASE)),
    (
        Organisation.Kind.PARTNERSHIP,
        re.compile(r"\b(?:lscb|lscp|partnership|safeguarding (?:children )?board)\b", re.IGNORECASE),
    ),
    (Organisation.Kind.SCHOOL, re.compile(r"\b(?:school|academy|college)\b", re.IGNORECASE)),
)


def _place(name: str) -> str:
    """What is left of an authority's name without the words that say what it is: “derbyshire”."""
    return " ".join(re.sub(r"[^\w\s]", " ", _COUNCIL.sub(" ", name.replace("&", " and "))).casefold().split())


def is_of(authority: str, organisation: Organisation) -> bool:
    """Whether a report's authority is this organisation, however each is named."""
    read = _place(authority)
    return bool(read) and read in (_place(organisation.name), _place(organisation.formal_name))


def grade_of(printed: str, grades: Sequence[GradeWord]) -> GradeWord | None:
    """The grade that the printed words are, in full or as the shorter form of one another; None where unsure."""
    said = printed.casefold().strip(" .")
    if not said:
        return None
    found = [grade for grade in grades if grade.word.casefold() == said]
    if not found:
        found = [
            grade
            for grade in grades
            if said.startswith(grade.word.casefold()) or grade.word.casefold().startswith(said)
        ]
    if not found:
        found = [grade for grade in grades if grade.word.casefold() in said]
    return found[0] if len(found) == 1 else None


def kind_named(printed: str, kinds: Iterable[AskKind]) -> AskKind | None:
    """The kind of ask of that name; “priority action” is short for an area for priority action."""
    names = (printed.casefold(), f"area for {printed.casefold()}")
    return next((kind for kind in kinds if kind.name.casefold() in names), None)


def body_addressed(printed: str, organisation: Organisation) -> Body:
    """The body behind the reader's word: the council itself, its partnership, or a body by its printed name."""
    if printed in ("", "local authority"):
        return Body(organisation.paper_name, organisation.kind)
    if printed in ("LSCB", "partnership"):
        there = Organisation.objects.filter(
            kind=Organisation.Kind.PARTNERSHIP, name__istartswith=organisation.name + " "
        )
        boards = [row for row in there if ("board" in row.name.casefold()) == (printed == "LSCB")]
        name = "Safeguarding Children Board" if printed == "LSCB" else "local area partnership"
        return Body(boards[0].name if boards else f"{organisation.name} {name}", Organisation.Kind.PARTNERSHIP)
    kind = next((kind for kind, words in _BODY_KINDS if words.search(printed)), Organisation.Kind.OTHER)
    return Body(printed, kind)


@dataclass(frozen=True)
class SameArea:
    """The area that a wording is, if any, with how alike the two are (0 to 1) and the reason in words."""

    area: Area | None
    score: float
    reason: str


def same_area(wording: str, areas: Sequence[Area]) -> SameArea:
    """The area among these that says the same: the same words, or the most alike above the threshold."""
    said = " ".join(wording.split()).casefold()
    for area in areas:
        if " ".join(area.wording.split()).casefold() == said:
            return SameArea(area, 1.0, "The same words")
    best = next(iter(most_alike(wording, [area.wording for area in areas])), None)
    if best is None or best.score < LEAST_LIKENESS:
        return SameArea(None, best.score if best else 0.0, "No area here says this")
    shared = ", ".join(best.shared[:4])
    return SameArea(areas[best.index], best.score, f"{best.score:.0%} alike: both speak of {shared}")
