"""What is restored is equal row for row and file for file, on either engine; or nothing is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import django.db.migrations
import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from plans.access.models import Organisation
from plans.audit import append_only
from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.management.backup import restoring
from plans.management.backup.contents import Head, head_of
from plans.management.backup.encryption import Keys
from plans.management.backup.migrations_held import Migration, executor_for, known, recorded, with_squashes
from plans.management.backup.problems import BackupProblem, DamagedArchive
from plans.management.backup.reading import check
from plans.management.backup.restoring import restore
from plans.management.backup.rows import digest_of
from plans.management.backup.taking import snapshot, take
from plans.monitoring.models import Evidence
from plans.oversight import search_index
from tests import factories
from tests.management.backed_up import NESTED, fill, rows_there, stored_names
from tests.management.own_databases import Databases, databases, in_database

__all__ = ["databases"]
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
Digests = dict[str, tuple[int, str]]


def quiet(words: str) -> None:
    """Says nothing."""


def put_back(path: Path, **how: Any) -> restoring.Restored:
    return restore(path, Keys(), storage=default_storage, say=quiet, **how)


def digests() -> Digests:
    """Every table of the default database by its rows and the hash over them."""
    with snapshot() as own:
        return {table.name: digest_of(own, table) for table in head_of(own, "").tables}


def new_storage() -> None:
    """An empty storage in the place of the one that there was."""
    default_storage._wrapped = InMemoryStorage()  # type: ignore[attr-defined]


@pytest.fixture
def archive(databases: Databases, tmp_path: Path) -> Iterator[tuple[Path, Digests]]:
    """A backup of the small plan, and what was in the database; the storage is empty afterwards."""
    new_storage()
    with in_database(databases.migrated()):
        fill()
        path, _ = take(tmp_path, Keys(), at=AT, storage=default_storage, say=quiet)
        were = digests()
    new_storage()
    yield path, were
    new_storage()


def test_all_of_it_is_there_again_and_goes_on(archive: tuple[Path, Digests], databases: Databases) -> None:
    path, were = archive
    out = StringIO()
    with in_database(databases.migrated()) as own:
        call_command("restore", path, stdout=out)
        assert digests() == were
        assert "Done:" in out.getvalue()
        assert "3 files have the hashes that they had" in out.getvalue()
        assert "history is whole" in out.getvalue()
        assert stored_names() == {file.name for file in check(path, Keys()).index}
        assert not Session.objects.exists()
        assert Event.objects.get(what="test.awkward").details == NESTED
        # Keys that were given before, and are no more, are not given again.
        assert Organisation.objects.create(name="Next", gss_code=None).pk > Organisation.objects.count()
        # What keeps history and what finds words is at work again.
        with own.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("UPDATE plans_update SET note = 'x'")
        assert search_index.installed(own) == search_index.wanted(own)
        action = Action.objects.order_by("pk").first()
        assert action is not None
        person = action.updates.order_by("-sequence")[0].by
        record(action, by=person, at=AT, kind=Kind.PROGRESS, note="Zebra crossing")
        call_command("verify_history", stdout=out)
        call_command("migrate", "--check", stdout=out)
        if own.vendor == "sqlite":
            with own.cursor() as cursor:
                for word in ("zebra", "quotes"):
                    cursor.execute("SELECT COUNT(*) FROM plans_update_search(%s)", [word])
                    assert cursor.fetchone()[0] == 1


def test_it_crosses_to_the_other_engine_and_back(databases: Databases, tmp_path: Path) -> None:
    """PostgreSQL cannot hold a character nought: that is said first, and nothing of it is left."""
    new_storage()
    with in_database(databases.migrated()) as own:
        fill()
        path, _ = take(tmp_path / "1", Keys(), at=AT, storage=default_storage, say=quiet)
        were, here, triggers = digests(), own.vendor, kept_triggers()
        if here == "sqlite":
            own.cursor().execute("UPDATE plans_organisation SET region = 'x' || CHAR(0)").close()
            nought, _ = take(tmp_path / "0", Keys(), at=AT, storage=default_storage, say=quiet)
    address = databases.blank("postgresql" if here == "sqlite" else "sqlite")
    new_storage()
    with in_database(address) as own:
        if here == "sqlite":
            with pytest.raises(BackupProblem, match="cannot hold a row of plans_organisation"):
                put_back(nought)
            assert (rows_there(), stored_names()) == (0, set())
        put_back(path)
        assert digests() == were
        assert search_index.installed(own) == search_index.wanted(own)
        with pytest.raises(DatabaseError):
            break_a_key(own)
        back, _ = take(tmp_path / "2", Keys(), at=AT, storage=default_storage, say=quiet)
        assert Organisation.objects.create(name="Next", gss_code=None).pk > Organisation.objects.count()
    new_storage()
    with in_database(databases.migrated()):
        put_back(back)
        assert digests() == were
        assert kept_triggers() == triggers
    new_storage()


def break_a_key(own: Any) -> None:
    with transaction.atomic(), own.cursor() as cursor:
        cursor.execute("INSERT INTO plans_membership (person_id, organisation_id, role) VALUES (0, 0, 'lead')")
        own.check_constraints()


def kept_triggers() -> set[str]:
    """The triggers that keep history."""
    question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(question)
        found = {name for (name,) in cursor.fetchall() if "_keep_" in name}
    assert len(found) >= 2 * len(append_only.APPEND_ONLY)
    return found


def test_nothing_is_overwritten(archive: tuple[Path, Digests], databases: Databases) -> None:
    path, _ = archive
    with in_database(databases.migrated()):
        default_storage.save(check(path, Keys()).index[0].name, ContentFile(b"of somebody"))
        with pytest.raises(CommandError, match="The storage has .* already"):
            call_command("restore", path, stdout=StringIO())
        assert (rows_there(), len(stored_names())) == (0, 1)
        new_storage()
        factories.an_organisation()
        with pytest.raises(CommandError, match="The database is not empty: plans_"):
            call_command("restore", path, stdout=StringIO())
        assert (Organisation.objects.count(), stored_names()) == (1, set())


@pytest.mark.parametrize("fault", ["storage", "rows", "files", "history", "foreign key"])
def test_where_anything_fails_nothing_is_left(
    archive: tuple[Path, Digests], databases: Databases, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    path, _ = archive
    save, saved = InMemoryStorage.save, []  # type: Any, list[str]

    def one_fails(self: Any, name: str, content: Any, max_length: int | None = None) -> str:
        saved.append(name)
        if fault == "storage" and len(saved) == 2:
            raise OSError("the disk is gone")
        given: str = save(self, name, content, max_length)
        if fault == "files" and len(saved) == 2:
            with self.open(name, "wb") as file:
                file.write(b"?")
        return given

    def one_more(*args: Any) -> None:
        with connection.cursor() as cursor:
            if fault == "rows":
                cursor.execute("UPDATE plans_organisation SET region = 'x'")
            if fault == "foreign key":
                cursor.execute("DELETE FROM plans_user")
        return count(*args)

    count = restoring.go_on_counting
    monkeypatch.setattr(InMemoryStorage, "save", one_fails)
    monkeypatch.setattr(restoring, "go_on_counting", one_more)
    if fault == "history":
        monkeypatch.setattr(restoring, "faults_in_history", lambda: ["Update 1: has been changed."])
    with in_database(databases.migrated()):
        with pytest.raises((BackupProblem, OSError, DatabaseError)):
            put_back(path)
        assert (rows_there(), stored_names()) == (0, set())


def test_an_altered_archive_writes_nothing(archive: tuple[Path, Digests], databases: Databases) -> None:
    path, _ = archive
    data = path.read_bytes()
    place = data.index(b"rows/plans_update/") + 700
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    with in_database(databases.migrated()):
        with pytest.raises(DamagedArchive):
            put_back(path)
        assert (rows_there(), stored_names()) == (0, set())


def test_faults_that_were_there_before_are_said_and_kept_only_if_asked(databases: Databases, tmp_path: Path) -> None:
    new_storage()
    with in_database(databases.migrated()):
        fill()
        changed = Evidence.objects.order_by("pk").first()
        assert changed is not None
        with default_storage.open(changed.file.name, "wb") as file:
            file.write(b"something else")
        path, manifest = take(tmp_path, Keys(), at=AT, storage=default_storage, say=quiet)
        assert len(manifest.faults) == 1
        updates = Update.objects.count()
    new_storage()
    with in_database(databases.migrated()):
        with pytest.raises(CommandError, match="not what arrived(.|\n)*--with-faults"):
            call_command("restore", path, stdout=StringIO())
        assert (rows_there(), stored_names()) == (0, set())
        out, errors = StringIO(), StringIO()
        call_command("restore", path, with_faults=True, stdout=out, stderr=errors)
        assert "not what arrived" in errors.getvalue()
        assert Update.objects.count() == updates
    new_storage()


def test_an_archive_of_a_newer_version_is_refused(databases: Databases) -> None:
    with in_database(databases.migrated()) as own:
        head = head_of(own, AT.isoformat())
        later = (*head.migrations, ("plans", "9999_later"))
        with pytest.raises(BackupProblem, match="newer version .*plans 9999_later"):
            restoring._make_tables(own, Head("9.0", head.made_at, "sqlite", later, head.tables))
        with pytest.raises(BackupProblem, match="migrated further .*usersessions"):
            restoring._make_tables(own, Head("0.0", head.made_at, "sqlite", head.migrations[:-1], head.tables))


def test_an_archive_of_an_older_version_is_migrated_afterwards(databases: Databases, tmp_path: Path) -> None:
    new_storage()
    target = databases.migrated()
    with in_database(target) as own:
        before, last = one_version_back(own)
    with in_database(databases.migrated()) as own:
        fill()
        one_version_back(own)
        path, _ = take(tmp_path, Keys(), at=AT, storage=default_storage, say=quiet)
        were = digests()
    assert last not in check(path, Keys()).head.migrations
    assert before in check(path, Keys()).head.migrations
    new_storage()
    with in_database(target) as own:
        assert put_back(path).faults == []
        assert last in recorded(own)
        # What content types and permissions are for newer models comes with the migration, and so do newer columns.
        now = digests()
        assert [name for name in were if now[name][0] < were[name][0]] == []
        assert now["plans_update"][0] == were["plans_update"][0]
    new_storage()


def one_version_back(own: Any) -> tuple[Migration, Migration]:
    """Take back the last migration; answers the one before it, and it."""
    executor = MigrationExecutor(own)
    (last,) = executor.loader.graph.leaf_nodes("plans")
    before = next(node.key for node in executor.loader.graph.node_map[last].parents if node.key[0] == "plans")
    executor.migrate([before])
    return before, last


def test_a_squash_is_what_it_stands_for(databases: Databases) -> None:
    with in_database(databases.migrated()) as own:
        executor = executor_for(own, recorded(own))
        old = [("plans", f"000{number}") for number in (1, 2)]
        squash = ("plans", "0001_both")
        migration = type("Both", (django.db.migrations.Migration,), {"replaces": old})("0001_both", "plans")
        executor.loader.disk_migrations[squash] = migration
        assert set(old) <= known(executor)
        assert with_squashes(executor, old) == with_squashes(executor, [squash]) == {*old, squash}
        assert with_squashes(executor, old[:1]) == set(old[:1])
