"""A report in: uploaded, checked, accepted; what is refused leaves nothing but the refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from plans.audit.models import Event
from plans.documents.changes import pictures_of
from plans.documents.models import SourceDocument
from plans.findings.models import Area, Inspection, ReportIntake
from plans.improvement_plan.models import Plan
from plans.management.reference_data import load_reference_data
from plans.web.forms.report_review import ReportReview
from tests.cast import Cast
from tests.documents.making_documents import Pages


def report(council: str = "Westshire Council", lead: str = "Ada Quill") -> bytes:
    return (
        Pages()
        .heading(council)
        .heading("Inspection of children’s social care services")
        .line("Inspection dates: 8 July 2024 to 19 July 2024")
        .line(f"Lead inspector: {lead}")
        .heading("Judgement Grade")
        .line("The impact of leaders on social work practice with children and families Good")
        .line("Overall effectiveness Requires improvement to be good")
        .heading("What needs to improve?")
        .item("•", "How soon strategy meetings are recorded after", "they are held.")
        .item("•", "The quality of pathway plans for care leavers.")
        .foot("Ofsted")
        .bytes()
    )


REPORT = report()


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    load_reference_data()
    client.force_login(cast.lead)
    return client


def upload(client: Client, data: bytes = REPORT, name: str = "report.pdf") -> Any:
    return client.post(reverse("upload_report"), {"file": SimpleUploadedFile(name, data)})


def page_of(client: Client, intake: ReportIntake) -> dict[str, Any]:
    """The names and values that the review page would send, as its own draft has them."""
    return dict(ReportReview(intake).draft())


def send(client: Client, intake: ReportIntake, task: str, **changes: str) -> Any:
    intake.refresh_from_db()
    data = page_of(client, intake) | {name.replace("__", "-"): value for name, value in changes.items()}
    seen = ReportReview(intake).seen
    return client.post(reverse("review_report", args=[intake.pk]), {"seen": seen, **data, "do": task})


def test_from_pdf_to_draft_plan_in_three_screens(cast: Cast, lead: Client) -> None:
    answer = upload(lead)
    intake = ReportIntake.objects.get()
    assert answer.url == reverse("review_report", args=[intake.pk])
    page = lead.get(answer.url).content.decode()
    assert "<strong>2 areas</strong> and 2 judgements" in page
    assert "How soon strategy meetings are recorded after they are held." in page
    assert "/pages/1/?left=" in page
    answer = send(lead, intake, "accept")
    plan = Plan.objects.get(title__startswith="Improvement plan:")
    assert answer.url == reverse("plan", args=[plan.pk])
    assert plan.stage == Plan.Stage.DRAFT
    inspection = Inspection.objects.get(source__isnull=False)
    assert [str(area.number) for area in inspection.areas.all()] == ["1", "2"]
    assert {row.label: str(row.grade) for row in inspection.judgements.all()} == {
        "The impact of leaders on social work practice with children and families": "Good",
        "Overall effectiveness": "Requires improvement to be good",
    }
    assert str(inspection.first_day()) == "2024-07-08"
    assert inspection.lead_inspector == "Ada Quill"
    assert inspection.source.sha256
    assert list(plan.areas.all()) == list(inspection.areas.all())


def test_the_piece_of_the_page_is_a_picture(lead: Client) -> None:
    upload(lead)
    document = SourceDocument.objects.get()
    whole = lead.get(reverse("document_page", args=[document.pk, 1]))
    part = lead.get(reverse("document_page", args=[document.pk, 1]) + "?left=0.1&top=0.2&right=0.9&bottom=0.3")
    assert whole.content.startswith(b"\x89PNG")
    assert 0 < len(part.content) < len(whole.content)
    for wrong in ("?top=0.9&bottom=0.1&left=0&right=1", "?top=nan&bottom=1&left=0&right=1", "?top=0.1"):
        assert lead.get(reverse("document_page", args=[document.pk, 1]) + wrong).status_code == 404
    assert lead.get(reverse("document_page", args=[document.pk, 99])).status_code == 404


def test_the_same_file_twice_is_read_once_and_changes_nothing(lead: Client) -> None:
    upload(lead)
    intake = ReportIntake.objects.get()
    assert upload(lead).url == reverse("review_report", args=[intake.pk])
    send(lead, intake, "accept")
    areas = Area.objects.count()
    inspection = ReportIntake.objects.get().inspection
    assert inspection is not None
    assert upload(lead).url == reverse("inspection", args=[inspection.pk])
    assert send(lead, intake, "accept").url == reverse("inspection", args=[inspection.pk])
    assert (Area.objects.count(), SourceDocument.objects.count()) == (areas, 1)


def test_what_was_typed_is_kept_when_something_is_wrong(lead: Client) -> None:
    upload(lead)
    intake = ReportIntake.objects.get()
    answer = send(lead, intake, "accept", areas__0__wording="My own words", facts__title="", facts__ends_1="someday")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "My own words" in page
    assert "Enter title" in page
    assert "someday" in page
    assert not Inspection.objects.filter(source__isnull=False).exists()
    again = lead.get(reverse("review_report", args=[intake.pk])).content.decode()
    assert "My own words" in again
    assert "someday" in again


def test_an_area_can_be_left_out_and_one_added(lead: Client) -> None:
    upload(lead)
    intake = ReportIntake.objects.get()
    send(lead, intake, "add_areas", areas__0__keep="")
    intake.refresh_from_db()
    kind = intake.draft["areas-1-kind"][0]
    send(lead, intake, "accept", areas__2__wording="An ask by hand", areas__2__kind=kind)
    wordings = list(Area.objects.filter(inspection__source__isnull=False).values_list("wording", flat=True))
    assert wordings == ["The quality of pathway plans for care leavers.", "An ask by hand"]


def test_another_councils_report_must_be_confirmed(lead: Client) -> None:
    upload(lead, report("Eastshire Council"))
    intake = ReportIntake.objects.get()
    assert "The report names Eastshire Council" in send(lead, intake, "accept").content.decode()
    assert not Inspection.objects.filter(source__isnull=False).exists()
    send(lead, intake, "accept", facts__ours="on")
    assert Inspection.objects.get(source__isnull=False).organisation.name == "Westshire"


def test_areas_are_never_addressed_to_another_council(cast: Cast, lead: Client) -> None:
    upload(lead)
    answer = send(lead, ReportIntake.objects.get(), "accept", bodies__0__name="Eastshire")
    assert "is another council" in answer.content.decode()
    assert not Inspection.objects.filter(source__isnull=False).exists()


def test_an_inspection_that_is_here_is_compared_before_anything_is_taken(lead: Client) -> None:
    upload(lead)
    send(lead, ReportIntake.objects.get(), "accept")
    there = Inspection.objects.get(source__isnull=False)
    upload(lead, report(lead="Ada Quills").replace(b"2024", b"2023"), "other.pdf")
    intake = ReportIntake.objects.latest("pk")
    answer = send(lead, intake, "accept", facts__inspection=str(there.pk), plan__title="Another plan", seen="")
    assert "Look at what the report would change" in answer.content.decode()
    assert Inspection.objects.filter(source__isnull=False).count() == 1
    assert not Plan.objects.filter(title="Another plan").exists()


def test_a_newer_report_changes_the_inspection_that_is_here(lead: Client) -> None:
    upload(lead)
    send(lead, ReportIntake.objects.get(), "accept")
    upload(lead, report(lead="Ada Quills"), "newer.pdf")
    intake = ReportIntake.objects.latest("pk")
    page = lead.get(reverse("review_report", args=[intake.pk])).content.decode()
    assert page.count(">Unchanged<") == 2
    assert "<del>Ada Quill</del> <ins>Ada Quills</ins>" in page
    Area.objects.filter(number=2, inspection__source__isnull=False).update(timescale="within six months")
    send(lead, intake, "save", areas__1__timescale="within a year")
    page = lead.get(reverse("review_report", args=[intake.pk])).content.decode()
    assert "<del>within six months</del> <ins>within a year</ins>" in page
    before = Area.objects.count()
    send(lead, intake, "accept", areas__0__wording="How soon strategy meetings are recorded.", plan__make="")
    assert Area.objects.count() == before
    assert Area.objects.filter(wording="How soon strategy meetings are recorded.").exists()
    assert Inspection.objects.filter(source__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "report.pdf", "is empty"),
        (b"<html><body>Not found</body></html>", "report.pdf", "This is a web page"),
        (b"%PDF-1.7\n" + b"0" * 400, "report.pdf", "damaged"),
    ],
)
def test_a_refused_file_leaves_nothing_but_the_refusal(lead: Client, data: bytes, name: str, said: str) -> None:
    answer = upload(lead, data, name)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not SourceDocument.objects.exists()
    assert Event.objects.get(what="document.refused").details["name"] == "report.pdf"


@pytest.mark.parametrize(
    ("name", "value"), [("facts-framework", "9" * 5000), ("areas-0-wording", "a\0b"), ("areas-count", "9" * 40)]
)
def test_odd_values_are_kept_out_of_the_draft_or_answered(lead: Client, name: str, value: str) -> None:
    upload(lead)
    intake = ReportIntake.objects.get()
    address = reverse("review_report", args=[intake.pk])
    assert lead.post(address, {**page_of(lead, intake), name: value, "do": "save"}).status_code == 302
    assert lead.get(address).status_code == 200


def test_pasted_text_is_read_too(lead: Client) -> None:
    text = "Inspection of Westshire local authority children's services\n\nWhat needs to improve\n\n- Supervision.\n"
    answer = lead.post(reverse("upload_report"), {"text": text})
    page = lead.get(answer.url).content.decode()
    assert "Supervision." in page
    assert "app-source__lines" in page


def test_a_report_left_out_leaves_no_file(lead: Client, django_capture_on_commit_callbacks: Any) -> None:
    upload(lead)
    intake = ReportIntake.objects.get()
    storage, name = intake.document.file.storage, str(intake.document.file.name)
    assert storage.exists(name)
    lead.get(reverse("document_page", args=[intake.document_id, 1]))
    pictures = pictures_of(intake.document)
    assert storage.listdir(pictures)[1]
    with django_capture_on_commit_callbacks(execute=True):
        send(lead, intake, "discard")
    assert not SourceDocument.objects.exists()
    assert not ReportIntake.objects.exists()
    assert Event.objects.filter(what="document.discarded").exists()
    assert not storage.exists(name)
    assert not [one for one in storage.listdir(pictures)[1] if one.startswith(intake.document.sha256)]
