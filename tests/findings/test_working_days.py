"""Working days of England and Wales, as the law counts the time for a plan."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.findings.working_days import (
    BANK_HOLIDAYS,
    add_working_days,
    is_working_day,
    working_days_between,
)

STARTS = st.dates(date(2005, 1, 1), date(2026, 12, 31))
STATE_FUNERAL = date(2022, 9, 19)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2018, 11, 9), date(2019, 2, 20)),
        (date(2019, 12, 18), date(2020, 3, 30)),
        (date(2020, 1, 31), date(2020, 5, 13)),  # the early May holiday moved to VE day
        (date(2022, 9, 26), date(2023, 1, 5)),
        (date(2023, 1, 6), date(2023, 4, 18)),
        (date(2025, 2, 27), date(2025, 6, 11)),
        (date(2022, 4, 1), date(2022, 7, 15)),  # two Jubilee days
    ],
)
def test_seventy_working_days_end_where_published_letters_say(received: date, due: date) -> None:
    assert add_working_days(received, 70) == due
    assert working_days_between(received, due) == 70


def test_the_rule_holds_where_a_printed_date_is_a_day_short() -> None:
    """Isle of Wight 2006 printed 20 November."""
    assert add_working_days(date(2006, 8, 14), 70) == date(2006, 11, 21)


def test_a_holiday_proclaimed_later_moves_an_open_deadline() -> None:
    """Barnsley 2022 was printed before the state funeral was proclaimed."""
    as_known_in_july = {day: name for day, name in BANK_HOLIDAYS.items() if day != STATE_FUNERAL}
    assert add_working_days(date(2022, 7, 18), 70, as_known_in_july) == date(2022, 10, 25)
    assert add_working_days(date(2022, 7, 18), 70) == date(2022, 10, 26)


def test_priority_action_plans_count_thirty_five_days_twice() -> None:
    assert add_working_days(date(2023, 9, 5), 35) == date(2023, 10, 24)
    assert add_working_days(date(2023, 10, 24), 35) == date(2023, 12, 12)


@pytest.mark.parametrize(
    "day",
    [
        date(2011, 4, 29),
        date(2012, 6, 4),
        date(2012, 6, 5),
        date(2020, 5, 8),
        date(2022, 6, 2),
        date(2022, 6, 3),
        STATE_FUNERAL,
        date(2023, 5, 8),
        date(2027, 12, 27),
        date(2027, 12, 28),
        date(2028, 1, 3),
    ],
)
def test_proclaimed_moved_and_substitute_holidays_do_not_count(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)])
def test_the_usual_day_counts_when_its_holiday_was_moved(day: date) -> None:
    assert is_working_day(day)


def test_every_year_has_its_eight_holidays_and_those_proclaimed() -> None:
    proclaimed = {2011: 1, 2012: 1, 2022: 2, 2023: 1}
    for year in range(2005, 2029):
        listed = [day for day in BANK_HOLIDAYS if day.year == year]
        assert len(listed) == 8 + proclaimed.get(year, 0)
    assert all(day.weekday() < 5 and name for day, name in BANK_HOLIDAYS.items())
    assert list(BANK_HOLIDAYS) == sorted(BANK_HOLIDAYS)


def test_weekends_and_extra_holidays_do_not_count() -> None:
    assert not is_working_day(date(2026, 7, 4))
    assert not is_working_day(date(2026, 7, 5))
    assert is_working_day(date(2026, 7, 6))
    assert not is_working_day(date(2026, 7, 6), extra={date(2026, 7, 6)})


def test_an_administrators_table_replaces_the_shipped_one() -> None:
    own = {date(2029, 1, 1): "New Year's Day", date(2029, 7, 2): "A proclaimed day"}
    assert add_working_days(date(2029, 6, 29), 1, own) == date(2029, 7, 3)
    assert not is_working_day(date(2029, 7, 2), holidays=own)


def test_no_days_give_the_day_itself_even_on_a_holiday() -> None:
    assert add_working_days(date(2026, 12, 25), 0) == date(2026, 12, 25)


def test_a_day_already_gone_counts_below_nought() -> None:
    assert working_days_between(date(2026, 12, 29), date(2026, 12, 23)) == -2
    assert working_days_between(date(2026, 12, 24), date(2026, 12, 24)) == 0


@pytest.mark.parametrize(("start", "n"), [(date(2028, 12, 28), 2), (date(2004, 12, 31), 1), (date(2004, 12, 31), 0)])
def test_a_count_that_leaves_the_listed_years_is_refused(start: date, n: int) -> None:
    with pytest.raises(ValueError, match="Bank holidays are listed from 2005 to 2028"):
        add_working_days(start, n)


def test_a_day_outside_the_listed_years_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be counted at 1 January 2029"):
        is_working_day(date(2029, 1, 1))
    with pytest.raises(ValueError, match="cannot be counted at 31 December 2004"):
        working_days_between(date(2004, 12, 31), date(2005, 1, 4))
    with pytest.raises(ValueError, match="cannot be counted at 2 January 2029"):
        working_days_between(date(2028, 12, 29), date(2029, 1, 2))


def test_without_a_table_or_with_a_negative_number_nothing_is_counted() -> None:
    with pytest.raises(ValueError, match="No bank holidays are listed"):
        is_working_day(date(2026, 7, 6), holidays={})
    with pytest.raises(ValueError, match="cannot be below 0"):
        add_working_days(date(2026, 7, 6), -1)


@given(STARTS, st.integers(1, 250))
def test_a_count_lands_on_a_working_day_and_counts_back_to_itself(start: date, n: int) -> None:
    due = add_working_days(start, n)
    assert is_working_day(due)
    assert working_days_between(start, due) == n
    assert working_days_between(due, start) == -n


@given(STARTS, st.integers(0, 250))
def test_a_later_start_or_one_day_more_never_ends_earlier(start: date, n: int) -> None:
    due = add_working_days(start, n)
    assert add_working_days(start, n + 1) > due
    assert add_working_days(start + timedelta(days=1), n) >= due
