"""Who opens an address: the cast and six more, each with one client, and where each stands to a thing."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from plans.access.models import Organisation, User
from plans.access.rules import Role
from tests import factories
from tests.cast import Cast

HERE, ELSEWHERE = "Westshire", "Eastshire"
OUT, HOLDER, FOREIGN, FOREIGN_ADMINISTRATOR = "signed out", "holder", "foreign", "foreign administrator"


@dataclass(frozen=True)
class Member:
    """What somebody is in their own council; ``council`` is empty for whoever counts as signed out."""

    role: str
    council: str = HERE


MEMBERS = {
    "owner": Member("officer"),  # holds the post that leads action 1.1
    "team_mate": Member("officer"),
    "other_officer": Member("officer"),  # holds the post that leads an action of the council's other plan
    "lead": Member("lead"),
    "administrator": Member("administrator"),
    "board_member": Member("board member"),  # sits on the board that oversees the first plan and not on the other
    "partner": Member("partner"),  # has an account, and holds the post that leads action 1.2
    "reader": Member("reader"),
    "auditor": Member("auditor"),
    "stranger": Member("lead", ELSEWHERE),
    "far_officer": Member("officer", ELSEWHERE),
    "nobody": Member(OUT, ""),
    "partner_by_link": Member(OUT, ""),  # has opened the link that was sent
    "deactivated": Member(OUT, ""),  # the account was closed while its session was open
}
STANDINGS = (
    OUT, HOLDER, "officer", "lead", "administrator", "board member", "partner", "reader", "auditor", FOREIGN,
    FOREIGN_ADMINISTRATOR,
)  # fmt: skip


def more_people(cast: Cast) -> dict[str, User]:
    """Those that the cast does not have; ``far_administrator`` only gives invitations and opens no address."""
    elsewhere = Organisation.objects.get(name=ELSEWHERE)
    return {
        "other_officer": factories.a_person("Otis Other", role=Role.OFFICER, of=cast.council),
        "far_officer": factories.a_person("Fay Far", role=Role.OFFICER, of=elsewhere),
        "far_administrator": factories.a_person("Edith East", role=Role.ADMINISTRATOR, of=elsewhere),
        "deactivated": factories.a_person("Dee Gone", role=Role.LEAD, of=cast.council),
    }


def clients_of(people: dict[str, User], partner_secret: str) -> dict[str, Client]:
    """One client for each member, signed in once."""
    clients = {name: Client() for name in MEMBERS}
    for name in MEMBERS:
        if name in people:
            clients[name].force_login(people[name])
    # The session stays, as it would if closing the account had ended none.
    User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    assert clients["partner_by_link"].get(reverse("partner_page", args=[partner_secret])).status_code == 200
    return clients
