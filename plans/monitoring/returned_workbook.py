"""A workbook of actions that came back: how it differs from the tracker cell by cell, and taking the difference.

Three states of each row are compared: as it was downloaded (its version), as it was sent back, and as it is now.
Only what its sender changed counts; what somebody else has changed meanwhile is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from plans.access.models import User
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.audit.changes import note_event
from plans.documents.dates import Precision, read_typed_date, wording
from plans.documents.proposals import Problem
from plans.documents.return_keys import OPEN
from plans.documents.returned import LONGEST_TEXT, ReturnedCell, ReturnedRow, ReturnedWorkbook, UnusableRow
from plans.documents.tables import tidy
from plans.improvement_plan.models import LONDON, Action, Update
from plans.improvement_plan.rules import (
    REPORTABLE,
    Confidence,
    Kind,
    Rag,
    Status,
    Words,
    statuses_to_choose,
)
from plans.improvement_plan.state import ActionState
from plans.monitoring.changes import forecast_columns, submit_update

# A complete action still takes news for its sign-off.
HEADINGS = {column.name: column.heading for column in OPEN}
CHOSEN = ("status", "forecast", "confidence", "rating")

_NOT_YOURS = (
    "This row is of no action that you can update now. It may have passed to somebody else: ask the improvement lead."
)
_NO_VERSION = "The tracker has no such version of this action. Download the workbook again."
_LOCKED = {
    "due": "The due date cannot be changed here; ask for an extension in the tracker.",
    "lead": "The lead cannot be changed here; ask the improvement lead.",
    "last_progress": "What was said before cannot be changed. Write what is new under “New progress”.",
}
_LOCKED_OTHERWISE = "This grey cell cannot be changed here; whoever runs the plan can amend the action in the tracker."
_LINE = re.compile(r"\d+(?=\D*$)")
_NO_CELL = ReturnedCell("", "", "")


@dataclass(frozen=True)
class CellChange:
    """One cell: its heading, where it stands, what the tracker says now and what would follow."""

    name: str
    where: str
    before: str
    after: str

    @property
    def heading(self) -> str:
        return HEADINGS[self.name]


@dataclass(frozen=True)
class TakenRow:
    """An action that would be updated. ``since``: what others did to it after the download, newest first."""

    action: Action
    where: str
    changes: tuple[CellChange, ...]
    since: tuple[str, ...]
    columns: Mapping[str, Any]
    note: str


@dataclass(frozen=True)
class Difference:
    """What taking the workbook would change; ``refused`` rows cannot be taken as they are."""

    taken: tuple[TakenRow, ...]
    refused: tuple[UnusableRow, ...]
    unchanged: int
    notes: tuple[str, ...]

    def digest(self) -> str:
        """SHA-256 over all that is shown of it and over each action's version."""
        taken = [
            [row.action.pk, row.action.version, row.where, [asdict(one) for one in row.changes], row.since]
            for row in self.taken
        ]
        shown = [taken, [asdict(row) for row in self.refused], self.unchanged]
        return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def status_word(status: str) -> str:
    """The status as a workbook says it: short enough for a drop-down."""
    return "Complete" if status == Status.COMPLETE else Status(status).label


def words_of(row: ActionState) -> dict[str, str]:
    """What a workbook shows of a state in the columns that its owner fills in."""
    return {
        "status": status_word(row.status),
        "progress": "",
        "forecast": wording(row.forecast_date, row.forecast_precision),
        "confidence": Confidence(row.confidence).label if row.confidence else "",
        "rating": Rag(row.reported_rag).label if row.reported_rag else "",
    }


def statuses_offered(status: str) -> list[str]:
    """What a workbook's drop-down offers for an action of that status, itself included."""
    return list(dict.fromkeys(status_word(one) for one in (status, *statuses_to_choose(status))))


def updatable_by(user: User, ids: Collection[int]) -> dict[int, Action]:
    """Those of the actions that ``permissions.may_update`` allows, in one query."""
    seen = Action.objects.visible_to(user).filter(pk__in=ids)
    mine = Action.objects.all().in_the_hands_of(user).filter(pk__in=ids).values("pk")
    theirs = Q(plan__organisation__in=organisations_where(user, May.UPDATE_ANY))
    return {row.pk: row for row in seen.filter(Q(pk__in=mine) | theirs).select_related("plan")}


def difference(returned: ReturnedWorkbook, user: User) -> Difference:
    """How what ``user`` sent back differs from the tracker as it is now. Nothing follows from a missing row."""
    actions = updatable_by(user, [row.action_id for row in returned.rows])
    history = _history(returned.rows, actions)
    taken: list[TakenRow] = []
    refused = list(returned.unusable)
    unchanged = returned.untouched
    for row in returned.rows:
        action = actions.get(row.action_id)
        compared = _Comparison(row, action, history.get(row.action_id, ())).result() if action else _not_yours(row)
        if compared is None:
            unchanged += 1
        elif isinstance(compared, TakenRow):
            taken.append(compared)
        else:
            refused.append(compared)
    refused.sort(key=lambda row: _line(row.where))
    return Difference(tuple(taken), tuple(refused), unchanged, returned.notes)


def _line(where: str) -> int:
    """The row that a cell reference or “line 7” names."""
    found = _LINE.search(where)
    return int(found[0]) if found else 0


def _not_yours(row: ReturnedRow) -> UnusableRow:
    # The same sentence whether the action exists or not.
    return UnusableRow(row.where, row.named, (Problem(row.where, _NOT_YOURS),))


def _history(rows: Sequence[ReturnedRow], actions: Mapping[int, Action]) -> dict[int, list[Update]]:
    """For each action that has moved on since its row was written, its updates from that version on."""
    stale = {
        row.action_id: row.version
        for row in rows
        if row.action_id in actions and row.version < actions[row.action_id].version
    }
    if not stale:
        return {}
    updates = Update.objects.filter(action_id__in=stale, sequence__gte=min(stale.values()))
    history: dict[int, list[Update]] = {}
    for update in updates.select_related("by").order_by("action_id", "sequence"):
        if update.sequence >= stale[update.action_id]:
            history.setdefault(update.action_id, []).append(update)
    return history


class _Comparison:
    """One row against its action: as it was downloaded, as it came back, as it is."""

    def __init__(self, row: ReturnedRow, action: Action, history: Sequence[Update]) -> None:
        self._row, self._action = row, action
        self._base: ActionState | None = action if row.version == action.version else None
        if history and history[0].sequence == row.version:
            self._base = history[0]
        self._since = history[1:]
        self._cells = {cell.name: cell for cell in row.cells}
        self._problems = [Problem(cell.where, _LOCKED.get(cell.name, _LOCKED_OTHERWISE)) for cell in row.locked]
        self._changes: list[CellChange] = []
        self._columns: dict[str, Any] = {}

    def result(self) -> TakenRow | UnusableRow | None:
        """The row as it can be taken, or why not; None where nothing differs."""
        if self._base is None:
            self._problems = [Problem(self._row.where, _NO_VERSION)]
            return self._refused()
        before, now = words_of(self._base), words_of(self._action)
        for name in CHOSEN:
            if cell := self._cells.get(name):
                self._compare(cell, before[name], now[name])
        note = self._note()
        if self._changes:
            self._check_moves(note)
        if self._problems:
            return self._refused()
        if not self._changes:
            return None
        return TakenRow(
            self._action, self._row.where, tuple(self._changes), self._words_since(), dict(self._columns), note
        )

    def _refused(self) -> UnusableRow:
        named = self._row.named if self._row.locked else f"{self._action.reference} {self._action.wording}"
        return UnusableRow(self._row.where, named, tuple(sorted(self._problems, key=lambda one: one.where)))

    def _compare(self, cell: ReturnedCell, before: str, now: str) -> None:
        if cell.text == before:
            return
        try:
            words, columns = _read_cell(cell.name, cell.text)
        except ValueError as refusal:
            self._problems.append(Problem(cell.where, f"{str(refusal).rstrip('.')}."))
            return
        if words in (before, now):
            return
        other = self._changed_by_another(cell.name, before)
        if other:
            said = (
                f"{other.by} changed this on {_day(other.at)}, after your download. The tracker says"
                f" “{now or 'nothing'}”, your workbook “{words or 'nothing'}”. Change it in the tracker if yours holds."
            )
            self._problems.append(Problem(cell.where, said))
            return
        self._changes.append(CellChange(cell.name, cell.where, now, words))
        self._columns |= columns

    def _changed_by_another(self, name: str, before: str) -> Update | None:
        """The last update since the download by which the column was no longer what was downloaded."""
        last, value = None, before
        for update in self._since:
            if words_of(update)[name] != value:
                last, value = update, words_of(update)[name]
        return last

    def _note(self) -> str:
        cell = self._cells.get("progress", _NO_CELL)
        if len(cell.text) > LONGEST_TEXT:
            self._problems.append(Problem(cell.where, f"Shorten the text to {LONGEST_TEXT:,} characters."))
            return ""
        # The same file sent twice says nothing new the second time.
        if not cell.text or any(tidy(update.note) == cell.text for update in self._since):
            return ""
        self._changes.append(CellChange("progress", cell.where, "", cell.text))
        return cell.text

    def _check_moves(self, note: str) -> None:
        now = self._action.status
        becomes = self._columns.get("status", now)
        where = self._cells.get("status", _NO_CELL).where or self._row.where
        offered = statuses_to_choose(now)
        choices = _either([status_word(status) for status in offered])
        if now not in REPORTABLE:
            said = f"The action is {status_word(now).lower()}. Ask the improvement lead to reopen it."
            self._problems.append(Problem(where, said))
        elif becomes == Status.UNREPORTED:
            self._problems.append(Problem(where, f"Choose a status as well: {choices}."))
        elif becomes not in offered:
            moved = f"from “{status_word(now)}” to “{status_word(becomes)}”"
            self._problems.append(Problem(where, f"The status cannot go {moved}. Choose {choices}."))
        elif becomes == Status.COMPLETE and now != Status.COMPLETE and not note:
            cell = self._cells.get("progress", _NO_CELL)
            said = "Say under “New progress” what was done: completing an action needs a sentence."
            self._problems.append(Problem(cell.where or where, said))

    def _words_since(self) -> tuple[str, ...]:
        latest = reversed(self._since[-3:])
        return tuple(f"{Kind(update.kind).label}, {update.by}, {_day(update.at)}" for update in latest)


def _read_cell(name: str, text: str) -> tuple[str, dict[str, Any]]:
    """A cell's words as the tracker has them, and its columns. Raises ValueError with a sentence."""
    match name:
        case "forecast":
            if not text:
                return "", forecast_columns(None)
            read = read_typed_date(text)
            return wording(read.last_day, read.precision), forecast_columns(replace(read, printed=""))
        case "confidence":
            word = _word(text, Confidence)
            return (word.label if word else ""), {"confidence": word.value if word else ""}
        case "rating":
            word = _word(text, Rag)
            return (word.label if word else ""), {"reported_rag": word.value if word else ""}
        case _:
            return _read_status(text)


def _word(text: str, words: type[Words]) -> Words | None:
    if not text:
        return None
    for word in words:
        if text.casefold() in (word.label.casefold(), word.value):
            return word
    choices = _either([word.label for word in words])
    raise ValueError(f"“{text[:40]}” is not one of the words. Choose {choices}, or empty the cell.")


def _read_status(text: str) -> tuple[str, dict[str, Any]]:
    for status in Status:
        if text.casefold() in (status_word(status).casefold(), status.label.casefold()):
            return status_word(status), {"status": status.value}
    choices = _either([status_word(status) for status in Status if status in REPORTABLE[1:]])
    said = f"“{text[:40]}” is not a status" if text else "The status was emptied"
    raise ValueError(f"{said}. Choose {choices}.")


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _day(moment: datetime) -> str:
    return wording(moment.astimezone(LONDON).date(), Precision.DAY)


@transaction.atomic
def accept(found: Difference, *, by: User, at: datetime, name: str, sha256: str) -> int:
    """Record the difference, all or nothing; answers how many actions were updated.

    Raises ChangedSince and RefusedChange as the ledger does.
    """
    # In one order for everybody, so that two people who accept at once wait and do not block each other.
    for row in sorted(found.taken, key=lambda row: row.action.pk):
        columns = {"status": row.action.status, **row.columns}
        submit_update(row.action, by=by, at=at, note=row.note, expected_version=row.action.version, **columns)
    note_event(
        "workbook.accepted",
        by,
        by=by,
        at=at,
        name=name,
        sha256=sha256,
        updated=len(found.taken),
        unchanged=found.unchanged,
        left_out=len(found.refused),
    )
    return len(found.taken)
