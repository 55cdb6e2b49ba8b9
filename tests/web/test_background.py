"""Long work leaves the web process: it is queued, and a worker is woken where none is kept running."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from plans.papers import making
from plans.papers.brief import Choices
from plans.papers.models import Making
from plans.papers.rules import Audience, Format, Kind
from plans.web import background
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 5, 1)


class Worker:
    """A process that runs until it is told that it has ended."""

    woken: list[Worker] = []

    def __init__(self, command: list[str], **how: Any) -> None:
        self.command, self.how, self.ended = command, how, None
        Worker.woken.append(self)

    def poll(self) -> int | None:
        return self.ended


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Worker]:
    settings.WAKE_WORKER = True
    monkeypatch.setattr(background.subprocess, "Popen", Worker)
    monkeypatch.setattr(background, "_workers", [])
    monkeypatch.setattr(Worker, "woken", [])
    return Worker.woken


def a_making(cast: Cast) -> Making:
    return making.ask_for_copy(
        cast.plan,
        kind=Kind.FULL_PLAN,
        file_format=Format.CSV,
        audience=Audience.EXEMPT,
        as_at=None,
        choices=Choices(),
        by=cast.team_mate,
        at=AT,
    )


def test_what_is_started_is_made(cast: Cast) -> None:
    wanted = a_making(cast)
    background.start(wanted)
    wanted.refresh_from_db()
    assert wanted.state == Making.State.DONE


def test_a_worker_is_woken_that_ends_when_nothing_is_left(cast: Cast, workers: list[Worker]) -> None:
    background.start(a_making(cast))
    (worker,) = workers
    assert worker.command[0] == sys.executable
    assert worker.command[2:4] == ["db_worker", "--batch"]
    assert worker.how["start_new_session"]


def test_no_more_workers_are_woken_than_the_machine_bears(cast: Cast, workers: list[Worker]) -> None:
    for _ in range(background.AT_ONCE + 2):
        background.start(a_making(cast))
    assert len(workers) == background.AT_ONCE
    workers[0].ended = 0
    background.start(a_making(cast))
    assert len(workers) == background.AT_ONCE + 1


def test_what_still_waits_wakes_one_again_and_what_does_not_wakes_none(cast: Cast, workers: list[Worker]) -> None:
    waiting = a_making(cast)
    background.wake_for(waiting)
    assert len(workers) == 1
    waiting.state = Making.State.DONE
    background.wake_for(waiting)
    assert len(workers) == 1


def test_a_worker_kept_beside_the_web_processes_is_not_woken(cast: Cast, workers: list[Worker], settings: Any) -> None:
    settings.WAKE_WORKER = False
    background.start(a_making(cast))
    assert workers == []
