"""Text that looks as if it told who a child is, or how to reach a person. Plain values only.

A sign and no proof: it asks a person to look. The strong kinds (a number that one person has, a date of birth) are
rarely anything else; of the weak ones a person may say that they may stand. A date alone is no sign: plans are full
of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

A_CHILD = "[withheld: may identify a child]"
A_PERSON = "[withheld: may identify a person]"
DETAILS = "[withheld: a person’s contact details]"


@dataclass(frozen=True)
class Kind:
    """``words`` name it in plain English with its article; ``instead`` is what stands in a public paper in its place.

    ``key`` enters the ids under which a person let texts stand: it stays.
    """

    key: str
    words: str
    strong: bool
    instead: str


BIRTH = Kind("date-of-birth", "a date of birth", True, A_CHILD)
NHS = Kind("nhs-number", "an NHS number", True, A_CHILD)
UPN = Kind("upn", "a unique pupil number", True, A_CHILD)
INSURANCE = Kind("national-insurance", "a National Insurance number", True, A_PERSON)
INITIALS = Kind("initials", "what may be a child’s initials", False, A_CHILD)
REFERENCE = Kind("reference", "a person’s case or reference number", False, A_CHILD)
POSTCODE = Kind("postcode", "a postcode", False, "[withheld: a postcode]")
E_MAIL = Kind("e-mail", "an e-mail address", False, DETAILS)
TELEPHONE = Kind("telephone", "a telephone number", False, DETAILS)
KINDS: tuple[Kind, ...] = (BIRTH, NHS, UPN, INSURANCE, INITIALS, REFERENCE, POSTCODE, E_MAIL, TELEPHONE)


@dataclass(frozen=True)
class Found:
    """What was found and where: ``text`` is that of the place, from ``start`` up to ``end``."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def id(self) -> str:
        """The same for the same kind and text wherever it stands, however spaced: by it a person lets texts stand."""
        said = f"{self.kind.key}:{' '.join(self.text.split()).casefold()}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def findings(text: str) -> list[Found]:
    """Everything in ``text`` that looks personal, by its place; one place may look like several things."""
    found = [
        Found(kind, text[start:end], start, end)
        for kind, places in _PLACES
        for start, end in places(text)
        if start < end
    ]
    return sorted(found, key=lambda one: (one.start, -one.end))


def apart(found: Iterable[Found]) -> list[Found]:
    """Those that do not overlap, by place: of those that do the strong one, then the longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (not one.kind.strong, one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def looks_personal(*texts: str) -> str:
    """The first kind that may name a child, in words: “a date of birth”, “an NHS number” …; or nothing.

    Postcodes and how to reach somebody are no sign here: within the council they may well be wanted.
    """
    kinds = {found.kind for text in texts for found in findings(text)}
    return next((kind.words for kind in KINDS if kind in kinds and (kind.strong or kind == INITIALS)), "")


# Dates of birth.

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{4}[/.‐-―-]\d{1,2}[/.‐-―-]\d{1,2}|" + _MONTH + r"\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th)?(?:\s+of)?[\s/.‐-―-]{0,2}(?:\d{1,2}|" + _MONTH + r")[\s/.,‐-―-]{1,2}(?:\d{4}|\d\d))(?!\d)"
)
_AGE = r"(?:aged?\s+\d{1,2}\b|\d{1,2}[\s-]?(?:years?|yrs?)(?:[\s-]olds?)?\b|\d{1,2}\s?y\.?/?o\b)"
_BIRTHS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?date|birthday|born(?!\s+(?:in or |on or )?"
        r"(?:before|after|between|since|from|by|prior)\b))[^\d]{0,15}" + _DATE,
        r"(?:(?<=\()|(?<=,\s))b\.?\s?" + _DATE,
        # A date right beside an age, as in “3 April 2015 (aged 7)” and “aged 7 (3/4/15)”.
        _DATE + r"[\s,;:/–-]{0,2}[(\[]?\s?" + _AGE,
        r"\b" + _AGE + r"[\s,;:/–-]{0,2}[(\[]\s?(?:b\.?\s)?" + _DATE,
        r"\b" + _AGE + r",\s(?:b\.?\s)?" + _DATE,
    )
)


def _births(text: str) -> Iterator[tuple[int, int]]:
    if _has_digit(text):
        for pattern in _BIRTHS:
            yield from (found.span() for found in pattern.finditer(text))


# Numbers that one person has.

_GAP = r"[\s.‐-―-]{0,2}"
_TEN_DIGITS = re.compile(rf"(?<![\d+])(?<!\d[.,])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\d)")
_NAMED_NHS = re.compile(
    rf"\bNHS\s*(?:number|num|no|id|n[o°º])?\b\.?\s*(?:is|was)?\s*[:#=]?\s*(?P<number>\d(?:{_GAP}\d){{9}})(?!\d)",
    re.IGNORECASE,
)
_BOOK = re.compile(r"ISBN\D{0,12}$", re.IGNORECASE)


def _nhs_numbers(text: str) -> Iterator[tuple[int, int]]:
    if not _has_digit(text):
        return
    # Where the text itself says what it is, one wrong digit makes it no less personal.
    yield from (found.span("number") for found in _NAMED_NHS.finditer(text))
    for found in _TEN_DIGITS.finditer(text):
        if is_nhs_number(found.group()) and not _BOOK.search(text, 0, found.start()):
            yield found.span()


def is_nhs_number(written: str) -> bool:
    """Whether ten digits, spaced or not, end in the right check digit.

    The rule is the NHS Data Dictionary's: weights 10 to 2, modulo 11; 11 counts as 0, and 10 is never used.
    """
    digits = [int(sign) for sign in written if sign.isdecimal()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == (0 if check == 11 else check)


# A pupil's number: a letter without I, O and S, the authority, the school, the year, a serial number.
_PUPIL = re.compile(
    r"(?<![A-Za-z0-9])[A-HJ-NP-RT-Z][ -]?\d{3}[ -]?\d{4}[ -]?\d{2}[ -]?\d{2}[\dA-HJ-NP-RT-Z](?![A-Za-z0-9])",
    re.IGNORECASE,
)
_INSURED = re.compile(
    r"(?<![A-Za-z0-9])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"[\s-]?\d{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?[A-D](?![A-Za-z0-9])",
    re.IGNORECASE,
)

# Initials.

# What stands in capitals after such a word without being anybody's initials.
_SHORT_FORMS = frozenset((
    "AD", "AP", "AR", "CA", "CE", "CP", "CR", "CS", "CW", "DA", "DD", "DV", "EH", "EP", "ER", "EU", "FG", "FM",
    "GP", "HE", "HO", "HR", "HV", "IA", "ID", "IN", "IQ", "IT", "IV", "KI", "KO", "KS", "LA", "LD", "MH", "MP",
    "NE", "NI", "NO", "OF", "OK", "ON", "OR", "PA", "PB", "PC", "PE", "PI", "PM", "PR", "PT", "QA", "QC", "RI",
    "RO", "SG", "SI", "SO", "SW", "TA", "TB", "TM", "TO", "TV", "UK", "US", "VS", "WE", "YJ", "YO", "YP",
))  # fmt: skip
_DOTTED = r"(?:[A-Z]\.\s?){1,2}[A-Z](?:\.|(?![\w’']))|[A-Z]\.(?=[\s,;:)]|$)(?!\s[A-Z]\w)"
_PLAIN = r"[A-Z]{1,2}(?!\w|[&+]\w|-[a-z]|\s?&)"
_ONE = rf"(?:{_DOTTED}|{_PLAIN})"
_AND = r"(?:\s*[,/&]\s*|\s+and\s+|\s*,\s*and\s+)"
_SUBJECT = (
    r"(?:[Cc]hild(?:ren)?|[Yy]oung (?:person|people|woman|man|women|men)|[Bb]ab(?:y|ies)|[Ii]nfants?|[Tt]oddlers?"
    r"|[Bb]oys?|[Gg]irls?|[Pp]upils?|[Ss]iblings?|[Bb]rothers?|[Ss]isters?|[Tt]wins?|[Cc]are leavers?|[Tt]eenagers?)"
)
_CALLED = r"(?:,?\s+(?:known as|called|named|initials?)[\s:]*)?"
_NAMED_BY_INITIALS = re.compile(rf"\b{_SUBJECT}{_CALLED}\s*[(“‘\"]?\s*(?<![A-Za-z]){_ONE}(?:{_AND}{_ONE})*")
_IN_CAPITALS = re.compile(
    r"\b(?:CHILD|YOUNG PERSON|BABY|BOY|GIRL|PUPIL|SIBLING)\s+(?:(?:[A-Z]\.\s?){1,2}[A-Z]\.?|[B-HJ-Z])(?!\w|[&+-]\w)"
)
_WITH_AGE = re.compile(
    r"(?<!\w)(?<!\w[.&/+-])(?P<who>[A-Z]\.\s?[A-Z]\.?(?:\s?[A-Z]\.)?|[A-Z]{1,2})(?:\s*\(|,?\s+(?=aged?\b))\s*"
    r"(?P<said>aged?\s+)?(?P<age>\d{1,2})(?:[\s-]?(?P<unit>years?|yrs?|y|months?|mths?|m)(?:[\s/-]?o(?:lds?)?)?)?"
    r"(?(said)\)?|\))"
)
_LETTERS = re.compile(r"[A-Z](?:\.\s?)?[A-Z]?\.?")


def _initials(text: str) -> Iterator[tuple[int, int]]:
    for found in _NAMED_BY_INITIALS.finditer(text):
        if _are_initials(found.group(), text[found.end() :]):
            yield found.span()
    yield from (found.span() for found in _IN_CAPITALS.finditer(text))
    for found in _WITH_AGE.finditer(text) if _has_digit(text) else ():
        who = re.sub(r"[.\s]", "", found["who"])
        said = bool(found["said"] or found["unit"])
        if int(found["age"]) <= 18 and (said or (len(who) > 1 and who not in _SHORT_FORMS)):
            yield found.span()


_ARTICLE = re.compile(r"\s*(?:[-–]?\s*levels?\b|\s&|\.\w)", re.IGNORECASE)


def _are_initials(found: str, after: str) -> bool:
    """Whether what follows the word for a child names one: “child K”, and not “child IT” or “pupil A levels”."""
    letters = re.findall(r"(?<![A-Za-z])(?:[A-Z]\.?\s?){1,3}(?![a-z])", found)
    named = ["".join(sign for sign in one if sign.isalpha()) for one in letters]
    if not named or all(one in _SHORT_FORMS or one == "I" for one in named):
        return False
    return not (named[-1] == "A" and _ARTICLE.match(after))


# Numbers of a case.

_RECORDED = (
    r"(?:case|file|child(?:[’']?s)?|pupil(?:[’']?s)?|client|patient|service user|person|family|referral|hospital|court"
    r"|LAC|CLA|CIN|CP|LCS|ICS|EHM|EHCP?|MASH|YOT|SSID|PID|RiO|SystmOne|Mosaic|Liquid ?logic|CareFirst|Care ?Director"
    r"|Azeus|ContrOCC|Framework-?i|Synergy|Capita ONE)"
)
_NUMBERED = r"(?:ref(?:erence)?s?|numbers?|no|num|id(?:entifier)?s?|record|#)\b\.?"
_CASES = re.compile(
    rf"\b{_RECORDED}(?:\s+(?:file|record|case|system))?\s*(?:{_NUMBERED}\s*){{1,2}}(?:is|was)?\s*[:#=-]?\s*"
    r"(?P<number>(?:[A-Z]{1,5}[/-]?)?\d[\d/-]{2,}[A-Z]?\b(?:[/-]\w+)*|[A-Z]{1,3}\d{3,}\w*)"
    r"|\b(?:case|child|client|pupil|LCS|ICS|Mosaic|Liquid ?logic|SSID|PID|NHS)\s*[:#]?\s*(?P<bare>\d{5,10})\b"
    r"(?![.,]\d)",
    re.IGNORECASE,
)


def _cases(text: str) -> Iterator[tuple[int, int]]:
    for found in _CASES.finditer(text) if _has_digit(text) else ():
        written = found["number"] or found["bare"]
        if len(re.findall(r"\d", written)) > 3 or not written.isdecimal():
            yield found.span()


# Where a person lives, and how to reach them.

_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-HJKMNP-Y\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2}"
    r"|[a-pr-uwyz][a-hk-y]?\d[a-hjkmnp-y\d]?\s(?!1st|2nd|3rd|\dth)\d[abd-hjlnp-uw-z]{2})(?![A-Za-z0-9])"
)
_ADDRESS = re.compile(r"[\w.+’'-]*\w@\w[\w-]*(?:\.\w[\w-]*)+")
# Mailboxes that no single person has.
_MAILBOX = re.compile(r"(?:info|enquir(?:y|ies)|contact(?:us)?|help|office|press|support|feedback|complaints)@", re.I)
_CALL = re.compile(
    r"(?<![\w.,£])(?<!\d[/-])(?:\+44[\s.‐-―-]?(?:\(0\)[\s.‐-―-]?)?\(?|\(?0)\d{2,4}\)?[\s.‐-―-]{0,2}\d{2,4}[\s.‐-―-]?\d{2,4}"
    r"(?:[\s.‐-―-]?\d{2,4})?(?!\w|[/.,]\d)"
)
# Of organisations: 03 numbers, freephone, services.
_OF_AN_ORGANISATION = re.compile(r"\(?0(?:3|800|808|84|87|9)")


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        yield from (found.span() for found in _ADDRESS.finditer(text) if not _MAILBOX.match(found.group()))


def _calls(text: str) -> Iterator[tuple[int, int]]:
    for found in _CALL.finditer(text) if _has_digit(text) else ():
        digits = "".join(sign for sign in found.group().replace("(0)", "") if sign.isdecimal())
        national = f"0{digits[2:]}" if found.group().startswith("+44") else digits
        if len(national) in (10, 11) and national[1] in "127" and not _OF_AN_ORGANISATION.match(national):
            yield found.span()


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


_DIGIT = re.compile(r"\d")


def _places_of(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    def places(text: str) -> Iterator[tuple[int, int]]:
        return (found.span() for found in pattern.finditer(text)) if _has_digit(text) else iter(())

    return places


_PLACES: tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    (BIRTH, _births),
    (NHS, _nhs_numbers),
    (UPN, _places_of(_PUPIL)),
    (INSURANCE, _places_of(_INSURED)),
    (INITIALS, _initials),
    (REFERENCE, _cases),
    (POSTCODE, _places_of(_POSTCODE)),
    (E_MAIL, _addresses),
    (TELEPHONE, _calls),
)
