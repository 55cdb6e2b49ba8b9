"""What a colour means is printed wherever one is shown, in the plan's own words where it has them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rag_key import change_key
from plans.improvement_plan.rules import RAG_KEY, Kind, Rag
from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.pdf import pdf_document
from plans.papers.plan_table import selection_paper
from plans.papers.word import word_document
from tests import factories
from tests.cast import Cast
from tests.papers.made_papers import plan_paper

AT = factories.moment(2026, 5, 1)
OWN = "on track to make a difference"
RATED = (*CABINET_TABLE, "reported_rag")


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def own_words(cast: Cast) -> None:
    change_key(cast.plan, {Rag.GREEN: OWN}, by=cast.lead, at=AT)


def text_of(client: Client, route: str, *args: int) -> str:
    return client.get(reverse(route, args=args)).content.decode()


def test_pages_of_one_plan_show_its_own_words(cast: Cast, lead: Client) -> None:
    for route, thing in (("plan", cast.plan), ("action", cast.action)):
        assert dict(RAG_KEY)[Rag.GREEN] in text_of(lead, route, thing.pk)
    own_words(cast)
    for route, thing in (("plan", cast.plan), ("action", cast.action)):
        page = text_of(lead, route, thing.pk)
        assert f"{OWN}</li>" in page
        assert "A rating by its date is worked out and always means: blue, signed off;" in page
        assert "cannot be typed" in page


@pytest.mark.parametrize("route", ["overdue", "my_actions"])
def test_lists_over_plans_show_the_usual_words_and_where_they_differ(route: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    page = text_of(client, route)
    assert dict(RAG_KEY)[Rag.GREEN] in page
    assert "mean something else" not in page
    own_words(cast)
    page = text_of(client, route)
    assert dict(RAG_KEY)[Rag.GREEN] in page
    assert "Owners’ ratings mean something else in" in page
    assert f'href="{reverse("plan", args=[cast.plan.pk])}#rag-key-heading"' in page


def test_a_past_day_shows_the_words_of_then(cast: Cast, lead: Client) -> None:
    own_words(cast)
    page = lead.get(reverse("plan", args=[cast.plan.pk]), {"as_at": "2026-04-01"}).content.decode()
    assert OWN not in page


def test_only_those_who_run_the_plan_are_led_to_the_form(cast: Cast, client: Client) -> None:
    address = reverse("plan_rag_key", args=[cast.plan.pk])
    client.force_login(cast.lead)
    assert address in text_of(client, "plan", cast.plan.pk)
    client.force_login(cast.board_member)
    assert address not in text_of(client, "plan", cast.plan.pk)


def send(client: Client, cast: Cast, **fields: Any) -> Any:
    said = {"opened_with": "{}", "blue": "", "green": "", "amber": "", "red": "", **fields}
    return client.post(reverse("plan_rag_key", args=[cast.plan.pk]), said)


def test_the_form_says_that_timeliness_cannot_be_changed(cast: Cast, lead: Client) -> None:
    page = text_of(lead, "plan_rag_key", cast.plan.pk)
    assert "Timeliness is worked out from dates and cannot be changed here." in page
    for _, usual in RAG_KEY:
        assert f"Usually: {usual}" in page
    assert "Changed so far" not in page


def test_words_are_kept_and_emptied_again(cast: Cast, lead: Client) -> None:
    response = send(lead, cast, green=f"{OWN}\n", red=dict(RAG_KEY)[Rag.RED])
    assert response.url == reverse("plan", args=[cast.plan.pk])
    cast.plan.refresh_from_db()
    assert cast.plan.rag_key == {"green": OWN}
    page = text_of(lead, "plan_rag_key", cast.plan.pk)
    assert OWN in page
    assert "Changed so far" in page
    assert "Lena Lead" in page
    send(lead, cast, opened_with='{"green": "on track to make a difference"}')
    cast.plan.refresh_from_db()
    assert cast.plan.rag_key == {}


def test_a_meaning_too_long_is_refused_and_kept(cast: Cast, lead: Client) -> None:
    response = send(lead, cast, green="x" * 151, red="needs help")
    assert response.status_code == 400
    assert "at most 150" in response.content.decode()
    assert "needs help" in response.content.decode()


@pytest.mark.parametrize("broken", ["", "no JSON", "[]", '"x"'])
def test_a_form_without_what_it_was_opened_with_changes_nothing_unseen(broken: str, cast: Cast, lead: Client) -> None:
    own_words(cast)
    assert send(lead, cast, opened_with=broken, red="needs help").status_code == 400
    cast.plan.refresh_from_db()
    assert cast.plan.rag_key == {"green": OWN}


def test_a_second_writer_keeps_what_they_typed(cast: Cast, lead: Client) -> None:
    own_words(cast)
    response = send(lead, cast, red="needs help")
    page = response.content.decode()
    assert response.status_code == 400
    assert "Lena Lead changed these words while you were writing" in page
    assert OWN in page
    assert "needs help" in page
    again = {name: response.context["form"][name].value() for name in ("opened_with", "green", "red")}
    assert send(lead, cast, **again).status_code == 302
    cast.plan.refresh_from_db()
    assert cast.plan.rag_key == {"green": OWN, "red": "needs help"}


def green_but_overdue(cast: Cast) -> None:
    record(
        cast.action, by=cast.owner, at=AT, kind=Kind.PROGRESS, note="Fine", status="in_progress", reported_rag="green"
    )


def paper(cast: Cast, columns: tuple[str, ...]) -> Any:
    return plan_paper(cast.plan, AT.date(), columns, made_at=AT)


def test_a_paper_with_a_rating_prints_its_key_and_timeliness_beside_it(cast: Cast) -> None:
    green_but_overdue(cast)
    own_words(cast)
    cast.plan.refresh_from_db()
    made = paper(cast, RATED)
    keys = [column.key for column in made.tables[0].columns]
    assert keys[-2:] == ["timeliness", "reported_rag"]
    row = made.tables[0].rows[0].cells
    assert [cell.text for cell in row[-2:] if cell] == ["Overdue", "Green"]
    usual = dict(RAG_KEY)
    assert made.key[0] == (
        f"Owner’s rating: blue, {usual[Rag.BLUE]}; green, {OWN}; amber, {usual[Rag.AMBER]}; red, {usual[Rag.RED]}."
    )
    document = Document(BytesIO(word_document(made, AT)))
    printed = [paragraph.text for paragraph in document.paragraphs]
    assert "What the ratings mean" in printed
    assert made.key[0] in printed
    assert pdf_document(made, AT).startswith(b"%PDF")


def test_a_paper_without_a_rating_has_no_key(cast: Cast) -> None:
    assert paper(cast, CABINET_TABLE).key == ()


def test_in_every_column_timeliness_and_rating_are_neighbours() -> None:
    assert EVERYTHING.index("reported_rag") == EVERYTHING.index("timeliness") + 1


def test_a_paper_over_plans_says_where_the_words_differ(cast: Cast) -> None:
    own_words(cast)
    other = factories.a_plan(cast.council, title="Another plan")
    factories.an_action(other, cast.lead)
    rows = Action.objects.filter(plan__in=[cast.plan, other])
    made = selection_paper(rows, day=AT.date(), made_by="Lena Lead", made_at=AT, columns=RATED)
    assert [sentence.split(":")[0] for sentence in made.key[:2]] == [
        "Owner’s rating in Another plan",
        "Owner’s rating in Improvement plan 2026",
    ]


def test_the_workbook_says_what_the_ratings_mean(cast: Cast, lead: Client) -> None:
    own_words(cast)
    response = lead.get(reverse("plan_excel", args=[cast.plan.pk]))
    about = openpyxl.load_workbook(BytesIO(response.content))["About this paper"]
    said = " ".join(str(row[0].value) for row in about.iter_rows())
    assert OWN in said
    assert "may rate green what is overdue" in said


def test_green_but_overdue_is_said_on_the_plans_page(cast: Cast, lead: Client) -> None:
    green_but_overdue(cast)
    assert "Reported green, but overdue" in text_of(lead, "plan", cast.plan.pk)
