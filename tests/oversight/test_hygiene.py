"""Hygiene: each rule finds what it names and nothing else, on the day that is asked about; ids stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from plans.access.changes import hold_post
from plans.access.models import PostHolding
from plans.findings.models import DeadlineRule, Spell
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, end_of_day
from plans.improvement_plan.rules import OPEN_STATUSES, Kind, Status
from plans.monitoring.changes import OfferedEvidence, accept_evidence, add_evidence, submit_update
from plans.monitoring.models import Measure
from plans.oversight.hygiene import RULES, Check, Finding, Severity, check_plan
from plans.oversight.personal_text import is_nhs_number, looks_personal
from plans.oversight.plan_facts import facts_of
from tests import factories
from tests.cast import Cast

DAY = date(2026, 3, 1)
AT = factories.moment(2026, 2, 1)
ASKED = {"asked_due_date": date(2026, 9, 30), "asked_due_precision": "month", "asked_reason": "Vacancy"}


def check(cast: Cast, day: date = DAY, moment: datetime | None = None) -> Check:
    return check_plan(facts_of(cast.plan, user=cast.lead, day=day, moment=moment))


def found(cast: Cast, rule: str, day: date = DAY, moment: datetime | None = None) -> list[Finding]:
    return [finding for finding in check(cast, day, moment).findings if finding.id == rule]


def add(cast: Cast, **fields: Any) -> Action:
    """An action that no rule of single actions minds, but those of reporting."""
    sound = {"lead_id": cast.post.pk, "area_id": cast.area.pk, **factories.due(date(2026, 12, 31))}
    return factories.an_action(
        cast.plan, cast.lead, **{"reference": "7.1", "wording": "Train managers", **sound, **fields}
    )


def evidence(cast: Cast, action: Action, kind: str = "output") -> Any:
    offered = OfferedEvidence(kind, "Minutes", link="https://example.org/minutes")
    return add_evidence(action, offered, by=cast.owner, at=AT)


def test_ids_stay_and_are_not_used_twice() -> None:
    assert {rule.id: (rule.severity.value, rule.title) for rule in RULES} == {
        "H01": ("error", "No owner"),
        "H02": ("error", "No date"),
        "H03": ("warning", "Words instead of a date"),
        "H04": ("error", "Area without an action"),
        "H05": ("warning", "Area without a measure"),
        "H06": ("warning", "Area of the report that is in no plan"),
        "H07": ("error", "Closed without evidence"),
        "H08": ("warning", "Closed on outputs alone"),
        "H09": ("warning", "Complete, but evidence not accepted"),
        "H10": ("warning", "Sign-off missing for long"),
        "H11": ("warning", "Owner has left"),
        "H12": ("note", "Nobody recorded in the lead post"),
        "H13": ("warning", "Due before the inspection"),
        "H14": ("warning", "Forecast late, no extension"),
        "H15": ("warning", "Extension not decided for long"),
        "H16": ("warning", "Reported green, but overdue"),
        "H17": ("note", "Not yet reported"),
        "H18": ("warning", "No board"),
        "H19": ("warning", "Statutory clock passed"),
        "H20": ("warning", "Statutory clock without a start"),
        "H21": ("warning", "Same wording twice"),
        "H22": ("warning", "May name a child"),
        "H23": ("note", "Difference not assessed"),
    }
    assert len(RULES) == 23


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("pending", [False, True])
def test_no_owner_and_no_date_matter_while_an_action_is_open(cast: Cast, status: Status, pending: bool) -> None:
    bare = {"lead_id": None, **factories.due(None), **(ASKED if pending else {})}
    action = add(cast, status=status, **bare)
    matters = status in OPEN_STATUSES
    assert [one.message for one in found(cast, "H01")] == (["Action 7.1 has no owner."] if matters else [])
    assert [one.subject for one in found(cast, "H02") if one.subject == action.pk] == ([action.pk] if matters else [])
    assert bool(found(cast, "H17")) == any(row.status == Status.UNREPORTED for row in Action.objects.all())


def test_words_are_no_date_but_more_than_nothing(cast: Cast) -> None:
    add(cast, **{**factories.due(None), "due_printed": "Already in progress"})
    assert [one.message for one in found(cast, "H03")] == [
        "Action 7.1 has no date to be held to, only “Already in progress”."
    ]
    assert "7.1" not in "".join(one.message for one in found(cast, "H02"))


def test_an_area_without_an_action_or_a_measure_is_named(cast: Cast) -> None:
    area = factories.an_area(
        cast.inspection, "Supervision of managers. " + "And more words of the report " * 4, number=9
    )
    changes.answer_areas(cast.plan, [area])
    (without,) = found(cast, "H04")
    assert without.message.startswith("Area 9, “Supervision of managers. And more words")
    assert without.subject == cast.plan.pk
    assert len(found(cast, "H05")) == 2
    Measure.objects.create(organisation=cast.council, name="Timely plans").areas.add(area, cast.area)
    assert found(cast, "H05") == []


def test_an_area_of_the_report_that_no_plan_has_is_listed(cast: Cast) -> None:
    left = factories.an_area(cast.inspection, "Left out", number=8)
    other_body = factories.an_organisation()
    factories.an_area(cast.inspection, "For another body", addressed_to=other_body)
    (finding,) = found(cast, "H06")
    assert finding.message == "Area 8 of “Inspection of 2025”, “Left out”, is in none of the council’s plans."
    changes.answer_areas(factories.a_plan(cast.council), [left])
    assert found(cast, "H06") == []


def test_signed_off_needs_evidence_and_better_than_outputs(cast: Cast) -> None:
    action = add(cast, status=Status.SIGNED_OFF)
    assert [one.message for one in found(cast, "H07")] == ["Action 7.1 is signed off without evidence."]
    assert found(cast, "H08") == []
    evidence(cast, action)
    assert (len(found(cast, "H07")), len(found(cast, "H08"))) == (0, 1)
    evidence(cast, action, "outcome")
    assert found(cast, "H08") == []
    assert len(found(cast, "H23")) == 1


def test_evidence_of_what_is_complete_is_accepted_by_somebody(cast: Cast) -> None:
    action = add(cast, status=Status.COMPLETE)
    assert [one.message for one in found(cast, "H09")] == ["Action 7.1 is complete without any evidence."]
    kept = evidence(cast, action)
    assert [one.message for one in found(cast, "H09")] == [
        "Action 7.1 is complete, but nobody has accepted its evidence."
    ]
    accept_evidence(kept, by=cast.lead, at=factories.moment(2026, 2, 20))
    assert found(cast, "H09") == []
    assert len(found(cast, "H09", date(2026, 2, 10), end_of_day(date(2026, 2, 10)))) == 1


def test_a_sign_off_is_missing_for_long_after_thirty_days(cast: Cast) -> None:
    action = add(cast, status=Status.IN_PROGRESS)
    submit_update(action, by=cast.owner, at=AT, status=Status.COMPLETE, note="Done")
    record(action, by=cast.owner, at=factories.moment(2026, 2, 20), kind=Kind.PROGRESS, note="Still done")
    assert found(cast, "H10", date(2026, 3, 3)) == []
    assert [one.message for one in found(cast, "H10", date(2026, 3, 4))] == [
        "Action 7.1 has waited 31 days for its sign-off."
    ]


def test_a_post_that_somebody_left_is_told_apart_from_one_without_a_holder_on_record(cast: Cast) -> None:
    empty = factories.a_post("Practice Lead", cast.council)
    add(cast, lead_id=empty.pk)
    assert [one.message for one in found(cast, "H12")] == [
        "Action 7.1 is led by Practice Lead, but nobody is recorded in that post."
    ]
    assert found(cast, "H11") == []
    PostHolding.objects.filter(post=cast.post).update(until=date(2026, 2, 15))
    assert [one.message for one in found(cast, "H11")] == [
        "Action 1.1 is led by Head of Service, a post that nobody holds any more."
    ]
    assert found(cast, "H11", date(2026, 2, 15)) == []
    hold_post(cast.team_mate, cast.post, since=date(2026, 2, 16))
    assert found(cast, "H11") == []


def test_a_date_before_the_inspection_is_asked_about(cast: Cast) -> None:
    Spell.objects.create(inspection=cast.inspection, starts=date(2026, 4, 20), ends=date(2026, 4, 24))
    (finding,) = found(cast, "H13")
    assert finding.message == "Action 1.1 is due “March 2026”, before the inspection of 20 April 2026."


def test_a_late_forecast_without_an_extension_and_an_extension_that_waits(cast: Cast) -> None:
    late = {"forecast_date": date(2027, 1, 31), "forecast_precision": "month"}
    action = add(cast, status=Status.IN_PROGRESS, **late)
    assert [one.message for one in found(cast, "H14")] == [
        "Action 7.1 is forecast for January 2027, after it is due, and no extension has been asked for."
    ]
    record(action, by=cast.owner, at=AT, kind=Kind.EXTENSION_ASKED, note="Vacancy", **ASKED)
    assert found(cast, "H14") == []
    assert found(cast, "H15", date(2026, 3, 2)) == []
    assert [one.message for one in found(cast, "H15", date(2026, 3, 3))] == [
        "Action 7.1 has waited 30 days for a decision on its extension."
    ]


def test_reported_green_but_overdue(cast: Cast) -> None:
    add(cast, status=Status.IN_PROGRESS, reported_rag="green", **factories.due(date(2026, 2, 10)))
    assert found(cast, "H16", date(2026, 2, 10)) == []
    assert len(found(cast, "H16")) == 1


def test_a_plan_without_a_board(cast: Cast) -> None:
    assert found(cast, "H18") == []
    cast.plan.boards.clear()
    assert [one.subject for one in found(cast, "H18")] == [cast.plan.pk]


def test_a_statutory_clock_that_passed_or_cannot_run(cast: Cast) -> None:
    DeadlineRule.objects.create(framework=cast.inspection.framework, label="Action plan", working_days=70)
    assert [one.message for one in found(cast, "H20")] == [
        "The clock of “Inspection of 2025” does not run: the date of receipt of the report is not recorded."
    ]
    cast.inspection.letter_due_on = date(2026, 2, 28)
    cast.inspection.save()
    assert (found(cast, "H20"), found(cast, "H19", date(2026, 2, 28))) == ([], [])
    assert [one.message for one in found(cast, "H19")] == [
        "Action plan for “Inspection of 2025” was due on 28 February 2026, and the plan is not submitted."
    ]
    cast.plan.stage = "submitted"
    assert found(cast, "H19") == []


def test_the_same_wording_twice_is_found_whatever_its_capitals_and_stops(cast: Cast) -> None:
    add(cast, wording="Sample discussion records, monthly.")
    assert [one.message for one in found(cast, "H21")] == ["Actions 1.1, 1.2 and 7.1 say the same in the same words."]
    changes.withdraw(cast.action, by=cast.lead, at=AT, note="Overtaken")
    changes.amend(cast.partner_action, by=cast.lead, at=AT, wording="Something else")
    assert found(cast, "H21") == []


def test_text_that_may_name_a_child_is_pointed_to_and_not_repeated(cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=AT, kind=Kind.PROGRESS, note="Met the family, DOB 03/04/2012.")
    (finding,) = found(cast, "H22")
    assert "a date of birth" in finding.message
    assert "2012" not in finding.message


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Date of birth: 3 April 2012", "a date of birth"),
        ("born on 03-04-12", "a date of birth"),
        ("d.o.b. 3.4.2012", "a date of birth"),
        ("See 943 476 5919", "an NHS number"),
        ("See 9434765919.", "an NHS number"),
        ("See 9434765918", ""),
        ("Call 01629 533190 or +441629533190", ""),
        ("Audits on 3 April 2012 found 40 babies born early", ""),
        ("", ""),
    ],
)
def test_what_looks_personal(text: str, what: str) -> None:
    assert looks_personal("Nothing here", text) == what


def test_an_nhs_number_ends_in_its_check_digit() -> None:
    assert is_nhs_number("401 023 2137")
    assert not is_nhs_number("401 023 2138")
    assert not is_nhs_number("0000000000")
    assert not is_nhs_number("123")
    assert is_nhs_number("1000000060")  # a check digit of 11 counts as 0


@pytest.mark.parametrize("status", [Status.WITHDRAWN])
def test_a_withdrawn_action_is_never_amiss(cast: Cast, status: Status) -> None:
    before = {(one.id, one.message) for one in check(cast).findings}
    add(cast, status=status, lead_id=None, wording="Sample discussion records monthly", **factories.due(None))
    assert {(one.id, one.message) for one in check(cast).findings} == before


def test_the_gravest_comes_first_and_the_check_tells_the_move_what_it_found(cast: Cast) -> None:
    add(cast, lead_id=None)
    result = check(cast)
    order = [list(Severity).index(one.severity) for one in result.findings]
    assert order == sorted(order)
    assert len(result.errors) + len(result.warnings) + len(result.notes) == len(result.findings)
    assert list(result.found().errors) == [one.id for one in result.errors]
    assert "H01" in result.found().errors
    assert "H17" not in result.found().warnings


def test_a_past_day_knows_nothing_of_later(cast: Cast) -> None:
    changes.amend(cast.action, by=cast.lead, at=AT, lead_id=None)
    then = date(2026, 1, 20)
    assert found(cast, "H01", then, end_of_day(then)) == []
    assert len(found(cast, "H01")) == 1
