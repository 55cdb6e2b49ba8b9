"""What "within three months" of a day means, and what is no timescale at all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.documents.dates import last_day_of
from plans.findings.timescales import IMMEDIATELY, Timescale, read_timescale, timescale_due


@pytest.mark.parametrize(
    ("text", "timescale"),
    [
        ("Immediately:", IMMEDIATELY),
        ("immediate action", IMMEDIATELY),
        ("At once", IMMEDIATELY),
        ("within three months", Timescale(months=3)),
        ("Within  six\nmonths:", Timescale(months=6)),
        ("Within 3 months of the publication of this report", Timescale(months=3)),
        ("within the next twelve months", Timescale(months=12)),
        ("Three months", Timescale(months=3)),
        ("within a month", Timescale(months=1)),
        ("within one year", Timescale(months=12)),
        ("within six weeks", Timescale(days=42)),
        ("within 10 days", Timescale(days=10)),
        ("within 20 working days of receipt", Timescale(working_days=20)),
    ],
)
def test_words_and_digits_are_read(text: str, timescale: Timescale) -> None:
    assert read_timescale(text) == timescale


@pytest.mark.parametrize(
    "text",
    [
        "",
        "by the end of March 2020",
        "within 0 months",
        "within several months",
        "within 3 to 6 months",
        "within 10 days of coming into care",
        "Immediately and within three months",
        "months",
    ],
)
def test_what_names_no_single_length_of_time_is_none(text: str) -> None:
    assert read_timescale(text) is None


@pytest.mark.parametrize(
    ("timescale", "counted_from", "due"),
    [
        (IMMEDIATELY, date(2013, 4, 5), date(2013, 4, 5)),
        (IMMEDIATELY, date(1999, 4, 5), date(1999, 4, 5)),
        (Timescale(months=3), date(2013, 4, 5), date(2013, 7, 5)),
        (Timescale(months=6), date(2013, 8, 31), date(2014, 2, 28)),
        (Timescale(months=3), date(2019, 11, 30), date(2020, 2, 29)),
        (Timescale(months=12), date(2020, 2, 29), date(2021, 2, 28)),
        (Timescale(months=1), date(2013, 12, 15), date(2014, 1, 15)),
        (Timescale(days=42), date(2020, 1, 1), date(2020, 2, 12)),
        (Timescale(working_days=20), date(2020, 4, 1), date(2020, 5, 1)),
    ],
)
def test_time_runs_from_the_day_given(timescale: Timescale, counted_from: date, due: date) -> None:
    assert timescale_due(timescale, counted_from) == due


def test_working_days_follow_the_table_of_holidays_given() -> None:
    own = {date(2020, 4, 2): "A proclaimed day"}
    assert timescale_due(Timescale(working_days=1), date(2020, 4, 1), own) == date(2020, 4, 3)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_keep_the_day_or_end_on_the_last_of_a_shorter_month(start: date, months: int) -> None:
    due = timescale_due(Timescale(months=months), start)
    assert (due.year - start.year) * 12 + due.month - start.month == months
    assert due.day == min(start.day, last_day_of(due.year, due.month).day)
