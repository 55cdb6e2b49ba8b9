"""What a page says agrees with its rows, and a past day's page knows nothing of later."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from plans.improvement_plan import changes
from plans.monitoring.changes import OfferedEvidence, accept_evidence, add_evidence
from tests import factories
from tests.cast import Cast


def test_the_overdue_sentence_counts_what_the_filters_let_through(cast: Cast, client: Client) -> None:
    late = factories.due(date(2026, 1, 31))
    factories.an_action(cast.plan, cast.lead, wording="Train voice champions", position=5, **late)
    client.force_login(cast.lead)
    whole = client.get(reverse("overdue"), {"as_at": "2026-04-14"}).context
    found = client.get(reverse("overdue"), {"as_at": "2026-04-14", "q": "voice"}).context
    assert (whole["figures"].overdue, len(whole["table"].rows)) == (2, 2)
    assert (found["figures"].overdue, found["figures"].all, len(found["table"].rows)) == (1, 1, 1)


def test_an_area_keeps_its_number_when_the_one_before_it_has_no_action(cast: Cast, client: Client) -> None:
    second = factories.an_area(cast.inspection, "Supervision of managers")
    changes.answer_areas(cast.plan, [second])
    factories.an_action(cast.plan, cast.lead, area_id=second.pk, reference="2.1")
    at = factories.moment(2026, 2, 1)
    for action in (cast.action, cast.partner_action):
        changes.withdraw(action, by=cast.lead, at=at, note="Overtaken")
    client.force_login(cast.lead)
    page = client.get(reverse("plan", args=[cast.plan.pk])).content.decode()
    assert "2. Supervision of managers" in page
    assert "1. Supervision of managers" not in page
    inspection = client.get(reverse("inspection", args=[cast.inspection.pk])).context["bodies"]
    assert [area.answers for areas in inspection.values() for area in areas] == [0, 1]


def test_evidence_accepted_later_was_not_accepted_then(cast: Cast, client: Client) -> None:
    offered = OfferedEvidence("output", "Minutes", link="https://example.org/minutes")
    kept = add_evidence(cast.action, offered, by=cast.owner, at=factories.moment(2026, 1, 10))
    accept_evidence(kept, by=cast.lead, at=factories.moment(2026, 6, 1))
    client.force_login(cast.owner)
    address = reverse("action", args=[cast.action.pk])
    assert [row.accepted_by for row in client.get(address, {"as_at": "2026-02-01"}).context["evidence"]] == [None]
    assert [row.accepted_by for row in client.get(address).context["evidence"]] == [cast.lead]


def test_a_plan_that_did_not_exist_yet_is_not_listed(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    assert cast.plan.title not in client.get(reverse("plans"), {"as_at": "2012-01-01"}).content.decode()
    assert cast.plan.title in client.get(reverse("plans"), {"as_at": "2026-02-01"}).content.decode()
