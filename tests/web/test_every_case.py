"""Every status, rating, extension and withdrawal through every page and every paper, today and as at a past day."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from docx import Document

from plans.improvement_plan.ledger import Change, record_history
from plans.improvement_plan.models import LONDON, Action, end_of_day
from plans.improvement_plan.rules import Kind, Rag, Status
from plans.oversight.models import Meeting
from plans.oversight.overdue import figures
from tests import factories
from tests.cast import Cast

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=LONDON)
THEN = date(2026, 6, 1)
DUES = (None, date(2026, 5, 31), date(2026, 6, 30), date(2026, 12, 31))


def every_case() -> list[dict[str, Any]]:
    """Each status with each rating, with and without an asked extension, late, soon, later and without a date."""
    return [
        {"status": status, "reported_rag": rating, "asked": asked, "due": due}
        for status, rating, asked, due in product(Status, ["", *Rag], (False, True), DUES)
        if due or not asked
    ]


@pytest.fixture
def cases(cast: Cast) -> list[dict[str, Any]]:
    cases = every_case()
    histories = []
    for number, case in enumerate(cases):
        said: dict[str, Any] = {
            "reference": f"E{number}",
            "position": number + 10,
            "wording": f"Case {number}: {case['status']}, {case['reported_rag'] or 'unrated'}",
            "area_id": cast.area.pk if number % 3 else None,
            "lead_id": cast.post.pk if number % 4 else None,
            "status": case["status"],
            "reported_rag": case["reported_rag"],
            **factories.due(case["due"], "month"),
        }
        history = [Change(cast.lead, factories.START, Kind.ADDED, "Begun", changes=said)]
        if case["asked"] and case["status"] in (Status.UNREPORTED, Status.NOT_STARTED, Status.IN_PROGRESS):
            asked = {"asked_due_date": date(2027, 1, 31), "asked_due_precision": "month", "asked_reason": "Vacancy"}
            at = factories.START + timedelta(days=30)
            history.append(Change(cast.lead, at, Kind.EXTENSION_ASKED, "Vacancy", changes=asked))
        histories.append(history)
    record_history(cast.plan, histories, recorded_at=NOW)
    return cases


def addresses(cast: Cast, meeting: Meeting) -> list[str]:
    plan = [cast.plan.pk]
    return [
        reverse("plan", args=plan),
        reverse("plans"),
        reverse("actions"),
        reverse("overdue"),
        f"{reverse('overdue')}?show=all&group=lead",
        f"{reverse('movement')}?plan={cast.plan.pk}&since=2026-02-01",
        reverse("early_warning"),
        reverse("plan_coverage", args=plan),
        reverse("inspection", args=[cast.inspection.pk]),
        reverse("meeting", args=[meeting.pk]),
        reverse("my_actions"),
        reverse("plan_csv", args=plan),
        reverse("plan_word", args=plan),
        reverse("plan_excel", args=plan),
        reverse("plan_pdf", args=plan),
    ]


@pytest.mark.parametrize("member", ["lead", "owner"])
def test_every_case_goes_through_every_page_and_paper(
    cast: Cast, cases: list[dict[str, Any]], client: Client, member: str
) -> None:
    client.force_login(getattr(cast, member))
    meeting = Meeting.objects.create(board=cast.board, starts_at=NOW - timedelta(days=1))
    with time_machine.travel(NOW, tick=False):
        for address in addresses(cast, meeting):
            for as_at in ("", "2026-06-01"):
                between = "&" if "?" in address else "?"
                answer = client.get(f"{address}{between}as_at={as_at}" if as_at else address)
                assert answer.status_code == 200, (address, as_at)


def test_each_case_has_its_own_page(cast: Cast, cases: list[dict[str, Any]], client: Client) -> None:
    client.force_login(cast.lead)
    with time_machine.travel(NOW, tick=False):
        for action in Action.objects.filter(plan=cast.plan).order_by("pk")[::7]:
            assert client.get(reverse("action", args=[action.pk])).status_code == 200


@pytest.mark.parametrize("day", [THEN, NOW.date()])
def test_page_and_papers_agree_on_every_number(
    cast: Cast, cases: list[dict[str, Any]], client: Client, day: date
) -> None:
    """The plan's page, the overdue list, CSV and Word count alike, as at any day."""
    client.force_login(cast.lead)
    with time_machine.travel(NOW, tick=False):
        past = {} if day == NOW.date() else {"as_at": day.isoformat()}
        rows = Action.objects.as_at(end_of_day(day) if past else None).filter(plan=cast.plan)
        counted = figures(rows, day)
        paper = client.get(reverse("plan_csv", args=[cast.plan.pk]), past)
        lines = list(csv.DictReader(io.StringIO(b"".join(paper).decode("utf-8-sig"))))
        word = client.get(reverse("plan_word", args=[cast.plan.pk]), past).content
        page = client.get(reverse("overdue"), {**past, "plan": cast.plan.pk})
        plan = client.get(reverse("plan", args=[cast.plan.pk]), past).content.decode()
    assert len(lines) == counted.all
    assert sum(line["Timeliness"] == "Overdue" for line in lines) == counted.overdue
    assert sum(line["Timeliness"] == "Due soon" for line in lines) == counted.due_soon
    assert sum(int(line["Days later than first agreed"]) > 0 for line in lines) == counted.late_against_first
    assert sum(len(table.rows) - 1 for table in Document(io.BytesIO(word)).tables[:1]) == counted.all
    assert page.context["table"].paginator.count == counted.overdue
    assert f"{counted.overdue} overdue" in plan
    assert f"<strong>{counted.all} actions</strong>" in plan
