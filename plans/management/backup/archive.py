"""Writing an archive: a tar file that any program can open, put under its name only when it is whole.

In this order: ``head.json``; ``rows/TABLE/00001.jsonl.gz`` and so on; ``files/NAME`` with the bytes as they are;
``index/00001.jsonl.gz`` with name, size and hash of each file; ``manifest.json``, and its hash.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

from plans.management.backup.contents import NAME, Head, Manifest, TableSum, sha256
from plans.management.backup.encryption import Keys, sealed
from plans.management.backup.problems import BackupProblem

HEAD, MANIFEST, MANIFEST_HASH = "head.json", "manifest.json", "manifest.sha256"
ROWS, FILES, INDEX = "rows/", "files/", "index/"
# So much is held in memory before it is compressed and written.
CHUNK = 4 * 1024 * 1024
COMPRESSION = 3
_OURS = re.compile(rf"{NAME}-\d{{8}}T\d{{6}}Z\.tar(\.age)?")
_HALF = re.compile(rf"\.{NAME}-\d{{8}}T\d{{6}}Z\.tar(\.age)?\.partial")
_HALVES_KEPT = timedelta(days=1)


class Lines:
    """Lines that go into the archive in compressed chunks; knows how many there were and the SHA-256 of them all."""

    def __init__(self, archive: Archive, folder: str) -> None:
        self._archive, self._folder = archive, folder
        self._held, self._size, self._chunks = [], 0, 0  # type: list[bytes], int, int
        self._digest = hashlib.sha256()
        self.count = 0

    def add(self, line: bytes) -> None:
        self._held.append(line)
        self._size += len(line)
        self.count += 1
        if self._size >= CHUNK:
            self._write()

    def end(self) -> str:
        """Write what is left; answers the SHA-256."""
        if self._held:
            self._write()
        return self._digest.hexdigest()

    def _write(self) -> None:
        chunk = b"".join(self._held)
        self._held, self._size, self._chunks = [], 0, self._chunks + 1
        self._digest.update(chunk)
        name = f"{self._folder}{self._chunks:05}.jsonl.gz"
        self._archive.add(name, gzip.compress(chunk, COMPRESSION, mtime=0))


class _Stoppable:
    """A stream that can be told to forget what it is given: the tar file writes its last words even where it failed."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.stopped = False

    def write(self, data: bytes) -> int:
        return len(data) if self.stopped else self._out.write(data)


class Archive:
    """An archive that is being written, member by member."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._out = _Stoppable(out)
        self._tar = tarfile.open(fileobj=cast(Any, self._out), mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._at = int(at.timestamp())
        self.manifest = Manifest()

    def put_head(self, head: Head) -> None:
        data = head.as_json()
        self.manifest.head_sha256 = sha256(data)
        self.add(HEAD, data)

    def add(self, name: str, data: bytes) -> None:
        self.add_stream(name, len(data), io.BytesIO(data))

    def add_stream(self, name: str, size: int, data: IO[bytes]) -> None:
        """Raises OSError where there are fewer bytes than ``size``."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._at, 0o600
        self._tar.addfile(member, data)

    def rows(self, table: str) -> Lines:
        return Lines(self, f"{ROWS}{table}/")

    def rows_end(self, table: str, lines: Lines, highest: int) -> None:
        self.manifest.tables[table] = TableSum(lines.count, lines.end(), highest)

    def give_up(self) -> None:
        """Let go of what is held; nothing more is written."""
        self._out.stopped = True
        self._tar.close()

    def end(self) -> None:
        data = self.manifest.as_json()
        self.add(MANIFEST, data)
        self.add(MANIFEST_HASH, sha256(data).encode())
        self._tar.close()


def name_of(at: datetime, *, encrypted: bool) -> str:
    return f"{NAME}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{'.age' if encrypted else ''}"


@contextmanager
def writing(folder: Path, at: datetime, keys: Keys) -> Iterator[tuple[Archive, Path]]:
    """A new archive in the folder and the path that it gets at the end. Nothing is left where it is not finished.

    Raises BackupProblem where the folder cannot be written, the disk is full, or the name is taken.
    """
    final = folder / name_of(at, encrypted=bool(keys))
    half = folder / f".{final.name}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if final.exists():
            raise BackupProblem(f"{final} is there already. Wait a second, and try again.")
        file = open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")  # noqa: PTH123, SIM115
    except OSError as problem:
        raise _unwritten(folder, problem) from problem
    try:
        with file:
            with sealed(file, keys) as out:
                archive = Archive(out, at)
                try:
                    yield archive, final
                    archive.end()
                except BaseException:
                    archive.give_up()
                    raise
            file.flush()
            os.fsync(file.fileno())
        half.replace(final)
        _keep_names(folder)
    except OSError as problem:
        half.unlink(missing_ok=True)
        raise _unwritten(folder, problem) from problem
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def prune(folder: Path, keep: int, now: datetime) -> list[str]:
    """Delete all but the newest archives of ours, and halves that a crash left; answers what was deleted."""
    ours = sorted((path for path in folder.iterdir() if _OURS.fullmatch(path.name)), key=lambda path: path.name[:40])
    old = ours[:-keep]
    for path in folder.iterdir():
        if _HALF.fullmatch(path.name):
            changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            old += [path] if now - changed > _HALVES_KEPT else []
    for path in old:
        path.unlink()
    return [path.name for path in old]


def _unwritten(folder: Path, problem: OSError) -> BackupProblem:
    if problem.errno == errno.ENOSPC:
        return BackupProblem(f"The disk of {folder} is full. Nothing was kept of this backup.")
    return BackupProblem(f"The backup could not be made: {problem}. Nothing was kept of it.")


def _keep_names(folder: Path) -> None:
    """The new name itself must outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
