"""The five documents come out as they are printed: counts, dates, grades, owners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from plans.access.models import Board, Organisation, User
from plans.documents.models import SourceDocument
from plans.findings.models import AskKind, BankHoliday, Framework, Inspection, Judgement
from plans.improvement_plan.models import Action, Plan, end_of_day
from plans.improvement_plan.rules import Status
from plans.improvement_plan.state import due_before_inspection
from plans.improvement_plan.timeliness import due_between, overdue, without_date
from plans.management.demo_accounts import PASSWORD, load_demo_accounts
from plans.monitoring.models import Measure
from plans.papers.reading_age import AIM, reading_hint
from plans.papers.young_people_words import what_is_missing, words_of

CABINET = date(2020, 3, 16)


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_seeds", stdout=StringIO())
        load_demo_accounts()
        yield
        transaction.set_rollback(True)


def inspection(key: str) -> Inspection:
    return Inspection.objects.get(source__key__startswith=key)


def grades(key: str) -> list[str]:
    return [str(row.grade) for row in inspection(key).judgements.order_by("position")]


def derbyshire_on(day: date):
    return Action.objects.as_at(end_of_day(day)).filter(plan__organisation__name="Derbyshire")


def test_derby_2012_has_four_judgements_and_four_areas() -> None:
    found = inspection("000")
    assert grades("000") == ["Good", "Good", "Adequate", "Good"]
    assert Counter(found.areas.values_list("timescale", flat=True)) == {
        "within three months": 2,
        "within six months": 2,
    }
    assert (found.first_day(), found.last_day()) == (date(2012, 12, 3), date(2012, 12, 12))
    assert found.published_on is None


def test_derbyshire_2013_has_nine_areas_for_the_council_and_seven_for_the_board() -> None:
    found = inspection("001")
    by_body = Counter(found.areas.values_list("addressed_to__name", flat=True))
    assert by_body == {"Derbyshire": 9, "Derbyshire Safeguarding Children Board": 7}
    assert grades("001") == ["Good"] * 6 + ["Requires improvement"]
    assert not found.areas.exclude(timescale="").exists()
    assert (found.first_day(), found.last_day()) == (date(2013, 11, 19), date(2013, 12, 11))


def test_derby_2009_is_a_review_without_areas_of_an_inspectorate() -> None:
    found = inspection("002")
    assert found.judgements.count() == 0
    assert found.areas.filter(kind__from_inspectorate=True).count() == 0
    assert found.areas.filter(kind__from_inspectorate=False).count() == 7
    assert found.source.printed_date == "17 March 2008"
    assert "2009" in found.source.query


@pytest.mark.parametrize(
    ("code", "latest", "to_date", "target", "better"),
    [
        ("NI59", "63.1", "59.3", "70", "higher"),
        ("NI60", "80.1", "79.5", "88", "higher"),
        ("NI64", "15.3", None, "8", "lower"),
    ],
)
def test_derby_2009_measures_are_all_red(code: str, latest: str, to_date: str | None, target: str, better: str) -> None:
    measure = Measure.objects.get(code=code)
    assert (measure.target, measure.better, measure.rag_printed) == (Decimal(target), better, "red")
    readings = {row.kind: row.value for row in measure.readings.all()}
    assert readings.get("month") == Decimal(latest)
    assert readings.get("year to date") == (Decimal(to_date) if to_date else None)


def test_torbay_2013_has_eighteen_areas_in_three_timescales() -> None:
    found = inspection("003")
    assert grades("003") == ["Adequate"] * 4
    assert Counter(found.areas.values_list("timescale", flat=True)) == {
        "immediately": 5,
        "within three months": 10,
        "within six months": 3,
    }
    assert (found.first_day(), found.last_day()) == (date(2013, 2, 25), date(2013, 3, 6))


def test_derbyshire_2020_has_five_areas_and_twenty_two_actions() -> None:
    plan = Plan.objects.get(organisation__name="Derbyshire")
    assert plan.plan_areas.count() == 5
    rows = derbyshire_on(CABINET)
    per_area = Counter(rows.values_list("area__number", flat=True))
    assert [per_area[number] for number in range(1, 6)] == [5, 6, 2, 4, 5]
    assert sorted(plan.boards.values_list("name", flat=True)) == [
        "Cabinet",
        "Practice Improvement Board",
        "Quality Assurance Board",
    ]


def test_derbyshire_2020_owners_are_as_printed() -> None:
    rows = derbyshire_on(CABINET)
    starting_point = rows.filter(area__number=1).values_list("lead__title", flat=True)
    assert set(starting_point) == {"Head of Service, Starting Point"}
    assert len(starting_point) == 5
    shared = [row for row in rows if row.support]
    assert {tuple(row.support_titles) for row in shared} == {("Team Manager, Erewash",)}
    elsewhere = rows.exclude(lead__organisation__name="Derbyshire").select_related("lead__organisation")
    assert [row.lead.organisation.name for row in elsewhere] == ["Derby and Derbyshire CCG"]
    assert not rows.filter(lead__isnull=True).exists()


def test_on_the_day_of_the_cabinet_eleven_are_overdue_and_nine_more_fall_due_that_month() -> None:
    rows = derbyshire_on(CABINET)
    assert rows.filter(overdue(CABINET)).count() == 11
    assert rows.filter(due_between(CABINET, date(2020, 3, 31))).count() == 9
    assert rows.filter(status=Status.COMPLETE).count() == 1
    undated = rows.filter(without_date()).get()
    assert undated.status == Status.IN_PROGRESS
    assert undated.due_printed.startswith("Already in progress")
    months = Counter(rows.filter(overdue(CABINET)).values_list("due_date", flat=True))
    assert months == {
        date(2019, 1, 31): 1,
        date(2019, 11, 30): 3,
        date(2019, 12, 31): 1,
        date(2020, 1, 31): 3,
        date(2020, 2, 29): 3,
    }


def test_the_date_before_the_inspection_is_a_query_and_not_a_correction() -> None:
    early = [row for row in derbyshire_on(CABINET).select_related("area") if due_before_inspection(row)]
    assert [(row.due_printed, row.due_date) for row in early] == [("January 2019", date(2019, 1, 31))]


def test_dates_are_kept_as_printed() -> None:
    printed = set(derbyshire_on(CABINET).values_list("due_printed", flat=True))
    assert "By March 2020 (rolling programme thereafter)" in printed
    assert any(text.startswith("Achieved") for text in printed)


def test_the_plan_measure_went_from_14_to_73_per_cent() -> None:
    measure = Measure.objects.get(organisation__name="Derbyshire")
    assert [(row.period_printed, row.value) for row in measure.readings.all()] == [
        ("July 2019", Decimal(14)),
        ("September 2019", Decimal(73)),
    ]
    assert measure.target is None


def test_the_paper_keeps_its_ten_headings_and_the_summary_for_young_people() -> None:
    paper = SourceDocument.objects.get(key__startswith="004")
    assert len(paper.headings) == 10
    assert paper.headings[0].endswith("Purpose of Report")
    assert len(paper.recommendations) == 2
    assert len(paper.young_people) == 4
    assert all(part["answer"] for part in paper.young_people)


def test_the_summary_for_young_people_is_whole_as_at_the_cabinet_and_easy_to_read() -> None:
    plan = Plan.objects.get(organisation__name="Derbyshire")
    words = words_of(plan, end_of_day(CABINET))
    assert words == words_of(plan)
    assert what_is_missing(plan, words) == []
    labels = Judgement.objects.in_bulk([asked.judgement for asked in words.questions if asked.judgement])
    assert [str(labels[asked.judgement or 0].grade) for asked in words.questions] == [
        "Good",
        "Requires improvement to be good",
        "Requires improvement to be good",
    ]
    answers = [asked.answer for asked in words.questions]
    areas = [text for area in words.areas.values() for text in (area.better, area.doing)]
    age = reading_hint(words.introduction, *answers, *areas, words.more).age
    assert age is not None
    assert age <= AIM[1]


def test_recording_of_strategy_meetings_was_asked_for_twice() -> None:
    again = inspection("004").areas.get(number=3)
    assert again.earlier.inspection == inspection("001")
    assert again.earlier.number == 2


def test_made_up_progress_is_marked_and_moves_no_date_before_the_cabinet() -> None:
    updates = [update for action in Action.objects.all() for update in action.updates.all()]
    made_up = [update for update in updates if update.sequence > 1]
    assert made_up
    assert all(update.illustration for update in made_up)
    assert not derbyshire_on(CABINET).filter(extensions__gt=0).exists()


def test_reference_data_is_complete() -> None:
    assert Organisation.objects.filter(kind="council").count() == 156
    assert Framework.objects.count() == 23
    assert {"POC", "SIF", "ILACS_2018", "ILACS_2026", "SEND_2023"} <= set(
        Framework.objects.values_list("code", flat=True)
    )
    assert BankHoliday.objects.filter(day=date(2026, 12, 28)).exists()
    assert AskKind.objects.filter(from_inspectorate=False).count() == 1
    assert not Framework.objects.get(code="ILACS_2026").overall_grade
    words = Framework.objects.get(code="POC").grades.values_list("word", flat=True)
    assert list(words) == ["Outstanding", "Good", "Adequate", "Inadequate"]


def test_loading_again_changes_nothing() -> None:
    before = [model.objects.count() for model in (Action, Inspection, Measure, Board, User, Organisation)]
    out = StringIO()
    call_command("load_seeds", stdout=out)
    load_demo_accounts()
    assert "there already" in out.getvalue()
    assert [model.objects.count() for model in (Action, Inspection, Measure, Board, User, Organisation)] == before


def test_history_of_the_samples_is_whole() -> None:
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "History is whole" in out.getvalue()


def test_every_demonstration_account_can_sign_in_and_sees_only_its_own() -> None:
    for account in load_demo_accounts():
        client = Client()
        assert client.login(username=account.email, password=PASSWORD)
        page = client.get("/", follow=True)
        assert page.status_code == 200
        torbay = User.objects.get(email=account.email).memberships.filter(organisation__name="Torbay").exists()
        plan = Plan.objects.get(organisation__name="Derbyshire")
        assert (client.get(f"/plans/{plan.pk}/").status_code == 404) == torbay
