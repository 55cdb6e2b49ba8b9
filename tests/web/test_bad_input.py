"""Bad input: a clear sentence beside the field, the right status, nothing typed lost, nothing half saved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access.changes import hold_post
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.models import Evidence
from tests.cast import Cast

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "status": "in_progress",
        "note": "Half of the records were sampled",
        "delay_reason": "A vacancy",
        "evidence_kind": "output",
        **fields,
    }


def send(client: Client, cast: Cast, **fields: Any) -> Any:
    return client.post(reverse("update_action", args=[cast.action.pk]), typed(cast, **fields))


def test_a_good_update_is_recorded_with_its_file(owner: Client, cast: Cast) -> None:
    file = SimpleUploadedFile("../minutes.pdf", PDF)
    response = send(owner, cast, evidence_file=file, forecast="April 2026", confidence="low", reported_rag="amber")
    assert response.status_code == 302
    action = Action.objects.get(pk=cast.action.pk)
    assert (action.status, action.confidence, action.reported_rag) == ("in_progress", "low", "amber")
    assert (action.forecast_date, action.forecast_precision) == (date(2026, 4, 30), "month")
    evidence = action.evidence.get()
    assert (evidence.original_name, evidence.title, evidence.content_type) == (
        "minutes.pdf",
        "minutes.pdf",
        "application/pdf",
    )
    assert evidence.update == action.updates.get(until__isnull=True)
    page = owner.get(response.url)
    assert "Your update on 1.1 is recorded." in page.content.decode()
    download = owner.get(reverse("evidence", args=[evidence.pk]))
    assert b"".join(download.streaming_content) == PDF
    assert download["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert download["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"note": " "}, "Answer the question"),
        ({"status": "embedded"}, "Select a valid choice"),
        ({"status": "signed_off"}, "Select a valid choice"),
        ({"forecast": "soon"}, "Enter a date"),
        ({"forecast": "31 February 2027"}, "31 February 2027"),
        ({"asked_due": "June 2026"}, "Give a reason for the board"),
        ({"asked_reason": "Vacancy"}, "Enter the date that you ask for"),
        ({"asked_due": "January 2026", "asked_reason": "Vacancy"}, "later than the current one, March 2026"),
        ({"asked_due": "June 2026", "asked_reason": "x", "status": "complete"}, "needs no extension"),
        ({"evidence_link": "https://example.org/minutes"}, "Say what the link leads to"),
        ({"evidence_link": "not a link", "evidence_title": "x"}, "Enter a valid URL"),
        ({"note": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_a_bad_update_says_what_is_wrong_and_keeps_what_was_typed(
    owner: Client, cast: Cast, fields: dict[str, Any], sentence: str
) -> None:
    response = send(owner, cast, **fields)
    page = response.content.decode()
    assert response.status_code == 400
    assert page.count(sentence) >= 2, "once in the summary, once beside the field"
    assert "There is a problem" in page
    assert "<title>Error: " in page
    if "note" not in fields:
        assert "Half of the records were sampled" in page
    assert Update.objects.filter(action=cast.action).count() == 1
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("program.exe", b"MZ\x90\x00", "exe"),
        ("report.pdf", b"MZ\x90\x00 not a pdf", "report.pdf"),
        ("picture.pdf", b"GIF89a" + PDF, "picture.pdf"),
        ("page.html", b"<html><script>alert(1)</script>", "page.html"),
        ("empty.pdf", b"", "empty"),
        ("large.pdf", PDF + b" " * 1024 * 1024, "MB"),
    ],
)
def test_a_file_of_a_forbidden_or_disguised_kind_is_refused_whole(
    owner: Client, cast: Cast, settings: Any, name: str, content: bytes, sentence: str
) -> None:
    settings.EVIDENCE_LIMIT_MB = 1
    response = send(owner, cast, evidence_file=SimpleUploadedFile(name, content))
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert "Half of the records were sampled" in page
    assert "Choose your file again" in page
    assert Update.objects.filter(action=cast.action).count() == 1
    assert Evidence.objects.count() == 0


def test_a_file_and_a_link_together_are_refused(owner: Client, cast: Cast) -> None:
    file = SimpleUploadedFile("a.pdf", PDF)
    response = send(owner, cast, evidence_file=file, evidence_link="https://example.org", evidence_title="x")
    assert "not both" in response.content.decode()
    assert response.status_code == 400


def test_a_second_writer_sees_the_first_change_and_keeps_their_text(owner: Client, cast: Cast) -> None:
    record(
        cast.action,
        by=cast.lead,
        at=timezone.now(),
        kind=Kind.PROGRESS,
        note="Audit begun",
        status=Status.IN_PROGRESS,
    )
    response = send(owner, cast)
    page = response.content.decode()
    assert response.status_code == 400
    assert "Lena Lead changed this action" in page
    assert "Audit begun" in page
    assert "Half of the records were sampled" in page
    assert 'name="version" value="2"' in page
    assert send(owner, cast, version=2).status_code == 302
    assert Update.objects.filter(action=cast.action).count() == 3


def test_asking_for_an_extension_is_recorded_and_decided(owner: Client, cast: Cast) -> None:
    assert send(owner, cast, asked_due="June 2026", asked_reason="Vacancy").status_code == 302
    action = Action.objects.get(pk=cast.action.pk)
    assert action.extension_pending
    page = owner.get(reverse("action", args=[action.pk])).content.decode()
    assert "It waits for a decision" in page
    assert "has been asked and" in owner.get(reverse("update_action", args=[action.pk])).content.decode()
    owner.force_login(cast.lead)
    address = reverse("decide_action", args=[action.pk])
    assert "Extension agreed" in owner.get(address).content.decode()
    for said, sentence in (
        ({"outcome": "extension refused"}, "Give a reason"),
        ({"outcome": "another date agreed", "reason": "x"}, "Enter the date that is agreed"),
        ({}, "Choose decision"),
    ):
        refused = owner.post(address, {"version": 2, **said})
        assert refused.status_code == 400
        assert sentence in refused.content.decode()
    assert (
        owner.post(
            address, {"version": 2, "outcome": "another date agreed", "due": "May 2026", "reason": "Soon"}
        ).status_code
        == 302
    )
    action = Action.objects.get(pk=cast.action.pk)
    assert (action.due_date, action.extensions, action.extension_pending) == (date(2026, 5, 31), 1, False)
    assert action.decisions.get().outcome == "another date agreed"


def test_complete_then_signed_off_by_another_then_sent_back(owner: Client, cast: Cast) -> None:
    assert send(owner, cast, status="complete").status_code == 302
    assert owner.get(reverse("update_action", args=[cast.action.pk])).status_code == 200
    address = reverse("decide_action", args=[cast.action.pk])
    assert owner.get(address).status_code == 403
    owner.force_login(cast.lead)
    bare = owner.post(address, {"version": 2, "outcome": "signed off", "reason": ""})
    assert "There is no evidence yet" in bare.content.decode()
    offered = OfferedEvidence("outcome", "Sample of 20 records", link="https://example.org/sample")
    add_evidence(cast.action, offered, by=cast.owner, at=timezone.now())
    assert owner.post(address, {"version": 2, "outcome": "signed off", "reason": ""}).status_code == 302
    assert Action.objects.get(pk=cast.action.pk).status == Status.SIGNED_OFF
    assert owner.get(reverse("update_action", args=[cast.action.pk])).status_code == 403
    assert owner.post(reverse("no_change", args=[cast.action.pk])).status_code == 403
    assert owner.post(address, {"version": 3, "outcome": "re-check failed", "reason": "3 of 10"}).status_code == 302
    assert Action.objects.get(pk=cast.action.pk).status == Status.IN_PROGRESS
    assert owner.post(address, {"version": 4, "outcome": "withdrawn", "reason": "Overtaken"}).status_code == 302
    assert Action.objects.get(pk=cast.action.pk).status == Status.WITHDRAWN
    assert owner.post(address, {"version": 5, "outcome": "sent back", "reason": "Needed after all"}).status_code == 302
    kinds = cast.action.updates.order_by("sequence").values_list("kind", flat=True)
    assert list(kinds)[2:] == ["signed_off", "reopened", "withdrawn", "reinstated"]


def test_a_decision_is_on_what_the_decider_saw(lead: Client, cast: Cast) -> None:
    record(cast.action, by=cast.owner, at=timezone.now(), kind=Kind.PROGRESS, note="Something new")
    page = lead.post(
        reverse("decide_action", args=[cast.action.pk]),
        {"version": 1, "outcome": "withdrawn", "reason": "Overtaken"},
        follow=True,
    )
    assert "Nothing was decided: look again first." in page.content.decode()
    assert cast.action.decisions.count() == 0


def test_a_decision_on_what_no_longer_waits_is_refused(lead: Client, cast: Cast) -> None:
    response = lead.post(reverse("decide_action", args=[cast.action.pk]), {"version": 1, "outcome": "signed off"})
    assert response.status_code == 400


def new_action(**fields: Any) -> dict[str, Any]:
    return {"reference": "9.9", "wording": "Audit chronologies", "due": "June 2026", **fields}


def test_the_lead_adds_an_action(lead: Client, cast: Cast) -> None:
    response = lead.post(reverse("add_action", args=[cast.plan.pk]), new_action(area=cast.area.pk, lead=cast.post.pk))
    assert response.status_code == 302
    added = Action.objects.get(reference="9.9")
    assert (added.due_date, added.due_precision, added.position) == (date(2026, 6, 30), "month", 3)
    assert added.area == cast.area


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wording": " "}, "Enter action"),
        ({"reference": "1.1"}, "has an action 1.1 already"),
        ({"due": "32 June"}, "Enter a date"),
    ],
)
def test_a_bad_action_says_what_is_wrong(lead: Client, cast: Cast, fields: dict[str, Any], sentence: str) -> None:
    response = lead.post(reverse("add_action", args=[cast.plan.pk]), new_action(**fields))
    assert response.status_code == 400
    assert response.content.decode().count(sentence) >= 2
    assert Action.objects.count() == 2


def test_a_date_before_the_inspection_is_asked_about_and_can_be_kept(lead: Client, cast: Cast) -> None:
    cast.inspection.spells.create(starts=date(2025, 9, 1), ends=date(2025, 9, 12))
    address = reverse("add_action", args=[cast.plan.pk])
    asked = lead.post(address, new_action(area=cast.area.pk, due="January 2025"))
    page = asked.content.decode()
    assert asked.status_code == 400
    assert page.count("January 2025 is before the inspection") == 2
    assert "Keep this date" in page
    kept = lead.post(address, new_action(area=cast.area.pk, due="January 2025", keep_early_date="on"))
    assert kept.status_code == 302
    shown = lead.get(kept.url).content.decode()
    assert "is before the inspection. It is kept as it was printed" in shown


def test_amending_needs_a_reason_to_move_a_date_and_shows_a_second_writer(lead: Client, cast: Cast) -> None:
    address = reverse("amend_action", args=[cast.action.pk])
    same = {
        "version": 1, "area": cast.area.pk, "reference": "1.1", "wording": cast.action.wording,
        "lead": cast.post.pk, "due": "March 2026",
    }  # fmt: skip
    assert lead.get(address).status_code == 200
    nothing = lead.post(address, same, follow=True)
    assert "Nothing was different." in nothing.content.decode()
    moved = lead.post(address, {**same, "due": "May 2026"})
    assert moved.status_code == 400
    assert "Give a reason for moving a date" in moved.content.decode()
    assert lead.post(address, {**same, "due": "May 2026", "note": "Agreed by the board"}).status_code == 302
    assert Action.objects.get(pk=cast.action.pk).extensions == 1
    clash = lead.post(address, {**same, "wording": "Changed too"})
    assert clash.status_code == 400
    page = clash.content.decode()
    assert "Lena Lead changed the date while you were writing" in page
    assert "Changed too" in page
    assert 'value="May 2026"' in page, "what this writer left alone shows what it is now"
    assert lead.post(address, {**same, "version": 2, "due": "May 2026", "wording": "Changed too"}).status_code == 302
    stored = Action.objects.get(pk=cast.action.pk)
    assert (stored.wording, stored.due_date, stored.extensions) == ("Changed too", date(2026, 5, 31), 1)


def test_a_reference_that_is_taken_is_said_beside_the_field(lead: Client, cast: Cast) -> None:
    response = lead.post(
        reverse("amend_action", args=[cast.action.pk]),
        {
            "version": 1,
            "area": cast.area.pk,
            "reference": "1.2",
            "wording": "x",
            "lead": cast.post.pk,
            "due": "March 2026",
        },
    )
    assert response.status_code == 400
    assert response.content.decode().count("has an action 1.2 already") == 2


def test_nobody_moves_the_date_of_their_own_action(lead: Client, cast: Cast) -> None:
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    said = {"version": 1, "area": cast.area.pk, "reference": "1.1", "wording": cast.action.wording, "note": "Later"}
    response = lead.post(
        reverse("amend_action", args=[cast.action.pk]), {**said, "lead": cast.post.pk, "due": "May 2026"}
    )
    assert response.status_code == 400
    assert "Nobody moves the date of their own action" in response.content.decode()


@pytest.mark.parametrize("day", ["yesterdayish", "2020-13-45", "March 2020", "31/31/2020"])
def test_an_as_at_that_is_no_day_is_said_beside_the_field(lead: Client, cast: Cast, day: str) -> None:
    for address in (
        reverse("overdue"), reverse("plans"), reverse("plan", args=[cast.plan.pk]), reverse("my_actions"),
        reverse("action", args=[cast.action.pk]), reverse("inspection", args=[cast.inspection.pk]),
        reverse("measures"), reverse("plan_word", args=[cast.plan.pk]), reverse("plan_csv", args=[cast.plan.pk]),
    ):  # fmt: skip
        response = lead.get(address, {"as_at": day})
        assert response.status_code == 400, address
        page = response.content.decode()
        assert "Enter a day, like 16 March 2020" in page
        assert f'value="{day}"' in page, "what was typed is kept"


def test_an_as_at_in_the_future_is_refused_and_today_is_today(lead: Client, cast: Cast) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert lead.get(reverse("overdue"), {"as_at": tomorrow.isoformat()}).status_code == 400
    assert lead.get(reverse("overdue"), {"as_at": timezone.localdate().isoformat()}).status_code == 200


def test_before_the_plan_began_there_is_nothing(lead: Client, cast: Cast) -> None:
    assert lead.get(reverse("action", args=[cast.action.pk]), {"as_at": "2019-01-01"}).status_code == 404
    page = lead.get(reverse("plan", args=[cast.plan.pk]), {"as_at": "2019-01-01"}).content.decode()
    assert "No actions on this day" in page


@pytest.mark.parametrize("page", ["99", "0", "-1", "abc"])
def test_a_page_out_of_range_is_not_found(lead: Client, cast: Cast, page: str) -> None:
    for address in ("overdue", "plans", "inspections", "measures", "my_actions"):
        assert lead.get(reverse(address), {"page": page}).status_code == 404


def test_an_unknown_filter_is_refused_and_the_known_ones_are_named(lead: Client, cast: Cast) -> None:
    response = lead.get(reverse("overdue"), {"due_min": "2020-01-01"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "There is no filter called “due_min”" in page
    assert "late_by" in page
    assert "Showing" not in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "embedded"),
        ("plan", "9999"),
        ("late_by", "12"),
        ("show", "x"),
        ("board", "abc"),
        ("inspection", "-1"),
    ],
)
def test_a_filter_that_cannot_be_read_shows_no_rows_and_an_error(
    lead: Client, cast: Cast, name: str, value: str
) -> None:
    response = lead.get(reverse("overdue"), {name: value})
    assert response.status_code == 400
    assert "Select a valid choice" in response.content.decode()


@pytest.mark.parametrize("address", ["/actions/999999/", "/plans/999999/", "/nowhere/"])
def test_what_is_not_there_is_not_found_in_our_words(lead: Client, address: str) -> None:
    response = lead.get(address)
    assert response.status_code == 404
    assert "Improvement Plan Tracker" in response.content.decode()


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, cast: Cast) -> None:
    response = client.post(reverse("sign_in"), {"login": cast.owner.email, "password": "wrong"})
    assert response.status_code == 400
    assert "do not match an account" in response.content.decode()
    assert cast.owner.email in response.content.decode()


def test_a_closed_account_cannot_sign_in(client: Client, cast: Cast) -> None:
    cast.owner.is_active = False
    cast.owner.save()
    response = client.post(reverse("sign_in"), {"login": cast.owner.email, "password": "a long password"})
    assert response.status_code == 403
    assert "has been closed" in response.content.decode()


def test_an_address_is_the_same_in_capitals(client: Client, cast: Cast) -> None:
    response = client.post(reverse("sign_in"), {"login": cast.owner.email.upper(), "password": "a long password"})
    assert response.status_code == 302


@pytest.mark.parametrize(
    "query", ["as_at=0001-01-01T00:00", "as_at=0001-01-01T00:00&late_by=30", "as_at=2026-02-30T10:00"]
)
def test_an_instant_that_cannot_be_is_said_to_be(lead: Client, query: str) -> None:
    for page in ("overdue", "movement", "actions"):
        answer = lead.get(f"{reverse(page)}?{query}")
        assert answer.status_code == 400, page


def test_a_version_that_no_database_holds_is_no_version(lead: Client, cast: Cast) -> None:
    answer = lead.post(reverse("amend_action", args=[cast.action.pk]), {"version": "9" * 5000})
    assert answer.status_code == 400
