"""The same weakness found again is suggested first; a person confirms, and what cannot be is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from plans.audit.models import Event
from plans.documents.read_report import read_report
from plans.findings.confirm_lineage import clear_earlier, confirm_earlier, reject_earlier
from plans.findings.lineage import alike, earlier_areas, earlier_areas_alike, waiting, year_of
from plans.findings.models import Area, Inspection, Spell
from plans.management.reference_data import load_reference_data
from plans.management.sample_documents import load_sample_documents
from tests import factories
from tests.cast import Cast

REPORTS = Path(__file__).resolve().parents[3] / "shared" / "reports"
NOW = factories.START


def inspected(organisation: Any, day: date | None, **fields: Any) -> Inspection:
    inspection = factories.an_inspection(organisation, **fields)
    if day:
        Spell.objects.create(inspection=inspection, starts=day, ends=day)
    return inspection


@pytest.fixture
def sample(db: None) -> dict[str, Inspection]:
    load_reference_data()
    load_sample_documents(now=timezone.now())
    return {one.source.key[:3]: one for one in Inspection.objects.select_related("source") if one.source}


def test_the_recording_of_strategy_meetings_is_suggested_and_nothing_else(sample: dict[str, Inspection]) -> None:
    (only,) = earlier_areas_alike(sample["004"])
    assert (only.area.number, only.earlier.number) == (3, 2)
    assert only.earlier.inspection == sample["001"]
    assert only.earlier.addressed_to == sample["001"].organisation
    assert only.score > 0.5
    assert only.in_words == "Very alike"
    assert only.reason == "Both speak of “recorded” and “strategy discussions”."


def test_the_other_sample_documents_have_no_false_suggestions(sample: dict[str, Inspection]) -> None:
    """Derby's review of 2009 has no day, so nothing can be said to be later than it."""
    assert [earlier_areas_alike(sample[key]) for key in ("000", "001", "002", "003")] == [[], [], [], []]


def test_with_its_day_known_the_review_of_2009_has_one_area_that_was_asked_for_again(
    sample: dict[str, Inspection],
) -> None:
    Spell.objects.create(inspection=sample["002"], starts=date(2009, 6, 1), ends=date(2009, 6, 1))
    (only,) = earlier_areas_alike(sample["000"])
    assert only.reason == "Both speak of “chronologies”."
    assert (year_of(only.earlier.inspection), year_of(only.area.inspection)) == ("2009", "2012")


def test_other_councils_are_never_compared(sample: dict[str, Inspection]) -> None:
    assert {area.inspection for area in earlier_areas(sample["004"])} == {sample["001"]}


def test_areas_addressed_to_the_organisation_count_and_the_newest_come_first(db: None) -> None:
    council, board = factories.an_organisation(), factories.an_organisation()
    old = factories.an_area(inspected(council, date(2013, 1, 1)))
    published = factories.an_area(inspected(council, None, published_on=date(2016, 1, 1)))
    addressed = factories.an_area(inspected(board, date(2015, 1, 1)), addressed_to=council)
    factories.an_area(inspected(board, date(2015, 1, 1)))
    factories.an_area(inspected(council, None))
    factories.an_area(inspected(council, date(2021, 1, 1)))
    assert earlier_areas(inspected(council, date(2020, 1, 1))) == [published, addressed, old]
    assert earlier_areas(inspected(council, None)) == []


def test_at_most_three_are_suggested_best_first(db: None) -> None:
    council = factories.an_organisation()
    before = inspected(council, date(2013, 1, 1))
    for words in (
        "Chronologies and neglect",
        "Chronologies of neglect",
        "Neglect, chronologies",
        "Neglect; chronologies",
    ):
        factories.an_area(before, words)
    now = inspected(council, date(2019, 1, 1))
    factories.an_area(now, "Chronologies where there is neglect")
    found = earlier_areas_alike(now)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_words_that_every_ask_has_suggest_nothing(db: None) -> None:
    council = factories.an_organisation()
    factories.an_area(inspected(council, date(2013, 1, 1)), "Ensure that plans for children are of good quality")
    now = inspected(council, date(2019, 1, 1))
    factories.an_area(now, "Ensure that children receive timely support from effective services and plans")
    assert earlier_areas_alike(now) == []


def test_a_report_that_says_so_itself_needs_fewer_words(db: None) -> None:
    council = factories.an_organisation()
    factories.an_area(inspected(council, date(2013, 1, 1)), "Thresholds for the designated officer known to partners")
    now = inspected(council, date(2019, 1, 1))
    wording = "Oversight of the designated officer. (This was a recommendation at the last inspection.)"
    factories.an_area(now, wording)
    (only,) = earlier_areas_alike(now)
    assert "The report itself says that an earlier inspection asked for this." in only.reason
    assert "inspection”" not in only.reason


@pytest.fixture
def two(cast: Cast) -> tuple[Area, Area]:
    """An area of the cast's inspection in 2025 and one of 2013."""
    Spell.objects.create(inspection=cast.inspection, starts=date(2025, 3, 1), ends=date(2025, 3, 2))
    before = factories.an_area(inspected(cast.council, date(2013, 1, 1), title="Inspection of 2013"))
    return cast.area, before


def test_confirming_is_recorded(cast: Cast, two: tuple[Area, Area]) -> None:
    area, before = two
    confirm_earlier(area, before, by=cast.lead, at=NOW)
    confirm_earlier(area, before, by=cast.lead, at=NOW)
    area.refresh_from_db()
    assert area.earlier == before
    assert area.history.first().history_user == cast.lead
    (event,) = Event.objects.filter(what="lineage.confirmed")
    assert event.details["earlier"] == before.pk
    assert waiting([area], earlier_areas_alike(area.inspection)) == set()


def test_clearing_brings_the_suggestion_back_and_rejecting_does_not(cast: Cast, two: tuple[Area, Area]) -> None:
    area, before = two
    confirm_earlier(area, before, by=cast.lead, at=NOW)
    clear_earlier(area, by=cast.lead, at=NOW)
    clear_earlier(area, by=cast.lead, at=NOW)
    assert Event.objects.filter(what="lineage.cleared").count() == 1
    area.refresh_from_db()
    assert area.earlier is None
    assert waiting([area], earlier_areas_alike(area.inspection)) == {area.pk}
    reject_earlier(area, [before], by=cast.lead, at=NOW)
    assert waiting([area], earlier_areas_alike(area.inspection)) == set()
    newer = factories.an_area(inspected(cast.council, date(2020, 1, 1)))
    assert waiting([area], earlier_areas_alike(area.inspection)) == {area.pk}
    assert newer in [one.earlier for one in earlier_areas_alike(area.inspection)]


def test_rejecting_takes_back_what_was_confirmed(cast: Cast, two: tuple[Area, Area]) -> None:
    area, before = two
    confirm_earlier(area, before, by=cast.lead, at=NOW)
    reject_earlier(area, [before], by=cast.lead, at=NOW)
    area.refresh_from_db()
    assert area.earlier is None


def test_what_cannot_be_repeated_is_refused(cast: Cast, two: tuple[Area, Area]) -> None:
    area, before = two
    elsewhere = factories.an_area(inspected(factories.an_organisation(), date(2013, 1, 1)))
    with pytest.raises(ValueError, match="another organisation"):
        confirm_earlier(area, elsewhere, by=cast.lead, at=NOW)
    with pytest.raises(ValueError, match="not an earlier inspection"):
        confirm_earlier(before, area, by=cast.lead, at=NOW)
    with pytest.raises(ValueError, match="not an earlier inspection"):
        confirm_earlier(area, factories.an_area(area.inspection), by=cast.lead, at=NOW)
    with pytest.raises(ValueError, match="need a date"):
        confirm_earlier(area, factories.an_area(inspected(cast.council, None)), by=cast.lead, at=NOW)
    Area.objects.filter(pk=before.pk).update(earlier=area)
    before.refresh_from_db()
    with pytest.raises(ValueError, match="repeat the other"):
        confirm_earlier(area, before, by=cast.lead, at=NOW)
    area.refresh_from_db()
    assert area.earlier is None
    assert not Event.objects.filter(what__startswith="lineage.").exists()


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the published reports are not part of the repository")
def test_a_council_inspected_twice_is_told_what_its_second_report_says_was_asked_before() -> None:
    """Torbay's report of 2018 marks six asks as made at the last inspection, that of 2016."""
    first, second = (
        [
            Area(pk=number, wording=area.text)
            for number, area in enumerate(read_report(path.read_bytes(), path.name).areas)
        ]
        for path in (REPORTS / "la-2016-01-05-torbay.pdf", REPORTS / "la-2018-08-24-torbay.pdf")
    )
    suggested = {one.area.pk for one in alike(second, first)}
    marked = {area.pk for area in second if "recommendation at the last inspection" in area.wording}
    assert len(marked) == 6
    assert suggested == marked


def test_the_name_of_the_place_makes_no_two_asks_alike() -> None:
    asks = [Area(wording="Leadership across Torbay"), Area(wording="Pathway plans in Torbay")]
    before = [Area(wording="Responsibilities in Torbay of the boards"), Area(wording="Fostering in Torbay")]
    assert alike(asks, before, "Torbay") == []
