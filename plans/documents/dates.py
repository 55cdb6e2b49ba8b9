"""Dates as plans and papers print them: read without guessing, shown without a day that nobody wrote.

A cell under "By When" holds a day, a month, a quarter, a season, or words with no date in them at all.
Only a date that the cell begins with is taken; dates inside prose about what was achieved are left alone.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENTER_A_DATE = "Enter a date like 31 March 2027 or a month like March 2027"


class Precision(StrEnum):
    """How much of a date was written. A season never has a last day until a person gives one."""

    NONE = ""
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    ONGOING = "ongoing"


@dataclass(frozen=True)
class PrintedDate:
    """A due date: the last day on which it is not yet late, how much was written, and the words."""

    last_day: date | None
    precision: Precision
    printed: str


@dataclass(frozen=True)
class ReadDate:
    """What was read from one cell, and a sentence for everything in it that a person should look at."""

    date: PrintedDate
    problems: tuple[str, ...] = ()


class _Reading(NamedTuple):
    last_day: date | None
    precision: Precision
    problem: str = ""
    end: int = 0


class _NoDate(Exception):
    """The words look like a date and cannot be one; the message completes a sentence about them."""


_FROM_WHEN = "says from when, not by when it is due"
_AMONG_WORDS = "has a date among other words; enter it if it is the due date"
_SEVERAL = "names more than one date; enter the one by which it is due"
_UNREAD = "gives no date that could be read"

_AROUND_A_SLASH = re.compile(r"\s*/\s*")
_DASHES = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), "’": "'", "‘": "'"})

_MONTH_WORD = (
    r"(?:january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug"
    r"|september|sept|sep|october|oct|november|nov|december|dec)(?![a-z])"
)
_MONTH = rf"(?P<month>{_MONTH_WORD})\.?"
_WEEKDAY = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs?|ur)?(?:day)?\.?,?\s+)?"
_DAY = r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w%]|[/-]\d)"
# After words a two-digit number is a year only where the phrase ends: "16 March 20 families" is not.
_SHORT_YEAR = r"'?(?P<short>\d\d)(?=\s*(?:$|[,;.()\[-]))(?!-\d)"
_FINANCIAL_YEAR = r"(?P<first>(?:19|20)\d\d)\s?[/-]\s?(?P<next>(?:20)?\d\d)(?![\w%]|[/-]\d)"
_SHORT_FINANCIAL_YEAR = r"(?P<first>(?:19|20)?\d\d)\s?[/-]\s?(?P<next>(?:20)?\d\d)(?![\w%]|[/-]\d)"
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_QUARTER = (
    r"(?:q(?:tr|uarter)?\.?\s*(?P<quarter>\d)(?!\d)"
    r"|(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th)\s+q(?:tr|uarter))"
)
_IN_YEAR = r"[\s,/-]*(?:of\s+)?(?:the\s+)?(?:fy|financial\s+year)?\s*"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}")


# In the order in which they are tried: the fullest date first.
_DAY_FORMS = (
    _form(r"(?P<year>(?:19|20)\d\d)-(?P<number>\d{1,2})-(?P<day>\d{1,2})(?:[t ]\d\d:\d\d(?::\d\d)?)?(?![\w%-])"),
    _form(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<number>\d{{1,2}})(?P=mark)"
        rf"(?:{_YEAR}|(?P<short>\d\d)(?![\w%/-]))"
    ),
    _form(rf"{_WEEKDAY}{_DAY}(?:\s+of)?[\s,./-]*{_MONTH}[\s,./-]*(?:{_YEAR}|{_SHORT_YEAR})"),
    _form(rf"{_WEEKDAY}{_MONTH}\s*{_DAY},?\s+{_YEAR}"),
)
_MONTH_FORMS = (
    _form(rf"{_MONTH}(?:[\s,./-]*(?:of\s+)?{_YEAR}|(?:\s*-|\s*(?='))\s*{_SHORT_YEAR})"),
    _form(rf"(?P<number>\d{{1,2}})/{_YEAR}"),
)
_QUARTER_FORMS = (
    _form(rf"{_QUARTER}{_IN_YEAR}{_SHORT_FINANCIAL_YEAR}"),
    _form(rf"{_QUARTER}{_IN_YEAR}{_YEAR}"),
    _form(rf"{_FINANCIAL_YEAR}[\s,-]*{_QUARTER}"),
)
_FINANCIAL_YEAR_FORM = _form(rf"(?:fy\s*|financial\s+year\s+)?{_FINANCIAL_YEAR}")
_YEAR_FORM = _form(_YEAR)

_LEADING = re.compile(
    r"(?:(?:target(?: date)?|due(?: date)?|deadline|(?:to be|for) complet(?:ed|ion)|completion"
    r"|no later than|not later than|on or before|before(?= (?:the )?end )|by|on|in|during|until|the)"
    r"(?![a-z])[\s:,-]*)+"
)
_PART = re.compile(r"(?:(?P<whole>end)|start|beginning|early|mid|middle|late)(?![a-z])[\s-]*(?:of\s+)?(?:the\s+)?")
_RANGE_START = re.compile(rf"(?:{_DAY}(?:\s*{_MONTH})?|(?P<from>{_MONTH_WORD}))")
_RANGE_MARK = re.compile(r"\s*(?:-|(?:to|until)(?![a-z]))\s*")
_ONGOING = re.compile(
    r"(?:already )?(?:on-?\s?going|in progress|under\s?way|continu(?:ous|al|ing)|rolling"
    r"|daily|weekly|fortnightly|monthly|quarterly|termly|annual(?:ly)?)(?![a-z])"
)
_ACHIEVED = re.compile(
    r"(?<!\w)(?<!be )(?:achieved|completed|done|in place|implemented|delivered|closed)(?![a-z])(?! by)"
    r"|(?<!\w)complete(?=\s*(?:$|[-(,;:.]))"
)
_OPEN = re.compile(
    r"(?:immediate(?:ly)?|with immediate effect|at once|a\.?s\.?a\.?p|as soon as possible|tb[acd]|n/?a|none"
    r"|not (?:yet )?(?:set|known|agreed)|to be (?:agreed|confirmed|decided|determined))(?![a-z])|[-?.]+$"
)
_STARTS = re.compile(r"(?:from|starts?|starting|commenc(?:es|ing)|beginning|after|since)(?! of)(?![a-z])")
_WEEK = re.compile(r"(?:w/c|wc|(?:the )?week (?:commencing|beginning|of))(?![a-z])")
_DURATION = re.compile(
    r"(?:within |in )?(?:\d+|an?|one|two|three|four|five|six) (?:working )?(?:day|week|month|year)s?"
)
_SEASON = re.compile(r"(?:(?:early|mid|late)[\s-]*)?(?:spring|summer|autumn|winter|easter|christmas)(?![a-z])")
_NO_YEAR = re.compile(
    rf"(?:{_WEEKDAY}{_DAY}(?:\s+of)?[\s,./-]*{_MONTH}|{_MONTH_WORD}\.?(?:\s*\d{{1,2}}(?:st|nd|rd|th)?)?"
    rf"|\d{{1,2}}/\d{{1,2}})\s*(?:[(\[].*)?"
)


def last_day_of(year: int, month: int) -> date:
    """The last day of a month, which is when a date written as a month falls due."""
    return date(year, month, monthrange(year, month)[1])


def read_printed_date(text: str) -> ReadDate:
    """Read the date that a document prints, its words kept whole; no date when none was written for certain.

    "March 2020" is due on its last day. A quarter is dated only with a financial year ("Q2 2021/22" ends
    on 30 September 2021); "Q2 2021" may be calendar or financial, so it is asked, like a season. Two-digit
    years lie in the 2000s; the day comes before the month. Never raises.
    """
    printed = " ".join(text.split())
    plain = _AROUND_A_SLASH.sub("/", printed.translate(_DASHES).lower())
    try:
        reading = _due(plain)
    except _NoDate as reason:
        reading = _Reading(None, Precision.NONE, str(reason))
    problems: tuple[str, ...] = ()
    if reading.problem:
        quoted = printed if len(printed) <= 60 else f"{printed[:59].rstrip()}…"
        problems = (f"“{quoted}” {reading.problem}.",)
    return ReadDate(PrintedDate(reading.last_day, reading.precision, printed), problems)


def read_typed_date(text: str) -> PrintedDate:
    """Read the due or forecast date that an officer types.

    Raises ValueError, with a sentence for the officer, when there is no date in it or the date is doubtful.
    """
    read = read_printed_date(text)
    if read.problems:
        raise ValueError(f"{read.problems[0]} {ENTER_A_DATE}")
    if read.date.last_day is None:
        raise ValueError(ENTER_A_DATE)
    return read.date


def wording(last_day: date | None, precision: str, printed: str = "") -> str:
    """The date in words, never finer than it was written: "16 March 2020", "July to September 2021".

    Without a last day, the words as printed.
    """
    return _shown(last_day, precision, printed, MONTHS, " to ")


def short_wording(last_day: date | None, precision: str, printed: str = "") -> str:
    """As `wording`, for narrow columns: "16 Mar 2020", "Mar 2020", "Jul–Sep 2021"."""
    return _shown(last_day, precision, printed, [month[:3] for month in MONTHS], "–")


def _shown(last_day: date | None, precision: str, printed: str, months: Sequence[str], to: str) -> str:
    if last_day is None:
        return printed
    month = f"{months[last_day.month - 1]} {last_day.year}"
    match precision:
        case Precision.DAY:
            return f"{last_day.day} {month}"
        case Precision.MONTH:
            return month
        case Precision.QUARTER:
            first = months[(last_day.month - 3) % 12]
            return f"{first}{to}{month}" if last_day.month > 2 else f"{first} {last_day.year - 1}{to}{month}"
        case Precision.YEAR if last_day.month == 3:
            return f"{last_day.year - 1}/{last_day.year % 100:02}"
        case Precision.YEAR:
            return str(last_day.year)
        case _:
            return printed or month


def _due(plain: str) -> _Reading:
    """The date that the words begin with. Raises _NoDate when they hold one that cannot be taken."""
    if not plain or _ACHIEVED.match(plain.removeprefix("already ")):
        return _Reading(None, Precision.NONE)
    if _ONGOING.match(plain):
        return _Reading(None, Precision.ONGOING)
    if _STARTS.match(plain):
        raise _NoDate(_FROM_WHEN)
    if _WEEK.match(plain):
        raise _NoDate("names a week; enter the day on which it is due")
    if _DURATION.match(plain):
        raise _NoDate("says how long, not by when")
    if _OPEN.match(plain):
        if _holds_a_date(plain):
            raise _NoDate(_AMONG_WORDS)
        return _Reading(None, Precision.NONE)
    leading = _LEADING.match(plain)
    body = plain[leading.end() :] if leading else plain
    if _SEASON.match(body):
        return _Reading(None, Precision.SEASON, "is a time of year; enter the month or the day by which it is due")
    part = _PART.match(body)
    body = body[part.end() :] if part else body
    reading = _core_or_range(body)
    if reading is None:
        if _NO_YEAR.fullmatch(body):
            raise _NoDate("does not say which year; write it in full, like March 2027")
        if _holds_a_date(plain):
            raise _NoDate(_AMONG_WORDS)
        raise _NoDate(_UNREAD)
    _check_rest(body[reading.end :], reading.precision)
    if part and not part["whole"] and reading.precision is Precision.YEAR:
        return _Reading(None, Precision.SEASON, "is part of a year; enter the month by which it is due")
    return reading


def _check_rest(rest: str, precision: Precision) -> None:
    """Raises _NoDate when the words after a date say that it may not be the due date."""
    if re.match(r"\s*onwards?(?![a-z])", rest):
        raise _NoDate(_FROM_WHEN)
    if _holds_a_date(rest):
        raise _NoDate(_SEVERAL)
    if "%" in rest or _ACHIEVED.search(rest):
        raise _NoDate("tells what was achieved; enter the date by which it is due")
    if precision is Precision.YEAR and not re.match(r"\s*(?:$|[(\[,;.])", rest):
        raise _NoDate(_UNREAD)


def _core_or_range(body: str) -> _Reading | None:
    """The date at the start, or where a range is written ("January to March 2020") the end of the range."""
    reading = _core(body, 0)
    if reading:
        mark = _RANGE_MARK.match(body, reading.end)
        end = _core(body, mark.end()) if mark else None
        if not end:
            return reading
        if not (reading.last_day and end.last_day and reading.last_day <= end.last_day):
            raise _NoDate(_SEVERAL)
        return end
    start = _RANGE_START.match(body)
    mark = _RANGE_MARK.match(body, start.end()) if start else None
    end = _core(body, mark.end()) if mark else None
    if not (start and end and end.last_day):
        return None
    if start["day"]:
        in_order = start["month"] or int(start["day"]) < end.last_day.day
        return end if end.precision is Precision.DAY and in_order else None
    months = (_month(start["from"]), end.last_day.month)
    if end.precision is Precision.MONTH and months in ((1, 3), (4, 6), (7, 9), (10, 12)):
        return end._replace(precision=Precision.QUARTER)
    return end


def _core(text: str, at: int) -> _Reading | None:
    """One date, of any form, that begins exactly there. Raises _NoDate when it is none that exists."""
    for form in _DAY_FORMS:
        if found := form.match(text, at):
            return _day(found)
    for form in _MONTH_FORMS:
        if found := form.match(text, at):
            return _Reading(last_day_of(_year(found), _month_of(found)), Precision.MONTH, end=found.end())
    for form in _QUARTER_FORMS:
        if found := form.match(text, at):
            return _quarter(found)
    if found := _FINANCIAL_YEAR_FORM.match(text, at):
        return _Reading(date(_financial_year(found) + 1, 3, 31), Precision.YEAR, end=found.end())
    if found := _YEAR_FORM.match(text, at):
        return _Reading(date(_year(found), 12, 31), Precision.YEAR, end=found.end())
    return None


def _day(found: re.Match[str]) -> _Reading:
    year, month, day = _year(found), _month_of(found), int(found["day"])
    last = last_day_of(year, month)
    if not 1 <= day <= last.day:
        raise _NoDate(f"cannot be: {wording(last, Precision.MONTH)} has {last.day} days")
    written = last.replace(day=day)
    weekday = WEEKDAYS[written.weekday()]
    named = found.groupdict().get("weekday")
    problem = ""
    if named and not weekday.lower().startswith(named):
        problem = f"is doubtful: {wording(written, Precision.DAY)} is a {weekday}"
    return _Reading(written, Precision.DAY, problem, found.end())


def _quarter(found: re.Match[str]) -> _Reading:
    parts = found.groupdict()
    number = int(parts["quarter"] or _NTH[parts["nth"]])
    if not 1 <= number <= 4:
        raise _NoDate("cannot be: a year has four quarters")
    if parts.get("year"):
        problem = "may be of the calendar or of the financial year; enter the month in which it ends"
        return _Reading(None, Precision.QUARTER, problem, found.end())
    first = _financial_year(found)
    last = last_day_of(first + 1, 3) if number == 4 else last_day_of(first, 3 + 3 * number)
    return _Reading(last, Precision.QUARTER, end=found.end())


def _financial_year(found: re.Match[str]) -> int:
    """The year in which the financial year begins, in April."""
    first = int(found["first"] if len(found["first"]) == 4 else f"20{found['first']}")
    if int(found["next"]) not in (first + 1, (first + 1) % 100):
        raise _NoDate("is not one financial year; enter the month or the day by which it is due")
    return first


def _year(found: re.Match[str]) -> int:
    parts = found.groupdict()
    return int(parts["year"] or f"20{parts['short']}")


def _month_of(found: re.Match[str]) -> int:
    parts = found.groupdict()
    if parts.get("month"):
        return _month(parts["month"])
    number = int(parts["number"])
    if not 1 <= number <= 12:
        raise _NoDate(f"has no month {number}: write the day first, then the month, like 31/3/2027")
    return number


def _month(word: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(word[:3]))


def _holds_a_date(text: str) -> bool:
    forms = (*_DAY_FORMS, *_MONTH_FORMS, *_QUARTER_FORMS, _FINANCIAL_YEAR_FORM)
    return any(form.search(text) for form in forms)
