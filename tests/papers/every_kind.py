"""A paper of every kind, from the plan of 2020 in the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import transaction

from plans.improvement_plan.models import Plan
from plans.papers.brief import Brief
from plans.papers.content import Paper
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.rules import Kind
from tests import factories

MADE_AT = factories.moment(2026, 4, 14, 9, 5)
DAY = date(2026, 4, 14)


def papers_of_seeds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[Kind, Paper]]:
    """A fixture's body: the papers, by their kind."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_seeds", stdout=StringIO())
        plan = Plan.objects.get(organisation__name="Derbyshire")
        brief = Brief(plan, DAY, None, "Lena Lead", MADE_AT)
        yield {kind: paper_for(kind, brief) for kind in CATALOGUE}
        transaction.set_rollback(True)
