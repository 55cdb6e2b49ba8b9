"""The plainest way to do as much as a page: its SQL by the bare driver, and as many bytes by string formatting.

``site`` is this as a web application of its own. Nothing of the product is imported here, and of Django only what its
SQL needs inside SQLite, so that its memory is a plain application's.
"""

from __future__ import annotations

import pickle
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

Statement = tuple[str, Any, bool]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_OF_DJANGO = re.compile(r"\bdjango_\w+\(")
# What a row has beside the filler, about.
_PLACE_OF_A_ROW = 60


@dataclass(frozen=True)
class Page:
    """``statements`` in the driver's own way, each with its parameters and whether these are many; how many ``rows``
    they fetch together, and the ``size`` of the page in bytes.

    ``committed``: a statement with its parameters that changes one row. Where there is one, the others are in its
    transaction and are rolled back within it.
    """

    statements: tuple[Statement, ...]
    rows: int
    size: int
    committed: tuple[str, tuple[Any, ...]] | None = None


@dataclass(frozen=True)
class Site:
    """What a connection is opened with, what is said on it first, and the pages by their addresses."""

    vendor: str
    connect: dict[str, Any]
    first: str
    pages: dict[str, Page]


def rows_of(cursor: Any, page: Page) -> bytes:
    """Do the statements; the rows that they answer, about as many bytes as the page has."""
    filler = "." * max(page.size // max(page.rows, 1) - _PLACE_OF_A_ROW, 0)
    parts: list[str] = []
    for sql, params, many in page.statements:
        if many:
            cursor.executemany(sql, params)
        elif params is None:
            cursor.execute(sql)
        else:
            cursor.execute(sql, params)
        if cursor.description:
            parts += [f"<tr>{filler}{escape(str(row[-1]))}</tr>" for row in cursor.fetchall()]
    return "".join(parts).encode()


def site(path: str) -> Application:
    """The web application of the pickled ``Site`` in this file. Each thread keeps a connection."""
    told: Site = pickle.loads(Path(path).read_bytes())
    kept = threading.local()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = told.pages.get(environ["PATH_INFO"])
        if page is None:
            start_response("404 Not Found", [("Content-Length", "0")])
            return [b""]
        if not hasattr(kept, "connection"):
            kept.connection = _connected(told)
        cursor = kept.connection.cursor()
        try:
            made = rows_of(cursor, page) if page.committed is None else _saved(cursor, page, page.committed, told)
        finally:
            cursor.close()
        body = made[: page.size].ljust(page.size, b".")
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def _saved(cursor: Any, page: Page, committed: tuple[str, tuple[Any, ...]], told: Site) -> bytes:
    cursor.execute("BEGIN IMMEDIATE" if told.vendor == "sqlite" else "BEGIN")
    try:
        cursor.execute("SAVEPOINT plainly")
        made = rows_of(cursor, page)
        cursor.execute("ROLLBACK TO SAVEPOINT plainly")
        cursor.execute(*committed)
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")
    return made


def _connected(told: Site) -> Any:
    if told.vendor == "postgresql":
        import psycopg
        from psycopg.types.string import TextLoader

        server = psycopg.connect(**told.connect, autocommit=True, cursor_factory=psycopg.ClientCursor)
        # The product takes it as text, too.
        server.adapters.register_loader("jsonb", TextLoader)
        server.execute(told.first)
        return server
    sqlite3.register_adapter(Decimal, str)
    file = sqlite3.connect(**told.connect, isolation_level=None)
    file.executescript(told.first)
    if any(_OF_DJANGO.search(sql) for page in told.pages.values() for sql, *_ in page.statements):
        from django.db.backends.sqlite3._functions import register  # type: ignore[import-untyped]

        register(file)
    return file
