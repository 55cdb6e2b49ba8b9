"""How alike two short texts of the field are: words weighed by how rare they are, with the reason as printed.

Plain values only. Words are cut to their stems, and the field's own terms are one word each, whatever
they are called: "strategy discussion" and "strategy meeting", "PEP" and "personal education plan".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

MOST_SHARED = 4
# Below this share of the likeness a shared word explains nothing.
_LEAST_SHARE = 0.08

_WORD = re.compile(r"[^\W_]+(?:['’‘`´][^\W_]+)*")
_APOSTROPHES = re.compile("['’‘`´]")
_NOTHING = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff"))

_EMPTY_WORDS = (
    "a about above after again against all also am an and any are as at be been before being between both but by can"
    " could did do does during each either etc every few for from further had has have having he her here him his how"
    " however i if in into is it its itself made make makes making many may might more most much must need needs no nor"
    " not now of on once only or other our out over own per same shall she should so some such than that the their them"
    " then there these they this those through to too under until up upon use used uses using very was we well were"
    " what when where whether which while who whom whose why will with within without would yet you your"
    " set put take takes taken given give gives including include includes particular particularly order across ways"
    " place places placed way one two three means fully full always enough better best good regarding relation"
    " relating related terms throughout towards"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
# Words that nearly every ask uses: rare by chance among twenty asks, and still no sign that two of them agree.
_WEAK_WORDS = (
    "action address agency and area arrange authority board child clear consist council deliver develop effect embed"
    " enable ensure evidence experience family help impact improve increase implement information key lead local"
    " manage meet monitor need outcome partner people person plan practice priority procedure process progress protect"
    " provide qualify quality receive require respond result review robust routine safeguard service sharp social"
    " staff statute strategic strategy strength strong support swift system systematic time work worker young youth"
    " appropriate sufficient high continue focus relevant establish understand undertake inform identify further"
    " achieve promote maintain contribute meaningful inspection recommendation leader senior agency necessary"
    " write keep watch see move drive regular update present plain place hold held identified years ages olds specific"
)
# So do these terms, by the keys that they go by.
_WEAK_TERMS = ("timeli", "child_protect")
_WEAK_SHARE = 0.3

# One line a term: its names, any one of which stands for all.
_TERMS = (
    "strategy discussion; strategy meeting; strategy discussion meeting",
    "personal education plan; pep; epep",
    "initial health assessment; iha",
    "review health assessment; rha",
    "local safeguarding children board; safeguarding children board; lscb; dscb; tscb; safeguarding children"
    " partnership; safeguarding partnership; mascp; lscp",
    "independent reviewing officer; iro; reviewing officer",
    "looked after child; child looked after; child in care; young people in care; cla; lac; looked after;"
    " cared for child; child who is looked after; child who are looked after; our child in care",
    "care leaver; care experienced; care experienced young people; leaving care",
    "child in need; cin",
    "child protection conference; icpc; initial child protection conference",
    "child protection",
    "public law outline; plo; pre proceedings; care proceedings",
    "sexual exploitation; cse; child sexual exploitation; criminal exploitation; child exploitation; exploitation",
    "go missing; missing child; missing episode; missing from home; missing from care; run away",
    "return home interview; return interview",
    "unaccompanied asylum seeking child; uasc; unaccompanied child; asylum seeking child",
    "special guardianship; special guardianship order; sgo",
    "section 47 enquiry; section 47; s47; s47 enquiry",
    "multi agency safeguarding hub; mash; front door; single point of access; contact and referral; referral and"
    " assessment",
    "local authority designated officer; designated officer; lado",
    "private fostering; privately fostered",
    "domestic abuse; domestic violence",
    "education health and care plan; ehcp; ehc plan; ehc",
    "special educational needs; send; sen; special educational needs and disabilities",
    "virtual school; virtual headteacher; virtual head; virtual school head",
    "pathway plan",
    "life story; life journey; life story work",
    "case file; case record; child record; electronic record; child file; care record; record",
    "management oversight; manager oversight; supervision and oversight; oversight and supervision",
    "quality assurance; case audit; audit; case file audit",
    "corporate parent; corporate parenting",
    "neglect; child neglect",
    "not in education employment or training; neet",
    "mental health; emotional health; camhs; emotional wellbeing; emotional well being",
    "voice; views; wishes and feelings; feedback; view",
    "early help; early intervention",
    "frontline; front line",
    "homeless; homelessness",
    "disabled; disability; child with disabilities",
    "timeliness; timely; prompt; promptly; quickly; delay; soon; drift; timescale; swiftly; drift and delay",
    "caseload; case load; workload",
    "chronology; case history",
    "unregistered; unregulated; unregistered placement; unregistered child home",
    "achievement; attainment; educational outcome",
    "foster carer; foster care",
    "carer",
    "meeting; discussion",
    "oversee; oversight",
    "smart; measurable; clear timescale",
)
_LONGEST_TERM = 6
# Abbreviations that are words too: terms in capitals alone.
_WORDS_TOO = frozenset({"send", "mash", "smart"})


def _undouble(stem: str) -> str:
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiouls":
        return stem[:-1]
    return stem


_ENDINGS = (
    "ationally", "izations", "isations", "ization", "isation", "fulness", "iveness", "ousness", "ations", "ators",
    "ation", "ator", "ments", "ment", "nesses", "ness", "ities", "ions", "ively", "ingly", "edly", "ances", "ences",
    "ance", "ence", "ency", "ancy", "ity", "ial", "ion", "ive", "ate", "ally", "als", "ing", "ied", "ies", "ers", "ors",
    "ent", "ant", "ial", "al", "ed", "er", "or", "ly", "es", "s", "y", "e",
)  # fmt: skip
_SHORTEST_STEM = 4
# Without its ending each would be another word: police is not policy, a placement no place.
_KEPT = frozenset({"police", "placement", "university"})


def stem(word: str) -> str:
    """A word of lower-case letters without its endings: "recording", "records" and "recorded" are "record"."""
    if len(word) <= 3 or word in _KEPT or not word.isascii() or any(letter.isdigit() for letter in word):
        return word
    word = _IRREGULAR.get(word, word)
    if len(word) <= _SHORTEST_STEM + 1 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for _ in range(2):
        for ending in _ENDINGS:
            if (
                word.endswith(ending)
                and len(word) - len(ending) >= _SHORTEST_STEM
                and not (word.endswith("ss") and ending in ("s", "es"))
            ):
                word = _undouble(word[: -len(ending)])
                break
        else:
            break
    return word[:-1] + "i" if word.endswith("y") else word


_IRREGULAR = {
    "children": "child", "childrens": "child", "childs": "child", "child's": "child", "families": "family",
    "planning": "plan", "planned": "plan", "plans": "plan", "needs": "need", "uses": "use", "audits": "audit",
    "homes": "home", "files": "file", "roles": "role", "cases": "case", "views": "view", "risks": "risk",
    "visits": "visit", "visited": "visit", "visiting": "visit", "goes": "go", "going": "go", "gone": "go",
    "went": "go", "ran": "run", "running": "run", "runs": "run", "led": "lead", "leads": "lead", "leading": "lead",
    "heard": "hear", "seen": "see", "seeing": "see", "known": "know", "leaving": "leave", "leaves": "leave",
    "decide": "decision", "decides": "decision", "decided": "decision", "decisive": "decision", "makers": "make",
    "analyse": "analysis", "analyses": "analysis", "analysed": "analysis", "analytical": "analysis",
    "adopt": "adoption", "adopts": "adoption", "adopted": "adoption", "adopter": "adoption", "adopters": "adoption",
    "adoptive": "adoption", "supervise": "supervision", "supervised": "supervision", "supervisor": "supervision",
    "supervisors": "supervision", "supervisory": "supervision", "oversees": "oversee", "overseen": "oversee",
    "overseeing": "oversee", "headteachers": "headteacher", "fostered": "foster", "fostering": "foster",
    "fosters": "foster", "health": "health", "healthy": "health", "meetings": "meeting", "enquiries": "enquiry",
    "histories": "history", "agencies": "agency", "partnership": "partner", "partnerships": "partner",
    "placements": "placement", "qualities": "quality", "qualitative": "quality", "timelier": "timeliness",
    "timely": "timeliness", "caseloads": "caseload", "timescales": "timescale", "minutes": "minute",
    "minuted": "minute",
}  # fmt: skip


@dataclass(frozen=True)
class _Term:
    """A word of meaning: what it counts as, and as it was printed."""

    key: str
    printed: str


def _terms_table() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for line in _TERMS:
        names = [tuple(stem(word) for word in name.split()) for name in line.split(";")]
        for name in names:
            table.setdefault(name, "_".join(names[0]))
    return table


_TERM_OF = _terms_table()
_WEAK = frozenset(stem(word) for word in _WEAK_WORDS.split()) | frozenset(_WEAK_TERMS)


def _plain(word: str) -> str:
    return _APOSTROPHES.sub("", word).lower()


def words_of(text: str) -> list[str]:
    """The words of a text in order, lower case, without apostrophes ("children's" is "childrens") or marks."""
    return [_plain(word) for word in _WORD.findall(text.translate(_NOTHING))]


def stems_of(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order; terms of the field are not joined."""
    return [stem(word) for word in words_of(text) if word not in _EMPTY]


def _terms_of(text: str) -> list[_Term]:
    """The words of meaning in order, a term of the field being one."""
    clean = text.translate(_NOTHING)
    spans = [found.span() for found in _WORD.finditer(clean)]
    words = [_plain(clean[start:end]) for start, end in spans]
    stems = [stem(word) for word in words]
    terms: list[_Term] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_TERM, len(words) - at), 0, -1):
            key = _TERM_OF.get(tuple(stems[at : at + length]))
            printed = clean[spans[at][0] : spans[at + length - 1][1]]
            if key and printed.lower() not in _EMPTY and (printed.isupper() or printed.lower() not in _WORDS_TOO):
                terms.append(_Term(key, " ".join(printed.split())))
                at += length
                break
        else:
            if words[at] not in _EMPTY and (len(words[at]) > 1 or words[at].isdigit()):
                terms.append(_Term(stems[at], clean[slice(*spans[at])]))
            at += 1
    return terms


@dataclass(frozen=True)
class Likeness:
    """How alike a candidate is: its index, 0 to 1, and the words that say so, strongest first, as printed.

    ``telling`` counts the shared words that are not in nearly every ask; a term of the field counts by its words.
    """

    index: int
    score: float
    shared: tuple[str, ...]
    telling: int = 0


class Corpus:
    """Texts to compare others with. Each word weighs by how few of these texts have it."""

    def __init__(self, texts: Sequence[str], *, beside: Sequence[str] = ()) -> None:
        """``beside`` are texts that say how rare a word is, without being candidates."""
        counted = [Counter(term.key for term in _terms_of(text)) for text in texts]
        others = [{term.key for term in _terms_of(text)} for text in beside]
        having = Counter(key for keys in (*counted, *others) for key in keys)
        size = len(counted) + len(others)
        self._rarity = {key: self._weight(key, size, number) for key, number in having.items()}
        self._size = size
        self._holding: dict[str, list[tuple[int, float]]] = {}
        for index, counts in enumerate(counted):
            for key, value in self._vector(counts).items():
                self._holding.setdefault(key, []).append((index, value))

    @staticmethod
    def _weight(key: str, size: int, number: int) -> float:
        return (_WEAK_SHARE if key in _WEAK else 1) * log(1 + (size + 1) / (number + 0.5))

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        """Weights of unit length: a word said twice counts for more, not for double."""
        vector = {
            key: (1 + log(number)) * (self._rarity.get(key) or self._weight(key, self._size, 0))
            for key, number in counts.items()
        }
        length = sqrt(sum(value * value for value in vector.values()))
        return {key: value / length for key, value in vector.items()} if length else {}

    def most_alike(self, text: str, *, at_least: float = 0.0) -> list[Likeness]:
        """The texts that share a word of meaning with ``text`` and are as alike as that, best first."""
        terms = _terms_of(text)
        vector = self._vector(Counter(term.key for term in terms))
        scores: dict[int, float] = {}
        shares: dict[int, list[tuple[float, str]]] = {}
        for key, weight in vector.items():
            for index, value in self._holding.get(key, ()):
                scores[index] = scores.get(index, 0.0) + weight * value
                shares.setdefault(index, []).append((weight * value, key))
        printed: dict[str, str] = {}
        for term in terms:
            printed.setdefault(term.key, term.printed)
        found = [
            _likeness(index, score, shares[index], printed) for index, score in scores.items() if score >= at_least
        ]
        return sorted(found, key=lambda one: (-round(one.score, 9), one.index))


def _likeness(index: int, score: float, shares: Iterable[tuple[float, str]], printed: dict[str, str]) -> Likeness:
    """Words that nearly every ask has are named only where no other is shared."""
    ranked = [one for one in sorted(shares, key=lambda one: (-one[0], one[1])) if one[0] >= _LEAST_SHARE * score]
    telling = [key for _, key in ranked if key not in _WEAK]
    kept = (telling or [key for _, key in ranked])[:MOST_SHARED]
    return Likeness(
        index,
        min(score, 1.0),
        tuple(_as_shown(printed[key]) for key in kept),
        sum(len(printed[key].split()) for key in telling),
    )


def _as_shown(printed: str) -> str:
    """As printed, save that capitals of a sentence or a title are lost; abbreviations keep theirs."""
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in printed.split())


def most_alike(text: str, candidates: Sequence[str], *, at_least: float = 0.0) -> list[Likeness]:
    """The candidates that share a word of meaning with ``text``, best first."""
    return Corpus(candidates).most_alike(text, at_least=at_least)
