"""Evidence is kept whole or not at all; measures say where they stand on any day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.rules import Rag
from plans.monitoring import changes
from plans.monitoring.changes import AskedExtension, OfferedEvidence, add_evidence, submit_update
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Evidence, Measure, Reading
from plans.monitoring.readings import state_of_measure
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 2, 1)
EARLIER = PrintedDate(date(2026, 1, 31), Precision.MONTH, "")
LATER = PrintedDate(date(2026, 6, 30), Precision.MONTH, "")


def offered(**fields: Any) -> OfferedEvidence:
    return OfferedEvidence(**{"kind": "output", "title": "Minutes", **fields})


def a_file() -> ContentFile:
    return ContentFile(b"Minutes", "minutes.txt")


def test_a_file_is_kept_with_its_hash_under_a_name_that_tells_nothing(cast: Cast) -> None:
    kept = add_evidence(cast.action, offered(file=a_file(), file_kind=TEXT), by=cast.owner, at=AT)
    assert kept.sha256 == changes.hash_of_file(kept.file)
    assert "minutes" not in kept.file.name
    assert (kept.original_name, kept.size, str(kept)) == ("minutes.txt", 7, "Minutes")


def test_a_file_goes_again_where_its_row_cannot_be_kept(cast: Cast) -> None:
    before = _files()
    with pytest.raises(IntegrityError):
        add_evidence(cast.action, offered(title="", file=a_file(), file_kind=TEXT), by=cast.owner, at=AT)
    assert _files() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        add_evidence(cast.action, offered(title="Neither"), by=cast.owner, at=AT)


def _files() -> list[str]:
    return default_storage.listdir("evidence")[1] if default_storage.exists("evidence") else []


def test_nobody_accepts_their_own_evidence(cast: Cast, client: Client) -> None:
    kept = add_evidence(cast.action, offered(link="https://example.org/minutes"), by=cast.lead, at=AT)
    with pytest.raises(RefusedChange, match="other than the person"):
        changes.accept_evidence(kept, by=cast.lead, at=AT)
    client.force_login(cast.lead)
    page = client.post(reverse("accept_evidence", args=[kept.pk]), follow=True).content.decode()
    assert "Somebody other than the person who added it" in page
    client.force_login(cast.administrator)
    page = client.post(reverse("accept_evidence", args=[kept.pk]), follow=True).content.decode()
    assert "Accepted: Minutes." in page
    assert Evidence.objects.get().accepted_by == cast.administrator
    assert client.get(reverse("evidence", args=[kept.pk])).status_code == 404, "a link is no file"


def test_a_file_that_is_gone_is_said_to_be_missing(cast: Cast, client: Client) -> None:
    kept = add_evidence(cast.action, offered(file=a_file(), file_kind=TEXT), by=cast.owner, at=AT)
    kept.file.storage.delete(kept.file.name)
    client.force_login(cast.owner)
    assert client.get(reverse("evidence", args=[kept.pk])).status_code == 404


def test_evidence_added_later_is_not_on_an_earlier_page(cast: Cast, client: Client) -> None:
    add_evidence(cast.action, offered(link="https://example.org/minutes"), by=cast.owner, at=AT)
    client.force_login(cast.owner)
    address = reverse("action", args=[cast.action.pk])
    assert "No evidence yet" in client.get(address, {"as_at": "2026-01-20"}).content.decode()
    assert "No evidence yet" not in client.get(address, {"as_at": "2026-02-01"}).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"status": "complete", "extension": AskedExtension(LATER, "Vacancy")}, "needs no extension"),
        (
            {
                "status": "in_progress",
                "extension": AskedExtension(EARLIER, "x"),
            },
            "later than the current one",
        ),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(cast: Cast, said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedChange, match=sentence):
        submit_update(cast.action, by=cast.owner, at=AT, note="x", **said)
    assert cast.action.updates.count() == 1


def test_completing_takes_back_an_extension_that_was_asked(cast: Cast) -> None:
    submit_update(
        cast.action, by=cast.owner, at=AT, status="in_progress", note="x", extension=AskedExtension(LATER, "Vacancy")
    )
    assert cast.action.extension_pending
    submit_update(cast.action, by=cast.owner, at=factories.moment(2026, 2, 2), status="complete", note="Done after all")
    assert not cast.action.extension_pending


@pytest.fixture
def measure(cast: Cast) -> Measure:
    found = Measure.objects.create(
        organisation=cast.council, code="P1", name="Plans lasting two years", unit="%", better="lower", target=8
    )
    for month, value in ((1, 15), (2, 12), (3, 8)):
        Reading.objects.create(
            measure=found, period_ends=date(2026, month, 28), period_printed=f"month {month}", value=value
        )
    Reading.objects.create(
        measure=found, kind="year to date", period_ends=date(2026, 3, 31), period_printed="Year to date", value=11
    )
    return found


@pytest.mark.parametrize(
    ("day", "value", "rag", "better"),
    [
        (date(2025, 12, 31), None, None, None),
        (date(2026, 1, 31), 15, Rag.RED, None),
        (date(2026, 2, 28), 12, Rag.RED, True),
        (date(2026, 4, 1), 8, Rag.GREEN, True),
    ],
)
def test_a_measure_stands_where_its_readings_were_by_then(
    measure: Measure, day: date, value: int | None, rag: Rag | None, better: bool | None
) -> None:
    state = state_of_measure(measure, measure.readings.all(), day)
    assert (state.latest.value if state.latest else None) == (Decimal(value) if value else None)
    assert (state.rag, state.better) == (rag, better)
    assert all(reading.kind == "month" for reading in state.period_readings)


def test_a_measures_page_has_chart_table_and_corrections(measure: Measure, cast: Cast, client: Client) -> None:
    measure.areas.add(cast.area)
    reading = measure.readings.get(period_ends=date(2026, 3, 28))
    reading.value = Decimal(9)
    reading.save()
    client.force_login(cast.lead)
    page = client.get(reverse("measure", args=[measure.pk])).content.decode()
    assert "<strong>9%</strong>" in page
    assert "app-chart" in page
    assert "target 8%" in page
    assert "from 8% to 9%" in page
    assert "Getting better." in page
    listed = client.get(reverse("measures")).content.decode()
    assert "Getting better" in listed
    assert "Red" in listed
    assert "9%" in listed
    early = client.get(reverse("measures"), {"as_at": "2025-12-31"}).content.decode()
    assert "No reading yet" in early
    assert str(reading) == "month 3: 9"


def test_getting_worse_and_targets_in_words_are_said(cast: Cast, client: Client) -> None:
    worse = Measure.objects.create(organisation=cast.council, name="Timely visits", target_printed="Improve")
    for month, value in ((1, 70), (2, 60)):
        Reading.objects.create(measure=worse, period_ends=date(2026, month, 28), value=value)
    Measure.objects.create(organisation=cast.council, name="Nothing yet", unit="days")
    client.force_login(cast.lead)
    listed = client.get(reverse("measures")).content.decode()
    assert "Getting worse" in listed
    assert "Improve" in listed
    assert "None set" in listed
    assert "against “Improve”" in client.get(reverse("measure", args=[worse.pk])).content.decode()
