"""What can be read: what the person may see, in the words and figures of the pages, then as now."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.findings.models import Spell
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind
from plans.monitoring.models import Measure, Reading
from plans.oversight.overdue import figures
from plans.web.api.routes import interface
from tests import factories
from tests.cast import Cast
from tests.web.api.callers import Caller
from tests.web.test_queries import add_actions

THEN = "2026-04-15"
LISTS = ("plans", "areas", "inspections", "actions", "updates", "measures", "readings")


@pytest.fixture
def rich(cast: Cast) -> Cast:
    record(
        cast.action,
        by=cast.owner,
        at=factories.moment(2026, 2, 10),
        kind=Kind.PROGRESS,
        note="Half are done",
        status="in_progress",
        reported_rag="green",
    )
    record(
        cast.action,
        by=cast.lead,
        at=factories.moment(2026, 5, 1),
        kind=Kind.EXTENSION_AGREED,
        note="A vacancy",
        **factories.due(date(2026, 9, 30), "month"),
    )
    Spell.objects.create(inspection=cast.inspection, starts=date(2025, 3, 1), ends=date(2025, 3, 9))
    measure = Measure.objects.create(organisation=cast.council, name="Timely plans", unit="%", target=90)
    measure.plans.add(cast.plan)
    measure.actions.add(cast.action)
    Reading.objects.create(measure=measure, period_ends=date(2026, 1, 31), value="73.5")
    return cast


def test_an_action_has_the_words_of_the_product(rich: Cast) -> None:
    then = Caller(rich.reader).get(f"actions/{rich.action.pk}", {"as_at": THEN}).json()
    shown = {name: then[name] for name in ("reference", "status", "due_date", "due_precision", "extensions", "version")}
    assert shown == {
        "reference": "1.1",
        "status": "in_progress",
        "due_date": "2026-03-31",
        "due_precision": "month",
        "extensions": 0,
        "version": 2,
    }
    assert (then["timeliness"], then["days_late"], then["days_late_first_agreed"]) == ("overdue", 15, 15)
    assert (then["computed_rag"], then["reported_rag"]) == ("red", "green")
    assert (then["lead"], then["lead_organisation"]) == ("Head of Service", "Westshire")
    assert then["area"] == {"id": rich.area.pk, "number": rich.area.number, "wording": rich.area.wording}
    assert then["page"].endswith(f"/actions/{rich.action.pk}/?as_at={THEN}")
    later = Caller(rich.reader).get(f"actions/{rich.action.pk}", {"as_at": "2026-06-01"}).json()
    assert (later["due_date"], later["first_due_date"], later["extensions"]) == ("2026-09-30", "2026-03-31", 1)
    assert (later["days_late"], later["days_late_first_agreed"]) == (0, 62)


@pytest.mark.parametrize("member", ["lead", "board_member", "owner", "partner", "stranger"])
@pytest.mark.parametrize("day", [None, THEN, "2026-01-01", "2026-06-01"])
def test_then_and_now_the_rows_are_those_of_the_pages(rich: Cast, client: Client, member: str, day: str | None) -> None:
    query = {"as_at": day} if day else {}
    user = getattr(rich, member)
    rows = Caller(user).items("actions", **query)
    client.force_login(user)
    page = client.get(reverse("actions"), query)
    assert [row["id"] for row in rows] == sorted(row.action_pk for row in page.context["table"].data)
    if rows:
        as_at = page.context["as_at"]
        counted = figures(Action.objects.as_at(as_at.moment).visible_to(user), as_at.day)
        assert sum(row["timeliness"] == "overdue" for row in rows) == counted.overdue
        assert sum(row["timeliness"] == "due_soon" for row in rows) == counted.due_soon
        assert len(Caller(user).items("actions", overdue="true", **query)) == counted.overdue
        assert len(Caller(user).items("actions", overdue="false", **query)) == len(rows) - counted.overdue
        assert {row["as_at"] for row in rows} == {as_at.day.isoformat()}


def test_each_filter_narrows(rich: Cast) -> None:
    other = factories.a_plan(rich.council)
    factories.an_action(other, rich.lead, reference="9")
    caller = Caller(rich.lead)

    def references(**query: Any) -> list[str]:
        return [row["reference"] for row in caller.items("actions", **query)]

    assert references() == ["1.1", "1.2", "9"]
    assert references(plan=rich.plan.pk) == ["1.1", "1.2"]
    assert references(status="in_progress") == ["1.1"]
    assert references(timeliness="overdue", as_at=THEN) == ["1.1"]
    assert references(timeliness="no_date", as_at=THEN) == ["1.2", "9"]
    assert references(changed_since="2026-04-01T00:00:00Z") == ["1.1"]
    assert references(changed_since="2026-02-01T00:00:00+00:00", as_at=THEN) == ["1.1"]
    assert references(changed_since="2026-06-01T00:00:00Z") == []
    assert [row["kind"] for row in caller.items("updates", action=rich.action.pk)] == [
        "added", "progress", "extension_agreed",
    ]  # fmt: skip
    assert len(caller.items("updates", plan=other.pk)) == 1
    assert [row["note"] for row in caller.items("updates", recorded_since="2026-04-01T00:00:00Z")] == ["A vacancy"]
    assert len(caller.items("areas", plan=rich.plan.pk, inspection=rich.inspection.pk)) == 1
    assert caller.items("areas", plan=other.pk) == []
    assert len(caller.items("measures", plan=rich.plan.pk)) == 1
    assert caller.items("measures", plan=other.pk) == []
    assert [row["value"] for row in caller.items("readings")] == [73.5]
    assert caller.items("plans", stage="draft") == []


def test_pages_follow_one_another_without_gap_or_repetition(cast: Cast) -> None:
    add_actions(cast, 23)
    caller = Caller(cast.lead)
    for query in ({"limit": 5}, {"limit": 25}, {"limit": 24}, {"limit": 5, "as_at": "2026-06-01", "overdue": "true"}):
        ids = [row["id"] for row in caller.items("actions", **query)]
        assert ids == sorted(set(ids))
        assert len(ids) == (24 if "as_at" in query else 25)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("actions", {"stauts": "complete"}, "stauts"),
        ("actions", {"status": "done"}, "status"),
        ("actions", {"overdue": "1"}, "overdue"),
        ("actions", {"as_at": "16 March 2020"}, "as_at"),
        ("actions", {"as_at": "2026-02-30"}, "as_at"),
        ("actions", {"as_at": "2999-01-01"}, "as_at"),
        ("actions", {"as_at": "0"}, "as_at"),
        ("actions", {"changed_since": "2026-01-01"}, "changed_since"),
        ("actions", {"changed_since": "0001-01-01T00:00:00+14:00"}, "changed_since"),
        ("actions", {"limit": "201"}, "limit"),
        ("actions", {"limit": "0"}, "limit"),
        ("actions", {"after": "99999999999999999999"}, "after"),
        ("actions", {"plan": "99999999999999999999"}, "plan"),
        ("actions/x", {}, "action_id"),
        ("plans", {"as_at": "2026-01-01"}, "as_at"),
    ],
)
def test_what_cannot_be_read_is_named(cast: Cast, path: str, query: dict[str, str], field: str) -> None:
    answer = Caller(cast.lead).get(path, query)
    assert answer.status_code == 422, answer.content
    problem = answer.json()
    assert (problem["status"], [error["field"] for error in problem["errors"]]) == (422, [field])
    assert problem["errors"][0]["detail"].endswith(".")


def test_what_somebody_may_not_see_is_not_found(rich: Cast) -> None:
    measure = Measure.objects.get()
    paths = {
        f"plans/{rich.plan.pk}": (200, 200),
        f"plans/{rich.plan.pk}/actions.csv": (200, 403),
        f"actions/{rich.action.pk}": (200, 404),
        f"actions/{rich.action.pk}/updates": (200, 404),
        f"actions/{rich.partner_action.pk}": (200, 200),
        f"inspections/{rich.inspection.pk}": (200, 404),
        f"measures/{measure.pk}": (200, 404),
    }
    callers = [Caller(member) for member in (rich.reader, rich.partner, rich.stranger)]
    for path, (reader, partner) in paths.items():
        found = tuple(caller.get(path).status_code for caller in callers)
        assert found == (reader, partner, 404), path
        assert callers[2].get(path).json()["detail"] == callers[2].get("plans/987654").json()["detail"]


def test_an_address_that_there_is_not_is_a_problem_too(cast: Cast) -> None:
    caller = Caller(cast.lead)
    for path in ("nothing", "plans/", "actions/1/2/3"):
        answer = caller.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    answer = caller.post("plans", {})
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]


# Two councils: nothing of one is in an answer to the other.


def the_other_council(cast: Cast) -> dict[str, Any]:
    """Rows of the stranger's council whose every text says so."""
    council = cast.stranger.memberships.get().organisation
    inspection = factories.an_inspection(council, title="Eastern inspection")
    area = factories.an_area(inspection, "Eastern area")
    plan = factories.a_plan(council, title="Eastern plan", summary="Eastern summary")
    post = factories.a_post("Eastern head", council)
    action = factories.an_action(
        plan, cast.stranger, reference="E1", wording="Eastern action", area_id=area.pk, lead_id=post.pk
    )
    record(action, by=cast.stranger, at=factories.moment(2026, 2, 1), kind=Kind.PROGRESS, note="Eastern note")
    measure = Measure.objects.create(organisation=council, name="Eastern measure", target=1)
    # Links across, as a wrong hand might make them: they open nothing.
    measure.plans.add(plan, cast.plan)
    measure.actions.add(action, cast.action)
    Reading.objects.create(measure=measure, period_ends=date(2026, 1, 31), value=1, note="Eastern reading")
    return {"plans": plan, "actions": action, "inspections": inspection, "measures": measure, "areas": area}


def walk(caller: Caller) -> dict[str, Any]:
    """Everything that the interface answers: each list by all its pages, each record of it, and each CSV."""
    found: dict[str, Any] = {}
    for name in LISTS:
        found[name] = caller.items(name, limit=3)
    for name in ("plans", "inspections", "actions", "measures"):
        for row in found[name]:
            path = f"{name}/{row['id']}"
            answer = caller.get(path)
            assert answer.status_code == 200
            assert answer.json() == row
            found[path] = row
    for row in found["actions"]:
        found[f"actions/{row['id']}/updates"] = caller.items(f"actions/{row['id']}/updates")
    for row in found["plans"]:
        found[f"plans/{row['id']}/actions.csv"] = caller.get(f"plans/{row['id']}/actions.csv").content.decode()
    found["then"] = caller.items("actions", as_at="2026-03-01")
    return found


def test_every_address_is_walked() -> None:
    walked = {*LISTS, "plans/{plan_id}", "plans/{plan_id}/actions.csv", "inspections/{inspection_id}"} | {
        "actions/{action_id}", "actions/{action_id}/updates", "measures/{measure_id}", "token",
    }  # fmt: skip
    assert {path.removeprefix("/api/v1/") for path in interface.get_openapi_schema()["paths"]} == walked


@pytest.mark.parametrize("member", ["lead", "owner", "board_member", "reader", "partner"])
def test_nothing_of_another_council_is_answered(rich: Cast, member: str) -> None:
    theirs = the_other_council(rich)
    found = walk(Caller(getattr(rich, member)))
    text = json.dumps(found)
    assert "Eastern" not in text
    assert "Stan Stranger" not in text
    for name, row in theirs.items():
        assert row.pk not in {each["id"] for each in found[name]}
        key = {"plans": "plan_ids", "actions": "action_ids"}.get(name)
        if key:
            assert all(row.pk not in each.get(key, []) for rows in ("areas", "measures") for each in found[rows])


def test_nor_the_other_way_round(rich: Cast) -> None:
    the_other_council(rich)
    found = walk(Caller(rich.stranger))
    text = json.dumps(found)
    for mine in ("Westshire", "1.1", "Improvement plan 2026", "Lena Lead", rich.area.wording, "Half are done"):
        assert mine not in text, mine
    assert "Eastern note" in text
    assert found["measures"][0]["plan_ids"] == [found["plans"][0]["id"]]


def test_a_partner_is_answered_what_is_theirs_alone(rich: Cast) -> None:
    found = walk(Caller(rich.partner))
    assert [row["reference"] for row in found["actions"]] == ["1.2"]
    assert {row["action_id"] for row in found["updates"]} == {rich.partner_action.pk}
    assert found["areas"] == found["inspections"] == found["measures"] == found["readings"] == []
    assert "Half are done" not in json.dumps(found)


def test_a_draft_plan_is_not_answered_to_its_board(rich: Cast) -> None:
    rich.plan.stage = "draft"
    rich.plan.save()
    caller = Caller(rich.board_member)
    assert caller.items("plans") == caller.items("actions") == caller.items("updates") == []
    assert [row["plan_ids"] for row in caller.items("areas")] == [[]]
    assert [row["plan_ids"] for row in caller.items("measures")] == [[]]


# The rest


def test_the_csv_is_the_csv_paper(rich: Cast, client: Client) -> None:
    client.force_login(rich.lead)
    for query in ({}, {"as_at": THEN}):
        paper = client.get(reverse("plan_csv", args=[rich.plan.pk]), query)
        answer = Caller(rich.lead).get(f"plans/{rich.plan.pk}/actions.csv", query)
        assert answer.content == paper.content
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]


def test_what_has_not_changed_is_not_sent_again(rich: Cast) -> None:
    caller = Caller(rich.lead)
    first = caller.get("actions")
    again = caller.get("actions", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    record(rich.partner_action, by=rich.lead, at=factories.moment(2026, 6, 1), kind=Kind.PROGRESS, note="Begun")
    assert caller.get("actions", **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("query", [{}, {"as_at": "2026-06-01"}])
def test_queries_do_not_grow_with_the_rows(rich: Cast, query: dict[str, str]) -> None:
    caller = Caller(rich.board_member)
    paths = [*LISTS, f"plans/{rich.plan.pk}/actions.csv", f"actions/{rich.action.pk}/updates"]

    def queries() -> dict[str, int]:
        counted = {}
        for path in paths:
            asked = query if path in ("actions", f"plans/{rich.plan.pk}/actions.csv") else {}
            with CaptureQueriesContext(connection) as captured:
                assert caller.get(path, asked).status_code == 200
            counted[path] = len(captured)
        return counted

    caller.get("token")
    few = queries()
    add_actions(rich, 30)
    for number in range(5):
        inspection = factories.an_inspection(rich.council, title=f"Inspection {number}")
        factories.an_area(inspection)
        Measure.objects.create(organisation=rich.council, name=f"Measure {number}")
    assert queries() == few
    assert max(few.values()) <= 12
