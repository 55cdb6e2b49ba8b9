"""A workbook of actions that goes out and comes back: its columns, and the key that each of its rows carries.

The key names the action and the version that the row was written from. It also holds checks of the row's own
cells, so that a reader can tell from the file alone which rows nobody touched and which grey cells were changed.
A key gives no rights: whoever sends it back must be allowed to update the action.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass

from plans.documents.tables import tidy

SHEET = "Actions"


@dataclass(frozen=True)
class ReturnColumn:
    """``open``: the officer fills it in. ``optional``: it may be left out of the workbook."""

    name: str
    heading: str
    open: bool = False
    optional: bool = False


COLUMNS = (
    ReturnColumn("key", "Key"),
    ReturnColumn("plan", "Plan", optional=True),
    ReturnColumn("area", "Area"),
    ReturnColumn("reference", "Reference"),
    ReturnColumn("action", "Action"),
    ReturnColumn("lead", "Lead"),
    ReturnColumn("due", "Due"),
    ReturnColumn("last_progress", "Last progress"),
    ReturnColumn("status", "Status", open=True),
    ReturnColumn("progress", "New progress", open=True),
    ReturnColumn("forecast", "Forecast", open=True),
    ReturnColumn("confidence", "Confidence", open=True),
    ReturnColumn("rating", "Owner’s rating", open=True),
)
LOCKED = tuple(column for column in COLUMNS if not column.open and column.name != "key")
OPEN = tuple(column for column in COLUMNS if column.open)

_OF_KEY, _OF_CELL, _OF_ROW = 4, 3, 6
_KEY = re.compile(
    rf"(?P<action>\d{{1,18}})\.(?P<version>\d{{1,9}})-(?P<key>[A-Z2-7]{{{_OF_KEY}}})"
    rf"-(?P<cells>[A-Z2-7]{{{_OF_CELL * len(LOCKED)}}})-(?P<row>[A-Z2-7]{{{_OF_ROW}}})"
)


@dataclass(frozen=True)
class Key:
    """A row's action and the version that it was written from, with the checks of its cells."""

    action_id: int
    version: int
    cells: str
    row: str

    def changed_cells(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """The locked columns whose text is not what was written."""
        return tuple(
            column.name
            for place, column in enumerate(LOCKED)
            if _check(texts.get(column.name, ""), _OF_CELL) != self.cells[place * _OF_CELL : (place + 1) * _OF_CELL]
        )

    def is_as_written(self, texts: Mapping[str, str]) -> bool:
        """Whether no cell of the row was touched."""
        return self.row == _row_check(texts)


def key_of(action_id: int, version: int, texts: Mapping[str, str]) -> str:
    """The key of a row with these texts, by column."""
    cells = "".join(_check(texts.get(column.name, ""), _OF_CELL) for column in LOCKED)
    row = _row_check(texts)
    return f"{action_id}.{version}-{_key_check(str(action_id), str(version), cells, row)}-{cells}-{row}"


def read_key(text: str) -> Key | None:
    """The key; None where it was mistyped or is none."""
    found = _KEY.fullmatch("".join(text.split()).upper())
    if not found or found["key"] != _key_check(found["action"], found["version"], found["cells"], found["row"]):
        return None
    return Key(int(found["action"]), int(found["version"]), found["cells"], found["row"])


def _check(text: str, length: int) -> str:
    plain = " ".join(tidy(text).split())
    return b32encode(hashlib.sha256(plain.encode()).digest())[:length].decode()


def _row_check(texts: Mapping[str, str]) -> str:
    plain = (" ".join(tidy(texts.get(column.name, "")).split()) for column in (*LOCKED, *OPEN))
    return _check("|".join(f"{len(text)} {text}" for text in plain), _OF_ROW)


def _key_check(*parts: str) -> str:
    return _check(" ".join(parts), _OF_KEY)
