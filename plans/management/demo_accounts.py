"""Loads the demonstration accounts in ``fixtures/demo.toml``. For a trial installation only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from plans.access.changes import hold_post, post_named
from plans.access.models import Board, Membership, Organisation, Seat, User
from plans.improvement_plan.models import LONDON
from plans.management.reference_data import FIXTURES, read_toml
from plans.oversight.models import Meeting

PASSWORD = "improvement plan"
HELD_SINCE = date(2019, 1, 1)


@dataclass(frozen=True)
class Account:
    """Who can sign in, and what the account shows."""

    email: str
    note: str


@transaction.atomic
def load_demo_accounts() -> list[Account]:
    """Add the accounts, boards and meetings that are missing; answers every account."""
    facts = read_toml(FIXTURES / "demo.toml")
    for row in facts.get("boards", []):
        Board.objects.update_or_create(
            organisation=Organisation.objects.get(name=row["organisation"]),
            name=row["name"],
            defaults={"kind": row["kind"], "independent_chair": row.get("independent_chair", False)},
        )
    for row in facts.get("meetings", []):
        Meeting.objects.get_or_create(
            board=Board.objects.get(organisation__name=row["organisation"], name=row["board"]),
            starts_at=datetime.combine(row["on"], time(9, 30), LONDON),
            defaults={"illustration": row.get("illustration", False)},
        )
    accounts = []
    for row in facts["people"]:
        if not User.objects.filter(email=row["email"]).exists():
            _add_person(row)
        accounts.append(Account(row["email"], row["note"]))
    return accounts


def _add_person(row: dict[str, Any]) -> None:
    person = User.objects.create_user(row["email"], PASSWORD, name=row["name"])
    for role in row.get("roles", []):
        Membership.objects.create(
            person=person, organisation=Organisation.objects.get(name=role["organisation"]), role=role["role"]
        )
    for post in row.get("posts", []):
        organisation = Organisation.objects.get(name=post["organisation"])
        hold_post(person, post_named(post["title"], organisation), since=HELD_SINCE, kind=post["kind"])
    for seat in row.get("boards", []):
        board = Board.objects.get(organisation__name=seat["organisation"], name=seat["name"])
        Seat.objects.create(board=board, person=person, kind=seat["seat"])
