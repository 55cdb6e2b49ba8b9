"""A program for the load test: fills the database of its environment, and signs everybody in.

Prints as JSON for each person the key of a session, whether they sit on a board, and what they open.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

OFFICERS, MEMBERS = 200, 20
ACTIONS = 20_000


def main() -> list[dict[str, Any]]:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from plans.access.models import User
    from plans.improvement_plan.models import Action, Plan
    from plans.improvement_plan.timeliness import is_open
    from plans.oversight.models import Meeting

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    if not Action.objects.exists():
        call_command("load_sample", actions=ACTIONS, updates_per_action=5, seed=1, stdout=sys.stderr)
    officers = User.objects.filter(email__startswith="sample-officer-").order_by("pk")[:OFFICERS]
    chairs = list(User.objects.filter(email__startswith="sample-chair-").order_by("pk")[:MEMBERS])
    # Where there are fewer boards than members, each has several members in the place of its chair.
    members = (chairs * MEMBERS)[:MEMBERS]
    found = []
    for person in [*officers, *members]:
        browser = Client()
        browser.force_login(person)
        seen = Action.objects.visible_to(person)
        own = Action.objects.all().in_the_hands_of(person).filter(is_open())
        found.append(
            {
                "session": browser.cookies[settings.SESSION_COOKIE_NAME].value,
                "cookie": settings.SESSION_COOKIE_NAME,
                "board": person in chairs,
                "own": list(own.values_list("pk", flat=True)[:40]),
                "actions": list(seen.order_by("pk").values_list("pk", flat=True)[:200]),
                "plans": list(Plan.objects.visible_to(person).values_list("pk", flat=True)),
                "meetings": list(Meeting.objects.visible_to(person).order_by("-pk").values_list("pk", flat=True)[:3]),
            }
        )
    return found


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main()))
