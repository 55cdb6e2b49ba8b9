"""A small plan with everything in it that a backup could lose or bend on its way."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from plans.access.models import User
from plans.audit.models import Event
from plans.documents.changes import Upload, keep_document
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind
from plans.monitoring.models import Evidence, Measure, Reading
from tests import factories
from tests.cast import Cast, make_cast

# What text formats, JSON and the two engines write in different ways.
AWKWARD = "Tab\t, line\nend\r\n, back\\slash \\N \\., “quotes”, 'single', \u2028, €, 👩‍👧, é and e\u0301, \x1f"
NESTED = {"b": 1, "a": {"z": [1.0, 2.5, -0.0, 1e16, 1e-7, None, True], "": "\u0001 ünï"}, "aa": []}


def fill() -> Cast:
    """Fill the default database and storage: three files, awkward text, decimals, JSON, and a session."""
    cast = make_cast()
    at = factories.START + timedelta(days=1, microseconds=123_456)
    record(cast.action, by=cast.owner, at=at, kind=Kind.PROGRESS, note=AWKWARD, next_step=AWKWARD)
    record(cast.action, by=cast.owner, at=at + timedelta(seconds=1), kind=Kind.PROGRESS, note="", next_step="Later")
    measure = Measure.objects.create(organisation=cast.council, name="Timely", baseline=Decimal("14.20"))
    measure.actions.add(cast.action)
    Reading.objects.create(measure=measure, period_ends=at.date(), period_printed="January", value=Decimal("-0.05"))
    Event.objects.create(at=at, by="somebody", what="test.awkward", subject=AWKWARD[:50], details=NESTED)
    keep_document(
        Upload("report.pdf", b"%PDF- a report"), organisation=cast.council, kind="other", title="Report", by=cast.lead,
        at=at,
    )  # fmt: skip
    for number in range(2):
        evidence_of(cast.action, cast.owner, f"evidence {number}".encode() * 1000, at)
    Session.objects.create(session_key="a" * 32, session_data="signed in", expire_date=datetime(2100, 1, 1, tzinfo=UTC))
    # A key that was given and is no more: it must not be given again.
    gone = factories.an_organisation("Gone")
    gone.delete()
    return cast


def evidence_of(action: Action, by: User, data: bytes, at: datetime) -> Evidence:
    evidence = Evidence(
        action=action, title="Minutes", added_by=by, added_at=at, sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )  # fmt: skip
    evidence.file.save("minutes.txt", ContentFile(data), save=False)
    evidence.save(force_insert=True)
    return evidence


def stored_names() -> set[str]:
    """Every file in the storage."""

    def below(folder: str) -> set[str]:
        folders, files = default_storage.listdir(folder)
        here = {f"{folder}/{name}".lstrip("/") for name in files}
        return here.union(*(below(f"{folder}/{name}".lstrip("/")) for name in folders))

    return below("")


def rows_there() -> int:
    """How many rows the product's own tables have."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith("plans_")]
        total = 0
        for name in names:
            if "_search" not in name:
                cursor.execute(f"SELECT COUNT(*) FROM {name}")
                total += cursor.fetchone()[0]
    return total
