"""A database and a storage held against what an archive says: row for row by the hash of each table, file for file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.core.files.storage import Storage
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.contents import Manifest, Table
from plans.management.backup.rows import digest_of
from plans.management.backup.stored_files import StoredFile, hash_of


def differences_in_rows(
    connection: BaseDatabaseWrapper, tables: Iterable[Table], manifest: Manifest, say: Callable[[str], None]
) -> Iterator[str]:
    """A sentence for each table whose rows are not exactly those of the archive. Reads every row."""
    for table in tables:
        said = manifest.tables[table.name]
        count, digest = digest_of(connection, table)
        if count != said.rows:
            yield f"{table.name}: {count:,} rows are there, and the archive has {said.rows:,}."
        elif digest != said.sha256:
            yield f"{table.name}: at least one row is not as it is in the archive."
        elif count:
            say(f"{table.name}: {count:,} rows, the same")


def differences_in_files(storage: Storage, index: Iterable[StoredFile]) -> Iterator[str]:
    """A sentence for each file of the archive that the storage has not, or has with other bytes. Reads every file."""
    for name, wanted in {file.name: file.sha256 for file in index if file.sha256 is not None}.items():
        try:
            if hash_of(storage, name) != wanted:
                yield f"{name}: the stored file is not the one in the archive."
        except FileNotFoundError:
            yield f"{name}: the file was not stored."


def differences_from_arrival(index: Iterable[StoredFile]) -> Iterator[str]:
    """A sentence for each file that is not what its row says arrived."""
    for file in index:
        if file.row_sha256 and file.sha256 and file.row_sha256 != file.sha256:
            yield f"{file.name} ({file.table} {file.key}): the file is not what arrived: its hash differs."
