"""Partners’ links, tokens and the interface for programs. How to add a row: table.py."""

from tests.web.access.answers import (
    BAD,
    GO,
    GONE,
    NOT_SO,
    WITHOUT,
    Row,
    anybody,
    everybody,
    not_taken,
    reports,
    runs,
    runs_the_plan,
    same,
    their_own,
)

ROWS = [
    same("partner_links", "plan", runs_the_plan()),
    Row("new_partner_link", "plan", runs_the_plan(), runs_the_plan(BAD)),
    same("partner_link", "partner_link", runs_the_plan()),
    Row("revoke_partner_link", "partner_link", not_taken(), runs_the_plan(GO)),
    # Each answer to “again” shows the new address, once.
    Row("partner_link_again", "partner_link", not_taken(), runs_the_plan()),
    same("proposals", "", everybody()),
    Row("proposal", "proposal", runs(), runs(BAD)),
    Row("proposal", "proposal_of_the_partner", reports(), reports(BAD)),
    # Whoever has the secret of a partner’s link, signed in or not.
    Row("partner_page", "partner_secret", anybody(), anybody(GO)),
    same("tokens", "", everybody()),
    Row("new_token", "", everybody(), everybody(BAD)),
    Row("revoke_token", "token", not_taken(), their_own(GO)),
    same("interface", "", everybody()),
    # A session opens nothing for programs: what their token opens is in tests/web/api.
    Row("api_token", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_plans", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_plan", "plan", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_actions_csv", "plan", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_areas", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_inspections", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_inspection", "inspection", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_actions", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_action", "action", anybody(WITHOUT), anybody(NOT_SO)),
    same("api_action_updates", "action", anybody(WITHOUT)),
    Row("api_updates", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_measures", "", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_measure", "measure", anybody(WITHOUT), anybody(NOT_SO)),
    Row("api_readings", "", anybody(WITHOUT), anybody(NOT_SO)),
    same("api_openapi", "", everybody(signed_out=WITHOUT)),
    same("api_unknown", "unknown", anybody(GONE)),
]
