"""Statuses and the moves between them, the words for confidence, impact and RAG. Plain values only."""

from __future__ import annotations

from enum import StrEnum


class Words(StrEnum):
    """A small set of stored words with their labels."""

    @property
    def label(self) -> str:
        return LABELS.get(self, self.value[0].upper() + self.value[1:].replace("_", " "))

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(word.value, word.label) for word in cls]


class Status(Words):
    """Delivery: what has been done. Timeliness is computed from dates, impact is judged apart."""

    UNREPORTED = "unreported"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"


class Confidence(Words):
    """How sure the owner is of the date."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Impact(Words):
    """Whether the action has made a difference: done is not embedded."""

    NOT_ASSESSED = "not_assessed"
    NONE_YET = "none_yet"
    SOME = "some"
    EMBEDDED = "embedded"


class Rag(Words):
    """A rating as a word; the colour only repeats it."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"


class Kind(Words):
    """What an update records."""

    ADDED = "added"
    PROGRESS = "progress"
    NO_CHANGE = "no_change"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_AGREED = "extension_agreed"
    EXTENSION_REFUSED = "extension_refused"
    COMPLETED = "completed"
    SIGNED_OFF = "signed_off"
    SENT_BACK = "sent_back"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    AMENDED = "amended"
    RECHECKED = "rechecked"


LABELS: dict[str, str] = {
    Status.UNREPORTED: "Not yet reported",
    Status.COMPLETE: "Complete, awaiting sign-off",
    Impact.NONE_YET: "No difference yet",
    Impact.SOME: "Some difference",
    Kind.PROGRESS: "Progress update",
    Kind.NO_CHANGE: "Nothing has changed",
    Kind.ADDED: "Added to the plan",
    Kind.AMENDED: "Amended",
    Kind.RECHECKED: "Re-checked",
}
# A word that two sets share keeps the label of the status: “Signed off”, “Withdrawn”.

OPEN_STATUSES = (Status.UNREPORTED, Status.NOT_STARTED, Status.IN_PROGRESS)
# What its owner may still report on: a complete action can be taken up again until it is signed off.
REPORTABLE = (*OPEN_STATUSES, Status.COMPLETE)

MOVES: dict[Status, frozenset[Status]] = {
    Status.UNREPORTED: frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.COMPLETE, Status.WITHDRAWN}),
    Status.NOT_STARTED: frozenset({Status.IN_PROGRESS, Status.COMPLETE, Status.WITHDRAWN}),
    Status.IN_PROGRESS: frozenset({Status.NOT_STARTED, Status.COMPLETE, Status.WITHDRAWN}),
    Status.COMPLETE: frozenset({Status.IN_PROGRESS, Status.SIGNED_OFF, Status.WITHDRAWN}),
    Status.SIGNED_OFF: frozenset({Status.IN_PROGRESS}),
    Status.WITHDRAWN: frozenset({Status.NOT_STARTED, Status.IN_PROGRESS}),
}

# Sign-off, withdrawal and their undoing are decisions: no other kind of update makes these moves.
DECIDED_MOVES: dict[Kind, tuple[frozenset[Status], frozenset[Status]]] = {
    Kind.SIGNED_OFF: (frozenset({Status.COMPLETE}), frozenset({Status.SIGNED_OFF})),
    Kind.REOPENED: (frozenset({Status.SIGNED_OFF}), frozenset({Status.IN_PROGRESS})),
    Kind.WITHDRAWN: (frozenset(Status) - {Status.SIGNED_OFF, Status.WITHDRAWN}, frozenset({Status.WITHDRAWN})),
    Kind.REINSTATED: (frozenset({Status.WITHDRAWN}), frozenset({Status.NOT_STARTED, Status.IN_PROGRESS})),
}
DECIDED_STATUSES = frozenset({Status.SIGNED_OFF, Status.WITHDRAWN})
# Kinds by which the owner has reported: they reset the age of the last update.
REPORTING_KINDS = frozenset({Kind.PROGRESS, Kind.NO_CHANGE, Kind.COMPLETED, Kind.EXTENSION_ASKED})
KINDS_WITH_REASON = frozenset(
    {
        Kind.EXTENSION_ASKED,
        Kind.EXTENSION_REFUSED,
        Kind.SENT_BACK,
        Kind.REOPENED,
        Kind.WITHDRAWN,
        Kind.REINSTATED,
        Kind.COMPLETED,
        Kind.RECHECKED,
    }
)


def may_move(before: str, after: str, kind: Kind) -> bool:
    """Whether an update of that kind may take an action from one status to the other (staying is no move)."""
    if before == after:
        return True
    was, becomes = Status(before), Status(after)
    if kind in DECIDED_MOVES:
        from_these, to_these = DECIDED_MOVES[kind]
        return was in from_these and becomes in to_these
    return becomes in MOVES[was] and not {was, becomes} & DECIDED_STATUSES


def statuses_to_choose(now: str) -> list[Status]:
    """The statuses that may be reported next: sign-off and withdrawal are decided, not reported."""
    reported = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.COMPLETE)
    return [status for status in reported if may_move(now, status, Kind.PROGRESS)]


def rag(status: str, timeliness: str, confidence: str, forecast_is_late: bool) -> Rag | None:
    """The computed rating, by the default key that every page prints.

    Blue: signed off. Green: complete, or open and on time. Amber: due soon, forecast after its date, or
    confidence low. Red: overdue. None: withdrawn, or open without a date.
    """
    if status == Status.SIGNED_OFF:
        return Rag.BLUE
    if status == Status.WITHDRAWN or timeliness == "no_date":
        return None
    if timeliness == "overdue":
        return Rag.RED
    if status != Status.COMPLETE and (timeliness == "due_soon" or forecast_is_late or confidence == Confidence.LOW):
        return Rag.AMBER
    return Rag.GREEN


RAG_KEY: tuple[tuple[Rag, str], ...] = (
    (Rag.BLUE, "signed off"),
    (Rag.GREEN, "complete and awaiting sign-off, or on time"),
    (Rag.AMBER, "due soon, forecast later than its date, or low confidence"),
    (Rag.RED, "overdue against its current date"),
)
