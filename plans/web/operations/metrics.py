"""What Prometheus reads: requests by route, and what the database says of work that waits. No person, no council.

Counts of requests are of one process, or of all processes of a host where PROMETHEUS_MULTIPROC_DIR names a folder for
them (docs/operations.md). What is counted in the database is the same whichever process is asked.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from plans.monitoring.models import Evidence
from plans.oversight.chasing import Reminder
from plans.papers.models import Release, WorkingCopy
from plans.papers.rules import Stage

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

of_process = CollectorRegistry()
_requests = Counter(
    "tracker_requests", "Requests answered.", ["route", "method", "status"], registry=of_process
)  # fmt: skip
_seconds = Histogram(
    "tracker_request_seconds", "Seconds until the answer.", ["route"], buckets=BUCKETS, registry=of_process
)  # fmt: skip
_queries = Counter("tracker_database_queries", "Queries made.", ["route"], registry=of_process)
_database_seconds = Counter("tracker_database_seconds", "Seconds spent in queries.", ["route"], registry=of_process)


def note_request(route: str, method: str, status: int, seconds: float, queries: int, database_seconds: float) -> None:
    """Count one request that was answered."""
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route).observe(seconds)
    _queries.labels(route).inc(queries)
    _database_seconds.labels(route).inc(database_seconds)


class FromDatabase:
    """What is counted in the database, at the moment of asking."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            found = list(self._counted())
            up = 1
        except Error:
            found, up = [], 0
        yield _gauge("tracker_database_up", "Whether the database answers.", up)
        yield from found

    def _counted(self) -> Iterator[Metric]:
        now = timezone.now()
        tasks = GaugeMetricFamily("tracker_tasks", "Work outside the web processes.", labels=["state"])
        counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(many=Count("pk")))
        for state in ("READY", "RUNNING", "FAILED"):
            tasks.add_metric([state.lower()], counts.get(state, 0))
        yield tasks
        oldest = DBTaskResult.objects.ready().aggregate(at=Min("enqueued_at"))["at"]
        age = (now - oldest).total_seconds() if oldest else 0
        yield _gauge("tracker_oldest_waiting_task_seconds", "For how long the oldest task has waited.", age)
        mails = GaugeMetricFamily("tracker_reminders", "Reminders kept, by what became of them.", labels=["state"])
        sent = Reminder.objects.aggregate(
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            refused=Count("pk", filter=Q(sent_at__isnull=True) & ~Q(problem="")),
            waiting=Count("pk", filter=Q(sent_at__isnull=True, problem="")),
        )
        for state, many in sent.items():
            mails.add_metric([state], many)
        yield mails
        papers = GaugeMetricFamily("tracker_papers", "Papers made.", labels=["kind"])
        papers.add_metric(["issued"], Release.objects.filter(stage=Stage.ISSUED).count())
        papers.add_metric(["working copy"], WorkingCopy.objects.count())
        yield papers
        evidence = Evidence.objects.aggregate(bytes=Sum("size"), files=Count("pk", filter=~Q(file="")))
        yield _gauge("tracker_evidence_bytes", "Size of all evidence.", evidence["bytes"] or 0)
        yield _gauge("tracker_evidence_files", "Files of evidence.", evidence["files"])


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def may_read(request: HttpRequest) -> bool:
    """Whoever sends METRICS_TOKEN; where none is set, a program on this machine that asks without a proxy."""
    if settings.METRICS_TOKEN:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics as text. Not there for anybody who may not read them."""
    if not may_read(request):
        return HttpResponseNotFound("Not found.\n", content_type="text/plain")
    counted = generate_latest(_of_all_processes())
    from_database = CollectorRegistry()
    from_database.register(FromDatabase())
    return HttpResponse(
        counted + generate_latest(from_database),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def _of_all_processes() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return of_process
    whole = CollectorRegistry()
    MultiProcessCollector(whole)
    return whole
