"""Coverage: each area answered, owned, measured and evidenced, or listed as not; the same on any day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from plans.improvement_plan import changes
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.changes import OfferedEvidence, accept_evidence, add_evidence
from plans.monitoring.models import Measure
from plans.oversight.coverage import AreaCover, Coverage, Show, coverage
from plans.oversight.plan_facts import facts_of
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 2, 1)


def cover_of(cast: Cast, moment: datetime | None = None, user: Any = None) -> Coverage:
    return coverage(facts_of(cast.plan, user=user or cast.lead, day=AT.date(), moment=moment))


def the_area(cast: Cast, moment: datetime | None = None) -> AreaCover:
    return next(row for row in cover_of(cast, moment).areas if row.area == cast.area)


def evidence(cast: Cast, action: Action, kind: str = "output", at: datetime = AT) -> Any:
    return add_evidence(
        action, OfferedEvidence(kind, "Minutes", link="https://example.org/minutes"), by=cast.owner, at=at
    )


def a_measure(cast: Cast, name: str = "Timely plans") -> Measure:
    return Measure.objects.create(organisation=cast.council, name=name, unit="%", target=90)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("pending", [False, True])
def test_an_area_is_answered_by_every_action_but_a_withdrawn_one(cast: Cast, status: Status, pending: bool) -> None:
    area = factories.an_area(cast.inspection, "Supervision")
    changes.answer_areas(cast.plan, [area])
    asked = {"asked_due_date": AT.date(), "asked_due_precision": "day", "asked_reason": "Vacancy"} if pending else {}
    factories.an_action(cast.plan, cast.lead, area_id=area.pk, status=status, **asked)
    row = next(row for row in cover_of(cast).areas if row.area == area)
    assert row.answered == (status != Status.WITHDRAWN)
    assert row.signed_off == (status == Status.SIGNED_OFF)
    assert (row in cover_of(cast).those(Show.NOTHING)) == (status == Status.WITHDRAWN)


def test_an_action_covers_the_further_areas_that_it_answers_too(cast: Cast) -> None:
    area = factories.an_area(cast.inspection, "Supervision")
    changes.answer_areas(cast.plan, [area])
    assert cover_of(cast).count(Show.ANSWERED) == 1
    changes.amend(cast.action, by=cast.lead, at=AT, also_answers=[area.pk, cast.area.pk])
    found = cover_of(cast)
    assert [[row.reference for row in cover.actions] for cover in found.areas] == [["1.1", "1.2"], ["1.1"]]
    assert cover_of(cast, factories.moment(2026, 1, 20)).count(Show.ANSWERED) == 1


def test_owned_means_that_every_action_has_a_lead_then_as_now(cast: Cast) -> None:
    assert the_area(cast).owned
    changes.amend(cast.action, by=cast.lead, at=AT, lead_id=None)
    row = the_area(cast)
    assert (row.with_owner, row.owned) == (1, False)
    assert the_area(cast, factories.moment(2026, 1, 20)).owned


def test_measured_means_a_measure_of_the_area_or_of_one_of_its_actions_counted_once(cast: Cast) -> None:
    assert not the_area(cast).measured
    measure = a_measure(cast)
    measure.plans.add(cast.plan)
    assert not the_area(cast).measured
    measure.actions.add(cast.action)
    assert [one.name for one in the_area(cast).measures] == ["Timely plans"]
    measure.areas.add(cast.area)
    assert [one.pk for one in the_area(cast).measures] == [measure.pk]


def test_a_measure_of_a_withdrawn_action_covers_nothing(cast: Cast) -> None:
    a_measure(cast).actions.add(cast.action)
    changes.withdraw(cast.action, by=cast.lead, at=AT, note="Overtaken")
    assert not the_area(cast).measured


def test_evidence_counts_from_the_day_on_which_it_was_added_and_accepted(cast: Cast) -> None:
    accept_evidence(evidence(cast, cast.action), by=cast.lead, at=factories.moment(2026, 3, 1))
    evidence(cast, cast.partner_action, at=factories.moment(2026, 2, 2))
    counts = [
        (row.evidence, row.accepted)
        for row in (
            the_area(cast, factories.moment(2026, 1, 31)),
            the_area(cast, factories.moment(2026, 2, 10)),
            the_area(cast),
        )
    ]
    assert counts == [(0, 0), (2, 0), (2, 1)]


def test_the_counts_are_those_of_the_lists_and_each_area_is_on_one_side(cast: Cast) -> None:
    areas = [factories.an_area(cast.inspection, f"Area {number}") for number in range(4)]
    changes.answer_areas(cast.plan, areas)
    factories.an_action(cast.plan, cast.lead, area_id=areas[0].pk)
    a_measure(cast).areas.add(areas[1])
    found = cover_of(cast)
    assert [cover.area for cover in found.areas] == [cast.area, *areas]
    for show in Show:
        assert found.count(show) == len(found.those(show))
    for name in ("answered", "owned", "measured", "evidenced"):
        assert found.count(Show(name)) + found.count(Show(f"not_{name}")) == 5
    assert [row.area for row in found.those(Show.NOTHING)] == areas[2:]
    assert Show.NOT_OWNED.label == "Not owned"
    assert Show.NOTHING.label == "Nothing yet"


def test_what_a_person_may_not_see_covers_nothing_for_them(cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=AT, kind=Kind.PROGRESS, note="Begun")
    assert cover_of(cast, user=cast.stranger).count(Show.ANSWERED) == 0
    assert [row.reference for row in cover_of(cast, user=cast.partner).areas[0].actions] == ["1.2"]
