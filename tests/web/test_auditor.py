"""Scrutiny or audit: reads at least what a reader reads, and the trail; changes nothing by any route."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.access.rules import ROLE_MAY, May, Role
from tests.cast import Cast
from tests.web.test_access import BAD, GO, MEMBERS, OK, TABLE, address, things

__all__ = ["things"]

# What everybody does with what is their own: their account, filters, tokens and calendar; and what leaves a line alone.
OWN = frozenset(
    {
        "start", "sign_out", "sign_in", "account_login", "mfa_authenticate", "account", "account_change_password",
        "account_set_password", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp",
        "mfa_deactivate_totp", "second_factor_wanted", "recovery_codes", "recovery_codes_file", "new_recovery_codes",
        "sessions", "end_other_sessions", "unlink_single_sign_on", "save_filter", "new_token", "calendar",
        "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
        "accept_invitation", "reminder_choice", "reminders",
    }
)  # fmt: skip
# Forms that are everybody's, about the actions in one's own hands: an auditor has none. And a secret's own page.
ABOUT_ONES_OWN_ACTIONS = frozenset({"my_actions", "return_workbook", "partner_page"})
# Tables of which a line is written when somebody reads, downloads or signs in.
NOTES = frozenset({"plans_event", "plans_workingcopy", "django_session", "usersessions_usersession", "plans_making"})
PLANS_TABLES = frozenset(model._meta.db_table for model in apps.get_app_config("plans").get_models())


def test_an_auditor_reads_what_a_reader_reads_and_more(cast: Cast, things: dict[str, Any], client: Client) -> None:
    client.force_login(cast.auditor)
    reader = MEMBERS.index("reader")
    less = {}
    for route, (kind, method, expected) in TABLE.items():
        wanted = list(expected.values())[reader]
        if method == "get" and wanted == OK:
            answer = client.get(address(route, things[kind])).status_code
            if answer != OK:
                less[route] = answer
    assert less == {}
    for route in ("trail", "trail_csv"):
        assert client.get(address(route, None)).status_code == OK


def test_an_auditor_changes_nothing_by_any_route(cast: Cast, things: dict[str, Any]) -> None:
    """Every route of the table is sent an answer: none succeeds, and none writes a row of the council's records."""
    wrote: dict[str, Any] = {}
    for route, (kind, _, _) in TABLE.items():
        if route in OWN or route.startswith("api_"):
            continue
        client = Client()
        client.force_login(cast.auditor)
        with CaptureQueriesContext(connection) as captured:
            status = client.post(address(route, things[kind]), {}).status_code
        written = sorted({table for query in captured if (table := table_written(query["sql"]))} - NOTES)
        if written or (status in (GO, BAD) and route not in ABOUT_ONES_OWN_ACTIONS):
            wrote[route] = (status, written)
    assert wrote == {}


def table_written(sql: str) -> str:
    """The table that a statement writes, of the product's own."""
    words = sql.replace('"', "").split()
    if words[:2] in (["INSERT", "INTO"], ["DELETE", "FROM"]):
        name = words[2]
    elif words[:1] == ["UPDATE"]:
        name = words[1]
    else:
        return ""
    return name if name in PLANS_TABLES else ""


def test_the_role_reads_everything_and_may_change_nothing() -> None:
    assert ROLE_MAY[Role.AUDITOR] >= ROLE_MAY[Role.READER] | {May.READ_EXEMPT_PAPERS, May.READ_TRAIL}
    assert not ROLE_MAY[Role.AUDITOR] & {May.UPDATE_ANY, May.RUN_PLANS, May.ADMINISTER}
