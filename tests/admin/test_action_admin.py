"""The administrator's forms: an action changes through the ledger, in the administrator's name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.models import Membership, PostHolding, User
from plans.access.rules import Role
from plans.audit.models import Event
from plans.findings.models import GradeWord
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.models import Measure
from plans.oversight.models import Meeting
from tests import factories
from tests.cast import Cast


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


def change(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "area": cast.area.pk,
        "reference": "1.1",
        "wording": cast.action.wording,
        "lead": cast.post.pk,
        "due": "March 2026",
        "status": "unreported",
        "updates-TOTAL_FORMS": 0,
        "updates-INITIAL_FORMS": 0,
        **fields,
    }


def address(cast: Cast) -> str:
    return reverse("admin:plans_action_change", args=[cast.action.pk])


def test_an_update_and_an_amendment_are_recorded_in_the_administrators_name(admin: Client, cast: Cast) -> None:
    assert admin.get(address(cast)).status_code == 200
    said = change(cast, wording="Sample monthly and report", status="in_progress", note="First sample taken")
    assert admin.post(address(cast), said).status_code == 302
    updates = list(cast.action.updates.order_by("sequence"))
    assert [update.kind for update in updates] == [Kind.ADDED, Kind.AMENDED, Kind.PROGRESS]
    assert {update.by for update in updates[1:]} == {cast.administrator}
    stored = Action.objects.get(pk=cast.action.pk)
    assert (stored.wording, stored.status, stored.progress) == (
        "Sample monthly and report",
        "in_progress",
        "First sample taken",
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wording": " "}, "required"),
        ({"due": "May 2026"}, "Give a reason for moving a date"),
        ({"due": "soon"}, "Enter a date"),
        ({"status": "complete"}, "Say what has happened"),
        ({"reference": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    admin: Client, cast: Cast, fields: dict[str, Any], sentence: str
) -> None:
    response = admin.post(address(cast), change(cast, **fields))
    assert response.status_code == 200
    page = response.content.decode()
    assert sentence in page or "Enter " in page
    assert cast.action.updates.count() == 1


def test_a_second_writer_is_told(admin: Client, cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=timezone.now(), kind=Kind.PROGRESS, note="Mine first")
    response = admin.post(address(cast), change(cast, wording="Mine second"))
    page = response.content.decode()
    assert "has changed since you opened it" in page
    assert "Mine second" in page
    assert 'name="version" value="2"' in page
    assert cast.action.updates.count() == 2


def test_a_date_before_the_inspection_is_refused_with_a_reason(admin: Client, cast: Cast) -> None:
    cast.inspection.spells.create(starts=date(2025, 9, 1), ends=date(2025, 9, 12))
    response = admin.post(address(cast), change(cast, due="January 2025", reason="x"))
    assert "January 2025 is before the inspection" in response.content.decode()


def test_a_new_action_joins_the_plan(admin: Client, cast: Cast) -> None:
    added = {"plan": cast.plan.pk, "reference": "3.1", "wording": "New", "due": "June 2026"}
    empty = {"updates-TOTAL_FORMS": 0, "updates-INITIAL_FORMS": 0}
    assert admin.get(reverse("admin:plans_action_add")).status_code == 200
    response = admin.post(reverse("admin:plans_action_add"), {**added, **empty})
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert Action.objects.get(reference="3.1").position == 3
    taken = admin.post(reverse("admin:plans_action_add"), {**added, **empty})
    assert "has an action 3.1 already" in taken.content.decode()
    without = admin.post(reverse("admin:plans_action_add"), {**added, **empty, "plan": "", "reference": "3.2"})
    assert "Choose the plan" in without.content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, 2),
        ({"late": "overdue"}, 1),
        ({"late": "first"}, 1),
        ({"late": "soon"}, 0),
        ({"late": "quiet"}, 2),
        ({"q": "1.2"}, 1),
        ({"lead": "none"}, 0),
    ],
)
def test_the_list_is_filtered_and_searched(admin: Client, cast: Cast, query: dict[str, str], shown: int) -> None:
    response = admin.get(reverse("admin:plans_action_changelist"), query)
    assert response.status_code == 200
    assert response.context["cl"].result_count == shown


def test_the_list_is_filtered_by_lead(admin: Client, cast: Cast) -> None:
    response = admin.get(reverse("admin:plans_action_changelist"), {"lead": str(cast.post.pk)})
    assert [row.pk for row in response.context["cl"].result_list] == [cast.action.pk]


def test_the_same_update_is_recorded_on_each_open_action(admin: Client, cast: Cast) -> None:
    done = factories.an_action(cast.plan, cast.lead, status=Status.SIGNED_OFF)
    chosen = {
        "action": "record_same_update",
        "_selected_action": [cast.action.pk, cast.partner_action.pk, done.pk],
    }
    page = admin.post(reverse("admin:plans_action_changelist"), chosen).content.decode()
    assert "on each of these 2 actions" in page
    assert "1 of those you chose are no longer open" in page
    assert cast.action.updates.count() == 1
    blank = admin.post(reverse("admin:plans_action_changelist"), {**chosen, "note": " "})
    assert "Enter what to record" in blank.content.decode()
    admin.post(reverse("admin:plans_action_changelist"), {**chosen, "note": "Discussed at the away day"})
    assert [action.updates.count() for action in (cast.action, cast.partner_action, done)] == [2, 2, 1]


def test_chosen_actions_are_exported_and_noted(admin: Client, cast: Cast) -> None:
    chosen = {"action": "export", "_selected_action": [cast.action.pk]}
    response = admin.post(reverse("admin:plans_action_changelist"), chosen)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert cast.plan.title in text
    assert Event.objects.get(what="actions.exported").by == cast.administrator.email


def test_history_cannot_be_deleted_or_edited_there(admin: Client, cast: Cast) -> None:
    page = admin.get(address(cast)).content.decode()
    assert "Delete" not in page
    assert admin.post(reverse("admin:plans_action_delete", args=[cast.action.pk])).status_code == 403


MODELS = (
    "action", "board", "decision", "evidence", "inspection", "measure", "meeting", "organisation", "plan", "post",
    "sourcedocument", "user", "workingcopy", "framework", "askkind", "bankholiday",
)  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_an_administrator_and_for_nobody_else(cast: Cast, client: Client, model: str) -> None:
    page = reverse(f"admin:plans_{model}_changelist")
    expected = {"administrator": 200, "lead": 302, "owner": 302, "stranger": 302, "board_member": 302}
    for member, code in expected.items():
        client.force_login(getattr(cast, member))
        assert client.get(page).status_code == code, member


@pytest.mark.parametrize("model", ["board", "inspection", "measure", "meeting", "organisation", "plan", "post", "user"])
def test_every_form_opens_for_an_administrator(admin: Client, model: str) -> None:
    assert admin.get(reverse(f"admin:plans_{model}_add")).status_code == 200


def test_an_administrator_sees_their_own_council_alone(cast: Cast, client: Client) -> None:
    other = factories.an_organisation("Northshire")
    administrator = factories.a_person("Nora", role=Role.ADMINISTRATOR, of=other)
    Measure.objects.create(organisation=cast.council, name="Timely plans")
    client.force_login(administrator)
    for model in ("action", "inspection", "measure", "plan", "board"):
        page = client.get(reverse(f"admin:plans_{model}_changelist"))
        assert page.context["cl"].result_count == 0, model
    assert client.get(address(cast)).status_code == 302
    people = client.get(reverse("admin:plans_user_changelist")).context["cl"].result_list
    assert [person.name for person in people] == ["Nora"]
    assert client.get(reverse("admin:plans_organisation_change", args=[other.pk])).status_code == 200
    health = reverse("admin:plans_organisation_change", args=[cast.partner_action.lead.organisation_id])
    assert client.post(health, {"name": "Renamed"}).status_code == 403


def test_a_new_person_gets_a_first_role_and_cannot_be_made_more_than_the_administrator_is(
    admin: Client, cast: Cast
) -> None:
    inlines = {
        f"{prefix}-{name}": 0
        for prefix in ("memberships", "holdings", "seats")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = admin.post(
        reverse("admin:plans_user_add"),
        {
            "name": "New Person", "email": "NEW@example.org", "usable_password": "true",
            "password1": "nine green bottles", "password2": "nine green bottles", "is_superuser": "on", **inlines,
        },
    )  # fmt: skip
    assert response.status_code == 302, response.content.decode()
    person = User.objects.get(email="new@example.org")
    assert not person.is_superuser
    assert Membership.objects.get(person=person).organisation == cast.council
    forms = {
        **inlines,
        "memberships-TOTAL_FORMS": 1,
        "memberships-0-organisation": cast.partner_action.plan.pk + 999,
    }
    refused = admin.post(
        reverse("admin:plans_user_change", args=[person.pk]),
        {
            "name": "New Person",
            "email": "new@example.org",
            "is_active": "on",
            **forms,
            "memberships-0-role": "officer",
        },
    )
    assert "Select a valid choice" in refused.content.decode()


def test_an_administrator_cannot_open_the_installations_own_account(admin: Client) -> None:
    root = User.objects.create_superuser("root@example.org", "a long password", name="Root")
    assert admin.get(reverse("admin:plans_user_change", args=[root.pk])).status_code == 302


def test_a_grade_of_another_framework_is_refused(admin: Client, cast: Cast) -> None:
    own = GradeWord.objects.create(framework=cast.inspection.framework, word="Good", rank=1)
    other = GradeWord.objects.create(framework=factories.an_inspection(cast.council).framework, word="Fair", rank=1)
    page = reverse("admin:plans_inspection_change", args=[cast.inspection.pk])

    def send(grade: GradeWord) -> Any:
        return admin.post(
            page,
            {
                "organisation": cast.council.pk, "framework": cast.inspection.framework.pk, "title": "Inspection",
                "spells-TOTAL_FORMS": 0, "spells-INITIAL_FORMS": 0, "areas-TOTAL_FORMS": 0, "areas-INITIAL_FORMS": 0,
                "judgements-TOTAL_FORMS": 1, "judgements-INITIAL_FORMS": 0, "judgements-0-label": "Leaders",
                "judgements-0-position": 1, "judgements-0-grade": grade.pk,
            },
        )  # fmt: skip

    assert "Select a valid choice" in send(other).content.decode()
    assert send(own).status_code == 302
    assert cast.inspection.judgements.get().grade == own


def test_a_meeting_is_held_once_and_settles_its_plans(admin: Client, cast: Cast) -> None:
    past = Meeting.objects.create(board=cast.board, starts_at=factories.START + timedelta(days=1))
    future = Meeting.objects.create(board=cast.board, starts_at=timezone.now() + timedelta(days=5))
    chosen = {"action": "hold", "_selected_action": [past.pk, future.pk]}
    page = admin.post(reverse("admin:plans_meeting_changelist"), chosen, follow=True).content.decode()
    assert "is marked as held" in page
    assert "has not begun yet" in page
    cast.plan.refresh_from_db()
    assert cast.plan.settled_until == past.starts_at
    again = admin.post(reverse("admin:plans_meeting_changelist"), chosen, follow=True).content.decode()
    assert "marked as held already" in again


def test_who_holds_a_post_is_seen_and_one_at_a_time(admin: Client, cast: Cast) -> None:
    page = reverse("admin:plans_post_change", args=[cast.post.pk])
    holding = PostHolding.objects.get(post=cast.post)
    response = admin.post(
        page,
        {
            "organisation": cast.council.pk, "title": "Head of Service", "holdings-TOTAL_FORMS": 2,
            "holdings-INITIAL_FORMS": 1, "holdings-0-id": holding.pk, "holdings-0-post": cast.post.pk,
            "holdings-0-person": cast.owner.pk, "holdings-0-kind": "holder", "holdings-0-since": "01/01/2020",
            "holdings-1-person": cast.team_mate.pk, "holdings-1-kind": "holder", "holdings-1-since": "01/01/2026",
            "holdings-1-post": cast.post.pk,
        },
    )  # fmt: skip
    assert "Somebody holds this post now" in response.content.decode()
    assert "Olive Owner" in admin.get(reverse("admin:plans_post_changelist")).content.decode()
