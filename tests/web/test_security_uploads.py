"""Every door by which a file comes in takes it for what it holds; every door out sends it to be kept."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.documents.changes import Upload, keep_document
from plans.documents.models import SourceDocument
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import KINDS, FileKind
from plans.monitoring.models import Evidence
from plans.papers.calendar_changes import make_address
from plans.papers.models import Making, PaperTemplate, ReleaseFile
from plans.papers.publication import publish
from plans.papers.rules import Audience, Format, Kind
from plans.papers.young_people_changes import keep_summary
from plans.web.forms.plan_files import UploadPlanForm
from plans.web.forms.reports import UploadReportForm
from plans.web.forms.templates import UploadTemplateForm
from plans.web.forms.updates import UpdateForm
from plans.web.forms.workbooks import SendBackForm
from tests import factories
from tests.cast import Cast
from tests.documents.making_documents import Pages, pdf_of
from tests.papers.made_releases import LATER, a_draft, an_issued_release
from tests.papers.making_templates import templates_of
from tests.papers.test_young_people import a_summary

EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(range(256)) * 4
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def package(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


BOMB = package({"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(210 * 1024 * 1024)})
HOSTILE = {
    "a program named as a PDF": ("report.pdf", EXE),
    "a program named as a Word document": ("report.docx", EXE),
    "a program named as a workbook": ("plan.xlsx", EXE),
    "a page named as a PDF": ("report.pdf", HTML),
    "a page named as text": ("report.txt", HTML),
    "a page named as a table": ("plan.csv", b"\xef\xbb\xbf" + HTML),
    "a page in UTF-16 named as text": ("report.txt", HTML.decode().encode("utf-16")),
    "a drawing with a script": ("chart.svg", SVG),
    "a drawing named as a picture": ("chart.png", SVG),
    "a shell script named as text": ("notes.txt", b"#!/bin/sh\nrm -rf /\n"),
    "an archive named as a Word document": ("report.docx", package({"readme.txt": b"hello"})),
    "a zip bomb": ("report.docx", BOMB),
    "an empty file": ("report.pdf", b""),
}


@dataclass(frozen=True)
class Door:
    """A form that takes a file: its route, the name of its file field, and what else it needs."""

    route: str
    thing: str = ""
    field: str = "file"
    said: tuple[tuple[str, Any], ...] = ()


DOORS = {
    "evidence": Door(
        "update_action",
        "action",
        "evidence_file",
        (("version", 1), ("status", "in_progress"), ("note", "Half done"), ("evidence_kind", "output")),
    ),
    "a report": Door("upload_report"),
    "a plan": Door("upload_plan", "plan"),
    "a workbook": Door("return_workbook"),
    "a template": Door("upload_paper_template", said=(("name", "Ours"),)),
}


def sent(client: Client, cast: Cast, door: Door, name: str, content: bytes) -> Any:
    address = reverse(door.route, args=[getattr(cast, door.thing).pk] if door.thing else [])
    return client.post(address, {**dict(door.said), door.field: SimpleUploadedFile(name, content)})


def kept_rows() -> int:
    return Evidence.objects.count() + SourceDocument.objects.count() + PaperTemplate.objects.count()


@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_not_what_it_says_comes_in_by_no_door(door: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    for what, (name, content) in HOSTILE.items():
        answer = sent(client, cast, DOORS[door], name, content)
        assert answer.status_code == 400, what
        page = answer.content.decode()
        assert "govuk-error-message" in page, what
        assert "alert(1)" not in page, what
    assert kept_rows() == 0


def test_every_form_with_a_file_is_one_of_these_doors() -> None:
    known = {UploadReportForm, UploadPlanForm, SendBackForm, UploadTemplateForm, UpdateForm}

    def below(form: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
        return {form} | {one for sub in form.__subclasses__() for one in below(sub)}

    ours = {one for one in below(forms.BaseForm) if one.__module__.startswith("plans.")}
    with_a_file = {one for one in ours if any(isinstance(f, forms.FileField) for f in one.base_fields.values())}
    assert {form for form in with_a_file if not any(issubclass(form, one) for one in known)} == set()
    assert len(with_a_file) >= len(DOORS)


def test_a_file_over_the_limit_is_refused_beside_the_field(cast: Cast, client: Client, settings: Any) -> None:
    settings.EVIDENCE_LIMIT_MB = 1
    client.force_login(cast.lead)
    large = b"%PDF-1.7\n" + bytes(1024 * 1024)
    page = sent(client, cast, DOORS["evidence"], "large.pdf", large)
    assert page.status_code == 400
    assert "the most that can be uploaded is 1 MB" in page.content.decode()
    for door, largest in (("a workbook", 5), ("a template", 10)):
        answer = sent(client, cast, DOORS[door], "large.docx", bytes(largest * 1024 * 1024 + 1))
        assert answer.status_code == 400, door
        assert f"larger than {largest} MB" in answer.content.decode(), door


def the_evidence(cast: Cast, kind: FileKind, content: bytes = b"what it holds") -> Evidence:
    file = ContentFile(content, name=f"what was seen{kind.extension}")
    return add_evidence(
        cast.action,
        OfferedEvidence(kind=Evidence.Kind.OUTPUT, title="Seen", file=file, file_kind=kind),
        by=cast.owner,
        at=factories.START,
    )


def assert_is_to_be_kept(answer: Any, ending: str, what: str) -> None:
    """A download under a name with its ending, of a type that no browser runs, kept by nobody on the way."""
    assert answer.status_code == 200, what
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename"), what
    assert PurePath(disposition.rstrip('"')).suffix == ending, what
    assert answer.headers["X-Content-Type-Options"] == "nosniff", what
    assert "html" not in answer.headers["Content-Type"], what
    assert "svg" not in answer.headers["Content-Type"], what
    assert "sandbox" in answer.headers["Content-Security-Policy"], what
    said = answer.headers["Cache-Control"]
    assert said in ("private, no-store", "private, no-cache", "public, no-cache") or "no-store" in said, what
    if answer.streaming:
        b"".join(answer.streaming_content)


@pytest.mark.parametrize("ending", KINDS)
def test_evidence_of_every_kind_is_sent_to_be_kept(ending: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    kept = the_evidence(cast, KINDS[ending])
    answer = client.get(reverse("evidence", args=[kept.pk]))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert_is_to_be_kept(answer, KINDS[ending].extension, ending)


def test_every_other_file_is_sent_to_be_kept(cast: Cast, client: Client) -> None:
    keep_summary(cast.plan, a_summary(cast), by=cast.lead, at=factories.START)
    public = an_issued_release(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC, title="For")
    word = ContentFile(b"the file", "paper.docx")
    ReleaseFile.objects.create(release=public, format=Format.WORD, file=word, sha256="d" * 64, size=8)
    publish(public, "for-you", by=cast.lead, at=LATER)
    draft = a_draft(cast.plan, by=cast.lead)
    upload = Upload("a <b> report.pdf", pdf_of(Pages().line("A report").lines))
    document = keep_document(upload, organisation=cast.council, kind="report", title="R", by=cast.lead, at=LATER)
    making = Making.objects.create(plan=cast.plan, asked={"audience": "exempt"}, asked_by=cast.lead, asked_at=LATER)
    making.file.save(f"{making.pk}/plan.csv", ContentFile(b"a,b"), save=True)
    template = templates_of(cast)["paper_template"]
    secret = make_address(cast.lead, at=timezone.now(), instead_of=None)
    plan = [cast.plan.pk]
    client.force_login(cast.lead)
    files: dict[str, tuple[str, str]] = {
        "a source": (reverse("document_file", args=[document.pk]), ".pdf"),
        "an issued file": (reverse("release_file", args=[public.files.get(format="docx").pk]), ".docx"),
        "a published file": (reverse("published_file", args=["for-you", "docx"]), ".docx"),
        "a draft": (f"{reverse('release_copy', args=[draft.pk])}?format=csv", ".csv"),
        "a working copy": (reverse("plan_csv", args=plan), ".csv"),
        "a copy of a kind": (reverse("plan_paper", args=[*plan, "measures", "csv"]), ".csv"),
        "young people’s": (reverse("plan_paper", args=[*plan, "young_people", "docx"]), ".docx"),
        "a long copy": (reverse("making_file", args=[making.pk]), ".csv"),
        "a workbook": (reverse("plan_workbook", args=plan), ".xlsx"),
        "a blank workbook": (reverse("blank_workbook", args=plan), ".xlsx"),
        "my workbook": (reverse("my_workbook"), ".xlsx"),
        "a template": (reverse("paper_template_file", args=[template.pk]), ".docx"),
        "a calendar": (reverse("calendar_feed", args=[secret]), ".ics"),
    }
    for what, (address, ending) in files.items():
        assert_is_to_be_kept(client.get(address), ending, what)
    client.force_login(cast.administrator)
    assert_is_to_be_kept(client.get(reverse("trail_csv")), ".csv", "the trail")


def test_a_page_of_a_source_is_a_picture_made_here(cast: Cast, client: Client) -> None:
    upload = Upload("report.pdf", pdf_of(Pages().line("A report").lines))
    document = keep_document(upload, organisation=cast.council, kind="report", title="R", by=cast.lead, at=LATER)
    client.force_login(cast.lead)
    answer = client.get(reverse("document_page", args=[document.pk, 1]))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private")


def test_a_name_with_a_line_break_or_a_quote_breaks_no_header(cast: Cast, client: Client) -> None:
    kept = the_evidence(cast, KINDS[".pdf"])
    Evidence.objects.filter(pk=kept.pk).update(original_name='a"b\r\nSet-Cookie: x=1; é.pdf')
    client.force_login(cast.owner)
    answer = client.get(reverse("evidence", args=[kept.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


def test_an_action_takes_so_many_files_and_then_links(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plans.web.forms.updates.MOST_FILES", 1)
    the_evidence(cast, KINDS[".pdf"])
    client.force_login(cast.owner)
    answer = sent(client, cast, DOORS["evidence"], "another.pdf", b"%PDF-1.7\n%%EOF")
    assert answer.status_code == 400
    assert "This action has 1 files, the most that are kept. Give a link" in answer.content.decode()
    assert Evidence.objects.count() == 1
