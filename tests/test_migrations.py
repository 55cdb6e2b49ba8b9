"""Migrations run while the version before is still serving: what would stop it, or lock a large table, is refused.

docs/several-hosts.md says what to do instead: add, fill, tighten. A migration that has to break the rule says why, in
an attribute ``stops_the_version_before`` of its class, and is then one for which the site is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tracker.migrating import AddIndexWithoutLock, faults_of

# Those of the first version: nobody runs one before them.
LAST_OF_THE_FIRST_VERSION = 10


def faults(*operations: Operation, atomic: bool = True) -> list[str]:
    """The faults of a migration of these operations on today's tables."""
    loader = MigrationLoader(None)
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic})
    return faults_of(made("9999_tried", "plans"), loader.project_state())


def test_no_migration_since_the_first_version_stops_the_version_before() -> None:
    loader = MigrationLoader(None)
    wrong = []
    for key, migration in loader.disk_migrations.items():
        if key[0] != "plans" or int(key[1][:4]) <= LAST_OF_THE_FIRST_VERSION:
            continue
        reason = getattr(migration, "stops_the_version_before", "")
        if len(reason) < 20:
            before = loader.project_state([key], at_end=False)
            wrong += [f"{key[1]}: {fault}" for fault in faults_of(migration, before)]
    assert wrong == []


def test_a_new_table_and_a_column_that_may_be_empty_are_welcome() -> None:
    text = models.CharField(max_length=10)
    new = migrations.CreateModel("Added", [("id", models.BigAutoField(primary_key=True)), ("name", text)])
    assert faults(new, migrations.AddField("added", "other", text), migrations.AddIndex(
        "added", models.Index(fields=["name"], name="added_name"))) == []  # fmt: skip
    assert faults(migrations.AddField("action", "hint", models.CharField(max_length=10, null=True))) == []
    assert faults(migrations.AddField("action", "hint", models.CharField(max_length=10, db_default=""))) == []
    assert faults(AddIndexWithoutLock("update", models.Index(fields=["at"], name="update_at")), atomic=False) == []
    wider = models.CharField(max_length=500, null=True)
    assert faults(migrations.AddField("action", "hint", models.CharField(max_length=10, null=True)),
                  migrations.AlterField("action", "hint", wider)) == []  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.RemoveField("action", "reference"), "still reads"),
        (migrations.DeleteModel("Evidence"), "still reads"),
        (migrations.RenameField("action", "reference", "number"), "old name"),
        (migrations.RenameModel("Evidence", "Proof"), "old name"),
        (migrations.AlterModelTable("Evidence", "proof"), "old name"),
        (migrations.AddField("action", "hint", models.CharField(max_length=10, default="")), "does not fill it"),
        (migrations.AddField("action", "hint", models.CharField(max_length=10, null=True, unique=True)), "unique"),
        (migrations.AlterField("evidence", "link", models.URLField(max_length=20)), "shorter"),
        (migrations.AlterField("evidence", "accepted_at", models.DateTimeField()), "may not be empty"),
        (migrations.AlterField("evidence", "link", models.IntegerField()), "another type"),
        (migrations.AddIndex("update", models.Index(fields=["at"], name="update_at")), "AddIndexWithoutLock"),
        (
            migrations.AddConstraint("action", models.CheckConstraint(condition=models.Q(pk__gt=0), name="x")),
            "every row",
        ),
        (migrations.RunSQL("SELECT 1"), "is not known to be safe"),
        (AddIndexWithoutLock("update", models.Index(fields=["at"], name="update_at")), "atomic = False"),
    ],
)
def test_what_stops_the_version_before_or_locks_is_refused(operation: Operation, said: str) -> None:
    (fault,) = faults(operation)
    assert said in fault


def test_rows_are_filled_in_a_migration_of_their_own() -> None:
    fill = migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)
    assert faults(fill) == []
    added = migrations.AddField("action", "hint", models.CharField(max_length=10, null=True))
    assert "migration of its own" in faults(added, fill)[0]


def test_what_was_marked_as_looked_at_is_let_through() -> None:
    looked_at = migrations.RunSQL("SELECT 1")
    looked_at.safe_beside_the_version_before = True  # type: ignore[attr-defined]
    assert faults(looked_at) == []


@pytest.fixture
def open_connection(db: None, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection outside the transaction of the test, to the same server or to a file of its own."""
    if connection.vendor == "postgresql":
        opened = connection.copy()
    else:
        opened = DatabaseWrapper(connection.settings_dict | {"NAME": str(tmp_path / "tried.sqlite3")}, "default")
        with opened.cursor() as cursor:
            cursor.execute("CREATE TABLE plans_savedfilter (id integer PRIMARY KEY, name text)")
    yield opened
    opened.close()


def test_an_index_is_made_without_a_lock_on_both_engines(open_connection: BaseDatabaseWrapper) -> None:
    """Outside a transaction, as PostgreSQL wants it; what is made is taken away again."""
    operation = AddIndexWithoutLock("savedfilter", models.Index(fields=["name"], name="tried_without_lock"))
    loader = MigrationLoader(None)
    before, after = loader.project_state(), loader.project_state()
    operation.state_forwards("plans", after)

    def indexes() -> dict[str, object]:
        with open_connection.cursor() as cursor:
            return open_connection.introspection.get_constraints(cursor, "plans_savedfilter")

    with open_connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("plans", editor, before, after)
    assert "tried_without_lock" in indexes()
    with open_connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("plans", editor, after, before)
    assert "tried_without_lock" not in indexes()
