"""A program for a test: fills the database of its environment, or says what it holds. Prints JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import django


def fill(writers: int) -> dict[str, Any]:
    """The cast, and an action for each writer."""
    from django.core.management import call_command

    from tests import factories
    from tests.cast import make_cast

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    cast = make_cast()
    actions = [
        factories.an_action(
            cast.plan,
            cast.lead,
            reference=f"9.{number}",
            position=10 + number,
            area_id=cast.area.pk,
            lead_id=cast.post.pk,
        )
        for number in range(writers)
    ]
    return {"actions": [action.pk for action in actions], "lead": cast.lead.email}


def examine() -> dict[str, Any]:
    """Each note of a writer with how often it stands in the history, and all faults."""
    from plans.improvement_plan.models import Action, Update
    from plans.improvement_plan.verification import faults_in_history

    notes = Counter(Update.objects.filter(note__startswith="writer ").values_list("note", flat=True))
    last = {update.action_id: update.sequence for update in Update.objects.filter(until__isnull=True)}
    versions = [
        f"action {pk} has version {version} and {last.get(pk)} updates"
        for pk, version in Action.objects.values_list("pk", "version")
        if last.get(pk) != version
    ]
    return {"notes": notes, "faults": [str(fault) for fault in faults_in_history()], "versions": versions}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill(int(sys.argv[2])) if sys.argv[1] == "fill" else examine()))
