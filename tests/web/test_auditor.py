"""Scrutiny or audit: reads at least what a reader reads, and the trail; changes nothing by any route.

That the routes do answer so, and that none writes for an auditor, is for ``test_access.py``; here it is what its table
must say.
"""

from __future__ import annotations

from plans.access.rules import ROLE_MAY, May, Role
from tests.web.access.answers import BAD, GO, OK
from tests.web.access.table import TABLE


def test_an_auditor_reads_what_a_reader_reads_and_more() -> None:
    less = [row.route for row in TABLE if row.get["reader"] == OK and row.get["auditor"] != OK]
    assert less == []
    trail = [row for row in TABLE if row.route in ("trail", "trail_csv")]
    assert [(row.get["auditor"], row.get["reader"]) for row in trail] == [(OK, 403), (OK, 403)]


def test_an_auditor_is_sent_away_by_every_form_about_what_the_council_keeps() -> None:
    """Of things of the council, all but the post of a page that only reads is refused."""
    taken = {row.route for row in TABLE if row.kind and row.post["auditor"] in (GO, BAD)}
    assert taken <= {"partner_page", "accept_invitation", "account_reset_password_from_key"}


def test_the_role_reads_everything_and_may_change_nothing() -> None:
    assert ROLE_MAY[Role.AUDITOR] >= ROLE_MAY[Role.READER] | {May.READ_EXEMPT_PAPERS, May.READ_TRAIL}
    assert not ROLE_MAY[Role.AUDITOR] & {May.UPDATE_ANY, May.RUN_PLANS, May.ADMINISTER}
