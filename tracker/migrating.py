"""Migrations beside a site that is open: what may be in one, and an index that is made without a lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_FREE = (
    migrations.CreateModel,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RemoveIndex,
    migrations.RemoveConstraint,
    migrations.RenameIndex,
    migrations.AlterModelTableComment,
)
_GONE = (migrations.RemoveField, migrations.DeleteModel)
_RENAMED = (migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


class AddIndexWithoutLock(AddIndexConcurrently):
    """An index that is made while rows are written: concurrently on PostgreSQL, plainly on SQLite.

    The migration needs ``atomic = False``, and holds nothing but indexes.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


_INDEXES = (AddIndexWithoutLock, migrations.RemoveIndex)


def faults_of(migration: migrations.Migration, state: ProjectState) -> list[str]:
    """What in a migration stops the version that is still running, or locks a table that may be large; in sentences.

    ``state``: the tables before it. Operations marked ``safe_beside_the_version_before`` were looked at by somebody.
    """
    new_tables: set[str] = set()
    found: list[str] = []
    operations = list(migration.operations)
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            operations += operation.database_operations
            continue
        if isinstance(operation, migrations.CreateModel):
            new_tables.add(operation.name.lower())
        table = getattr(operation, "model_name", "").lower()
        if table not in new_tables and not getattr(operation, "safe_beside_the_version_before", False):
            found += [f"{operation.describe()}: {fault}" for fault in _faults(operation, migration, state)]
        operation.state_forwards(migration.app_label, state)
    return found


def _faults(operation: Operation, migration: migrations.Migration, state: ProjectState) -> Iterator[str]:
    if isinstance(operation, _GONE):
        yield "the version before still reads it. Take it out of the code first, and drop it one version later."
    elif isinstance(operation, _RENAMED):
        yield "the version before knows the old name alone. Add the new one, fill it, and drop the old one later."
    elif isinstance(operation, migrations.AddField):
        yield from _faults_of_new(operation.field)
    elif isinstance(operation, migrations.AlterField):
        before = state.models[migration.app_label, operation.model_name.lower()].fields[operation.name]
        yield from _faults_of_change(before, operation.field)
    elif isinstance(operation, AddIndexWithoutLock):
        if migration.atomic or not all(isinstance(one, _INDEXES) for one in migration.operations):
            yield "it needs a migration with atomic = False, with nothing in it but indexes."
    elif isinstance(operation, migrations.AddIndex):
        yield "it locks the table against writing while it is made. Use AddIndexWithoutLock."
    elif isinstance(operation, migrations.AddConstraint):
        yield "it looks at every row under a lock, and the version before may write what it refuses."
    elif isinstance(operation, migrations.RunPython):
        if len(migration.operations) > 1:
            yield "filling rows belongs in a migration of its own, so that no lock is held meanwhile."
    elif not isinstance(operation, _FREE):
        yield "it is not known to be safe beside the version before. Look at it, and mark it."


def _faults_of_new(field: models.Field[Any, Any]) -> Iterator[str]:
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield "the version before does not fill it. Let it be empty, or give it a db_default."
    if field.unique:
        yield "a unique column locks the table while its index is made. Add the index afterwards, without lock."


def _faults_of_change(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> Iterator[str]:
    if before.null and not after.null:
        yield "it may not be empty any more, and the version before may leave it so. Tighten it one version later."
    if before.get_internal_type() != after.get_internal_type():
        yield "another type rewrites the table under a lock. Add another column instead."
        return
    if after.unique and not before.unique:
        yield "a unique column locks the table while its index is made."
    if before.max_length and after.max_length and after.max_length < before.max_length:
        yield "it is shorter, and the version before may write more."
