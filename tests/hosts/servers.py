"""Real servers on this machine, for as long as a test needs them: S3-compatible storage, PostgreSQL with a replica."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUCKET = "evidence"
KEYS = {"S3_ACCESS_KEY_ID": "for-tests", "S3_SECRET_ACCESS_KEY": "for-tests", "S3_REGION": "eu-west-2"}
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} has not come about in {seconds} seconds.")
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False


@contextmanager
def running(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended, with whatever it started, when the block is: at once, as these keep nothing to tidy."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3-compatible server with an empty bucket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]):
        wait_until(lambda: answers(f"{address}/moto-api/data.json"), "The S3 server")
        urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT"), timeout=10).close()
        yield address


def s3_environment(address: str) -> dict[str, str]:
    return {"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": address, **KEYS}


# PostgreSQL


def postgresql_programs() -> Path | None:
    """The folder of the newest initdb and pg_basebackup of this machine, if any."""
    found = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    found += [Path(path).parent for path in [shutil.which("initdb")] if path]
    return next((folder for folder in reversed(found) if (folder / "pg_basebackup").exists()), None)


@dataclass
class PostgreSQL:
    """A primary and its streaming replica. ``stop`` and ``start`` take “primary” or “replica”."""

    programs: Path
    folder: Path
    ports: dict[str, int]

    def url(self, which: str, name: str = "tracker") -> str:
        return f"postgres://postgres@127.0.0.1:{self.ports[which]}/{name}"

    def run(self, *words: str) -> None:
        """Run one of its programs, which refuse to work as root."""
        command = [str(self.programs / words[0]), *words[1:]]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)

    def start(self, which: str) -> None:
        quick = "-c fsync=off -c shared_buffers=32MB"
        if which == "replica":
            quick += " -c log_statement=all"
        options = f"-p {self.ports[which]} -k {self.folder} -h 127.0.0.1 {quick}"
        data, log = self.folder / which, self.folder / f"{which}.log"
        self.run("pg_ctl", "-D", str(data), "-w", "-l", str(log), "-o", options, "start")

    def asked_of_replica(self) -> str:
        """Every statement that the replica was asked."""
        return (self.folder / "replica.log").read_text()

    def stop(self, which: str) -> None:
        self.run("pg_ctl", "-D", str(self.folder / which), "-m", "immediate", "stop")


@contextmanager
def postgresql_with_replica(programs: Path, folder: Path) -> Iterator[PostgreSQL]:
    """A primary with an empty database “tracker”, and a replica that streams from it."""
    folder.mkdir()
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = PostgreSQL(programs, folder, {"primary": free_port(), "replica": free_port()})
    server.run("initdb", "-D", str(folder / "primary"), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
    server.start("primary")
    try:
        at_primary = ["-h", "127.0.0.1", "-p", str(server.ports["primary"]), "-U", "postgres"]
        server.run("createdb", *at_primary, "tracker")
        server.run("pg_basebackup", *at_primary, "-D", str(folder / "replica"), "-R", "-c", "fast", "--no-sync")
        server.start("replica")
        try:
            yield server
        finally:
            if (folder / "replica" / "postmaster.pid").exists():
                server.stop("replica")
    finally:
        server.stop("primary")
