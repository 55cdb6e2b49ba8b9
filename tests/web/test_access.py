"""Nobody reaches an object unasked: route × cast member × expected answer, and no route without its row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from plans.access.changes import hold_post
from plans.access.rules import Role
from plans.documents.changes import Upload, keep_document
from plans.documents.proposals import ProposedInspection, ProposedPlan
from plans.findings.changes import open_report
from plans.improvement_plan.accept_rows import open_plan_file
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Measure, Reading
from plans.oversight.changes import raise_challenge
from plans.oversight.models import Meeting
from plans.oversight.saved_filters import save_filter
from plans.web.urls import urlpatterns
from tests import factories
from tests.cast import Cast
from tests.documents.making_documents import Pages

MEMBERS = (
    "nobody", "owner", "team_mate", "stranger", "board_member", "lead", "administrator", "partner", "reader",
)  # fmt: skip
OK, GO, BAD, NO, GONE = 200, 302, 400, 403, 404


def answers(*codes: int) -> dict[str, int]:
    return dict(zip(MEMBERS, codes, strict=True))


def everybody(code: int) -> dict[str, int]:
    return answers(GO, *[code] * 8)


# Who reads the council's records; the partner has only the action in their own hands.
READS = answers(GO, OK, OK, GONE, OK, OK, OK, GONE, OK)
READS_ACTION = READS
RUNS = answers(GO, NO, NO, GONE, NO, OK, OK, GONE, NO)
# What waits to be checked is for those who run the council's plans; to others it is not there.
ONLY_RUNS = answers(GO, GONE, GONE, GONE, GONE, OK, OK, GONE, GONE)
# The stranger leads another council's plans, and may start one there.
RUNS_ANYWHERE = answers(GO, NO, NO, OK, NO, OK, OK, NO, NO)

TABLE: dict[str, tuple[str, str, dict[str, int]]] = {
    # route: (what its number names, method, answers)
    "start": ("", "get", everybody(GO)),
    "sign_in": ("", "get", answers(OK, *[GO] * 8)),
    "sign_out": ("", "post", everybody(GO)),
    "document": ("document", "get", READS),
    "document_file": ("document", "get", READS),
    "document_page": ("page", "get", READS),
    "inspections": ("", "get", everybody(OK)),
    "upload_report": ("", "get", RUNS_ANYWHERE),
    "review_report": ("report_intake", "get", ONLY_RUNS),
    "inspection": ("inspection", "get", READS),
    "earlier_areas": ("inspection", "get", RUNS),
    "plans": ("", "get", everybody(OK)),
    "plan": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, OK, OK)),
    "new_plan": ("", "get", RUNS_ANYWHERE),
    "upload_plan": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "review_plan_file": ("plan_intake", "get", ONLY_RUNS),
    "plan_file_columns": ("plan_intake", "get", ONLY_RUNS),
    "plan_rag_key": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "add_action": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "plan_workbook": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "blank_workbook": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "challenges": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "answer_challenge": ("challenge", "get", answers(GO, OK, NO, GONE, NO, OK, OK, GONE, NO)),
    "boards": ("", "get", everybody(OK)),
    "board": ("board", "get", READS),
    "call_meeting": ("board", "get", RUNS),
    "meeting": ("meeting", "get", READS),
    "meeting_digest": ("meeting", "get", READS),
    "hold_meeting": ("meeting", "post", answers(GO, NO, NO, GONE, NO, GO, GO, GONE, NO)),
    "actions": ("", "get", everybody(OK)),
    "my_actions": ("", "get", everybody(OK)),
    "my_workbook": ("", "get", everybody(OK)),
    "return_workbook": ("", "get", everybody(OK)),
    "action": ("action", "get", READS_ACTION),
    "update_action": ("action", "get", answers(GO, OK, NO, GONE, NO, OK, OK, GONE, NO)),
    "no_change": ("action", "post", answers(GO, GO, NO, GONE, NO, GO, GO, GONE, NO)),
    "amend_action": ("action", "get", RUNS),
    "decide_action": ("action", "get", RUNS),
    "evidence": ("evidence", "get", READS),
    "accept_evidence": ("evidence", "post", answers(GO, NO, NO, GONE, NO, GO, GO, GONE, NO)),
    "measures": ("", "get", everybody(OK)),
    "measure": ("measure", "get", READS),
    "new_measure": ("", "get", RUNS_ANYWHERE),
    "change_measure": ("measure", "get", RUNS),
    "add_reading": ("measure", "get", RUNS),
    "correct_reading": ("reading", "get", RUNS),
    "overdue": ("", "get", everybody(OK)),
    "movement": ("", "get", everybody(OK)),
    # Nothing is sent: whoever may save is told what is missing.
    "save_filter": ("", "post", everybody(BAD)),
    "delete_filter": ("saved_filter", "post", answers(GO, NO, NO, GONE, GONE, GO, GONE, GONE, GONE)),
    "early_warning": ("", "get", everybody(OK)),
    "plan_coverage": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "plan_stage": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "plan_word": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "plan_pdf": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "plan_excel": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "plan_csv": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
}


@pytest.fixture
def things(cast: Cast) -> dict[str, Any]:
    document = keep_document(
        Upload("report.pdf", Pages().line("A report").bytes()),
        organisation=cast.council,
        kind="inspection report",
        title="The report",
        by=cast.lead,
        at=factories.START,
    )
    cast.inspection.source = document
    cast.inspection.save()
    report_intake = open_report(document, ProposedInspection(), by=cast.lead, at=factories.START)
    plan_intake = open_plan_file(cast.plan, document, ProposedPlan(), {}, by=cast.lead, at=factories.START)
    measure = Measure.objects.create(organisation=cast.council, name="Timely plans", unit="%", target=90)
    reading = Reading.objects.create(measure=measure, period_ends=date(2026, 1, 31), value=73)
    offered = OfferedEvidence("output", "Minutes", ContentFile(b"Minutes of the day", "minutes.txt"), TEXT)
    evidence = add_evidence(cast.action, offered, by=cast.owner, at=factories.START)
    saved_filter = save_filter("overdue", "Late", "late_by=90", owner=cast.lead, shared_with=Role.OFFICER)
    return {
        "": None,
        "saved_filter": saved_filter,
        "document": document,
        "page": document,
        "report_intake": report_intake,
        "plan_intake": plan_intake,
        "board": cast.board,
        "meeting": Meeting.objects.create(board=cast.board, starts_at=factories.START),
        "challenge": raise_challenge(cast.plan, "How?", by=cast.board_member, at=factories.START, owed_by=cast.post),
        "inspection": cast.inspection,
        "plan": cast.plan,
        "action": cast.action,
        "measure": measure,
        "reading": reading,
        "evidence": evidence,
    }


def address(route: str, thing: Any) -> str:
    first_page = [1] if route == "document_page" else []
    return reverse(route, args=[thing.pk, *first_page] if thing is not None else [])


def test_every_route_has_its_row() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(TABLE)


@pytest.mark.parametrize("member", MEMBERS)
def test_each_member_gets_the_expected_answer(member: str, cast: Cast, things: dict[str, Any]) -> None:
    found = {}
    for route, (kind, method, _) in TABLE.items():
        client = Client()
        if member != "nobody":
            client.force_login(getattr(cast, member))
        send: Callable[..., Any] = getattr(client, method)
        found[route] = send(address(route, things[kind])).status_code
    assert found == {route: expected[member] for route, (_, _, expected) in TABLE.items()}


def test_a_partner_has_the_actions_in_their_hands_and_no_others(cast: Cast, client: Client) -> None:
    client.force_login(cast.partner)
    assert client.get(address("action", cast.partner_action)).status_code == OK
    assert client.get(address("update_action", cast.partner_action)).status_code == OK
    page = client.get(address("plan", cast.plan)).content.decode()
    assert "1.2" in page
    assert cast.area.wording not in client.get(reverse("inspections")).content.decode()
    assert "of your own posts" in page
    assert f"actions/{cast.action.pk}/" not in page


def test_a_draft_plan_is_not_for_its_board(cast: Cast, client: Client) -> None:
    cast.plan.stage = "draft"
    cast.plan.save()
    client.force_login(cast.board_member)
    assert client.get(address("plan", cast.plan)).status_code == GONE
    client.force_login(cast.lead)
    assert client.get(address("plan", cast.plan)).status_code == OK


@pytest.mark.parametrize(("method", "route"), [("get", "no_change"), ("get", "accept_evidence"), ("get", "sign_out")])
def test_what_changes_something_is_never_a_link(
    method: str, route: str, cast: Cast, things: dict[str, Any], client: Client
) -> None:
    client.force_login(cast.lead)
    thing = things[TABLE[route][0]]
    assert getattr(client, method)(address(route, thing)).status_code == 405


def test_nobody_decides_on_their_own_action(cast: Cast, client: Client) -> None:
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    client.force_login(cast.lead)
    assert client.get(address("decide_action", cast.action)).status_code == NO


def test_somebody_who_left_a_post_no_longer_updates_its_actions(cast: Cast, client: Client) -> None:
    hold_post(cast.team_mate, cast.post, since=date(2026, 2, 1))
    client.force_login(cast.owner)
    assert client.get(address("update_action", cast.action)).status_code == NO
    client.force_login(cast.team_mate)
    assert client.get(address("update_action", cast.action)).status_code == OK
