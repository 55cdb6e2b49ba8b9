"""The pages and forms of measures: what they open with, what they refuse, and a chart whose words stay apart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.monitoring.measure_changes import add_measure, add_reading, version_of
from plans.monitoring.measure_words import amount, target_amount
from plans.monitoring.models import Measure, Reading
from plans.papers.drawing_measure import BOTTOM, WIDTH, layout, nice_ticks
from plans.web.chart import line_chart
from plans.web.forms.measures import TypedNumber
from plans.web.wording import day_of
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 1, 6)


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def a_measure(cast: Cast, values: list[float] | None = None, **fields: Any) -> Measure:
    measure = add_measure(
        cast.council, by=cast.lead, at=AT, **{"name": "Education plans begun in 10 days", "unit": "%", **fields}
    )
    for place, value in enumerate(values or []):
        ends = date(2019 + (7 + place) // 12, (7 + place) % 12 + 1, 1) - timedelta(days=1)
        add_reading(
            measure,
            by=cast.lead,
            at=AT,
            value=Decimal(str(value)),
            period_ends=ends,
            period_printed=f"{ends:%B %Y}",
            kind="month",
        )
    return measure


def page_of(client: Client, measure: Measure, **query: str) -> str:
    return client.get(reverse("measure", args=[measure.pk]), query).content.decode()


def test_the_page_opens_with_the_change_since_the_first_reading(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, [14, 40, 73], target=Decimal(90))
    first, *_, last = measure.readings.order_by("period_ends")
    page = page_of(lead, measure)
    opening = page[page.index('class="app-lede"') :].split("</p>")[0]
    assert f'From <a href="#reading-{first.pk}"><strong>14%</strong></a>' in opening
    assert f'to <a href="#reading-{last.pk}"><strong>73%</strong></a> since July 2019' in opening
    assert "(latest: September 2019), against a target of <strong>90%</strong>" in opening
    assert f'id="reading-{last.pk}"' in page


def test_one_reading_is_compared_with_the_baseline(cast: Cast, lead: Client) -> None:
    page = page_of(lead, a_measure(cast, [73], baseline=Decimal(14)))
    assert "From a baseline of 14% to" in page
    assert "59 percentage points higher than the baseline" in page
    assert "A chart begins with the second reading." in page


def test_a_range_is_shown_as_a_band_with_its_rule(cast: Cast, lead: Client) -> None:
    page = page_of(lead, a_measure(cast, [9, 12], target=Decimal(10), target_high=Decimal(15)))
    assert "10 to 15%" in page
    assert "app-chart__band" in page
    assert "Green: inside the range." in page
    assert "app-rag--green" in page


def test_a_target_in_words_is_not_rated(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, [9, 12], target_printed="Improve from baseline")
    page = page_of(lead, measure)
    assert "against “Improve from baseline”" in page
    assert "Not rated: target in words" in page
    assert "The target is in words, so no rating is worked out." in page
    assert "Not rated: the target is in words" in lead.get(reverse("measures")).content.decode()


def test_the_comparator_and_a_trend_the_wrong_way_are_said(cast: Cast, lead: Client) -> None:
    measure = a_measure(
        cast,
        [75, 61],
        baseline=Decimal(72),
        target=Decimal(90),
        comparator="England",
        comparator_value=Decimal("60"),
        rag_printed="amber",
    )
    page = page_of(lead, measure)
    assert "Worse than the baseline: 61% against 72%." in page
    assert "Moving away from the target of 90%: 75% to 61% since the reading before." in page
    assert "The latest is 1 percentage point higher than that" in page
    assert "Missed by 29 percentage points" in page
    assert "The source prints it as amber, by a rule of its own" in page
    listed = lead.get(reverse("measures")).content.decode()
    assert "Worse than the baseline" in listed
    assert "England 60%" in listed


def test_the_year_to_date_stands_beside_the_latest_period(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, [63.1])
    add_reading(
        measure,
        by=cast.lead,
        at=AT,
        value=Decimal("59.3"),
        kind="year to date",
        period_ends=date(2019, 6, 30),
        period_printed="year to date, quarter 1",
    )
    page = page_of(lead, measure)
    assert ">59.3%</a>" in page
    assert "year to date, quarter 1" in page


def test_links_lead_to_what_the_reader_may_see(cast: Cast, client: Client) -> None:
    measure = a_measure(cast, plans=[cast.plan], areas=[cast.area], actions=[cast.action])
    client.force_login(cast.board_member)
    page = page_of(client, measure)
    assert reverse("plan", args=[cast.plan.pk]) in page
    assert f"#area-{cast.area.pk}" in page
    assert reverse("action", args=[cast.action.pk]) in page
    assert "Add a reading" not in page
    cast.plan.stage = "draft"
    cast.plan.save()
    page = page_of(client, measure)
    assert reverse("plan", args=[cast.plan.pk]) not in page
    assert reverse("action", args=[cast.action.pk]) not in page


def test_numbers_of_the_list_lead_to_exactly_their_rows(cast: Cast, lead: Client) -> None:
    for name, values, target in (
        ("Met", [80, 91], 90),
        ("Near", [80, 85], 90),
        ("Far", [60, 50], 90),
        ("None", [], None),
    ):
        a_measure(cast, values, name=f"{name} measure", target=None if target is None else Decimal(target))
    listed = lead.get(reverse("measures")).content.decode()
    assert "<strong>4 measures</strong>" in listed
    for query, kept in (
        ("rating=green", "Met measure"),
        ("rating=amber", "Near measure"),
        ("rating=red", "Far measure"),
        ("rating=none", "None measure"),
        ("trend=worse", "Far measure"),
        ("trend=ask", "Far measure"),
    ):
        if "ask" not in query:
            assert f'<a href="?{query}">1</a>' in listed
        page = lead.get(f"{reverse('measures')}?{query}").content.decode()
        assert "Showing 1 measure</p>" in page
        assert kept in page
    assert "Showing 2 measures" not in lead.get(f"{reverse('measures')}?trend=better").content.decode()
    assert lead.get(f"{reverse('measures')}?rating=blue").status_code == 400
    assert lead.get(f"{reverse('measures')}?colour=red").status_code == 400
    assert lead.get(f"{reverse('measures')}?page=9").status_code == 404
    assert lead.get(f"{reverse('measures')}?sort=-organisation").status_code == 200


def test_an_empty_list_says_so(lead: Client) -> None:
    assert "There are no measures to show." in lead.get(reverse("measures")).content.decode()


def new(client: Client, **fields: Any) -> Any:
    said = {"name": "Visits in time", "unit": "%", "better": "higher", **fields}
    return client.post(reverse("new_measure"), said)


def test_whoever_runs_plans_adds_a_measure(cast: Cast, lead: Client) -> None:
    response = new(
        lead,
        baseline="63.1%",
        target="70",
        target_high="75 per cent",
        comparator="England",
        comparator_value=".5",
        plans=[cast.plan.pk],
        areas=[cast.area.pk],
        actions=[cast.action.pk],
    )
    measure = Measure.objects.get()
    assert response.url == reverse("measure", args=[measure.pk])
    assert (measure.organisation, measure.baseline, measure.target, measure.target_high, measure.comparator_value) == (
        cast.council,
        Decimal("63.1"),
        70,
        75,
        Decimal("0.5"),
    )
    assert list(measure.actions.all()) == [cast.action]
    assert measure.history.get().history_user == cast.lead


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": " "}, "name", "Enter what is measured"),
        ({"better": ""}, "better", "Answer the question"),
        ({"target": "lots"}, "target", "Enter a number, like 63.1 or 1,200. A target in words goes in"),
        ({"target": "=<12%"}, "target", "Enter a number"),
        ({"target": "63,1"}, "target", "Use commas for thousands only"),
        ({"target": "1.2345"}, "target", "at most 3 decimal places"),
        ({"target": "12345678901"}, "target", "at most 9 digits"),
        ({"target": "70", "target_high": "60"}, "target_high", "above the lower end, 70"),
        ({"target_high": "60"}, "target", "Enter the lower end of the range as well"),
        ({"comparator_value": "60"}, "comparator", "Say whose figure this is"),
        ({"comparator": "England"}, "comparator_value", "Enter the figure of “England”"),
        ({"unit": "days", "target": "5%"}, "unit", "is in per cent"),
        ({"plans": ["999999"]}, "plans", "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    cast: Cast, lead: Client, fields: dict[str, Any], field: str, sentence: str
) -> None:
    response = new(lead, code="L7", **fields)
    assert response.status_code == 400
    form: forms.Form = response.context["form"]
    assert sentence in " ".join(form.errors[field])
    assert 'value="L7"' in response.content.decode(), "nothing typed is lost"
    assert not Measure.objects.exists()


def test_what_a_measure_can_be_linked_to_says_where_it_belongs(cast: Cast, lead: Client) -> None:
    page = lead.get(reverse("new_measure")).content.decode()
    assert f"{cast.area.number}. {cast.area.wording} ({cast.inspection})" in page
    assert f"1.1 {cast.action.wording}<" in page
    factories.an_action(factories.a_plan(cast.council, title="Another plan"), cast.lead, reference="1.1")
    page = lead.get(reverse("new_measure")).content.decode()
    assert f"1.1 {cast.action.wording} (Another plan)" in page
    assert f"1.1 {cast.action.wording} (Improvement plan 2026)" in page


def test_a_second_measure_of_a_name_is_refused(cast: Cast, lead: Client) -> None:
    a_measure(cast, name="Visits in time")
    response = new(lead)
    assert response.status_code == 400
    assert "has a measure of that name already" in response.content.decode()


def test_who_runs_several_organisations_says_whose_it_is(cast: Cast, client: Client) -> None:
    other = factories.an_organisation("Southshire")
    cast.lead.memberships.create(organisation=other, role="improvement lead")
    client.force_login(cast.lead)
    assert new(client).context["form"].errors["organisation"]
    new(client, organisation=other.pk)
    assert Measure.objects.get().organisation == other


def change(client: Client, measure: Measure, **fields: Any) -> Any:
    said = {"name": measure.name, "unit": "%", "better": "higher", "version": version_of(measure), **fields}
    return client.post(reverse("change_measure", args=[measure.pk]), said)


def test_a_change_keeps_what_was_not_touched(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, target=Decimal(70), rag_printed="red", actions=[cast.action])
    page = lead.get(reverse("change_measure", args=[measure.pk])).content.decode()
    assert 'value="70"' in page
    assert "Actions: 1 ticked" in page
    change(lead, measure, target="70.000", actions=[cast.action.pk])
    assert measure.history.count() == 1, "nothing was different"
    change(lead, measure, target="75", actions=[])
    measure.refresh_from_db()
    assert (measure.target, measure.rag_printed) == (75, "red")
    assert not measure.actions.exists()


def test_a_second_writer_sees_the_first_ones_change_and_keeps_what_they_typed(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, target=Decimal(70))
    opened = version_of(measure)
    change(lead, measure, target="80")
    response = change(lead, measure, version=opened, target="70", baseline="50")
    page = response.content.decode()
    assert response.status_code == 400
    assert "Lena Lead changed this measure while you were writing" in page
    assert 'value="80"' in page
    assert 'value="50"' in page
    measure.refresh_from_db()
    assert (measure.target, measure.baseline) == (80, None)
    change(lead, measure, version=response.context["form"]["version"].value(), target="80", baseline="50")
    measure.refresh_from_db()
    assert (measure.target, measure.baseline) == (80, 50)


def read(client: Client, measure: Measure, **fields: Any) -> Any:
    said = {"value": "63.1%", "period": "January 2026", "kind": "month", **fields}
    return client.post(reverse("add_reading", args=[measure.pk]), said)


def test_a_reading_is_added_with_its_period_as_typed(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast, unit="")
    read(lead, measure, value="1,200", note="Provisional")
    reading = measure.readings.get()
    assert (reading.value, reading.period_ends, reading.period_printed, reading.note) == (
        1200,
        date(2026, 1, 31),
        "January 2026",
        "Provisional",
    )
    read(lead, measure, period="31 March 2026", period_printed="Quarter 4 2025/26", value="−5")
    assert measure.readings.get(value=-5).period_printed == "Quarter 4 2025/26"
    assert "1,200" in page_of(lead, measure)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"value": ""}, "value", "Enter value"),
        ({"value": "about sixty"}, "value", "Enter a number, like 63.1 or 1,200"),
        ({"value": "£5"}, "value", "counts in %, not in pounds"),
        ({"period": "soon"}, "period", "Enter a date"),
        ({"period": "December 2098"}, "period", "still to come"),
        ({"kind": "week"}, "kind", "Select a valid choice"),
        ({"note": "x" * 301}, "note", "at most 300"),
    ],
)
def test_a_reading_that_makes_no_sense_is_refused(
    cast: Cast, lead: Client, fields: dict[str, Any], field: str, sentence: str
) -> None:
    measure = a_measure(cast)
    response = read(lead, measure, **fields)
    assert response.status_code == 400
    assert sentence in " ".join(response.context["form"].errors[field])
    assert not measure.readings.exists()


def test_a_period_that_ends_today_has_ended_and_tomorrow_has_not(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast)
    today = day_of(timezone.now())
    assert read(lead, measure, period=f"{today:%d %B %Y}").status_code == 302
    assert read(lead, measure, period=f"{today + timedelta(days=1):%d %B %Y}").status_code == 400


def test_a_period_given_twice_leads_to_the_reading_that_is_there(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast)
    read(lead, measure)
    response = read(lead, measure, value="70")
    assert response.status_code == 400
    assert "There is a reading for this period already (January 2026: 63.1)" in response.content.decode()
    assert reverse("correct_reading", args=[measure.readings.get().pk]) in response.content.decode()


def correct(client: Client, reading: Reading, **fields: Any) -> Any:
    said = {
        "version": version_of(reading),
        "value": "61",
        "period": "31 January 2026",
        "period_printed": "January 2026",
        "kind": "month",
        "note": "Agency staff left out",
        **fields,
    }
    return client.post(reverse("correct_reading", args=[reading.pk]), said)


def test_a_correction_is_shown_with_what_it_said_before(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast)
    read(lead, measure)
    reading = measure.readings.get()
    assert 'value="63.1"' in lead.get(reverse("correct_reading", args=[reading.pk])).content.decode()
    response = correct(lead, reading, note=" ")
    assert "Say why it is corrected" in " ".join(response.context["form"].errors["note"])
    assert correct(lead, reading).status_code == 302
    page = page_of(lead, measure)
    assert "January 2026: from 63.1% to 61%" in page
    assert "Lena Lead: Agency staff left out" in page
    reading.refresh_from_db()
    correct(lead, reading, period="February 2026", note="Wrong month")
    reading.refresh_from_db()
    assert (reading.period_ends, reading.period_printed) == (date(2026, 2, 28), "February 2026")
    assert "now February 2026, for the period" in page_of(lead, measure)


def test_a_second_corrector_is_told_of_the_first(cast: Cast, lead: Client) -> None:
    measure = a_measure(cast)
    read(lead, measure)
    reading = measure.readings.get()
    opened = version_of(reading)
    correct(lead, reading)
    response = correct(lead, reading, version=opened, value="60")
    assert response.status_code == 400
    assert "Lena Lead changed this reading while you were writing" in response.content.decode()
    assert correct(lead, reading, version="1" * 30, value="60").status_code == 400
    reading.refresh_from_db()
    assert reading.value == 61


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("63.1%", "%", "63.1"),
        (" 63.1 % ", "%", "63.1"),
        ("1,200", "", "1200"),
        ("£1,200.50", "£", "1200.5"),
        ("12 days", "days", "12"),
        ("−3", "", "-3"),
        ("5.", "", "5"),
        ("100", "0", "100"),
    ],
)
def test_numbers_are_taken_as_people_type_them(typed: str, unit: str, number: str) -> None:
    field = TypedNumber()
    field.unit = unit
    assert field.clean(typed) == Decimal(number)


@given(typed=st.text(max_size=45), unit=st.sampled_from(["", "%", "days", "£"]))
def test_whatever_is_typed_is_a_number_or_a_sentence(typed: str, unit: str) -> None:
    field = TypedNumber(required=False)
    field.unit = unit
    try:
        number = field.clean(typed)
    except ValidationError:
        return
    assert number is None or abs(number) < 10**9


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [("%", "63.10", "63.1%"), ("days", "4", "4 days"), ("£", "-1200", "-£1,200"), ("", "1200", "1,200")],
)
def test_amounts_carry_their_unit(unit: str, value: str, said: str) -> None:
    assert amount(Measure(unit=unit), Decimal(value)) == said


def test_a_range_names_its_unit_once() -> None:
    ends: dict[str, Any] = {"target": Decimal(14), "target_high": Decimal(17)}
    assert target_amount(Measure(unit="days", **ends)) == "14 to 17 days"
    assert target_amount(Measure(unit="£", **ends)) == "£14 to £17"
    assert target_amount(Measure()) == ""


def drawn(measure: Measure, values: list[Decimal], days: list[date]) -> list[Reading]:
    return [Reading(measure=measure, value=value, period_ends=day) for value, day in zip(values, days, strict=True)]


values = st.decimals(min_value=-99999, max_value=999999, places=2)


@settings(deadline=None)
@given(
    readings=st.lists(st.tuples(values, st.integers(0, 4000)), min_size=2, max_size=40, unique_by=lambda row: row[1]),
    target=st.none() | values,
    wide=st.none() | st.decimals(min_value=1, max_value=5000, places=1),
    baseline=st.none() | values,
    comparator=st.none() | values,
    unit=st.sampled_from(["%", "days", "£", ""]),
)
def test_no_two_labels_of_a_chart_overlap_or_leave_it(
    readings: list[tuple[Decimal, int]],
    target: Decimal | None,
    wide: Decimal | None,
    baseline: Decimal | None,
    comparator: Decimal | None,
    unit: str,
) -> None:
    measure = Measure(
        name="A measure",
        unit=unit,
        target=target,
        target_high=target + wide if target is not None and wide is not None else None,
        baseline=baseline,
        comparator="Statistical neighbours",
        comparator_value=comparator,
    )
    ordered = sorted(readings, key=lambda row: row[1])
    rows = drawn(measure, [row[0] for row in ordered], [date(2015, 1, 1) + timedelta(days=row[1]) for row in ordered])
    found = layout(measure, rows)
    for one, other in combinations(found.labels, 2):
        assert not one.overlaps(other), (one, other)
    for label in found.labels:
        left, top, right, bottom = label.box
        assert left >= -1
        assert right <= WIDTH + 1
        assert top >= 0
    for x, y in found.points:
        assert found.left < x < found.right
        assert 0 <= y <= BOTTOM
    assert len(found.labels) > len(found.ticks)


def test_a_long_series_names_its_ends_and_has_all_its_points() -> None:
    measure = Measure(name="Visits", unit="%", target=Decimal(90))
    months = [date(2017 + (m + 1) // 12, (m + 1) % 12 + 1, 1) - timedelta(days=1) for m in range(36)]
    rows = drawn(measure, [Decimal(50 + month % 7) for month in range(36)], months)
    words = [label.words for label in layout(measure, rows).labels]
    assert {"Jan 2017", "Dec 2019", "Target 90%"} <= set(words)
    svg = line_chart(measure, rows)
    assert svg.count("<circle") == 36
    assert "Visits: 36 readings, from 50% in Jan 2017 to 50% in Dec 2019; target 90%" in svg


@given(ends=st.tuples(values, values))
def test_ticks_are_round_and_hold_the_values(ends: tuple[Decimal, Decimal]) -> None:
    low, high = sorted(ends)
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 7


@pytest.mark.parametrize("query", [{}, {"as_at": "2026-06-01"}])
def test_queries_do_not_grow_with_measures_or_readings(cast: Cast, lead: Client, query: dict[str, str]) -> None:
    measure = a_measure(cast, [1, 2])

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get(address, query).status_code == 200
        return len(captured)

    addresses = [reverse("measures"), reverse("measure", args=[measure.pk])]
    few = [counted(address) for address in addresses]
    for place in range(4):
        a_measure(cast, [1, 2, 3], name=f"Another {place}")
    for month in range(1, 13):
        add_reading(measure, by=cast.lead, at=AT, value=Decimal(month), kind="month", period_ends=date(2021, month, 28))
    assert [counted(address) for address in addresses] == few
    assert max(few) <= 12
