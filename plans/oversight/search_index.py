"""The index behind ``search``: what of which table is in it, how either database keeps it in step, and what to ask it.

SQLite: an FTS5 table beside each, which holds no text of its own and is kept in step by triggers. A migration that
rebuilds one of these tables must end with ``KeepSearch`` for it, because SQLite drops a table's triggers when Django
rebuilds it. PostgreSQL: an index over what a function makes of the row, which the database keeps by itself. A test
compares what is installed with what is wanted.

Both fold case and accents, split words at whatever is no letter and no number, and cut them by Porter's rules; neither
leaves any word out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations.base import Operation
from django.db.models import BooleanField, F, Func

from plans.oversight.search_words import Term


@dataclass(frozen=True)
class Indexed:
    """Columns of a table with the weight of each: A for what names the row, B for what it says, C for the rest.

    ``append_only``: its rows are neither changed nor deleted, and those that say nothing are left out.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    append_only: bool = False

    @property
    def index(self) -> str:
        return f"{self.table}_search"

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


ACTIONS = Indexed(
    "plans_action",
    (("reference", "A"), ("wording", "B"), ("progress", "C"), ("next_step", "C"), ("delay_reason", "C")),
)
AREAS = Indexed("plans_area", (("wording", "B"), ("heading", "C")))
NOTES = Indexed("plans_update", (("note", "C"),), append_only=True)
EVIDENCE = Indexed("plans_evidence", (("title", "B"),))
INDEXED: dict[str, Indexed] = {each.table: each for each in (ACTIONS, AREAS, NOTES, EVIDENCE)}

TRIGGERS = ("insert", "update", "delete")


def _sqlite(indexed: Indexed) -> dict[str, str]:
    """Each trigger by what it follows."""
    table, index, names = indexed.table, indexed.index, indexed.names

    def values(row: str) -> str:
        return ", ".join([f"{row}.id", *(f'{row}."{name}"' for name in names)])

    quoted = ", ".join(f'"{name}"' for name in names)
    add = f"INSERT INTO {index}(rowid, {quoted}) VALUES ({values('NEW')});"
    remove = f"INSERT INTO {index}({index}, rowid, {quoted}) VALUES ('delete', {values('OLD')});"
    if indexed.append_only:
        says_something = " OR ".join(f"NEW.\"{name}\" <> ''" for name in names)
        return {
            "insert": f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} WHEN {says_something} BEGIN {add} END"
        }
    differs = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in names)
    return {
        "insert": f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {add} END",
        "update": f"CREATE TRIGGER {index}_update AFTER UPDATE OF {quoted} ON {table} WHEN {differs}"
        f" BEGIN {remove} {add} END",
        "delete": f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {remove} END",
    }


def _sqlite_table(indexed: Indexed) -> str:
    quoted = ", ".join(f'"{name}"' for name in indexed.names)
    return (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {indexed.index} USING fts5({quoted}, content='{indexed.table}',"
        " content_rowid='id', columnsize=0, tokenize='porter unicode61 remove_diacritics 2')"
    )


# Long enough for any text here, and short enough for a tsvector.
_LONGEST = 100_000
# What is no letter and no number, up to the symbols; the rest PostgreSQL's own parser knows.
_BETWEEN = r"[^0-9A-Za-z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00c0-\u02ff\u0370-\u1fff\u2c00-\uffff]+"


def _postgresql(indexed: Indexed, schema: str) -> list[str]:
    """The function that makes the row's words, and the index over it. Text parts never join into one phrase."""
    names = ", ".join(indexed.names)
    parameters = ", ".join(f"{name} text" for name in indexed.names)
    apart = " || '''\u241f'':1'::pg_catalog.tsvector || "
    words = apart.join(
        f"pg_catalog.setweight(pg_catalog.to_tsvector('{schema}.plans_search'::pg_catalog.regconfig,"
        f" {schema}.plans_search_folded({name})), '{weight}')"
        for name, weight in indexed.columns
    )
    return [
        f"CREATE OR REPLACE FUNCTION {schema}.{indexed.index}({parameters}) RETURNS pg_catalog.tsvector"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 200 AS $$ SELECT {words} $$",
        f"DROP INDEX IF EXISTS {schema}.{indexed.index}",
        f"CREATE INDEX {indexed.index} ON {schema}.{indexed.table} USING gin ({schema}.{indexed.index}({names}))",
    ]


def _postgresql_shared(schema: str) -> list[str]:
    """What every index uses: the words without accents, and Porter's rules with no word left out."""
    return [
        f"""DO $$ BEGIN
            CREATE TEXT SEARCH DICTIONARY {schema}.plans_search (TEMPLATE = pg_catalog.snowball, Language = porter);
            CREATE TEXT SEARCH CONFIGURATION {schema}.plans_search (PARSER = pg_catalog."default");
            ALTER TEXT SEARCH CONFIGURATION {schema}.plans_search
                ADD MAPPING FOR asciiword, word, numword, int, uint, float, sfloat WITH {schema}.plans_search;
        EXCEPTION WHEN unique_violation THEN NULL;
        END $$""",
        f"""CREATE OR REPLACE FUNCTION {schema}.plans_search_folded(text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT pg_catalog.regexp_replace(pg_catalog.regexp_replace(
                pg_catalog.normalize(pg_catalog."left"($1, {_LONGEST}), 'NFD'),
                '[\\u0300-\\u036f]+', '', 'g'), '{_BETWEEN}', ' ', 'g') $$""",
    ]


def install(connection: Any, table: str) -> None:
    """(Re)install the table's index and fill it from the rows that there are."""
    indexed = INDEXED[table]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT quote_ident(current_schema())")
            schema = cursor.fetchone()[0]
            statements = [*_postgresql_shared(schema), *_postgresql(indexed, schema)]
        else:
            statements = [
                *(f"DROP TRIGGER IF EXISTS {indexed.index}_{what}" for what in TRIGGERS),
                _sqlite_table(indexed),
                f"INSERT INTO {indexed.index}({indexed.index}) VALUES ('rebuild')",
                *_sqlite(indexed).values(),
            ]
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any, table: str) -> None:
    """Drop the table's index, if any."""
    indexed = INDEXED[table]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {indexed.index}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {indexed.index}")
            return
        for what in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {indexed.index}_{what}")
        cursor.execute(f"DROP TABLE IF EXISTS {indexed.index}")


def wanted(connection: Any) -> set[str]:
    """The names of the triggers, or of PostgreSQL's indexes, that should be there."""
    if connection.vendor == "postgresql":
        return {indexed.index for indexed in INDEXED.values()}
    return {f"{indexed.index}_{what}" for indexed in INDEXED.values() for what in _sqlite(indexed)}


def installed(connection: Any) -> set[str]:
    """The names of those that are there."""
    question = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_search\\_%' ESCAPE '\\'"
    if connection.vendor == "postgresql":
        question = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema AND indexname LIKE '%\\_search'"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return {name for (name,) in cursor.fetchall()}


@contextmanager
def by_the_index() -> Iterator[None]:
    """Within, PostgreSQL looks words up in the index even where it thinks that reading on will find enough of them.

    Of a word that nobody wrote, or almost nobody, it knows as little as of one in fifty rows, and would make the words
    of every row of a table anew until it has enough: of ten million updates, for minutes. A transaction around this
    one goes on so.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield


class KeepSearch(Operation):
    """Migration operation: what the table says can be searched, the rows of today and all later ones."""

    reversible = True
    reduces_to_sql = False

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        install(schema_editor.connection, self.table)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        remove(schema_editor.connection, self.table)

    def describe(self) -> str:
        return f"Keep {self.table} in the search index"


class Says(Func):
    """Whether a row of an indexed table says all of the terms, in columns of these weights.

    What was typed reaches the database as quoted words alone, so that nothing typed can be an error.
    """

    output_field = BooleanField()

    def __init__(self, indexed: Indexed, terms: Sequence[Term], weights: str = "ABC") -> None:
        self.indexed, self.terms, self.weights = indexed, tuple(terms), weights
        super().__init__(F("pk"), *map(F, indexed.names))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        pk, _ = compiler.compile(self.source_expressions[0])
        index = self.indexed.index
        return f"{pk} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)", (self._fts5(),)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        columns = ", ".join(compiler.compile(each)[0] for each in self.source_expressions[1:])
        return f"{self.indexed.index}({columns}) @@ to_tsquery('plans_search', %s)", [self._tsquery()]

    def _fts5(self) -> str:
        names = [name for name, weight in self.indexed.columns if weight in self.weights]
        terms = [f'"{" ".join(term.words)}"{"*" if term.begins else ""}' for term in self.terms]
        return f"{{{' '.join(names)}}} : ({' AND '.join(terms)})"

    def _tsquery(self) -> str:
        # Weights are not in the index: where any will do they are not asked for, so that no row is read again.
        any_will_do = {weight for _, weight in self.indexed.columns} <= set(self.weights)

        def lexeme(term: Term, place: int) -> str:
            begins = "*" if term.begins and place == len(term.words) - 1 else ""
            which = begins + ("" if any_will_do else self.weights)
            return f"'{term.words[place]}'" + (f":{which}" if which else "")

        phrases = [" <-> ".join(lexeme(term, place) for place in range(len(term.words))) for term in self.terms]
        return " & ".join(f"({phrase})" for phrase in phrases)
