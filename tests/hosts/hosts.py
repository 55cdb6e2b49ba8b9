"""Two web processes that share nothing but PostgreSQL and the bucket, as if on two hosts; and workers beside them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests

from tests.hosts.servers import (
    ROOT,
    PostgreSQL,
    answers,
    free_port,
    postgresql_with_replica,
    running,
    s3_environment,
    wait_until,
)

PASSWORD = "a long password"


@dataclass
class Hosts:
    """``facts``: what seed.py says. ``one`` and ``two``: the addresses of the web processes."""

    facts: dict[str, Any]
    database: PostgreSQL
    environment: dict[str, str]
    one: str
    two: str
    folder: Path

    def worker(self) -> Any:
        """A worker that runs until its block ends."""
        words = ["db_worker", "--interval", "0.05", "--no-startup-delay", "--no-reload"]
        return running([sys.executable, "manage.py", *words], self.environment | {"DATA_DIR": str(self.folder / "w")})

    def ask(self, statement: str) -> Any:
        """The first column of the first row that the primary answers."""
        with psycopg.connect(self.database.url("primary"), autocommit=True) as connection:
            found = connection.execute(statement)
            row = found.fetchone() if found.description else None
        return row[0] if row else None

    def log_of(self, host: str) -> str:
        return (self.folder / f"{host}.log").read_text()


class Visitor:
    """A browser without script: keeps its cookies, and sends the form of a page back with what it types."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["Connection"] = "close"

    def get(self, address: str, **words: str) -> requests.Response:
        return self.session.get(address, params=words, timeout=60)

    def send(self, opened: str, to: str = "", files: dict[str, Any] | None = None, **typed: str) -> requests.Response:
        """Open the form of a page, and send it to that page of the same or of another host."""
        page = self.get(opened).text
        form = max(re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL), key=len)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return self.session.post(to or opened, data=hidden | typed, files=files, timeout=60)

    def sign_in(self, host: str, who: str) -> requests.Response:
        return self.send(f"{host}/sign-in/", login=who, password=PASSWORD)


@contextmanager
def two_hosts(programs: Path, s3: str, folder: Path) -> Iterator[Hosts]:
    """Two web processes, one primary with a replica, one bucket. Nothing is shared on disk but the stylesheet."""
    with ExitStack() as stack, postgresql_with_replica(programs, folder / "postgresql") as database:
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")} | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "the same on every host " * 3,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "false",
            "DATABASE_URL": database.url("primary"),
            "DATABASE_REPLICA_URL": database.url("replica"),
            "DATABASE_POOL": "4",
            "SEPARATE_WORKER": "true",
            "STATIC_ROOT": str(folder / "static"),
            **s3_environment(s3),
        }
        seeded = subprocess.run(
            [sys.executable, "-m", "tests.hosts.seed"],
            env=environment | {"DATA_DIR": str(folder / "seed")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert seeded.returncode == 0, seeded.stderr
        addresses = []
        for name in ("one", "two"):
            port = free_port()
            data = {"DATA_DIR": str(folder / name)}
            words = ["tracker.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2", "--capture-output"]
            command = [sys.executable, "-m", "gunicorn", *words, "--log-file", str(folder / f"{name}.log")]
            stack.enter_context(running(command, environment | data))
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            wait_until(lambda address=address: answers(f"{address}/sign-in/"), "A web process")
        yield Hosts(json.loads(seeded.stdout), database, environment, *addresses, folder)
