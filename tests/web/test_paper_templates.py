"""Templates in the browser: uploaded with every problem shown, downloaded as they came, retired and never deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.access.rules import Role
from plans.audit.models import Event
from plans.papers import word_template
from plans.papers.considerations import FIELDS
from plans.papers.models import PaperTemplate
from plans.papers.shipped_templates import shipped_bytes, shipped_templates
from plans.papers.template_changes import NameTaken, retire_template
from tests import factories
from tests.cast import Cast
from tests.papers.making_templates import OLE, a_template, in_this_process, template_of

LIST = "/papers/templates/"
UPLOAD = "/papers/templates/upload/"
GOOD = template_of("{{ title }}", "{{ purpose }}", "{{ title }}")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_template, "exchange", in_this_process)


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def send(client: Client, data: bytes, name: str = "Cabinet report", file: str = "our report.docx", **more: Any) -> Any:
    return client.post(UPLOAD, {"name": name, "file": SimpleUploadedFile(file, data), **more})


def test_a_template_is_uploaded_kept_by_its_content_and_downloaded_as_it_came(lead: Client, cast: Cast) -> None:
    assert send(lead, GOOD).headers["Location"] == LIST
    kept = PaperTemplate.objects.get()
    assert (kept.organisation, kept.name, kept.fields) == (cast.council, "Cabinet report", ["title", "purpose"])
    assert kept.file.name == f"templates/{cast.council.pk}-{kept.sha256}.docx"
    page = lead.get(LIST).content.decode()
    assert "“Cabinet report” is kept. It was tried, and uses 2 fields." in page
    assert "1 template of your organisation is in use." in page
    answer = lead.get(reverse("paper_template_file", args=[kept.pk]))
    assert b"".join(answer.streaming_content) == GOOD
    assert answer["Content-Disposition"] == 'attachment; filename="Cabinet report.docx"'
    assert set(Event.objects.values_list("what", flat=True)) == {"template.kept", "template.downloaded"}


def test_every_problem_is_shown_beside_the_file_and_nothing_typed_is_lost(lead: Client, cast: Cast) -> None:
    answer = send(lead, template_of("{{ purpos }}", "{{ financal }}"), name="Our <own>")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count("There is no field “purpos”. Did you mean “purpose”?") == 2
    assert page.count("There is no field “financal”. Did you mean “financial”?") == 2
    assert 'value="Our &lt;own&gt;"' in page
    assert not PaperTemplate.objects.exists()
    event = Event.objects.get()
    assert (event.what, event.details["name"]) == ("template.refused", "our report.docx")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "This is not a Word document"), (OLE, "This is an old Word file"), (b"x" * 10_485_761, "10 MB")],
)
def test_what_is_no_template_is_refused(lead: Client, data: bytes, said: str) -> None:
    answer = send(lead, data)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_what_is_missing_is_asked_for(lead: Client) -> None:
    page = lead.post(UPLOAD, {}).content.decode()
    assert "Enter name" in page
    assert "Choose the template" in page


def test_a_name_is_in_use_once_and_free_again_when_it_is_retired(lead: Client, cast: Cast) -> None:
    template = a_template(cast)
    assert "There is a template of that name already." in send(lead, GOOD).content.decode()
    with pytest.raises(NameTaken):
        a_template(cast)
    assert lead.post(reverse("retire_paper_template", args=[template.pk])).headers["Location"] == LIST
    assert send(lead, GOOD).status_code == 302
    page = lead.get(LIST).content.decode()
    assert "Retired: 1" in page
    assert PaperTemplate.objects.in_use().get().pk != template.pk


def test_retiring_twice_changes_nothing(cast: Cast) -> None:
    template = a_template(cast)
    retire_template(template, by=cast.lead, at=factories.START)
    retire_template(template, by=cast.lead, at=factories.moment(2027, 1, 1))
    template.refresh_from_db()
    assert template.retired_at == factories.START
    assert Event.objects.filter(what="template.retired").count() == 1


def test_a_lead_of_two_councils_says_whose_it_is(cast: Cast, client: Client) -> None:
    other = factories.an_organisation("Northshire")
    person = factories.a_person("Two", role=Role.LEAD, of=cast.council)
    person.memberships.create(organisation=other, role=Role.LEAD)
    client.force_login(person)
    assert "Choose whose template is it" in send(client, GOOD).content.decode() or PaperTemplate.objects.count() == 0
    assert send(client, GOOD, organisation=other.pk).status_code == 302
    assert PaperTemplate.objects.get().organisation == other
    stranger = send(client, GOOD, organisation=cast.plan.organisation_id + 999)
    assert stranger.status_code == 400


def test_those_who_make_papers_look_and_those_who_run_plans_change(cast: Cast, client: Client) -> None:
    template = a_template(cast)
    client.force_login(cast.reader)
    page = client.get(LIST).content.decode()
    assert template.name in page
    assert "Retire" not in page
    assert UPLOAD not in page
    client.force_login(cast.stranger)
    assert template.name not in client.get(LIST).content.decode()


def test_the_fields_are_explained_and_two_templates_are_there_to_start_from(lead: Client) -> None:
    page = lead.get("/papers/templates/fields/").content.decode()
    assert all(f"<code>{{{{ {field.name} }}}}</code>" in page for field in FIELDS)
    for key, label in shipped_templates():
        assert label in page
        answer = lead.get(reverse("shipped_template", args=[key]))
        assert answer.content == shipped_bytes(key)
        assert answer["Content-Disposition"] == f'attachment; filename="report-template-{key}.docx"'
    assert lead.get(reverse("shipped_template", args=["another"])).status_code == 404


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(lead: Client, cast: Cast) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get(LIST).status_code == 200
        return len(captured)

    a_template(cast, "One")
    few = questions()
    for number in range(4):
        a_template(cast, f"More {number}")
    assert questions() == few <= 12
