"""Each paper can be had from the plan's page, for any day, and it is kept that it was made."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from plans.papers.columns import CABINET_TABLE, EVERYTHING
from plans.papers.models import WorkingCopy
from tests.cast import Cast

PAPERS = {
    "plan_word": ("docx", b"PK", CABINET_TABLE),
    "plan_pdf": ("pdf", b"%PDF-", CABINET_TABLE),
    "plan_excel": ("xlsx", b"PK", EVERYTHING),
    "plan_csv": ("csv", b"\xef\xbb\xbf", EVERYTHING),
}


@pytest.mark.parametrize("route", PAPERS)
def test_a_paper_is_sent_as_a_file_and_kept_as_made(route: str, cast: Cast, client: Client) -> None:
    ending, begins, columns = PAPERS[route]
    client.force_login(cast.team_mate)
    answer = client.get(reverse(route, args=[cast.plan.pk]), {"as_at": "2026-03-01"})
    assert answer["Content-Disposition"] == f'attachment; filename="improvement-plan-2026-2026-03-01.{ending}"'
    assert answer.getvalue().startswith(begins)
    (release,) = WorkingCopy.objects.all()
    assert (release.format, release.made_by, release.rows) == (ending, cast.team_mate, 2)
    assert tuple(release.columns) == columns
    assert release.get_format_display() in ("Word", "PDF", "Excel", "CSV")


@pytest.mark.parametrize("route", PAPERS)
def test_no_paper_is_made_of_a_day_that_cannot_be_read(route: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.reader)
    answer = client.get(reverse(route, args=[cast.plan.pk]), {"as_at": "2026-02-30"})
    assert "text/html" in answer["Content-Type"]
    assert not WorkingCopy.objects.exists()


def test_the_plan_offers_them_all(cast: Cast, client: Client) -> None:
    client.force_login(cast.reader)
    page = client.get(reverse("plan", args=[cast.plan.pk]), {"as_at": "2026-03-01"}).content.decode()
    for route in PAPERS:
        assert f"{reverse(route, args=[cast.plan.pk])}?as_at=2026-03-01" in page
