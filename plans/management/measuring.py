"""Time and memory of one piece of work, each in a process of its own: a peak of memory is a process's, not a call's."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

_STATUS = Path("/proc/self/status")
_BYTES_PER_MEGABYTE, _KILOBYTES_PER_MEGABYTE = 1_048_576, 1_024


@dataclass(frozen=True)
class Measured:
    """``seconds`` that passed and ``worked``, those of the processors, both the median of the runs; and memory in MB.

    ``megabytes``: the most that the process held during its first run.
    """

    seconds: float
    worked: float
    megabytes: float


@dataclass(frozen=True)
class Line:
    """A hot path at one size beside its floor, the plainest way to do as much. ``most``: the ratio that is held to."""

    path: str
    size: int
    ours: Measured
    floor: Measured
    most: float

    @property
    def ratio(self) -> float:
        """How many times the floor's work ours is, which does not depend on what else the machine does."""
        return self.ours.worked / self.floor.worked

    @property
    def held(self) -> bool:
        return self.ratio <= self.most


def measured(work: Callable[..., Any], *given: Any, runs: int) -> Measured:
    """``work(*given)`` makes ready what it measures and gives it back as a call, which is made ``runs`` times.

    ``work`` is a function of a module: a new process imports it.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_in_child, work, given, runs).result()


def _in_child(work: Callable[..., Callable[[], Any]], given: tuple[Any, ...], runs: int) -> Measured:
    call = work(*given)
    passed, worked, most = [], [], 0.0
    for _ in range(runs):
        began, had_worked = time.perf_counter(), time.process_time()
        call()
        passed.append(time.perf_counter() - began)
        worked.append(time.process_time() - had_worked)
        most = most or peak()
    return Measured(median(passed), median(worked), most)


def begin_peak() -> None:
    """Count the most memory of this process anew, where the system lets it."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """The most memory of this process so far, in MB.

    Where the system says it for the process since it began its program, it is taken: what resource usage says is
    handed down from the process that started it.
    """
    if _STATUS.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())):
        return int(found[1]) / _KILOBYTES_PER_MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _BYTES_PER_MEGABYTE
