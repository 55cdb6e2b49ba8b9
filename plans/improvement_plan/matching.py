"""Which area of the plan a printed heading means, and which action a row of a file is. Plain values only.

Nothing is decided here: each match carries a score and the reason that a person sees beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from plans.documents.similarity import Corpus, stems_of, words_of

NO_AREA = "No area of the plan says this"
NO_ACTION = "No action of the plan says this"

AREA_THRESHOLD = 0.45
_SAME = 1.0
_CUT_SHORT = 0.95
_NUMBER_ADDS = 0.15
_NUMBER_ONLY = 0.3
# A number beside words that have nothing to do with the area is the number of another list.
_FEWEST_WORDS_CUT_SHORT = 4

ALIKE = 0.5
SOMEWHAT_ALIKE = 0.25
ALIKE_WITHOUT_REFERENCE = 0.7
NEAREST = 0.45
CLEARLY = 0.2

_Pair = tuple[float, int, int, str]

_LEADING_NUMBER = re.compile(
    r"\s*(?:(?:area|recommendation|priority|finding|theme|objective|no|number)\b[\s:.]*)*"
    r"(?:for (?:improvement|action)\b[\s:.]*)?\(?(?P<number>\d{1,3})(?!\d)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_A_NUMBER = re.compile(r"(?:\.\d+)*\s*(?:[.):\u2013\u2014-]+(?:\s|$)|$|\s+(?=[^\W\d_a-z]))")


@dataclass(frozen=True)
class AreaMatch:
    """The area that a heading means, None where none is like it; ``score`` is 0 to 1."""

    pk: int | None
    score: float
    reason: str


@dataclass(frozen=True)
class RowKey:
    """What a row of a file is known by. ``reference`` is None or "" where the file has none."""

    reference: str | None
    action: str
    area_pk: int | None = None


@dataclass(frozen=True)
class ActionMatch:
    """The action that a row is, None where it is new; ``score`` is 0 to 1."""

    pk: int | None
    score: float
    reason: str


def split_number(printed: str) -> tuple[int | None, str]:
    """The number that a heading begins with, and the words after it: "Area 3: the quality" is 3, "the quality"."""
    found = _LEADING_NUMBER.match(printed)
    if not found:
        return None, printed.strip()
    after = _AFTER_A_NUMBER.match(found["rest"])
    if not after:
        return None, printed.strip()
    return int(found["number"]), found["rest"][after.end() :].strip()


def match_areas(printed: Sequence[str], areas: Sequence[tuple[int, int, str]]) -> dict[str, AreaMatch]:
    """The area of each printed heading, by the heading.

    ``areas`` are ids, numbers and wordings; an area of which several wordings are known is given once for each.
    """
    matcher = _AreaMatcher(areas)
    return {heading: matcher.match(heading) for heading in dict.fromkeys(printed)}


class _AreaMatcher:
    def __init__(self, areas: Sequence[tuple[int, int, str]]) -> None:
        self.areas = areas
        self.words = [words_of(wording) for _, _, wording in areas]
        self.stems = [Counter(stems_of(wording)) for _, _, wording in areas]
        self.corpus = Corpus([wording for _, _, wording in areas])
        self.numbered: dict[int, set[int]] = {}
        for pk, number, _ in areas:
            self.numbered.setdefault(number, set()).add(pk)

    def match(self, heading: str) -> AreaMatch:
        number, rest = split_number(heading)
        found = self._same_words(words_of(heading), number) or self._same_words(words_of(rest), number)
        return found or self._like_words(rest, number) or AreaMatch(None, 0.0, NO_AREA)

    def _same_words(self, words: list[str], number: int | None) -> AreaMatch | None:
        if not words:
            return None
        same = [index for index, other in enumerate(self.words) if other == words]
        score, reason = _SAME, "Same words"
        if not same and len(words) >= _FEWEST_WORDS_CUT_SHORT:
            same = [index for index, other in enumerate(self.words) if _begins(other, words)]
            score, reason = _CUT_SHORT, "Same words, cut short"
        if not same:
            return None
        numbered = [index for index in same if self.areas[index][1] == number]
        if (many := self._several(same)) > 1 and self._several(numbered) != 1:
            reason = f"{many} areas of the plan have these words \u2013 check"
        elif numbered:
            reason = reason.replace("Same words", "Same number and words")
        return AreaMatch(self.areas[(numbered or same)[0]][0], score, reason)

    def _several(self, indexes: Sequence[int]) -> int:
        return len({self.areas[index][0] for index in indexes})

    def _like_words(self, text: str, number: int | None) -> AreaMatch | None:
        mine = Counter(stems_of(text))
        cosine = {one.index: one.score for one in self.corpus.most_alike(text)}
        ranked: list[tuple[float, int]] = []
        for index, theirs in enumerate(self.stems):
            score = max(_share(mine, theirs), cosine.get(index, 0.0))
            if score and self.areas[index][1] == number:
                score += _NUMBER_ADDS
            ranked.append((-min(score, 0.94), index))
        ranked.sort()
        if ranked and -ranked[0][0] >= AREA_THRESHOLD:
            score, index = -ranked[0][0], ranked[0][1]
            return AreaMatch(self.areas[index][0], round(score, 2), self._why(mine, index, number))
        with_number = self.numbered.get(number, set()) if number is not None else set()
        if len(with_number) > 1:
            return AreaMatch(None, 0.0, f"{len(with_number)} areas of the plan have number {number} \u2013 choose one")
        return next((AreaMatch(pk, _NUMBER_ONLY, f"Number {number} only \u2013 check") for pk in with_number), None)

    def _why(self, mine: Counter[str], index: int, number: int | None) -> str:
        theirs = self.stems[index]
        common = (mine & theirs).total()
        most = max(mine.total(), theirs.total())
        if self.areas[index][1] == number:
            few = common * 2 <= most
            return f"Same number and {'some' if few else 'most'} words"
        if common * 2 > most:
            return f"{common} of {most} words are the same"
        return "Some words are the same \u2013 check"


def _begins(whole: list[str], words: list[str]) -> bool:
    """Whether ``words`` are the first of the whole; the last may be cut in the middle."""
    last = len(words) - 1
    return len(whole) > last and whole[:last] == words[:last] and whole[last].startswith(words[last])


def _share(mine: Counter[str], theirs: Counter[str]) -> float:
    """How many of the words of the longer text both have."""
    most = max(mine.total(), theirs.total())
    return (mine & theirs).total() / most if most else 0.0


def match_actions(rows: Sequence[RowKey], actions: Sequence[tuple[int, str, str, int | None]]) -> list[ActionMatch]:
    """What each row is, in the order of ``rows``; no action is two rows.

    ``actions`` are ids, references, wordings and ids of areas. The surest pairs are taken first: same reference
    and words; same words; same reference and like words; very like words; same reference and somewhat like words;
    last, rows without a reference that are like one action and no other.
    """
    matcher = _ActionMatcher(rows, actions)
    found: dict[int, ActionMatch] = {}
    taken: set[int] = set()
    for find in (matcher.sure, matcher.nearest):
        for cost, row, action, reason in sorted(find(found, taken)):
            if row not in found and action not in taken:
                found[row] = ActionMatch(actions[action][0], round(-cost, 2), reason)
                taken.add(action)
    return [found.get(index) or matcher.unmatched(row) for index, row in enumerate(rows)]


class _ActionMatcher:
    """Finds pairs of a row and an action, each as its score below nought, the two indexes and the reason."""

    def __init__(self, rows: Sequence[RowKey], actions: Sequence[tuple[int, str, str, int | None]]) -> None:
        self.rows, self.actions = rows, actions
        self.row_references = [folded_reference(row.reference or "") for row in rows]
        self.references = [folded_reference(reference) for _, reference, _, _ in actions]
        self.words = [_folded(wording) for _, _, wording, _ in actions]
        stems = [Counter(stems_of(wording)) for _, _, wording, _ in actions]
        corpus = Corpus([wording for _, _, wording, _ in actions], beside=[row.action for row in rows])
        self.alike: list[tuple[int, int, float, bool]] = []
        for at, row in enumerate(rows):
            mine = Counter(stems_of(row.action))
            for one in corpus.most_alike(row.action, at_least=SOMEWHAT_ALIKE / 2):
                theirs = stems[one.index]
                likeness = min(max(one.score, _share(mine, theirs)), 1.0)
                self.alike.append((at, one.index, likeness, _other_numbers(mine, theirs)))

    def sure(self, found: Collection[int], taken: Collection[int]) -> Iterator[_Pair]:
        """Pairs by reference, by words, or by both."""
        with_words: dict[str, list[int]] = {}
        for index, said in enumerate(self.words):
            with_words.setdefault(said, []).append(index)
        by_reference = {reference: index for index, reference in enumerate(self.references) if reference}
        for at, row in enumerate(self.rows):
            said = _folded(row.action)
            for index in with_words.get(said, []) if said else []:
                if self._refers(at, index):
                    yield -_SAME, at, index, "Same reference and words"
                else:
                    yield -(0.97 + self._area_adds(at, index)), at, index, "Same words"
            if not said and self.row_references[at] in by_reference:
                yield (
                    -0.8,
                    at,
                    by_reference[self.row_references[at]],
                    "Same reference; the file has no words to compare",
                )
        for at, index, likeness, other_numbers in self.alike:
            pair = _like_pair(likeness, self._refers(at, index), other_numbers)
            if pair:
                yield -(pair[0] + self._area_adds(at, index)), at, index, pair[1]

    def nearest(self, found: Collection[int], taken: Collection[int]) -> Iterator[_Pair]:
        """Of what is left: a row without a reference, and the one action that it is by far most like."""
        left = [
            one for one in self.alike if one[0] not in found and one[1] not in taken and not self.row_references[one[0]]
        ]
        of_row: dict[int, list[float]] = {}
        of_action: dict[int, list[float]] = {}
        for at, index, likeness, _ in left:
            of_row.setdefault(at, []).append(likeness)
            of_action.setdefault(index, []).append(likeness)
        for at, index, likeness, other_numbers in left:
            others = max(_next_to(of_row[at], likeness), _next_to(of_action[index], likeness))
            if likeness >= NEAREST and likeness - others >= CLEARLY and not other_numbers:
                yield (
                    -0.7 * likeness,
                    at,
                    index,
                    f"Words {likeness:.0%} alike, and no other row is as near \u2013 check",
                )

    def unmatched(self, row: RowKey) -> ActionMatch:
        folded = folded_reference(row.reference or "")
        if folded and folded in self.references:
            reference = self.actions[self.references.index(folded)][1]
            return ActionMatch(None, 0.0, f"Action {reference} of the plan says something else")
        return ActionMatch(None, 0.0, NO_ACTION)

    def _refers(self, at: int, index: int) -> bool:
        return bool(self.row_references[at]) and self.row_references[at] == self.references[index]

    def _area_adds(self, at: int, index: int) -> float:
        """Settles between two that are as alike: the one that answers the same area."""
        area_pk = self.rows[at].area_pk
        return 0.02 if area_pk is not None and area_pk == self.actions[index][3] else 0.0


def _like_pair(likeness: float, refers: bool, other_numbers: bool) -> tuple[float, str] | None:
    """The score and the reason of a pair whose words differ; None where they are two actions."""
    percent = f"{likeness:.0%}"
    if refers and likeness >= ALIKE:
        return 0.6 + 0.34 * likeness, f"Same reference, words {percent} alike"
    if refers and likeness >= SOMEWHAT_ALIKE:
        return 0.4 + 0.4 * likeness, f"Same reference, words only {percent} alike \u2013 check"
    if not other_numbers and likeness >= ALIKE_WITHOUT_REFERENCE:
        return 0.9 * likeness, f"Words {percent} alike"
    return None


def _next_to(likenesses: list[float], likeness: float) -> float:
    """The greatest of the others; that itself where two are as great."""
    others = sorted(likenesses, reverse=True)
    others.remove(likeness)
    return others[0] if others else 0.0


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _other_numbers(mine: Counter[str], theirs: Counter[str]) -> bool:
    """Whether both say numbers, and not the same: "phase 1" and "phase 2" are two actions however alike."""
    numbers = [{word for word in words if word.isdigit()} for words in (mine, theirs)]
    return all(numbers) and numbers[0] != numbers[1]


def folded_reference(reference: str) -> str:
    """A reference without what files add to it: "Action 1.2." and "1.2" are one, "1.20" and "1.02" are others."""
    plain = "".join(reference.split()).casefold()
    return re.sub(r"^(?:action|ref(?:erence)?|no)?[.:#]?(?=.*\d)|[.):]+$", "", plain)
