"""Rows for tests. Actions are made through the ledger like everybody's."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

from model_bakery import baker

from plans.access.models import Membership, Organisation, Post, PostHolding, User
from plans.access.rules import Role
from plans.findings.models import Area, AskKind, Framework, Inspection
from plans.improvement_plan.ledger import add_action
from plans.improvement_plan.models import LONDON, Action, Plan

numbers = itertools.count(1)


def moment(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


START = moment(2026, 1, 5)


def an_organisation(name: str | None = None, **fields: Any) -> Organisation:
    return baker.make(Organisation, name=name or f"Council {next(numbers)}", gss_code=None, **fields)


def a_person(name: str = "Somebody", *, role: Role | None = None, of: Organisation | None = None) -> User:
    person = User.objects.create_user(f"person{next(numbers)}@example.org", "a long password", name=name)
    if role and of:
        Membership.objects.create(person=person, organisation=of, role=role.value)
    return person


def a_post(title: str, organisation: Organisation, *, holder: User | None = None) -> Post:
    post = Post.objects.create(title=title, organisation=organisation)
    if holder:
        PostHolding.objects.create(post=post, person=holder, since=date(2020, 1, 1))
    return post


def an_inspection(organisation: Organisation, **fields: Any) -> Inspection:
    framework = fields.pop("framework", None) or baker.make(Framework, code=f"kind-{next(numbers)}", name="A framework")
    return baker.make(Inspection, organisation=organisation, framework=framework, **{"title": "Inspection", **fields})


def an_area(inspection: Inspection, wording: str = "Recording of strategy discussions", **fields: Any) -> Area:
    kind, _ = AskKind.objects.get_or_create(
        code="AREA", defaults={"name": "area for improvement", "rank": 2, "from_inspectorate": True}
    )
    return Area.objects.create(
        inspection=inspection,
        wording=wording,
        **{"kind": kind, "addressed_to": inspection.organisation, "number": next(numbers), **fields},
    )


def a_plan(organisation: Organisation, **fields: Any) -> Plan:
    return baker.make(
        Plan,
        organisation=organisation,
        settled_until=None,
        **{"title": f"Plan {next(numbers)}", "stage": "agreed", **fields},
    )


def due(day: date | None, precision: str = "day") -> dict[str, Any]:
    return {"due_date": day, "due_precision": precision if day else "", "due_printed": ""}


def an_action(plan: Plan, by: User, *, at: datetime = START, **fields: Any) -> Action:
    return add_action(
        plan,
        by=by,
        at=at,
        **{"reference": f"A{next(numbers)}", "wording": "Sample discussion records monthly", **fields},
    )
