"""“One of these keys”, as either database finds the rows by an index."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Subquery


class Among(Func):
    """Whether a column is one of the keys that a query of one column gives.

    As ``column__in``. But where several such conditions are joined by OR, PostgreSQL reads a whole table for them, and
    for a large one asks the query again for each row; of an array that was made first it looks up each key.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: QuerySet[Any]) -> None:
        super().__init__(F(column), Subquery(keys.order_by()))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self._joined("{} IN {}", compiler)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self._joined("{} = ANY (ARRAY{})", compiler)

    def _joined(self, template: str, compiler: Any) -> tuple[str, list[Any]]:
        parts = [compiler.compile(each) for each in self.source_expressions]
        return template.format(*(sql for sql, _ in parts)), [one for _, given in parts for one in given]

    def get_group_by_cols(self) -> list[Any]:
        return [self.source_expressions[0]]
