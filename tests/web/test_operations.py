"""What ICT looks at: health, log lines and metrics. They say how the product is, and nothing of whom it is about."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from plans.web import background
from plans.web.operations import health, metrics
from plans.web.operations.log_lines import JsonLines, PlainLines, masked, named
from tests.cast import Cast

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "192.0.2.1:8000"}


class Kept(logging.Handler):
    """Keeps the lines that a formatter makes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def of_requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "tracker.request"]


@pytest.fixture
def log() -> Iterator[Kept]:
    kept, root, requests = Kept(), logging.getLogger(), logging.getLogger("tracker.request")
    root.addHandler(kept)
    level = requests.level
    requests.setLevel(logging.DEBUG)
    yield kept
    requests.setLevel(level)
    root.removeHandler(kept)


def a_task(minutes: int, status: str = "READY") -> None:
    task = DBTaskResult.objects.create(
        task_path="plans.web.background.make_paper",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        status=status,
        run_after=timezone.now() - timedelta(days=1),
        exception_class_path="",
        traceback="",
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - timedelta(minutes=minutes))


# ---- health


def test_a_process_that_answers_is_alive_and_nothing_is_asked(
    client: Client, django_assert_num_queries: Any, db: None
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/health/live", **ELSEWHERE)
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert "no-store" in answer["Cache-Control"]


def test_health_is_answered_without_https_and_under_any_name(client: Client, settings: Any, db: None) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for name in ("health_live", "health_ready", "health_worker"):
        assert client.get(reverse(name), **ELSEWHERE).status_code == 200, name
    assert client.get(reverse("sign_in"), **ELSEWHERE).status_code in (301, 400)
    assert client.post(reverse("health_ready")).status_code == 405


def test_ready_says_a_sentence_of_each_part(client: Client, db: None) -> None:
    said = client.get("/health/ready").json()
    assert {name: part["says"] for name, part in said.items() if name != "ok"} == {
        "database": "The database answers.",
        "migrations": "All migrations are applied.",
        "storage": "The storage of files answers.",
        "work": "No work waits.",
    }


def test_a_database_that_is_away_makes_it_not_ready_but_alive(
    client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection to 10.0.0.5 refused for user secret_name")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        answer, worker = client.get("/health/ready"), client.get("/health/worker")
        assert client.get("/health/live").status_code == 200
    assert (answer.status_code, worker.status_code) == (503, 503)
    assert answer.json()["database"] == {"ok": False, "says": "The database does not answer."}
    assert "secret_name" not in answer.content.decode()
    assert "migrations" not in answer.json()


def test_missing_migrations_make_it_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("one", False)] * 2)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"]["says"] == "Migrations not applied: 2. Run “manage.py migrate”."


def test_storage_that_is_away_slow_or_closed_makes_it_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, db: None, tmp_path: Any
) -> None:
    hangs: Future[bool] = Future()
    monkeypatch.setattr(health, "STORAGE_ANSWERS_WITHIN", 0.01)
    monkeypatch.setattr(health, "_asked", hangs)
    assert client.get("/health/ready").json()["storage"]["says"] == "The storage of files did not answer in time."
    refused: Future[bool] = Future()
    refused.set_exception(PermissionError("bucket of secret_name"))
    monkeypatch.setattr(health, "_asked", None)
    monkeypatch.setattr(health._asking, "submit", lambda *args: refused)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["storage"]["says"]) == (503, "The storage of files cannot be reached.")
    monkeypatch.setattr(health, "default_storage", FileSystemStorage(tmp_path / "not" / "there" / "yet"))
    assert health.storage() == health.Finding(True, "The folder for files can be written.")
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(health, "default_storage", FileSystemStorage(tmp_path / "file"))
    assert health.storage().well is False


def test_work_that_waits_too_long_shows_and_sends_nobody_away(client: Client, db: None) -> None:
    a_task(minutes=11)
    ready, worker = client.get("/health/ready"), client.get("/health/worker")
    assert (ready.status_code, worker.status_code) == (200, 503)
    assert ready.json()["work"] == {"ok": False, "says": "The oldest piece of work has waited 11 minutes."}
    DBTaskResult.objects.all().delete()
    a_task(minutes=1)
    assert client.get("/health/worker").json()["work"]["says"] == "The oldest piece of work has waited 1 minute."


# ---- the log


def test_a_request_is_one_line_without_path_query_person_or_address(client: Client, cast: Cast, log: Kept) -> None:
    client.force_login(cast.owner)
    log.lines.clear()
    answer = client.get(reverse("action", args=[cast.action.pk]), {"as_at": "2026-03-01"}, REMOTE_ADDR="192.0.2.7")
    (line,) = log.of_requests()
    assert set(line) == {
        "time", "level", "id", "logger", "message", "method", "route", "status", "ms", "queries", "database_ms",
    }  # fmt: skip
    assert (line["route"], line["method"], line["status"], line["id"]) == ("action", "GET", 200, answer["X-Request-ID"])
    assert line["queries"] > 3
    assert 0 < line["database_ms"] <= line["ms"]
    text = json.dumps(log.lines)
    for never in ("192.0.2.7", "as_at", cast.owner.email, cast.owner.name, f"/actions/{cast.action.pk}"):
        assert never not in text


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/partner/a-secret-that-opens/", "partner_page", 404),
        ("/calendar/a-secret-that-opens.ics", "calendar_feed", 404),
        ("/invitations/accept/a-secret-that-opens/", "accept_invitation", 410),
        ("/nothing/a-secret-that-opens", "none", 404),
    ],
)
def test_a_secret_in_an_address_never_reaches_the_log(
    path: str, route: str, status: int, client: Client, db: None, log: Kept
) -> None:
    assert client.get(path, {"q": "a-secret-that-opens"}).status_code == status
    assert [(line["route"], line["status"]) for line in log.of_requests()] == [(route, status)]
    assert "a-secret-that-opens" not in json.dumps(log.lines)


def test_health_and_metrics_are_quiet_while_they_are_well(
    client: Client, db: None, log: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/health/live")
    client.get("/metrics")
    assert [line["level"] for line in log.of_requests()] == ["debug"] * 2
    client.get("/static/plans/nothing.svg")
    assert (log.of_requests()[-1]["route"], log.of_requests()[-1]["level"]) == ("static", "info")
    monkeypatch.setattr(health, "storage", lambda: health.Finding(False, "Away."))
    client.get("/health/ready")
    assert log.of_requests()[-1]["level"] == "info"


@pytest.mark.parametrize(
    ("trusted", "given", "kept"),
    [
        (True, "0af7651916cd43dd", True),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, "jane@example.org", False),
        (True, "one two three", False),
        (False, "0af7651916cd43dd", False),
    ],
)
def test_an_id_is_taken_over_from_a_trusted_proxy_alone(
    trusted: bool, given: str, kept: bool, client: Client, settings: Any
) -> None:
    settings.TRUST_REQUEST_ID = trusted
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is kept
    assert re.fullmatch(r"[\w.-]{8,64}", answer["X-Request-ID"])


def test_a_fault_is_logged_with_its_places_and_without_values(
    client: Client, db: None, log: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        local = "Jane Doe of 1 High Street"
        try:
            raise KeyError(local[:0] + "jane.doe@example.org")
        except KeyError as first:
            raise ValueError("Key exists\nDETAIL: Failing row contains (7, Jane Doe)") from first

    monkeypatch.setattr("plans.web.views.signing_in.SignIn.get", fails)
    client.raise_request_exception = False
    answer = client.get(reverse("sign_in"))
    assert answer.status_code == 500
    (line,) = [line for line in log.lines if "fault" in line]
    assert line["id"] == answer["X-Request-ID"]
    assert line["message"] == "Internal Server Error: sign_in"
    assert line["fault"][-1] == "builtins.ValueError: Key exists"
    assert any("test_operations.py" in place and place.endswith("in fails") for place in line["fault"])
    text = json.dumps(line)
    for never in ("Jane Doe", "jane.doe", "High Street"):
        assert never not in text
    assert "builtins.KeyError: [e-mail]'" in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("mail to jane.o'doe@council.example.gov.uk failed", "mail to [e-mail] failed"),
        ("postgres://tracker:s3cret@db/tracker is away", "postgres://[masked]@db/tracker is away"),
        ("Authorization: Bearer abcdef123456789", "Authorization: [masked] [masked]"),
        ("sent bearer abcdef123456789", "sent bearer [masked]"),
        ("password=hunter2&next=/plans/", "password=[masked]&next=/plans/"),
        ("{'METRICS_TOKEN': 'x y z'}", "{'METRICS_TOKEN': [masked]}"),
        ("token ipt_ab-cdefgh_ijk was used", "token [masked] was used"),
        ("GET /partner/abcdefghij/ answered", "GET /partner/[masked]/ answered"),
        ("key 3f2a9c1b7d8e4f60a1b2c3d4e5f60718 is odd", "key [masked] is odd"),
        ("Task 8c3f0a52-7a3e-4a52-9d3c-0f5f6d3c2b1a done", "Task 8c3f0a52-7a3e-4a52-9d3c-0f5f6d3c2b1a done"),
        ("Invalid request from ip=192.0.2.7: odd", "Invalid request from ip=[address]: odd"),
        ("Listening at: http://127.0.0.1:8000", "Listening at: http://127.0.0.1:8000"),
        ("Starting worker worker_id of plans", "Starting worker worker_id of plans"),
    ],
)
def test_messages_are_masked(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_a_plain_line_stays_one_line() -> None:
    record = logging.LogRecord(
        "django.security", logging.ERROR, "", 1, "Invalid host: %r\n2026 forged", ("a\tb",), None
    )
    with named("task-1"):
        line = PlainLines().format(record)
    assert "\n" not in line
    assert " error task-1 django.security Invalid host" in line


def test_what_a_task_logs_carries_its_number(db: None, log: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def makes(*args: Any) -> None:
        logging.getLogger("plans.papers.making").warning("Something of note")

    monkeypatch.setattr(background.papers, "make", makes)
    with named("of-a-request"):
        task = background.make_paper.enqueue(1)
        logging.getLogger("plans").warning("Afterwards")
    ids = [line["id"] for line in log.lines if line["message"] in ("Something of note", "Afterwards")]
    assert ids == [f"task-{task.id}", "of-a-request"]


# ---- metrics


def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(client: Client, settings: Any, db: None) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    # Through a proxy on this machine everybody comes from this machine.
    for header in metrics.FORWARDED:
        assert client.get("/metrics", headers={header: "https"}).status_code == 404, header
    settings.METRICS_TOKEN = "a token that is long"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a token that is wrong"}).status_code == 404
    good = {"Authorization": "Bearer a token that is long"}
    assert client.get("/metrics", headers=good, **ELSEWHERE).status_code == 200


def test_metrics_count_requests_by_route_and_say_nothing_of_whom(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    client.get(reverse("plan", args=[cast.plan.pk]))
    a_task(minutes=5)
    a_task(minutes=5, status="FAILED")
    answer = client.get("/metrics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert re.search(r'^tracker_requests_total\{method="GET",route="plan",status="200"\} [1-9]', text, re.MULTILINE)
    assert re.search(r'^tracker_request_seconds_bucket\{le="10.0",route="plan"\} [1-9]', text, re.MULTILINE)
    assert re.search(r'^tracker_database_seconds_total\{route="plan"\} 0\.\d+', text, re.MULTILINE)
    assert 'tracker_tasks{state="ready"} 1.0' in text
    assert 'tracker_tasks{state="failed"} 1.0' in text
    (age,) = re.findall(r"^tracker_oldest_waiting_task_seconds (.+)$", text, re.MULTILINE)
    assert 299 < float(age) < 400
    assert "tracker_evidence_bytes 0.0" in text
    for never in (cast.owner.name, cast.owner.email, cast.council.name, cast.plan.title, f"/plans/{cast.plan.pk}"):
        assert never not in text


def test_metrics_say_that_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        text = client.get("/metrics").content.decode()
    assert "tracker_database_up 0.0" in text
    assert "tracker_tasks" not in text


def test_metrics_of_several_processes_are_added_up(tmp_path: Any) -> None:
    """Each process writes files into the folder; whichever is asked adds them up."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment.pop("TEST_ON", None)
    begin = "import django; django.setup(); from plans.web.operations import metrics; "
    note = begin + "metrics.note_request('plan', 'GET', 200, 0.1, 3, 0.05)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", note], env=environment, check=True)
    tell = begin + "print(metrics.generate_latest(metrics._of_all_processes()).decode())"
    said = subprocess.run([sys.executable, "-c", tell], env=environment, check=True, capture_output=True, text=True)
    assert 'tracker_requests_total{method="GET",route="plan",status="200"} 2.0' in said.stdout
    assert 'tracker_database_queries_total{route="plan"} 6.0' in said.stdout
