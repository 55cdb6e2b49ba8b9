"""A date is read as far as it was written, and never shown finer than that."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.documents.dates import (
    ENTER_A_DATE,
    MONTHS,
    Precision,
    PrintedDate,
    last_day_of,
    read_printed_date,
    read_typed_date,
    short_wording,
    wording,
)

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("16 March 2020", date(2020, 3, 16)),
        ("16/3/2020", date(2020, 3, 16)),
        ("16 / 03 / 2020", date(2020, 3, 16)),
        ("16.3.2020", date(2020, 3, 16)),
        ("31/3/20", date(2020, 3, 31)),
        ("31-Mar-20", date(2020, 3, 31)),
        ("31 Mar 20", date(2020, 3, 31)),
        ("2020-03-16", date(2020, 3, 16)),
        ("2020-03-16 00:00:00", date(2020, 3, 16)),
        ("Mon 16th March 2020", date(2020, 3, 16)),
        ("Wednesday, 1st April 2020", date(2020, 4, 1)),
        ("the 3rd of June 2021", date(2021, 6, 3)),
        ("March 16, 2020", date(2020, 3, 16)),
        ("29 February 2020", date(2020, 2, 29)),
        ("By 31 March 2020.", date(2020, 3, 31)),
        ("Target date: 31.03.2020", date(2020, 3, 31)),
        ("10 to 14 March 2020", date(2020, 3, 14)),
        ("28 February – 5 March 2020", date(2020, 3, 5)),
        ("1/4/2020 - 30/6/2020", date(2020, 6, 30)),
    ],
)
def test_a_written_day_is_that_day(text: str, last_day: date) -> None:
    assert read_printed_date(text).date == PrintedDate(last_day, Precision.DAY, text)
    assert read_printed_date(text).problems == ()


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("March 2020", date(2020, 3, 31)),
        ("MARCH 2020", date(2020, 3, 31)),
        ("Feb 2020", date(2020, 2, 29)),
        ("Sept. 2019", date(2019, 9, 30)),
        ("Mar-20", date(2020, 3, 31)),
        ("Mar ’20", date(2020, 3, 31)),
        ("03/2020", date(2020, 3, 31)),
        ("January 2019", date(2019, 1, 31)),
        ("By March 2020 (rolling programme thereafter)", date(2020, 3, 31)),
        ("March 2020 and monthly from then", date(2020, 3, 31)),
        ("March 2020 - to be completed by the Head of Service", date(2020, 3, 31)),
        ("end of March 2020", date(2020, 3, 31)),
        ("End March 2020", date(2020, 3, 31)),
        ("Before the end of March 2020", date(2020, 3, 31)),
        ("mid-March 2020", date(2020, 3, 31)),
        ("January to April 2020", date(2020, 4, 30)),
        ("March 2020 - June 2020", date(2020, 6, 30)),
    ],
)
def test_a_month_is_due_on_its_last_day_and_keeps_its_words(text: str, last_day: date) -> None:
    assert read_printed_date(text).date == PrintedDate(last_day, Precision.MONTH, text)
    assert read_printed_date(text).problems == ()


@pytest.mark.parametrize(
    ("text", "last_day", "shown"),
    [
        ("Q1 2021/22", date(2021, 6, 30), "April to June 2021"),
        ("Q2 2021/22", date(2021, 9, 30), "July to September 2021"),
        ("By end of Qtr 3 of 2021-2022", date(2021, 12, 31), "October to December 2021"),
        ("Quarter 4 21/22", date(2022, 3, 31), "January to March 2022"),
        ("second quarter of the financial year 2021/22", date(2021, 9, 30), "July to September 2021"),
        ("2021/22 Q3", date(2021, 12, 31), "October to December 2021"),
        ("Q4 1999/00", date(2000, 3, 31), "January to March 2000"),
        ("January – March 2020", date(2020, 3, 31), "January to March 2020"),
    ],
)
def test_a_quarter_of_a_financial_year_ends_on_its_last_day(text: str, last_day: date, shown: str) -> None:
    read = read_printed_date(text)
    assert read.date == PrintedDate(last_day, Precision.QUARTER, text)
    assert read.problems == ()
    assert wording(last_day, Precision.QUARTER) == shown


@pytest.mark.parametrize(
    ("text", "last_day", "shown"),
    [
        ("2020", date(2020, 12, 31), "2020"),
        ("end of 2020", date(2020, 12, 31), "2020"),
        ("2020 (rolling programme)", date(2020, 12, 31), "2020"),
        ("2020/21", date(2021, 3, 31), "2020/21"),
        ("financial year 2019-20", date(2020, 3, 31), "2019/20"),
    ],
)
def test_a_year_ends_in_december_and_a_financial_year_in_march(text: str, last_day: date, shown: str) -> None:
    read = read_printed_date(text)
    assert read.date == PrintedDate(last_day, Precision.YEAR, text)
    assert wording(last_day, Precision.YEAR) == short_wording(last_day, Precision.YEAR) == shown


@pytest.mark.parametrize(
    ("text", "precision", "reason"),
    [
        ("By end of Q2 2021", Precision.QUARTER, "may be of the calendar or of the financial year"),
        ("Spring 2020", Precision.SEASON, "is a time of year"),
        ("by late summer 2021", Precision.SEASON, "is a time of year"),
        ("Autumn term", Precision.SEASON, "is a time of year"),
        ("early 2020", Precision.SEASON, "is part of a year"),
    ],
)
def test_a_date_that_may_mean_two_things_is_asked(text: str, precision: Precision, reason: str) -> None:
    read = read_printed_date(text)
    assert read.date == PrintedDate(None, precision, text)
    assert [f"“{text}” {reason}" in problem for problem in read.problems] == [True]


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("", Precision.NONE),
        ("Ongoing", Precision.ONGOING),
        ("On-going, next review March 2020", Precision.ONGOING),
        ("Already in progress with improvements to timescales as below", Precision.ONGOING),
        ("Monthly from May 2020", Precision.ONGOING),
        (
            "Achieved - with early improvement in % of PEPs initiated within 10 days as below: "
            "July 2019 – 14% Sep 2019 – 73%",
            Precision.NONE,
        ),
        ("Completed March 2020", Precision.NONE),
        ("Complete (March 2020)", Precision.NONE),
        ("Already achieved", Precision.NONE),
        ("TBC", Precision.NONE),
        ("n/a", Precision.NONE),
        ("–", Precision.NONE),
        ("Immediately", Precision.NONE),
    ],
)
def test_words_without_a_due_date_are_kept_and_none_is_picked_out_of_them(text: str, precision: Precision) -> None:
    read = read_printed_date(text)
    assert read.date == PrintedDate(None, precision, text)
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31 February 2020", "cannot be: February 2020 has 29 days."),
        ("30/2/2021", "cannot be: February 2021 has 28 days."),
        ("0/3/2020", "cannot be: March 2020 has 31 days."),
        ("3/16/2020", "has no month 16: write the day first, then the month, like 31/3/2027."),
        ("13/2020", "has no month 13: write the day first, then the month, like 31/3/2027."),
        ("Q5 2021/22", "cannot be: a year has four quarters."),
        ("2020/22", "is not one financial year; enter the month or the day by which it is due."),
        ("16 March", "does not say which year; write it in full, like March 2027."),
        ("16/3", "does not say which year; write it in full, like March 2027."),
        ("March 20", "does not say which year; write it in full, like March 2027."),
        ("10 days", "says how long, not by when."),
        ("Within six months", "says how long, not by when."),
        ("w/c 16 March 2020", "names a week; enter the day on which it is due."),
        ("From April 2020", "says from when, not by when it is due."),
        ("March 2020 onwards", "says from when, not by when it is due."),
        (
            "March 2020 (was January 2020)",
            "names more than one date; enter the one by which it is due.",
        ),
        ("June 2020 - March 2020", "names more than one date; enter the one by which it is due."),
        ("March 2020 - Q2 2021", "names more than one date; enter the one by which it is due."),
        ("July 2019 – 14%", "tells what was achieved; enter the date by which it is due."),
        ("Jan 2020 – completed", "tells what was achieved; enter the date by which it is due."),
        ("TBC, perhaps March 2020", "has a date among other words; enter it if it is the due date."),
        ("Complete draft by May 2020", "has a date among other words; enter it if it is the due date."),
        ("before March 2020", "has a date among other words; enter it if it is the due date."),
        ("20 to 12 March 2020", "has a date among other words; enter it if it is the due date."),
        ("12 March to June 2020", "has a date among other words; enter it if it is the due date."),
        ("March - Q2 2020", "has a date among other words; enter it if it is the due date."),
        ("2020 children seen", "gives no date that could be read."),
        ("16 March 20 families", "gives no date that could be read."),
        ("in the next phase", "gives no date that could be read."),
    ],
)
def test_a_date_that_cannot_be_taken_says_why(text: str, reason: str) -> None:
    read = read_printed_date(text)
    assert read.date == PrintedDate(None, Precision.NONE, text)
    assert read.problems == (f"“{text}” {reason}",)


def test_a_weekday_that_does_not_fit_is_a_query_and_not_a_correction() -> None:
    read = read_printed_date("Tuesday 16 March 2020")
    assert read.date == PrintedDate(date(2020, 3, 16), Precision.DAY, "Tuesday 16 March 2020")
    assert read.problems == ("“Tuesday 16 March 2020” is doubtful: 16 March 2020 is a Monday.",)


def test_a_long_cell_is_quoted_short_and_kept_whole() -> None:
    text = "When the new thresholds document has been launched with every agency in the area"
    read = read_printed_date(text)
    assert read.date.printed == text
    assert read.problems == (
        "“When the new thresholds document has been launched with eve…” gives no date that could be read.",
    )


def test_spaces_and_line_breaks_in_a_cell_do_not_matter() -> None:
    assert read_printed_date(" By\u00a0March\n2020 ").date == PrintedDate(
        date(2020, 3, 31), Precision.MONTH, "By March 2020"
    )


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ["16", "2", "99", "2020", "00", "/", "-", ".", "'", "%", "mar", "spring", "q2", "by", "end", "to"]
        )
    ).map("".join)
)
def test_any_text_is_read_without_failing_and_a_date_has_a_precision(text: str) -> None:
    read = read_printed_date(text)
    assert read.date.printed == " ".join(text.split())
    assert read.date.last_day is None or read.date.precision not in (Precision.NONE, Precision.SEASON)


@given(st.sampled_from(MONTHS), st.integers(1990, 2099), st.sampled_from(["", "By ", "end of ", "Early "]))
def test_a_month_never_gives_any_day_but_its_last(month: str, year: int, before: str) -> None:
    assert read_printed_date(f"{before}{month} {year}").date.last_day == last_day_of(year, MONTHS.index(month) + 1)


@given(DAYS)
def test_what_is_shown_reads_back_as_the_same_date(day: date) -> None:
    month_end = last_day_of(day.year, day.month)
    quarter_end = last_day_of(day.year, (day.month + 2) // 3 * 3)
    for last_day, precision in [
        (day, Precision.DAY),
        (month_end, Precision.MONTH),
        (quarter_end, Precision.QUARTER),
        (date(day.year, 12, 31), Precision.YEAR),
        (date(day.year, 3, 31), Precision.YEAR),
    ]:
        for shown in (wording(last_day, precision), short_wording(last_day, precision)):
            assert read_printed_date(shown).date == PrintedDate(last_day, precision, shown)


@given(DAYS, st.sampled_from([precision for precision in Precision if precision != Precision.DAY]))
def test_a_day_that_nobody_wrote_is_never_shown(day: date, precision: Precision) -> None:
    other = last_day_of(day.year, day.month).replace(day=1)
    for show in (wording, short_wording):
        assert show(day, precision) == show(other, precision)


def test_a_quarter_that_spans_new_year_shows_both_years() -> None:
    assert wording(date(2022, 2, 28), Precision.QUARTER) == "December 2021 to February 2022"
    assert short_wording(date(2022, 1, 31), Precision.QUARTER) == "Nov 2021–Jan 2022"


def test_without_a_date_the_printed_words_are_shown() -> None:
    assert wording(None, Precision.ONGOING, "Already in progress") == "Already in progress"
    assert short_wording(None, Precision.NONE) == ""
    assert wording(date(2020, 5, 31), Precision.SEASON, "Spring 2020") == "Spring 2020"
    assert wording(date(2020, 5, 31), Precision.SEASON) == "May 2020"


def test_narrow_columns_shorten_the_month() -> None:
    assert short_wording(date(2020, 3, 16), "day") == "16 Mar 2020"
    assert short_wording(date(2020, 3, 31), "month") == "Mar 2020"
    assert short_wording(date(2021, 9, 30), "quarter") == "Jul–Sep 2021"


def test_an_officer_may_type_a_day_or_a_month() -> None:
    assert read_typed_date("31/3/27") == PrintedDate(date(2027, 3, 31), Precision.DAY, "31/3/27")
    assert read_typed_date("March 2027") == PrintedDate(date(2027, 3, 31), Precision.MONTH, "March 2027")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ENTER_A_DATE),
        ("ongoing", ENTER_A_DATE),
        ("31 February 2027", f"“31 February 2027” cannot be: February 2027 has 28 days. {ENTER_A_DATE}"),
        (
            "Monday 31 March 2027",
            f"“Monday 31 March 2027” is doubtful: 31 March 2027 is a Wednesday. {ENTER_A_DATE}",
        ),
    ],
)
def test_an_officer_who_types_no_certain_date_is_told_what_to_type(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        read_typed_date(text)
    assert str(refusal.value) == sentence
