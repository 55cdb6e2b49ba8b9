"""The interface against its own description: whatever is sent, it answers as described, with nobody else's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as product
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from plans.monitoring.models import Measure
from plans.web.api.routes import interface
from tests.cast import Cast
from tests.web.api.callers import Caller
from tests.web.api.test_reading import rich, the_other_council
from tracker.wsgi import application

__all__ = ["rich"]

OPERATIONS = [
    f"{method.upper()} {path}"
    for path, operations in interface.get_openapi_schema()["paths"].items()
    for method in operations
]
# Each case is sent with a good token instead of the made-up one: test_tokens.py sends the others.
NOT_HERE = [ignored_auth]
# No schema can say what the rules of an action refuse, nor which days are still to come.
RULED = [*NOT_HERE, positive_data_acceptance]


def described_by(operation: str) -> dict[str, Any]:
    method, path = operation.split()
    described: dict[str, Any] = interface.get_openapi_schema()["paths"][path][method.lower()]
    return described


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application answers within the test's own transaction, as the test client lets it."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


class _Undone(Exception):
    """Takes back what a case wrote."""


@pytest.mark.usefixtures("one_connection")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_described(rich: Cast, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "ALLOWED_HOSTS", ["localhost"])
    theirs = the_other_council(rich)
    caller = Caller(rich.owner, may_update=True)
    dated = any("format" in parameter["schema"] for parameter in described_by(operation)["parameters"])
    excluded = RULED if dated or operation.startswith("POST") else NOT_HERE
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers=caller.headers)
    method, path = operation.split()
    described = schema[path][method]
    mine = {
        "plan_id": rich.plan.pk,
        "action_id": rich.action.pk,
        "inspection_id": rich.inspection.pk,
        "measure_id": Measure.objects.filter(organisation=rich.council).get().pk,
    }
    others = {
        "plan_id": theirs["plans"].pk,
        "action_id": theirs["actions"].pk,
        "inspection_id": theirs["inspections"].pk,
        "measure_id": theirs["measures"].pk,
    }

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy(), whose=st.sampled_from(["anybody", "mine", "others"]))
    def holds(case: Any, whose: str) -> None:
        if whose != "anybody" and case.path_parameters:
            ids = mine if whose == "mine" else others
            case.path_parameters = {name: ids[name] for name in case.path_parameters}
        try:
            with transaction.atomic():
                answer = case.call(headers=caller.headers)
                case.validate_response(answer, excluded_checks=excluded)
                assert "Eastern" not in answer.text
                if whose == "others" and case.path_parameters:
                    assert answer.status_code in (404, 422)
                raise _Undone
        except _Undone:
            pass

    holds()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_operation_is_open_without_a_token(operation: str) -> None:
    described = described_by(operation)
    assert described["security"], operation
    assert "401" in {str(code) for code in described["responses"]}
