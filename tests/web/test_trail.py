"""The trail: in plain English, for one's own organisation alone, searched, paged, as a file, and never changed."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from plans.access.models import Membership
from plans.access.rules import Role
from plans.audit.changes import note_event, note_stranger
from plans.audit.models import Event
from plans.audit.reading import LINES_A_PAGE
from plans.audit.scope import events_visible_to
from plans.audit.words import KINDS, sentence_of
from tests import factories
from tests.cast import Cast
from tests.web.test_queries import MOST, queries

PLANS = Path(__file__).resolve().parents[2] / "plans"
WRITERS = {"note_event", "note_stranger", "note"}


def constants() -> dict[str, str]:
    """Every constant of a module that names a string, by its name."""
    found = {}
    for path in PLANS.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


def named(node: ast.expr, known: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from named(node.body, known)
        yield from named(node.orelse, known)
    elif isinstance(node, ast.Name) and node.id in known:
        yield known[node.id]
    else:
        raise AssertionError(f"An event whose kind cannot be read: {ast.unparse(node)}")


def kinds_in_the_source() -> set[str]:
    known, found = constants(), set()
    for path in PLANS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS and node.args:
                found |= set(named(node.args[0], known))
    return found


def test_every_kind_of_event_has_its_words_and_no_words_are_left_over() -> None:
    written = kinds_in_the_source()
    assert len(written) > 40
    assert written - set(KINDS) == set()
    assert set(KINDS) - written == set()


def test_every_sentence_can_be_said_of_an_event_that_kept_nothing() -> None:
    event = Event(at=factories.START, by="olive@example.org", what="", subject="Minutes", details={})
    for kind in KINDS:
        event.what = kind
        said = sentence_of(event, {"olive@example.org": "Olive Owner"})
        assert "Olive Owner" in said
        assert "{" not in said


def test_what_the_administrators_forms_change_is_noted(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    address = reverse("admin:plans_user_change", args=[cast.team_mate.pk])
    said = {
        field.html_name: value
        for formset in client.get(address).context["inline_admin_formsets"]
        for form in (formset.formset.management_form, *formset.formset.initial_forms)
        for field in form
        if (value := field.value()) is not None
    }
    said |= {"name": "Tim Mate", "email": cast.team_mate.email}
    role = next(name for name, value in said.items() if name.endswith("-role") and value == "officer")
    assert client.post(address, {**said, role: "reader"}).status_code == 302
    closed, changed = Event.objects.order_by("pk").filter(by=cast.administrator.email)
    assert sentence_of(changed, {}) == (
        f"{cast.administrator.email} used the administrator’s forms: role changed, “Tim Mate: Reader, Westshire”."
    )
    assert closed.what == "person.deactivated"
    assert set(events_visible_to(cast.auditor)) == {changed, closed}


def test_a_sentence_in_plain_english(cast: Cast) -> None:
    event = note_event("evidence.downloaded", cast.action, by=cast.owner, at=factories.START)
    event.subject = "Minutes"
    assert sentence_of(event, {cast.owner.email: "Olive Owner"}) == "Olive Owner downloaded the evidence “Minutes”."


def test_the_trail_is_each_organisations_own(cast: Cast) -> None:
    elsewhere = cast.stranger.memberships.get().organisation
    Membership.objects.create(person=cast.stranger, organisation=elsewhere, role=Role.AUDITOR.value)
    Membership.objects.create(person=cast.stranger, organisation=cast.council, role=Role.READER.value)
    at = factories.START
    ours = note_event("evidence.downloaded", cast.action, by=cast.stranger, at=at)
    both = note_event("sign_in.succeeded", cast.stranger, by=cast.stranger, at=at)
    theirs = note_event("roles.changed", cast.stranger, by=cast.stranger, at=at, organisations=[elsewhere])
    unknown = note_stranger("sign_in.failed", by="unknown:1", at=at)
    assert set(events_visible_to(cast.administrator)) == {ours, both} == set(events_visible_to(cast.auditor))
    assert set(events_visible_to(cast.stranger)) == {both, theirs}
    for member in (cast.lead, cast.owner, cast.reader, cast.board_member, cast.partner):
        assert not events_visible_to(member).exists()
    cast.lead.is_superuser = True
    assert set(events_visible_to(cast.lead)) == {ours, both, theirs, unknown}


def test_leaving_an_organisation_moves_none_of_its_trail(cast: Cast) -> None:
    event = note_event("sign_in.succeeded", cast.owner, by=cast.owner, at=factories.START)
    cast.owner.memberships.all().delete()
    cast.post.holdings.all().delete()
    assert set(events_visible_to(cast.auditor)) == {event}


def test_it_is_searched_and_paged_by_place(cast: Cast, client: Client) -> None:
    for number in range(LINES_A_PAGE + 5):
        at = factories.START + timedelta(hours=number // 2)
        note_event("document.downloaded", cast.plan, by=cast.owner if number % 2 else cast.lead, at=at)
    client.force_login(cast.auditor)
    address = reverse("trail")
    first = client.get(address)
    assert len(first.context["lines"]) == LINES_A_PAGE
    second = client.get(address, {"after": first.context["older"]})
    assert len(second.context["lines"]) == 5
    assert second.context["older"] is None
    found = client.get(address, {"person": "olive", "kind": "document.downloaded", "words": "improvement"})
    assert len(found.context["lines"]) == (LINES_A_PAGE + 5) // 2
    assert "Olive Owner downloaded the document “Improvement plan 2026”." in found.content.decode()
    assert client.get(address, {"since": "5 January 2026", "until": "5 January 2026"}).context["lines"] != []
    assert client.get(address, {"until": "4 January 2026"}).context["lines"] == []
    assert client.get(address, {"after": "999999"}).status_code == 404
    refused = client.get(address, {"since": "some day", "kind": "nothing"})
    assert (refused.status_code, refused.context["lines"]) == (400, [])


def test_the_file_has_all_that_was_found_as_text_and_is_noted(cast: Cast, client: Client) -> None:
    cast.plan.title = "=1+1"
    cast.plan.save()
    note_event("document.downloaded", cast.plan, by=cast.owner, at=factories.START, name="=2+2")
    client.force_login(cast.auditor)
    response = client.get(reverse("trail_csv"), {"kind": "document.downloaded"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    heads, line = list(csv.reader(io.StringIO(text)))
    assert heads[0] == "When"
    assert (line[1], line[5]) == ("Olive Owner", "'=1+1")
    event = Event.objects.get(what="trail.downloaded")
    assert (event.by, event.details["rows"]) == (cast.auditor.email, 1)


@pytest.mark.parametrize("member", ["lead", "owner", "reader", "board_member", "partner", "stranger"])
def test_others_do_not_read_it(cast: Cast, client: Client, member: str) -> None:
    client.force_login(getattr(cast, member))
    assert client.get(reverse("trail")).status_code == 403
    assert client.get(reverse("trail_csv")).status_code == 403


def test_queries_do_not_grow(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for number in range(3):
        note_event("document.downloaded", cast.plan, by=cast.owner, at=factories.START + timedelta(hours=number))
    few = queries(client, reverse("trail"), {})
    for person in (cast.lead, cast.reader, cast.team_mate) * 10:
        note_event("document.downloaded", cast.plan, by=person, at=factories.START)
    assert queries(client, reverse("trail"), {}) == few <= MOST
