"""Taking a backup while the product runs: all rows as at one moment, and the files that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.core.files.storage import Storage
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.archive import FILES, INDEX, Archive, Lines, writing
from plans.management.backup.contents import Head, Manifest, Table, head_of
from plans.management.backup.encryption import Keys
from plans.management.backup.reading import HashedStream
from plans.management.backup.rows import line_of, rows_of
from plans.management.backup.stored_files import StoredFile, named_by, still_named

Say = Callable[[str], None]
_ROWS_BETWEEN_WORDS = 100_000


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the database as at one moment, while others go on writing."""
    own = connections[using].copy()
    begin = "BEGIN" if own.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    try:
        with own.cursor() as cursor:
            cursor.execute(begin)
            # The moment is that of the first question.
            cursor.execute("SELECT COUNT(*) FROM django_migrations")
        yield own
    finally:
        if own.connection is not None:
            with own.cursor() as cursor:
                cursor.execute("ROLLBACK")
        own.close()


def take(
    folder: Path, keys: Keys, *, at: datetime, storage: Storage, say: Say, using: str = DEFAULT_DB_ALIAS
) -> tuple[Path, Manifest]:
    """Write a whole archive into the folder; answers its path and what is in it, faults and notes included.

    Raises BackupProblem where it could not be written; then nothing is left of it.
    """
    with snapshot(using) as connection:
        head = head_of(connection, at.isoformat())
        with writing(folder, at, keys) as (archive, final):
            archive.put_head(head)
            files: list[StoredFile] = []
            for table in head.tables:
                files += _put_rows(archive, connection, table, say)
            _put_files(archive, files, head, connections[using], storage, say)
    return final, archive.manifest


def _put_rows(archive: Archive, connection: BaseDatabaseWrapper, table: Table, say: Say) -> list[StoredFile]:
    """Write the table's rows; answers the files that they name."""
    files: list[StoredFile] = []
    lines, key, last = archive.rows(table.name), table.place(table.key), 0
    for row in rows_of(connection, table):
        lines.add(line_of(row))
        last = row[key]
        if table.files:
            files.extend(named_by(table, row))
        if lines.count % _ROWS_BETWEEN_WORDS == 0:
            say(f"{table.name}: {lines.count:,} rows …")
    archive.rows_end(table.name, lines, max(last, highest_key(connection, table)))
    if lines.count:
        say(f"{table.name}: {lines.count:,} rows")
    return files


def highest_key(connection: BaseDatabaseWrapper, table: Table) -> int:
    """The highest key that the database ever gave in this table, so that none is given twice after a restore."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        else:
            quoted = connection.ops.quote_name(table.name)
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, table.key])
            sequence = cursor.fetchone()[0]
            if sequence is None:
                return 0
            cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _put_files(
    archive: Archive,
    files: list[StoredFile],
    head: Head,
    live: BaseDatabaseWrapper,
    storage: Storage,
    say: Say,
) -> None:
    """Write the files and the index of them, and what is amiss with any."""
    keys, manifest = {table.name: table.key for table in head.tables}, archive.manifest
    index, read = Lines(archive, INDEX), {}  # type: Lines, dict[str, StoredFile]
    found: list[StoredFile] = []
    for number, file in enumerate(files, start=1):
        if file.name in read:
            found.append(replace(file, size=read[file.name].size, sha256=read[file.name].sha256))
        else:
            found.append(_put_file(archive, file, storage))
            read[file.name] = found[-1]
        _note_what_is_amiss(manifest, found[-1], keys[file.table], live)
        if number % 1000 == 0:
            say(f"Files: {number:,} of {len(files):,} …")
    for file in found:
        index.add(line_of(file.as_row()))
    manifest.index_sha256 = index.end()
    there = [file for file in read.values() if file.sha256 is not None]
    manifest.files, manifest.file_bytes = len(there), sum(file.size or 0 for file in there)
    say(f"Files: {manifest.files:,}")


def _put_file(archive: Archive, file: StoredFile, storage: Storage) -> StoredFile:
    try:
        size = storage.size(file.name) if storage.exists(file.name) else None
        opened = storage.open(file.name, "rb") if size is not None else None
    except FileNotFoundError:
        opened = None
    if opened is None or size is None:
        return file
    with opened:
        stream = HashedStream(opened)
        archive.add_stream(f"{FILES}{file.name}", size, stream)  # type: ignore[arg-type]
        return replace(file, size=size, sha256=stream.rest())


def _note_what_is_amiss(manifest: Manifest, file: StoredFile, key: str, live: BaseDatabaseWrapper) -> None:
    named = f"{file.name} ({file.table} {file.key})"
    if file.sha256 is None and still_named(live, file, key):
        manifest.faults.append(f"{named}: the file is missing.")
    elif file.sha256 is None:
        manifest.notes.append(f"{named}: the file was taken away while the backup was made.")
    elif file.row_sha256 and file.row_sha256 != file.sha256:
        manifest.faults.append(f"{named}: the file is no longer what arrived.")
