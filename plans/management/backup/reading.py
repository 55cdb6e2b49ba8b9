"""Reading an archive from its beginning to its end, and checking on the way that every byte is what was written."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from plans.management.backup.archive import FILES, HEAD, INDEX, MANIFEST, MANIFEST_HASH, ROWS
from plans.management.backup.contents import Head, Manifest, Table, sha256
from plans.management.backup.encryption import Keys, unsealed
from plans.management.backup.problems import DamagedArchive
from plans.management.backup.rows import Row
from plans.management.backup.stored_files import StoredFile

_BLOCK = 1024 * 1024
_CHUNK = re.compile(r"(?P<folder>.+/)\d{5}\.jsonl\.gz")
_CUT_OFF = "The archive is not whole: it ends before it says what was in it. Take another one."


@dataclass(frozen=True)
class Rows:
    """Some rows of a table; the rest follow."""

    table: Table
    rows: Iterator[Row]


@dataclass(frozen=True)
class FileBytes:
    """A stored file's name and its bytes, to be read before the next part is asked for."""

    name: str
    size: int
    stream: HashedStream


class HashedStream:
    """A stream that knows the SHA-256 of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def rest(self) -> str:
        """Read what is left; answers the SHA-256 of it all."""
        while self.read(_BLOCK):
            """Nobody wants it, but its hash."""
        return self._digest.hexdigest()


@dataclass
class Reading:
    """An archive that is being read; what it says of itself is complete when ``parts`` has come to its end."""

    _tar: tarfile.TarFile
    head: Head
    _head_sha256: str
    manifest: Manifest = field(default_factory=Manifest)
    index: list[StoredFile] = field(default_factory=list)

    def parts(self) -> Iterator[Rows | FileBytes]:
        """The rows by table, then the files. Raises DamagedArchive as soon as something is not as it was written."""
        tables = {table.name: table for table in self.head.tables}
        sums: dict[str, Any] = {name: hashlib.sha256() for name in tables}
        counts = dict.fromkeys(tables, 0)
        index_sum, hashes, manifest_data = hashlib.sha256(), {}, b""  # type: Any, dict[str, str], bytes
        while member := self._tar.next():
            stream = self._tar.extractfile(member)
            if stream is None:
                raise DamagedArchive(f"The archive has a part that does not belong in it: {member.name}.")
            if member.name.startswith(FILES):
                hashed = HashedStream(stream)
                name = member.name.removeprefix(FILES)
                yield FileBytes(name, member.size, hashed)
                hashes[name] = hashed.rest()
            elif member.name == MANIFEST:
                manifest_data = stream.read()
            elif member.name == MANIFEST_HASH:
                if stream.read().decode() != sha256(manifest_data):
                    raise DamagedArchive("The archive was changed: what it says of itself is not what was written.")
                self.manifest = Manifest.from_json(manifest_data)
                break
            else:
                chunk = gzip.decompress(stream.read())
                where = _CHUNK.fullmatch(member.name)
                folder = where["folder"] if where else ""
                if folder == INDEX:
                    index_sum.update(chunk)
                    self.index.extend(StoredFile(*json.loads(line)) for line in chunk.splitlines())
                    continue
                table = tables.get(folder.removeprefix(ROWS).rstrip("/"))
                if table is None:
                    raise DamagedArchive(f"The archive has a part that does not belong in it: {member.name}.")
                sums[table.name].update(chunk)
                counts[table.name] += chunk.count(b"\n")
                yield Rows(table, map(json.loads, chunk.splitlines()))
        else:
            raise DamagedArchive(_CUT_OFF)
        found = {name: (counts[name], sums[name].hexdigest()) for name in tables}
        self._compare(found, index_sum.hexdigest(), hashes)

    def _compare(self, found: dict[str, tuple[int, str]], index: str, hashes: dict[str, str]) -> None:
        if self._head_sha256 != self.manifest.head_sha256:
            raise DamagedArchive("The archive was changed: its head is not what was written.")
        for name, (count, digest) in found.items():
            said = self.manifest.tables.get(name)
            if said is None or (said.rows, said.sha256) != (count, digest):
                raise DamagedArchive(f"The archive was changed: the rows of {name} are not what was written.")
        if index != self.manifest.index_sha256:
            raise DamagedArchive("The archive was changed: its list of files is not what was written.")
        said_of_files = {file.name: file.sha256 for file in self.index if file.sha256 is not None}
        for name in said_of_files.keys() | hashes.keys():
            if said_of_files.get(name) != hashes.get(name):
                raise DamagedArchive(f"The archive was changed: the file {name} is not what was written.")


@contextmanager
def reading(path: Path, keys: Keys) -> Iterator[Reading]:
    """The archive at its beginning, with its head read.

    Raises WrongKey, and DamagedArchive (also while its parts are read) where it is not whole.
    """
    with unsealed(path, keys) as stream, _damage_said(), tarfile.open(fileobj=stream, mode="r|") as tar:
        first = tar.next()
        data = tar.extractfile(first) if first else None
        if first is None or first.name != HEAD or data is None:
            raise DamagedArchive("This is not a backup of the Improvement Plan Tracker.")
        said = data.read()
        yield Reading(tar, Head.from_json(said), sha256(said))


@contextmanager
def _damage_said() -> Iterator[None]:
    try:
        yield
    except (EOFError, tarfile.ReadError) as problem:
        raise DamagedArchive(_CUT_OFF) from problem
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as problem:
        raise DamagedArchive("The archive was changed since it was made.") from problem


def check(path: Path, keys: Keys) -> Reading:
    """Read the whole archive and check it against itself, without a database. Raises as ``reading`` does."""
    with reading(path, keys) as read:
        for part in read.parts():
            if isinstance(part, FileBytes):
                part.stream.rest()
    return read
