"""The files that rows name: which there are, copied out of the storage and into it, always through Django's storage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.contents import Table
from plans.management.backup.problems import BackupProblem
from plans.management.backup.rows import Row

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A stored file: its name, its size and SHA-256 as read (none where it is missing), and the row that names it.

    ``row_sha256`` is what the row says that the file had when it arrived, where it says so.
    """

    name: str
    size: int | None
    sha256: str | None
    row_sha256: str | None
    table: str
    column: str
    key: int

    def as_row(self) -> Row:
        return list(astuple(self))


def named_by(table: Table, row: Row) -> Iterable[StoredFile]:
    """The files that a row names, not read yet."""
    for column in table.files:
        name = row[table.place(column)]
        if name:
            kept = row[table.hash_of_file] if table.hash_of_file is not None else None
            yield StoredFile(name, None, None, kept or None, table.name, column, row[table.place(table.key)])


def hash_of(storage: Storage, name: str) -> str:
    """SHA-256 of a stored file. Raises FileNotFoundError where it is missing."""
    digest = hashlib.sha256()
    with storage.open(name, "rb") as file:
        while data := file.read(_BLOCK):
            digest.update(data)
    return digest.hexdigest()


def still_named(connection: BaseDatabaseWrapper, file: StoredFile, key: str) -> bool:
    """Whether the row names the file at this moment too."""
    quote = connection.ops.quote_name
    question = f"SELECT 1 FROM {quote(file.table)} WHERE {quote(key)} = %s AND {quote(file.column)} = %s"
    with connection.cursor() as cursor:
        cursor.execute(question, [file.key, file.name])
        return cursor.fetchone() is not None


class _Sized(File):
    """A stream of a known size, for a storage to read from in pieces."""

    def __init__(self, stream: Any, name: str, size: int) -> None:
        super().__init__(stream, name)
        self.stream, self.size = stream, size

    def chunks(self, chunk_size: int | None = None) -> Any:
        while data := self.stream.read(chunk_size or _BLOCK):
            yield data

    def seekable(self) -> bool:
        return False


def store(storage: Storage, name: str, stream: IO[bytes], size: int) -> None:
    """Put a file into the storage under exactly this name. Raises BackupProblem where the storage gives it another."""
    given = storage.save(name, _Sized(stream, name, size))
    if given != name:
        storage.delete(given)
        raise BackupProblem(f"The storage has a file {name} already. Restore into a storage that has none of them.")
