"""The pages of a plan's coverage and of its stage: counts equal lists, links mend, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plans.improvement_plan import changes
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import Status
from plans.monitoring.changes import OfferedEvidence, accept_evidence, add_evidence
from plans.monitoring.models import Measure
from plans.oversight.coverage import Show
from tests import factories
from tests.cast import Cast


def address(cast: Cast, route: str = "plan_coverage") -> str:
    return reverse(route, args=[cast.plan.pk])


def lede(response: Any) -> str:
    (sentence,) = re.findall(r'<p class="app-lede">(.*?)</p>', response.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", sentence)


def shown(response: Any) -> list[Any]:
    return [row.record.area for group in response.context["groups"] for row in group["table"].rows]


@pytest.fixture
def areas(cast: Cast) -> list[Any]:
    made = [factories.an_area(cast.inspection, f"Area {number}") for number in range(3)]
    changes.answer_areas(cast.plan, made)
    factories.an_action(cast.plan, cast.lead, area_id=made[0].pk, reference="2.1")
    Measure.objects.create(organisation=cast.council, name="Timely plans").areas.add(made[1])
    offered = OfferedEvidence("output", "Minutes", link="https://example.org/minutes")
    add_evidence(cast.action, offered, by=cast.owner, at=factories.START)
    return made


def test_the_sentence_counts_what_each_link_shows(cast: Cast, client: Client, areas: list[Any]) -> None:
    client.force_login(cast.lead)
    response = client.get(address(cast))
    assert lede(response) == "2 of 4 areas are answered, 1 owned, 1 measured, 1 evidenced; 1 has nothing."
    assert shown(response) == [cast.area, *areas]
    for show in Show:
        one = client.get(response.context["links"][show])
        assert one.status_code == 200
        assert len(shown(one)) == response.context["counts"][show]


def test_one_area_shows_exactly_the_actions_that_its_number_counts(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    response = client.get(address(cast), {"area": str(cast.area.pk)})
    assert [row.record.reference for row in response.context["actions"].rows] == ["1.1", "1.2"]
    assert "2 actions" in response.content.decode()
    assert "What is amiss" not in response.content.decode()


@pytest.mark.parametrize("query", [{"show": "all"}, {"area": "999999"}, {"plan": "1"}])
def test_a_filter_that_is_not_known_is_an_error(cast: Cast, client: Client, query: dict[str, str]) -> None:
    client.force_login(cast.lead)
    response = client.get(address(cast), query)
    assert response.status_code == 400
    assert shown(response) == []


def test_a_past_day_is_covered_by_what_there_was(cast: Cast, client: Client) -> None:
    changes.withdraw(cast.action, by=cast.lead, at=factories.moment(2026, 2, 1), note="Overtaken")
    changes.withdraw(cast.partner_action, by=cast.lead, at=factories.moment(2026, 2, 1), note="Overtaken")
    client.force_login(cast.lead)
    assert lede(client.get(address(cast))).startswith("0 of 1 area is answered, 0 owned")
    then = client.get(address(cast), {"as_at": "2026-01-20"})
    assert lede(then).startswith("1 of 1 area is answered, 1 owned")
    assert "as_at=2026-01-20" in then.context["links"]["owned"]
    assert "as_at=2026-01-20&amp;area=" in then.content.decode()


def test_each_finding_names_its_action_and_links_to_where_that_person_mends_it(cast: Cast, client: Client) -> None:
    changes.amend(cast.action, by=cast.lead, at=factories.moment(2026, 2, 1), lead_id=None)
    amend, look = (reverse(route, args=[cast.action.pk]) for route in ("amend_action", "action"))
    for member, link, words in ((cast.lead, amend, "Amend the action"), (cast.reader, look, "Open the action")):
        client.force_login(member)
        text = client.get(address(cast)).content.decode()
        assert f'Action 1.1 has no owner. <a class="govuk-link app-nowrap" href="{link}">{words}<' in text
    assert address(cast, "plan_stage") not in text


def test_no_board_is_mended_in_the_administration_by_who_has_it(cast: Cast, client: Client) -> None:
    cast.plan.boards.clear()
    client.force_login(cast.administrator)
    assert reverse("admin:plans_plan_change", args=[cast.plan.pk]) in client.get(address(cast)).content.decode()
    client.force_login(cast.lead)
    assert "No board oversees this plan." in client.get(address(cast)).content.decode()


def test_every_link_of_the_page_leads_somewhere(cast: Cast, client: Client, areas: list[Any]) -> None:
    client.force_login(cast.lead)
    text = client.get(address(cast)).content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    for link in set(re.findall(r'href="(/[^"#]*)', main)):
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_plan_without_areas_says_so(cast: Cast, client: Client) -> None:
    plan = factories.a_plan(cast.council)
    client.force_login(cast.lead)
    response = client.get(reverse("plan_coverage", args=[plan.pk]))
    assert lede(response) == "This plan answers no area of a report."
    assert "Nothing blocks submission." in response.content.decode()


def test_what_blocks_is_told_for_the_next_stage(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    assert "What blocks submission" in client.get(address(cast)).content.decode()
    cast.plan.stage = "submitted"
    cast.plan.save()
    text = client.get(address(cast)).content.decode()
    assert "What blocks closing" in text
    assert "2 actions are neither signed off nor withdrawn" in text
    cast.plan.stage = "closed"
    cast.plan.save()
    assert "What blocks" not in client.get(address(cast)).content.decode()


def ready(cast: Cast) -> Plan:
    """A plan without errors, and with warnings left."""
    plan = factories.a_plan(cast.council, stage="agreed")
    due = factories.due(factories.START.date().replace(year=2030))
    factories.an_action(plan, cast.lead, lead_id=cast.post.pk, status=Status.IN_PROGRESS, **due)
    return plan


def send(client: Client, plan: Plan, **said: str) -> Any:
    return client.post(reverse("plan_stage", args=[plan.pk]), {"opened": plan.stage, **said})


def test_submitting_with_errors_left_is_refused_beside_the_field_and_keeps_what_was_typed(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.lead)
    response = send(client, cast.plan, to="submitted", reason="The director agreed")
    text = response.content.decode()
    assert response.status_code == 400
    assert "1 error is left. Mend what is listed before submitting the plan." in text
    assert "The director agreed" in text
    assert "Action 1.2 has no date." in text
    assert Plan.objects.get(pk=cast.plan.pk).stage == "agreed"


def test_warnings_ask_for_a_reason_and_the_page_keeps_the_move(cast: Cast, client: Client) -> None:
    plan = ready(cast)
    client.force_login(cast.lead)
    response = send(client, plan, to="submitted")
    assert "Give a reason for submitting the plan with warnings left." in response.content.decode()
    response = send(client, plan, to="submitted", reason="The board is chosen in May")
    assert (response.status_code, Plan.objects.get(pk=plan.pk).stage) == (302, "submitted")
    text = client.get(reverse("plan_stage", args=[plan.pk])).content.decode()
    assert "The plan is submitted now." in text
    assert "Agreed to submitted" in text
    assert "The board is chosen in May" in text
    assert "1 warning overruled: H18" in text


def test_an_empty_or_stale_form_moves_nothing(cast: Cast, client: Client) -> None:
    plan = ready(cast)
    client.force_login(cast.lead)
    assert send(client, plan).status_code == 400
    assert send(client, plan, to="closed").status_code == 400
    stale = client.post(reverse("plan_stage", args=[plan.pk]), {"opened": "draft", "to": "submitted", "reason": "x"})
    assert "Somebody moved this plan while you were deciding" in stale.content.decode()
    assert Plan.objects.get(pk=plan.pk).stage == "agreed"


def test_closing_on_outputs_alone_is_warned_about(cast: Cast, client: Client) -> None:
    plan = ready(cast)
    plan.boards.add(cast.board)
    plan.stage = "submitted"
    plan.save()
    done = factories.an_action(plan, cast.lead, wording="Done", status=Status.SIGNED_OFF)
    for action in plan.actions.exclude(pk=done.pk):
        changes.withdraw(action, by=cast.lead, at=factories.moment(2026, 2, 1), note="Overtaken")
    offered = OfferedEvidence("output", "Minutes", link="https://example.org/minutes")
    kept = add_evidence(done, offered, by=cast.owner, at=factories.START)
    accept_evidence(kept, by=cast.lead, at=factories.START)
    client.force_login(cast.lead)
    response = send(client, plan, to="closed")
    assert "is signed off on outputs alone" in response.content.decode()
    assert Plan.objects.get(pk=plan.pk).stage == "submitted"
    assert send(client, plan, to="closed", reason="Impact is watched by the board").status_code == 302
    assert Plan.objects.get(pk=plan.pk).stage == "closed"


def test_moving_back_needs_its_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    assert send(client, cast.plan, to="draft").status_code == 400
    assert send(client, cast.plan, to="draft", reason="Not seen by the director").status_code == 302
    assert Plan.objects.get(pk=cast.plan.pk).stage == "draft"


def test_the_plan_leads_to_its_coverage_its_warnings_and_for_who_runs_it_its_stage(cast: Cast, client: Client) -> None:
    for member, sees, runs in ((cast.lead, True, True), (cast.reader, True, False), (cast.partner, False, False)):
        client.force_login(member)
        text = client.get(reverse("plan", args=[cast.plan.pk])).content.decode()
        assert (address(cast) in text, address(cast, "plan_stage") in text) == (sees, runs)
        assert f"{reverse('early_warning')}?plan={cast.plan.pk}" in text
