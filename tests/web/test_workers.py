"""What a worker was doing that was killed is taken up by another, once; and not for ever."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from plans.papers import making
from plans.papers.models import Making, ReleaseFile
from plans.web import background, workers
from tests.cast import Cast
from tests.papers.test_making import AT, a_copy, a_ready_release, asked


@pytest.fixture
def queue(settings: Any, db: None) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def claimed(wanted: Making, worker: str) -> DBTaskResult:
    """The task of a paper, as the worker has it."""
    task = DBTaskResult.objects.ready().get(args_kwargs__args=[wanted.pk])
    task.claim(worker)
    return task


def states() -> list[str]:
    return list(DBTaskResult.objects.values_list("status", flat=True))


def test_what_a_living_worker_does_is_left_to_it(cast: Cast, queue: None) -> None:
    wanted = a_copy(cast)
    background.start(wanted)
    workers.beat("one")
    claimed(wanted, "one")
    workers.take_over(background.give_up)
    assert workers.lost() == []
    assert states() == ["RUNNING"]


def test_what_a_lost_worker_did_is_queued_again_and_made_once(cast: Cast, queue: None) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    background.start(wanted)
    workers.beat("one")
    claimed(wanted, "one")
    Making.objects.filter(pk=wanted.pk).update(state=Making.State.WORKING, began_at=AT, step="Reading the plan")
    cache.delete("worker:one")
    workers.take_over(background.give_up)
    assert states() == ["READY"]
    again = claimed(wanted, "two")
    again.task.call(background.TaskContext(task_result=again.task_result), wanted.pk)
    wanted.refresh_from_db()
    assert wanted.state == Making.State.DONE
    assert ReleaseFile.objects.filter(release=release).count() == 4


def test_a_paper_that_was_issued_before_the_worker_was_lost_is_not_issued_again(cast: Cast, db: None) -> None:
    release = a_ready_release(cast)
    wanted = asked(release, cast)
    making.make(wanted.pk, timezone.now)
    Making.objects.filter(pk=wanted.pk).update(state=Making.State.WORKING, ended_at=None)
    making.begin_again(wanted.pk)
    making.make(wanted.pk, timezone.now)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem) == (Making.State.DONE, "")
    assert ReleaseFile.objects.filter(release=release).count() == 4


def test_a_worker_that_was_only_taken_for_lost_does_not_end_what_another_makes(cast: Cast, db: None) -> None:
    wanted = a_copy(cast)

    def overtaken(read: Any) -> Any:
        """While the first reads, a second begins again and has not ended."""
        Making.objects.filter(pk=wanted.pk).update(began_at=AT.replace(hour=9))
        return read()

    making.make(wanted.pk, timezone.now, overtaken)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.began_at) == (Making.State.WORKING, AT.replace(hour=9))
    assert not wanted.file


def test_what_kills_every_worker_is_given_up_and_says_so(cast: Cast, queue: None) -> None:
    wanted = a_copy(cast)
    background.start(wanted)
    for number in range(workers.MOST_ATTEMPTS):
        claimed(wanted, f"lost-{number}")
        Making.objects.filter(pk=wanted.pk).update(state=Making.State.WORKING)
        workers.take_over(background.give_up)
    assert states() == ["FAILED"]
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem) == (Making.State.FAILED, making.WORKERS_LOST)
    workers.take_over(background.give_up)


def test_a_page_that_waits_for_a_lost_worker_wakes_another(
    cast: Cast, queue: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(background, "_wake", lambda: woken.append(1))
    wanted = a_copy(cast)
    background.start(wanted)
    settings.WAKE_WORKER = True
    workers.beat("one")
    claimed(wanted, "one")
    wanted.state = Making.State.WORKING
    background.wake_for(wanted)
    assert woken == []
    cache.delete("worker:one")
    background.wake_for(wanted)
    assert woken == [1]


def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(worker: str) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(workers, "beat", away)
    with caplog.at_level(logging.WARNING):
        workers.Heart("one", background.give_up).once()
    assert "the connection is closed" in caplog.text
