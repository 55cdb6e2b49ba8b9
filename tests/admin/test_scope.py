"""An administrator has their own council's rows alone, whatever address they type."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from plans.access.models import Membership, Organisation, Seat, User
from plans.access.rules import Role
from plans.findings.models import Framework
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Measure
from plans.oversight.changes import hold_meeting
from plans.oversight.models import Meeting
from tests import factories
from tests.cast import Cast

EMPTY = {
    f"{prefix}-{name}": 0
    for prefix in ("memberships", "holdings", "seats")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def elsewhere(cast: Cast) -> User:
    """The administrator of another council."""
    council = Organisation.objects.get(name="Eastshire")
    return factories.a_person("Edith East", role=Role.ADMINISTRATOR, of=council)


@pytest.fixture
def intruder(elsewhere: User, client: Client) -> Client:
    client.force_login(elsewhere)
    return client


def rows(cast: Cast) -> dict[str, Any]:
    meeting = Meeting.objects.create(board=cast.board, starts_at=factories.START)
    measure = Measure.objects.create(organisation=cast.council, name="Timely plans")
    return {
        "plan": cast.plan,
        "inspection": cast.inspection,
        "board": cast.board,
        "post": cast.post,
        "organisation": cast.council,
        "meeting": meeting,
        "measure": measure,
    }


def test_another_councils_history_cannot_be_read_or_put_back(intruder: Client, cast: Cast) -> None:
    for model, row in rows(cast).items():
        row.save()
        version = row.history.first().history_id
        listing = reverse(f"admin:plans_{model}_history", args=[row.pk])
        one = reverse(f"admin:plans_{model}_simple_history", args=[row.pk, version])
        assert intruder.get(listing).status_code == 404, model
        assert intruder.get(one).status_code == 404, model
        assert intruder.post(one, {"name": "Mine", "title": "Mine"}).status_code == 404, model


def test_ones_own_history_is_read_and_never_put_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for model, row in rows(cast).items():
        row.save()
        one = reverse(f"admin:plans_{model}_simple_history", args=[row.pk, row.history.first().history_id])
        assert client.get(reverse(f"admin:plans_{model}_history", args=[row.pk])).status_code == 200, model
        assert client.get(one).status_code == 200, model
        assert client.post(one, {"name": "Older"}).status_code == 403, model


def test_a_held_meeting_stays_held(cast: Cast, client: Client) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=factories.START)
    hold_meeting(meeting, at=factories.moment(2026, 1, 6))
    client.force_login(cast.administrator)
    address = reverse("admin:plans_meeting_change", args=[meeting.pk])
    assert client.post(address, {"board": cast.board.pk}).status_code == 403
    plan = reverse("admin:plans_plan_change", args=[cast.plan.pk])
    lines = {"plan_areas-TOTAL_FORMS": 0, "plan_areas-INITIAL_FORMS": 0}
    said = {"organisation": cast.council.pk, "title": "Renamed", "quiet_days": 60, "boards": [cast.board.pk], **lines}
    assert client.post(plan, said).status_code == 302
    cast.plan.refresh_from_db()
    assert (cast.plan.title, cast.plan.settled_until) == ("Renamed", meeting.starts_at)


def test_a_partners_post_is_not_every_councils_to_change(intruder: Client, cast: Cast, elsewhere: User) -> None:
    post = cast.partner_action.lead
    said = {
        "organisation": post.organisation_id, "title": "Mine now", "holdings-TOTAL_FORMS": 1,
        "holdings-INITIAL_FORMS": 0, "holdings-0-person": elsewhere.pk, "holdings-0-kind": "deputy",
        "holdings-0-since": "01/01/2026",
    }  # fmt: skip
    address = reverse("admin:plans_post_change", args=[post.pk])
    assert intruder.post(address, said).status_code == 403
    assert "Pat Partner" not in intruder.get(address).content.decode()
    assert intruder.get(reverse("action", args=[cast.partner_action.pk])).status_code == 404


def test_ones_own_council_keeps_its_partners_posts(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:plans_post_change", args=[cast.partner_action.lead_id]))
    assert "Pat Partner" in page.content.decode()


def test_a_seat_in_another_council_does_not_let_one_write_its_plan(
    intruder: Client, cast: Cast, elsewhere: User
) -> None:
    Seat.objects.create(board=cast.board, person=elsewhere)
    said = {"plan": cast.plan.pk, "reference": "9", "wording": "Mine", "updates-TOTAL_FORMS": 0}
    response = intruder.post(reverse("admin:plans_action_add"), {**said, "updates-INITIAL_FORMS": 0})
    assert "Select a valid choice" in response.content.decode()
    assert not Action.objects.filter(reference="9").exists()


def test_roles_are_given_in_ones_own_council_alone(intruder: Client, cast: Cast, elsewhere: User) -> None:
    health = cast.partner_action.lead.organisation
    own = factories.a_person("Own Officer", role=Role.OFFICER, of=elsewhere.memberships.get().organisation)
    said = {
        "name": "Own Officer", "email": own.email, "is_active": "on", **EMPTY, "memberships-TOTAL_FORMS": 1,
        "memberships-0-organisation": health.pk, "memberships-0-role": "administrator",
    }  # fmt: skip
    response = intruder.post(reverse("admin:plans_user_change", args=[own.pk]), said)
    assert "Select a valid choice" in response.content.decode()
    assert not Membership.objects.filter(organisation=health, person=own).exists()


def test_somebody_in_two_councils_is_changed_by_neither(intruder: Client, cast: Cast, elsewhere: User) -> None:
    Membership.objects.create(
        person=cast.administrator, organisation=elsewhere.memberships.get().organisation, role="reader"
    )
    address = reverse("admin:plans_user_change", args=[cast.administrator.pk])
    page = intruder.get(address)
    assert page.status_code == 200
    assert "Westshire" not in page.content.decode()
    assert intruder.post(address, {"name": "Mine", "email": "mine@example.org", **EMPTY}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[cast.administrator.pk])
    said = {"usable_password": "true", "password1": "nine green bottles", "password2": "nine green bottles"}
    assert intruder.post(password, said).status_code == 403
    assert "Westshire" not in intruder.get(reverse("admin:plans_user_changelist")).content.decode()


def test_choices_and_filters_name_nothing_of_other_councils(intruder: Client, cast: Cast, elsewhere: User) -> None:
    council = elsewhere.memberships.get().organisation
    mine = factories.a_plan(council, title="My own plan")
    factories.an_action(mine, elsewhere)
    for address in (
        reverse("admin:plans_action_changelist"),
        reverse("admin:plans_action_add"),
        reverse("admin:plans_measure_add"),
        reverse("admin:plans_meeting_changelist"),
        reverse("admin:plans_meeting_add"),
        reverse("admin:plans_plan_add"),
        reverse("admin:plans_inspection_add"),
    ):
        page = intruder.get(address).content.decode()
        for theirs in (cast.plan.title, cast.area.wording, cast.board.name, cast.post.title, "Olive Owner"):
            assert theirs not in page, (address, theirs)


def test_shared_reference_data_is_read_by_administrators_and_changed_by_none_of_them(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.administrator)
    framework = Framework.objects.first()
    address = reverse("admin:plans_framework_change", args=[framework.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "Mine"}).status_code == 403
    assert client.get(reverse("admin:plans_framework_add")).status_code == 403
    root = User.objects.create_superuser("root@example.org", "a long password", name="Root")
    client.force_login(root)
    assert client.get(reverse("admin:plans_framework_add")).status_code == 200
    for model in ("user", "post", "organisation", "plan", "event"):
        assert client.get(reverse(f"admin:plans_{model}_changelist")).status_code == 200


def test_a_day_that_has_not_come_gives_no_post(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    holding = cast.post.holdings.get()
    response = client.post(
        reverse("admin:plans_post_change", args=[cast.post.pk]),
        {
            "organisation": cast.council.pk, "title": cast.post.title, "holdings-TOTAL_FORMS": 1,
            "holdings-INITIAL_FORMS": 1, "holdings-0-id": holding.pk, "holdings-0-post": cast.post.pk,
            "holdings-0-person": cast.owner.pk, "holdings-0-kind": "holder", "holdings-0-since": "01/01/2020",
            "holdings-0-until": "01/01/2099",
        },
    )  # fmt: skip
    assert "when the day has come" in response.content.decode()


def test_evidence_is_reached_through_its_own_address(cast: Cast, client: Client) -> None:
    offered = OfferedEvidence("output", "Minutes", ContentFile(b"Minutes", "minutes.txt"), TEXT)
    kept = add_evidence(cast.action, offered, by=cast.owner, at=factories.START)
    link = add_evidence(
        cast.action, OfferedEvidence("output", "Page", link="https://example.org"), by=cast.owner, at=factories.START
    )
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:plans_evidence_change", args=[kept.pk])).content.decode()
    assert reverse("evidence", args=[kept.pk]) in page
    assert kept.file.name not in page
    assert "it is a link" in client.get(reverse("admin:plans_evidence_change", args=[link.pk])).content.decode()


def test_a_post_keeps_the_name_of_the_time(cast: Cast, client: Client) -> None:
    record(cast.action, by=cast.owner, at=factories.moment(2026, 2, 1), kind=Kind.PROGRESS, note="x")
    cast.post.title = "Director of practice"
    cast.post.save()
    client.force_login(cast.lead)
    address = reverse("plan", args=[cast.plan.pk])
    assert "Head of Service" in client.get(address, {"as_at": "2026-01-20"}).content.decode()
    today = client.get(address).content.decode()
    assert "Director of practice" in today
    assert "Head of Service" not in today
    assert cast.action.updates.first().lead_title == "Head of Service"
