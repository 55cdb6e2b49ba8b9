"""Which areas of an inspection may repeat what an earlier one asked for. Reads only: a person confirms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from plans.audit.models import Event
from plans.documents.similarity import Corpus, Likeness
from plans.findings.models import Area, Inspection

MOST_SUGGESTIONS = 3

# Found on the sample documents and on published reports of the same councils: see the tests.
LEAST_SCORE = 0.2
LEAST_SCORE_OF_ONE_WORD = 0.35
LEAST_SCORE_OF_COMMON_WORDS = 0.6
LEAST_SCORE_WHERE_THE_REPORT_SAYS_SO = 0.15

NOTED_CONFIRMED = "lineage.confirmed"
NOTED_REJECTED = "lineage.rejected"
NOTED_CLEARED = "lineage.cleared"

_SAYS_SO = re.compile(
    r"\(?\s*this (?:was|is) (?:also )?an? (?:recommendation|area for improvement|outstanding recommendation)"
    r"[^.()]*\b(?:last|previous|earlier)\b[^.()]*inspections?\.?\s*\)?"
    r"|\b(?:at|from|since|in) (?:the|its|their|our) (?:last|previous|earlier) (?:ofsted )?inspections?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Suggestion:
    """An area and an earlier one that it may repeat. ``score`` is 0 to 1; ``reason`` is a sentence."""

    area: Area
    earlier: Area
    score: float
    reason: str

    @property
    def in_words(self) -> str:
        """The score in words."""
        return "Very alike" if self.score >= 0.5 else "Alike" if self.score >= 0.3 else "Somewhat alike"


def when(inspection: Inspection) -> date | None:
    """The day by which inspections are ordered: the first on site, else that of publication."""
    return inspection.first_day() or inspection.published_on


def year_of(inspection: Inspection) -> str:
    """The year by which people name it; "" without any date."""
    day = when(inspection)
    return str(day.year) if day else ""


def earlier_areas(inspection: Inspection) -> list[Area]:
    """Areas that earlier inspections gave the same organisation, or addressed to it; the newest inspection first."""
    day = when(inspection)
    if day is None:
        return []
    rows = (
        Area.objects.filter(
            Q(inspection__organisation=inspection.organisation_id) | Q(addressed_to=inspection.organisation_id)
        )
        .exclude(inspection=inspection)
        .select_related("inspection", "addressed_to")
        .prefetch_related("inspection__spells")
    )
    dated = [(then, area) for area in rows if (then := when(area.inspection)) is not None and then < day]
    dated.sort(key=lambda one: (-one[0].toordinal(), one[1].inspection_id, one[1].pk))
    return [area for _, area in dated]


def earlier_areas_alike(inspection: Inspection) -> list[Suggestion]:
    """What each area may repeat, in the order of the areas, best first, at most three for each."""
    areas = list(inspection.areas.select_related("addressed_to"))
    return alike(areas, earlier_areas(inspection), inspection.organisation.name)


def alike(areas: Sequence[Area], candidates: Sequence[Area], place: str = "") -> list[Suggestion]:
    """As ``earlier_areas_alike``, among areas that are at hand; ``place`` is the name of the council's area."""
    if not candidates:
        return []
    own_words = [_own_words(area.wording, place) for area in areas]
    corpus = Corpus([_own_words(area.wording, place) for area in candidates], beside=own_words)
    found = []
    for area, text in zip(areas, own_words, strict=True):
        says_so = bool(_SAYS_SO.search(area.wording))
        kept = [one for one in corpus.most_alike(text) if _enough(one, says_so)][:MOST_SUGGESTIONS]
        found += [Suggestion(area, candidates[one.index], one.score, _reason(one, says_so)) for one in kept]
    return found


def _own_words(wording: str, place: str) -> str:
    """The ask without what it says of its own history, and without the name of its place.

    Either would make asks alike that have nothing else in common.
    """
    words = _SAYS_SO.sub(" ", wording)
    return re.sub(rf"\b{re.escape(place)}\b", " ", words, flags=re.IGNORECASE) if place else words


def _enough(found: Likeness, says_so: bool) -> bool:
    """One word is a weaker sign than two, and words that every ask has are the weakest."""
    if says_so and found.telling:
        return found.score >= LEAST_SCORE_WHERE_THE_REPORT_SAYS_SO
    if found.telling > 1:
        return found.score >= LEAST_SCORE
    return found.score >= (LEAST_SCORE_OF_ONE_WORD if found.telling else LEAST_SCORE_OF_COMMON_WORDS)


def _reason(found: Likeness, says_so: bool) -> str:
    words = [f"\u201c{word}\u201d" for word in found.shared]
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    own = " The report itself says that an earlier inspection asked for this." if says_so else ""
    return f"Both speak of {listed}.{own}"


def rejected(areas: Iterable[Area]) -> dict[int, frozenset[int]]:
    """By area, the earlier areas that a person looked at and said it does not repeat."""
    references = {f"{Area._meta.model_name} {area.pk}": area.pk for area in areas}
    found: dict[int, frozenset[int]] = {}
    noted = Event.objects.filter(what=NOTED_REJECTED, subject_ref__in=list(references)).order_by("at", "id")
    for reference, details in noted.values_list("subject_ref", "details"):
        pk = references[reference]
        found[pk] = found.get(pk, frozenset()) | frozenset(details.get("suggested", ()))
    return found


def waiting(areas: Iterable[Area], suggestions: Iterable[Suggestion]) -> set[int]:
    """Ids of the areas that repeat nothing as yet and have a suggestion that nobody has rejected."""
    answered = rejected(areas)
    return {
        one.area.pk
        for one in suggestions
        if one.area.earlier_id is None and one.earlier.pk not in answered.get(one.area.pk, frozenset())
    }
