"""What is in an archive: the tables of a database by its own migrations, and what is said of them.

The tables come from the migrations that the database has, not from the models of the program that reads it: a backup
can be taken before an upgrade by either version, and an older archive is restored as what it was.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from plans.management.backup.migrations_held import Migration, executor_for, known, models_at, named, recorded
from plans.management.backup.problems import BackupProblem, DamagedArchive

FORMAT = 1
PRODUCT = "improvement-plan-tracker"
NAME = "improvement-plans"

LEFT_OUT = {
    "django_session": "who is signed in at the moment",
    "usersessions_usersession": "from where people are signed in",
    "django_tasks_database_dbtaskresult": "work that waits in the queue, which must not be done twice",
}
# Django fills these by itself; a database that holds nothing else is empty.
FILLED_BY_DJANGO = ("django_content_type", "auth_permission")


class Kind(StrEnum):
    """How a column's values are written."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    DECIMAL = "decimal"
    JSON = "json"


_KINDS = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "FileField"), Kind.TEXT),
    **dict.fromkeys(
        (
            "AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
            "PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField",
        ),
        Kind.INTEGER,
    ),
    "BooleanField": Kind.BOOLEAN,
    "DateField": Kind.DATE,
    "DateTimeField": Kind.MOMENT,
    "DecimalField": Kind.DECIMAL,
    "JSONField": Kind.JSON,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column, the kind of its values, and the decimal places of a decimal."""

    name: str
    kind: Kind
    places: int = 0


@dataclass(frozen=True)
class Table:
    """A table, its columns in order, its key (a whole number) and the columns that name stored files."""

    name: str
    key: str
    columns: tuple[Column, ...]
    files: tuple[str, ...] = ()

    def place(self, column: str) -> int:
        """Where the column's value stands in a row."""
        return [each.name for each in self.columns].index(column)

    @property
    def hash_of_file(self) -> int | None:
        """Where a row keeps the hash that its file had when it arrived, if it does."""
        return self.place("sha256") if self.files and any(each.name == "sha256" for each in self.columns) else None


@dataclass(frozen=True)
class Head:
    """What an archive says before its rows."""

    version: str
    made_at: str
    engine: str
    migrations: tuple[Migration, ...]
    tables: tuple[Table, ...]

    def as_json(self) -> bytes:
        said = {"format": FORMAT, "product": PRODUCT, **asdict(self), "left_out": LEFT_OUT}
        return json.dumps(said, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Head:
        """Raises DamagedArchive where it is not one of ours, or of a form that this version cannot read."""
        try:
            said = json.loads(data)
            if said["product"] != PRODUCT:
                raise KeyError(said["product"])
            if said["format"] > FORMAT:
                raise BackupProblem(
                    f"The archive was made by version {said['version']} in a form that this version cannot read."
                    " Install that version, and restore with it."
                )
            return cls(
                version=said["version"],
                made_at=said["made_at"],
                engine=said["engine"],
                migrations=tuple((app, name) for app, name in said["migrations"]),
                tables=tuple(_table_from(each) for each in said["tables"]),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise DamagedArchive("This is not a backup of the Improvement Plan Tracker.") from problem


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, the SHA-256 over all of them, and the highest key ever given."""

    rows: int
    sha256: str
    highest: int


@dataclass
class Manifest:
    """What an archive says after its rows: what must have been read by then."""

    head_sha256: str = ""
    tables: dict[str, TableSum] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    index_sha256: str = ""
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        said = json.loads(data)
        sums = {name: TableSum(**each) for name, each in said.pop("tables").items()}
        return cls(tables=sums, **said)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def _table_from(said: dict[str, Any]) -> Table:
    columns = tuple(Column(each["name"], Kind(each["kind"]), each["places"]) for each in said["columns"])
    return Table(said["name"], said["key"], columns, tuple(said["files"]))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def product_version() -> str:
    """The version in the project's own description; “unknown” where that did not come along."""
    try:
        return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"


def head_of(connection: BaseDatabaseWrapper, made_at: str) -> Head:
    """What the database holds by the migrations that it has.

    Raises BackupProblem where it has none, or some that this version does not know.
    """
    applied = recorded(connection)
    if not applied:
        raise BackupProblem("The database has no tables yet. Run “manage.py migrate” first.")
    executor = executor_for(connection, applied)
    if unknown := sorted(set(applied) - known(executor)):
        raise BackupProblem(
            f"The database belongs to a newer version: this one does not know {named(unknown)}. Use that version."
        )
    models = models_at(executor, applied).get_models(include_auto_created=True)
    tables = {
        model._meta.db_table: table_of(model._meta.db_table, model._meta.pk, model._meta.local_concrete_fields)
        for model in models
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    return Head(
        version=product_version(),
        made_at=made_at,
        engine=connection.vendor,
        migrations=tuple(applied),
        tables=tuple(tables[name] for name in sorted(tables)),
    )


def table_of(name: str, key: Any, fields: Iterable[Any]) -> Table:
    """A table's columns. Raises LookupError for a kind of column that no archive has had yet."""
    columns, files = [], []
    for each in fields:
        last = each
        while last.remote_field:
            last = last.target_field
        internal = last.get_internal_type()
        if internal not in _KINDS:
            raise LookupError(f"{name}.{each.column}: backups do not know how to write a {internal}.")
        columns.append(Column(each.column, _KINDS[internal], getattr(last, "decimal_places", None) or 0))
        if internal == "FileField":
            files.append(each.column)
    # Models and migrations name columns in different orders; the key is first, so that a row can be found by eye.
    columns.sort(key=lambda column: (column.name != key.column, column.name))
    table = Table(name, key.column, tuple(columns), tuple(sorted(files)))
    if columns[table.place(key.column)].kind != Kind.INTEGER:
        raise LookupError(f"{name}: backups put rows in the order of a key that is a whole number.")
    return table
