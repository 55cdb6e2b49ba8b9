"""Workbooks out and back in the browser's words: shown before it counts, recorded whole, nothing trusted on its way."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.access.changes import hold_post
from plans.audit.models import Event
from plans.improvement_plan.ledger import Change, RefusedChange, record, record_history
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind, Status
from plans.monitoring.evidence_files import EXCEL
from tests import factories
from tests.cast import Cast
from tests.monitoring.test_returned_workbook import filled_in

RETURN = "/my-actions/return/"
MINE = "/my-actions/workbook.xlsx"


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


def download(client: Client, address: str = MINE) -> bytes:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, EXCEL.content_type)
    return answer.content


def send(client: Client, data: bytes, name: str = "my actions.xlsx", address: str = RETURN) -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def carried(page: Any) -> dict[str, str]:
    """What the page's form would send."""
    html = page.content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("carried", "shown")}  # type: ignore[index]


def fresh(cast: Cast) -> Action:
    return Action.objects.get(pk=cast.action.pk)


def test_out_filled_in_shown_accepted_and_a_second_time_nothing(owner: Client, cast: Cast) -> None:
    data = download(owner)
    event = Event.objects.get(what="workbook.downloaded")
    assert event.details.items() >= {"sha256": hashlib.sha256(data).hexdigest(), "rows": 1}.items()
    back = filled_in(data, Status="In progress", New_progress="<b>Begun</b>")
    page = send(owner, back)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<strong>1 action</strong> would be updated; 0 unchanged." in html
    assert "Actions!H2" in html
    assert "&lt;b&gt;Begun&lt;/b&gt;" in html
    assert "Leave out" not in html
    assert fresh(cast).version == 1, "looking records nothing"
    done = owner.post(RETURN, carried(page), follow=True)
    assert done.redirect_chain == [("/my-actions/", 302)]
    assert "1 action updated, 0 unchanged." in done.content.decode()
    assert (fresh(cast).status, fresh(cast).progress) == ("in_progress", "<b>Begun</b>")
    said = {
        "name": "my actions.xlsx",
        "sha256": hashlib.sha256(back).hexdigest(), "updated": 1, "unchanged": 0, "left_out": 0,
    }  # fmt: skip
    assert Event.objects.get(what="workbook.accepted").details.items() >= said.items()
    again = send(owner, back).content.decode()
    assert "No action would be updated; 1 unchanged." in again
    assert "carried" not in again
    twice = owner.post(RETURN, carried(page))
    assert (twice.status_code, fresh(cast).version) == (400, 2)


def test_rows_that_cannot_be_taken_are_left_out_only_where_that_is_ticked(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    data = download(client, reverse("plan_workbook", args=[cast.plan.pk]))
    back = filled_in(filled_in(data, Status="In progress"), "1.2", Status="Complete", Due="June 2027")
    address = f"{RETURN}?plan={cast.plan.pk}"
    page = send(client, back, address=address)
    html = page.content.decode()
    assert "ask for an extension in the tracker" in html
    assert "completing an action needs a sentence" in html
    assert "Leave out the row that cannot be taken" in html
    refused = client.post(address, carried(page))
    assert refused.status_code == 400
    assert "Tick “Leave out the row that cannot be taken”" in refused.content.decode()
    assert "<title>Error: " in refused.content.decode()
    assert Update.objects.count() == 2
    done = client.post(address, {**carried(refused), "leave_out": "on"}, follow=True)
    assert done.redirect_chain == [(f"/plans/{cast.plan.pk}/", 302)]
    assert "1 action updated, 0 unchanged, 1 row left out." in done.content.decode()
    assert Update.objects.count() == 3


def test_what_was_shown_is_what_is_accepted(owner: Client, cast: Cast) -> None:
    page = send(owner, filled_in(download(owner), Status="In progress", New_progress="Begun"))
    record(cast.action, by=cast.lead, at=timezone.now(), kind=Kind.PROGRESS, note="Chased", confidence="low")
    moved = owner.post(RETURN, carried(page))
    assert moved.status_code == 400
    html = moved.content.decode()
    assert "The tracker has changed since this page was made." in html
    assert "Since your download: Progress update, Lena Lead" in html
    assert fresh(cast).version == 2
    assert owner.post(RETURN, carried(moved)).status_code == 302
    assert (fresh(cast).version, fresh(cast).status, fresh(cast).confidence) == (3, "in_progress", "low")


def test_what_comes_back_is_not_trusted(owner: Client, cast: Cast) -> None:
    page = send(owner, filled_in(download(owner), Status="In progress"))
    sent = carried(page)
    for carry in ("", "nonsense", sent["carried"][:-2] + "xx", "." + sent["carried"]):
        answer = owner.post(RETURN, {**sent, "carried": carry}, follow=True)
        assert "more than a day old, or was changed on its way" in answer.content.decode()
    other = Client()
    other.force_login(cast.lead)
    assert "was changed on its way" in other.post(RETURN, sent, follow=True).content.decode()
    hold_post(cast.team_mate, cast.post, since=timezone.now().date())
    late = owner.post(RETURN, {**sent, "leave_out": "on"})
    assert late.status_code == 400
    assert "of no action that you can update now" in late.content.decode()
    assert fresh(cast).version == 1


def test_what_the_ledger_refuses_at_the_last_moment_is_said_and_nothing_is_recorded(
    owner: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(owner, filled_in(download(owner), Status="In progress"))

    def refuse(*_: Any, **__: Any) -> None:
        raise RefusedChange("Nothing can be recorded now.")

    monkeypatch.setattr("plans.monitoring.returned_workbook.submit_update", refuse)
    answer = owner.post(RETURN, carried(page))
    assert answer.status_code == 400
    assert "Nothing was recorded. Nothing can be recorded now." in answer.content.decode()
    assert not Event.objects.filter(what="workbook.accepted").exists()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.xlsx", b"PK\x03\x04 no", "The file is damaged or was cut short."),
        ("a.xlsx", b"", "The file is empty."),
        ("a.pdf", b"%PDF-1.7", "neither an Excel workbook nor CSV"),
        ("a.csv", b"Action,By whom,By when\nVisit,Head,June 2027\n", "No sheet “Actions” with the column “Key”"),
        ("a.csv", b"Key,Status\n,\n", "The heading “Area” is missing."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_remembered(
    owner: Client, name: str, data: bytes, sentence: str
) -> None:
    answer = send(owner, data, name)
    assert answer.status_code == 400
    assert answer.content.decode().count(sentence) == 2, "once in the summary, once beside the field"
    event = Event.objects.get(what="document.refused")
    assert (event.details["name"], event.details["sha256"]) == (name, hashlib.sha256(data).hexdigest())
    assert sentence in event.details["reason"]


def test_no_file_and_a_file_too_large(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choose the workbook" in owner.post(RETURN, {}).content.decode()
    monkeypatch.setattr("plans.web.forms.workbooks.LARGEST_MB", 0)
    assert "larger than 0 MB" in send(owner, b"PK too large").content.decode()
    monkeypatch.setattr("plans.web.forms.workbooks.LARGEST_MB", 5)
    monkeypatch.setattr("plans.web.forms.workbooks.MOST_CARRIED", 10)
    assert "too much new text" in send(owner, filled_in(download(owner), Status="In progress")).content.decode()


def test_the_links_stand_where_they_can_be_used(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    mine = client.get("/my-actions/").content.decode()
    assert MINE in mine
    assert RETURN in mine
    assert MINE not in client.get("/my-actions/", {"as_at": "2026-02-01"}).content.decode()
    plan = reverse("plan", args=[cast.plan.pk])
    links = [reverse(route, args=[cast.plan.pk]) for route in ("plan_workbook", "blank_workbook")]
    assert not any(link in client.get(plan).content.decode() for link in links)
    client.force_login(cast.lead)
    assert all(link in client.get(plan).content.decode() for link in links)
    book = openpyxl.load_workbook(io.BytesIO(download(client, links[1])))
    assert book.sheetnames == ["Plan", "How to use", "Areas"]
    assert book["Areas"]["A2"].value == cast.area.wording


def test_a_plan_that_is_not_theirs_is_no_place_to_return_to(owner: Client, cast: Cast) -> None:
    other = factories.a_plan(factories.an_organisation("Elsewhere"))
    assert owner.get(RETURN, {"plan": other.pk}).status_code == 404
    for plan in ("x", "9" * 40, "-1"):
        assert owner.get(RETURN, {"plan": plan}).status_code == 200


def test_the_plan_workbook_leaves_withdrawn_actions_out_and_locks_signed_off_ones(cast: Cast, client: Client) -> None:
    record(cast.action, by=cast.lead, at=timezone.now(), kind=Kind.WITHDRAWN, note="x", status=Status.WITHDRAWN)
    record(cast.partner_action, by=cast.partner, at=timezone.now(), kind=Kind.COMPLETED, note="x", status="complete")
    record(cast.partner_action, by=cast.lead, at=timezone.now(), kind=Kind.SIGNED_OFF, status=Status.SIGNED_OFF)
    client.force_login(cast.lead)
    sheet = openpyxl.load_workbook(io.BytesIO(download(client, reverse("plan_workbook", args=[cast.plan.pk]))))[
        "Actions"
    ]
    assert [row[2].value for row in sheet.iter_rows(min_row=2)] == ["1.2"]
    assert all(cell.protection.locked for cell in sheet[2])


def add_actions(cast: Cast, number: int) -> None:
    first = {"wording": "Audit chronologies", "area_id": cast.area.pk, "lead_id": cast.post.pk, "status": "in_progress"}
    histories = [
        [Change(cast.lead, factories.START, Kind.ADDED, changes={**first, "reference": f"{number}-{n}", "position": n})]
        for n in range(number)
    ]
    record_history(cast.plan, histories, recorded_at=timezone.now())


def test_three_hundred_rows_go_out_and_come_back(cast: Cast, owner: Client) -> None:
    add_actions(cast, 3)
    with CaptureQueriesContext(connection) as few:
        download(owner)
    add_actions(cast, 300)
    with CaptureQueriesContext(connection) as many:
        data = download(owner)
    assert len(many) == len(few)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Actions"]
    heading = {cell.value: cell.column for cell in sheet[1]}
    words = hashlib.sha512(b"words").hexdigest()
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, heading["Reference"]).value.startswith("300-"):
            text = " ".join(hashlib.sha512(f"{row} {n} {words}".encode()).hexdigest() for n in range(30))
            sheet.cell(row, heading["New progress"]).value = text[:3900]
            sheet.cell(row, heading["Confidence"]).value = "High"
    stream = io.BytesIO()
    book.save(stream)
    with CaptureQueriesContext(connection) as looking:
        page = send(owner, stream.getvalue())
    assert "<strong>300 actions</strong> would be updated; 4 unchanged." in page.content.decode()
    assert len(looking) <= 12
    done = owner.post(RETURN, carried(page), follow=True)
    assert "300 actions updated, 4 unchanged." in done.content.decode()
    assert Action.objects.filter(confidence="high", version=2).count() == 300
