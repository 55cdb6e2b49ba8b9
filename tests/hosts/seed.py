"""A program for a test: fills the database of its environment with the cast and a paper that is ready to be issued.

Prints what the test has to know as JSON.
"""

from __future__ import annotations

import json
import sys

import django


def main() -> dict[str, int | str]:
    from django.core.management import call_command
    from django.utils import timezone

    from plans.papers.changes import draft_release, make_ready
    from plans.papers.rules import Audience, Kind
    from tests.cast import make_cast

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    cast, now = make_cast(), timezone.now()
    drafted = draft_release(
        cast.plan, kind=Kind.FULL_PLAN, title="For cabinet", audience=Audience.EXEMPT, by=cast.lead, at=now
    )
    ready = make_ready(drafted, as_at=now, by=cast.lead, at=now, expected_version=drafted.version)
    return {
        "plan": cast.plan.pk,
        "action": cast.action.pk,
        "release": ready.pk,
        "owner": cast.owner.email,
        "lead": cast.lead.email,
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main()))
