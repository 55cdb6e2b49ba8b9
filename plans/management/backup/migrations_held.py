"""Which migrations a database or an archive has, and how one is brought to those of the other.

A migration may stand in the place of several older ones (a squash). A database that has all of those has it too, and
the other way round: what counts is what the tables are like, not under which names that was written down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

Migration = tuple[str, str]


def recorded(connection: BaseDatabaseWrapper) -> list[Migration]:
    """Those that the database says it has."""
    return sorted(MigrationRecorder(connection).applied_migrations())


def executor_for(connection: BaseDatabaseWrapper, migrations: Collection[Migration]) -> MigrationExecutor:
    """What runs migrations, with a graph in which these can be found.

    Where they end in the middle of what was squashed, the older ones are taken one by one.
    """
    executor = MigrationExecutor(connection)
    loader: Any = executor.loader
    had = set(migrations)
    for squash, stands_for in _squashes(executor).items():
        if squash not in had and had & stands_for and not stands_for <= had:
            loader.replace_migrations = False
    if not loader.replace_migrations:
        loader.build_graph()
    return executor


def known(executor: MigrationExecutor) -> set[Migration]:
    """All that this version knows, those included for which a squash stands."""
    return set(executor.loader.disk_migrations).union(*_squashes(executor).values())


def with_squashes(executor: MigrationExecutor, migrations: Iterable[Migration]) -> set[Migration]:
    """The migrations under all their names."""
    had = set(migrations)
    for squash, stands_for in _squashes(executor).items():
        if squash in had or stands_for <= had:
            had |= {squash, *stands_for}
    return had


def last_of(executor: MigrationExecutor, migrations: Iterable[Migration]) -> list[Migration]:
    """Those of the migrations on which no other of the same application follows."""
    graph = executor.loader.graph
    had = {node for node in with_squashes(executor, migrations) if node in graph.nodes}
    return [
        node
        for node in sorted(had)
        if not any(child.key in had and child.key[0] == node[0] for child in graph.node_map[node].children)
    ]


def models_at(executor: MigrationExecutor, migrations: Collection[Migration]) -> Any:
    """The registry of the models as they are at those migrations: this version's own where it has no others."""
    if known(executor) <= with_squashes(executor, migrations):
        return apps
    return executor.loader.project_state(last_of(executor, migrations)).apps


def named(migrations: Iterable[Migration], most: int = 3) -> str:
    return ", ".join(" ".join(node) for node in list(migrations)[:most])


def _squashes(executor: MigrationExecutor) -> dict[Migration, set[Migration]]:
    return {
        key: set(migration.replaces) for key, migration in executor.loader.disk_migrations.items() if migration.replaces
    }
