"""Restoring an archive into an empty database and a storage without its files: all of it, checked, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.core.files.storage import Storage
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.improvement_plan.verification import faults_in_history
from plans.management.backup.comparing import differences_from_arrival, differences_in_files, differences_in_rows
from plans.management.backup.contents import FILLED_BY_DJANGO, Head
from plans.management.backup.encryption import Keys
from plans.management.backup.loading import bare, empty, go_on_counting, has_rows, insert
from plans.management.backup.migrations_held import (
    executor_for,
    known,
    last_of,
    named,
    recorded,
    with_squashes,
)
from plans.management.backup.problems import BackupProblem
from plans.management.backup.reading import FileBytes, Reading, check, reading
from plans.management.backup.rows import ROWS_AT_ONCE
from plans.management.backup.stored_files import store
from plans.oversight.changes import faults_in_meetings
from plans.papers.verification import faults_in_papers

Say = Callable[[str], None]
_FAULTS_SAID = 10


@dataclass
class Restored:
    """What was restored: the archive as it was read, and faults that it had when it was made."""

    archive: Reading
    faults: list[str]


def restore(
    path: Path,
    keys: Keys,
    *,
    storage: Storage,
    say: Say,
    with_faults: bool = False,
    using: str = DEFAULT_DB_ALIAS,
) -> Restored:
    """Fill the empty database and the storage from the archive, and check everything that was written.

    ``with_faults``: keep what was restored even where its history or its files had faults when the archive was made.
    Raises BackupProblem where it cannot be done; then no row and no file of it is left.
    """
    connection = connections[using]
    say("Reading the archive …")
    archive = check(path, keys)
    say(f"The archive is whole: {archive.manifest.rows:,} rows, {archive.manifest.files:,} files.")
    _refuse_rows(connection, archive)
    _refuse_files(storage, archive)
    behind = _make_tables(connection, archive.head)
    stored: list[str] = []
    try:
        with _unchecked(connection), transaction.atomic(using=using):
            _refuse_rows(connection, archive)
            _fill(path, keys, connection, archive, storage, stored, say)
            faults = _compare(connection, archive, storage, say)
            # What reads history is of this version: where the archive is older, its tables must come up first.
            if not behind:
                faults += _faults_in_history(say)
            if faults and not with_faults:
                raise BackupProblem(_said(faults))
    except BaseException as problem:
        for name in stored:
            storage.delete(name)
        if isinstance(problem, DatabaseError):
            raise BackupProblem(f"The database refused what is in the archive: {problem}") from problem
        raise
    call_command("migrate", database=using, verbosity=0)
    if behind:
        faults += _faults_in_history(say)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Restored(archive, faults)


def _refuse_rows(connection: BaseDatabaseWrapper, archive: Reading) -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    ours = [table.name for table in archive.head.tables if table.name not in FILLED_BY_DJANGO]
    filled = [name for name in ours if name in there and has_rows(connection, name)]
    if filled:
        raise BackupProblem(
            f"The database is not empty: {', '.join(filled[:5])}{' and others' if len(filled) > 5 else ''} have rows."
            " A restore overwrites nothing. Name an empty database in DATABASE_URL or DATA_DIR."
        )


def _refuse_files(storage: Storage, archive: Reading) -> None:
    for file in archive.index:
        if file.sha256 is not None and storage.exists(file.name):
            raise BackupProblem(
                f"The storage has {file.name} already. A restore overwrites nothing. Name an empty folder in MEDIA_ROOT"
                " or DATA_DIR, or an empty bucket."
            )


def _make_tables(connection: BaseDatabaseWrapper, head: Head) -> bool:
    """Bring the empty database to the migrations of the archive; answers whether this version has more of them.

    Raises BackupProblem where this version does not know the archive's, or where the database has later ones.
    """
    executor = executor_for(connection, head.migrations)
    wanted, applied = with_squashes(executor, head.migrations), set(recorded(connection))
    if missing := sorted(wanted - known(executor)):
        raise BackupProblem(
            f"The archive was made by a newer version ({head.version}): this one does not know"
            f" {named(missing)}. Install that version, and restore with it."
        )
    if further := sorted(applied - wanted):
        raise BackupProblem(
            f"The database was migrated further than the archive ({named(further)})."
            " Make a new one without any tables: they are made as the archive needs them, and migrated afterwards."
        )
    if wanted - with_squashes(executor, applied):
        executor.migrate(last_of(executor, head.migrations))
    return bool(known(executor) - wanted)


@contextmanager
def _unchecked(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """SQLite looks up each foreign key of each row unless told not to; all are checked at once at the end."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _fill(
    path: Path,
    keys: Keys,
    connection: BaseDatabaseWrapper,
    archive: Reading,
    storage: Storage,
    stored: list[str],
    say: Say,
) -> None:
    """Write every row, then every file; ``stored`` gets the names of the files as they are written."""
    tables = archive.head.tables
    last = ""
    with reading(path, keys) as read:
        parts = read.parts()
        with bare(connection, tables):
            empty(connection, tables)
            first_file = None
            for part in parts:
                if isinstance(part, FileBytes):
                    first_file = part
                    break
                if part.table.name != last:
                    say(f"{part.table.name} …")
                    last = part.table.name
                while batch := list(islice(part.rows, ROWS_AT_ONCE)):
                    insert(connection, part.table, batch)
            say("Indexes, foreign keys and search …")
        go_on_counting(connection, tables, archive.manifest.tables)
        for part in chain([first_file] if first_file else [], parts):
            if isinstance(part, FileBytes):
                store(storage, part.name, part.stream, part.size)  # type: ignore[arg-type]
                stored.append(part.name)
    say(f"Files: {len(stored):,} stored")


def _compare(connection: BaseDatabaseWrapper, archive: Reading, storage: Storage, say: Say) -> list[str]:
    """Hold what was written against the archive; answers the faults that the archive itself had.

    Raises BackupProblem where anything is not as it is there.
    """
    say("Reading every row and file back …")
    differences = [
        *differences_in_rows(connection, archive.head.tables, archive.manifest, say),
        *differences_in_files(storage, archive.index),
    ]
    if differences:
        raise BackupProblem("What was restored is not what is in the archive:\n" + "\n".join(differences))
    return list(differences_from_arrival(archive.index))


def _faults_in_history(say: Say) -> list[str]:
    say("Verifying history …")
    return [*faults_in_history(), *faults_in_meetings(), *faults_in_papers()]


def _said(faults: list[str]) -> str:
    more = f"\nand {len(faults) - _FAULTS_SAID:,} more" if len(faults) > _FAULTS_SAID else ""
    return (
        "The archive was restored as it is, and it had faults when it was made:\n"
        + "\n".join(faults[:_FAULTS_SAID])
        + more
        + "\nNothing was kept. To keep it with its faults, give --with-faults."
    )
