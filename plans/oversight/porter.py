"""Martin Porter's stemmer of English words, by which the search index of either database cuts its words.

Source of the rules: M. F. Porter, “An algorithm for suffix stripping”, Program 14(3), 1980, with the later endings
that SQLite’s FTS5 has too (“-logi”, “-bli”). It is here so that a page can mark what the database found.
"""

from __future__ import annotations

_LONGEST = 64  # FTS5 leaves longer words as they are

_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_STEP_4 = dict.fromkeys(
    ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou", "ism", "ate", "iti")
    + ("ous", "ive", "ize", "sion", "tion"),
    "",
) | {"sion": "s", "tion": "t"}  # fmt: skip


def _kinds(word: str) -> str:
    """The word as c for each consonant and v for each vowel; y is a vowel after a consonant."""
    kinds = ""
    for place, letter in enumerate(word):
        vowel = letter in "aeiou" or (letter == "y" and place > 0 and kinds[-1] == "c")
        kinds += "v" if vowel else "c"
    return kinds


def _measure(word: str) -> int:
    """How often a vowel is followed by a consonant: Porter’s m."""
    return _kinds(word).count("vc")


def _ends_short(word: str) -> bool:
    """Whether it ends consonant, vowel, consonant, the last none of w, x and y: “hop”."""
    return _kinds(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _replaced(word: str, endings: dict[str, str], above: int) -> str:
    """The longest ending that fits is replaced where what stays before it measures more than ``above``."""
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending):
            becomes = endings[ending]
            # What “-tion” and “-sion” leave of themselves counts as part of the stem.
            before = word[: -len(ending)]
            measured = before + becomes if becomes in ("s", "t") else before
            return before + becomes if _measure(measured) > above else word
    return word


def _without_plural(word: str) -> str:
    for ending, becomes in (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")):
        if word.endswith(ending):
            return word[: -len(ending)] + becomes
    return word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            before = word[: -len(ending)]
            return _mended(before) if "v" in _kinds(before) else word
    return word


def _mended(word: str) -> str:
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if len(word) > 1 and word[-1] == word[-2] and _kinds(word)[-1] == "c" and word[-1] not in "lsz":
        return word[:-1]
    return word + "e" if _measure(word) == 1 and _ends_short(word) else word


def porter_stem(word: str) -> str:
    """The stem of a lower-case word without accents: “strategies” and “strategy” are “strategi”."""
    if not 2 < len(word) <= _LONGEST:
        return word
    word = _without_past(_without_plural(word))
    if word.endswith("y") and "v" in _kinds(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(_replaced(_replaced(word, _STEP_2, 0), _STEP_3, 0), _STEP_4, 1)
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
