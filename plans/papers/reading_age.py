"""How old a reader of English should be to read a text with ease: a hint, worked out from its words alone.

The grade is that of Kincaid, Fishburne, Rogers and Chissom, “Derivation of New Readability Formulas for Navy
Enlisted Personnel” (Research Branch Report 8-75, 1975): 0.39 × words a sentence + 11.8 × syllables a word − 15.59.
A school year in the United States begins five years after the grade's number, so that grade + 5 is an age in the
United Kingdom. Syllables are counted by rule, and a rule about English spelling is right most of the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

AIM = (9, 11)
FEWEST_WORDS = 20  # fewer say nothing: a single long word would move the age by years
MOST_HARD_WORDS = 8
YOUNGEST = 5
_HARD_FROM = 3  # syllables

_SENTENCE_END = re.compile(r"(?<=[.!?])[”’\"')\]]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_OWNED = re.compile(r"[’']s$")
# Vowels that are written and not spoken, and those written together and spoken apart.
_SILENT = (
    re.compile(r"(?<![aeiouyl])e$|(?<=[aeiouy])le$|(?<=[aeiouyl]l)e$"),
    re.compile(r"(?<![aeiouytd])ed$"),
    re.compile(r"(?<![aeiouyscxzg])(?<!ch)(?<!sh)es$"),
    re.compile(r"(?<![aeiouy])e(?=(?:ly|liness|less|ful|fully|ment|ments|ness|where|times|guard(?:ed|ing|s)?)$)"),
)
_APART = (
    re.compile(r"(?<![tscgx])i[aou]"),
    re.compile(r"(?<!q)u[aeo](?!i)(?=[a-z]*(?:l|te|ted|tion)$)"),
    re.compile(r"[aeiouy]ing(?:s|ly)?$"),
    re.compile(r"(?<=cr)ea(?=t(?!u))"),
    re.compile(r"(?<![tc])ie(?=n(?:ces?|ts?)$)"),
    re.compile(r"[a-z]sm$"),
)
_SPOKEN = {
    "area": 3, "areas": 3, "business": 2, "clothes": 1, "different": 2, "every": 2, "everybody": 4, "everyone": 3,
    "everything": 3, "guess": 1, "idea": 3, "ideas": 3, "people": 2, "quiet": 2, "science": 2, "someone": 2,
    "something": 2, "sometimes": 2, "somebody": 3, "real": 1, "really": 2, "evening": 2, "queue": 1,
}  # fmt: skip

# Long and yet known to every reader of nine.
EASY = frozenset(
    {
        "another", "anybody", "anyone", "anything", "children", "computer", "computers", "everybody", "everyone",
        "everything", "family", "families", "favourite", "grandparents", "however", "idea", "ideas", "important",
        "inspector", "inspectors", "nobody", "remember", "somebody", "together", "tomorrow", "understand",
        "understanding", "understood", "yesterday",
    }
)  # fmt: skip
# Words of the work that a young person may not know, with what may be said in their place.
IN_PLAIN_WORDS = {
    "accommodation": "a place to live",
    "advocate": "somebody who speaks up for you",
    "agencies": "schools, health services and the police",
    "assessment": "finding out what help you need",
    "assessments": "finding out what help you need",
    "commissioning": "paying others to help",
    "consultation": "asking what you think",
    "emotional": "about your feelings",
    "implement": "start",
    "improvement": "getting better",
    "improvements": "things that got better",
    "intervention": "help",
    "multi-agency": "working together",
    "permanence": "a home to grow up in",
    "placement": "the place where you live",
    "placements": "the places where you live",
    "practitioners": "workers",
    "provision": "help",
    "referral": "asking for help",
    "referrals": "asking for help",
    "safeguarding": "keeping you safe",
    "supervision": "a manager checking and helping",
    "threshold": "when help starts",
    "thresholds": "when help starts",
    "timeliness": "how quickly things are done",
}


@dataclass(frozen=True)
class ReadingHint:
    """``age`` in years, None for a text of too few words to tell; ``hard`` with what may be said instead, or “”."""

    words: int
    age: int | None = None
    longest: str = ""
    longest_words: int = 0
    hard: tuple[tuple[str, str], ...] = ()

    @property
    def too_short(self) -> bool:
        return self.age is None

    @property
    def is_hard(self) -> bool:
        """Whether a reader should be older than those whom we write for."""
        return self.age is not None and self.age > AIM[1]


def reading_hint(*texts: str) -> ReadingHint:
    """The reading age of the texts together, their longest sentence and their hard words. A line ends a sentence."""
    sentences = [piece.strip() for text in texts for piece in _SENTENCE_END.split(text) if _WORD.search(piece)]
    words = [_WORD.findall(sentence) for sentence in sentences]
    count = sum(map(len, words))
    if count < FEWEST_WORDS:
        return ReadingHint(count)
    spoken = sum(syllables(word) for sentence in words for word in sentence)
    grade = 0.39 * count / len(sentences) + 11.8 * spoken / count - 15.59
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    age = max(YOUNGEST, int(grade + 5 + 0.5))
    return ReadingHint(count, age, sentences[longest], len(words[longest]), _hard_words(words))


def _hard_words(sentences: list[list[str]]) -> tuple[tuple[str, str], ...]:
    """Each once, the longest first; names, which begin with a capital within a sentence, are left out."""
    found = {
        word.lower()
        for sentence in sentences
        for place, word in enumerate(sentence)
        if not (place and word[0].isupper()) and is_hard(word)
    }
    order = sorted(found, key=lambda word: (word not in IN_PLAIN_WORDS, -syllables(word), -len(word), word))
    return tuple((word, IN_PLAIN_WORDS.get(word, "")) for word in order[:MOST_HARD_WORDS])


def is_hard(word: str) -> bool:
    """Three syllables or more without the ending of a verb or a plural, and not a word that everybody knows."""
    plain = _OWNED.sub("", word.lower())
    if plain in IN_PLAIN_WORDS:
        return True
    stem = re.sub(r"(?:ing|es|ed|s)$", "", plain)
    return plain not in EASY and syllables(plain) >= _HARD_FROM and syllables(stem) >= _HARD_FROM


def syllables(word: str) -> int:
    """How many syllables an English word has, by rule; at least one."""
    plain = _OWNED.sub("", word.lower()).replace("’", "").replace("'", "")
    if plain in _SPOKEN:
        return _SPOKEN[plain]
    count = len(_VOWELS.findall(plain))
    count -= sum(1 for rule in _SILENT if rule.search(plain))
    count += sum(len(rule.findall(plain)) for rule in _APART)
    return max(1, count)
