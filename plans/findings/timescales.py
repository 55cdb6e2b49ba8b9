"""How soon an inspectorate asks for something: "immediately", "within three months"."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from plans.findings.working_days import BANK_HOLIDAYS, add_working_days


@dataclass(frozen=True)
class Timescale:
    """A length of time from the day it is counted from; nothing at all means immediately."""

    months: int = 0
    days: int = 0
    working_days: int = 0


IMMEDIATELY = Timescale()

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20,
}  # fmt: skip
_IMMEDIATE = re.compile(r"immediate(?:ly)?(?: action)?|with immediate effect|at once|straight ?away")
# A time after anything but the inspection is a standard of work ("within 10 days of coming into care").
_WITHIN = re.compile(
    r"(?:(?:with)?in )?(?:the next )?(?P<number>\d{1,3}|[a-z]+) (?P<unit>working day|day|week|month|year)s?"
    r"(?: (?:of|from|after)"
    r"(?: (?:of|the|this|its|date|receipt|receiving|publication|report|letter|inspection))+)?"
)


def read_timescale(text: str) -> Timescale | None:
    """Read a printed timescale, in words or digits; None when it names none, or an end by the calendar.

    A month is a calendar month, a year twelve of them, a week seven days.
    """
    plain = " ".join(text.lower().split()).strip(" .:;-–")
    if _IMMEDIATE.fullmatch(plain):
        return IMMEDIATELY
    found = _WITHIN.fullmatch(plain)
    if not found:
        return None
    number = int(found["number"]) if found["number"].isdigit() else _NUMBERS.get(found["number"], 0)
    if not number:
        return None
    match found["unit"]:
        case "month":
            return Timescale(months=number)
        case "year":
            return Timescale(months=12 * number)
        case "week":
            return Timescale(days=7 * number)
        case "day":
            return Timescale(days=number)
        case _:
            return Timescale(working_days=number)


def timescale_due(timescale: Timescale, counted_from: date, holidays: Mapping[date, str] = BANK_HOLIDAYS) -> date:
    """The last day on which the work is in time: "immediately" is the day itself.

    Three months from 30 November end on the last day of February. Raises ValueError when working days leave
    the years for which bank holidays are known.
    """
    months = counted_from.month - 1 + timescale.months
    year, month = counted_from.year + months // 12, months % 12 + 1
    day = counted_from.replace(year=year, month=month, day=min(counted_from.day, monthrange(year, month)[1]))
    day += timedelta(days=timescale.days)
    return add_working_days(day, timescale.working_days, holidays) if timescale.working_days else day
