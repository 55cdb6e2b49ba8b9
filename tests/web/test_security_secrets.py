"""No secret in a log, in a report of a fault or in the trail: not of a person, not of the installation."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from plans.audit.models import Event
from plans.web.error_reports import HIDDEN, SECRET_PREFIXES, Report, WithoutSecrets, without_secrets
from plans.web.security import SECRET_WORDS
from tests.cast import Cast
from tests.web.api.callers import secret_of
from tests.web.signing_in import sign_in
from tests.web.test_security_headers import secret_addresses

TYPED = "correct horse battery"
CODE = "codefromtheprovider42"
PLAIN = logging.Formatter("%(levelname)s %(name)s %(message)s")


class Kept(logging.Handler):
    """Every line as the plainest handler would write it, with its trace."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(PLAIN.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """All loggers at DEBUG, those too that do not pass on what they are told.

    Those whose level the settings fix stay there, whatever LOG_LEVEL says: lines of SQL and of templates hold values.
    """
    handler = Kept()
    fixed = {name for name, said in configured.LOGGING["loggers"].items() if "level" in said} - {"django.request"}
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name not in fixed]
    before = [(one, one.level, one.propagate, one.disabled) for one in [logging.root, *named]]
    for one in [logging.root, *named]:
        one.setLevel(logging.DEBUG)
        one.propagate, one.disabled = True, False
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)
    for one, level, propagate, disabled in before:
        one.setLevel(level)
        one.propagate, one.disabled = propagate, disabled


def secrets_in(addresses: dict[str, str]) -> list[str]:
    """The part of each address that is the secret."""
    return [
        part
        for route, address in addresses.items()
        if SECRET_WORDS[route]
        for part in address.removesuffix(".ics").split("?")[0].strip("/").split("/")[-1:]
    ]


def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page known by a secret has a fault in it."""

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("plans.web.views.calendars.events_of", fails)
    monkeypatch.setattr("plans.web.views.partner_page.actions_of", fails)
    monkeypatch.setattr("plans.web.views.account_invitations.show", fails, raising=False)


@pytest.mark.parametrize("with_faults", [False, True])
def test_no_secret_is_in_any_line_of_any_logger(
    with_faults: bool, cast: Cast, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = secret_addresses(cast)
    token, client = secret_of(cast.lead), Client(raise_request_exception=False)
    if with_faults:
        faulty(monkeypatch)
    statuses = set()
    for address in addresses.values():
        for ask in (client.get, client.post, client.put):
            statuses.add(ask(address).status_code)
        # The same of an address that is a secret no more: what is not found is logged by the framework.
        wrong = address.replace("/?", "?").rstrip("/")[:-3] + "zzz"
        statuses.add(client.get(f"{wrong}/", follow=True).status_code)
        Client(enforce_csrf_checks=True).post(address, {"note": TYPED})
    sign_in(client, cast.owner.email, TYPED)
    sign_in(client, TYPED, TYPED)
    for secret in (token, "ipt_unknownunknownunknown"):
        client.get(reverse("api_plans"), headers={"Authorization": f"Bearer {secret}"})
        client.get(reverse("api_unknown", args=["x"]), {"token": secret})
    assert 404 in statuses
    assert (500 in statuses) == with_faults
    assert kept.lines
    written = "\n".join(kept.lines)
    for secret in [*secrets_in(addresses), token, "unknownunknown", TYPED, CODE, "secretcode"]:
        assert secret not in written, [line for line in kept.lines if secret in line]


def test_the_trail_keeps_no_secret(cast: Cast) -> None:
    addresses, token, client = secret_addresses(cast), secret_of(cast.lead), Client()
    for address in addresses.values():
        client.get(address)
    client.get(reverse("api_plans"), headers={"Authorization": f"Bearer {token}"})
    sign_in(client, TYPED, TYPED)
    events = Event.objects.values_list("by", "what", "subject", "subject_ref", "details")
    assert len(events) > 3
    written = json.dumps(list(events), default=str)
    for secret in [*secrets_in(addresses), token, TYPED]:
        assert secret not in written


def test_every_secret_address_begins_with_a_known_word(cast: Cast) -> None:
    for route, address in secret_addresses(cast).items():
        if SECRET_WORDS[route]:
            assert address.lstrip("/").startswith(SECRET_PREFIXES), route
        shown = without_secrets(f"Not Found: {address}")
        assert HIDDEN in shown
        assert not any(secret in shown for secret in [*secrets_in({route: address}), "secretcode"])


def test_a_line_keeps_what_is_no_secret() -> None:
    record = logging.LogRecord("django.request", logging.INFO, "", 1, "%s: %s", ("Not Found", "/plans/7/?q=Sam"), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == f"Not Found: /plans/7/?{HIDDEN}"
    assert without_secrets("Nothing “here” is an address.") == "Nothing “here” is an address."


def a_report(**typed: str) -> Report:
    secret = "partnersecret0123456789"
    request = RequestFactory().post(
        f"/partner/{secret}/?code={CODE}",
        typed,
        headers={"Authorization": f"Bearer ipt_{secret}", "Cookie": f"sessionid={secret}", "Referer": f"/x/{secret}"},
    )
    try:
        hidden_word = TYPED
        raise RuntimeError(f"Nothing at /partner/{secret}/ for {len(hidden_word)}")
    except RuntimeError as error:
        return Report(request, type(error), error, error.__traceback__, is_email=True)


def test_a_report_of_a_fault_tells_where_and_not_what(settings: Any) -> None:
    settings.DATABASE_URL = "postgres://tracker:databasepassword@db/tracker"
    settings.EMAIL_URL = "smtp://tracker:mailpassword@mail:587"
    settings.OIDC_CLIENT_SECRET = "oidcsecretvalue"
    settings.METRICS_TOKEN = "metricstokenvalue"
    settings.EMAIL_HOST_PASSWORD = "hostpasswordvalue"
    report = a_report(password=TYPED, note="Sam was seen at home")
    for said in (report.get_traceback_html(), report.get_traceback_text()):
        assert "RuntimeError" in said
        assert "a_report" in said
        for secret in (
            "partnersecret", CODE, TYPED, "Sam was seen", "databasepassword", "mailpassword", "oidcsecretvalue",
            "metricstokenvalue", "hostpasswordvalue", configured.SECRET_KEY,
        ):  # fmt: skip
            assert secret not in said, secret


def test_the_mail_to_the_administrators_is_that_report(settings: Any) -> None:
    settings.ADMINS = [("ICT", "ict@example.org")]
    report = a_report(password=TYPED)
    handler = AdminEmailHandler(include_html=True)
    handler.addFilter(WithoutSecrets())
    path = report.request.path
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "%s: %s", ("Internal Server Error", path),
        (report.exc_type, report.exc_value, report.tb),
    )  # fmt: skip
    record.request = report.request
    handler.handle(record)
    (sent,) = mail.outbox
    alternatives = "".join(str(content) for content, _ in sent.alternatives)
    for part in (sent.subject, sent.body, alternatives):
        assert "partnersecret" not in part
        assert TYPED not in part
    assert HIDDEN in sent.subject


def test_on_ones_own_machine_the_report_is_whole(settings: Any) -> None:
    settings.DEBUG = True
    assert TYPED in a_report(note=TYPED).get_traceback_html()


def test_a_report_of_work_outside_a_request_is_made_too() -> None:
    try:
        raise RuntimeError("a fault")
    except RuntimeError as error:
        report = Report(None, type(error), error, error.__traceback__)
    assert "RuntimeError" in report.get_traceback_text()
