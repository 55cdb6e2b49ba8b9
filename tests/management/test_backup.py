"""A backup holds every row and file as at one moment, whoever writes meanwhile, and is whole or not there."""

from __future__ import annotations

import errno
import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.models import FileField

from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.management.backup import archive as archives
from plans.management.backup.contents import LEFT_OUT, Head, head_of, product_version, table_of
from plans.management.backup.encryption import Keys, make_key
from plans.management.backup.migrations_held import executor_for, models_at
from plans.management.backup.problems import BackupProblem, DamagedArchive, WrongKey
from plans.management.backup.reading import check, reading
from plans.management.backup.rows import digest_of
from plans.management.backup.taking import snapshot, take
from plans.monitoring.models import Evidence
from tests import factories
from tests.cast import Cast
from tests.management.backed_up import fill
from tests.management.own_databases import Databases, databases, in_database

__all__ = ["databases"]
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def filled(databases: Databases) -> Iterator[Cast]:
    with in_database(databases.migrated()):
        yield fill()


def taken(folder: Path, keys: Keys | None = None, at: datetime = AT) -> Path:
    return take(folder, keys or Keys(), at=at, storage=default_storage, say=lambda words: None)[0]


def test_the_archive_opens_with_any_program_and_holds_no_session(filled: Cast, tmp_path: Path) -> None:
    path = taken(tmp_path)
    with tarfile.open(path) as tar:
        names = tar.getnames()
    assert names[0] == "head.json"
    assert names[-2:] == ["manifest.json", "manifest.sha256"]
    assert "rows/plans_update/00001.jsonl.gz" in names
    assert len([name for name in names if name.startswith("files/evidence/")]) == 2
    assert not [name for name in names for table in (*LEFT_OUT, "tracker_cache") if table in name]
    assert path.stat().st_mode & 0o077 == 0
    read = check(path, Keys())
    assert (read.manifest.files, read.manifest.faults, read.head.version) == (3, [], product_version())
    assert product_version() != "unknown"


def test_every_table_is_in_it_or_left_out_for_a_reason(databases: Databases) -> None:
    with in_database(databases.migrated()) as own:
        head = head_of(own, AT.isoformat())
        with own.cursor() as cursor:
            there = set(own.introspection.table_names(cursor))
        others = {name for name in there if "_search" in name} | {"django_migrations", "tracker_cache"}
        assert {table.name for table in head.tables} == there - set(LEFT_OUT) - others
        assert Head.from_json(head.as_json()) == head
        executor = executor_for(own, head.migrations)
        assert models_at(executor, head.migrations) is apps
        executor.loader.disk_migrations["plans", "9999_later"] = Migration("9999_later", "plans")
        before = models_at(executor, head.migrations).get_models(include_auto_created=True)
        by_name = {table.name: table for table in head.tables}
        for model in before:
            name = model._meta.db_table
            if name not in LEFT_OUT:
                assert table_of(name, model._meta.pk, model._meta.local_concrete_fields) == by_name[name]


def test_every_file_is_in_the_storage_that_is_backed_up() -> None:
    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, FileField)
    ]
    assert len(fields) >= 5
    assert all(field.storage is default_storage for field in fields)


def test_what_is_recorded_while_it_is_made_is_in_it_wholly_or_not_at_all(filled: Cast, tmp_path: Path) -> None:
    before, said = filled.action.version, []  # type: int, list[str]

    def record_meanwhile(words: str) -> None:
        if words.startswith("plans_action:"):  # the actions are written, their updates are not
            action = Action.objects.get(pk=filled.action.pk)
            record(
                action, by=filled.owner, at=factories.START + timedelta(days=9), kind=Kind.PROGRESS, note="Meanwhile"
            )
            said.append(words)

    path, _ = take(tmp_path, Keys(), at=AT, storage=default_storage, say=record_meanwhile)
    assert said
    assert Update.objects.filter(note="Meanwhile").exists()
    with reading(path, Keys()) as read:
        version, last = 0, 0
        for part in read.parts():
            table = getattr(part, "table", None)
            if table and table.name == "plans_action":
                version = next(row[table.place("version")] for row in part.rows if row[0] == filled.action.pk)  # type: ignore[union-attr]
            if table and table.name == "plans_update":
                own = [row for row in part.rows if row[table.place("action_id")] == filled.action.pk]  # type: ignore[union-attr]
                last = max(row[table.place("sequence")] for row in own)
    assert version == last == before


def test_a_file_that_is_missing_or_changed_is_said(filled: Cast, tmp_path: Path) -> None:
    first, second = Evidence.objects.order_by("pk")
    default_storage.delete(first.file.name)
    with default_storage.open(second.file.name, "wb") as file:
        file.write(b"something else")
    out, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("backup", to=tmp_path, stdout=out, stderr=errors)
    assert ended.value.code == 2
    assert f"{first.file.name} (plans_evidence {first.pk}): the file is missing." in errors.getvalue()
    assert f"{second.file.name} (plans_evidence {second.pk}): the file is no longer what arrived." in errors.getvalue()
    call_command("backup", verify=next(tmp_path.glob("*.tar")), stdout=out, stderr=errors)
    assert "The backup is whole" in out.getvalue()
    assert "When it was made: " in errors.getvalue()


def test_a_file_taken_away_meanwhile_is_no_fault(filled: Cast, tmp_path: Path) -> None:
    first = Evidence.objects.order_by("pk").first()
    assert first is not None

    def take_away(words: str) -> None:
        if words.startswith("plans_evidence:"):
            default_storage.delete(first.file.name)
            Evidence.objects.filter(pk=first.pk).delete()

    _, manifest = take(tmp_path, Keys(), at=AT, storage=default_storage, say=take_away)
    assert manifest.faults == []
    assert "taken away while the backup was made" in manifest.notes[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole archive of no tables."""
    folder = tmp_path_factory.mktemp("small")
    with archives.writing(folder, AT, Keys()) as (archive, path):
        archive.put_head(Head("1", AT.isoformat(), "sqlite", (), ()))
        archive.add_stream("files/a.txt", 300_000, io.BytesIO(b"abc" * 100_000))
        archive.manifest.index_sha256 = index_of(archive)
    return path


def index_of(archive: archives.Archive) -> str:
    import hashlib

    from plans.management.backup.rows import line_of

    lines = archives.Lines(archive, archives.INDEX)
    lines.add(line_of(["a.txt", 300_000, hashlib.sha256(b"abc" * 100_000).hexdigest(), None, "t", "file", 1]))
    return lines.end()


def encrypted(small: Path, folder: Path) -> tuple[Path, Keys]:
    make_key(folder / "key")
    keys = Keys((folder / "key").read_text())
    with archives.writing(folder, AT, Keys(str(keys.public[0]))) as (archive, path):
        archive.put_head(Head("1", AT.isoformat(), "sqlite", (), ()))
        archive.add_stream("files/a.txt", 300_000, io.BytesIO(b"abc" * 100_000))
        archive.manifest.index_sha256 = index_of(archive)
    return path, keys


def test_an_altered_or_cut_off_archive_is_refused_wherever_it_was_hurt(small: Path, tmp_path: Path) -> None:
    whole = small.read_bytes()
    assert check(small, Keys()).index[0].name == "a.txt"
    hurt = tmp_path / "hurt.tar"
    contents = [place for place in range(600, len(whole) - 3000, 7001) if whole[place]]
    assert len(contents) > 30
    for place in contents:
        hurt.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DamagedArchive):
            check(hurt, Keys())
    end = whole.index(b"manifest.sha256")
    for length in (0, 1, 511, 512, 5000, 200_000, end - 513, end, end + 520):
        hurt.write_bytes(whole[:length])
        with pytest.raises(DamagedArchive):
            check(hurt, Keys())


def test_an_encrypted_archive_opens_with_its_key_alone_and_only_whole(small: Path, tmp_path: Path) -> None:
    path, keys = encrypted(small, tmp_path)
    assert path.name.endswith(".tar.age")
    assert b"abcabc" not in path.read_bytes()
    assert check(path, keys).index[0].name == "a.txt"
    make_key(tmp_path / "another")
    for wrong, words in (
        (Keys(), "encrypted"),
        (Keys(str(keys.public[0])), "a public key was given"),
        (Keys((tmp_path / "another").read_text()), "not made for this key"),
    ):
        with pytest.raises(WrongKey, match=words):
            check(path, wrong)
    whole, hurt = path.read_bytes(), tmp_path / "hurt.age"
    for changed in (whole[:-1], whole[: len(whole) // 2], whole[:100_000] + b"?" + whole[100_001:], whole + b"?"):
        hurt.write_bytes(changed)
        with pytest.raises(DamagedArchive):
            check(hurt, keys)


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupProblem, match="none that we know"):
        Keys("correct horse battery staple")
    make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "key")
    (tmp_path / "empty").write_text("# nothing\n")
    with pytest.raises(CommandError, match="There is no key"):
        call_command("backup", to=tmp_path, key_file=tmp_path / "empty")


@pytest.mark.parametrize("secret", [False, True])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: bool) -> None:
    make_key(tmp_path / "key")
    keys = Keys((tmp_path / "key").read_text() if secret else "")
    room = 1_000_000

    def full(file: Any, *args: Any) -> Any:
        opened = io.open(file, *args)  # noqa: PTH123, SIM115, UP020
        if not isinstance(file, int) or "w" not in args[0] or len(args) > 1:
            return opened

        class Full(io.BufferedWriter):
            def write(self, data: Any) -> int:
                if self.tell() + len(data) > room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(data)

        return Full(opened.detach())

    monkeypatch.setattr(archives, "open", full, raising=False)

    def write() -> None:
        with archives.writing(tmp_path / "to", AT, keys) as (archive, _):
            for number in range(5):
                archive.add(f"files/{number}", bytes(500_000))

    with pytest.raises(BackupProblem, match="is full"):
        write()
    assert list((tmp_path / "to").iterdir()) == []


def test_only_the_oldest_of_our_own_archives_are_deleted(tmp_path: Path) -> None:
    names = [archives.name_of(AT + timedelta(days=day), encrypted=day % 2 == 0) for day in range(5)]
    others = ["improvement-plans.tar", "notes.txt", f"copy-of-{names[0]}", f".{names[4]}.partial"]
    for name in names + others:
        (tmp_path / name).touch()
    assert archives.prune(tmp_path, 2, datetime.now(UTC)) == names[:3]
    assert {path.name for path in tmp_path.iterdir()} == {*names[3:], *others}
    archives.prune(tmp_path, 2, datetime.now(UTC) + timedelta(days=2))
    assert f".{names[4]}.partial" not in {path.name for path in tmp_path.iterdir()}


def test_the_command_takes_keeps_and_says(filled: Cast, tmp_path: Path, settings: Any) -> None:
    make_key(tmp_path / "key")
    settings.BACKUP_DIR = tmp_path / "to"
    settings.BACKUP_KEY = str(Keys((tmp_path / "key").read_text()).public[0])
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / archives.name_of(AT, encrypted=True)).touch()
    out = StringIO()
    call_command("backup", keep=1, stdout=out)
    assert "3 files" in out.getvalue()
    assert " encrypted" in out.getvalue()
    assert "NOT" not in out.getvalue()
    assert f"{archives.name_of(AT, encrypted=True)} deleted." in out.getvalue()
    (path,) = (tmp_path / "to").iterdir()
    call_command("backup", verify=path, key_file=tmp_path / "key", stdout=out)
    assert "The backup is whole" in out.getvalue()
    with pytest.raises(CommandError, match="at least one"):
        call_command("backup", keep=0)


def test_a_hash_of_a_table_sees_any_change(filled: Cast) -> None:
    with snapshot() as own:
        table = next(each for each in head_of(own, "").tables if each.name == "plans_organisation")
        before = digest_of(own, table)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE plans_organisation SET region = 'x' WHERE id = (SELECT MIN(id) FROM plans_organisation)")
    with snapshot() as own:
        assert digest_of(own, table)[0] == before[0]
        assert digest_of(own, table)[1] != before[1]
