"""What a file would change in a plan, cell by cell. Plain values only; nothing is written.

Absence is not deletion: an empty cell, or a column that the file does not have, changes nothing, and an action
that the file does not name is listed as missing, never withdrawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from plans.documents.dates import Precision, PrintedDate, wording
from plans.improvement_plan.rules import Status

NO_DATE = PrintedDate(None, Precision.NONE, "")

FIELDS: dict[str, str] = {
    "area": "Area",
    "reference": "Reference",
    "wording": "Action",
    "lead": "Lead",
    "support": "Support",
    "due": "Due",
    "status": "Status",
    "progress": "Progress",
}
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff"))
# What a file may call an action that the plan holds as signed off: sign-off is a decision that no file undoes.
_DONE_IN_A_FILE = frozenset({Status.COMPLETE, Status.SIGNED_OFF})


@dataclass(frozen=True)
class PlanRowValues:
    """An action as a file or the plan has it. ``lead`` and ``support`` are titles of posts; "" is nothing said."""

    area_pk: int | None = None
    area_text: str = ""
    reference: str = ""
    wording: str = ""
    lead: str = ""
    support: tuple[str, ...] = ()
    due: PrintedDate = field(default=NO_DATE)
    status: str = ""
    progress: str = ""


@dataclass(frozen=True)
class CellDifference:
    """One field that the file says otherwise, as a person reads it; ``old`` is "" where the plan has nothing."""

    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class RowDifference:
    """What one row of the file does. A new row's cells are all that it says; an unchanged one's are none."""

    kind: Literal["new", "changed", "unchanged"]
    action_pk: int | None
    cells: tuple[CellDifference, ...]


@dataclass(frozen=True)
class PlanDifference:
    """The rows in the file's order, and the ids of the actions that it does not name, in the plan's order."""

    rows: tuple[RowDifference, ...]
    missing: tuple[int, ...]

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)


def difference(
    rows: Sequence[tuple[PlanRowValues, int | None]],
    actions: Mapping[int, PlanRowValues],
    present: Collection[str],
) -> PlanDifference:
    """Compare the rows of a file, each with the id of the action that it is (None: new), with the plan.

    ``actions`` are in the plan's order; ``present`` are the names in ``FIELDS`` for which the file has a column.
    Raises ValueError where one action is two rows, KeyError where a row names an action that is not given.
    """
    unknown = set(present) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not fields of a row: {', '.join(sorted(unknown))}")
    named = [pk for _, pk in rows if pk is not None]
    if len(named) != len(set(named)):
        raise ValueError("Two rows of the file are the same action.")
    seen = set(named)
    return PlanDifference(
        tuple(compare_row(row, None if pk is None else actions[pk], pk, present) for row, pk in rows),
        tuple(pk for pk in actions if pk not in seen),
    )


def compare_row(
    row: PlanRowValues, action: PlanRowValues | None, action_pk: int | None, present: Collection[str]
) -> RowDifference:
    """What one row does to the action that it is; to none where it is new."""
    now = action or PlanRowValues()
    cells = tuple(
        CellDifference(name, label, shown(now, name), shown(row, name))
        for name, label in FIELDS.items()
        if name in present and _says(row, name) and not _same(now, row, name)
    )
    if action is None:
        return RowDifference("new", None, cells)
    return RowDifference("changed" if cells else "unchanged", action_pk, cells)


def shown(values: PlanRowValues, name: str) -> str:
    """One field as a person reads it: a date as printed, otherwise in words."""
    match name:
        case "area":
            return _plain(values.area_text)
        case "support":
            return "; ".join(_titles(values.support))
        case "due":
            return _plain(values.due.printed) or wording(values.due.last_day, values.due.precision)
        case "progress":
            return values.progress.strip()
        case "status":
            return _status_shown(values.status)
        case _:
            return _plain(getattr(values, name))


def _says(row: PlanRowValues, name: str) -> bool:
    """Whether the file says anything there. An area that the plan does not have is no area to move to."""
    if name == "area":
        return row.area_pk is not None
    return bool(shown(row, name))


def _same(now: PlanRowValues, row: PlanRowValues, name: str) -> bool:
    match name:
        case "area":
            return now.area_pk == row.area_pk
        case "support":
            return sorted(_titles(now.support)) == sorted(_titles(row.support))
        case "due":
            return same_due(now.due, row.due)
        case "status":
            was, becomes = _status(now.status), _status(row.status)
            return was == becomes or (was == Status.SIGNED_OFF and becomes in _DONE_IN_A_FILE)
        case _:
            return _plain(getattr(now, name)) == _plain(getattr(row, name))


def same_due(one: PrintedDate, other: PrintedDate) -> bool:
    """Same last day and precision, and the same words or none on one side."""
    if (one.last_day, one.precision) != (other.last_day, other.precision):
        return False
    said, told = _plain(one.printed), _plain(other.printed)
    return said == told or not (said and told)


def _plain(text: str) -> str:
    """White space is all that is overlooked, with marks that cannot be seen and two ways of writing an accent."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_UNSEEN)).split())


def _titles(titles: Iterable[str]) -> list[str]:
    return [plain for title in titles if (plain := _plain(title))]


def _status(status: str) -> str:
    return _plain(status).replace(" ", "_").lower()


def _status_shown(status: str) -> str:
    word = _status(status)
    return Status(word).label if word in set(Status) else _plain(status)
