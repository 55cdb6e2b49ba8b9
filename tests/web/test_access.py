"""No route answers anybody more than the table says, and none is without its row.

The table is in ``tests/web/access``: ``table.py`` there says how to add a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.access.answers import GO, NOT_SO, OK, REFUSALS, Row
from tests.web.access.asking import World, the_world
from tests.web.access.members import MEMBERS, OUT
from tests.web.access.objects import address, standing, worth_asking
from tests.web.access.table import ROUTES, TABLE

pytestmark = pytest.mark.django_db

# Tables of which a line is written when somebody reads or downloads.
NOTES = frozenset({"plans_event", "plans_workingcopy", "plans_making", "plans_calendaraddress"})
# What an auditor does with what is their own: filters, tokens, their calendar and reminders; and a secret’s own page.
OWN_TO_CHANGE = frozenset({"save_filter", "new_token", "calendar", "reminders", "partner_page"})


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with the_world(django_db_blocker) as found:
        yield found


def names_of(resolver: Any) -> Iterator[str]:
    """The name of every address of the URL configuration; of the administrator’s forms tests/admin tells."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or f"an address without a name: {pattern.pattern}"
        elif isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from names_of(pattern)


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(names_of(get_resolver())) == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_none_answers_more_than_the_table_says(route: str, world: World) -> None:
    wrong = []
    for row in (row for row in TABLE if row.route == route):
        world.pages.drawn_for = one_in_turn(row)
        for side, thing in world.things.at[row.kind].items():
            place = address(route, thing)
            for member in MEMBERS:
                if worth_asking(member, row.kind, side):
                    wrong += faults(world, row, side, place, member)
    assert wrong == []


def one_in_turn(row: Row) -> str:
    """For whom of those who may read it the page is drawn: another one for each row."""
    may = [member for member in MEMBERS if row.get[MEMBERS[member].role] == OK]
    return may[ROUTES.index(row.route) % len(may)] if may else ""


def faults(world: World, row: Row, side: str, place: str, member: str) -> Iterator[str]:
    """What is wrong with the answers to one member, in words; nothing, where each is as the table says."""
    stands = standing(member, row.kind, side)
    for method, expected in (("get", row.get[stands]), ("post", row.post[stands])):
        found = world.ask(member, method, place)
        said = f"{method} {row.route} ({row.kind or 'nothing'}, {side}) by {member}, {stands}: {found.code}"
        if found.code != expected:
            yield f"{said} instead of {expected}"
        turned_away = stands == OUT and found.code == GO and row.route != "partner_page"
        if turned_away and not found.location.startswith(reverse("sign_in")):
            yield f"{said}, to {found.location}"
        if (found.code in REFUSALS or turned_away) and found.wrote:
            yield f"{said}, and yet it wrote {sorted(found.wrote)}"
        only_notes = method == "get" or (member == "auditor" and row.route not in OWN_TO_CHANGE)
        if only_notes and row.route != "partner_page" and found.wrote - NOTES:
            yield f"{said}, which should change nothing, and it wrote {sorted(found.wrote)}"


def test_what_changes_something_is_never_a_link() -> None:
    by_post_alone = {row.route for row in TABLE if row.get["lead"] == NOT_SO}
    assert {"no_change", "accept_evidence", "sign_out", "hold_meeting", "revoke_token"} <= by_post_alone
