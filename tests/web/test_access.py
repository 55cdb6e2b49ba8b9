"""Nobody reaches an object unasked: route × cast member × expected answer, and no route without its row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.changes import hold_post
from plans.access.invitations import invite
from plans.access.rules import Role
from plans.access.tokens import make_token
from plans.audit.changes import note_event
from plans.documents.changes import Upload, keep_document
from plans.documents.proposals import ProposedInspection, ProposedPlan
from plans.findings.changes import open_report
from plans.improvement_plan.accept_rows import open_plan_file
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Measure, Reading
from plans.monitoring.partner_links import make_link, propose
from plans.oversight.changes import raise_challenge
from plans.oversight.chasing import EscalationRule
from plans.oversight.chasing_changes import open_round
from plans.oversight.models import Meeting
from plans.oversight.saved_filters import save_filter
from plans.papers.calendar_changes import make_address
from plans.papers.models import Making, ReleaseFile
from plans.papers.publication import publish
from plans.papers.rules import Audience, Format, Kind
from plans.web.urls import urlpatterns
from tests import factories
from tests.cast import Cast
from tests.documents.making_documents import Pages
from tests.papers.made_releases import a_draft, an_issued_release
from tests.papers.making_templates import templates_of

MEMBERS = (
    "nobody", "owner", "team_mate", "stranger", "board_member", "lead", "administrator", "partner", "reader",
)  # fmt: skip
OK, GO, BAD, WITHOUT, NO, GONE, USED = 200, 302, 400, 401, 403, 404, 410


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
# Where an answer leads on to another page.
RUNS_BY_POST = answers(GO, NO, NO, GONE, NO, GO, GO, GONE, NO)
# An issued paper that is not for publication: to a reader it is not there.
RUNS_EXEMPT = answers(GO, NO, NO, GONE, NO, OK, OK, GONE, GONE)
RUNS_EXEMPT_BY_POST = answers(GO, NO, NO, GONE, NO, GO, GO, GONE, GONE)
# Posts are read by those who read every plan, and changed by those who run them.
RUNS_POSTS = answers(GO, NO, NO, GONE, GONE, OK, OK, GONE, NO)
# People and invitations are the administrator's.
ADMINISTERS = answers(GO, *[NO] * 5, OK, NO, NO)
# The stranger leads another council's plans, and may start one there.
RUNS_ANYWHERE = answers(GO, NO, NO, OK, NO, OK, OK, NO, NO)

TABLE: dict[str, tuple[str, str, dict[str, int]]] = {
    # route: (what its number names, method, answers)
    "start": ("", "get", everybody(GO)),
    "sign_in": ("", "get", answers(OK, *[GO] * 8)),
    "account_login": ("", "get", answers(OK, *[GO] * 8)),
    "sign_out": ("", "post", everybody(GO)),
    "mfa_authenticate": ("", "get", everybody(GO)),
    # There is no provider unless the environment names one.
    "single_sign_on": ("", "post", answers(*[GONE] * 9)),
    "single_sign_on_callback": ("", "get", answers(*[GONE] * 9)),
    "account_reset_password": ("", "get", answers(*[OK] * 9)),
    "account_reset_password_done": ("", "get", answers(*[OK] * 9)),
    "account_reset_password_from_key": ("reset_link", "get", answers(*[USED] * 9)),
    "account": ("", "get", everybody(OK)),
    "account_change_password": ("", "get", everybody(OK)),
    "account_set_password": ("", "get", everybody(GO)),
    "account_reauthenticate": ("", "get", everybody(OK)),
    "mfa_reauthenticate": ("", "get", everybody(GO)),
    # Who did not just sign in is asked for the password first.
    "mfa_activate_totp": ("", "get", everybody(GO)),
    "mfa_deactivate_totp": ("", "get", everybody(GONE)),
    "second_factor_wanted": ("", "get", everybody(GO)),
    "recovery_codes": ("", "get", everybody(GO)),
    "recovery_codes_file": ("", "post", everybody(GO)),
    "new_recovery_codes": ("", "post", everybody(GO)),
    "end_session": ("session", "post", answers(GO, GO, *[GONE] * 7)),
    "sessions": ("", "get", everybody(OK)),
    "end_other_sessions": ("", "post", everybody(GO)),
    "unlink_single_sign_on": ("", "post", everybody(GO)),
    "people": ("", "get", ADMINISTERS),
    "invite": ("", "get", ADMINISTERS),
    "person": ("owner", "get", ADMINISTERS),
    "deactivate_person": ("team_mate", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
    "reactivate_person": ("team_mate", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
    "remove_second_factor": ("team_mate", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
    "unlink_person": ("team_mate", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
    "accept_invitation": ("invitation_secret", "get", answers(OK, *[NO] * 8)),
    "send_invitation_again": ("invitation", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
    "revoke_invitation": ("invitation", "post", answers(GO, *[NO] * 5, GO, NO, NO)),
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
    "public_marks": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
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
    "young_people": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "edit_young_people": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "plan_publications": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "publish_release": ("issued", "get", RUNS_EXEMPT),
    # Anybody reads what was published, and whoever has the secret a calendar.
    "published": ("public_address", "get", dict.fromkeys(MEMBERS, OK)),
    "published_file": ("public_address", "get", dict.fromkeys(MEMBERS, OK)),
    "calendar_feed": ("secret", "get", dict.fromkeys(MEMBERS, OK)),
    "end_publication": ("publication", "post", RUNS_BY_POST),
    "calendar": ("", "get", everybody(OK)),
    "partner_links": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "new_partner_link": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "partner_link": ("partner_link", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    # Each answer to “again” shows the new address, once.
    "partner_link_again": ("partner_link", "post", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "revoke_partner_link": ("partner_link", "post", answers(GO, NO, NO, GONE, NO, GO, GO, NO, NO)),
    "proposals": ("", "get", everybody(OK)),
    "proposal": ("proposal", "get", answers(GO, NO, NO, GONE, NO, OK, OK, OK, NO)),
    # Whoever has the secret of a partner’s link, signed in or not.
    "partner_page": ("partner_secret", "get", dict.fromkeys(MEMBERS, OK)),
    "reminders": ("", "get", everybody(OK)),
    "plan_reminders": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "add_escalation": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "remove_escalation": ("escalation", "post", answers(GO, NO, NO, GONE, NO, GO, GO, NO, NO)),
    "plan_rounds": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "open_round": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    "round": ("round", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "chase_round": ("round", "post", answers(GO, NO, NO, GONE, NO, GO, GO, NO, NO)),
    "close_round": ("round", "post", answers(GO, NO, NO, GONE, NO, GO, GO, NO, NO)),
    "plan_paper": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "plan_papers": ("plan", "get", answers(GO, OK, OK, GONE, OK, OK, OK, NO, OK)),
    "new_release": ("plan", "get", answers(GO, NO, NO, GONE, NO, OK, OK, NO, NO)),
    # The stranger runs no plan yet, the others are sent on to their only one.
    "paper_of_rows": ("", "get", answers(GO, NO, NO, NO, NO, GO, GO, NO, NO)),
    # A paper in the making is for those who run the plan; to others it is not there.
    "release": ("draft", "get", ONLY_RUNS),
    "release_copy": ("draft", "get", ONLY_RUNS),
    "release_details": ("draft", "get", ONLY_RUNS),
    "release_rows": ("draft", "get", ONLY_RUNS),
    "release_columns": ("draft", "get", ONLY_RUNS),
    "release_words": ("draft", "get", ONLY_RUNS),
    "release_recommendations": ("draft", "get", ONLY_RUNS),
    "release_let_stand": ("issued", "post", RUNS_EXEMPT_BY_POST),
    "ready_release": ("issued", "post", RUNS_EXEMPT_BY_POST),
    "reopen_release": ("issued", "post", RUNS_EXEMPT_BY_POST),
    "discard_release": ("draft", "get", ONLY_RUNS),
    "issue_release": ("issued", "get", RUNS_EXEMPT_BY_POST),
    "release_again": ("issued", "post", RUNS_EXEMPT_BY_POST),
    "paper_templates": ("", "get", answers(GO, OK, OK, OK, NO, OK, OK, NO, OK)),
    "paper_template_fields": ("", "get", answers(GO, OK, OK, OK, NO, OK, OK, NO, OK)),
    "upload_paper_template": ("", "get", RUNS_ANYWHERE),
    "shipped_template": ("shipped_template", "get", answers(GO, OK, OK, OK, NO, OK, OK, NO, OK)),
    "paper_template_file": ("paper_template", "get", answers(GO, OK, OK, GONE, GONE, OK, OK, GONE, OK)),
    "retire_paper_template": ("paper_template", "post", answers(GO, NO, NO, GONE, GONE, GO, GO, GONE, NO)),
    "why": ("", "get", everybody(OK)),
    "posts": ("", "get", everybody(OK)),
    "add_post": ("", "get", RUNS_ANYWHERE),
    "post": ("post", "get", answers(GO, OK, OK, GONE, GONE, OK, OK, GONE, OK)),
    "change_post": ("post", "get", RUNS_POSTS),
    "change_holder": ("post", "get", RUNS_POSTS),
    "add_deputy": ("post", "get", RUNS_POSTS),
    "end_holding": ("holding", "get", RUNS_POSTS),
    "hand_over": ("owner", "get", ADMINISTERS),
    "handed_over": ("handed_over", "get", ADMINISTERS),
    "trail": ("", "get", ADMINISTERS),
    "trail_csv": ("", "get", ADMINISTERS),
    "search": ("", "get", everybody(OK)),
    "tokens": ("", "get", everybody(OK)),
    "new_token": ("", "get", everybody(OK)),
    "revoke_token": ("token", "post", answers(GO, *[GONE] * 4, GO, *[GONE] * 3)),
    "interface": ("", "get", everybody(OK)),
    # A session opens nothing for programs: they send a token, of which tests/web/api tells.
    "api_token": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_plans": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_plan": ("plan", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_actions_csv": ("plan", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_areas": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_inspections": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_inspection": ("inspection", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_actions": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_action": ("action", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_action_updates": ("action", "post", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_updates": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_measures": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_measure": ("measure", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_readings": ("", "get", dict.fromkeys(MEMBERS, WITHOUT)),
    "api_openapi": ("", "get", answers(WITHOUT, *[OK] * 8)),
    "api_unknown": ("unknown", "get", dict.fromkeys(MEMBERS, GONE)),
    "release_file": ("release_file", "get", answers(GO, OK, OK, GONE, OK, OK, OK, GONE, GONE)),
    "making": ("making", "get", answers(GO, GONE, GONE, GONE, GONE, OK, GONE, GONE, GONE)),
    "making_file": ("making", "get", answers(GO, GONE, GONE, GONE, GONE, OK, GONE, GONE, GONE)),
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
        **papers_of(cast),
        **published_by(cast),
        **templates_of(cast),
        **accounts_of(cast),
        **proposed_in(cast),
        "": None,
        "saved_filter": saved_filter,
        "token": make_token(cast.lead, name="Power BI", days=30, at=timezone.now())[0],
        "unknown": SimpleNamespace(pk="nothing"),
        "document": document,
        "page": document,
        "report_intake": report_intake,
        "plan_intake": plan_intake,
        "board": cast.board,
        "meeting": Meeting.objects.create(board=cast.board, starts_at=factories.START),
        "escalation": EscalationRule.objects.create(plan=cast.plan, days_over=30, to=cast.post),
        "round": open_round(cast.plan, due=date(2026, 3, 5), by=cast.lead, at=factories.START),
        "challenge": raise_challenge(cast.plan, "How?", by=cast.board_member, at=factories.START, owed_by=cast.post),
        "inspection": cast.inspection,
        "plan": cast.plan,
        "action": cast.action,
        "measure": measure,
        "reading": reading,
        "evidence": evidence,
    }


def papers_of(cast: Cast) -> dict[str, Any]:
    """A draft, an issued paper with a file, and a working copy that was made for the lead."""
    draft = a_draft(cast.plan, by=cast.lead)
    issued = an_issued_release(cast.plan, by=cast.lead)
    making = Making.objects.create(
        plan=cast.plan,
        asked={"kind": Kind.FULL_PLAN, "format": Format.WORD},
        asked_by=cast.lead,
        asked_at=factories.START,
        ended_at=factories.START,
        state=Making.State.DONE,
    )
    making.file.save("made.docx", ContentFile(b"made"))
    return {"draft": draft, "issued": issued, "release_file": issued.files.get(), "making": making}


def published_by(cast: Cast) -> dict[str, Any]:
    """A paper at a public address with a file, and a calendar’s secret: each found by a word, not by a number."""
    paper = an_issued_release(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC)
    ReleaseFile.objects.create(release=paper, format=Format.PDF, file=ContentFile(b"made", "made.pdf"), size=4)
    publication = publish(paper, "for-you", by=cast.lead, at=factories.START)
    secret = make_address(cast.owner, at=factories.START, instead_of=None)
    return {
        "publication": publication,
        "public_address": SimpleNamespace(pk=publication.address),
        "secret": SimpleNamespace(pk=secret),
    }


def proposed_in(cast: Cast) -> dict[str, Any]:
    """A partner’s link that works, another to be revoked, and what was proposed through the first."""
    said = {"contact_name": "Nia Nurse", "contact_email": "nia@example.org", "days": 14}
    post = cast.partner_action.lead
    assert post is not None
    link, secret = make_link(cast.plan, post, by=cast.lead, at=timezone.now(), **said)
    other, _ = make_link(cast.plan, post, by=cast.lead, at=timezone.now(), **said)
    waiting = propose(link, cast.partner_action, version=1, said={}, at=timezone.now())
    return {"partner_link": other, "proposal": waiting, "partner_secret": SimpleNamespace(pk=secret)}


def accounts_of(cast: Cast) -> dict[str, Any]:
    """An invitation that waits, a session of the owner, and a link of a reset that is no longer good."""
    invitation, secret = invite(
        "New Person",
        "new.person@example.org",
        Role.OFFICER,
        cast.council,
        by=cast.administrator,
        at=timezone.now(),
        note=note_event,
    )
    return {
        "invitation": invitation,
        "invitation_secret": SimpleNamespace(pk=secret),
        "session": UserSession.objects.create(user=cast.owner, session_key="elsewhere", ip="192.0.2.1"),
        "reset_link": SimpleNamespace(pk="1"),
        "owner": cast.owner,
        "team_mate": cast.team_mate,
        "post": cast.post,
        "holding": cast.post.holdings.get(),
        "handed_over": note_event("person.handed_over", cast.team_mate, by=cast.administrator, at=timezone.now()),
    }


# What an address takes besides the number of its thing.
MORE: dict[str, list[Any]] = {
    "account_reset_password_from_key": ["old-link"],
    "document_page": [1],
    "plan_paper": ["full_plan", "csv"],
    "published_file": ["pdf"],
}


def address(route: str, thing: Any) -> str:
    return reverse(route, args=[thing.pk, *MORE.get(route, [])] if thing is not None else [])


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
