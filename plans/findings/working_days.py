"""Working days in England and Wales, in which the law counts the time for a plan after an inspection.

A working day is any day but a Saturday, a Sunday, Christmas Day, Good Friday or a bank holiday in England
and Wales; a substitute day counts as the bank holiday. Time runs from receipt, and the day after it is day 1.
Source: Education and Inspections Act 2006, section 137; SI 2007/462 (30 working days to publish, 70 to state
the proposed action). Scotland and Northern Ireland keep other bank holidays.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from plans.documents.dates import Precision, wording

# Those on weekdays, proclaimed ones included, as GOV.UK lists them. From 2012 to 2028 its own words.
BANK_HOLIDAYS: Mapping[date, str] = {
    date(2005, 1, 3): "New Year's Day (substitute day)",
    date(2005, 3, 25): "Good Friday",
    date(2005, 3, 28): "Easter Monday",
    date(2005, 5, 2): "Early May bank holiday",
    date(2005, 5, 30): "Spring bank holiday",
    date(2005, 8, 29): "Summer bank holiday",
    date(2005, 12, 26): "Boxing Day",
    date(2005, 12, 27): "Christmas Day (substitute day)",
    date(2006, 1, 2): "New Year's Day (substitute day)",
    date(2006, 4, 14): "Good Friday",
    date(2006, 4, 17): "Easter Monday",
    date(2006, 5, 1): "Early May bank holiday",
    date(2006, 5, 29): "Spring bank holiday",
    date(2006, 8, 28): "Summer bank holiday",
    date(2006, 12, 25): "Christmas Day",
    date(2006, 12, 26): "Boxing Day",
    date(2007, 1, 1): "New Year's Day",
    date(2007, 4, 6): "Good Friday",
    date(2007, 4, 9): "Easter Monday",
    date(2007, 5, 7): "Early May bank holiday",
    date(2007, 5, 28): "Spring bank holiday",
    date(2007, 8, 27): "Summer bank holiday",
    date(2007, 12, 25): "Christmas Day",
    date(2007, 12, 26): "Boxing Day",
    date(2008, 1, 1): "New Year's Day",
    date(2008, 3, 21): "Good Friday",
    date(2008, 3, 24): "Easter Monday",
    date(2008, 5, 5): "Early May bank holiday",
    date(2008, 5, 26): "Spring bank holiday",
    date(2008, 8, 25): "Summer bank holiday",
    date(2008, 12, 25): "Christmas Day",
    date(2008, 12, 26): "Boxing Day",
    date(2009, 1, 1): "New Year's Day",
    date(2009, 4, 10): "Good Friday",
    date(2009, 4, 13): "Easter Monday",
    date(2009, 5, 4): "Early May bank holiday",
    date(2009, 5, 25): "Spring bank holiday",
    date(2009, 8, 31): "Summer bank holiday",
    date(2009, 12, 25): "Christmas Day",
    date(2009, 12, 28): "Boxing Day (substitute day)",
    date(2010, 1, 1): "New Year's Day",
    date(2010, 4, 2): "Good Friday",
    date(2010, 4, 5): "Easter Monday",
    date(2010, 5, 3): "Early May bank holiday",
    date(2010, 5, 31): "Spring bank holiday",
    date(2010, 8, 30): "Summer bank holiday",
    date(2010, 12, 27): "Christmas Day (substitute day)",
    date(2010, 12, 28): "Boxing Day (substitute day)",
    date(2011, 1, 3): "New Year's Day (substitute day)",
    date(2011, 4, 22): "Good Friday",
    date(2011, 4, 25): "Easter Monday",
    date(2011, 4, 29): "Royal wedding",
    date(2011, 5, 2): "Early May bank holiday",
    date(2011, 5, 30): "Spring bank holiday",
    date(2011, 8, 29): "Summer bank holiday",
    date(2011, 12, 26): "Boxing Day",
    date(2011, 12, 27): "Christmas Day (substitute day)",
    date(2012, 1, 2): "New Year's Day (substitute day)",
    date(2012, 4, 6): "Good Friday",
    date(2012, 4, 9): "Easter Monday",
    date(2012, 5, 7): "Early May bank holiday",
    date(2012, 6, 4): "Spring bank holiday (substitute day)",
    date(2012, 6, 5): "Queen's Diamond Jubilee",
    date(2012, 8, 27): "Summer bank holiday",
    date(2012, 12, 25): "Christmas Day",
    date(2012, 12, 26): "Boxing Day",
    date(2013, 1, 1): "New Year's Day",
    date(2013, 3, 29): "Good Friday",
    date(2013, 4, 1): "Easter Monday",
    date(2013, 5, 6): "Early May bank holiday",
    date(2013, 5, 27): "Spring bank holiday",
    date(2013, 8, 26): "Summer bank holiday",
    date(2013, 12, 25): "Christmas Day",
    date(2013, 12, 26): "Boxing Day",
    date(2014, 1, 1): "New Year's Day",
    date(2014, 4, 18): "Good Friday",
    date(2014, 4, 21): "Easter Monday",
    date(2014, 5, 5): "Early May bank holiday",
    date(2014, 5, 26): "Spring bank holiday",
    date(2014, 8, 25): "Summer bank holiday",
    date(2014, 12, 25): "Christmas Day",
    date(2014, 12, 26): "Boxing Day",
    date(2015, 1, 1): "New Year's Day",
    date(2015, 4, 3): "Good Friday",
    date(2015, 4, 6): "Easter Monday",
    date(2015, 5, 4): "Early May bank holiday",
    date(2015, 5, 25): "Spring bank holiday",
    date(2015, 8, 31): "Summer bank holiday",
    date(2015, 12, 25): "Christmas Day",
    date(2015, 12, 28): "Boxing Day (substitute day)",
    date(2016, 1, 1): "New Year's Day",
    date(2016, 3, 25): "Good Friday",
    date(2016, 3, 28): "Easter Monday",
    date(2016, 5, 2): "Early May bank holiday",
    date(2016, 5, 30): "Spring bank holiday",
    date(2016, 8, 29): "Summer bank holiday",
    date(2016, 12, 26): "Boxing Day",
    date(2016, 12, 27): "Christmas Day (substitute day)",
    date(2017, 1, 2): "New Year's Day (substitute day)",
    date(2017, 4, 14): "Good Friday",
    date(2017, 4, 17): "Easter Monday",
    date(2017, 5, 1): "Early May bank holiday",
    date(2017, 5, 29): "Spring bank holiday",
    date(2017, 8, 28): "Summer bank holiday",
    date(2017, 12, 25): "Christmas Day",
    date(2017, 12, 26): "Boxing Day",
    date(2018, 1, 1): "New Year's Day",
    date(2018, 3, 30): "Good Friday",
    date(2018, 4, 2): "Easter Monday",
    date(2018, 5, 7): "Early May bank holiday",
    date(2018, 5, 28): "Spring bank holiday",
    date(2018, 8, 27): "Summer bank holiday",
    date(2018, 12, 25): "Christmas Day",
    date(2018, 12, 26): "Boxing Day",
    date(2019, 1, 1): "New Year's Day",
    date(2019, 4, 19): "Good Friday",
    date(2019, 4, 22): "Easter Monday",
    date(2019, 5, 6): "Early May bank holiday",
    date(2019, 5, 27): "Spring bank holiday",
    date(2019, 8, 26): "Summer bank holiday",
    date(2019, 12, 25): "Christmas Day",
    date(2019, 12, 26): "Boxing Day",
    date(2020, 1, 1): "New Year's Day",
    date(2020, 4, 10): "Good Friday",
    date(2020, 4, 13): "Easter Monday",
    date(2020, 5, 8): "Early May bank holiday (VE day)",
    date(2020, 5, 25): "Spring bank holiday",
    date(2020, 8, 31): "Summer bank holiday",
    date(2020, 12, 25): "Christmas Day",
    date(2020, 12, 28): "Boxing Day (substitute day)",
    date(2021, 1, 1): "New Year's Day",
    date(2021, 4, 2): "Good Friday",
    date(2021, 4, 5): "Easter Monday",
    date(2021, 5, 3): "Early May bank holiday",
    date(2021, 5, 31): "Spring bank holiday",
    date(2021, 8, 30): "Summer bank holiday",
    date(2021, 12, 27): "Christmas Day (substitute day)",
    date(2021, 12, 28): "Boxing Day (substitute day)",
    date(2022, 1, 3): "New Year's Day (substitute day)",
    date(2022, 4, 15): "Good Friday",
    date(2022, 4, 18): "Easter Monday",
    date(2022, 5, 2): "Early May bank holiday",
    date(2022, 6, 2): "Spring bank holiday",
    date(2022, 6, 3): "Platinum Jubilee bank holiday",
    date(2022, 8, 29): "Summer bank holiday",
    date(2022, 9, 19): "Bank Holiday for the State Funeral of Queen Elizabeth II",
    date(2022, 12, 26): "Boxing Day",
    date(2022, 12, 27): "Christmas Day (substitute day)",
    date(2023, 1, 2): "New Year's Day (substitute day)",
    date(2023, 4, 7): "Good Friday",
    date(2023, 4, 10): "Easter Monday",
    date(2023, 5, 1): "Early May bank holiday",
    date(2023, 5, 8): "Bank holiday for the coronation of King Charles III",
    date(2023, 5, 29): "Spring bank holiday",
    date(2023, 8, 28): "Summer bank holiday",
    date(2023, 12, 25): "Christmas Day",
    date(2023, 12, 26): "Boxing Day",
    date(2024, 1, 1): "New Year's Day",
    date(2024, 3, 29): "Good Friday",
    date(2024, 4, 1): "Easter Monday",
    date(2024, 5, 6): "Early May bank holiday",
    date(2024, 5, 27): "Spring bank holiday",
    date(2024, 8, 26): "Summer bank holiday",
    date(2024, 12, 25): "Christmas Day",
    date(2024, 12, 26): "Boxing Day",
    date(2025, 1, 1): "New Year's Day",
    date(2025, 4, 18): "Good Friday",
    date(2025, 4, 21): "Easter Monday",
    date(2025, 5, 5): "Early May bank holiday",
    date(2025, 5, 26): "Spring bank holiday",
    date(2025, 8, 25): "Summer bank holiday",
    date(2025, 12, 25): "Christmas Day",
    date(2025, 12, 26): "Boxing Day",
    date(2026, 1, 1): "New Year's Day",
    date(2026, 4, 3): "Good Friday",
    date(2026, 4, 6): "Easter Monday",
    date(2026, 5, 4): "Early May bank holiday",
    date(2026, 5, 25): "Spring bank holiday",
    date(2026, 8, 31): "Summer bank holiday",
    date(2026, 12, 25): "Christmas Day",
    date(2026, 12, 28): "Boxing Day (substitute day)",
    date(2027, 1, 1): "New Year's Day",
    date(2027, 3, 26): "Good Friday",
    date(2027, 3, 29): "Easter Monday",
    date(2027, 5, 3): "Early May bank holiday",
    date(2027, 5, 31): "Spring bank holiday",
    date(2027, 8, 30): "Summer bank holiday",
    date(2027, 12, 27): "Christmas Day (substitute day)",
    date(2027, 12, 28): "Boxing Day (substitute day)",
    date(2028, 1, 3): "New Year's Day (substitute day)",
    date(2028, 4, 14): "Good Friday",
    date(2028, 4, 17): "Easter Monday",
    date(2028, 5, 1): "Early May bank holiday",
    date(2028, 5, 29): "Spring bank holiday",
    date(2028, 8, 28): "Summer bank holiday",
    date(2028, 12, 25): "Christmas Day",
    date(2028, 12, 26): "Boxing Day",
}


def is_working_day(
    day: date, extra: Collection[date] = frozenset(), holidays: Mapping[date, str] = BANK_HOLIDAYS
) -> bool:
    """Whether the law counts the day; `extra` are holidays that the table does not hold yet.

    Raises ValueError for a day in a year that the table does not cover.
    """
    _refuse_outside(day, _years_covered(holidays))
    return _counts(day, holidays) and day not in extra


def add_working_days(start: date, n: int, holidays: Mapping[date, str] = BANK_HOLIDAYS) -> date:
    """The nth working day after `start`, which is itself not counted; 0 gives `start` back.

    Raises ValueError for a negative number, and where the count leaves the years that the table covers.
    """
    if n < 0:
        raise ValueError("A number of working days cannot be below 0.")
    covered = _years_covered(holidays)
    day, left = start, n
    while left:
        _refuse_outside(day, covered)
        day += timedelta(days=1)
        left -= _counts(day, holidays)
    _refuse_outside(day, covered)
    return day


def working_days_between(start: date, end: date, holidays: Mapping[date, str] = BANK_HOLIDAYS) -> int:
    """How many working days after `start` until `end`, `end` included; below 0 when `end` comes first.

    Raises ValueError when either day lies in a year that the table does not cover.
    """
    if end < start:
        return -working_days_between(end, start, holidays)
    covered = _years_covered(holidays)
    _refuse_outside(start, covered)
    _refuse_outside(end, covered)
    return sum(_counts(start + timedelta(days=later), holidays) for later in range(1, (end - start).days + 1))


def _counts(day: date, holidays: Mapping[date, str]) -> bool:
    return day.weekday() < 5 and day not in holidays


def _years_covered(holidays: Mapping[date, str]) -> range:
    if not holidays:
        raise ValueError("No bank holidays are listed, so working days cannot be counted.")
    return range(min(holidays).year, max(holidays).year + 1)


def _refuse_outside(day: date, years: range) -> None:
    if day.year not in years:
        raise ValueError(
            f"Bank holidays are listed from {years[0]} to {years[-1]}, so working days cannot be counted "
            f"at {wording(day, Precision.DAY)}."
        )
