"""A site on this machine that is broken on purpose while people write, and what it has to show afterwards."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from tests.hosts.hosts import Visitor
from tests.hosts.servers import ROOT, answers, free_port, wait_until

WRITERS = 3


@dataclass
class Site:
    """Web processes of one installation. ``facts``: what seed.py says."""

    environment: dict[str, str]
    facts: dict[str, Any]
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    log: Path = Path(os.devnull)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, largest_file: int = 0) -> None:
        """Begin to serve. ``largest_file``, in bytes: no file may grow further, as on a disk that is full."""

        def limited() -> None:
            if largest_file:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        words = ["tests.faults.warm:application", "--preload", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words, "--workers", "2", "--threads", "2"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=limited,
            )
        wait_until(lambda: answers(f"{self.address}/sign-in/"), "The site")

    def stop(self) -> None:
        if self.server:
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()

    def web_processes(self) -> list[int]:
        """Those that answer; the one that began them is not among them."""
        assert self.server is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def kill_one(self, number: int) -> bool:
        """Kill a web process outright, if one lives; its place is taken at once."""
        living = self.web_processes()
        if not living:
            return False
        os.kill(living[number % len(living)], signal.SIGKILL)
        return True

    def examine(self) -> dict[str, Any]:
        """What the database holds: each note with how often, and the faults of the history."""
        found = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed", "examine"],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        result: dict[str, Any] = json.loads(found.stdout)
        return result


@contextmanager
def site_on(database: str, folder: Path) -> Iterator[Site]:
    """A site with the cast and an action for each writer, not started yet."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "PYTHONPATH")} | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SECRET_KEY": "for these tests only " * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "false",
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
    }
    words = [sys.executable, "-m", "tests.faults.seed", "fill", str(WRITERS)]
    filled = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert filled.returncode == 0, filled.stderr
    site = Site(environment, json.loads(filled.stdout), log=folder / "site.log")
    try:
        yield site
    finally:
        site.stop()


@dataclass
class Outcome:
    """What the writers sent and were told: notes acknowledged, notes of which they know nothing, pages of refusal.

    ``on_the_way``: how many updates are being sent at this moment; ``took``: seconds of the last one acknowledged.
    """

    acknowledged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    on_the_way: int = 0
    took: float = 0.05
    name: str = field(default_factory=lambda: uuid4().hex[:8])


class Writer(threading.Thread):
    """Somebody who gives one update after the other on an action of their own, and opens the form again when unsure."""

    def __init__(self, site: Site, number: int, outcome: Outcome) -> None:
        super().__init__(daemon=True)
        self.number, self.outcome = number, outcome
        self.form = f"{site.address}/actions/{site.facts['actions'][number]}/update/"
        self.visitor = Visitor()
        self.ended = threading.Event()
        signed_in = self.visitor.sign_in(site.address, site.facts["lead"])
        assert signed_in.ok, signed_in.status_code

    def run(self) -> None:
        sent = 0
        hidden: dict[str, str] = {}
        while not self.ended.is_set():
            note = f"writer {self.number} of {self.outcome.name}, update {sent}"
            try:
                hidden = hidden or self._opened()
            except requests.RequestException:
                time.sleep(0.02)
                continue
            except LookupError as answer:
                self.outcome.closed.append(str(answer))
                time.sleep(0.1)
                continue
            sent += 1
            said = hidden | {"status": "in_progress", "note": note, "delay_reason": "Two posts are vacant"}
            began = time.monotonic()
            self.outcome.on_the_way += 1
            try:
                answer = self.visitor.session.post(self.form, data=said, timeout=60, allow_redirects=False)
            except requests.RequestException:
                self.outcome.unknown.append(note)
                hidden = {}
                continue
            finally:
                self.outcome.on_the_way -= 1
            if answer.status_code == 302:
                self.outcome.acknowledged.append(note)
                self.outcome.took = time.monotonic() - began
                hidden["version"] = str(int(hidden["version"]) + 1)
            else:
                self.outcome.refused.append(f"{answer.status_code} {answer.text}")
                hidden = {}
                time.sleep(0.02)

    def _opened(self) -> dict[str, str]:
        page = self.visitor.get(self.form)
        if page.status_code != 200:
            raise LookupError(f"{page.status_code} {page.text}")
        form = max(re.findall(r"<form[^>]*method=\"post\".*?</form>", page.text, re.DOTALL), key=len)
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@contextmanager
def people_writing(site: Site) -> Iterator[Outcome]:
    """Writers at work while the block lasts."""
    outcome = Outcome()
    writers = [Writer(site, number, outcome) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield outcome
    finally:
        for writer in writers:
            writer.ended.set()
        for writer in writers:
            writer.join(90)
            assert not writer.is_alive()


def lost_or_doubled(outcome: Outcome, held: dict[str, Any]) -> list[str]:
    """What must never be: an acknowledged update that is missing, any that is there twice, a fault of the history."""
    notes: dict[str, int] = held["notes"]
    return [
        *(f"lost: {note}" for note in outcome.acknowledged if notes.get(note) != 1),
        *(f"{times} times: {note}" for note, times in notes.items() if times > 1),
        *(f"history: {fault}" for fault in held["faults"]),
        *(f"version: {fault}" for fault in held["versions"]),
    ]
