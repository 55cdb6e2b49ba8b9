"""Two officers save the same action at the same moment, again and again, through the view.

On SQLite run as a program of its own, as a database that two connections share has to be a file:
``python -m tests.web.two_at_once ROUNDS`` prints the outcome as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def race(rounds: int) -> dict[str, Any]:
    """Each round both open the form at the same version, type, and send at once. Answers what became of it all."""
    from django.db import connections
    from django.test import Client
    from django.urls import reverse

    from plans.improvement_plan.models import Action, Update
    from plans.improvement_plan.verification import faults_in_history
    from tests.cast import make_cast

    cast = make_cast()
    address = reverse("update_action", args=[cast.action.pk])
    barrier = Barrier(2, timeout=60)
    clients = {name: Client() for name in ("owner", "lead")}
    for name, client in clients.items():
        client.force_login(getattr(cast, name))

    def send(name: str, said: dict[str, Any]) -> Any:
        barrier.wait()
        try:
            answer = clients[name].post(address, said)
            return answer.status_code, answer.content.decode()
        finally:
            connections.close_all()

    outcome: Counter[str] = Counter()
    faults: list[str] = []
    with ThreadPoolExecutor(2) as two:
        for number in range(rounds):
            version = Action.objects.get(pk=cast.action.pk).version
            notes = {name: f"round {number} by {name}" for name in clients}
            late = {"delay_reason": "Two posts are vacant"}
            sent = {
                name: two.submit(send, name, {"version": version, "status": "in_progress", "note": note, **late})
                for name, note in notes.items()
            }
            answers = {name: answer.result() for name, answer in sent.items()}
            since = Update.objects.filter(action=cast.action, sequence__gt=version)
            recorded = set(since.values_list("note", flat=True))
            for name, other in (("owner", "lead"), ("lead", "owner")):
                status, page = answers[name]
                if status == 302 and notes[name] in recorded:
                    outcome["recorded"] += 1
                elif status == 400 and page.count(notes[name]) and notes[other] in page and "changed this" in page:
                    outcome["kept and told"] += 1
                else:
                    faults.append(f"{notes[name]}: {status}, recorded: {notes[name] in recorded}")
    history = Update.objects.filter(action=cast.action).count()
    return {
        "rounds": rounds,
        "outcome": dict(outcome),
        "updates": history - 1,
        "faults": faults,
        "history": list(faults_in_history()),
    }


def main() -> None:
    """The race on the database that TEST_ON names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    json.dump(race(int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
